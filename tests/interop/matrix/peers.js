// The peers of the matrix as implementations, by their names in cells.js.

import * as browsers from '../support/browsers.js';
import { aiortc, kComplete, nodeDatachannel, werift, wrtc } from '../support/implementations.js';
import * as programs from '../support/programs.js';

/** @type {Record<string, import('../support/implementations.js').Implementation>} */
export const peers = {
  chromium: { ...kComplete, ...browsers.chromium, name: 'Chromium' },
  firefox: { ...kComplete, ...browsers.firefox, name: 'Firefox' },
  aiortc,
  pion: { ...kComplete, ...programs.pion, name: 'pion' },
  werift,
  wrtc,
  'node-datachannel': nodeDatachannel,
  gstreamer: {
    ...kComplete,
    ...programs.gstreamer,
    name: 'GStreamer',
    restartsIce: false,
    answersRestarts: false,
  },
};
