// Frames that look encoded: what packetizers read of them is right, the rest is noise. Each says by its
// bytes which it is, so that one that comes back altered is not known.

import { noise } from './session.js';

const kKeyBytes = 4000;

/**
 * @typedef {object} FakeCodec
 * @property {'audio' | 'video'} kind
 * @property {string} mimeType
 * @property {number} clockRate
 * @property {number} interval  between frames, in ms
 * @property {(number: number, key: boolean) => Buffer} frame
 */

/** Noise without zeros: nothing in it looks like a start code. */
const filling = (length, number) => noise(length, number * 2 + 1).map((byte) => byte || 1);

/** Sizes from one packet to three. */
const videoBytes = (number, key) => (key ? kKeyBytes : 200 + ((number * 397) % 2500));

/** RFC 6386 section 9.1: a frame tag; of a key frame a start code and 320x240. */
function vp8(number, key) {
  const head = key ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00] : [0x11, 0, 0];
  return Buffer.concat([Buffer.from(head), filling(videoBytes(number, key), number)]);
}

/** The uncompressed header of VP9's bitstream specification, as far as its frame size. */
function vp9(number, key) {
  const head = key ? [0x82, 0x49, 0x83, 0x42, 0x20, 0x13, 0xf0, 0x0e, 0xf0] : [0x86];
  return Buffer.concat([Buffer.from(head), filling(videoBytes(number, key), number)]);
}

const kStartCode = Buffer.from([0, 0, 0, 1]);
// Constrained baseline, 320x240.
const kSequenceParameters = Buffer.from('6742c01fda0283f4', 'hex');
const kPictureParameters = Buffer.from('68ce3c80', 'hex');

/** Annex B: of a key frame with its parameter sets. */
function h264(number, key) {
  const slice = Buffer.concat([
    Buffer.from([key ? 0x65 : 0x41, 0x88]),
    filling(videoBytes(number, key), number),
  ]);
  const units = key ? [kSequenceParameters, kPictureParameters, slice] : [slice];
  return Buffer.concat(units.flatMap((unit) => [kStartCode, unit]));
}

/** RFC 6716 section 3.1: one frame of 20 ms, fullband, mono. */
const opus = (number) => Buffer.concat([Buffer.from([0xf8]), filling(40 + (number % 80), number)]);

/** 20 ms of samples. */
const samples = (number) => filling(160, number);

const video = (mimeType, frame) => ({
  kind: 'video',
  mimeType,
  clockRate: 90_000,
  interval: 20,
  frame,
});
const audio = (mimeType, clockRate, frame) => ({
  kind: 'audio',
  mimeType,
  clockRate,
  interval: 20,
  frame,
});

/** @type {Record<string, FakeCodec>} */
export const fakeCodecs = {
  VP8: video('video/VP8', vp8),
  VP9: video('video/VP9', vp9),
  H264: video('video/H264', h264),
  opus: audio('audio/opus', 48_000, opus),
  PCMU: audio('audio/PCMU', 8000, samples),
  G722: audio('audio/G722', 8000, samples),
};
