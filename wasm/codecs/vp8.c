// libvpx's VP8 (RFC 6386) for js/media/codecs/vp8.js: plain functions over numbers and memory.
// Pictures are I420 without padding: width * height bytes of luma, then two planes of half of that
// in both directions, rounded up.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

#define EXPORT __attribute__((visibility("default"), used))

static size_t pictureSize(unsigned width, unsigned height) {
  size_t half = (size_t)((width + 1) / 2) * ((height + 1) / 2);
  return (size_t)width * height + 2 * half;
}

typedef struct {
  vpx_codec_ctx_t codec;
  vpx_codec_enc_cfg_t config;
  int isOpen;
  uint8_t* picture;
  vpx_image_t image;
  const vpx_codec_cx_pkt_t* packet;
  int layers;
  unsigned count;  ///< of frames since the last key frame
  int layer;       ///< of the last frame
} Encoder;

typedef struct {
  vpx_codec_ctx_t codec;
  const vpx_image_t* image;
} Decoder;

EXPORT Encoder* encoder_create(void) {
  return calloc(1, sizeof(Encoder));
}

/// Where the next picture is to be put.
EXPORT uint8_t* encoder_picture(Encoder* encoder) {
  return encoder->picture;
}

static void setLayers(vpx_codec_enc_cfg_t* config, int layers) {
  // Shares of the bitrate up to each layer, in percent.
  static const unsigned kShares[3][3] = {{100}, {60, 100}, {40, 60, 100}};
  static const unsigned kPattern[3][4] = {{0}, {0, 1}, {0, 2, 1, 2}};
  config->ts_number_layers = layers;
  config->ts_periodicity = layers == 1 ? 1 : layers == 2 ? 2 : 4;
  for (int i = 0; i < layers; i++) {
    config->ts_target_bitrate[i] = config->rc_target_bitrate * kShares[layers - 1][i] / 100;
    config->ts_rate_decimator[i] = 1u << (layers - 1 - i);
  }
  for (unsigned i = 0; i < config->ts_periodicity; i++) {
    config->ts_layer_id[i] = kPattern[layers - 1][i];
  }
}

/// Another size and another count of layers begin with a key frame, all else does not. `screen` is
/// 0 for what moves, 1 for detail. A vpx_codec_err_t.
EXPORT int encoder_configure(Encoder* encoder, unsigned width, unsigned height, unsigned kilobits,
                             unsigned framerate, int layers, int screen, int speed) {
  vpx_codec_enc_cfg_t* config = &encoder->config;
  int resized = !encoder->isOpen || config->g_w != width || config->g_h != height;
  // libvpx takes other sizes only up to its first one.
  if (encoder->isOpen && (resized || encoder->layers != layers)) {
    vpx_codec_destroy(&encoder->codec);
    encoder->isOpen = 0;
  }
  if (!encoder->isOpen) {
    vpx_codec_err_t error = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), config, 0);
    if (error != VPX_CODEC_OK)
      return error;
    config->g_pass = VPX_RC_ONE_PASS;
    config->g_threads = 1;
    config->g_lag_in_frames = 0;
    config->g_timebase.num = 1;
    config->g_timebase.den = 90000;
    config->g_error_resilient = layers > 1 ? VPX_ERROR_RESILIENT_DEFAULT : 0;
    config->rc_end_usage = VPX_CBR;
    config->rc_resize_allowed = 0;
    config->rc_min_quantizer = 2;
    config->rc_max_quantizer = 56;
    config->rc_undershoot_pct = 100;
    config->rc_overshoot_pct = 15;
    config->rc_buf_initial_sz = 500;
    config->rc_buf_optimal_sz = 600;
    config->rc_buf_sz = 1000;
    config->kf_mode = VPX_KF_DISABLED;
  }
  config->g_w = width;
  config->g_h = height;
  config->rc_target_bitrate = kilobits;
  config->rc_dropframe_thresh = screen ? 0 : 30;
  setLayers(config, layers);
  if (resized) {
    uint8_t* picture = realloc(encoder->picture, pictureSize(width, height));
    if (!picture)
      return VPX_CODEC_MEM_ERROR;
    encoder->picture = picture;
    vpx_img_wrap(&encoder->image, VPX_IMG_FMT_I420, width, height, 1, picture);
    unsigned half = (width + 1) / 2;
    size_t luma = (size_t)width * height;
    encoder->image.planes[VPX_PLANE_Y] = picture;
    encoder->image.planes[VPX_PLANE_U] = picture + luma;
    encoder->image.planes[VPX_PLANE_V] = picture + luma + (size_t)half * ((height + 1) / 2);
    encoder->image.stride[VPX_PLANE_Y] = (int)width;
    encoder->image.stride[VPX_PLANE_U] = encoder->image.stride[VPX_PLANE_V] = (int)half;
  }
  vpx_codec_err_t error;
  if (encoder->isOpen) {
    error = vpx_codec_enc_config_set(&encoder->codec, config);
  } else {
    error = vpx_codec_enc_init(&encoder->codec, vpx_codec_vp8_cx(), config, 0);
    encoder->isOpen = error == VPX_CODEC_OK;
    encoder->layers = layers;
    encoder->count = 0;
  }
  if (error != VPX_CODEC_OK)
    return error;
  vpx_codec_control(&encoder->codec, VP8E_SET_CPUUSED, -speed);
  vpx_codec_control(&encoder->codec, VP8E_SET_STATIC_THRESHOLD, screen ? 100 : 1);
  vpx_codec_control(&encoder->codec, VP8E_SET_NOISE_SENSITIVITY, 0);
  vpx_codec_control(&encoder->codec, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION);
  vpx_codec_control(&encoder->codec, VP8E_SET_SCREEN_CONTENT_MODE, screen);
  // A key frame may have what half of the buffer holds at this framerate, at least three frames'
  // share.
  unsigned intra = 300 * framerate / 100;
  vpx_codec_control(&encoder->codec, VP8E_SET_MAX_INTRA_BITRATE_PCT, intra < 300 ? 300 : intra);
  return VPX_CODEC_OK;
}

/// Which reference pictures a frame of a layer uses and renews: layer 0 the last one, layer 1 of
/// three the golden one besides, the highest layer none.
static vpx_enc_frame_flags_t layerFlags(int layers, int layer, int afterMiddle) {
  vpx_enc_frame_flags_t onlyLast =
      VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_ARF;
  if (layer == 0)
    return onlyLast | VP8_EFLAG_NO_UPD_GF;
  if (layer < layers - 1)
    return onlyLast | VP8_EFLAG_NO_UPD_LAST;
  vpx_enc_frame_flags_t none = VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF |
                               VP8_EFLAG_NO_UPD_ENTROPY | VP8_EFLAG_NO_REF_ARF;
  return afterMiddle ? none : none | VP8_EFLAG_NO_REF_GF;
}

/// Encodes the picture in `encoder_picture`. Times in units of 1/90000 s. The frame's bytes, 0 for
/// a frame that rate control drops, or minus a vpx_codec_err_t.
EXPORT int encoder_encode(Encoder* encoder, double time, double duration, int key) {
  vpx_enc_frame_flags_t flags = 0;
  int layer = 0;
  if (encoder->layers > 1) {
    if (key)
      encoder->count = 0;
    unsigned place = encoder->count % encoder->config.ts_periodicity;
    layer = (int)encoder->config.ts_layer_id[place];
    if (!key)
      flags = layerFlags(encoder->layers, layer, place == 3);
    vpx_codec_control(&encoder->codec, VP8E_SET_TEMPORAL_LAYER_ID, layer);
  }
  if (key)
    flags |= VPX_EFLAG_FORCE_KF;
  vpx_codec_err_t error = vpx_codec_encode(&encoder->codec, &encoder->image, (vpx_codec_pts_t)time,
                                           (unsigned long)duration, flags, VPX_DL_REALTIME);
  if (error != VPX_CODEC_OK)
    return -(int)error;
  vpx_codec_iter_t iterator = 0;
  do
    encoder->packet = vpx_codec_get_cx_data(&encoder->codec, &iterator);
  while (encoder->packet && encoder->packet->kind != VPX_CODEC_CX_FRAME_PKT);
  if (!encoder->packet || encoder->packet->data.frame.sz == 0)
    return 0;
  if (encoder->packet->data.frame.flags & VPX_FRAME_IS_KEY) {
    encoder->count = 0;
    layer = 0;
  }
  encoder->count++;
  encoder->layer = layer;
  return (int)encoder->packet->data.frame.sz;
}

EXPORT const void* encoder_data(Encoder* encoder) {
  return encoder->packet->data.frame.buf;
}

EXPORT int encoder_is_key(Encoder* encoder) {
  return (encoder->packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
}

EXPORT int encoder_layer(Encoder* encoder) {
  return encoder->layer;
}

/// Of the last frame, 0 to 127.
EXPORT int encoder_quantizer(Encoder* encoder) {
  int quantizer = 0;
  vpx_codec_control(&encoder->codec, VP8E_GET_LAST_QUANTIZER, &quantizer);
  return quantizer;
}

EXPORT void encoder_destroy(Encoder* encoder) {
  if (encoder->isOpen)
    vpx_codec_destroy(&encoder->codec);
  free(encoder->picture);
  free(encoder);
}

/// NULL without memory.
EXPORT Decoder* decoder_create(void) {
  Decoder* decoder = calloc(1, sizeof(Decoder));
  if (decoder && vpx_codec_dec_init(&decoder->codec, vpx_codec_vp8_dx(), 0, 0) == VPX_CODEC_OK) {
    return decoder;
  }
  free(decoder);
  return 0;
}

/// A vpx_codec_err_t; with VPX_CODEC_OK there may be a picture.
EXPORT int decoder_decode(Decoder* decoder, const uint8_t* data, unsigned size) {
  decoder->image = 0;
  vpx_codec_err_t error = vpx_codec_decode(&decoder->codec, data, size, 0, 0);
  if (error != VPX_CODEC_OK)
    return error;
  vpx_codec_iter_t iterator = 0;
  decoder->image = vpx_codec_get_frame(&decoder->codec, &iterator);
  return VPX_CODEC_OK;
}

/// 0 when there is no picture.
EXPORT unsigned decoder_width(Decoder* decoder) {
  return decoder->image ? decoder->image->d_w : 0;
}

EXPORT unsigned decoder_height(Decoder* decoder) {
  return decoder->image ? decoder->image->d_h : 0;
}

static uint8_t* copyPlane(uint8_t* to, const vpx_image_t* image, int plane, unsigned width,
                          unsigned height) {
  const uint8_t* from = image->planes[plane];
  for (unsigned y = 0; y < height; y++, from += image->stride[plane], to += width) {
    memcpy(to, from, width);
  }
  return to;
}

/// Copies the picture, without padding.
EXPORT void decoder_picture(Decoder* decoder, uint8_t* to) {
  const vpx_image_t* image = decoder->image;
  unsigned halfWidth = (image->d_w + 1) / 2;
  unsigned halfHeight = (image->d_h + 1) / 2;
  to = copyPlane(to, image, VPX_PLANE_Y, image->d_w, image->d_h);
  to = copyPlane(to, image, VPX_PLANE_U, halfWidth, halfHeight);
  copyPlane(to, image, VPX_PLANE_V, halfWidth, halfHeight);
}

/// Of the last frame, 0 to 127.
EXPORT int decoder_quantizer(Decoder* decoder) {
  int quantizer = 0;
  vpx_codec_control(&decoder->codec, VPXD_GET_LAST_QUANTIZER, &quantizer);
  return quantizer;
}

EXPORT void decoder_destroy(Decoder* decoder) {
  vpx_codec_destroy(&decoder->codec);
  free(decoder);
}
