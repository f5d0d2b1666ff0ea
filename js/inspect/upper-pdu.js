// Wireshark's "upper PDU" packets (its exported_pdu): tags that say which dissector is meant and between whom,
// then what is for it.
//
//   tag(16) length(16) value, padded to 32 bits  …  0(16) 0(16)  packet

const Tag = Object.freeze({
  end: 0,
  dissector: 12,
  ipv4From: 20,
  ipv4To: 21,
  ipv6From: 22,
  ipv6To: 23,
  portType: 24,
  portFrom: 25,
  portTo: 26,
});
/**
 * EXP_PDU_PT_NONE. With UDP's, what is decrypted would be of the conversation that has announced SRTP, and be
 * taken for encrypted.
 */
const kNoTransport = 0;

/** @typedef {import('./turn-frames.js').End} End */

/**
 * @param {string} dissector
 * @param {End} from
 * @param {End} to
 * @param {Uint8Array} data
 */
export function upperPdu(dissector, from, to, data) {
  const isV4 = from.address.length === 4;
  /** @type {[number, Uint8Array][]} */
  const tags = [
    [Tag.dissector, new TextEncoder().encode(dissector)],
    [isV4 ? Tag.ipv4From : Tag.ipv6From, from.address],
    [isV4 ? Tag.ipv4To : Tag.ipv6To, to.address],
    [Tag.portType, uint32(kNoTransport)],
    [Tag.portFrom, uint32(from.port)],
    [Tag.portTo, uint32(to.port)],
    [Tag.end, new Uint8Array()],
  ];
  const length = tags.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
  const packet = new Uint8Array(length + data.length);
  const view = new DataView(packet.buffer);
  let at = 0;
  for (const [tag, value] of tags) {
    view.setUint16(at, tag);
    view.setUint16(at + 2, tag === Tag.end ? 0 : padded(value.length));
    packet.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  packet.set(data, at);
  return packet;
}

/** @param {number} length */
const padded = (length) => (length + 3) & ~3;

/** @param {number} value */
function uint32(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
