// Decrypts recorded DTLS 1.2 (RFC 6347) under master secrets, with the realm's WebCrypto. For diagnosis: the
// engine has its own. The handshake has to be in the recording, for what it says in the clear.
//
//   Record     type(8) version(16) epoch(16) sequence(48) length(16) …
//   Handshake  type(8) length(24) message(16) offset(24) fragment length(24) …

import { chacha20 } from './chacha20.js';

const kRecordHeader = 13;
const kHandshakeHeader = 12;
const kHandshake = 22;
const kApplicationData = 23;
const kClientHello = 1;
const kServerHello = 2;
const kTag = 16;

/** @typedef {{ cipher: 'chacha20' | 'gcm', keyLength: number, ivLength: number, hash: string }} Suite */

/** RFC 7905: the nonce is the sequence number over all of the IV. @type {Suite} */
const kChacha20 = { cipher: 'chacha20', keyLength: 32, ivLength: 12, hash: 'SHA-256' };
/** RFC 5288: four bytes of the nonce are secret, the others come along. @type {Suite} */
const kAes128Gcm = { cipher: 'gcm', keyLength: 16, ivLength: 4, hash: 'SHA-256' };
/** @type {Suite} */
const kAes256Gcm = { cipher: 'gcm', keyLength: 32, ivLength: 4, hash: 'SHA-384' };

/** Those that the engine offers, by their IANA numbers, with ECDSA and with RSA. @type {Record<number, Suite>} */
const kSuites = {
  0xcca9: kChacha20,
  0xcca8: kChacha20,
  0xc02b: kAes128Gcm,
  0xc02f: kAes128Gcm,
  0xc02c: kAes256Gcm,
  0xc030: kAes256Gcm,
};

/** @typedef {import('../api/connection-driver.js').DtlsSecrets} DtlsSecrets */
/** @typedef {{ key: Uint8Array<ArrayBuffer>, iv: Uint8Array<ArrayBuffer> }} WriteKeys */
/** @typedef {{ suite: Suite, client: WriteKeys, server: WriteKeys, isClient: boolean }} Session */

/** All associations of one connection. */
export class DtlsReader {
  #subtle;
  #secrets;
  /** The client's random of the handshake that is under way, by path. @type {Map<string, Uint8Array>} */
  #hellos = new Map();
  /** By path; that of any path serves where ICE has moved on. @type {Map<string, Session>} */
  #sessions = new Map();
  /** @type {Session | undefined} */
  #latest;

  /**
   * @param {SubtleCrypto} subtle
   * @param {DtlsSecrets[]} secrets
   */
  constructor(subtle, secrets) {
    this.#subtle = subtle;
    this.#secrets = secrets;
  }

  /**
   * In the order of the recording.
   * @param {Uint8Array} datagram
   * @param {boolean} isOut
   * @param {string} path that it took
   * @returns {Promise<Uint8Array[]>} application data, decrypted
   */
  async read(datagram, isOut, path) {
    const found = [];
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    for (let at = 0; at + kRecordHeader <= datagram.length;) {
      const [type, epoch] = [datagram[at], view.getUint16(at + 3)];
      const end = at + kRecordHeader + view.getUint16(at + 11);
      if (end > datagram.length) break;
      const record = datagram.subarray(at, end);
      if (type === kHandshake && epoch === 0) await this.#readHandshake(record, path);
      else if (type === kApplicationData && epoch === 1) {
        const data = await this.#decrypt(record, isOut, path);
        if (data) found.push(data);
      }
      at = end;
    }
    return found;
  }

  /**
   * @param {Uint8Array} record
   * @param {string} path
   */
  async #readHandshake(record, path) {
    const body = record.subarray(kRecordHeader);
    if (body.length < kHandshakeHeader) return;
    const [type] = body;
    // Both hellos have what matters at their very beginning.
    const isFirst = body[6] === 0 && body[7] === 0 && body[8] === 0;
    const hello = body.subarray(kHandshakeHeader);
    if (!isFirst || hello.length < 35) return;
    const random = hello.slice(2, 34);
    if (type === kClientHello) this.#hellos.set(path, random);
    if (type !== kServerHello) return;
    const secrets = this.#secretsFor(this.#hellos.get(path));
    const afterSession = 35 + hello[34];
    const suite = kSuites[(hello[afterSession] << 8) | hello[afterSession + 1]];
    if (!secrets || !suite) return;
    this.#latest = await this.#session(suite, secrets, random);
    this.#sessions.set(path, this.#latest);
  }

  /** @param {Uint8Array | undefined} clientRandom */
  #secretsFor(clientRandom) {
    const key = clientRandom?.join();
    return this.#secrets.find((secrets) => secrets.clientRandom.join() === key);
  }

  /**
   * RFC 5246 section 6.3: the keys, then the IVs, the client's first.
   * @param {Suite} suite
   * @param {DtlsSecrets} secrets
   * @param {Uint8Array} serverRandom
   * @returns {Promise<Session>}
   */
  async #session(suite, { masterSecret, clientRandom, isClient }, serverRandom) {
    const { keyLength, ivLength, hash } = suite;
    const seed = joined(new TextEncoder().encode('key expansion'), serverRandom, clientRandom);
    const block = await this.#expand(masterSecret, seed, hash, 2 * (keyLength + ivLength));
    const keys = (/** @type {0 | 1} */ end) => ({
      key: block.slice(end * keyLength, (end + 1) * keyLength),
      iv: block.slice(2 * keyLength + end * ivLength, 2 * keyLength + (end + 1) * ivLength),
    });
    return { suite, client: keys(0), server: keys(1), isClient };
  }

  /**
   * P_hash (RFC 5246 section 5).
   * @param {Uint8Array} secret
   * @param {Uint8Array<ArrayBuffer>} seed
   * @param {string} hash
   * @param {number} length
   */
  async #expand(secret, seed, hash, length) {
    const algorithm = { name: 'HMAC', hash };
    const key = await this.#subtle.importKey('raw', secret.slice(), algorithm, false, ['sign']);
    const sign = async (/** @type {Uint8Array<ArrayBuffer>} */ text) =>
      new Uint8Array(await this.#subtle.sign('HMAC', key, text));
    let result = new Uint8Array();
    for (let a = await sign(seed); result.length < length; a = await sign(a)) {
      result = joined(result, await sign(joined(a, seed)));
    }
    return result.slice(0, length);
  }

  /**
   * @param {Uint8Array} record
   * @param {boolean} isOut
   * @param {string} path
   * @returns {Promise<Uint8Array | undefined>}
   */
  async #decrypt(record, isOut, path) {
    const session = this.#sessions.get(path) ?? this.#latest;
    if (!session) return undefined;
    const { suite, client, server, isClient } = session;
    const { key, iv } = isOut === isClient ? client : server;
    const number = record.slice(3, 11); // epoch and sequence number
    const sealed = record.slice(kRecordHeader);
    if (suite.cipher === 'chacha20') {
      const nonce = iv.slice();
      for (let i = 0; i < 8; i++) nonce[4 + i] ^= number[i];
      return chacha20(key, nonce, 1, sealed.subarray(0, -kTag));
    }
    const length = sealed.length - 8 - kTag;
    if (length < 0) return undefined;
    const additionalData = joined(
      number,
      record.slice(0, 3),
      Uint8Array.of(length >> 8, length & 0xff),
    );
    const cipher = await this.#subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    const algorithm = { name: 'AES-GCM', iv: joined(iv, sealed.slice(0, 8)), additionalData };
    return this.#subtle.decrypt(algorithm, cipher, sealed.slice(8)).then(
      (plain) => new Uint8Array(plain),
      () => undefined,
    );
  }
}

/** RFC 7983 section 7. @param {Uint8Array} datagram */
export const isDtls = (datagram) => datagram.length > 0 && datagram[0] >= 20 && datagram[0] <= 63;

/** @param {Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
