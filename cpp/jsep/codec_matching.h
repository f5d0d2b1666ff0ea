#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/codecs.h"

/// When two payload formats are the same one.
namespace rtc::jsep {

/// Whether offer/answer takes the two for the same format: kind, name (in any case), clock rate,
/// channels, and of the parameters those that must be symmetric: H264's profile and
/// packetization-mode (RFC 6184 section 8.2.2), the profiles of VP9 (RFC 9628 section 7) and
/// AV1 (its payload format, section 7.2). A parameter that is missing has its default. Payload
/// types count for nothing, and neither do those that the parameters of rtx and red name: see
/// findSame().
bool isSameFormat(const CodecFormat& a, const CodecFormat& b);

/// A text that is equal for codecs that isSameFormat() takes for the same; empty for one that is
/// the same as none.
std::string formatKey(const RtpCodec& codec);

/// The first of `others` that is the same format as `codec`, which is one of `own`: rtx when it
/// repeats the same format in its list, red when the formats inside are the same or one of the two
/// does not tell. Null when there is none.
const RtpCodec* findSame(const RtpCodec& codec, const std::vector<RtpCodec>& own,
                         const std::vector<RtpCodec>& others);

/// The codec with that payload type, or null.
const RtpCodec* findPayloadType(const std::vector<RtpCodec>& codecs, uint8_t payloadType);

/// The payload type that rtx repeats (RFC 4588 section 8.6); absent when its parameters do not
/// tell.
std::optional<uint8_t> repeatedPayloadType(const RtpCodec& rtx);

/// webrtc-pc "codec dictionary match". `ignoreAsymmetrical` leaves out the parameters in which the
/// two directions may differ: levels and tiers.
bool matchesDictionary(const RtpCodec& first, const RtpCodec& second,
                       bool ignoreAsymmetrical = false);

/// H264's profile-level-id (RFC 6184 section 8.1).
struct H264ProfileLevel {
  enum class Profile : uint8_t {
    kConstrainedBaseline,
    kBaseline,
    kMain,
    kConstrainedHigh,
    kHigh,
    kHigh444Predictive,
  };
  Profile profile = Profile::kBaseline;
  /// Twice the level_idc, in order: 20 is level 1, 21 is 1b, 22 is 1.1, …
  uint16_t level = 20;
};
/// `parameters` of a=fmtp. Without profile-level-id it is Baseline at level 1 (RFC 6184
/// section 8.1: 42000A); `std::nullopt` for one that is malformed or unknown.
std::optional<H264ProfileLevel> h264ProfileLevel(std::string_view parameters);

/// The same `parameters` with another level (as H264ProfileLevel has it); their profile-level-id
/// must be there, and be of one of the profiles up to Main.
std::string withH264Level(std::string_view parameters, uint16_t level);

}  // namespace rtc::jsep
