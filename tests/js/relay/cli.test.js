import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onCleanup, startUpstream } from './support/harness.js';

const cli = fileURLToPath(new URL('../../../js/relay/cli.js', import.meta.url));

function start(...args) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
