import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { surprises } from '../../../tools/wpt/expectations.mjs';
import { findTests } from '../../../tools/wpt/files.mjs';
import { startNode } from '../../../tools/wpt/node/realm.mjs';

const result = (tests, status = 'OK', message = null) => ({
  status,
  message,
  ms: 0,
  tests: Object.entries(tests).map(([name, state]) => ({ name, status: state, message: null })),
});

describe('Results held against the expectations', () => {
  const expectations = {
    reasons: { gone: { text: 'it is gone' }, chance: { text: 'by chance', flaky: true } },
    page: { 'a.html': { 'known *': 'gone', 'now and then': 'chance' }, 'b.html': 'gone' },
  };

  const of = (path, ...args) => surprises(expectations, 'page', new Map([[path, result(...args)]]));

  test('are no surprise when they fail for a reason, in a pattern or as a whole file', () => {
    expect(of('a.html', { 'known one': 'FAIL', 'known two': 'TIMEOUT', other: 'PASS' })).toEqual(
      [],
    );
    expect(of('b.html', { x: 'FAIL', y: 'NOTRUN' })).toEqual([]);
  });

  test('surprise when they fail without a reason and when they pass in spite of one', () => {
    expect(of('c.html', { x: 'FAIL' })).toEqual(['unexpected failure: c.html: x: FAIL']);
    expect(of('a.html', { 'known one': 'PASS' })).toEqual([
      'unexpected pass: a.html: known one (it is gone)',
    ]);
    expect(of('c.html', {}, 'ERROR', 'a script threw')).toEqual([
      'unexpected failure: c.html: (the file as a whole): a script threw',
    ]);
  });

  test('surprise when a subtest that is to fail is not there', () => {
    expect(of('a.html', { other: 'PASS' })).toEqual(['expected failure is gone: a.html: known *']);
  });

  test('may come out either way for a reason that says so', () => {
    expect(of('a.html', { 'known one': 'FAIL', 'now and then': 'PASS' })).toEqual([]);
    expect(of('a.html', { 'known one': 'FAIL', 'now and then': 'FAIL' })).toEqual([]);
  });

  test('are of the realm that they come from', () => {
    const results = new Map([['b.html', result({ x: 'FAIL' })]]);
    expect(surprises(expectations, 'node', results)).toHaveLength(1);
  });

  test('a reason that nothing fails for is a surprise itself', () => {
    const reasons = { ...expectations.reasons, old: { text: 'of old' } };
    expect(surprises({ ...expectations, reasons }, 'page', new Map())).toEqual([
      'nothing fails for this reason: old',
    ]);
  });
});

describe('A window of jsdom', () => {
  let checkout;
  let realm;

  beforeAll(async () => {
    checkout = mkdtempSync(join(tmpdir(), 'wpt-'));
    mkdirSync(join(checkout, 'webrtc'));
    mkdirSync(join(checkout, 'resources'));
    // The two functions of the harness that the runner's own script needs.
    writeFileSync(
      join(checkout, 'resources/testharness.js'),
      `let completed; const results = [];
      function setup() {}
      function add_completion_callback(callback) { completed = callback; }
      function check(name, passed) { results.push({ name, status: passed ? 0 : 1, message: null }); }
      function done() { completed(results, { status: 0, message: null }); }`,
    );
    realm = await startNode(checkout, 'ours');
  });
  afterAll(async () => {
    await realm.close();
    rmSync(checkout, { recursive: true });
  });

  /** Runs a script in a window, and gives what it checked. */
  async function run(script) {
    writeFileSync(join(checkout, 'webrtc/it.window.js'), script);
    const [file] = findTests(checkout, 'webrtc');
    const { status, message, tests } = await realm.run(file);
    return { status, message, ...Object.fromEntries(tests.map((t) => [t.name, t.status])) };
  }

  test('has our classes, which descend from its own', async () => {
    const seen = await run(`
      check('parent', Object.getPrototypeOf(RTCPeerConnection) === EventTarget);
      check('error', Object.getPrototypeOf(RTCError) === DOMException);
      check('function', Object.getPrototypeOf(EventTarget) === Function.prototype);
      check('object', new Event('x') instanceof Object);
      const pc = new RTCPeerConnection();
      check('target', pc instanceof EventTarget);
      check('promise', pc.createOffer() instanceof Promise);
      try { new RTCPeerConnection(1); } catch (error) { check('thrown', error instanceof TypeError); }
      pc.close();
      done();`);
    expect(seen).toEqual({
      status: 'OK',
      message: null,
      parent: 'PASS',
      error: 'PASS',
      function: 'PASS',
      object: 'PASS',
      target: 'PASS',
      promise: 'PASS',
      thrown: 'PASS',
    });
  });

  test('connects two peers over sockets', async () => {
    const seen = await run(`(async () => {
      const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
      a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
      b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
      const channel = a.createDataChannel('x');
      channel.onopen = () => channel.send(new Uint8Array([1, 2, 3]));
      const theirs = new Promise((resolve) => (b.ondatachannel = (event) => resolve(event.channel)));
      await a.setLocalDescription();
      await b.setRemoteDescription(a.localDescription);
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);
      const other = await theirs;
      const message = new Promise((resolve) => (other.onmessage = ({ data }) => resolve(data)));
      const data = await message;
      check('buffer', data instanceof ArrayBuffer);
      check('bytes', String(new Uint8Array(data)) === '1,2,3');
      a.close();
      b.close();
      done();
    })();`);
    expect(seen).toEqual({ status: 'OK', message: null, buffer: 'PASS', bytes: 'PASS' });
  });

  test('has devices, whose tracks are of our own kind', async () => {
    const seen = await run(`(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      check('kinds', stream.getTracks().map(({ kind }) => kind).join() === 'audio,video');
      check('track', stream.getTracks()[0] instanceof MediaStreamTrack);
      const element = document.createElement('video');
      element.srcObject = stream;
      await element.play();
      check('element', element.srcObject === stream);
      const canvas = document.createElement('canvas');
      check('canvas', canvas.captureStream().getVideoTracks().length === 1);
      const destination = new AudioContext().createMediaStreamDestination();
      check('audio', destination.stream.getAudioTracks().length === 1);
      done();
    })();`);
    expect(seen).toEqual({
      status: 'OK',
      message: null,
      kinds: 'PASS',
      track: 'PASS',
      element: 'PASS',
      canvas: 'PASS',
      audio: 'PASS',
    });
  });

  test('hears of promises that nobody handles and of tasks that throw', async () => {
    const seen = await run(`
      let count = 0;
      addEventListener('unhandledrejection', ({ reason }) => {
        check('rejection', reason instanceof RangeError);
        if (++count === 2) done();
      });
      addEventListener('error', ({ error }) => {
        check('error', error instanceof SyntaxError);
        if (++count === 2) done();
      });
      Promise.reject(new RangeError('nobody'));
      setImmediate(() => { throw new SyntaxError('nobody'); });`);
    expect(seen).toEqual({ status: 'OK', message: null, rejection: 'PASS', error: 'PASS' });
  });
});
