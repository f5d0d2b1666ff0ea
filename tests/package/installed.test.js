// The packed tarball, installed: every entry loads where it says so, in Node.js by import and by
// require().

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installTarball } from './support/tarball.js';

let app;
beforeAll(() => {
  app = installTarball();
});
afterAll(() => app?.remove());

/** Runs a script in the application, and gives what it printed, as JSON. */
function runScript(kind, script) {
  // A warning would end it: nothing that a user sees may be missed here.
  const args = ['--throw-deprecation', `--input-type=${kind}`, '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: app.directory, encoding: 'utf8' }));
}

const manifest = () => JSON.parse(readFileSync(join(app.installed, 'package.json'), 'utf8'));

/** Every file that the export map leads to. */
function targets(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(targets);
}

const kTalk = `
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate ?? undefined);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate ?? undefined);
  const received = new Promise((resolve) => {
    b.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => resolve(data));
  });
  const channel = a.createDataChannel('talk');
  channel.onopen = () => channel.send('hello');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  console.log(JSON.stringify({ received: await received }));
  a.close();
  b.close();
`;

test('What the export map and the other fields name is there', () => {
  const { exports, main, browser, types, bin } = manifest();
  const files = [...new Set(targets({ exports, main, browser, types, bin }))];
  expect(files.filter((file) => !existsSync(join(app.installed, file)))).toEqual([]);
});

test('Every entry that is a module has declarations, and says so first', () => {
  const bare = Object.entries(manifest().exports).filter(
    ([, value]) => typeof value !== 'string' || /\.m?js$/.test(value),
  );
  for (const [entry, value] of bare) {
    const conditions = Object.values(value).every((one) => typeof one === 'object')
      ? Object.values(value)
      : [value];
    for (const one of conditions) expect([entry, Object.keys(one)[0]]).toEqual([entry, 'types']);
  }
});

test('Two connections of an application that imports it exchange a message', () => {
  const script = `import { RTCPeerConnection } from 'webrtc-wasm';${kTalk}`;
  expect(runScript('module', script)).toEqual({ received: 'hello' });
});

test('Two connections of an application that requires it exchange a message', () => {
  const script = `const { RTCPeerConnection } = require('webrtc-wasm'); (async () => {${kTalk}})();`;
  expect(runScript('commonjs', script)).toEqual({ received: 'hello' });
});

test('The single file does the same wherever there is no file to read', () => {
  const script = `
    import { RTCPeerConnection } from 'webrtc-wasm/single';
    const before = performance.now();
    const pc = new RTCPeerConnection();
    pc.createDataChannel('x');
    const { type } = await pc.createOffer();
    pc.close();
    console.log(JSON.stringify({ type }));
  `;
  expect(runScript('module', script)).toEqual({ type: 'offer' });
});

const kNames = {
  'webrtc-wasm': ['RTCPeerConnection', 'configure', 'install', 'init', 'UdpNetwork'],
  'webrtc-wasm/single': ['RTCPeerConnection', 'configure', 'install', 'RelayNetwork'],
  'webrtc-wasm/polyfill': ['install', 'restore'],
  'webrtc-wasm/relay': ['createRelay', 'issueCredentials', 'OptionError'],
  'webrtc-wasm/testing': ['Simulation', 'fakeCamera', 'matchers'],
  'webrtc-wasm/virtual-network': ['VirtualNetwork', 'NatKind'],
  'webrtc-wasm/compare': ['compareAll', 'scenarios'],
};

test.each(Object.entries(kNames))('%s is imported and required as one module', (entry, names) => {
  const script = `
    import { createRequire } from 'node:module';
    const imported = await import('${entry}');
    const required = createRequire(process.cwd() + '/x.js')('${entry}');
    const names = Object.keys(imported);
    const differing = names.filter((name) => imported[name] !== required[name]);
    console.log(JSON.stringify({ names, differing }));
  `;
  const { names: found, differing } = runScript('module', script);
  expect(found).toEqual(expect.arrayContaining(names));
  expect(differing).toEqual([]);
});

test("The relay's command is installed", () => {
  const command = join(app.directory, 'node_modules/.bin/webrtc-wasm-relay');
  const told = execFileSync(command, ['--version'], { encoding: 'utf8' });
  expect(told).toContain(manifest().version);
});
