import { FrameFollower, isDroppable } from '../../../js/net/turn-frames.js';
import { channelData, stunMessage } from './support/recording-sink.js';

const allocate = stunMessage(0x0003, 8);
const allocateSuccess = stunMessage(0x0103, 24);
const sendIndication = stunMessage(0x0016, 12);

function follow(pieces) {
  const seen = [];
  const follower = new FrameFollower((kind, length) => seen.push([kind, length]));
  for (const piece of pieces) follower.push(piece);
  return { seen, follower };
}

describe('isDroppable', () => {
  it('takes channel data and indications for datagrams, and requests for control', () => {
    expect(isDroppable(channelData(Buffer.from('abc')))).toBe(true);
    expect(isDroppable(sendIndication)).toBe(true);
    expect(isDroppable(allocate)).toBe(false);
  });

  it('refuses a mixture that holds one request', () => {
    const data = channelData(Buffer.from('abcd'));
    expect(isDroppable(Buffer.concat([data, data]))).toBe(true);
    expect(isDroppable(Buffer.concat([data, allocate, data]))).toBe(false);
  });

  it('refuses what is cut off, runs on, or is empty, because dropping it would break the framing', () => {
    const data = channelData(Buffer.from('abcdefgh'));
    expect(isDroppable(data.subarray(0, data.length - 1))).toBe(false);
    expect(isDroppable(Buffer.concat([data, Buffer.of(0x40)]))).toBe(false);
    expect(isDroppable(new Uint8Array())).toBe(false);
  });
});

describe('FrameFollower', () => {
  const stream = Buffer.concat([
    allocate,
    allocateSuccess,
    channelData(Buffer.from('12345')),
    sendIndication,
  ]);
  const expected = [
    ['control', 28],
    ['allocated', 44],
    ['data', 12],
    ['data', 32],
  ];

  it('sees the same frames however the stream is cut', () => {
    for (let size = 1; size <= stream.length; size++) {
      const pieces = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      expect(follow(pieces).seen).toEqual(expected);
    }
  });

  it('stops at bytes that begin no frame', () => {
    const { seen, follower } = follow([stream]);
    expect(seen).toEqual(expected);
    expect(follower.broken).toBe(false);
    follower.push(Buffer.of(0xff, 0, 0, 0, ...allocate));
    expect(follower.broken).toBe(true);
    expect(seen).toEqual(expected);
  });
});
