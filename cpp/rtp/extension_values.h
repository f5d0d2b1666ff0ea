#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cpp/base/bytes.h"
#include "cpp/base/strong.h"
#include "cpp/base/time.h"
#include "cpp/rtp/ntp_time.h"

// What the header extensions say. Each read function takes the data of one element, and gives
// nullopt for data of another length or form; the extension is then to be ignored, the packet is
// not.

namespace rtc::rtp {

// RFC 6464 section 3:
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |V| level       |
//   +-+-+-+-+-+-+-+-+

struct AudioLevel {
  /// 0 (loudest) to 127 (silence), in -dBov.
  uint8_t level = 127;
  bool isVoice = false;
  bool operator==(const AudioLevel&) const = default;
};
std::optional<AudioLevel> readAudioLevel(ByteSpan data);
/// Levels above 127 are written as 127.
std::array<uint8_t, 1> writeAudioLevel(const AudioLevel& level);

/// RFC 5450 section 3: 24 bits, signed, in units of the RTP timestamp: how much later the packet
/// left than its timestamp says.
std::optional<int32_t> readTransmissionOffset(ByteSpan data);
/// Clamped to what 24 bits hold.
std::array<uint8_t, 3> writeTransmissionOffset(int32_t offset);

/// 24 bits: 6 of seconds and 18 of fraction. Wraps every 64 seconds.
using AbsoluteSendTime = StrongInt<struct AbsoluteSendTimeTag, uint32_t>;
AbsoluteSendTime absoluteSendTime(Timestamp sentAt);
/// `later - earlier`, taken for less than 32 seconds either way.
Duration absoluteSendTimeBetween(AbsoluteSendTime earlier, AbsoluteSendTime later);
std::optional<AbsoluteSendTime> readAbsoluteSendTime(ByteSpan data);
std::array<uint8_t, 3> writeAbsoluteSendTime(AbsoluteSendTime time);

// 3GPP TS 26.114 section 7.4.5:
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |0 0 0 0 C F R R|
//   +-+-+-+-+-+-+-+-+

struct VideoOrientation {
  /// Clockwise, what a receiver turns the picture by: 0, 90, 180 or 270 degrees.
  uint16_t rotation = 0;
  bool isFlipped = false;
  bool fromBackCamera = false;
  bool operator==(const VideoOrientation&) const = default;
};
std::optional<VideoOrientation> readVideoOrientation(ByteSpan data);
std::array<uint8_t, 1> writeVideoOrientation(const VideoOrientation& orientation);

/// http://www.webrtc.org/experiments/rtp-hdrext/color-space: code points of ITU-T H.273, then four
/// bits of range and four of where chroma samples lie. What may follow of HDR is left aside.
struct ColorSpace {
  enum class Range : uint8_t { kUnknown, kLimited, kFull, kDerived };
  uint8_t primaries = 0;
  uint8_t transfer = 0;
  uint8_t matrix = 0;
  Range range = Range::kUnknown;
  bool operator==(const ColorSpace&) const = default;
};
std::optional<ColorSpace> readColorSpace(ByteSpan data);
/// Without a word on where chroma samples lie.
std::array<uint8_t, 4> writeColorSpace(const ColorSpace& space);

/// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2: counts the packets of a transport,
/// not those of a stream.
using TransportSequenceNumber = StrongInt<struct TransportSequenceNumberTag, uint16_t>;
std::optional<TransportSequenceNumber> readTransportSequenceNumber(ByteSpan data);
std::array<uint8_t, 2> writeTransportSequenceNumber(TransportSequenceNumber number);

/// RFC 9143 section 15: a token. Zeros behind it are no part of it; libwebrtc once wrote them.
/// Written as it is: `asBytes(mid)`.
std::optional<std::string> readMid(ByteSpan data);
/// RFC 8852 section 3: letters and digits (and "-" and "_", which RFC 8851 let in first). For the
/// repaired one as well. Written as it is.
std::optional<std::string> readStreamId(ByteSpan data);

/// http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time: 64 bits of NTP time on the
/// capturer's clock, and 64 bits, signed, 32 of them fraction, of what is to be added to the clock
/// of whoever sends (a mixer, a forwarder) to give the capturer's.
struct AbsoluteCaptureTime {
  NtpTime capturedAt;
  std::optional<Duration> clockOffset;
  bool operator==(const AbsoluteCaptureTime&) const = default;
};
std::optional<AbsoluteCaptureTime> readAbsoluteCaptureTime(ByteSpan data);
Bytes writeAbsoluteCaptureTime(const AbsoluteCaptureTime& time);

}  // namespace rtc::rtp
