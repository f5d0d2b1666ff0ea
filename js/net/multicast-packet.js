// What multicast DNS responses say of addresses (RFC 6762, RFC 1035 §4). Packets come from whoever
// reaches port 5353, so they are read here, with bounds: a general decoder follows each name through
// thousands of compression pointers, for which one datagram of 64 KiB takes it seconds.

/** RFC 6762 §17. */
const kMaxBytes = 9000;
/** RFC 6762 §6: responses from elsewhere must be ignored. */
const kPort = 5353;
/** Pointers of one name. Encoders point to labels; few would point to a pointer. */
const kMaxPointers = 8;
const kMaxNameLength = 255;
const kHeaderLength = 12;
/** Type, class, time to live and length behind a record's name. */
const kRecordLength = 10;
const kA = 1;
const kAaaa = 28;
const kInternet = 1;

/** @typedef {{name: string, type: 'A' | 'AAAA', ttl: number, data: string}} AddressRecord */

/**
 * True when a datagram may be a response of the same link (RFC 6762 §§6, 11 and 17).
 * @param {Uint8Array} bytes
 * @param {{address: string, port: number}} from
 * @param {(address: string) => boolean} isOnLink
 */
export function mayBeResponse(bytes, from, isOnLink) {
  const isResponse = bytes.length >= kHeaderLength && (bytes[2] & 0x80) !== 0;
  return isResponse && bytes.length <= kMaxBytes && from.port === kPort && isOnLink(from.address);
}

/**
 * The addresses among the answers and the additional records of a response.
 * @param {Uint8Array} bytes
 * @returns {AddressRecord[] | undefined} nothing when it is malformed
 */
export function readAddresses(bytes) {
  if (bytes.length < kHeaderLength || bytes.length > kMaxBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) =>
    view.getUint16(at),
  );
  let at = kHeaderLength;
  for (let i = 0; i < questions; i++) {
    const name = readName(bytes, at);
    if (!name) return undefined;
    // Type and class.
    at = name.end + 4;
  }
  /** @type {AddressRecord[]} */
  const records = [];
  for (let i = 0; i < answers + authorities + additionals; i++) {
    const name = readName(bytes, at);
    if (!name || name.end + kRecordLength > bytes.length) return undefined;
    const type = view.getUint16(name.end);
    // The top bit asks caches to forget what they had.
    const isInternet = (view.getUint16(name.end + 2) & 0x7fff) === kInternet;
    const ttl = view.getUint32(name.end + 4);
    const start = name.end + kRecordLength;
    at = start + view.getUint16(name.end + 8);
    if (at > bytes.length) return undefined;
    if (!isInternet || (i >= answers && i < answers + authorities)) continue;
    const data = bytes.subarray(start, at);
    if (type === kA && data.length === 4) {
      records.push({ name: name.text, type: 'A', ttl, data: data.join('.') });
    } else if (type === kAaaa && data.length === 16) {
      records.push({ name: name.text, type: 'AAAA', ttl, data: addressText(view, start) });
    }
  }
  return records;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @returns {{text: string, end: number} | undefined}
 */
function readName(bytes, start) {
  let text = '';
  let at = start;
  let end = 0;
  for (let pointers = 0; pointers <= kMaxPointers && at < bytes.length;) {
    const length = bytes[at];
    if (length === 0) return { text, end: end || at + 1 };
    if (length >= 0xc0) {
      if (at + 1 >= bytes.length) return undefined;
      end ||= at + 2;
      at = ((length & 0x3f) << 8) | bytes[at + 1];
      pointers++;
      continue;
    }
    const label = bytes.subarray(at + 1, at + 1 + length);
    // 0x40 and 0x80 begin nothing.
    if (length > 63 || label.length < length || text.length + 1 + length > kMaxNameLength)
      return undefined;
    text += `${text && '.'}${String.fromCharCode(...label)}`;
    at += 1 + length;
  }
  return undefined;
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function addressText(view, at) {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16));
  // As RFC 5952 has it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
