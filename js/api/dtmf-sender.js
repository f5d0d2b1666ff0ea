// RTCDTMFSender (webrtc-pc section 7): when which tone begins. The engine sends them.

import { exception } from './errors.js';
import { fireAs } from './events.js';

const kCommaMs = 2000;

/** Limits of "insertDTMF". */
const kDurationMs = /** @type {const} */ ([40, 6000]);
const kGapMs = /** @type {const} */ ([30, 6000]);

/** @param {number} value @param {readonly [number, number]} range */
const clamp = (value, [least, most]) => Math.min(Math.max(value, least), most);

/** Behaviour of RTCDTMFSender. */
export class RTCDTMFSenderImpl {
  toneBuffer = '';
  /** @type {any} */
  wrapper;
  #transceiver;
  #durationMs = 0;
  #gapMs = 0;
  #isScheduled = false;

  /** @param {import('./rtp-transceiver.js').RTCRtpTransceiverImpl} transceiver */
  constructor(transceiver) {
    this.#transceiver = transceiver;
  }

  /** "Determine if DTMF can be sent". */
  get canInsertDTMF() {
    const transceiver = this.#transceiver;
    const { connection, rtpSender, currentDirection } = transceiver;
    return (
      connection.connectionState === 'connected' &&
      !transceiver.isStopping &&
      rtpSender.track !== null &&
      (currentDirection === 'sendrecv' || currentDirection === 'sendonly') &&
      rtpSender.parameters.encodings[0].active &&
      transceiver
        .engineParameters('send')
        .codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'audio/telephone-event')
    );
  }

  /**
   * @param {string} tones
   * @param {number} duration milliseconds
   * @param {number} interToneGap milliseconds
   * @throws {DOMException} InvalidStateError, InvalidCharacterError
   */
  insertDTMF(tones, duration, interToneGap) {
    if (!this.canInsertDTMF) throw exception('InvalidStateError', 'no tones can be sent now');
    const unknown = /[^\dA-D#*,]/i.exec(tones);
    if (unknown) throw exception('InvalidCharacterError', `'${unknown[0]}' is no tone`);
    this.toneBuffer = tones.toUpperCase();
    this.#durationMs = clamp(duration, kDurationMs);
    this.#gapMs = clamp(interToneGap, kGapMs);
    if (this.toneBuffer !== '' && !this.#isScheduled) this.#schedule(0);
  }

  /** @param {number} delayMs */
  #schedule(delayMs) {
    this.#isScheduled = true;
    this.#transceiver.connection.after(delayMs, () => {
      this.#isScheduled = false;
      this.#play();
    });
  }

  /**
   * As a telephone event; a comma is a pause.
   * @param {string} tone
   */
  #send(tone) {
    if (tone === ',') return;
    this.#transceiver.ask((engine, handle, now) =>
      engine.sendTone(handle, tone, this.#durationMs, now),
    );
  }

  /** "DTMF playout task steps". */
  #play() {
    if (!this.canInsertDTMF) return;
    const tone = this.toneBuffer.slice(0, 1);
    if (tone !== '') {
      this.toneBuffer = this.toneBuffer.slice(1);
      this.#send(tone);
      this.#schedule(tone === ',' ? kCommaMs : this.#durationMs + this.#gapMs);
    }
    fireAs(this, 'RTCDTMFToneChangeEvent', 'tonechange', { tone });
  }
}
