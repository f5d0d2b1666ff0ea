#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/payload/dimensions.h"

namespace rtc::payload {

// ITU-T H.264 table 7-1, and the payload structures of RFC 6184 table 1.
enum class NalType : uint8_t {
  kSlice = 1,
  kIdrSlice = 5,
  kSequenceParameterSet = 7,
  kAccessUnitDelimiter = 9,
  kStapA = 24,
  kFuA = 28,
};

inline constexpr uint8_t kNalTypeMask = 0x1f;

constexpr NalType nalType(uint8_t header) {
  return static_cast<NalType>(header & kNalTypeMask);
}

/// The NAL units of a byte stream (H.264 annex B), start codes and zeros around them left out;
/// empty ones are skipped. None when it does not begin with a start code.
std::vector<ByteSpan> splitAnnexB(ByteSpan stream);

/// The size of the pictures by a sequence parameter set (H.264 section 7.3.2.1.1), its NAL header
/// included; what is cropped is no part of them. Nullopt when it is broken.
std::optional<Dimensions> spsDimensions(ByteSpan nal);

}  // namespace rtc::payload
