#pragma once

#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/payload/dimensions.h"

namespace rtc::payload {

/// Of a VP9 key frame by its uncompressed header (VP9 bitstream specification section 6.2); nullopt
/// for all others.
std::optional<Dimensions> vp9KeyFrameDimensions(ByteSpan frame);

}  // namespace rtc::payload
