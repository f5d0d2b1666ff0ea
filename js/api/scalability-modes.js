// RTCRtpEncodingParameters.scalabilityMode (webrtc-svc section 6): which mode which codec can have.

/** One spatial layer, up to three temporal ones: what VP8 and H.264 can do. */
const temporal = /^L1T[123]$/;
/**
 * The whole table: several spatial layers with a ratio of 2:1, or of 1.5:1 ("h"), dependent on each
 * other (L), on key frames alone (_KEY), or not at all (S).
 */
const any = /^(?:L1T[123]|[LS][23]T[123]h?|L[23]T[123]_KEY|L[23]T[23]_KEY_SHIFT)$/;

/** @type {Record<string, RegExp>} */
const modes = {
  'video/vp8': temporal,
  'video/h264': temporal,
  'video/vp9': any,
  'video/av1': any,
};

/**
 * @param {string} mode
 * @param {import('./codec-match.js').Codec} codec
 */
export const supportsMode = (mode, codec) =>
  modes[codec.mimeType.toLowerCase()]?.test(mode) ?? false;

/**
 * Whether the layers of the mode are encodings that do not depend on each other, in one stream.
 * @param {string} mode
 */
export const isSimulcastMode = (mode) => mode.startsWith('S');

/**
 * Simulcast in several streams and in one exclude each other.
 * @param {any[]} encodings RTCRtpEncodingParameters
 */
export function mixesSimulcastKinds(encodings) {
  const active = encodings.filter((encoding) => encoding.active);
  return (
    active.length > 1 &&
    active.some(({ scalabilityMode }) => scalabilityMode && isSimulcastMode(scalabilityMode))
  );
}
