import { loadCallEnd } from '../call/index.js';
import { servePages } from '../pages.js';
import { median } from '../statistics.js';

export const title =
  'A call of 640x360 at 30 fps, VP8 and Opus, in a page of headless Chromium; the other end is native';

export const peerNames = ['ours', 'native'];
export const loadPeer = loadCallEnd;
export const needsBrowser = true;

const cost = (title) => ({ title, unit: 'CPU ms per s', better: 'lower' });

export const metrics = {
  sendPage: cost('sending: the page’s process'),
  sendAll: cost('sending: all of the browser'),
  sendOutside: cost('sending: all but what encoding alone takes'),
  receivePage: cost('receiving: the page’s process'),
  receiveAll: cost('receiving: all of the browser'),
  receiveOutside: cost('receiving: all but what decoding alone takes'),
  sendDelay: { title: 'sending: drawn to shown', unit: 'ms', better: 'lower' },
  receiveDelay: { title: 'receiving: drawn to shown', unit: 'ms', better: 'lower' },
  sendRate: { title: 'sending: arrived', unit: 'kbit/s', better: 'higher' },
  sendFrames: { title: 'sending: arrived', unit: 'fps', better: 'higher' },
  receiveFrames: { title: 'receiving: arrived', unit: 'fps', better: 'higher' },
};

export const plan = (quick) =>
  quick
    ? { warmUpFrames: 15, seconds: 1, watchedFrames: 5 }
    : { warmUpFrames: 240, seconds: 6, watchedFrames: 60 };

const kBitrate = 800_000;
/** Differences of small figures may be nothing, or less. */
const kLeast = 0.01;

export async function measure({ isOurs }, plan) {
  const pages = await servePages('bench/call');
  try {
    const measured = await pages.open();
    const other = await pages.open();
    const coding = await measureCoding(measured, plan);
    const ends = { measured, other, isOurs, relay: pages.relay };
    const sending = await measureCall(ends, true, plan);
    const receiving = await measureCall(ends, false, plan);
    for (const browser of [measured, other]) await browser.call('check');
    return {
      sendPage: sending.page,
      sendAll: sending.all,
      sendOutside: Math.max(sending.all - coding.encoding, kLeast),
      receivePage: receiving.page,
      receiveAll: receiving.all,
      receiveOutside: Math.max(receiving.all - coding.decoding, kLeast),
      sendDelay: sending.delay,
      receiveDelay: receiving.delay,
      sendRate: sending.rate,
      sendFrames: sending.frames,
      receiveFrames: receiving.frames,
    };
  } finally {
    await pages.close();
  }
}

/** Milliseconds of processor time a second, of work that goes on by itself. */
async function spent(browser, seconds) {
  const before = await browser.processorTime();
  const began = performance.now();
  await browser.call('soon', 1000 * seconds);
  const after = await browser.processorTime();
  const scale = 1e6 / (performance.now() - began);
  return { page: (after.page - before.page) * scale, all: (after.all - before.all) * scale };
}

/** What encoding and decoding take by themselves: with them, less the same without them. */
async function measureCoding(browser, { seconds }) {
  const run = async (work, options) => {
    await browser.call(work, options);
    await browser.call('soon', 500);
    const { all } = await spent(browser, seconds);
    await browser.call('stop');
    return all;
  };
  const drawn = await run('encode', {});
  const encoded = await run('encode', { bitrate: kBitrate });
  const waited = await run('decode', { decodes: false });
  const decoded = await run('decode', { decodes: true });
  return { encoding: encoded - drawn, decoding: decoded - waited };
}

async function measureCall({ measured, other, isOurs, relay }, isSending, plan) {
  const [sender, receiver] = isSending ? [measured, other] : [other, measured];
  const options = { relay, bitrate: kBitrate };
  await sender.call('open', { ...options, sends: true, isOurs: isOurs && isSending });
  await receiver.call('open', { ...options, sends: false, isOurs: isOurs && !isSending });
  const offer = await sender.call('describe');
  await sender.call('finish', await receiver.call('describe', offer));
  await receiver.call('flows', plan.warmUpFrames);
  const before = await receiver.call('received');
  const { page, all } = await spent(measured, plan.seconds);
  const after = await receiver.call('received');
  const seen = await receiver.call('watch', plan.watchedFrames);
  const ages = await sender.call('ages', seen);
  for (const browser of [sender, receiver]) await browser.call('stop');
  const seconds = (after.at - before.at) / 1000;
  return {
    page,
    all,
    delay: median(ages),
    frames: (after.frames - before.frames) / seconds,
    rate: (8 * (after.bytes - before.bytes)) / seconds / 1000,
  };
}
