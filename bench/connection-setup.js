// What the two connection measures share: from `new` to a channel that is open at both ends.

import { connect } from './session.js';
import { median } from './statistics.js';

export const metrics = {
  time: { title: 'new to channel open, median', unit: 'ms', better: 'lower' },
  slowest: { title: 'the slowest of a run', unit: 'ms', better: 'lower' },
  cpu: { title: 'processor time, both ends', unit: 'ms', better: 'lower' },
};

export const plan = (quick) => (quick ? { warmUp: 1, count: 3 } : { warmUp: 2, count: 20 });

export async function measureSetup(peer, { warmUp, count }, { trickle }) {
  const RTCPeerConnection = await peer.load();
  const once = async () => {
    const begin = performance.now();
    const session = await connect(RTCPeerConnection, { trickle });
    const time = performance.now() - begin;
    await session.close();
    return time;
  };
  for (let i = 0; i < warmUp; i++) await once();
  const times = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < count; i++) times.push(await once());
  const { user, system } = process.cpuUsage(cpu);
  return {
    time: median(times),
    slowest: Math.max(...times),
    cpu: (user + system) / 1000 / count,
  };
}
