// Decrypts recorded SRTP and SRTCP (RFC 3711) under the keys of a DTLS association (RFC 5764), profile
// AES_CM_128_HMAC_SHA1_80, with the realm's WebCrypto. For diagnosis: the engine has its own.

const kTag = 10;
const kKey = 16;
const kSalt = 14;
/** RFC 3711 section 4.3.1: encryption, authentication, salt. */
const kLabels = { rtp: [0, 1, 2], rtcp: [3, 4, 5] };

/**
 * @typedef {object} SessionKeys
 * @property {CryptoKey} cipher
 * @property {CryptoKey} mac
 * @property {Uint8Array<ArrayBuffer>} salt
 */

/** @typedef {{ rtp: SessionKeys, rtcp: SessionKeys }} Direction */

/** One direction's roll-over counters, by SSRC. @typedef {Map<number, { roc: number, last: number }>} Counters */

/** What one DTLS association protects. */
export class SrtpReader {
  #subtle;
  /** @type {{ out: Direction, in: Direction } | undefined} */
  #keys;
  /** @type {{ out: Counters, in: Counters }} */
  #counters = { out: new Map(), in: new Map() };

  /** @param {SubtleCrypto} subtle */
  constructor(subtle) {
    this.#subtle = subtle;
  }

  /**
   * @param {Uint8Array} material both keys, then both salts, the client's first
   * @param {boolean} isClient whether we were
   */
  async open(material, isClient) {
    const part = (/** @type {number} */ at, /** @type {number} */ length) =>
      material.slice(at, at + length);
    const client = await this.#direction(part(0, kKey), part(2 * kKey, kSalt));
    const server = await this.#direction(part(kKey, kKey), part(2 * kKey + kSalt, kSalt));
    this.#keys = isClient ? { out: client, in: server } : { out: server, in: client };
    return this;
  }

  /**
   * @param {Uint8Array} packet
   * @param {boolean} isOut
   * @returns {Promise<{ kind: 'rtp' | 'rtcp', data: Uint8Array } | undefined>} undefined when these
   *   are not its keys
   */
  async read(packet, isOut) {
    const kind = kindOf(packet);
    if (!kind || !this.#keys) return undefined;
    const side = isOut ? 'out' : 'in';
    const keys = this.#keys[side][kind];
    const data =
      kind === 'rtp'
        ? await this.#readRtp(packet, keys, this.#counters[side])
        : await this.#readRtcp(packet, keys);
    return data && { kind, data };
  }

  /**
   * @param {Uint8Array} packet
   * @param {SessionKeys} keys
   * @param {Counters} counters
   */
  async #readRtp(packet, keys, counters) {
    const header = rtpHeaderLength(packet);
    const end = packet.length - kTag;
    if (header === undefined || header > end) return undefined;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const sequence = view.getUint16(2);
    const ssrc = view.getUint32(8);
    const known = counters.get(ssrc);
    for (const roc of rollOverGuesses(known, sequence)) {
      const authenticated = new Uint8Array(end + 4);
      authenticated.set(packet.subarray(0, end));
      new DataView(authenticated.buffer).setUint32(end, roc);
      if (!(await this.#isAuthentic(authenticated, packet.subarray(end), keys))) continue;
      if (!known || roc > known.roc || (roc === known.roc && sequence > known.last)) {
        counters.set(ssrc, { roc, last: sequence });
      }
      const index = roc * 0x10000 + sequence;
      const plain = await this.#decrypt(packet.slice(header, end), keys, ssrc, index);
      const data = packet.slice(0, end);
      data.set(plain, header);
      return data;
    }
    return undefined;
  }

  /**
   * Section 3.4: the index comes along, with a bit that says whether the packet is encrypted.
   * @param {Uint8Array} packet
   * @param {SessionKeys} keys
   */
  async #readRtcp(packet, keys) {
    const end = packet.length - kTag;
    if (end < 12) return undefined;
    if (!(await this.#isAuthentic(packet.slice(0, end), packet.subarray(end), keys))) {
      return undefined;
    }
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const trailer = view.getUint32(end - 4);
    const data = packet.slice(0, end - 4);
    if (trailer >>> 31) {
      const ssrc = view.getUint32(4);
      data.set(await this.#decrypt(data.slice(8), keys, ssrc, trailer & 0x7fffffff), 8);
    }
    return data;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} text
   * @param {Uint8Array} tag
   * @param {SessionKeys} keys
   */
  async #isAuthentic(text, tag, { mac }) {
    const sum = new Uint8Array(await this.#subtle.sign('HMAC', mac, text));
    return tag.every((byte, i) => byte === sum[i]);
  }

  /**
   * Section 4.1.1.
   * @param {Uint8Array<ArrayBuffer>} text
   * @param {SessionKeys} keys
   * @param {number} ssrc
   * @param {number} index of 48 bits
   */
  async #decrypt(text, { cipher, salt }, ssrc, index) {
    const counter = new Uint8Array(16);
    counter.set(salt);
    const mask = new Uint8Array(16);
    const view = new DataView(mask.buffer);
    view.setUint32(4, ssrc);
    view.setUint32(8, Math.floor(index / 0x10000));
    view.setUint16(12, index % 0x10000);
    for (let i = 0; i < 16; i++) counter[i] ^= mask[i];
    const algorithm = { name: 'AES-CTR', counter, length: 16 };
    return new Uint8Array(await this.#subtle.decrypt(algorithm, cipher, text));
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} key
   * @param {Uint8Array<ArrayBuffer>} salt
   * @returns {Promise<Direction>}
   */
  async #direction(key, salt) {
    const master = await this.#aesKey(key);
    /** @param {number[]} labels @returns {Promise<SessionKeys>} */
    const keys = async ([encryption, authentication, salting]) => {
      const derive = (/** @type {number} */ label, /** @type {number} */ length) =>
        this.#derive(master, salt, label, length);
      const hmac = { name: 'HMAC', hash: 'SHA-1' };
      return {
        cipher: await this.#aesKey(await derive(encryption, kKey)),
        mac: await this.#subtle.importKey('raw', await derive(authentication, 20), hmac, false, [
          'sign',
        ]),
        salt: await derive(salting, kSalt),
      };
    };
    return { rtp: await keys(kLabels.rtp), rtcp: await keys(kLabels.rtcp) };
  }

  /**
   * Section 4.3.3, with a key derivation rate of 0.
   * @param {CryptoKey} master
   * @param {Uint8Array} salt
   * @param {number} label
   * @param {number} length
   */
  async #derive(master, salt, label, length) {
    const counter = new Uint8Array(16);
    counter.set(salt);
    counter[7] ^= label;
    const algorithm = { name: 'AES-CTR', counter, length: 16 };
    return new Uint8Array(await this.#subtle.encrypt(algorithm, master, new Uint8Array(length)));
  }

  /** @param {Uint8Array<ArrayBuffer>} key */
  #aesKey(key) {
    return this.#subtle.importKey('raw', key, 'AES-CTR', false, ['encrypt', 'decrypt']);
  }
}

/**
 * RFC 7983 section 7 and RFC 5761 section 4.
 * @param {Uint8Array} packet
 * @returns {'rtp' | 'rtcp' | undefined}
 */
export function kindOf(packet) {
  if (packet.length < 12 || packet[0] < 128 || packet[0] > 191) return undefined;
  return packet[1] >= 192 && packet[1] <= 223 ? 'rtcp' : 'rtp';
}

/** @param {Uint8Array} packet */
function rtpHeaderLength(packet) {
  let length = 12 + 4 * (packet[0] & 0x0f);
  if (packet[0] & 0x10) {
    if (length + 4 > packet.length) return undefined;
    length += 4 + 4 * ((packet[length + 2] << 8) | packet[length + 3]);
  }
  return length;
}

/**
 * Section 3.3.1, and the neighbours, since packets of the recording may be missing.
 * @param {{ roc: number, last: number } | undefined} known
 * @param {number} sequence
 */
function rollOverGuesses(known, sequence) {
  if (!known) return [0, 1];
  const { roc, last } = known;
  const wraps = last - sequence > 0x8000 ? 1 : sequence - last > 0x8000 ? -1 : 0;
  return [roc + wraps, roc, roc + 1, roc - 1].filter(
    (guess, i, all) => guess >= 0 && all.indexOf(guess) === i,
  );
}
