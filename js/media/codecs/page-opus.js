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
  /** @param {number} bitrate @returns {any} */
  const configuration = (bitrate) => ({
    codec: 'opus',
    sampleRate: 48_000,
    numberOfChannels: channelCount,
    bitrate: Math.round(bitrate),
    bitrateMode: settings.constant ? 'constant' : 'variable',
    opus: {
      format: 'opus',
      frameDuration: (1e6 * frameLength) / 48_000,
      application: isMusic ? 'audio' : 'voip',
      useinbandfec: settings.fec,
      packetlossperc: settings.loss,
      usedtx: settings.dtx,
    },
  });
  if (!(await isSupported(AudioEncoder, configuration(settings.bitrate)))) return null;

  // One packet comes out for each frame, in order. Their timestamps do not tell which: encoders count
  // on from the first one, and know no pause.
  /** What is being encoded. @type {SoundFrame[]} */
  const pending = [];
  const encoder = new AudioEncoder({
    output(chunk) {
      const frame = pending.shift();
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
      if (encoder.state !== 'configured' || pending.length > kMostPending) return;
      const timestamp = Math.round((1e6 * frame.position) / 48_000);
      const data = new AudioData({
        format: 's16',
        sampleRate: 48_000,
        numberOfChannels: channelCount,
        numberOfFrames: frame.samples.length / channelCount,
        timestamp,
        data: /** @type {Int16Array<ArrayBuffer>} */ (frame.samples),
      });
      pending.push(frame);
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
