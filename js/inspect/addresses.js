// IP addresses as bytes, for headers that nobody ever saw.

/**
 * @param {string} text an IPv4 or IPv6 literal
 * @returns {Uint8Array | undefined} 4 or 16 bytes; undefined when it is neither
 */
export function addressBytes(text) {
  const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (dotted) {
    const parts = dotted.slice(1).map(Number);
    return parts.every((part) => part <= 255) ? Uint8Array.from(parts) : undefined;
  }
  return text.includes(':') ? ipv6Bytes(text.replace(/%.*$/, '')) : undefined;
}

/** @param {string} text */
function ipv6Bytes(text) {
  // An IPv4 address at the end stands for two groups (RFC 4291 section 2.2).
  const mapped = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (mapped) {
    const v4 = addressBytes(mapped[2]);
    if (!v4) return undefined;
    const group = (/** @type {number} */ at) => ((v4[at] << 8) | v4[at + 1]).toString(16);
    text = `${mapped[1]}${group(0)}:${group(2)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - (back?.length ?? 0);
  if (back === undefined ? missing !== 0 : missing < 0) return undefined;
  const groups = back === undefined ? front : [...front, ...Array(missing).fill('0'), ...back];
  const bytes = new Uint8Array(16);
  for (const [i, group] of groups.entries()) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes 4 or 16
 * @returns {string} for people and for keys; IPv6 without shortening
 */
export function addressText(bytes) {
  if (bytes.length === 4) return bytes.join('.');
  const groups = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] << 8) | bytes[i + 1]).toString(16));
  return groups.join(':');
}
