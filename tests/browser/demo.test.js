// The demo, as `npm start` serves it, used as a visitor would.

import { useDemo } from './support/demo.js';

const demo = useDemo();
let page;

beforeEach(async () => {
  page = await demo.open();
});

const state = (peer, value) =>
  page.waitForSelector(`#peer-${peer} [data-field="connectionState"][data-state="${value}"]`);

async function connect() {
  await page.click('#connect');
  for (const peer of ['a', 'b']) {
    await state(peer, 'connected');
    await page.waitForSelector(`#peer-${peer} .say input:enabled`);
  }
}

async function say(peer, text) {
  await page.fill(`#peer-${peer} .say input`, text);
  await page.click(`#peer-${peer} .say button`);
}

const heard = (peer, text) =>
  page.waitForSelector(`#peer-${peer} .chat .theirs:text-is("${text}")`);

const shows = (peer, name, pattern) =>
  page.waitForFunction(
    ([selector, source]) => new RegExp(source).test(document.querySelector(selector).textContent),
    [`#peer-${peer} [data-field="${name}"]`, pattern.source],
  );

test('Connects with the native peer, chats both ways and shows states, pair and descriptions', async () => {
  expect(await page.textContent('#relay-text')).toMatch(/^Relay: up/);
  await connect();
  await say('a', 'from WebAssembly');
  await heard('b', 'from WebAssembly');
  await say('b', 'from the browser');
  await heard('a', 'from the browser');
  await shows('a', 'pair', /^relay \S+:\d+ ⇄ host .*:\d+$/);
  await shows('b', 'pair', /^host .*:\d+ ⇄ relay \S+:\d+$/);
  for (const peer of ['a', 'b']) {
    await shows(peer, 'signalingState', /^stable$/);
    await shows(peer, 'dtlsState', /^connected$/);
    await shows(peer, 'sctpState', /^connected$/);
    await shows(peer, 'sent', /^\d+ datagrams · /);
  }
  expect(await page.textContent('#sdp-text')).toMatch(/^v=0\n[^]*\na=sctp-port:5000\n/);
  await page.click('#tab-answer');
  expect(await page.textContent('#sdp-text')).toMatch(/\na=setup:active\n/);
  await page.click('#tab-log');
  expect(await page.textContent('#sdp-text')).toMatch(/A connectionState → connected\n/);
});

test.each([
  ['candidates in the descriptions', { trickle: 'no' }],
  ['the offer from B', { offerer: 'b' }],
  ['an unordered chat', { channel: 'unordered' }],
  ['webrtc-wasm on both sides', { 'peer-b': 'wasm' }],
])('Connects with %s', async (_, choices) => {
  for (const [name, value] of Object.entries(choices)) {
    if (name === 'channel') await page.selectOption('[name=channel]', value);
    else await page.check(`[name=${name}][value=${value}]`, { force: true });
  }
  await connect();
  await say('a', 'there');
  await heard('b', 'there');
  await say('b', 'back');
  await heard('a', 'back');
});

test('Sends 10 MB of noise both ways and verifies what arrived', async () => {
  await connect();
  await page.click('#peer-a .sample');
  await page.click('#peer-b .sample');
  for (const peer of ['a', 'b']) {
    const arrived = `#peer-${peer} .transfers li[data-state="verified"]`;
    await page.waitForSelector(arrived);
    expect(await page.textContent(`${arrived} .status`)).toBe('10.0 MB · SHA-256 verified');
    expect(await page.getAttribute(`${arrived} a`, 'download')).toBe('noise.bin');
  }
});

test('Restarts ICE, goes on chatting, and hangs up', async () => {
  await connect();
  const ufrag = async () => /a=ice-ufrag:(\S+)/.exec(await page.textContent('#sdp-text'))[1];
  const before = await ufrag();
  await page.click('#restart');
  await page.waitForFunction(
    (before) => !document.querySelector('#sdp-text').textContent.includes(before),
    `a=ice-ufrag:${before}\n`,
  );
  await say('a', 'still there?');
  await heard('b', 'still there?');
  await page.click('#hangup');
  for (const peer of ['a', 'b']) await state(peer, 'closed');
  expect(await page.isDisabled('#peer-a .say input')).toBe(true);
  expect(await page.textContent('#connect')).toBe('Connect');
  await connect();
});

test.each([
  ['relay-down', /^The relay cannot be reached\. Nothing answers at ws:\S+/, /ERR_/],
  ['bad-credentials', /^The relay refused the credentials\. They are wrong or out of date\./, /^$/],
  ['bad-fingerprint', /^Peer [AB] .*\. (Its|A) certificate is not the one that/, /^$/],
])('Explains the fault “%s” in words, and recovers from it', async (fault, words, noise) => {
  await page.selectOption('[name=fault]', fault);
  await page.click('#connect');
  await page.waitForSelector('#notice:not([hidden])');
  expect(await page.textContent('#notice')).toMatch(words);
  if (fault === 'bad-fingerprint') await state('a', 'failed');
  await page.selectOption('[name=fault]', 'none');
  await connect();
  expect(await page.isHidden('#notice')).toBe(true);
  demo.expectProblems(noise);
});

test('Can be used with the keyboard alone', async () => {
  const focused = () =>
    page.evaluate(() => {
      const { id, name, className } = document.activeElement;
      return id || name || className;
    });
  const tabTo = async (wanted) => {
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      if ((await focused()) === wanted) return;
    }
    throw new Error(`Tab does not lead to ${wanted}`);
  };
  await tabTo('offerer');
  await page.keyboard.press('ArrowRight');
  expect(await page.isChecked('[name=offerer][value=b]')).toBe(true);
  await tabTo('connect');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#peer-a .say input:enabled');
  await page.waitForSelector('#peer-b .say input:enabled');
  await tabTo('text');
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  await heard('b', 'typed');
  await tabTo('tab-offer');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('tab-answer');
  expect(await page.getAttribute('#tab-answer', 'aria-selected')).toBe('true');
});
