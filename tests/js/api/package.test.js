import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as exported from '../../../js/exports.js';
import { install } from '../../../js/api/install.js';
import { interfaces } from '../../../js/api/interfaces.js';
import {
  configure,
  currentNetwork,
  engine,
  setEngine,
  setEngineFailure,
  setEngineSource,
  setNetworkFactory,
} from '../../../js/api/runtime.js';
import { makeInit } from '../../../js/api/engine-loader.js';
import { FakeNetwork, lastFake, useFakeEngine } from './fake-engine.js';

const root = new URL('../../../', import.meta.url);
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

test('The version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  expect(exported.version).toBe(version);
});

test('Every interface of the surface is exported', () => {
  expect(Object.keys(exported)).toEqual(expect.arrayContaining(Object.keys(interfaces)));
});

test("The surface is what the specifications' IDL makes it", () => {
  expect(() => run('tools/idl/generate.mjs', '--check')).not.toThrow();
});

test('No member of the surface lacks behaviour without being refused or absent by name', () => {
  const rows = JSON.parse(run('tools/idl/report.mjs', '--json'));
  expect(rows.filter(({ state }) => state === 'missing')).toEqual([]);
  expect(rows.filter(({ state, why }) => state === 'absent' && !why)).toEqual([]);
});

describe('install', () => {
  test('fills in what is missing and takes it away again', () => {
    const target = {};
    const restore = install({ target });
    expect(target.RTCPeerConnection).toBe(interfaces.RTCPeerConnection);
    expect(Object.keys(target)).toEqual([]);
    restore();
    expect(Reflect.ownKeys(target)).toEqual([]);
  });

  test('leaves a native implementation alone unless it is forced', () => {
    class Native {}
    const target = { RTCPeerConnection: Native };
    install({ target })();
    expect(target).toEqual({ RTCPeerConnection: Native });
    const restore = install({ target, force: true });
    expect(target.RTCPeerConnection).toBe(interfaces.RTCPeerConnection);
    restore();
    expect(target.RTCPeerConnection).toBe(Native);
    expect('RTCDataChannel' in target).toBe(false);
  });

  test('does not take away what somebody else installed since', () => {
    const target = {};
    const restore = install({ target });
    target.RTCDataChannel = 'theirs';
    restore();
    expect(target.RTCDataChannel).toBe('theirs');
    expect('RTCPeerConnection' in target).toBe(false);
  });
});

describe('configure', () => {
  afterEach(() => configure({ network: undefined, relay: undefined }));

  test('hands the relay to the default network, and a network of the application goes first', () => {
    const made = [];
    setNetworkFactory((relay) => {
      const network = new FakeNetwork();
      made.push(relay);
      return network;
    });
    const relay = { url: 'wss://relay.example' };
    configure({ relay });
    expect(currentNetwork()).toBe(currentNetwork());
    expect(made).toEqual([relay]);
    const network = new FakeNetwork();
    configure({ network });
    expect(currentNetwork()).toBe(network);
    configure({ network: undefined });
    currentNetwork();
    expect(made).toEqual([relay, relay]);
  });

  test('takes an object and nothing else', () => {
    expect(() => configure()).toThrow(TypeError);
    expect(() => configure('wss://relay.example')).toThrow(TypeError);
  });

  test('servers that come with the network reach the engine before the first description does', async () => {
    useFakeEngine();
    const server = {
      kind: 'turn',
      transport: 'relay',
      host: 'r',
      port: 443,
      url: 'wss://r/',
      username: '',
      credential: '',
    };
    for (const servers of [[server], Promise.resolve([server])]) {
      configure({ network: new FakeNetwork(servers) });
      const pc = new interfaces.RTCPeerConnection({ iceServers: [{ urls: 'stun:s' }] });
      await pc.setLocalDescription();
      const { calls } = lastFake();
      const names = calls.map(([name]) => name);
      expect(names).toEqual(['constructor', 'setConfiguration', 'setLocalDescription']);
      expect(calls[1][1].iceServers.map(({ host }) => host)).toEqual(['s', 'r']);
      expect(pc.getConfiguration().iceServers).toEqual([{ urls: ['stun:s'] }]);
      pc.close();
    }
  });

  test('a relay whose address cannot be had is a candidate error, not a failed promise', async () => {
    useFakeEngine();
    configure({
      network: new FakeNetwork(Promise.reject(new Error('401 from the token service'))),
    });
    const pc = new interfaces.RTCPeerConnection();
    const errors = [];
    pc.onicecandidateerror = ({ errorText }) => errors.push(errorText);
    await pc.setLocalDescription();
    expect(errors).toEqual(['no relay: 401 from the token service']);
    pc.close();
  });
});

describe('Loading', () => {
  test('a connection before the engine is there throws NotSupportedError with the reason', () => {
    setEngine(undefined);
    setEngineFailure(new Error('fetch failed'));
    expect(() => new interfaces.RTCPeerConnection()).toThrow(
      expect.objectContaining({
        name: 'NotSupportedError',
        message: expect.stringContaining('fetch failed'),
      }),
    );
  });

  test('an engine that can be made at once is made for the first connection, and once', () => {
    setEngine(undefined);
    const made = {};
    const open = jest.fn(() => made);
    setEngineSource(open);
    expect(open).not.toHaveBeenCalled();
    expect(engine()).toBe(made);
    expect(engine()).toBe(made);
    expect(open).toHaveBeenCalledTimes(1);
  });

  test('an engine that could not be made at once says why, until init() provides one', async () => {
    setEngine(undefined);
    setEngineSource(() => {
      throw new Error('no such file');
    });
    for (let i = 0; i < 2; i++) expect(engine).toThrow('no such file');
    const provided = {};
    await makeInit(async () => provided)();
    expect(engine()).toBe(provided);
  });

  test('init gives the factory a module, bytes or a URL as Emscripten takes them', async () => {
    const given = [];
    const init = makeInit(async (options) => {
      given.push(options);
      return {};
    });
    // The smallest module: magic number and version.
    const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    await init(new URL('https://cdn.example/webrtc.wasm'));
    await init(bytes.buffer);
    await init(new WebAssembly.Module(bytes));
    expect(given[0].locateFile('webrtc.wasm')).toBe('https://cdn.example/webrtc.wasm');
    expect([...given[1].wasmBinary]).toEqual([...bytes]);
    const [instance, module] = await new Promise((resolve) =>
      given[2].instantiateWasm({}, (...args) => resolve(args)),
    );
    expect(instance).toBeInstanceOf(WebAssembly.Instance);
    expect(module).toBeInstanceOf(WebAssembly.Module);
    await expect(init(5)).rejects.toThrow(TypeError);
  });
});

describe('The package in Node.js', () => {
  /** Runs a module script in a process of its own and gives what it printed, as JSON. */
  const runScript = (script) => JSON.parse(run('--input-type=module', '-e', script));

  test('is the bundle of js/index.node.js, and the polyfill installs its classes', () => {
    const { names, plain, same, type } = runScript(`
      import * as plain from './js/index.node.js';
      import * as api from 'webrtc-wasm';
      import { install, restore } from 'webrtc-wasm/polyfill';
      const same = [install === api.install, RTCPeerConnection === api.RTCPeerConnection];
      const connection = new RTCPeerConnection();
      connection.createDataChannel('x');
      const { type } = await connection.createOffer();
      connection.close();
      restore();
      same.push(typeof RTCPeerConnection === 'undefined');
      const [names, plainNames] = [api, plain].map(Object.keys);
      console.log(JSON.stringify({ names, plain: plainNames, same, type }));
    `);
    expect(names).toEqual(plain);
    expect(same).toEqual([true, true, true]);
    expect(type).toBe('offer');
  });

  test('is what the testing kit makes its connections of', () => {
    const { same, names, plain, type } = runScript(`
      import * as plain from './js/testing.node.js';
      import * as kit from 'webrtc-wasm/testing';
      import { RTCPeerConnection } from 'webrtc-wasm';
      const simulation = new kit.Simulation();
      const connection = new (simulation.peer().RTCPeerConnection)();
      const own = new RTCPeerConnection();
      const { connections } = kit.liveObjects();
      own.close();
      const same = [connection instanceof RTCPeerConnection, connections === 2];
      connection.createDataChannel('x');
      const { type } = await connection.createOffer();
      const relay = await simulation.relay();
      same.push(relay.isRunning);
      simulation.close();
      kit.expectNoLeaks();
      const [names, plainNames] = [kit, plain].map(Object.keys);
      console.log(JSON.stringify({ same, names, plain: plainNames, type }));
    `);
    expect(same).toEqual([true, true, true]);
    expect(names).toEqual(plain);
    expect(type).toBe('offer');
  });

  test('loads no module of the runtime before a connection needs one', () => {
    const loaded = runScript(`
      const before = new Set(process.moduleLoadList);
      await import('webrtc-wasm');
      const loaded = process.moduleLoadList.filter((name) => !before.has(name));
      console.log(JSON.stringify(loaded));
    `);
    for (const name of ['crypto', 'dgram', 'dns', 'net', 'tls', 'http', 'os']) {
      expect(loaded).not.toContain(`NativeModule ${name}`);
    }
  });
});
