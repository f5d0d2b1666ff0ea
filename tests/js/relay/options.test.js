import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError, normalizeOptions, parseArguments } from '../../../js/relay/options.js';
import { onCleanup } from './support/harness.js';

const parse = (line, env) => parseArguments(line.split(' ').filter(Boolean), env).options;

describe('parseArguments', () => {
  it('listens on loopback alone unless told otherwise', () => {
    expect(parse('--secret s')).toMatchObject({
      listen: ['127.0.0.1'],
      httpPort: 8080,
      turnPort: 3478,
      issueCredentials: false,
      allowInterfaces: false,
      allowPeers: [],
    });
  });

  it('takes the origins of extensions, which are opaque to others', () => {
    const origin = 'chrome-extension://nngldccdobligppnakagljhnadoinidj';
    expect(parse(`--secret s --allow-origin ${origin}`).allowOrigins).toEqual([origin]);
  });

  it('understands what an operator says', () => {
    const options = parse(
      '--listen 0.0.0.0 --listen :: --port 0 --turn-port 3479 --user ann:pa:ss --secret a --secret b ' +
        '--allow-peer 127.0.0.0/8 --deny-peer 2001:db8::/32 --allow-peer ::1 --external-address 203.0.113.4 ' +
        '--allow-origin https://app.example --no-udp --max-allocations 7 --credentials-ttl 60',
    );
    expect(options).toMatchObject({
      listen: ['0.0.0.0', '::'],
      httpPort: 0,
      turnPort: 3479,
      users: [{ username: 'ann', password: 'pa:ss' }],
      secrets: ['a', 'b'],
      allowPeers: ['127.0.0.0/8', '::1'],
      denyPeers: ['2001:db8::/32'],
      turnUdp: false,
      turnTcp: true,
      credentialsTtl: 60,
    });
    expect(options.limits.maxAllocations).toBe(7);
  });

  it('takes secrets from files and the environment, off the process list', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secret-'));
    onCleanup(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 's'), 'one\n\n two \n');
    const env = { WEBRTC_WASM_RELAY_SECRET: 'three' };
    expect(parse(`--secret-file ${folder}/s`, env).secrets).toEqual(['three', 'one', 'two']);
    expect(() => parse('--secret-file /nowhere')).toThrow(/--secret-file/);
  });

  it.each([
    ['turn.example.com', { host: 'turn.example.com', port: 3478, tls: false }],
    ['turn.example.com:80', { host: 'turn.example.com', port: 80, tls: false }],
    ['turns:turn.example.com', { host: 'turn.example.com', port: 5349, tls: true }],
    ['[2001:db8::1]:3478', { host: '2001:db8::1', port: 3478, tls: false }],
  ])('reads the upstream %s', (text, expected) => {
    expect(parse(`--upstream ${text}`).upstreams).toEqual([expected]);
  });

  it('mounts directories', () => {
    expect(parse('--secret s --static / --static /lib=/tmp').mounts).toEqual([
      { prefix: '/', directory: '/' },
      { prefix: '/lib/', directory: '/tmp' },
    ]);
  });

  it.each([
    ['', /nobody could use this relay/],
    ['--nonsense', /Unknown option '--nonsense'/],
    ['stray', /stray/],
    ['--secret', /--secret/],
    ['--secret s --port x', /--port must be a whole number/],
    ['--secret s --port 70000', /--port must be a port/],
    ['--secret s --min-port 9 --max-port 8', /--min-port/],
    ['--secret s --listen localhost', /--listen must be an IP address/],
    ['--secret s --allow-peer 10.0.0.0/33', /--allow-peer must be like/],
    ['--secret s --allow-peer 10/8', /--allow-peer/],
    ['--secret s --deny-peer ::/129', /--deny-peer/],
    ['--secret s --deny-peer 10.0.0.0/', /--deny-peer/],
    ['--secret s --deny-peer 2001:db8::1%eth0', /--deny-peer/],
    ['--secret s --max-message-bytes 0', /--max-message-bytes/],
    ['--secret s --max-message-bytes 4294967295', /--max-message-bytes/],
    ['--secret s --max-total-bytes-per-second 4294967296', /up to 4294967295/],
    ['--secret s --user ann', /NAME:PASSWORD/],
    ['--secret s --allow-origin app.example', /--allow-origin/],
    ['--secret s --allow-origin https://app.example/path', /--allow-origin/],
    ['--secret s --allow-origin chrome-extension://abc/page', /--allow-origin/],
    ['--secret s --tls-cert x', /belong together/],
    ['--secret s --turns-port 5349', /needs --tls-cert/],
    ['--secret s --static /no/such/dir', /is not a directory/],
    ['--secret s --log-level loud', /--log-level/],
    ['--secret s --credentials-ttl 1', /--credentials-ttl/],
    ['--secret s --relay-address 192.0.2.1 --relay-address 192.0.2.2', /once per address family/],
    ['--upstream turn.example.com:0', /--upstream must be like/],
    ['--upstream http://x', /--upstream/],
    ['--upstream a --issue-credentials', /--issue-credentials needs/],
  ])('refuses "%s" in words', (line, message) => {
    expect(() => parse(line)).toThrow(OptionError);
    expect(() => parse(line)).toThrow(message);
  });

  it('knows --help and --version whatever else is there', () => {
    expect(parseArguments(['--help'])).toEqual({ help: true });
    expect(parseArguments(['--version', '--port', 'x'])).toEqual({ version: true });
  });
});

describe('normalizeOptions', () => {
  it('refuses options that do not exist', () => {
    expect(() => normalizeOptions({ secrets: ['s'], portt: 1 })).toThrow(/"portt"/);
    expect(() => normalizeOptions({ secrets: ['s'], limits: { maxx: 1 } })).toThrow(/"maxx"/);
    expect(() => normalizeOptions({ secrets: ['s'], limits: { maxConnections: -1 } })).toThrow();
  });
});
