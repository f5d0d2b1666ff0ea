// @roamhq/wrtc: libwebrtc of 2022 in a Node.js addon, which still knows Plan B.

import { readFileSync } from 'node:fs';
import { inRoot } from '../../lib/paths.mjs';
import { planB } from '../scenarios.mjs';
import { playAnswers, playOffers } from '../w3c-session.mjs';

export const title = '@roamhq/wrtc';

/** @type {Record<string, string>} */
export const lacks = {
  h264: 'it is built without H.264',
  refused: 'it fails where there is no codec in common',
  'answer-refusing': 'it fails where there is no codec in common',
};

export const moreOffers = planB;

export async function open() {
  const { default: wrtc } = await import('@roamhq/wrtc');
  const { RTCPeerConnection, MediaStream, nonstandard } = /** @type {any} */ (wrtc);
  const makers = {
    RTCPeerConnection,
    MediaStream,
    track: (/** @type {string} */ kind) =>
      new (kind === 'audio'
        ? nonstandard.RTCAudioSource
        : nonstandard.RTCVideoSource)().createTrack(),
  };
  const { version } = JSON.parse(
    readFileSync(inRoot('node_modules/@roamhq/wrtc/package.json'), 'utf8'),
  );
  return {
    version,
    offers: playOffers.bind(undefined, makers),
    answers: playAnswers.bind(undefined, makers),
    close: async () => {},
  };
}
