import { loadCallEnd } from '../call/index.js';
import { servePages } from '../pages.js';

export const title =
  'One way over a reliable, ordered channel, 16 KiB messages, in a page of headless Chromium; ours over the embedded relay';

export const peerNames = ['ours', 'native'];
export const loadPeer = loadCallEnd;
export const needsBrowser = true;

const rate = (title) => ({ title, unit: 'MB/s', better: 'higher' });

/** With native as the peer that is measured, all three are native to native. */
export const metrics = {
  both: rate('between two of its kind'),
  out: rate('to native'),
  in: rate('from native'),
};

export const plan = (quick) => ({ milliseconds: quick ? 500 : 4000 });

export async function measure({ isOurs }, { milliseconds }) {
  const pages = await servePages('bench/channels');
  try {
    const browser = await pages.open();
    const run = (from, to) =>
      browser.call('oneWay', { from, to, relay: pages.relay, milliseconds, size: 16 * 1024 });
    const one = isOurs ? 'ours' : 'native';
    return {
      both: await run(one, one),
      out: await run(one, 'native'),
      in: await run('native', one),
    };
  } finally {
    await pages.close();
  }
}
