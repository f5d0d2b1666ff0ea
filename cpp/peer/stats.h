#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rtc::peer {

using StatsValue = std::variant<bool, double, std::string>;

/// One RTCStats dictionary (webrtc-stats section 8): `members` holds what goes beyond id, type and
/// timestamp, under the dictionary's own names and in its units (bytes, packets, seconds).
struct StatsRecord {
  std::string id;
  std::string type;
  std::vector<std::pair<std::string, StatsValue>> members;
};

}  // namespace rtc::peer
