// What a track shows, to encoded frames.

import { openCapture } from './capture.js';
import { realClock } from './clock.js';
import { EncodedSender } from './send-encoded.js';
import { AudioSender } from './send-audio.js';
import { VideoSender } from './send-video.js';
import { Source } from './source.js';

/**
 * @typedef {object} EncodingParameters  of RTCRtpEncodingParameters
 * @property {boolean} [active]
 * @property {number} [maxBitrate]  bits per second
 * @property {number} [maxFramerate]
 * @property {number} [scaleResolutionDownBy]
 * @property {string} [scalabilityMode]
 * @property {string} [priority]
 */

/**
 * @typedef {object} SendConfiguration
 * @property {import('./codecs/audio.js').CodecParameters | null} codec  null: nothing is sent for now
 * @property {EncodingParameters[]} encodings
 * @property {boolean} [namesColors]  the peer takes colour spaces from a header extension
 * @property {string} [degradationPreference]
 */

/**
 * @typedef {object} SentFrame
 * @property {Uint8Array} data  VP8, VP9: the frame; H.264: Annex B; AV1: OBUs in the low-overhead form
 *   without a temporal delimiter; audio: the packet
 * @property {number} rtpTimestamp  counted in units of the codec's clock
 * @property {boolean} key
 * @property {number} width
 * @property {number} height
 * @property {number} spatialLayer
 * @property {number} temporalLayer
 * @property {number} captureTime  in ms, on the clock of `performance.now()`
 * @property {number} [rotation]  clockwise, in degrees
 * @property {number[]} [colorSpace]  as in ReceivedFrame
 * @property {number} [duration]  in ms
 * @property {number} [audioLevel]  0 (loudest) to 127, in -dBov
 * @property {boolean} [voiceActivity]
 */

/**
 * @typedef {object} SendPipeline
 * @property {(track: MediaStreamTrack | null) => void} setTrack
 * @property {(configuration: SendConfiguration) => void} configure
 * @property {(bitrates: number[], held?: boolean) => void} setBitrates  bits per second for each encoding, 0: none may be sent;
 *     while held, pictures are left out, since too much waits to leave already
 * @property {(encodingIndex: number) => void} requestKeyFrame
 * @property {() => { encodings: Record<string, any>[], source: Record<string, any> }} stats
 *   members of RTCOutboundRtpStreamStats, and of RTCVideoSourceStats or RTCAudioSourceStats
 * @property {() => void} close
 */

/**
 * @param {object} options
 * @param {'audio' | 'video'} options.kind
 * @param {(encodingIndex: number, frame: SentFrame) => void} options.onframe
 * @param {(error: unknown) => void} [options.onerror]  told of what keeps frames from being sent
 * @param {import('./clock.js').Clock} [options.clock]
 * @returns {SendPipeline}
 */
export function createSendPipeline({ kind, onframe, onerror = () => {}, clock = realClock }) {
  const makeRaw = () =>
    kind === 'audio'
      ? new AudioSender(clock, onframe, onerror)
      : new VideoSender(clock, onframe, onerror);
  const makeEncoded = () => new EncodedSender(kind, clock, onframe, onerror);
  /** @type {AudioSender | VideoSender | EncodedSender} */
  let sender = makeRaw();
  /** @type {MediaStreamTrack | null} */
  let track = null;
  /** @type {import('./capture.js').Capture | null} */
  let capture = null;
  /** @type {SendConfiguration} */
  let configuration = { codec: null, encodings: [{}] };
  /** @type {number[]} */
  let bitrates = [];
  let isHeld = false;
  let isClosed = false;

  const useSender = (/** @type {typeof sender} */ next) => {
    sender.close();
    sender = next;
    if (bitrates.length > 0) sender.setBitrates(bitrates, isHeld);
  };

  return {
    setTrack(next) {
      if (isClosed || next === track) return;
      capture?.close();
      capture = null;
      track = next;
      const source = next ? Source.of(next) : undefined;
      const isEncoded = source?.mimeType !== undefined;
      if (isEncoded !== sender instanceof EncodedSender) {
        useSender(isEncoded ? makeEncoded() : makeRaw());
      }
      sender.configure(configuration, track);
      if (!next || next.readyState === 'ended') return;
      try {
        capture = openCapture(next, sender.sink, onerror);
      } catch (error) {
        onerror(error);
      }
    },
    configure(next) {
      if (isClosed) return;
      configuration = next;
      sender.configure(configuration, track);
    },
    setBitrates(next, held = false) {
      if (isClosed) return;
      bitrates = [...next];
      isHeld = held;
      sender.setBitrates(bitrates, isHeld);
    },
    requestKeyFrame(encodingIndex) {
      if (!isClosed) sender.requestKeyFrame(encodingIndex);
    },
    stats: () => sender.stats(),
    close() {
      if (isClosed) return;
      isClosed = true;
      capture?.close();
      capture = null;
      sender.close();
    },
  };
}
