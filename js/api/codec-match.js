// "Codec dictionary match" (webrtc-pc section 5.4, setCodecPreferences) and the parameters that
// make up the media format of each codec.

/**
 * @typedef {object} Codec RTCRtpCodec
 * @property {string} mimeType
 * @property {number} clockRate
 * @property {number} [channels]
 * @property {string} [sdpFmtpLine]
 */

/** @typedef {Map<string, string>} Format parameters by lower-case name */

/**
 * What has to be the same on both sides for a codec to be the same codec; all other parameters are
 * wishes of one side. A parameter that is left out has the default of its RTP payload format.
 * @type {Record<string, (format: Format) => string>}
 */
const symmetricalParts = {
  // RFC 6184 section 8.2.2: the profile, which is all but the level, and the packetization mode.
  'video/h264': (format) => {
    const profile = (format.get('profile-level-id') ?? '42000a').slice(0, 4).toLowerCase();
    return `${profile} ${format.get('packetization-mode') ?? '0'}`;
  },
  // RFC 9628 section 6.1.
  'video/vp9': (format) => format.get('profile-id') ?? '0',
};

/**
 * @param {string} line
 * @returns {Format | null} null when the line is no list of name=value
 */
function parseFormat(line) {
  /** @type {Format} */
  const format = new Map();
  for (const part of line.split(';')) {
    if (part.trim() === '') continue;
    // Not by one expression: the line may be a peer's, and long.
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trimStart();
    if (name === '' || /\s/.test(name)) return null;
    format.set(name.toLowerCase(), part.slice(equals + 1).trim());
  }
  return format;
}

/** @param {Format} first @param {Format} second */
const areEqual = (first, second) =>
  first.size === second.size && [...first].every(([name, value]) => second.get(name) === value);

/**
 * @param {Codec} first
 * @param {Codec} second
 * @param {{ignoreAsymmetricalParameters?: boolean}} [options]
 */
export function codecsMatch(first, second, { ignoreAsymmetricalParameters = false } = {}) {
  const mimeType = first.mimeType.toLowerCase();
  if (mimeType !== second.mimeType.toLowerCase()) return false;
  if (first.clockRate !== second.clockRate) return false;
  if (first.channels !== second.channels) return false;
  const [line, otherLine] = [first.sdpFmtpLine, second.sdpFmtpLine];
  if (line === undefined || otherLine === undefined) return line === otherLine;
  const [format, otherFormat] = [parseFormat(line), parseFormat(otherLine)];
  if (!format || !otherFormat) return line === otherLine;
  const symmetrical = symmetricalParts[mimeType];
  if (symmetrical && symmetrical(format) !== symmetrical(otherFormat)) return false;
  return ignoreAsymmetricalParameters || areEqual(format, otherFormat);
}
