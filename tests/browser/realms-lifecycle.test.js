// Pages and frames that go while they are connected, are kept for "back", or are rendered before anybody looks.

import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import * as api from '../../dist/webrtc-wasm.node.mjs';
import { chromiumOptions, startRelay } from './support/browser.js';
import { servePages } from './support/pages.js';

const kPages = '/tests/realms/pages';

let relay;
let pages;
let browser;
let page;
/** Connections of this process. */
let peers = [];

beforeAll(async () => {
  relay = await startRelay({ allowOrigins: ['*'] });
  pages = await servePages();
  browser = await chromium.launch({
    ...chromiumOptions({ flags: ['--autoplay-policy=no-user-gesture-required'] }),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
});

beforeEach(async () => {
  page = await browser.newPage();
});

afterEach(async () => {
  for (const peer of peers) peer.close();
  peers = [];
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await relay?.close();
});

/** @param {string} file */
const urlOf = (file) => `${pages.origin}${kPages}/${file}`;

/** Runs in the page. */
const offerHere = async (relay) => {
  const { configure, RTCPeerConnection } = globalThis.webrtcWasm;
  configure({ relay });
  const pc = (globalThis.pc = new RTCPeerConnection());
  globalThis.channel = pc.createDataChannel('lifecycle');
  const gathered = new Promise((resolve) => {
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState === 'complete') resolve();
    };
  });
  await pc.setLocalDescription();
  await gathered;
  return pc.localDescription.toJSON();
};
/** Runs in the page. */
const takeAnswer = async (answer) => {
  const { pc, channel } = globalThis;
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  await pc.setRemoteDescription(answer);
  if (channel.readyState !== 'open') await opened;
};

/**
 * Connects the realm with this process.
 * @param {{ evaluate: Function }} realm  a page or a frame that has the package
 * @returns {Promise<{ closed: Promise<string[]> }>} settles when the page's end has closed, with the
 *   states that this end had gone through
 */
async function connect(realm) {
  const offer = await realm.evaluate(offerHere, relay.access);
  api.configure({ network: new api.RelayNetwork({ relay: relay.access }) });
  const pc = new api.RTCPeerConnection();
  api.configure({ network: undefined });
  peers.push(pc);
  const states = [];
  pc.onconnectionstatechange = () => states.push(pc.connectionState);
  const closed = new Promise((resolve) => {
    pc.ondatachannel = ({ channel }) => (channel.onclose = () => resolve([...states]));
  });
  const gathered = new Promise((resolve) => {
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState === 'complete') resolve();
    };
  });
  await pc.setRemoteDescription(offer);
  await pc.setLocalDescription();
  await gathered;
  await realm.evaluate(takeAnswer, pc.localDescription.toJSON());
  return { closed };
}

/** @param {import('playwright-core').Page | import('playwright-core').Frame} realm */
const loaded = (realm) => realm.waitForFunction(() => globalThis.webrtcWasm !== undefined);

/** The peer has been told: it has not waited for a sign of life. */
const kTold = ['connecting', 'connected'];

describe.each(['module.html', 'classic.html'])('A page (%s)', (file) => {
  test.each([
    ['is closed', () => page.close({ runBeforeUnload: false })],
    ['goes to another page', () => page.goto(urlOf('empty.html'))],
    ['is loaded anew', () => page.reload()],
  ])('that %s closes its connections', async (_, leave) => {
    await page.goto(urlOf(file));
    await loaded(page);
    const { closed } = await connect(page);
    await leave();
    expect(await closed).toEqual(kTold);
  });
});

test.each([
  ['of the same origin', 'module.html', null],
  ['in a sandbox', 'classic.html', 'allow-scripts'],
])(
  'A frame %s connects, and closes its connections when it is removed',
  async (_, file, sandbox) => {
    await page.goto(urlOf('empty.html'));
    const handle = await page.evaluateHandle(
      ([url, sandbox]) => {
        const frame = document.createElement('iframe');
        if (sandbox !== null) frame.setAttribute('sandbox', sandbox);
        frame.src = url;
        document.body.append(frame);
        return frame;
      },
      [urlOf(file), sandbox],
    );
    const frame = await handle.asElement().contentFrame();
    await loaded(frame);
    expect(await frame.evaluate(() => globalThis.origin)).toBe(sandbox ? 'null' : pages.origin);
    const { closed } = await connect(frame);
    await handle.evaluate((frame) => frame.remove());
    expect(await closed).toEqual(kTold);
  },
);

describe('A page that was left, and is come back to,', () => {
  /** Leaves the page by a link and comes back, as a user does. */
  async function leaveAndReturn() {
    await page.evaluate(() => {
      globalThis.addEventListener(
        'pageshow',
        ({ persisted }) => (globalThis.persisted = persisted),
      );
    });
    await page.goto(urlOf('empty.html'));
    await page.evaluate(() => history.back());
    // A page that was kept is not loaded again.
    await page.waitForURL(urlOf('module.html'), { waitUntil: 'commit' });
    await loaded(page);
    return page.evaluate(() => globalThis.persisted === true);
  }

  beforeEach(async () => {
    await page.goto(urlOf('module.html'));
    await loaded(page);
  });

  test('was kept when its connections were closed, and connects again', async () => {
    const { closed } = await connect(page);
    await page.evaluate(() => globalThis.pc.close());
    await closed;
    expect(await leaveAndReturn()).toBe(true);
    expect(await page.evaluate(() => globalThis.pc.connectionState)).toBe('closed');
    await connect(page);
  });

  test('has no open connection', async () => {
    const { closed } = await connect(page);
    const wasKept = await leaveAndReturn();
    expect(await closed).toEqual(kTold);
    // The browser may keep it or not, as it likes; a native connection would prevent that.
    const state = await page.evaluate(() => globalThis.pc?.connectionState);
    expect(state).toBe(wasKept ? 'closed' : undefined);
  });
});

test('A page that is rendered before anybody looks at it takes no harm from the import', async () => {
  // By puppeteer: where playwright is attached, Chromium renders nothing in advance.
  const { executablePath, args } = chromiumOptions();
  const other = await puppeteer.launch({ executablePath, args, headless: true });
  try {
    const [page] = await other.pages();
    await page.goto(urlOf('empty.html'));
    const url = `${urlOf('prerendered.html')}#${encodeURIComponent(JSON.stringify(relay.access))}`;
    const imported = pages.requested(`${kPages}/imported`);
    const connected = pages.requested(`${kPages}/connected`);
    await page.evaluate((url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prerender: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    }, url);
    expect(await imported).toEqual({ prerendering: true });
    await page.evaluate((url) => void (location.href = url), url);
    expect(await connected).toEqual({ features: ['data'], candidates: ['relay'] });
  } finally {
    await other.close();
  }
});

test('An AudioWorklet hears the track that a connection has received', async () => {
  await page.goto(urlOf('module.html'));
  await loaded(page);
  const peak = await page.evaluate(async (relay) => {
    const { configure, RTCAudioSource } = globalThis.webrtcWasm;
    configure({ relay });
    const pair = globalThis.realmProbe.connect(globalThis.webrtcWasm);
    const source = new RTCAudioSource();
    pair.a.addTrack(source.createTrack());
    const received = new Promise((resolve) => {
      pair.b.addEventListener('track', ({ track }) => resolve(track));
    });
    const samples = Int16Array.from({ length: 960 }, (_, i) => 16_000 * Math.sin(i / 10));
    const timer = setInterval(() => source.onData({ samples, sampleRate: 48_000 }), 20);
    await pair.negotiated();
    const context = new AudioContext();
    await context.audioWorklet.addModule('worklet.js');
    const meter = new AudioWorkletNode(context, 'meter');
    context.createMediaStreamSource(new MediaStream([await received])).connect(meter);
    meter.connect(context.destination);
    const peak = await new Promise((resolve) => {
      meter.port.onmessage = ({ data }) => {
        if (data > 0.1) resolve(data);
      };
    });
    clearInterval(timer);
    await context.close();
    pair.close();
    return peak;
  }, relay.access);
  expect(peak).toBeGreaterThan(0.1);
});
