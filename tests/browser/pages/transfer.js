// Bulk data through a channel, with back-pressure, compared by hash.

/**
 * Bytes that differ everywhere and come out the same for the same seed (xorshift32).
 * @param {number} size
 * @param {number} [seed]
 */
export function patternBytes(size, seed = 1) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** @param {BufferSource} bytes */
export async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Sends `size` bytes in chunks from one end to the other; gives the hash of what was sent and of
 * what arrived.
 * @param {import('./channel-end.js').End} from
 * @param {import('./channel-end.js').End} to
 * @param {{size: number, chunk: number, seed?: number, deadlineMs?: number}} options
 */
export async function transfer(from, to, { size, chunk, seed, deadlineMs = 60_000 }) {
  const { pair } = from;
  const bytes = patternBytes(size, seed);
  const [, arrived] = await pair.soon(
    Promise.all([sendAll(from.channel, bytes, chunk), receiveAll(to.channel, size)]),
    `${size} bytes have arrived`,
    deadlineMs,
  );
  return { sent: await sha256(bytes), arrived: await sha256(arrived) };
}

/**
 * @param {RTCDataChannel} channel
 * @param {Uint8Array} bytes
 * @param {number} chunk
 */
async function sendAll(channel, bytes, chunk) {
  channel.bufferedAmountLowThreshold = 256 * 1024;
  for (let at = 0; at < bytes.length; at += chunk) {
    channel.send(bytes.subarray(at, at + chunk));
    if (channel.bufferedAmount > 1024 * 1024) {
      await new Promise((resolve) =>
        channel.addEventListener('bufferedamountlow', resolve, { once: true }),
      );
    }
  }
}

/**
 * @param {RTCDataChannel} channel
 * @param {number} size
 * @returns {Promise<Uint8Array>}
 */
function receiveAll(channel, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  return new Promise((resolve) => {
    const take = ({ data }) => {
      bytes.set(new Uint8Array(data), at);
      at += data.byteLength;
      if (at < size) return;
      channel.removeEventListener('message', take);
      resolve(bytes);
    };
    channel.addEventListener('message', take);
  });
}
