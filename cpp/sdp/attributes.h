#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/result.h"

/// The attributes ("a=" lines) that WebRTC gives a meaning to. Each is a small struct with the
/// attribute's name, and prints its value; `parseAttribute` goes the other way. RTP's own are in
/// rtp_attributes.h.
namespace rtc::sdp {

/// RFC 8122 section 5. `algorithm` is lower case, `value` as it came ("AA:BB:…").
struct Fingerprint {
  std::string algorithm;
  std::string value;
  /// As RFC 8122 compares: the hash name and the hexadecimal digits without regard to case.
  bool operator==(const Fingerprint& other) const;
};

}  // namespace rtc::sdp
