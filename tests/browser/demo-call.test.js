// The demo's call, used as a visitor would: what was drawn and played at one end is read and measured
// at the other.

import { jest } from '@jest/globals';
import { useDemo } from './support/demo.js';

const demo = useDemo({
  patience: 60_000,
  flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});
let page;

// A call has many steps, and pictures are coded in software here.
jest.setTimeout(240_000);

beforeEach(async () => {
  page = await demo.open('call/');
});

/** The tone of each end's test card. */
const kTones = { A: 440, B: 660 };
/** Within this many Hz it is that tone. */
const kPitchTolerance = 8;

/** What the form offers beside VP8 and Opus, and what WebCodecs calls it. */
const kCodecs = [
  { videoCodec: 'video/VP9', config: 'vp09.00.50.08', audioCodec: 'audio/PCMU' },
  { videoCodec: 'video/H264', config: 'avc1.42e01f', audioCodec: 'audio/G722' },
  { videoCodec: 'video/AV1', config: 'av01.0.04M.08', audioCodec: 'audio/PCMA' },
];

/** Whether the form offers a codec, and what the browser itself says of it. */
const codecsOf = (mimeType, config) =>
  page.evaluate(
    async ({ mimeType, codec }) => {
      const options = [...document.querySelectorAll('[name=videoCodec] option')];
      const size = { width: 640, height: 360 };
      return {
        isOffered: options.some(({ value }) => value === mimeType),
        isNative: [RTCRtpSender, RTCRtpReceiver].every((one) =>
          one.getCapabilities('video').codecs.some((codec) => codec.mimeType === mimeType),
        ),
        webCodecs: {
          encodes: (await VideoEncoder.isConfigSupported({ codec, ...size })).supported,
          decodes: (await VideoDecoder.isConfigSupported({ codec })).supported,
        },
      };
    },
    { mimeType, codec: config },
  );

/** @param {Record<string, string>} choices  of the form, by name */
async function choose(choices, on = page) {
  for (const [name, value] of Object.entries(choices)) {
    const select = await on.$(`select[name=${name}]`);
    if (select) await select.selectOption(value);
    else await on.check(`[name=${name}][value=${value}]`, { force: true });
  }
}

const connected = (end, on = page) =>
  on.waitForSelector(`#end-${end.toLowerCase()} [data-field="state"][data-state="connected"]`);

async function call(choices) {
  await choose(choices);
  await page.click('#call');
  await connected('A');
  await connected('B');
}

/** Waits until an end has read so many different frames of the other one's card. */
const sees = (end, author, frames = 20, on = page) =>
  on.waitForFunction(
    ([id, author, frames]) => {
      const { dataset } = document.getElementById(id);
      return dataset.author === author && Number(dataset.frames) >= frames;
    },
    [`end-${end.toLowerCase()}`, author, frames],
  );

const hears = (end, author, on = page) =>
  on.waitForFunction(
    ([id, tone, tolerance]) =>
      Math.abs(Number(document.getElementById(id).dataset.pitch || NaN) - tone) < tolerance,
    [`end-${end.toLowerCase()}`, kTones[author], kPitchTolerance],
  );

/** Waits until a line of a graph shows a value that the page's function takes. */
const graphShows = (graph, line, isSo) =>
  page.waitForFunction(`(() => {
    const { value } = document.querySelector(
      '[data-graph="${graph}"] [data-line="${line}"]').dataset;
    return value !== '' && (${isSo})(Number(value));
  })()`);

/** Waits until a cell of the table matches. */
const rowShows = (row, column, pattern) =>
  page.waitForFunction(
    ([row, column, source]) =>
      new RegExp(source).test(
        document.querySelector(`[data-row="${row}"] td:nth-of-type(${column})`).textContent,
      ),
    [row, column, pattern.source],
  );

/** What a page looks like that nobody has used yet, but for the choices. */
const appearance = () =>
  page.evaluate(() => ({
    states: [...document.querySelectorAll('[data-field="state"]')].map((one) => one.textContent),
    datasets: ['end-a', 'end-b'].map((id) => ({ ...document.getElementById(id).dataset })),
    pictures: [...document.querySelectorAll('video')].map((video) => video.srcObject),
    values: [...document.querySelectorAll('.graph b, #numbers td, .layer dd')].map(
      (one) => one.textContent,
    ),
    buttons: [...document.querySelectorAll('form button, .listen')].map((button) => [
      button.textContent,
      button.disabled,
    ]),
    isOpen: !document.getElementById('choices').disabled,
    notice: document.getElementById('notice').hidden,
    counts: document.querySelector('.counts').textContent,
  }));

describe.each([
  ['native', 'native'],
  ['wasm', 'native'],
  ['native', 'wasm'],
  ['wasm', 'wasm'],
])('From %s to %s', (a, b) => {
  test('the picture’s counter and the tone arrive, both ways', async () => {
    await call({ a, b, direction: 'sendrecv' });
    for (const [end, author] of [
      ['A', 'B'],
      ['B', 'A'],
    ]) {
      await sees(end, author);
      await hears(end, author);
    }
    for (const [line, column] of [
      ['ab', 1],
      ['ba', 2],
    ]) {
      await graphShows('bitrate', line, (value) => value > 0);
      await graphShows('fps', line, (value) => value > 0);
      await graphShows('round-trip', line, (value) => value >= 0);
      await graphShows('delay', line, (value) => value > 0);
      await rowShows('video-codec', column, /^VP8/);
      await rowShows('audio-codec', column, /^opus/i);
      await rowShows('size-received', column, /^\d+×\d+$/);
      await rowShows('packets-received', column, /^[1-9]/);
      await rowShows('frames', column, /^[1-9]\S* · [1-9]/);
    }
  });
});

describe.each([
  ['wasm', 'native'],
  ['native', 'wasm'],
])('With the caller %s and the callee %s', (a, b) => {
  test.each([
    ['sendonly', 'B', 'A', 'A', 'ba'],
    ['recvonly', 'A', 'B', 'B', 'ab'],
  ])('media that is %s flows one way alone', async (direction, receiver, author, sender, other) => {
    await call({ a, b, direction });
    await sees(receiver, author);
    await hears(receiver, author);
    expect(await page.getAttribute(`#end-${sender.toLowerCase()}`, 'data-frames')).toBeNull();
    expect(await page.textContent(`[data-graph="fps"] [data-line="${other}"]`)).toBe('–');
  });

  test.each(kCodecs)(
    'picture and sound are $videoCodec and $audioCodec both ways, unless the browser lacks them',
    async ({ videoCodec, config, audioCodec }) => {
      await choose({ a, b });
      const here = await codecsOf(videoCodec, config);
      expect(here.isOffered).toBe(here.isNative);
      // Then there is nothing to call with: it is what docs/interop.md says of such a browser.
      if (!here.isNative) return;
      expect(here.webCodecs).toEqual({ encodes: true, decodes: true });
      await call({ videoCodec, audioCodec });
      for (const [end, author, column] of [
        ['B', 'A', 1],
        ['A', 'B', 2],
      ]) {
        await sees(end, author);
        await hears(end, author);
        await rowShows('video-codec', column, new RegExp(`^${videoCodec.split('/')[1]} · 90 kHz$`));
        await rowShows('audio-codec', column, new RegExp(`^${audioCodec.split('/')[1]} · 8 kHz$`));
      }
    },
  );
});

test.each(['wasm', 'native'])(
  'Sends three layers from %s, and as many as are picked',
  async (a) => {
    await call({ a, b: 'native', layers: '3', direction: 'sendonly' });
    const isFlowing = (rid, flows) =>
      page.waitForFunction(
        ([rid, flows]) => {
          const { bitrate, fps } = document.querySelector(`.layer[data-rid="${rid}"]`).dataset;
          return flows ? Number(bitrate) > 0 && Number(fps) > 0 : Number(bitrate) === 0;
        },
        [rid, flows],
      );
    await isFlowing('q', true);
    await isFlowing('h', true);
    await page.uncheck('.layer[data-rid="h"] [type=checkbox]');
    await isFlowing('h', false);
    await isFlowing('q', true);
    await page.check('.layer[data-rid="h"] [type=checkbox]');
    await isFlowing('h', true);
    await page.check('.layer[data-rid="q"] [type=radio]');
    await page.waitForFunction(
      () => document.querySelector('#end-b video.main').videoWidth === 160,
    );
    // Browsers play what is in sight, and the pickers are below the pictures.
    await page.locator('#end-b').scrollIntoViewIfNeeded();
    const before = Number(await page.getAttribute('#end-b', 'data-frames'));
    await sees('B', 'A', before + 10);
  },
);

test.each([
  ['wasm', 'native', 'ab'],
  ['native', 'wasm', 'ab'],
])(
  'Loses packets from %s to %s once the network is hurt, and no longer than that',
  async (a, b, line) => {
    await call({ a, b });
    await sees('B', 'A');
    await graphShows('loss', line, (value) => value === 0);
    await page.click('[data-preset=train]');
    expect(await page.getAttribute('[data-preset=train]', 'aria-pressed')).toBe('true');
    expect(await page.textContent('[data-of=loss]')).toBe('15 %');
    await graphShows('loss', line, (value) => value > 0.02);
    // There and back, 200 ms each.
    await graphShows('round-trip', line, (value) => value > 390);
    await rowShows('packets-lost', 1, /^[1-9]/);
    await page.waitForFunction(
      () => Number(document.getElementById('dropped').textContent.replace(/\D/g, '')) > 5,
    );
    await page.click('[data-preset=perfect]');
    await graphShows('loss', line, (value) => value === 0);
    await graphShows('round-trip', line, (value) => value < 390);
  },
);

test('Has no hand on the network between two native ends', async () => {
  await choose({ a: 'native', b: 'native' });
  expect(await page.isDisabled('[name=loss]')).toBe(true);
  expect(await page.textContent('#hurt-hint')).toMatch(/^Needs a webrtc-wasm end/);
  await choose({ b: 'wasm' });
  expect(await page.isDisabled('[name=loss]')).toBe(false);
  expect(await page.textContent('#hurt-hint')).toMatch(/^Acts on the datagrams of B,/);
});

test('Looks after hanging up as it did before, and calls again', async () => {
  await choose({ a: 'native', b: 'native' });
  const before = await appearance();
  await call({});
  await sees('B', 'A');
  expect(await page.isVisible('#choices:disabled')).toBe(true);
  await graphShows('bitrate', 'ab', (value) => value > 0);
  expect(await appearance()).not.toEqual(before);
  await page.click('#hangup');
  expect(await appearance()).toEqual(before);
  await call({});
  await sees('B', 'A');
});

test('Shows what was signalled', async () => {
  await call({ a: 'native', b: 'native' });
  expect(await page.textContent('#sdp-text')).toMatch(/^v=0\n[^]*\nm=video /);
  await page.click('#tab-answer');
  expect(await page.textContent('#sdp-text')).toMatch(/\na=setup:active\n/);
  await page.click('#tab-log');
  const log = await page.textContent('#sdp-text');
  for (const line of [
    'A → video-offer',
    'B ← video-offer',
    'B → video-answer',
    'A ← video-answer',
    'A → new-ice-candidate',
    'B ← new-ice-candidate',
  ]) {
    expect(log).toContain(line);
  }
});

test('Sends camera and microphone as well', async () => {
  await call({ a: 'native', b: 'native', source: 'camera', direction: 'sendonly' });
  await rowShows('size-received', 1, /^\d+×\d+$/);
  await graphShows('fps', 'ab', (value) => value > 0);
});

describe('With the other end in another tab', () => {
  /** The guest that the link leads to, in its own page. */
  async function invite() {
    await choose({ where: 'elsewhere', a: 'native' });
    await page.waitForFunction(() => document.getElementById('link').value !== '');
    expect(await page.isDisabled('#call')).toBe(true);
    const guest = await demo.open(await page.inputValue('#link'));
    await choose({ b: 'native' }, guest);
    await page.waitForSelector('#presence[data-state="there"]');
    return guest;
  }

  async function callGuest(guest) {
    await page.click('#call');
    await guest.waitForSelector('#end-b [data-field="state"][data-state="ringing"]');
    await guest.click('#call');
    await connected('A');
    await connected('B', guest);
  }

  test('a call rings, is answered, carries media both ways, and is hung up from either side', async () => {
    const guest = await invite();
    await callGuest(guest);
    await sees('A', 'B');
    await sees('B', 'A', 20, guest);
    await hears('A', 'B');
    await hears('B', 'A', guest);
    await guest.click('#hangup');
    await page.waitForSelector('#end-a [data-field="state"][data-state="ready"]');
    await callGuest(guest);
    await page.click('#hangup');
    await guest.waitForSelector('#end-b [data-field="state"][data-state="ready"]');
  });

  test('a call ends when that tab is closed, and nobody is there any more', async () => {
    const guest = await invite();
    await callGuest(guest);
    await guest.close();
    await page.waitForSelector('#end-a [data-field="state"][data-state="ready"]');
    await page.waitForSelector('#presence[data-state="absent"]');
    expect(await page.isDisabled('#call')).toBe(true);
  });
});

test('Can be used with the keyboard alone', async () => {
  const focused = () =>
    page.evaluate(() => {
      const { id, name, className } = document.activeElement;
      return id || name || className;
    });
  const tabTo = async (wanted) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if ((await focused()) === wanted) return;
    }
    throw new Error(`Tab does not lead to ${wanted}`);
  };
  await tabTo('a');
  await page.keyboard.press('ArrowRight');
  expect(await page.isChecked('[name=a][value=native]')).toBe(true);
  await tabTo('call');
  await page.keyboard.press('Enter');
  await connected('B');
  await tabTo('listen');
  await page.keyboard.press('Space');
  await page.waitForSelector('.listen[aria-pressed="true"]');
  await tabTo('tab-offer');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('tab-answer');
});

test.each([390, 1280])('Fits into a width of %i', async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await choose({ a: 'native', b: 'native', layers: '3' });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});
