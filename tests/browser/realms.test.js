// Where the package is loaded: module and classic, page and worker, under a policy without eval.

import { useChromium } from './support/browser.js';

const suite = useChromium();

const kOfferers = [
  ['it', true],
  ['the browser', false],
];

const kGood = { ready: 'function', count: 53, wrong: 0, end: { state: 'closed', alive: 0 } };

describe.each([
  ['module', 'worker-module.js', { type: 'module' }],
  ['classic', 'worker-classic.js', {}],
])('A dedicated %s worker', (_, script, options) => {
  test.each(kOfferers)(
    'connects with the native peer of the page when %s offers',
    async (_, offer) => {
      const page = await suite.open({ path: 'pages/native.html', configure: false });
      const seen = await page.evaluate(
        async ({ script, options, relay, offer }) => {
          const worker = new Worker(script, options);
          const result = await nativePeer.session(worker, { relay, offer });
          worker.terminate();
          return result;
        },
        { script, options, relay: suite.relay.access, offer },
      );
      expect(seen).toEqual(kGood);
    },
  );
});

describe.each([
  ['the modules', 'pages/csp.html'],
  ['the single file', 'pages/classic.html'],
])('A page that allows no eval, with %s', (_, path) => {
  test.each(kOfferers)('connects when %s offers', async (_, offer) => {
    const page = await suite.open({ path, configure: false });
    await page.waitForFunction(() => globalThis.servePort !== undefined);
    const seen = await page.evaluate(
      async ({ relay, offer }) => {
        globalThis.servePort.start();
        const result = await nativePeer.session(globalThis.servePort, { relay, offer });
        const before = globalThis.violations.length;
        return { result, before, evaluated: globalThis.tryEval() };
      },
      { relay: suite.relay.access, offer },
    );
    expect(seen).toEqual({ result: kGood, before: 0, evaluated: 'EvalError' });
  });
});

test('A classic worker under a policy without eval connects as well', async () => {
  const page = await suite.open({ path: 'pages/csp.html', configure: false });
  await page.waitForFunction(() => globalThis.servePort !== undefined);
  const seen = await page.evaluate(async (relay) => {
    const worker = new Worker('worker-classic.js');
    const result = await nativePeer.session(worker, { relay, offer: true });
    worker.terminate();
    return { result, violations: globalThis.violations };
  }, suite.relay.access);
  expect(seen).toEqual({ result: kGood, violations: [] });
});

test('A page without a relay is told how to configure one, and gathers nothing', async () => {
  const page = await suite.open({ configure: false });
  await page.waitForFunction(() => globalThis.harness !== undefined);
  const seen = await page.evaluate(async () => {
    const pair = new harness.Pair();
    const errors = [];
    pair.ours.addEventListener('icecandidateerror', ({ errorCode, errorText }) =>
      errors.push({ errorCode, errorText }),
    );
    pair.ours.createDataChannel('x');
    await pair.ours.setLocalDescription();
    await pair.gathered('ours');
    return { errors, candidates: pair.candidates.ours };
  });
  expect(seen.candidates).toEqual([]);
  expect(seen.errors).toHaveLength(1);
  expect(seen.errors[0].errorCode).toBe(701);
  expect(seen.errors[0].errorText).toMatch(/configure/);
});

test('Takes the place of native in a page only by force, and gives it back', async () => {
  const page = await suite.open({ configure: false });
  await page.waitForFunction(() => globalThis.harness !== undefined);
  const seen = await page.evaluate(async () => {
    const native = globalThis.RTCPeerConnection;
    const { RTCPeerConnection: ours } = harness;
    const { install } = await import('/js/polyfill.js');
    install();
    const unforced = globalThis.RTCPeerConnection === native;
    const restore = install({ force: true });
    const forced = globalThis.RTCPeerConnection === ours && globalThis.RTCDataChannel !== undefined;
    const pc = new globalThis.RTCPeerConnection();
    const events = pc instanceof EventTarget;
    pc.close();
    restore();
    return { unforced, forced, events, restored: globalThis.RTCPeerConnection === native };
  });
  expect(seen).toEqual({ unforced: true, forced: true, events: true, restored: true });
});
