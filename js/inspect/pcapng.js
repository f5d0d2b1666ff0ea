// Capture files: PCAP Next Generation (draft-ietf-opsawg-pcapng). Every block:
//
//    0                   1                   2                   3
//   +---------------------------------------------------------------+
//   |                          Block Type                           |
//   |                      Block Total Length                       |
//   |                  Block Body, padded to 32 bits                |
//   |                      Block Total Length                       |
//   +---------------------------------------------------------------+

const kSectionHeader = 0x0a0d0d0a;
const kInterface = 1;
const kNames = 4;
const kInterfaceStatistics = 5;
const kPacket = 6;
const kSecrets = 10;
/** Little-endian blocks follow. */
const kByteOrderMagic = 0x1a2b3c4d;
/** Section 4.7: "TLSK". */
const kTlsKeyLog = 0x544c534b;

/** What a packet begins with (the registry of tcpdump.org). */
export const LinkType = Object.freeze({
  /** An IPv4 or IPv6 header. */
  raw: 101,
  /** Tags that name a dissector, then what is for it. */
  wiresharkUpperPdu: 252,
});

const Option = Object.freeze({
  end: 0,
  comment: 1,
  userApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timeResolution: 9,
  packetFlags: 2,
  dropped: 5,
});

const text = new TextEncoder();

/** @typedef {[code: number, value: Uint8Array]} BlockOption */

/** @param {string} value */
const optionText = (value) => text.encode(value);

/** @param {number} value */
const optionUint32 = (value) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

export class PcapngWriter {
  /** @type {Uint8Array[]} */
  #blocks = [];
  #interfaces = 0;

  /** @param {string} application that makes the file */
  constructor(application) {
    const body = new Uint8Array(16);
    const view = new DataView(body.buffer);
    view.setUint32(0, kByteOrderMagic, true);
    view.setUint16(4, 1, true);
    view.setBigInt64(8, -1n, true); // the section's length is not said
    this.#block(kSectionHeader, [body], [[Option.userApplication, optionText(application)]]);
  }

  /**
   * @param {object} description
   * @param {number} description.linkType
   * @param {string} description.name
   * @param {string} [description.description]
   * @returns {number} by which packets name it
   */
  addInterface({ linkType, name, description }) {
    const body = new Uint8Array(8);
    new DataView(body.buffer).setUint16(0, linkType, true);
    /** @type {BlockOption[]} */
    const options = [[Option.interfaceName, optionText(name)]];
    if (description) options.push([Option.interfaceDescription, optionText(description)]);
    options.push([Option.timeResolution, Uint8Array.of(6)]); // 10^-6 s
    this.#block(kInterface, [body], options);
    return this.#interfaces++;
  }

  /**
   * Names of addresses.
   * @param {{ address: Uint8Array, name: string }[]} records
   */
  addNames(records) {
    const parts = records.map(({ address, name }) => {
      const named = text.encode(`${name}\0`);
      const record = new Uint8Array(4 + padded(address.length + named.length));
      const view = new DataView(record.buffer);
      view.setUint16(0, address.length === 4 ? 1 : 2, true);
      view.setUint16(2, address.length + named.length, true);
      record.set(address, 4);
      record.set(named, 4 + address.length);
      return record;
    });
    this.#block(kNames, [...parts, new Uint8Array(4)]);
  }

  /** @param {string} keyLog lines as in an SSLKEYLOGFILE; packets that they decrypt come later */
  addSecrets(keyLog) {
    const data = text.encode(keyLog);
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, kTlsKeyLog, true);
    new DataView(head.buffer).setUint32(4, data.length, true);
    this.#block(kSecrets, [head, padding(data)]);
  }

  /**
   * @param {object} packet
   * @param {number} packet.via what addInterface() gave
   * @param {number} packet.time milliseconds since 1970
   * @param {boolean} packet.isOut
   * @param {string} [packet.comment]
   * @param {Uint8Array} data
   */
  addPacket({ via, time, isOut, comment }, data) {
    const head = new Uint8Array(20);
    const view = new DataView(head.buffer);
    const microseconds = BigInt(Math.round(time * 1000));
    view.setUint32(0, via, true);
    view.setUint32(4, Number(microseconds >> 32n), true);
    view.setUint32(8, Number(microseconds & 0xffffffffn), true);
    view.setUint32(12, data.length, true);
    view.setUint32(16, data.length, true);
    /** @type {BlockOption[]} Section 4.3.1: 1 is inbound, 2 is outbound. */
    const options = [[Option.packetFlags, optionUint32(isOut ? 2 : 1)]];
    if (comment) options.push([Option.comment, optionText(comment)]);
    this.#block(kPacket, [head, padding(data)], options);
  }

  /**
   * How many packets of an interface are not in the file.
   * @param {number} via
   * @param {number} time
   * @param {number} dropped
   */
  addDropped(via, time, dropped) {
    const body = new Uint8Array(12);
    const view = new DataView(body.buffer);
    const microseconds = BigInt(Math.round(time * 1000));
    view.setUint32(0, via, true);
    view.setUint32(4, Number(microseconds >> 32n), true);
    view.setUint32(8, Number(microseconds & 0xffffffffn), true);
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigUint64(0, BigInt(dropped), true);
    this.#block(kInterfaceStatistics, [body], [[Option.dropped, count]]);
  }

  /** @returns {Uint8Array<ArrayBuffer>} the file */
  finish() {
    return joined(this.#blocks);
  }

  /**
   * @param {number} type
   * @param {Uint8Array[]} body whole 32-bit words
   * @param {BlockOption[]} [options]
   */
  #block(type, body, options = []) {
    const parts = [...body];
    if (options.length > 0) {
      for (const [code, value] of [
        ...options,
        /** @type {BlockOption} */ ([0, new Uint8Array()]),
      ]) {
        const head = new Uint8Array(4);
        new DataView(head.buffer).setUint16(0, code, true);
        new DataView(head.buffer).setUint16(2, value.length, true);
        parts.push(head, padding(value));
      }
    }
    const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, type, true);
    new DataView(head.buffer).setUint32(4, length, true);
    this.#blocks.push(head, ...parts, optionUint32(length));
  }
}

/** @param {number} length */
const padded = (length) => (length + 3) & ~3;

/** @param {Uint8Array} bytes */
function padding(bytes) {
  if (bytes.length % 4 === 0) return bytes;
  const whole = new Uint8Array(padded(bytes.length));
  whole.set(bytes);
  return whole;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
