#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"

namespace rtc::payload {

struct Dimensions {
  uint16_t width = 0;
  uint16_t height = 0;
  bool operator==(const Dimensions&) const = default;
};

/// Of a VP9 key frame by its uncompressed header (VP9 bitstream specification section 6.2); nullopt
/// for all others.
std::optional<Dimensions> vp9KeyFrameDimensions(ByteSpan frame);

}  // namespace rtc::payload
