// What a process keeps of connections that are gone.

import { connect } from '../session.js';

export const title = 'Connecting, a megabyte and closing, again and again';

export const metrics = {
  growth: {
    title: 'resident memory at the end, of that after a tenth',
    unit: '%',
    better: 'lower',
  },
  time: { title: 'a cycle', unit: 'ms', better: 'lower' },
};

const kMessage = 16 * 1024;
const kMessages = 64;

export const plan = (quick) => ({ count: quick ? 10 : 200 });

export async function measure(peer, { count }) {
  const RTCPeerConnection = await peer.load();
  const payload = peer.payload?.(kMessage) ?? new Uint8Array(kMessage).fill(0x5a);
  const cycle = async () => {
    const session = await connect(RTCPeerConnection, { trickle: true });
    await new Promise((resolve) => {
      let left = kMessages;
      session.remote.onmessage = () => {
        if (--left === 0) resolve();
      };
      for (let i = 0; i < kMessages; i++) session.local.send(payload);
    });
    await session.close();
  };
  const first = Math.ceil(count / 10);
  for (let i = 0; i < first; i++) await cycle();
  const before = process.memoryUsage().rss;
  const begin = performance.now();
  for (let i = first; i < count; i++) await cycle();
  return {
    growth: (100 * process.memoryUsage().rss) / before,
    time: (performance.now() - begin) / (count - first),
  };
}
