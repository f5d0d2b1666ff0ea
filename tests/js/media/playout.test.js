// The pace at which decoded sound is played, in virtual time.

import { Playout } from '../../../js/media/audio/playout.js';
import { TestClock } from './support/clock.js';
import { joined } from '../../../js/media/audio/sound.js';
import { tone } from './support/signals.js';

const kFormat = { sampleRate: 48_000, channelCount: 1 };

test.each([10, 20])('Plays blocks of %i ms, each at its time and nothing made up', (blockMs) => {
  const clock = new TestClock();
  const blocks = [];
  const playout = new Playout(clock, (one) => blocks.push({ at: clock.now(), ...one }), blockMs);
  const begin = clock.now() + 40;
  const sound = tone(440, 48_000, 4800);
  for (let i = 0; i < 5; i++) {
    playout.push(sound.slice(960 * i, 960 * (i + 1)), kFormat, begin + 20 * i);
  }
  clock.advance(40 + 100 - blockMs);
  expect(blocks.map(({ at }) => at)).toEqual(
    Array.from({ length: 100 / blockMs }, (_, i) => begin + blockMs * i),
  );
  for (const { numberOfFrames } of blocks) expect(numberOfFrames).toBe(48 * blockMs);
  expect(joined(blocks.map(({ samples }) => samples))).toEqual(sound);
  expect(playout.counts).toMatchObject({ totalSamplesReceived: 4800, concealedSamples: 0 });
  playout.close();
  expect(clock.timers).toBe(0);
});

test('Holds no more than ten seconds, whatever is said of when it is to be played', () => {
  const clock = new TestClock();
  const playout = new Playout(clock, () => {});
  const sound = new Int16Array(960);
  playout.push(sound, kFormat, clock.now() + 1e9);
  playout.push(sound, kFormat, clock.now());
  for (const ahead of [1e4, 1e6, 1e8, 1e12, Infinity]) {
    for (let i = 0; i < 10; i++) playout.push(sound, kFormat, clock.now() + ahead);
    expect(playout.heldMs).toBeLessThan(11_000);
  }
  clock.advance(15_000);
  // And then it plays what comes.
  playout.push(sound, kFormat, clock.now() + 20);
  clock.advance(2000);
  expect(playout.heldMs).toBe(0);
  playout.close();
});
