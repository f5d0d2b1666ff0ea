import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kHelp } from '../../../js/relay/help.js';
import { OptionError, parseArguments } from '../../../js/relay/options.js';
import { kSettingNames, readSettings } from '../../../js/relay/settings.js';
import { onCleanup } from './support/harness.js';

const read = (args, env = {}) => readSettings(args, env).settings;

async function configFile(content) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-config-'));
  onCleanup(() => rm(folder, { recursive: true }));
  const file = join(folder, 'relay.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('settings', () => {
  it('come from the command line before the environment, and from there before the file', async () => {
    const file = await configFile({ port: 1, 'turn-port': 1, 'min-port': 1, realm: 'file' });
    const env = { WEBRTC_WASM_RELAY_PORT: '2', WEBRTC_WASM_RELAY_TURN_PORT: '2' };
    expect(read(['--config', file, '--port', '3'], env)).toEqual({
      port: 3,
      'turn-port': 2,
      'min-port': 1,
      realm: 'file',
    });
  });

  it('of a stronger source replace a list, they do not add to it', async () => {
    const file = await configFile({ secret: ['old'], 'allow-peer': ['10.0.0.0/8'] });
    const env = { WEBRTC_WASM_RELAY_CONFIG: file, WEBRTC_WASM_RELAY_ALLOW_PEER: '10.1.0.0/16' };
    expect(read(['--secret', 'new'], env)).toEqual({
      secret: ['new'],
      'allow-peer': ['10.1.0.0/16'],
    });
  });

  it.each([
    ['ALLOW_PEER', '10.0.0.0/8, ::1', { 'allow-peer': ['10.0.0.0/8', '::1'] }],
    ['SECRET', 'one, and the same\ntwo\n', { secret: ['one, and the same', 'two'] }],
    ['USER', 'ann:a,b\nbob:c d', { user: ['ann:a,b', 'bob:c d'] }],
    ['MAX_ALLOCATIONS', '7', { 'max-allocations': 7 }],
    ['SIGNALING', 'true', { signaling: true }],
    ['SIGNALING', '0', { signaling: false }],
    ['UDP', 'off', { udp: false }],
    ['NO_UDP', 'yes', { udp: false }],
    ['REALM', 'a realm', { realm: 'a realm' }],
    ['LISTEN', '', {}],
  ])('are read from the variable %s=%j', (name, text, expected) => {
    expect(read([], { [`WEBRTC_WASM_RELAY_${name}`]: text, PATH: '/bin' })).toEqual(expected);
  });

  it.each([
    [{ 'allow-peer': '::1' }, { 'allow-peer': ['::1'] }],
    [
      { 'no-mdns': true, tcp: false, signaling: true },
      { mdns: false, tcp: false, signaling: true },
    ],
    [{ 'tls-cert': 'cert.pem' }, { 'tls-cert': 'cert.pem' }],
  ])('are read from the file %j', async (content, expected) => {
    expect(read(['--config', await configFile(content)])).toEqual(expected);
  });

  it('can be switched off by a flag where the file switches them on', async () => {
    const file = await configFile({ signaling: true, udp: false });
    expect(read(['--config', file, '--no-signaling', '--udp'])).toEqual({
      signaling: false,
      udp: true,
    });
    expect(() => read(['--udp', '--no-udp'])).toThrow(/contradict/);
  });

  it('reach the options', async () => {
    const file = await configFile({ user: ['ann:pw'], 'max-connections': 5, udp: false });
    const { options } = parseArguments(['--config', file, '--listen', '::1']);
    expect(options).toMatchObject({
      listen: ['::1'],
      users: [{ username: 'ann', password: 'pw' }],
      turnUdp: false,
      limits: { maxConnections: 5 },
    });
  });

  it.each([
    ['WEBRTC_WASM_RELAY_PROT', '1', /WEBRTC_WASM_RELAY_PROT/],
    ['WEBRTC_WASM_RELAY_HELP', '1', /WEBRTC_WASM_RELAY_HELP/],
    ['WEBRTC_WASM_RELAY_PORT', 'tcp://10.0.0.1:80', /WEBRTC_WASM_RELAY_PORT must be a whole/],
    ['WEBRTC_WASM_RELAY_UDP', 'maybe', /WEBRTC_WASM_RELAY_UDP must be true or false/],
    ['WEBRTC_WASM_RELAY_CONFIG', '/no/such/file', /\/no\/such\/file/],
  ])('refuse the variable %s=%s by its name', (name, text, message) => {
    expect(() => read([], { [name]: text })).toThrow(OptionError);
    expect(() => read([], { [name]: text })).toThrow(message);
  });

  it.each([
    [{ prot: 1 }, /"prot" in .*relay\.json/],
    [{ config: 'x' }, /"config" in/],
    [{ 'no-realm': true }, /"no-realm" in/],
    [{ port: '1x' }, /"port" in .* must be a whole number/],
    [{ port: -1 }, /"port" in .* must be a whole number/],
    [{ signaling: 'yes' }, /"signaling" in .* must be true or false/],
    [{ realm: 5 }, /"realm" in .* must be a string/],
    [{ secret: ['a', 1] }, /"secret" in .* a string or a list/],
    [['port'], /must hold a JSON object/],
  ])('refuse the file %j by key and name', async (content, message) => {
    const file = await configFile(content);
    expect(() => read(['--config', file])).toThrow(OptionError);
    expect(() => read(['--config', file])).toThrow(message);
  });

  it('tell of a broken file without quoting it', async () => {
    const file = await configFile('{"secret": "hush"');
    expect(() => read(['--config', file])).toThrow(/is not JSON/);
    expect(() => read(['--config', file])).not.toThrow(/hush/);
  });
});

describe('the help', () => {
  it('names every option, and none that is not there', () => {
    const named = new Set([...kHelp.matchAll(/--([a-z-]+)/g)].map(([, name]) => name));
    const extra = [...named].filter(
      (name) => !['config', 'help', 'version'].includes(name) && !kSettingNames.includes(name),
    );
    for (const name of extra) expect(kSettingNames).toContain(name.replace(/^no-/, ''));
    for (const name of kSettingNames)
      expect([...named]).toContainEqual(named.has(name) ? name : `no-${name}`);
  });
});
