// Which codec a payload type or a capability means: its name, and of its parameters those that make it another
// codec rather than the same one otherwise set up.

/** @param {string} text of a=fmtp @returns {Record<string, string>} */
export function parametersOf(text) {
  const parameters = text.split(/;\s*/).map((part) => {
    const [name, ...value] = part.trim().split('=');
    return [name.toLowerCase(), value.join('=').toLowerCase()];
  });
  return Object.fromEntries(parameters.filter(([name]) => name).sort());
}

/**
 * The parameters by which offer and answer tell codecs of one name apart, with their defaults.
 * H.264: RFC 6184 section 8.1 (the level is no part of it); VP9: RFC 9628 section 6; AV1: its RTP payload
 * specification section 7.2.
 * @type {Record<string, (parameters: Record<string, string>) => string>}
 */
const kTelling = {
  h264: (parameters) =>
    `${(parameters['profile-level-id'] ?? '42001f').slice(0, 4)} mode ${parameters['packetization-mode'] ?? '0'}`,
  vp9: (parameters) => `profile ${parameters['profile-id'] ?? '0'}`,
  av1: (parameters) => `profile ${parameters.profile ?? '0'}`,
};

/**
 * @param {string} name without media type and clock: VP9
 * @param {Record<string, string>} parameters
 * @param {string | number} clockRate
 * @returns {string} `vp9 profile 2`
 */
export function codecIdentity(name, parameters, clockRate) {
  const lower = name.toLowerCase();
  if (lower === 'telephone-event') return `${lower} ${clockRate}`;
  const telling = kTelling[lower]?.(parameters);
  return telling ? `${lower} ${telling}` : lower;
}
