import { connect } from '../session.js';

export const title = 'One way over a reliable, ordered channel, 16 KiB messages';

export const metrics = {
  throughput: { title: 'arrived', unit: 'MB/s', better: 'higher' },
  cpu: { title: 'processor time, both ends', unit: 'ms/MB', better: 'lower' },
};

const kMessage = 16 * 1024;
/** A sender keeps no more than this in `bufferedAmount`, and waits until it is low again. */
const kBuffered = 1024 * 1024;
const kLow = 256 * 1024;

export const plan = (quick) => ({ milliseconds: quick ? 300 : 4000 });

export async function measure(peer, { milliseconds }) {
  const session = await connect(await peer.load(), { trickle: true });
  const { local, remote } = session;
  const payload = peer.payload?.(kMessage) ?? new Uint8Array(kMessage).fill(0x5a);
  const isLow = peer.whenBufferIsLow ?? whenBufferIsLow;
  local.bufferedAmountLowThreshold = kLow;

  let bytes = 0;
  let isOver = false;
  remote.onmessage = ({ data }) => {
    // What comes after the end of the time does not count.
    if (!isOver) bytes += data.byteLength;
  };
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const over = new Promise((resolve) => {
    setTimeout(() => {
      isOver = true;
      resolve();
    }, milliseconds);
  });
  const pump = async () => {
    while (!isOver) {
      // A whole buffer at most before others have their turn: elsewhere it drains on a thread.
      for (let sent = 0; sent < kBuffered && room(local); sent += kMessage) local.send(payload);
      if (room(local)) await new Promise((resolve) => setImmediate(resolve));
      else await Promise.race([isLow(local), over]);
    }
  };
  await Promise.all([pump(), over]);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = bytes / 1e6;
  await session.close();
  if (bytes === 0) throw new Error('nothing arrived');
  return { throughput: megabytes / seconds, cpu: (user + system) / 1000 / megabytes };
}

const room = (channel) => channel.bufferedAmount + kMessage <= kBuffered;

function whenBufferIsLow(channel) {
  if (channel.bufferedAmount <= channel.bufferedAmountLowThreshold) return Promise.resolve();
  return new Promise((resolve) => {
    channel.onbufferedamountlow = () => resolve();
  });
}
