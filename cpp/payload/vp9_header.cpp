#include "cpp/payload/vp9_header.h"

#include <algorithm>

#include "cpp/payload/bit_reader.h"

namespace rtc::payload {
namespace {
constexpr uint32_t kFrameMarker = 2;
constexpr uint32_t kSyncCode = 0x498342;
constexpr uint32_t kColorSpaceRgb = 7;
}  // namespace

std::optional<Dimensions> vp9KeyFrameDimensions(ByteSpan frame) {
  BitReader reader(frame);
  if (reader.bits(2) != kFrameMarker)
    return std::nullopt;
  const uint32_t profileLow = reader.bits(1);
  const uint32_t profile = profileLow | reader.bits(1) << 1;
  if (profile == 3)
    reader.skip(1);
  const bool showsExisting = reader.flag();
  const bool isInter = reader.flag();
  reader.skip(2);  // show_frame, error_resilient_mode
  if (showsExisting || isInter || reader.bits(24) != kSyncCode)
    return std::nullopt;
  if (profile >= 2)
    reader.skip(1);  // ten_or_twelve_bit
  const bool hasSubsampling = profile == 1 || profile == 3;
  if (reader.bits(3) == kColorSpaceRgb) {
    reader.skip(hasSubsampling ? 1 : 0);
  } else {
    reader.skip(hasSubsampling ? 4 : 1);  // color_range, subsampling_x, subsampling_y, reserved
  }
  const uint32_t width = reader.bits(16) + 1;
  const uint32_t height = reader.bits(16) + 1;
  if (!reader.ok())
    return std::nullopt;
  constexpr uint32_t kMax = 0xffff;
  return Dimensions{static_cast<uint16_t>(std::min(width, kMax)),
                    static_cast<uint16_t>(std::min(height, kMax))};
}

}  // namespace rtc::payload
