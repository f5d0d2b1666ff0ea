// What the measures of offers and answers share. A process that has made many makes one more: now and
// then, so that there is time in between to prepare what the next one will need, and one right after
// the other, where nothing can be prepared. The first is what a caller waits for. In the second all
// counts, preparation and close() too.

import { median } from './statistics.js';

/** @param {string} what what is timed */
export const makeMetrics = (what) => ({
  latency: { title: `${what}, now and then`, unit: 'ms', better: 'lower' },
  busy: { title: 'the same, one right after the other', unit: 'ms', better: 'lower' },
  rate: { title: 'per second of that, close() included', unit: '/s', better: 'higher' },
});

/** Between two, now and then: so many milliseconds. */
const kPause = 5;

/** The event loop turns: of a process that sleeps, the time until its caches are warm is measured. */
async function pause() {
  const end = performance.now() + kPause;
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
}

export const plan = (quick) =>
  quick ? { warmUp: 20, paused: 3, count: 50 } : { warmUp: 300, paused: 100, count: 1000 };

/**
 * @param {any} RTCPeerConnection
 * @param {(connection: any) => Promise<unknown>} describe makes the offer or answer
 * @param {ReturnType<typeof plan>} plan
 */
export async function measureDescriptions(RTCPeerConnection, describe, { warmUp, paused, count }) {
  const once = async () => {
    const begin = performance.now();
    const connection = new RTCPeerConnection({ iceServers: [] });
    await describe(connection);
    const latency = performance.now() - begin;
    await connection.close();
    return latency;
  };
  for (let i = 0; i < warmUp; i++) await once();
  const busy = [];
  const begin = performance.now();
  for (let i = 0; i < count; i++) busy.push(await once());
  const seconds = (performance.now() - begin) / 1000;
  const latencies = [];
  for (let i = 0; i < paused; i++) {
    await pause();
    latencies.push(await once());
  }
  return { latency: median(latencies), busy: median(busy), rate: count / seconds };
}
