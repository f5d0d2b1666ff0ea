import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onCleanup, startEchoPeer, startUpstream } from './support/harness.js';
import { TurnClient, Transports } from './support/turn-client.js';

const cli = fileURLToPath(new URL('../../../js/relay/cli.js', import.meta.url));

function start(...args) {
  const last = args.at(-1);
  const env = typeof last === 'object' ? args.pop() : {};
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += data));
  child.stderr.on('data', (data) => (output.stderr += data));
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  onCleanup(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, output };
}

/** The URL that the command prints once it serves. */
async function served({ child, ended }) {
  const early = ended.then(({ stderr }) => {
    throw new Error(`it ended: ${stderr}`);
  });
  const [data] = await Promise.race([once(child.stdout, 'data'), early]);
  early.catch(() => {});
  return `${data}`.trim();
}

/** The log as objects, as far as it has been written. */
const linesOf = ({ output }) =>
  output.stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function logged(command, event) {
  for (;;) {
    const line = linesOf(command).find((one) => one.event === event);
    if (line) return line;
    await once(command.child.stderr, 'data');
  }
}

describe('webrtc-wasm-relay', () => {
  it('prints its help', async () => {
    const { code, stdout } = await start('--help').ended;
    expect(code).toBe(0);
    expect(stdout).toContain('--upstream HOST:PORT');
  });

  it('explains a mistake on one line and ends with 2', async () => {
    const { code, stderr } = await start('--port', 'x').ended;
    expect(code).toBe(2);
    expect(stderr).toBe('webrtc-wasm-relay: --port must be a whole number, not x\n');
  });

  it('tells of a port that is taken and ends with 1', async () => {
    const { port } = await startUpstream();
    const { code, stderr } = await start('--upstream', '127.0.0.1:1', '--port', `${port}`).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });

  it('takes its options from the environment, and refuses variables that it does not know', async () => {
    const { port } = await startUpstream();
    const env = { WEBRTC_WASM_RELAY_UPSTREAM: `127.0.0.1:${port}`, WEBRTC_WASM_RELAY_PORT: '0' };
    const relay = start(env);
    expect((await fetch(`${await served(relay)}health`)).status).toBe(200);
    const { code, stderr } = await start({ ...env, WEBRTC_WASM_RELAY_PROT: '1' }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('WEBRTC_WASM_RELAY_PROT');
  });

  it('waits on SIGTERM for clients to end, and leaves with 0', async () => {
    const relay = start('--user', 'ann:secret', '--port', '0', '--turn-port', '0', '--no-mdns');
    const url = (await served(relay)).replace('http', 'ws');
    const client = new TurnClient(await Transports.websocket(`${url}relay`), {
      username: 'ann',
      password: 'secret',
    });
    onCleanup(() => client.close());
    expect(await client.allocate()).toMatchObject({ ok: true });
    relay.child.kill('SIGTERM');
    await logged(relay, 'draining');
    expect(await client.refresh(600)).toMatchObject({ ok: true });
    client.close();
    expect((await relay.ended).code).toBe(0);
    expect(linesOf(relay).map(({ event }) => event)).toEqual(
      expect.arrayContaining(['draining', 'turn-deallocated', 'drained', 'closed']),
    );
  });

  it('does not wait for clients on a second SIGTERM', async () => {
    const relay = start('--user', 'ann:secret', '--port', '0', '--turn-port', '0', '--no-mdns');
    const url = (await served(relay)).replace('http', 'ws');
    const client = new TurnClient(await Transports.websocket(`${url}relay`), {
      username: 'ann',
      password: 'secret',
    });
    onCleanup(() => client.close());
    await client.allocate();
    const closed = once(client.transport.socket, 'close');
    relay.child.kill('SIGTERM');
    await logged(relay, 'draining');
    relay.child.kill('SIGTERM');
    expect((await relay.ended).code).toBe(0);
    expect((await closed)[0]).toBe(1001);
  });

  it.each(['json', 'text'])(
    'never writes secrets, passwords, names or nonces (%s)',
    async (format) => {
      const secret = 'shared-secret-0451';
      const user = { username: 'static-user-7', password: 'static-password-9' };
      const relay = start(
        ...['--port', '0', '--turn-port', '0', '--no-mdns', '--issue-credentials'],
        ...['--allow-peer', '127.0.0.1', '--log-level', 'debug', '--log-format', format],
        ...['--metrics-port', '0', '--user', `${user.username}:${user.password}`],
        { WEBRTC_WASM_RELAY_SECRET: secret },
      );
      const url = await served(relay);
      const issued = await (await fetch(`${url}credentials`)).json();
      const peer = await startEchoPeer();
      const words = [secret, user.username, user.password, issued.username, issued.password];
      words.push(issued.username.split(':')[1]);
      const turnUri = issued.uris.find((uri) => uri.endsWith('transport=udp'));
      const port = Number(/:(\d+)\?/.exec(turnUri)[1]);
      for (const open of [
        () => Transports.websocket(`${url.replace('http', 'ws')}relay`),
        () => Transports.tcp('127.0.0.1', port),
        () => Transports.udp('127.0.0.1', port),
      ]) {
        for (const credentials of [user, issued, { ...user, password: 'wrong-password-3' }]) {
          const client = new TurnClient(await open(), credentials);
          await client.allocate();
          words.push(`${client.nonce}`);
          await client.permit('10.0.0.1');
          await client.bindChannel(0x4000, peer.address, peer.port);
          client.close();
        }
      }
      relay.child.kill('SIGTERM');
      relay.child.kill('SIGINT');
      const { stdout, stderr } = await relay.ended;
      expect(stderr).toContain('turn-allocated');
      expect(stderr).toContain('turn-authentication-failed');
      expect(stderr).toContain('turn-peer-refused');
      for (const word of [...words, 'wrong-password-3']) {
        expect(word.length).toBeGreaterThan(6);
        expect(stdout + stderr).not.toContain(word);
      }
    },
  );

  it('serves until SIGTERM and leaves with 0', async () => {
    const { port } = await startUpstream();
    const { child, ended } = start('--upstream', `127.0.0.1:${port}`, '--port', '0');
    const [data] = await once(child.stdout, 'data');
    const response = await fetch(`${`${data}`.trim()}health`);
    expect(await response.json()).toMatchObject({ healthy: true });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
