#pragma once

#include <cstdint>

namespace rtc::payload {

/// Of pictures, in pixels.
struct Dimensions {
  uint16_t width = 0;
  uint16_t height = 0;
  bool operator==(const Dimensions&) const = default;
};

}  // namespace rtc::payload
