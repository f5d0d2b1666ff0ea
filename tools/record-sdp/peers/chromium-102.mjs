// Chromium 102, of the middle of 2022, out of Qt 6's WebEngine.

import { openQtWebEngine } from '../qt-webengine.mjs';

export const title = 'Chromium 102 (Qt 6 WebEngine)';

/** @type {Record<string, string>} */
export const lacks = {
  refused: 'it fails where there is no codec in common',
  'answer-refusing': 'it fails where there is no codec in common',
};

export const open = () => openQtWebEngine(6);
