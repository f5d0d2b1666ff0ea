// Encoded frames to a peer that sends them back, and what came of them.

import { setTimeout as delay } from 'node:timers/promises';
import { RTCEncodedSink, RTCEncodedSource, RTCRtpReceiver } from '../../../js/index.node.js';
import { connect } from './session.js';
import { deferred, onEnd, within } from './waiting.js';
import { startEcho } from './rtp-echo.js';

const kFrames = 60;

/**
 * Has our transceivers of that kind take one codec, with its retransmissions, and nothing else.
 * @param {any} transceiver
 * @param {string} mimeType
 */
export function restrictTo(transceiver, mimeType) {
  const { kind } = transceiver.receiver.track;
  const { codecs } = RTCRtpReceiver.getCapabilities(kind);
  transceiver.setCodecPreferences(
    codecs.filter((codec) => codec.mimeType === mimeType || codec.mimeType === `${kind}/rtx`),
  );
}

/** Sends frames until the test ends, key frames when they are asked for. */
export class FrameSender {
  /** Numbers of what was sent, by its bytes. @type {Map<string, { number: number, rtpTimestamp: number, key: boolean }>} */
  #sent = new Map();
  #number = 0;
  #wantsKey = true;
  #codec;
  #source;
  /** Told of each request. */
  onkeyframerequest = () => {};

  /** @param {import('./encoded-frames.js').FakeCodec} codec */
  constructor(codec) {
    this.#codec = codec;
    this.#source = new RTCEncodedSource(codec);
    this.#source.onkeyframerequest = () => {
      this.#wantsKey = true;
      this.onkeyframerequest();
    };
    this.track = this.#source.createTrack();
    onEnd(() => this.track.stop());
  }

  start() {
    const timer = setInterval(() => this.#send(), this.#codec.interval);
    onEnd(() => clearInterval(timer));
  }

  /** What it sent with these bytes; undefined for what it did not. */
  find(data) {
    return this.#sent.get(Buffer.from(data).toString('latin1'));
  }

  #send() {
    const { kind, clockRate, interval, frame } = this.#codec;
    const key = this.#wantsKey || kind === 'audio';
    this.#wantsKey = false;
    const number = this.#number++;
    const data = new Uint8Array(frame(number, key));
    const rtpTimestamp = (number * interval * clockRate) / 1000;
    this.#sent.set(Buffer.from(data).toString('latin1'), { number, rtpTimestamp, key });
    this.#source.onFrame({ data, key, rtpTimestamp });
  }
}

/**
 * Frames go to a peer that echoes, and come back as they were, in order; either side hears when the
 * other one asks for a key frame.
 * @param {import('./peer.js').Peer} us
 * @param {import('./peer.js').Peer} them
 * @param {import('./encoded-frames.js').FakeCodec} codec
 * @param {boolean} weOffer
 */
export async function expectFramesBack(us, them, codec, weOffer) {
  const sender = new FrameSender(codec);
  // addTransceiver() makes one that an offer of theirs would not be matched with.
  us.pc.addTrack(sender.track);
  const [transceiver] = us.pc.getTransceivers();
  restrictTo(transceiver, codec.mimeType);
  const echo = startEcho(them, codec);
  await (weOffer ? connect(us, them) : connect(them, us));
  const sink = new RTCEncodedSink(transceiver.receiver.track);
  onEnd(() => sink.stop());

  const frames = [];
  const enough = deferred();
  const asked = deferred();
  const keyBack = deferred();
  sink.onframe = ({ frame }) => {
    const found = sender.find(frame.data);
    frames.push({ ...found, back: frame.rtpTimestamp });
    if (!found)
      enough.reject(new Error(`a frame of ${frame.data.length} bytes is not what was sent`));
    if (frames.length === kFrames) enough.resolve();
    if (frames.length > kFrames && found?.key) keyBack.resolve();
  };
  sender.start();
  await within(`${kFrames} frames from ${them.implementation.name}`, enough.promise);
  expectDecodable(frames.slice(0, kFrames));
  // Whoever forwards may move timestamps, all by as much.
  const shifts = frames.map(({ rtpTimestamp, back }) => (back - rtpTimestamp) >>> 0);
  expect(new Set(shifts).size).toBe(1);
  // What had to be thrown away may leave a number out, and later packets may be on their way again.
  const isWhole = frames[kFrames - 1].number - frames[0].number === kFrames - 1;
  const least = isWhole ? kFrames : 1;
  // A peer in another process may tell of a packet after it has arrived.
  for (let i = 0; i < 500 && longestRun(echo.sequenceNumbers) < least; i++) await delay(10);
  expect(longestRun(echo.sequenceNumbers)).toBeGreaterThanOrEqual(least);

  if (codec.kind === 'audio') return;
  sender.onkeyframerequest = () => asked.resolve();
  echo.requestKeyFrame();
  await within(`${them.implementation.name} to ask for a key frame`, asked.promise);
  await within('the key frame that it asked for', keyBack.promise);
  if (!echo.hearsRequests) return;
  const heard = deferred();
  echo.onrequest = heard.resolve;
  sink.requestKeyFrame();
  await within(`${them.implementation.name} to be asked for a key frame`, heard.promise);
}

/**
 * Frames are in order, and none builds on one that is missing: a sender that has to throw frames away
 * goes on with a key frame. Of sound some may have come too late to be played.
 * @param {{ number: number, key: boolean }[]} frames
 */
function expectDecodable(frames) {
  const bad = frames.slice(1).filter(({ number, key }, at) => {
    const before = frames[at].number;
    return number <= before || (!key && number !== before + 1);
  });
  expect(bad).toEqual([]);
}

/**
 * So many 16-bit numbers follow each other without a gap, in whatever order they came.
 * @param {number[]} numbers
 */
function longestRun(numbers) {
  const first = numbers[0];
  const offsets = numbers.map((number) => ((number - first + 0x18000) & 0xffff) - 0x8000);
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  let [longest, run] = [0, 0];
  sorted.forEach((offset, at) => {
    run = offset === sorted[at - 1] + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}
