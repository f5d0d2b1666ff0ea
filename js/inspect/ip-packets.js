// IP packets around what a socket took or gave, so that a dissector finds its way: their headers are made from
// the addresses, nothing of them was on a wire.
//
//   IPv4 RFC 791 section 3.1, IPv6 RFC 8200 section 3, UDP RFC 768, TCP RFC 9293 section 3.1

const kTcp = 6;
const kUdp = 17;

/** @typedef {{ address: Uint8Array, port: number }} End both ends have addresses of one family */

export const TcpFlag = Object.freeze({ fin: 0x01, syn: 0x02, psh: 0x08, ack: 0x10 });

/**
 * @param {End} from
 * @param {End} to
 * @param {Uint8Array} payload
 */
export function udpPacket(from, to, payload) {
  const segment = new Uint8Array(8 + payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint16(4, segment.length);
  segment.set(payload, 8);
  // RFC 768: a sum of zero is sent as ones, for zero means that there is none.
  view.setUint16(6, transportChecksum(from, to, kUdp, segment) || 0xffff);
  return ipPacket(from.address, to.address, kUdp, segment);
}

/**
 * @param {End} from
 * @param {End} to
 * @param {{ sequence: number, acknowledged: number, flags: number }} header
 * @param {Uint8Array} payload
 */
export function tcpPacket(from, to, { sequence, acknowledged, flags }, payload) {
  const segment = new Uint8Array(20 + payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint32(4, sequence >>> 0);
  view.setUint32(8, acknowledged >>> 0);
  view.setUint8(12, 5 << 4);
  view.setUint8(13, flags);
  view.setUint16(14, 0xffff);
  segment.set(payload, 20);
  view.setUint16(16, transportChecksum(from, to, kTcp, segment));
  return ipPacket(from.address, to.address, kTcp, segment);
}

/**
 * @param {Uint8Array} from
 * @param {Uint8Array} to
 * @param {number} protocol
 * @param {Uint8Array} segment
 */
function ipPacket(from, to, protocol, segment) {
  if (from.length === 4) {
    const packet = new Uint8Array(20 + segment.length);
    const view = new DataView(packet.buffer);
    view.setUint8(0, 0x45);
    view.setUint16(2, packet.length);
    view.setUint16(6, 0x4000); // don't fragment
    view.setUint8(8, 64);
    view.setUint8(9, protocol);
    packet.set(from, 12);
    packet.set(to, 16);
    view.setUint16(10, checksum(packet.subarray(0, 20), 0));
    packet.set(segment, 20);
    return packet;
  }
  const packet = new Uint8Array(40 + segment.length);
  const view = new DataView(packet.buffer);
  view.setUint32(0, 0x60000000);
  view.setUint16(4, segment.length);
  view.setUint8(6, protocol);
  view.setUint8(7, 64);
  packet.set(from, 8);
  packet.set(to, 24);
  packet.set(segment, 40);
  return packet;
}

/**
 * With the pseudo-header of IPv4 (RFC 9293) or IPv6 (RFC 8200 section 8.1): the sums are the same.
 * @param {End} from
 * @param {End} to
 * @param {number} protocol
 * @param {Uint8Array} segment
 */
function transportChecksum(from, to, protocol, segment) {
  const pseudo = sum16(from.address) + sum16(to.address) + protocol + segment.length;
  return checksum(segment, pseudo);
}

/** @param {Uint8Array} bytes */
function sum16(bytes) {
  let sum = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  if (bytes.length % 2 === 1) sum += bytes[bytes.length - 1] << 8;
  return sum;
}

/**
 * RFC 1071.
 * @param {Uint8Array} bytes
 * @param {number} initial
 */
function checksum(bytes, initial) {
  let sum = initial + sum16(bytes);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
