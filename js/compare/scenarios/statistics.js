// Statistics: types, members, units.

import { subject } from '../scenario.js';
import { spec } from './specs.js';

const { scenario, all } = subject('statistics', spec.mandatoryStats);
export const statistics = all;

/**
 * Waits until a receiver's codec is known, which takes some packets.
 * @param {any} receiver
 * @param {{ idle: () => Promise<void> }} context
 */
async function codecOf(receiver, { idle }) {
  for (let round = 0; round < 300; round++) {
    const report = await receiver.getStats();
    if ([...report.values()].some(({ type, codecId }) => type === 'inbound-rtp' && codecId)) return;
    await idle();
  }
}

scenario('statistics of a new connection', {}, async ({ pc, stats }) => {
  await stats(pc());
});

scenario(
  'statistics of a session with a data channel',
  {},
  async ({ pc, connect, opened, stats }) => {
    const [a, b] = [pc(), pc()];
    const channel = a.createDataChannel('x');
    await connect(a, b);
    await opened(channel);
    await stats(a);
  },
);

scenario(
  'statistics of a session with a picture',
  {},
  async ({ pc, track, connect, until, idle, stats }) => {
    const [a, b] = [pc(), pc()];
    a.addTrack(track('video'));
    await connect(a, b);
    const [receiver] = b.getReceivers();
    await until(receiver.track, 'unmute', () => !receiver.track.muted);
    await codecOf(receiver, { idle });
    await stats(a);
    await stats(b);
  },
);

scenario(
  'statistics of a sender and of a receiver alone',
  { spec: spec.stats },
  async ({ pc, track, connect, until, idle, stats }) => {
    const [a, b] = [pc(), pc()];
    const sender = a.addTrack(track('video'));
    a.addTrack(track('audio'));
    await connect(a, b);
    const [receiver] = b.getReceivers();
    await until(receiver.track, 'unmute', () => !receiver.track.muted);
    await codecOf(receiver, { idle });
    await stats(sender);
    await stats(receiver);
  },
);

scenario('statistics with a selector', { spec: spec.stats }, async ({ pc, track, outcome }) => {
  const a = pc();
  const known = track('audio');
  a.addTrack(known);
  const types = (/** @type {any} */ report) =>
    [...new Set([...report.values()].map(({ type }) => type))]
      .filter((type) => type !== 'codec')
      .sort();
  await outcome('a track', () => a.getStats(known), types);
  await outcome('a track of nobody', () => a.getStats(track('audio')), types);
  await outcome('null', () => a.getStats(null), types);
  await outcome('a number', () => a.getStats(/** @type {any} */ (7)), types);
});

scenario('a report is a read-only map', { spec: spec.stats }, async ({ pc, note }) => {
  const report = /** @type {any} */ (await pc().getStats());
  note('map', [typeof report.get, typeof report.has, typeof report.forEach, typeof report.set]);
  note(
    'ids',
    [...report].every(([id, record]) => record.id === id),
  );
});
