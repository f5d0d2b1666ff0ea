// Who a client of the HTTP side is: whoever connected, or, behind a proxy that the operator trusts,
// whom that proxy names.

import { BlockList, isIP } from 'node:net';
import { plainAddress } from './limits.js';

/** The addresses of proxies. */
export class TrustedProxies {
  /** @param {string[]} ranges  addresses and CIDRs that were checked */
  constructor(ranges) {
    this.list_ = new BlockList();
    for (const range of ranges) {
      const [address, length] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (length === undefined) this.list_.addAddress(address, family);
      else this.list_.addSubnet(address, Number(length), family);
    }
  }

  /** @param {string} address */
  includes(address) {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && this.list_.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * The address of the client that made a request. Each proxy appends to X-Forwarded-For whom it
   * serves, so the last one that is no proxy of ours is the client; what stands before it is hearsay.
   * @param {import('node:http').IncomingMessage} request
   * @returns {string}
   */
  clientOf(request) {
    let client = plainAddress(request.socket.remoteAddress ?? '');
    if (!this.includes(client)) return client;
    const header = request.headers['x-forwarded-for'];
    const named = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    for (const entry of named.reverse()) {
      const address = withoutPort(entry.trim());
      if (isIP(address) === 0) break;
      client = plainAddress(address);
      if (!this.includes(client)) break;
    }
    return client;
  }
}

/**
 * Some proxies add the client's port.
 * @param {string} text
 */
function withoutPort(text) {
  return text.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}
