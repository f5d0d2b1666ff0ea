// What the one-way measures share: messages of one size from one end to the other, as fast as the
// channel takes them.

import { connect } from './session.js';

/** A sender keeps no more than this in `bufferedAmount`, and waits until it is low again. */
const kBuffered = 1024 * 1024;
const kLow = 256 * 1024;

export const plan = (quick) => ({ milliseconds: quick ? 1000 : 4000 });

export const byteMetrics = {
  throughput: { title: 'arrived', unit: 'MB/s', better: 'higher' },
  cpu: { title: 'processor time, both ends', unit: 'ms/MB', better: 'lower' },
};

export const messageMetrics = {
  rate: { title: 'arrived', unit: 'thousand/s', better: 'higher' },
  cpu: { title: 'processor time, both ends', unit: 'ms/MB', better: 'lower' },
};

/**
 * @param {any} peer
 * @param {{ milliseconds: number }} plan
 * @param {{ size: number, channel?: RTCDataChannelInit }} options bytes of a message, and the kind
 *   of channel
 */
export async function measureOneWay(peer, { milliseconds }, { size, channel }) {
  const session = await connect(await peer.load(), { trickle: true, channel });
  const { local, remote } = session;
  const payload = peer.payload?.(size) ?? new Uint8Array(size).fill(0x5a);

  let arrived = 0;
  let isOver = false;
  remote.onmessage = () => {
    // What comes after the end of the time does not count.
    if (!isOver) arrived++;
  };
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const over = new Promise((resolve) => {
    setTimeout(() => {
      isOver = true;
      resolve();
    }, milliseconds);
  });
  // The closing of the session ends it.
  sendAll([local], payload, peer, () => isOver).catch(() => {});
  await over;
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await session.close();
  if (arrived === 0) throw new Error('nothing arrived');
  const megabytes = (arrived * size) / 1e6;
  return {
    throughput: megabytes / seconds,
    rate: arrived / 1000 / seconds,
    cpu: (user + system) / 1000 / megabytes,
  };
}

/**
 * Sends on all channels as long as they take it.
 * @param {any[]} channels
 * @param {Uint8Array} payload
 * @param {any} peer
 * @param {() => boolean} isOver
 */
export async function sendAll(channels, payload, peer, isOver) {
  const isLow = peer.whenBufferIsLow ?? whenBufferIsLow;
  await Promise.all(
    channels.map(async (channel) => {
      channel.bufferedAmountLowThreshold = kLow;
      const room = () => channel.bufferedAmount + payload.length <= kBuffered;
      while (!isOver()) {
        // A whole buffer at most before others have their turn: elsewhere it drains on a thread.
        for (let sent = 0; sent < kBuffered && room(); sent += payload.length)
          channel.send(payload);
        if (room()) await new Promise((resolve) => setImmediate(resolve));
        else await isLow(channel);
      }
    }),
  );
}

function whenBufferIsLow(channel) {
  if (channel.bufferedAmount <= channel.bufferedAmountLowThreshold) return Promise.resolve();
  return new Promise((resolve) => {
    channel.onbufferedamountlow = () => resolve();
  });
}
