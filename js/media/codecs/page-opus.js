// Opus by the page's WebCodecs.

import { samplesOfAudioData } from '../audio/sound.js';

/** @typedef {import('../audio/framer.js').SoundFrame} SoundFrame */

/** Frames, a second of them: who has so much to do gets no more. */
const kMostPending = 50;

/**
 * @param {import('./opus.js').OpusSettings & { channelCount: number, frameLength: number }} settings
 * @param {boolean} isMusic
 * @param {(data: Uint8Array, frame: SoundFrame) => void} onpacket
 * @param {(error: unknown) => void} onerror
 */
export async function openPageOpusEncoder(settings, isMusic, onpacket, onerror) {
  if (typeof AudioEncoder !== 'function') return null;
  const { channelCount, frameLength } = settings;
  const frameDuration = (1e6 * frameLength) / 48_000;
  /** @param {number} bitrate @returns {any} */
  const configuration = (bitrate) => ({
    codec: 'opus',
    sampleRate: 48_000,
    numberOfChannels: channelCount,
    bitrate: Math.round(bitrate),
    bitrateMode: settings.constant ? 'constant' : 'variable',
    opus: {
      format: 'opus',
      frameDuration,
      application: isMusic ? 'audio' : 'voip',
      useinbandfec: settings.fec,
      packetlossperc: settings.loss,
      usedtx: settings.dtx,
    },
  });
  if (!(await isSupported(AudioEncoder, configuration(settings.bitrate)))) return null;

  /**
   * What is being encoded, by its number. Encoders count samples from the first one on and round as
   * they like, whatever pauses the times given to them have: they get a time without pauses, and what
   * they give is known by the frame that it is nearest to.
   * @type {Map<number, SoundFrame>}
   */
  const pending = new Map();
  let framesBegun = 0;
  const encoder = new AudioEncoder({
    output(chunk) {
      const number = Math.round(chunk.timestamp / frameDuration);
      const frame = pending.get(number);
      // Those before it have been left out by the encoder, as silence may be.
      for (const earlier of pending.keys()) if (earlier <= number) pending.delete(earlier);
      if (!frame) return;
      // RFC 7587 section 3.1.3: packets of two bytes or less need not be sent.
      if (chunk.byteLength <= 2) return;
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      onpacket(data, frame);
    },
    error: onerror,
  });
  let { bitrate } = settings;
  encoder.configure(configuration(bitrate));
  return {
    implementation: 'WebCodecs',
    setBitrate(/** @type {number | undefined} */ wanted = settings.bitrate) {
      if (encoder.state !== 'configured' || Math.abs(wanted - bitrate) < 0.1 * bitrate) return;
      bitrate = wanted;
      encoder.configure(configuration(bitrate));
    },
    /** @param {SoundFrame} frame */
    encode(frame) {
      if (encoder.state !== 'configured' || pending.size > kMostPending) return;
      const number = framesBegun++;
      const data = new AudioData({
        format: 's16',
        sampleRate: 48_000,
        numberOfChannels: channelCount,
        numberOfFrames: frame.samples.length / channelCount,
        timestamp: Math.round(number * frameDuration),
        data: /** @type {Int16Array<ArrayBuffer>} */ (frame.samples),
      });
      pending.set(number, frame);
      encoder.encode(data);
      data.close();
    },
    close() {
      if (encoder.state !== 'closed') encoder.close();
    },
  };
}

/**
 * @param {import('./audio.js').CodecParameters} codec
 * @param {(samples: Int16Array, format: { sampleRate: number, channelCount: number }, playAt: number) => void} onsound
 * @param {(error: unknown) => void} onerror
 */
export async function openPageOpusDecoder({ channels = 2 }, onsound, onerror) {
  if (typeof AudioDecoder !== 'function') return null;
  const configuration = { codec: 'opus', sampleRate: 48_000, numberOfChannels: channels };
  if (!(await isSupported(AudioDecoder, configuration))) return null;
  /** When what is being decoded is to be played; as above. @type {number[]} */
  const pending = [];
  const decoder = new AudioDecoder({
    output(data) {
      const { sampleRate, numberOfChannels } = data;
      const playAt = pending.shift();
      const samples = samplesOfAudioData(data);
      data.close();
      if (playAt !== undefined)
        onsound(samples, { sampleRate, channelCount: numberOfChannels }, playAt);
    },
    error: onerror,
  });
  decoder.configure(configuration);
  return {
    implementation: 'WebCodecs',
    /** @param {Uint8Array} data @param {number} playAt */
    decode(data, playAt) {
      if (decoder.state !== 'configured' || pending.length > kMostPending) return;
      pending.push(playAt);
      decoder.decode(
        new EncodedAudioChunk({
          type: 'key',
          timestamp: Math.round(1000 * playAt),
          data: /** @type {Uint8Array<ArrayBuffer>} */ (data),
        }),
      );
    },
    close() {
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}

/** @param {any} Interface @param {object} configuration */
async function isSupported(Interface, configuration) {
  try {
    return (await Interface.isConfigSupported(configuration)).supported === true;
  } catch {
    return false;
  }
}
