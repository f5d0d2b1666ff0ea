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
