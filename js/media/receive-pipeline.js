// Encoded frames, as the jitter buffer gives them, to what a track shows.

import { realClock } from './clock.js';
import { AudioReceiver } from './receive-audio.js';
import { VideoReceiver } from './receive-video.js';
import { Source } from './source.js';

/**
 * @typedef {object} ReceivedFrame
 * @property {Uint8Array} data
 * @property {string} mimeType
 * @property {number} clockRate
 * @property {number} [channels]
 * @property {string} [sdpFmtpLine]
 * @property {number} rtpTimestamp  in units of the clock rate
 * @property {boolean} [key]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [rotation]  clockwise, in degrees
 * @property {number[]} [colorSpace]  primaries, transfer, matrix (ITU-T H.273), and 1 for limited, 2 for full range
 * @property {number} playAt  when it is to be shown or heard, in ms on the clock of `performance.now()`
 * @property {number} [receivedAt]
 * @property {number} [spatialLayer]
 * @property {number} [temporalLayer]
 * @property {number} [audioLevel]
 * @property {boolean} [voiceActivity]
 */

/**
 * @typedef {object} ReceivePipeline
 * @property {(frame: ReceivedFrame) => void} push  in the order of decoding
 * @property {(gap: { count: number, duration: number }) => void} lost  of audio: so many packets, which
 *   would have lasted so many ms, will not come
 * @property {() => Record<string, any>} stats  members of RTCInboundRtpStreamStats
 * @property {() => void} close
 */

/**
 * @param {object} options
 * @param {'audio' | 'video'} options.kind
 * @param {MediaStreamTrack} options.track  of `createRemoteTrack`
 * @param {() => void} [options.requestKeyFrame]  asks the peer for one
 * @param {import('./clock.js').Clock} [options.clock]
 * @param {boolean} [options.shows]  false: decodes for sinks alone, not because the page may show the track
 * @returns {ReceivePipeline}
 * @throws {TypeError} for a track that is none of ours
 */
export function createReceivePipeline({
  kind,
  track,
  requestKeyFrame = () => {},
  clock = realClock,
  shows = true,
}) {
  const source = Source.of(track);
  if (!source) throw new TypeError('only a track of this package shows what is received');
  const receiver =
    kind === 'audio'
      ? new AudioReceiver(source, clock)
      : new VideoReceiver(source, clock, requestKeyFrame);
  let isClosed = false;
  const isWatched = () => (shows ? source.isWatched : source.isRead);
  let wasWatched = isWatched();
  /** What is passed on as it is does not begin with any frame either. */
  source.onkeyframerequest = () => {
    if (!isClosed) requestKeyFrame();
  };
  source.onsinks = () => {
    const isNow = isWatched();
    // Who looks only now has missed what pictures build upon.
    if (!isNow) receiver.rest();
    else if (!wasWatched && kind === 'video') requestKeyFrame();
    wasWatched = isNow;
  };
  return {
    push(frame) {
      if (isClosed) return;
      source.passEncoded(frame);
      if (isWatched()) receiver.push(frame);
    },
    lost(gap) {
      if (!isClosed && isWatched()) receiver.lost(gap);
    },
    stats: () => receiver.stats(),
    close() {
      if (isClosed) return;
      isClosed = true;
      source.onsinks = undefined;
      source.onkeyframerequest = undefined;
      receiver.close();
    },
  };
}
