#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/rtp/extension_values.h"
#include "cpp/rtp/types.h"

namespace rtc::payload {

/// What a frame of layered video says about itself (webrtc-encoded-transform's
/// RTCEncodedVideoFrameMetadata has the same members).
struct VideoFrameInfo {
  bool isKey = false;
  /// Of the encoded picture, 0 when nobody knows.
  uint16_t width = 0;
  uint16_t height = 0;
  uint8_t spatialLayer = 0;
  uint8_t temporalLayer = 0;
  /// A decoder may climb to this temporal layer here.
  bool isLayerSync = false;
  /// Counts up over the frames of a stream; unwrapped.
  std::optional<int64_t> frameId;
  /// `frameId`s of the frames that this one refers to.
  std::vector<int64_t> dependencies;
  /// Clockwise, 0, 90, 180 or 270 degrees.
  uint16_t rotation = 0;
  /// Unset when nothing says so: BT.601 in limited range.
  std::optional<rtp::ColorSpace> colorSpace;
  bool operator==(const VideoFrameInfo&) const = default;
};

/// What an audio frame says about itself.
struct AudioFrameInfo {
  /// RFC 6464: 0 (loudest) to 127 (silence), in -dBov.
  std::optional<uint8_t> level;
  bool isVoice = false;
  bool operator==(const AudioFrameInfo&) const = default;
};

/// One frame as an encoder gives it and a decoder takes it: a picture (of one spatial layer), or
/// what one packet of audio carries.
struct EncodedFrame {
  Bytes data;
  /// In units of the codec's clock.
  rtp::RtpTime timestamp;
  /// What it came with; a sender fills in its own.
  rtp::PayloadType payloadType;
  VideoFrameInfo video;
  AudioFrameInfo audio;
  std::vector<rtp::Ssrc> csrcs;
  /// When it was captured, on the clock of whoever holds the frame; unknown without.
  std::optional<Timestamp> capturedAt;
};

}  // namespace rtc::payload
