import { connect } from '../session.js';
import { percentile } from '../statistics.js';

export const title = 'Round trip of a 32-byte message';

export const metrics = {
  p50: { title: 'half are faster than', unit: 'µs', better: 'lower' },
  p99: { title: '99 of 100 are faster than', unit: 'µs', better: 'lower' },
};

const kMessage = 32;

export const plan = (quick) => (quick ? { warmUp: 50, count: 200 } : { warmUp: 500, count: 4000 });

export async function measure(peer, { warmUp, count }) {
  const session = await connect(await peer.load(), { trickle: true });
  const { local, remote } = session;
  const payload = peer.payload?.(kMessage) ?? new Uint8Array(kMessage);
  remote.onmessage = () => remote.send(payload);
  const times = [];
  await new Promise((resolve) => {
    let left = warmUp + count;
    let begin = 0;
    const ping = () => {
      begin = performance.now();
      local.send(payload);
    };
    local.onmessage = () => {
      const time = (performance.now() - begin) * 1000;
      if (left-- <= count) times.push(time);
      if (left > 0) ping();
      else resolve();
    };
    ping();
  });
  await session.close();
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}
