// The URLs of ICE servers: stun and stuns (RFC 7064), turn and turns (RFC 7065).

import { exception } from './errors.js';

/**
 * @typedef {object} IceServerUrl
 * @property {'stun' | 'turn'} kind
 * @property {'udp' | 'tcp' | 'tls'} transport
 * @property {string} host  without the brackets of an IPv6 literal
 * @property {number} port
 */

// reg-name without sub-delims that no host name has; an IPv6 literal stands in brackets.
const pattern =
  /^(stuns?|turns?):(\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::(\d{1,5}))?(?:\?(.*))?$/i;

/**
 * @param {string} url
 * @returns {IceServerUrl}
 * @throws {DOMException} SyntaxError
 */
export function parseIceServerUrl(url) {
  const refuse = (/** @type {string} */ why) => exception('SyntaxError', `'${url}' ${why}`);
  const match = pattern.exec(url);
  if (!match) throw refuse('is not a valid STUN or TURN URL');
  const scheme = match[1].toLowerCase();
  const secure = scheme.endsWith('s');
  const kind = scheme.startsWith('stun') ? 'stun' : 'turn';
  const port = match[3] === undefined ? (secure ? 5349 : 3478) : Number(match[3]);
  if (port > 0xffff) throw refuse('has a port out of range');
  const query = match[4];
  /** @type {IceServerUrl['transport']} */
  let transport = secure ? 'tls' : 'udp';
  if (query !== undefined) {
    if (kind === 'stun') throw refuse('has a query, which STUN URLs have not');
    const wanted = /^transport=(udp|tcp)$/i.exec(query)?.[1].toLowerCase();
    if (!wanted) throw refuse('has a query other than ?transport=udp or ?transport=tcp');
    if (wanted === 'tcp' && !secure) transport = 'tcp';
  }
  return { kind, transport, host: match[2].replace(/^\[|\]$/g, ''), port };
}
