// The peers of the matrix as implementations, by their names in cells.js.

import * as browsers from '../support/browsers.js';
import { aiortc, kComplete, nodeDatachannel, werift, wrtc } from '../support/implementations.js';
import * as programs from '../support/programs.js';

/** @type {Record<string, import('../support/implementations.js').Implementation>} */
export const peers = {
  chromium: { ...kComplete, ...browsers.chromium, name: 'Chromium' },
  firefox: { ...kComplete, ...browsers.firefox, name: 'Firefox' },
  aiortc,
  pion: {
    ...kComplete,
    ...programs.pion,
    name: 'pion',
    // It reads into a buffer of that size, and says nothing of it.
    largestTaken: 65_535,
    largestMessage: 65_535,
    echoes: ['VP8', 'VP9', 'H264', 'opus', 'PCMU', 'G722'],
    // It names a stream of retransmissions, and reads none.
    losses: { arriving: 10 },
  },
  werift,
  wrtc,
  'node-datachannel': nodeDatachannel,
  gstreamer: {
    ...kComplete,
    ...programs.gstreamer,
    name: 'GStreamer',
    // Empty strings come out of it as bytes, and what it is to send empty does not arrive.
    tellsEmptyMessages: false,
    sendsEmptyMessages: false,
    // Larger ones do not pass in either direction.
    largestMessage: 65_535,
    largestTaken: 65_535,
    streams: 1024,
    restartsIce: false,
    answersRestarts: false,
  },
};
