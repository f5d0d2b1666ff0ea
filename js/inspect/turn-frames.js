// What TURN carries (RFC 8656): the datagrams inside of a session with a server, as the peer sees them.
//
//   STUN     0 0 type(14)  length(16)  magic cookie(32)  transaction id(96)  attributes…
//   Channel  0 1 number    length(16)  data, padded to 4 on a stream

const kMagicCookie = 0x2112a442;
const kStunHeader = 20;
const kChannelHeader = 4;

const kChannelBindRequest = 0x0009;
const kAllocateSuccess = 0x0103;
const kSendIndication = 0x0016;
const kDataIndication = 0x0017;

const kChannelNumber = 0x000c;
const kXorPeerAddress = 0x0012;
const kData = 0x0013;
const kXorRelayedAddress = 0x0016;

/** @typedef {{ address: Uint8Array, port: number }} End */

/** One session between us and a TURN server. */
export class TurnSession {
  /** Our relayed addresses, by their length. @type {Map<number, End>} */
  #relayed = new Map();
  /** @type {Map<number, End>} */
  #channels = new Map();

  /**
   * @param {Uint8Array} frame whole
   * @returns {{ peer: End, relayed: End | undefined, data: Uint8Array } | undefined} a datagram, when the
   *   frame carries one to or from an address that is known
   */
  read(frame) {
    if (frame.length < kChannelHeader) return undefined;
    const view = viewOf(frame);
    const type = view.getUint16(0);
    if (type >= 0x4000 && type <= 0x7fff) {
      const peer = this.#channels.get(type);
      const end = kChannelHeader + view.getUint16(2);
      if (!peer || end > frame.length) return undefined;
      return this.#datagram(peer, frame.subarray(kChannelHeader, end));
    }
    if (frame.length < kStunHeader || view.getUint32(4) !== kMagicCookie) return undefined;
    /** @type {Map<number, Uint8Array[]>} */
    const attributes = new Map();
    for (let at = kStunHeader; at + 4 <= frame.length;) {
      const code = view.getUint16(at);
      const length = view.getUint16(at + 2);
      const value = frame.subarray(at + 4, at + 4 + length);
      attributes.set(code, [...(attributes.get(code) ?? []), value]);
      at += 4 + ((length + 3) & ~3);
    }
    const peer = this.#address(frame, attributes.get(kXorPeerAddress)?.[0]);
    if (type === kAllocateSuccess) {
      for (const value of attributes.get(kXorRelayedAddress) ?? []) {
        const relayed = this.#address(frame, value);
        if (relayed) this.#relayed.set(relayed.address.length, relayed);
      }
    } else if (type === kChannelBindRequest) {
      const number = attributes.get(kChannelNumber)?.[0];
      if (peer && number && number.length >= 2) {
        this.#channels.set((number[0] << 8) | number[1], peer);
      }
    } else if (type === kSendIndication || type === kDataIndication) {
      const data = attributes.get(kData)?.[0];
      if (peer && data) return this.#datagram(peer, data);
    }
    return undefined;
  }

  /**
   * @param {End} peer
   * @param {Uint8Array} data
   */
  #datagram(peer, data) {
    return { peer, relayed: this.#relayed.get(peer.address.length), data };
  }

  /**
   * RFC 8489 section 14.2.
   * @param {Uint8Array} frame
   * @param {Uint8Array | undefined} value
   * @returns {End | undefined}
   */
  #address(frame, value) {
    if (!value || (value.length !== 8 && value.length !== 20)) return undefined;
    const address = value.slice(4);
    // The cookie, and for IPv6 the transaction id after it.
    for (let i = 0; i < address.length; i++) address[i] ^= frame[4 + i];
    return { address, port: viewOf(value).getUint16(2) ^ (kMagicCookie >>> 16) };
  }
}

/**
 * Cuts a byte stream into frames.
 */
export class FrameReader {
  #rest = new Uint8Array();
  #lengthOf;

  /** @param {(bytes: Uint8Array) => number} lengthOf the frame that begins here; 0: too little to say */
  constructor(lengthOf) {
    this.#lengthOf = lengthOf;
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {Uint8Array[]} the frames that are whole now
   */
  push(bytes) {
    let rest = bytes;
    if (this.#rest.length > 0) {
      rest = new Uint8Array(this.#rest.length + bytes.length);
      rest.set(this.#rest);
      rest.set(bytes, this.#rest.length);
    }
    const frames = [];
    for (;;) {
      const length = this.#lengthOf(rest);
      if (length === 0 || length > rest.length) break;
      frames.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    this.#rest = rest.slice();
    return frames;
  }

  /** Bytes are missing: what comes next may begin anywhere, and is taken for a beginning. */
  reset() {
    this.#rest = new Uint8Array();
  }
}

/** TURN over a stream. @param {Uint8Array} bytes */
export function turnFrameLength(bytes) {
  if (bytes.length < kChannelHeader) return 0;
  const length = viewOf(bytes).getUint16(2);
  return bytes[0] >= 0x40 ? kChannelHeader + ((length + 3) & ~3) : kStunHeader + length;
}

/** ICE-TCP: a length of 16 bits before each datagram (RFC 4571). @param {Uint8Array} bytes */
export function peerFrameLength(bytes) {
  return bytes.length < 2 ? 0 : 2 + viewOf(bytes).getUint16(0);
}

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
