// How far a TURN frame reaches, and whether it may be thrown away. This knows framing alone
// (RFC 8656 §3.5 and §12.5, RFC 8489 §5): everything else about TURN lives in the engine.
//
//   STUN     0 0 type(14)  length(16)  …20-byte header + length
//   Channel  0 1 number    length(16)  …4-byte header + length, padded to 4 on a stream

const kStunHeaderLength = 20;
const kChannelHeaderLength = 4;
/**
 * Channel numbers begin at 0x4000. RFC 8656 §12 ends them at 0x4FFF; RFC 5766 §11 went up to 0x7FFF,
 * and clients in the field still choose such numbers.
 */
const kFirstChannelByte = 0x40;
const kLastChannelByte = 0x7f;
const kSendIndication = 0x0016;
const kDataIndication = 0x0017;
/** RFC 8656 §18: Allocate method 0x003, success response class. */
const kAllocateSuccess = 0x0103;

export const FrameKind = Object.freeze({
  /** A datagram under way; late is as bad as lost. */
  data: /** @type {const} */ ('data'),
  /** A request, a response, anything that keeps the session standing. */
  control: /** @type {const} */ ('control'),
  /** An Allocate success response: from here on the client has an allocation. */
  allocated: /** @type {const} */ ('allocated'),
});

/**
 * @param {number} first  first byte of a frame
 * @param {number} second
 * @returns {'data' | 'control' | 'allocated' | undefined} undefined when no frame begins so
 */
export function frameKind(first, second) {
  if (first > kLastChannelByte) return undefined;
  if (first >= kFirstChannelByte) return FrameKind.data;
  const type = (first << 8) | second;
  if (type === kSendIndication || type === kDataIndication) return FrameKind.data;
  return type === kAllocateSuccess ? FrameKind.allocated : FrameKind.control;
}

/**
 * Length on the wire of the frame whose first four bytes are given.
 * @param {number} first
 * @param {number} length  the 16-bit length field
 */
export function frameLength(first, length) {
  if (first >= kFirstChannelByte) return kChannelHeaderLength + ((length + 3) & ~3);
  return kStunHeaderLength + length;
}

/**
 * True when `bytes` is nothing but whole data frames, so that dropping it leaves the byte stream
 * framed and loses only datagrams.
 * @param {Uint8Array} bytes
 */
export function isDroppable(bytes) {
  let at = 0;
  while (at + kChannelHeaderLength <= bytes.length) {
    if (frameKind(bytes[at], bytes[at + 1]) !== FrameKind.data) return false;
    at += frameLength(bytes[at], (bytes[at + 2] << 8) | bytes[at + 3]);
  }
  return bytes.length > 0 && at === bytes.length;
}

/**
 * Follows a TURN byte stream, in whatever pieces it comes, and reports each frame's kind.
 * It keeps four bytes of state and copies nothing.
 */
export class FrameFollower {
  /** @param {(kind: 'data' | 'control' | 'allocated', length: number) => void} onFrame */
  constructor(onFrame) {
    this.onFrame_ = onFrame;
    this.header_ = new Uint8Array(kChannelHeaderLength);
    this.headerFilled_ = 0;
    this.remaining_ = 0;
    this.broken_ = false;
  }

  /** True once bytes came that begin no TURN frame; nothing is reported after that. */
  get broken() {
    return this.broken_;
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    let at = 0;
    while (at < bytes.length && !this.broken_) {
      if (this.remaining_ > 0) {
        const step = Math.min(this.remaining_, bytes.length - at);
        this.remaining_ -= step;
        at += step;
        continue;
      }
      this.header_[this.headerFilled_++] = bytes[at++];
      if (this.headerFilled_ < kChannelHeaderLength) continue;
      this.headerFilled_ = 0;
      const [first, second, high, low] = this.header_;
      const kind = frameKind(first, second);
      if (kind === undefined) {
        this.broken_ = true;
        return;
      }
      const length = frameLength(first, (high << 8) | low);
      this.remaining_ = length - kChannelHeaderLength;
      this.onFrame_(kind, length);
    }
  }
}
