// Log lines, and messages that say what to do.

import { jest } from '@jest/globals';
import { adviceFor, loadingAdvice } from '../../../js/api/advice.js';
import { ConnectionDriver } from '../../../js/api/connection-driver.js';
import { logging } from '../../../js/api/log.js';
import { configure, engine, setEngine, setEngineFailure } from '../../../js/api/runtime.js';
import { openVideoEncoding } from '../../../js/media/codecs/video.js';
import { FakeNetwork, FakePeerConnection } from './fake-engine.js';
import { Pair, useEngine } from './pair.js';

afterEach(() => configure({ logLevel: undefined, logSink: undefined }));

describe('Log lines', () => {
  test('are none by default, and none cost anything', () => {
    expect(logging.level).toBe(0);
  });

  test('tell of a connection what the level asks for, to the sink', async () => {
    await useEngine();
    for (const [logLevel, expected, absent] of [
      ['error', [], ['connection', 'ice']],
      ['info', ['connection', 'ice', 'dtls', 'sctp'], ['channel']],
      ['debug', ['connection', 'ice', 'dtls', 'sctp', 'channel'], []],
    ]) {
      const lines = [];
      configure({ logLevel, logSink: (line) => lines.push(line) });
      const pair = new Pair();
      await pair.openChannel();
      pair.close();
      const components = new Set(lines.map(({ component }) => component));
      expect([...components]).toEqual(expect.arrayContaining(expected));
      for (const component of absent) expect(components).not.toContain(component);
      for (const { time, message, connection } of lines) {
        expect(time).toBeGreaterThan(Date.UTC(2025, 0, 1));
        expect(message).toEqual(expect.any(String));
        expect(connection).toBeGreaterThan(0);
      }
    }
  });

  test('a sink that throws harms no connection', async () => {
    await useEngine();
    configure({
      logLevel: 'debug',
      logSink() {
        throw new Error('full');
      },
    });
    const pair = new Pair();
    await pair.openChannel();
    pair.close();
  });

  test('go to the console when there is no sink', async () => {
    await useEngine();
    const info = jest.spyOn(console, 'info').mockImplementation(() => {});
    try {
      configure({ logLevel: 'info' });
      new Pair().close();
      expect(info.mock.calls.map(([text]) => text)).toContainEqual(
        expect.stringMatching(/^\[webrtc-wasm connection \d+\] made$/),
      );
    } finally {
      info.mockRestore();
    }
  });

  test('levels and sinks that are none are refused', () => {
    expect(() => configure({ logLevel: 'loud' })).toThrow('silent, error, warn, info, debug');
    expect(() => configure({ logSink: 'file' })).toThrow('logSink is not a function');
  });
});

describe('Messages name cause and remedy', () => {
  /** The candidate error of a relay whose stream ended so. */
  function relayError(reason, detail, errorCode = 701) {
    const url = 'wss://relay.example/';
    const events = [];
    let fake;
    const network = new FakeNetwork();
    const driver = new ConnectionDriver({
      network,
      onEvent: (event) => events.push(event),
      open: (now) => (fake = new FakePeerConnection({}, now)),
    });
    const emit = (type, members) => {
      fake.emit(type, members);
      driver.call(() => {});
    };
    emit('stream-open', { streamId: 1, url, transport: 'relay', host: 'relay.example', port: 443 });
    network.sinks[0].streamClosed(1, reason, detail);
    emit('candidate-error', { url, errorCode, errorText: 'no allocation' });
    driver.close();
    return events.at(-1).errorText;
  }

  test('a relay that is not reached', () => {
    expect(relayError('cannot-reach', 'code 1006')).toBe(
      'no allocation (cannot-reach: code 1006). Is the relay running, is its address right, does a firewall ' +
        'or connect-src of the Content Security Policy stand between?',
    );
  });

  test('a relay that refuses the origin, lacks the path, or has no certificate to trust', () => {
    expect(relayError('refused', 'HTTP status 403')).toContain('--allow-origin');
    expect(relayError('refused', 'HTTP status 404')).toContain('serves / and /relay');
    expect(relayError('refused', 'self-signed certificate')).toContain('certificate that this');
    expect(relayError('refused', 'An insecure WebSocket connection')).toContain('wss: address');
    expect(relayError('refused', 'policy (code 1008)')).toContain('its log tells why');
  });

  test('a relay that refuses the credentials', () => {
    expect(relayError('lost', '', 401)).toContain('a function that fetches new ones');
  });

  test('a TURN server that refuses is told in its own words, and nothing is made up for others', () => {
    expect(adviceFor({ errorCode: 401, isRelay: false })).toContain('let iceServers be');
    expect(adviceFor({ errorCode: 486, isRelay: false })).toContain('quota');
    expect(adviceFor({ errorCode: 701, isRelay: false })).toBe('');
    expect(adviceFor({ errorCode: 300, isRelay: true })).toBe('');
  });

  test.each([
    [
      "WebAssembly.instantiate(): Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
      "add 'wasm-unsafe-eval'",
    ],
    ['call to WebAssembly.instantiate() blocked by CSP', "add 'wasm-unsafe-eval'"],
    [
      'WebAssembly.instantiate(): expected magic word 00 61 73 6d, found 3c 21 44 4f @+0',
      'probably an error page',
    ],
    ['wasm validation error: at offset 4: failed to match magic number', 'probably an error page'],
    [
      "Incorrect response MIME type. Expected 'application/wasm'",
      'serve .wasm files as application/wasm',
    ],
    ["ENOENT: no such file or directory, open '/app/webrtc.wasm'", 'was not found'],
    ['both async and sync fetching of the wasm failed', 'was not found'],
    ['could not allocate memory', 'no memory'],
    ['WebAssembly is not defined', 'no WebAssembly'],
    ['something else', 'call init() with the module'],
  ])('the engine that is not loaded: %s', (cause, remedy) => {
    const failure = new Error(cause);
    expect(loadingAdvice(failure)).toContain(remedy);
    setEngine(undefined);
    setEngineFailure(failure);
    expect(engine).toThrow(cause);
    expect(engine).toThrow(remedy);
  });

  test('a codec that an insecure page does not get', async () => {
    const settings = { width: 2, height: 2, bitrate: 1, framerate: 1, isScreen: false };
    const open = () =>
      openVideoEncoding(
        { mimeType: 'video/H264' },
        settings,
        () => {},
        () => {},
      );
    await expect(open()).rejects.toThrow(/cannot be encoded here$/);
    globalThis.isSecureContext = false;
    try {
      await expect(open()).rejects.toThrow('Serve it over https, or from localhost');
    } finally {
      delete globalThis.isSecureContext;
    }
  });
});
