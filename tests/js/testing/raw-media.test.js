import {
  Simulation,
  expectNoLeaks,
  fakeCamera,
  fakeMicrophone,
  measureAudio,
  measureVideo,
} from '../../../js/testing.node.js';
import { picture, readPicture } from '../../../js/testing/raw-media.js';
import { connect, recordPackets } from './support/call.js';

afterEach(() => expectNoLeaks());

test('a picture says its number and its time, also when it is made smaller or noisy', () => {
  const content = { number: 123_456, captureTime: 98_765 };
  const large = picture(640, 480, content);
  expect(readPicture(large)).toEqual(content);
  const half = { width: 320, height: 240, data: new Uint8Array((320 * 240 * 3) / 2) };
  for (let y = 0; y < 240; y++) {
    for (let x = 0; x < 320; x++) {
      const noise = ((x * 7 + y * 13) % 61) - 30;
      half.data[y * 320 + x] = Math.min(255, Math.max(0, large.data[2 * y * 640 + 2 * x] + noise));
    }
  }
  expect(readPicture(half)).toEqual(content);
  expect(readPicture({ ...half, data: new Uint8Array(half.data.length).fill(128) })).toBeNull();
});

/** Ten seconds of pictures and sound through real codecs. */
async function call(seed, link) {
  const simulation = new Simulation({ seed, link });
  const packets = recordPackets(simulation);
  const [alice, bob] = [simulation.peer(), simulation.peer()];
  const measures = {};
  const { end } = await connect(simulation, alice, bob, undefined, (a, b) => {
    a.addTrack(fakeMicrophone(alice, { raw: true, tone: 1000 }).createTrack());
    a.addTrack(fakeCamera(alice, { raw: true }).createTrack());
    b.ontrack = ({ track }) => {
      const measure = track.kind === 'video' ? measureVideo : measureAudio;
      measures[track.kind] = measure(track, { raw: true });
    };
  });
  await simulation.run(10_000);
  const figures = { video: measures.video.figures, audio: measures.audio.figures };
  end();
  return { packets, ...figures };
}

test('real codecs run in virtual time: what is seen and heard is what was shown and played', async () => {
  const { video, audio } = await call(1, { latency: 20 });
  expect(video).toMatchObject({ damaged: 0, outOfOrder: 0, duplicates: 0, freezes: 0 });
  expect([video.width, video.height]).toEqual([320, 240]);
  expect(video.frames).toBeGreaterThan(120);
  expect(video.delay.min).toBeGreaterThan(39);
  expect(audio.heard).toBeGreaterThan(8000);
  expect(audio.tone).toBeGreaterThan(950);
  expect(audio.tone).toBeLessThan(1050);
});

test('what codecs make repeats itself byte for byte as well', async () => {
  const link = { latency: 20, loss: 0.02 };
  const [one, same] = [await call(7, link), await call(7, link)];
  expect(same.packets).toEqual(one.packets);
  expect(same.video).toEqual(one.video);
  expect(same.audio).toEqual(one.audio);
});
