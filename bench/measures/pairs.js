// Twenty pairs at once.

import { sendAll } from '../one-way.js';
import { connect } from '../session.js';

export const title = 'Many pairs in one process';

export const metrics = {
  setup: { title: 'all connected, candidates trickled', unit: 'ms', better: 'lower' },
  memory: { title: 'resident memory of one pair', unit: 'kB', better: 'lower' },
  throughput: { title: 'arrived, 16 KiB messages on all', unit: 'MB/s', better: 'higher' },
};

const kMessage = 16 * 1024;

export const plan = (quick) =>
  quick ? { count: 3, milliseconds: 300 } : { count: 20, milliseconds: 4000 };

export async function measure(peer, { count, milliseconds }) {
  const RTCPeerConnection = await peer.load();
  const connectOne = () => connect(RTCPeerConnection, { trickle: true });
  // What the first connection loads belongs to no pair.
  await (await connectOne()).close();
  const before = process.memoryUsage().rss;
  const begin = performance.now();
  const sessions = await Promise.all(Array.from({ length: count }, connectOne));
  const setup = performance.now() - begin;
  const memory = (process.memoryUsage().rss - before) / 1000 / count;

  let arrived = 0;
  let isOver = false;
  for (const { remote } of sessions) {
    remote.onmessage = () => {
      if (!isOver) arrived++;
    };
  }
  const payload = peer.payload?.(kMessage) ?? new Uint8Array(kMessage).fill(0x5a);
  const from = performance.now();
  // The closing of the sessions ends it.
  sendAll(
    sessions.map(({ local }) => local),
    payload,
    peer,
    () => isOver,
  ).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  isOver = true;
  const seconds = (performance.now() - from) / 1000;
  await Promise.all(sessions.map((session) => session.close()));
  return { setup, memory, throughput: (arrived * kMessage) / 1e6 / seconds };
}
