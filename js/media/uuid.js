const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Drawn ahead, since a call takes longer than the bytes: ids are no secrets. */
const drawn = new Uint8Array(32 * 16);
let used = drawn.length;

/** A random UUID (RFC 9562 section 5.4). `crypto.randomUUID` is for secure contexts alone. */
export function uuid() {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const bytes = drawn.subarray(used, (used += 16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += hex[bytes[i]];
  }
  return text;
}
