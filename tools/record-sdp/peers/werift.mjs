// werift: WebRTC in TypeScript for Node.js.

import { readFileSync } from 'node:fs';
import { inRoot } from '../../lib/paths.mjs';
import { playAnswers, playOffers } from '../w3c-session.mjs';

export const title = 'werift';

/** @type {Record<string, string>} */
export const lacks = {
  h264: 'it has no setCodecPreferences()',
  simulcast: 'it has no sendEncodings',
  'no-stream': 'its tracks need no stream, and it writes no a=msid then',
  refused: 'it fails where there is no codec in common',
  'answer-refusing': 'it fails where there is no codec in common',
  'answer-hold-3': 'it has rejected the section before that is offered on',
  recycled: 'it goes on offering a stopped transceiver',
};

export async function open() {
  const { RTCPeerConnection, MediaStream, MediaStreamTrack } = /** @type {any} */ (
    await import('werift')
  );
  const makers = {
    RTCPeerConnection,
    MediaStream,
    track: (/** @type {string} */ kind) => new MediaStreamTrack({ kind }),
  };
  const { version } = JSON.parse(readFileSync(inRoot('node_modules/werift/package.json'), 'utf8'));
  return {
    version,
    offers: playOffers.bind(undefined, makers),
    answers: playAnswers.bind(undefined, makers),
    close: async () => {},
  };
}
