// Tracks and streams for realms that have none: Node.js, edge runtimes, most workers.

import { fallbacks } from '../api/generated/surface.js';
import { defineInterface } from '../api/webidl/interface.js';
import { MediaStreamImpl, MediaStreamTrackEventImpl } from './stream.js';
import { MediaStreamTrackImpl } from './track.js';

/** Behaviour by interface. @type {Record<string, any>} */
export const behaviours = {
  MediaStream: MediaStreamImpl,
  MediaStreamTrack: MediaStreamTrackImpl,
  MediaStreamTrackEvent: MediaStreamTrackEventImpl,
};

/** @returns {import('./index.js').MediaPlatform} */
export const minimalPlatform = () => ({
  interfaces: /** @type {any} */ (
    Object.fromEntries(
      Object.entries(fallbacks).map(([name, table]) => [
        name,
        defineInterface(name, table, behaviours[name]),
      ]),
    )
  ),
  createTrack: MediaStreamTrackImpl.create,
  createStream: MediaStreamImpl.create,
});
