// The transactions of RTCRtpSender.getParameters() and setParameters() (webrtc-pc section 5.2).

import { codecsMatch } from './codec-match.js';
import { exception } from './errors.js';
import { areSame, copyOf } from './plain-data.js';
import { implementedCodecs } from './rtp-capabilities.js';
import { mixesSimulcastKinds, supportsMode } from './scalability-modes.js';
import {
  fillInScale,
  haveSoundRestrictions,
  kUnsoundRestrictions,
  removeVideoMembers,
} from './send-encodings.js';
import { queueTask } from './tasks.js';

/** @typedef {import('./send-encodings.js').Encoding} Encoding */

/**
 * What negotiation has made of a direction: RTCRtpParameters.
 * @typedef {object} NegotiatedParameters
 * @property {any[]} codecs
 * @property {any[]} headerExtensions
 * @property {{cname?: string, reducedSize: boolean}} rtcp
 */

/** What setParameters() may not change, by the names of RTCRtpSendParameters. */
const readOnlyMembers = ['transactionId', 'codecs', 'headerExtensions', 'rtcp'];

const refuse = (/** @type {string} */ why) => exception('InvalidModificationError', why);

export class SendParameters {
  /** [[LastReturnedParameters]]. @type {any} */
  #lastReturned = null;
  #uuid;
  #kind;
  /** [[SendEncodings]]. @type {Encoding[]} */
  #encodings;
  /** @type {string | undefined} */
  #degradationPreference;

  /**
   * @param {string} kind
   * @param {Encoding[]} encodings
   * @param {() => string} uuid  draws transaction ids
   */
  constructor(kind, encodings, uuid) {
    this.#uuid = uuid;
    this.#kind = kind;
    this.#encodings = encodings;
  }

  get encodings() {
    return this.#encodings;
  }

  get degradationPreference() {
    return this.#degradationPreference;
  }

  /**
   * Negotiation changed the encodings: what getParameters() gave before is out of date.
   * @param {Encoding[]} encodings
   */
  replaceEncodings(encodings) {
    this.#encodings = encodings;
    this.#lastReturned = null;
  }

  /** Negotiation changed something of what getParameters() gave. */
  expire() {
    this.#lastReturned = null;
  }

  /**
   * getParameters()
   * @param {() => NegotiatedParameters} negotiated asked unless this task has seen the parameters
   * @returns {any} RTCRtpSendParameters
   */
  get(negotiated) {
    if (!this.#lastReturned) {
      const { codecs, headerExtensions, rtcp } = negotiated();
      const parameters = {
        transactionId: this.#uuid(),
        encodings: this.#encodings,
        headerExtensions,
        rtcp,
        codecs,
        degradationPreference: this.#degradationPreference,
      };
      if (parameters.degradationPreference === undefined) delete parameters.degradationPreference;
      this.#lastReturned = copyOf(parameters);
      queueTask(() => {
        this.#lastReturned = null;
      });
    }
    return copyOf(this.#lastReturned);
  }

  /**
   * "setParameters validation steps"; what they leave out or fill in is changed in place.
   * @param {any} parameters RTCRtpSendParameters, converted
   * @param {{encodingOptions: object[]}} options RTCSetParameterOptions
   * @throws {RangeError | DOMException}
   */
  validate(parameters, { encodingOptions }) {
    const last = this.#lastReturned;
    if (!last)
      throw exception('InvalidStateError', 'getParameters() comes first, in the same task');
    /** @type {{encodings: Encoding[], codecs: any[]}} */
    const { encodings, codecs } = parameters;
    if (encodings.length !== this.#encodings.length) throw refuse('encodings come or go');
    if (encodings.some(({ rid }, i) => rid !== last.encodings[i].rid)) {
      throw refuse('a rid changes, or the order does');
    }
    for (const member of readOnlyMembers) {
      if (!areSame(parameters[member], last[member])) throw refuse(`${member} is not for changing`);
    }
    this.#validateCodecs(encodings, codecs);
    if (mixesSimulcastKinds(encodings)) throw refuse('an S mode is for one encoding alone');
    removeVideoMembers(encodings, this.#kind);
    if (!haveSoundRestrictions(encodings)) throw refuse(kUnsoundRestrictions);
    if (this.#kind === 'video') fillInScale(encodings);
    for (const { scaleResolutionDownBy: scale = 1, maxFramerate = 0 } of encodings) {
      if (scale < 1) throw new RangeError(`${scale} would scale up`);
      if (maxFramerate < 0) throw new RangeError(`${maxFramerate} is no frame rate`);
    }
    if (this.#kind === 'audio' || encodingOptions.length === 0) return;
    if (encodingOptions.length !== encodings.length) {
      throw refuse('encodingOptions are not one for each encoding');
    }
  }

  /**
   * @param {Encoding[]} encodings
   * @param {any[]} negotiated RTCRtpCodecParameters, empty before negotiation
   */
  #validateCodecs(encodings, negotiated) {
    const choosable = negotiated.length > 0 ? negotiated : implementedCodecs(this.#kind);
    for (const { codec, scalabilityMode } of encodings) {
      const same = (/** @type {any} */ one) =>
        codecsMatch(one, codec, { ignoreAsymmetricalParameters: true });
      if (codec && !choosable.some(same)) throw refuse(`${codec.mimeType} is not to choose from`);
      if (scalabilityMode === undefined) continue;
      // Once negotiated, what is sent without a choice is the codec that comes first.
      const used = codec ? [codec] : negotiated.length > 0 ? [negotiated[0]] : choosable;
      if (!used.some((one) => supportsMode(scalabilityMode, one))) {
        throw refuse(`the codec does not support '${scalabilityMode}'`);
      }
    }
  }

  /** @param {any} parameters that passed validate() */
  commit({ encodings, degradationPreference }) {
    this.#encodings = copyOf(encodings);
    this.#degradationPreference = degradationPreference;
    this.#lastReturned = null;
  }

  /**
   * A codec that negotiation has removed is no choice any more.
   * @param {() => NegotiatedParameters} negotiated asked when a codec was chosen
   */
  dropLostCodecs(negotiated) {
    if (!this.#encodings.some(({ codec }) => codec)) return;
    const { codecs } = negotiated();
    if (codecs.length === 0) return;
    for (const encoding of this.#encodings) {
      const { codec } = encoding;
      if (!codec) continue;
      const same = (/** @type {any} */ one) =>
        codecsMatch(one, codec, { ignoreAsymmetricalParameters: true });
      if (!codecs.some(same)) delete encoding.codec;
    }
  }
}
