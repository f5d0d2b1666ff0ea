// "Validate an ICE server URL" (webrtc-pc section 4.4.1.6): stun and stuns (RFC 7064), turn and
// turns (RFC 7065).

import { exception } from './errors.js';

/**
 * @typedef {object} IceServerUrl
 * @property {'stun' | 'turn'} kind
 * @property {'udp' | 'tcp' | 'tls'} transport
 * @property {string} host  without the brackets of an IPv6 literal
 * @property {number} port
 */

/** @param {string} text @returns {URL | null} */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * @param {string} url
 * @returns {IceServerUrl}
 * @throws {DOMException} SyntaxError
 */
export function parseIceServerUrl(url) {
  const refuse = (/** @type {string} */ why) => exception('SyntaxError', `'${url}' ${why}`);
  const scheme = parsed(url)?.protocol ?? '';
  if (!['stun:', 'stuns:', 'turn:', 'turns:'].includes(scheme)) {
    throw refuse('is not a valid STUN or TURN URL');
  }
  const { href } = /** @type {URL} */ (parsed(url));
  // An empty query or fragment is one too, which the properties of a URL do not tell.
  const [, path, query, fragment] = /** @type {RegExpExecArray} */ (
    /^[^:]*:([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(href)
  );
  if (/[/@]/.test(path)) throw refuse('has more than a host and a port');
  if (fragment !== undefined) throw refuse('has a fragment');
  const place = parsed(`https://${path}`);
  if (!place) throw refuse('has no valid host and port');
  const kind = scheme.startsWith('stun') ? 'stun' : 'turn';
  const isSecure = scheme.endsWith('s:');
  /** @type {IceServerUrl['transport']} */
  let transport = isSecure ? 'tls' : 'udp';
  if (query !== undefined) {
    if (kind === 'stun') throw refuse('has a query, which STUN URLs have not');
    if (query !== 'transport=udp' && query !== 'transport=tcp') {
      throw refuse('has a query other than ?transport=udp or ?transport=tcp');
    }
    if (query === 'transport=tcp' && !isSecure) transport = 'tcp';
  }
  // The default port of https is taken off a URL.
  const ownPort = /:(\d+)$/.exec(path)?.[1];
  const port = ownPort === undefined ? (isSecure ? 5349 : 3478) : Number(ownPort);
  return { kind, transport, host: place.hostname.replace(/^\[|\]$/g, ''), port };
}
