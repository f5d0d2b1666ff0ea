// RTCConfiguration: "set a configuration" (webrtc-pc section 4.4.1.6) and what the engine needs.

import { exception } from './errors.js';
import { parseIceServerUrl } from './ice-server-url.js';
import { utf8Length } from './utf8-length.js';
import { surroundings } from './surroundings.js';
import { implOf } from './webidl/brand.js';

/** @typedef {import('../net/network.js').EngineIceServer} EngineIceServer */

/**
 * A configuration that passed all checks, with the servers as the engine takes them.
 * @typedef {object} ValidConfiguration
 * @property {any} dictionary   RTCConfiguration as it came, members filled in
 * @property {EngineIceServer[]} servers
 */

/** "Less than 509 bytes" (RFC 8489 section 14.3). */
const kLongestUsername = 508;

/**
 * Whether a text can be the username or credential of a TURN server: an OpaqueString (RFC 8265
 * section 4.1) is not empty, and has no control characters.
 * @param {string | undefined} text
 */
const isOpaqueString = (text) => Boolean(text) && !/[\0-\x1f\x7f-\x9f]/.test(text ?? '');

/**
 * @param {any[]} iceServers
 * @returns {EngineIceServer[]}
 * @throws {DOMException} SyntaxError, InvalidAccessError
 */
function validateServers(iceServers) {
  return iceServers.flatMap((server) => {
    const { urls } = server;
    if (urls.length === 0) throw exception('SyntaxError', 'an ICE server has no urls');
    return urls.map((/** @type {string} */ url) => {
      const parsed = parseIceServerUrl(url);
      const { username, credential } = server;
      const isUsable =
        isOpaqueString(username) &&
        isOpaqueString(credential) &&
        utf8Length(username) <= kLongestUsername;
      if (parsed.kind === 'turn' && !isUsable) {
        throw exception('InvalidAccessError', `'${url}' needs a username and a credential`);
      }
      return { ...parsed, url, username: username ?? '', credential: credential ?? '' };
    });
  });
}

/**
 * getConfiguration() gives lists of URLs only, as browsers do.
 * @param {any} dictionary a converted RTCConfiguration, changed in place
 */
function withUrlLists(dictionary) {
  for (const server of dictionary.iceServers) {
    if (typeof server.urls === 'string') server.urls = [server.urls];
  }
  return dictionary;
}

/**
 * @param {any} given a converted RTCConfiguration
 * @returns {ValidConfiguration}
 */
export function initialConfiguration(given) {
  const dictionary = withUrlLists(given);
  for (const certificate of dictionary.certificates) {
    if (implOf(certificate).expires <= surroundings().unixTime()) {
      throw exception('InvalidAccessError', 'a certificate has expired');
    }
  }
  return { dictionary, servers: validateServers(dictionary.iceServers) };
}

/**
 * @param {ValidConfiguration} current
 * @param {any} given a converted RTCConfiguration
 * @param {boolean} hasLocalDescription setLocalDescription() has succeeded before
 * @returns {ValidConfiguration}
 */
export function changedConfiguration(current, given, hasLocalDescription) {
  const dictionary = withUrlLists(given);
  const old = current.dictionary;
  const refuse = (/** @type {string} */ member) =>
    exception('InvalidModificationError', `${member} cannot be changed any more`);
  // An empty list stands for the certificates in use: the member has a default.
  const { certificates } = dictionary;
  if (certificates.length > 0) {
    const same =
      certificates.length === old.certificates.length &&
      certificates.every(
        (/** @type {any} */ one, /** @type {number} */ i) => one === old.certificates[i],
      );
    if (!same) throw refuse('certificates');
  }
  for (const member of ['bundlePolicy', 'rtcpMuxPolicy', 'alwaysNegotiateDataChannels']) {
    if (dictionary[member] !== old[member]) throw refuse(member);
  }
  if (hasLocalDescription && dictionary.iceCandidatePoolSize !== old.iceCandidatePoolSize) {
    throw refuse('iceCandidatePoolSize');
  }
  const servers = validateServers(dictionary.iceServers);
  return { dictionary: { ...dictionary, certificates: old.certificates }, servers };
}

/**
 * A fresh RTCConfiguration for getConfiguration().
 * @param {ValidConfiguration} configuration
 */
export function copyConfiguration({ dictionary }) {
  return {
    ...dictionary,
    iceServers: dictionary.iceServers.map((/** @type {any} */ server) => ({
      ...server,
      urls: [...server.urls],
    })),
    certificates: [...dictionary.certificates],
  };
}

/**
 * @param {ValidConfiguration} configuration
 * @param {EngineIceServer[]} extraServers those that come with the network
 */
export function engineConfiguration({ dictionary, servers }, extraServers) {
  const { iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, iceCandidatePoolSize } = dictionary;
  const { alwaysNegotiateDataChannels } = dictionary;
  return {
    iceServers: [...servers, ...extraServers],
    iceTransportPolicy,
    bundlePolicy,
    rtcpMuxPolicy,
    iceCandidatePoolSize,
    alwaysNegotiateDataChannels,
    certificates: dictionary.certificates.map((/** @type {any} */ one) => implOf(one).handle),
  };
}
