// The parameters of a codec, as `a=fmtp` and `sdpFmtpLine` have them.

/**
 * @param {string | undefined} line
 * @returns {Map<string, string>} by names in lower case
 */
export function formatParameters(line = '') {
  return new Map(
    line
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        if (at < 0) return [part.toLowerCase(), ''];
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
}

/**
 * The codec's name in lower case, without its kind: `video/VP8` is `vp8`.
 * @param {string} mimeType
 */
export const codecName = (mimeType) => mimeType.slice(mimeType.indexOf('/') + 1).toLowerCase();
