// The certificate and key of the relay's TLS listeners, read from files and read again when those
// change. What is bad is told of once and never takes the place of what works.

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { OptionError } from './settings.js';

/** How often the files are looked at; a certificate is renewed weeks before it expires. */
const kCheckIntervalMs = 10_000;

/** @typedef {{cert: Buffer, key: Buffer}} TlsMaterial */

export class TlsFiles {
  /**
   * @param {object} options
   * @param {string} options.cert  path of a PEM file: the certificate, and those above it
   * @param {string} options.key
   * @param {import('./log.js').Logger} options.log
   * @param {(material: TlsMaterial) => void} options.onChange  for connections from now on
   * @param {number} [options.intervalMs]
   * @param {() => number} [options.unixMs]
   */
  constructor({ cert, key, log, onChange, intervalMs = kCheckIntervalMs, unixMs }) {
    this.paths_ = { cert, key };
    this.log_ = log;
    this.onChange_ = onChange;
    this.intervalMs_ = intervalMs;
    this.unixMs_ = unixMs ?? (() => Date.now());
    /** @type {TlsMaterial | undefined} */
    this.material_ = undefined;
    /** Read last, good or not. @type {TlsMaterial | undefined} */
    this.seen_ = undefined;
    this.failures_ = 0;
    /** @type {string | undefined} */
    this.lastError_ = undefined;
    /** @type {any} */
    this.timer_ = undefined;
    /** @type {Promise<void>} */
    this.checking_ = Promise.resolve();
  }

  /** Seconds since 1970 at which the certificate in use expires. */
  get expiresAt() {
    return this.material_ ? Date.parse(leafOf(this.material_).validTo) / 1000 : undefined;
  }

  /** New certificates that could not be taken. */
  get failures() {
    return this.failures_;
  }

  /**
   * Reads the files for the first time and watches them from then on.
   * @returns {Promise<TlsMaterial>}
   * @throws {OptionError} when they cannot be used
   */
  async start() {
    try {
      this.seen_ = await this.read_();
      requirePair(this.seen_);
      this.material_ = this.seen_;
    } catch (error) {
      throw new OptionError(`--tls-cert and --tls-key: ${messageOf(error)}`);
    }
    // An operator who starts with it may have a reason; it is no reason to serve nothing.
    if (this.hasExpired_(this.material_)) this.log_.warn('tls-expired', this.describe_());
    this.timer_ = setInterval(() => void this.check(), this.intervalMs_);
    this.timer_.unref();
    return this.material_;
  }

  /** Reads the files and takes what is new and good. Checks follow one another. */
  check({ evenIfSeen = false } = {}) {
    this.checking_ = this.checking_.then(() => this.checkNow_(evenIfSeen));
    return this.checking_;
  }

  close() {
    clearInterval(this.timer_);
  }

  /** @param {boolean} evenIfSeen  tell again of what was bad before */
  async checkNow_(evenIfSeen) {
    try {
      const material = await this.read_();
      if (!evenIfSeen && isSame(material, this.seen_)) return;
      this.seen_ = material;
      this.lastError_ = undefined;
      requirePair(material);
      if (this.hasExpired_(material)) throw new Error('the new certificate has expired');
      if (isSame(material, this.material_)) return;
      this.material_ = material;
      this.onChange_(material);
      this.log_.info('tls-reloaded', this.describe_());
    } catch (error) {
      // While a file is being replaced it may be missing for a moment; that too is told only once.
      const text = messageOf(error);
      if (!evenIfSeen && text === this.lastError_) return;
      this.lastError_ = text;
      this.failures_++;
      this.log_.error('tls-not-reloaded', { text, ...this.describe_() });
    }
  }

  /** @returns {Promise<TlsMaterial>} */
  async read_() {
    const [cert, key] = await Promise.all([readFile(this.paths_.cert), readFile(this.paths_.key)]);
    return { cert, key };
  }

  /** @param {TlsMaterial} material */
  hasExpired_(material) {
    return Date.parse(leafOf(material).validTo) <= this.unixMs_();
  }

  /** For the log: the certificate in use. */
  describe_() {
    if (!this.material_) return {};
    const { validTo, serialNumber } = leafOf(this.material_);
    return { serial: serialNumber, expires: new Date(validTo).toISOString() };
  }
}

/** @param {TlsMaterial} material */
function leafOf({ cert }) {
  return new X509Certificate(cert);
}

/**
 * @param {TlsMaterial} material
 * @throws when the two are no certificate and its key
 */
function requirePair({ cert, key }) {
  createSecureContext({ cert, key });
}

/**
 * @param {TlsMaterial} a
 * @param {TlsMaterial | undefined} b
 */
function isSame(a, b) {
  return b !== undefined && a.cert.equals(b.cert) && a.key.equals(b.key);
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
