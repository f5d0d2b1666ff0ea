// Chromium 87, of the end of 2020, out of Qt 5's WebEngine.

import { openQtWebEngine } from '../qt-webengine.mjs';
import { planB } from '../scenarios.mjs';

export const title = 'Chromium 87 (Qt 5 WebEngine)';

/** @type {Record<string, string>} */
export const lacks = {
  recycled: 'it fails where a transceiver was stopped',
  refused: 'it fails where there is no codec in common',
  'answer-refusing': 'it fails where there is no codec in common',
};

export const moreOffers = planB;

export const open = () => openQtWebEngine(5);
