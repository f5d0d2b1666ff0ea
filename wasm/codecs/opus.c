// libopus (RFC 6716) for js/media/codecs/opus.js: plain functions over numbers and memory.

#include <opus.h>

#define EXPORT __attribute__((visibility("default"), used))

/// 48 kHz; `music`: for more than speech. NULL without memory.
EXPORT OpusEncoder* encoder_create(int channels, int music) {
  int error = 0;
  OpusEncoder* encoder = opus_encoder_create(
      48000, channels, music ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP, &error);
  return error == OPUS_OK ? encoder : 0;
}

/// Bits per second, parts of hundred that are expected to be lost, and flags. OPUS_OK or an error.
EXPORT int encoder_configure(OpusEncoder* encoder, int bitrate, int loss, int fec, int dtx,
                             int variable, int complexity) {
  int result = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
  if (result == OPUS_OK)
    result = opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(loss));
  if (result == OPUS_OK)
    result = opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(fec));
  if (result == OPUS_OK)
    result = opus_encoder_ctl(encoder, OPUS_SET_DTX(dtx));
  if (result == OPUS_OK)
    result = opus_encoder_ctl(encoder, OPUS_SET_VBR(variable));
  if (result == OPUS_OK)
    result = opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
  return result;
}

/// Interleaved samples of 2.5 to 60 ms, `count` of each channel. The packet's bytes or an error.
EXPORT int encoder_encode(OpusEncoder* encoder, const opus_int16* samples, int count,
                          unsigned char* packet, int room) {
  return opus_encode(encoder, samples, count, packet, room);
}

/// Whether the last packet was one that DTX would leave out.
EXPORT int encoder_in_dtx(OpusEncoder* encoder) {
  opus_int32 silent = 0;
  opus_encoder_ctl(encoder, OPUS_GET_IN_DTX(&silent));
  return silent;
}

EXPORT void encoder_destroy(OpusEncoder* encoder) {
  opus_encoder_destroy(encoder);
}

/// 48 kHz. NULL without memory.
EXPORT OpusDecoder* decoder_create(int channels) {
  int error = 0;
  OpusDecoder* decoder = opus_decoder_create(48000, channels, &error);
  return error == OPUS_OK ? decoder : 0;
}

/// Samples of each channel, or an error. Without a packet: `room` samples that conceal its loss;
/// with `fec`: the `room` samples before the packet, from what it says of them.
EXPORT int decoder_decode(OpusDecoder* decoder, const unsigned char* packet, int size,
                          opus_int16* samples, int room, int fec) {
  return opus_decode(decoder, size > 0 ? packet : 0, size, samples, room, fec);
}

/// How long the packet lasts in samples of each channel, or an error.
EXPORT int packet_duration(const unsigned char* packet, int size) {
  return opus_packet_get_nb_samples(packet, size, 48000);
}

EXPORT void decoder_destroy(OpusDecoder* decoder) {
  opus_decoder_destroy(decoder);
}
