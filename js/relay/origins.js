// Who may talk to us from a web page. Without a list that is the relay's own pages alone, and only
// under a name that cannot have been rebound to us by a stranger's DNS.

import { literalFamily } from '../net/network.js';

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

export class OriginPolicy {
  /**
   * @param {{allow: string[], publicUrl?: string}} options  `allow` holds origins, or `*`
   */
  constructor({ allow, publicUrl }) {
    this.any_ = allow.includes('*');
    this.allowed_ = new Set(allow.map((origin) => origin.toLowerCase()));
    if (publicUrl) this.allowed_.add(new URL(publicUrl).origin.toLowerCase());
    this.explicit_ = allow.length > 0;
    this.hosts_ = new Set(
      [...this.allowed_].filter((origin) => origin !== '*').map((origin) => new URL(origin).host),
    );
  }

  /**
   * For WebSockets: browsers always send an Origin, other programs need none.
   * @param {IncomingMessage} request
   */
  allowsSocket(request) {
    const { origin } = request.headers;
    return origin === undefined || this.allowsOrigin_(origin, request.headers.host);
  }

  /**
   * For what must not be handed to just anybody: pages of allowed origins, and, when no list was
   * given, programs that are no browser.
   * @param {IncomingMessage} request
   */
  allowsSecret(request) {
    const { origin, host } = request.headers;
    if (this.any_) return true;
    if (origin !== undefined) return this.allowsOrigin_(origin, host);
    // A page's own GET has no Origin header, but says where it comes from (Fetch Metadata).
    const site = request.headers['sec-fetch-site'];
    if (!this.trustsHost_(host)) return false;
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    return !this.explicit_;
  }

  /**
   * @param {string} origin
   * @param {string | undefined} host
   */
  allowsOrigin_(origin, host) {
    if (this.any_ || this.allowed_.has(origin.toLowerCase())) return true;
    if (!this.trustsHost_(host)) return false;
    try {
      return new URL(origin).host === host?.toLowerCase();
    } catch (error) {
      // `null`, from sandboxed frames and file: pages.
      return false;
    }
  }

  /** @param {string | undefined} host */
  trustsHost_(host) {
    if (!host) return false;
    const lower = host.toLowerCase();
    if (this.hosts_.has(lower)) return true;
    const name = lower.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return name === 'localhost' || name.endsWith('.localhost') || literalFamily(name) !== 0;
  }
}
