// What passes between two peers that encode and decode: pictures that are numbered, and a tone.

import { RTCEncodedSink, RTCEncodedSource } from '../../../js/index.node.js';
import { restrictTo } from './encoded-tests.js';
import { ours } from './implementations.js';
import { addSource, addTestSource, openSink } from './media-ends.js';
import { connect } from './session.js';
import {
  kLoudness,
  kNumbers,
  likenessToBars,
  numberIn,
  picture,
  playTone,
  psnr,
  purity,
  showNumbers,
} from './signals.js';
import { deferred, onEnd, within } from './waiting.js';

/** The offerer's tone, and the answerer's. */
const kTones = [440, 1000];

const kPictures = 40;
/** The least likeness of a picture with what was sent, in dB, once the encoder has got going. */
const kLikeness = 28;

/**
 * Pictures and a tone from the one who offers to the one who answers.
 * @param {import('./peer.js').Peer} sender
 * @param {import('./peer.js').Peer} receiver
 */
export async function expectMediaOneWay(sender, receiver) {
  const expectArrival = prepare(sender, receiver, kTones[0]);
  await connect(sender, receiver);
  await expectArrival();
}

/**
 * The same in both directions at once.
 * @param {import('./peer.js').Peer} offerer
 * @param {import('./peer.js').Peer} answerer
 */
export async function expectMediaBothWays(offerer, answerer) {
  const arrivals = [prepare(offerer, answerer, kTones[0]), prepare(answerer, offerer, kTones[1])];
  await connect(offerer, answerer);
  await Promise.all(arrivals.map((expectArrival) => expectArrival()));
}

/**
 * Tones in both directions at once, in a codec of ours.
 * @param {import('./peer.js').Peer} us
 * @param {import('./peer.js').Peer} them
 * @param {boolean} weOffer
 * @param {string} mimeType
 */
export async function expectTonesIn(us, them, weOffer, mimeType) {
  const ends = [us, them].map((peer) => ({
    peer,
    source: addSource(peer, 'audio'),
    announced: announcedTracks(peer),
  }));
  restrictTo(us.pc.getTransceivers()[0], mimeType);
  await (weOffer ? connect(us, them) : connect(them, us));
  await Promise.all(
    ends.map(async ({ peer, announced }, i) => {
      await expectTone(ends[1 - i].source, peer, await announced('audio'), kTones[i]);
    }),
  );
}

/**
 * Pictures that a peer sends encoded in a codec that nothing here decodes are forwarded back to it as
 * they come, and it sees what it has shown.
 * @param {import('./peer.js').Peer} us
 * @param {import('./peer.js').Peer} them
 * @param {boolean} weOffer
 * @param {string} mimeType
 */
export async function expectForwarding(us, them, weOffer, mimeType) {
  const encoded = new RTCEncodedSource({ kind: 'video', mimeType });
  const track = encoded.createTrack();
  onEnd(() => track.stop());
  us.pc.addTrack(track);
  const [transceiver] = us.pc.getTransceivers();
  restrictTo(transceiver, mimeType);
  const source = addSource(them, 'video');
  const announced = announcedTracks(them);
  await (weOffer ? connect(us, them) : connect(them, us));

  const sink = new RTCEncodedSink(transceiver.receiver.track);
  onEnd(() => sink.stop());
  const frames = [];
  sink.onframe = ({ frame }) => {
    frames.push(frame);
    encoded.onFrame(frame);
  };
  encoded.onkeyframerequest = () => sink.requestKeyFrame();
  await expectPictures(source, them, await announced('video'));
  expect(frames[0]).toMatchObject({ key: true, mimeType });
  const steps = frames.slice(1).map(({ rtpTimestamp }, i) => rtpTimestamp - frames[i].rtpTimestamp);
  expect(steps.filter((step) => step >>> 0 === 0 || step >>> 0 > 90_000 * 10)).toEqual([]);
}

/** The least likeness with a picture that does not move. */
const kBarsLikeness = 25;

/**
 * What a peer makes for tests: colour bars and a tone of 440 Hz.
 * @param {import('./peer.js').Peer} sender
 * @param {import('./peer.js').Peer} receiver
 * @param {boolean} theyOffer the sender does
 */
export async function expectTestContent(sender, receiver, theyOffer) {
  addTestSource(sender, 'audio');
  addTestSource(sender, 'video');
  const announced = announcedTracks(receiver);
  // It is sent to whoever offers to take it.
  if (!theyOffer) for (const kind of ['audio', 'video']) receiver.pc.addTransceiver(kind);
  await (theyOffer ? connect(sender, receiver) : connect(receiver, sender));
  const [heard, seen] = await Promise.all([announced('audio'), announced('video')]);
  const { promise, resolve } = deferred();
  openSink(receiver, seen).onframe = ({ frame }) => {
    if (likenessToBars(frame) > kBarsLikeness) resolve();
  };
  await Promise.all([
    within('colour bars', promise),
    expectTone({ onData() {} }, receiver, heard, kTones[0]),
  ]);
}

/**
 * Adds tracks; gives what to do once both are connected.
 * @param {import('./peer.js').Peer} sender
 * @param {import('./peer.js').Peer} receiver
 * @param {number} hertz
 */
function prepare(sender, receiver, hertz) {
  const audio = addSource(sender, 'audio');
  const video = addSource(sender, 'video');
  const track = announcedTracks(receiver);
  return async () => {
    const [heard, seen] = await Promise.all([track('audio'), track('video')]);
    await Promise.all([
      expectTone(audio, receiver, heard, hertz),
      expectPictures(video, receiver, seen),
    ]);
    if (receiver.implementation.name === ours.name) await expectKeyFrame(sender, seen);
  };
}

/**
 * Whoever encodes begins anew when we ask for it.
 * @param {import('./peer.js').Peer} sender
 * @param {any} track of ours that shows what it sends
 */
async function expectKeyFrame({ implementation }, track) {
  const { promise, resolve } = deferred();
  const sink = new RTCEncodedSink(track);
  onEnd(() => sink.stop());
  sink.onframe = ({ frame }) => frame.key && resolve();
  sink.requestKeyFrame();
  await within(`a key frame that ${implementation.name} was asked for`, promise);
}

/**
 * The tracks that a peer announces, by their kind.
 * @param {import('./peer.js').Peer} peer to be listened to before anything is negotiated
 * @returns {(kind: 'audio' | 'video') => Promise<any>}
 */
function announcedTracks(peer) {
  const tracks = { audio: deferred(), video: deferred() };
  peer.pc.ontrack = ({ track }) => tracks[track.kind].resolve(track);
  return (kind) => within(`${peer.implementation.name} to announce ${kind}`, tracks[kind].promise);
}

/**
 * Numbered pictures from one peer to the other, once they are connected: in order, and what was sent.
 * @param {import('./media-ends.js').MediaSource} source of the sender
 * @param {import('./peer.js').Peer} receiver
 * @param {any} track
 */
async function expectPictures(source, receiver, track) {
  const numbers = [];
  const likenesses = [];
  const { promise, resolve } = deferred();
  openSink(receiver, track).onframe = ({ frame }) => {
    const number = numberIn(frame);
    numbers.push(number);
    likenesses.push(psnr(frame, picture(number)));
    if (numbers.length === kPictures) resolve();
  };
  showNumbers(source);
  await within(`${kPictures} pictures at ${receiver.implementation.name}`, promise);
  const steps = numbers.slice(1).map((number, i) => (number - numbers[i] + kNumbers) % kNumbers);
  // Some are left out when a processor is short of time; none comes twice or too late.
  const backward = steps.filter((step) => step === 0 || step >= kNumbers / 4);
  expect({ at: receiver.implementation.name, backward }).toMatchObject({ backward: [] });
  // An encoder that has just begun is coarse. What is left out later is seen above.
  const usual = likenesses.slice(kPictures / 2).sort((a, b) => a - b)[kPictures / 4];
  expect(usual).toBeGreaterThan(kLikeness);
  return { steps, usual };
}

/**
 * A tone from one peer to the other: at its frequency, and as loud as it was.
 * @param {import('./media-ends.js').MediaSource} source of the sender
 * @param {import('./peer.js').Peer} receiver
 * @param {any} track
 * @param {number} hertz
 */
async function expectTone(source, receiver, track, hertz) {
  const { promise, resolve } = deferred();
  const window = [];
  openSink(receiver, track).ondata = ({ samples, sampleRate, channelCount = 1 }) => {
    for (let i = 0; i < samples.length; i += channelCount) window.push(samples[i]);
    if (window.length < sampleRate / 5) return;
    const part = window.splice(0);
    if (purity(part, sampleRate, hertz) > 0.9) resolve(part);
  };
  playTone(source, hertz);
  const part = await within(
    `a pure tone of ${hertz} Hz at ${receiver.implementation.name}`,
    promise,
  );
  const power = part.reduce((sum, sample) => sum + sample * sample, 0) / part.length;
  // Within 3 dB of what was sent.
  expect(Math.abs(20 * Math.log10(Math.sqrt(2 * power) / kLoudness))).toBeLessThan(3);
}
