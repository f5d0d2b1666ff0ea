// The demo's call with Firefox ESR: its native connection is the peer of webrtc-wasm, in Chromium and in
// its own page. What was drawn and played at one end is read and measured at the other.

import { jest } from '@jest/globals';
import { CallPage } from './support/call-page.js';
import { useDemo } from './support/demo.js';
import { launchFirefox } from './support/firefox.js';

const kPatienceMs = 90_000;

jest.setTimeout(240_000);

const demo = useDemo({ patience: kPatienceMs });
let firefox;
let firefoxPage;
let firefoxErrors;

beforeAll(async () => {
  // A machine without sound has no device to run an AudioContext with: Firefox has one that plays to nobody.
  firefox = await launchFirefox({ preferences: { 'media.cubeb.force_mock_context': true } });
}, 90_000);

afterEach(async () => {
  await firefoxPage?.close();
  firefoxPage = undefined;
  expect(firefoxErrors).toEqual([]);
});

afterAll(() => firefox?.close());

/** @param {string} [path]  below the demo's address, or a whole one */
async function openFirefox(path = 'call/') {
  firefoxErrors = [];
  firefoxPage = await firefox.newPage();
  firefoxPage.setDefaultTimeout(kPatienceMs);
  firefoxPage.on('pageerror', (error) => firefoxErrors.push(String(error)));
  await firefoxPage.goto(new URL(path, demo.url).href);
  await firefoxPage.waitForSelector('html[data-ready]');
  return new CallPage(firefoxPage);
}

const openChromium = async (path = 'call/') => new CallPage(await demo.open(path));

const kNames = { wasm: 'webrtc-wasm', native: 'native browser' };

/** The counter and the tone of each card are at the other end. */
async function expectMediaBothWays(a, b) {
  await b.sees('B', 'A');
  await b.hears('B', 'A');
  await a.sees('A', 'B');
  await a.hears('A', 'B');
}

test.each([
  ['Chromium', 'wasm', openChromium, 'native', openFirefox],
  ['Firefox', 'native', openFirefox, 'wasm', openChromium],
])(
  'When %s calls as %s, picture and sound go both ways between Chromium’s page and native Firefox',
  async (_, callerIs, openCaller, calleeIs, openCallee) => {
    const caller = await openCaller();
    await caller.choose({ where: 'elsewhere', a: callerIs });
    const callee = await openCallee(await caller.invite());
    await callee.choose({ b: calleeIs });
    expect(await caller.implementation('A')).toBe(kNames[callerIs]);
    expect(await callee.implementation('B')).toBe(kNames[calleeIs]);
    await caller.press();
    await callee.press();
    await caller.state('A', 'connected');
    await callee.state('B', 'connected');
    await expectMediaBothWays(caller, callee);
    await caller.rowShows('video-codec', 1, /^VP8/);
    await caller.rowShows('audio-codec', 1, /^opus/i);
  },
);

test.each([
  ['wasm', 'native'],
  ['native', 'wasm'],
])('From %s to %s, picture and sound go both ways within Firefox’s page', async (a, b) => {
  const page = await openFirefox();
  await page.choose({ a, b });
  expect(await page.implementation('A')).toBe(kNames[a]);
  expect(await page.implementation('B')).toBe(kNames[b]);
  await page.press();
  await page.state('A', 'connected');
  await page.state('B', 'connected');
  await expectMediaBothWays(page, page);
  await page.rowShows('video-codec', 1, /^VP8/);
  await page.rowShows('audio-codec', 1, /^opus/i);
});

test('Firefox’s page offers the codecs of its native connection, which lacks H.264', async () => {
  const page = await openFirefox();
  await page.choose({ a: 'native', b: 'wasm' });
  const { offered, native } = await page.videoCodecs();
  expect(offered).toEqual(expect.arrayContaining(['video/VP8', 'video/VP9']));
  const known = ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1'];
  expect(offered).toEqual(known.filter((name) => native.includes(name)));
  // Its plug-in for H.264 comes from the network.
  expect(native).not.toContain('video/H264');
});
