// Browsers keep codecs, devices and the frames of tracks from pages that are not secure, and say nothing.

/** The end of a message about something that is missing here. */
export function secureHint() {
  return globalThis.isSecureContext === false
    ? ': this page is no secure context, and browsers give WebCodecs and devices to those alone. ' +
        'Serve it over https, or from localhost'
    : '';
}
