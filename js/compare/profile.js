// What an implementation can, as far as descriptions show it. Codecs and header extensions are every
// implementation's own choice beyond the few that must be; what only one side has is no difference.

import { codecIdentity, parametersOf } from './codec-identity.js';

/** @type {WeakMap<object, string[]>} */
const known = new WeakMap();

/**
 * @param {any} api
 * @returns {string[]} `codec video/vp8` for what can be both sent and received, `extension audio urn:…`;
 *   empty when it cannot be asked
 */
export function profileOf(api) {
  let profile = known.get(api);
  if (profile) return profile;
  const ends = [api.RTCRtpSender, api.RTCRtpReceiver];
  profile = ['audio', 'video'].flatMap((kind) => {
    const [sent, received] = ends.map((end) => entriesOf(kind, end?.getCapabilities?.(kind)));
    return [...sent].filter((entry) => received.has(entry));
  });
  profile.sort();
  known.set(api, profile);
  return profile;
}

/**
 * @param {string} kind
 * @param {any} capabilities
 * @returns {Set<string>}
 */
function entriesOf(kind, capabilities) {
  const codecs = (capabilities?.codecs ?? []).map(
    (/** @type {any} */ { mimeType, clockRate, sdpFmtpLine }) => {
      const parameters = parametersOf(sdpFmtpLine ?? '');
      return `codec ${kind}/${codecIdentity(mimeType.split('/')[1], parameters, clockRate)}`;
    },
  );
  const extensions = (capabilities?.headerExtensions ?? []).map(
    (/** @type {any} */ { uri }) => `extension ${kind} ${uri}`,
  );
  return new Set([...codecs, ...extensions]);
}

/**
 * What two implementations have in common.
 * @param {string[]} left
 * @param {string[]} right
 * @returns {Set<string>}
 */
export function commonProfile(left, right) {
  const other = new Set(right);
  return new Set(left.filter((one) => other.has(one)));
}
