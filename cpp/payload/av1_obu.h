#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/payload/dimensions.h"

// AV1 bitstream specification section 5.3.2:
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |0|  type |X|S|-|   X: extension byte; S: size in LEB128
//   +-+-+-+-+-+-+-+-+

namespace rtc::payload {

enum class ObuType : uint8_t {
  kSequenceHeader = 1,
  kTemporalDelimiter = 2,
  kTileList = 8,
  kPadding = 15,
};

inline constexpr uint8_t kObuHasExtension = 0x04;
inline constexpr uint8_t kObuHasSize = 0x02;

constexpr ObuType obuType(uint8_t header) {
  return static_cast<ObuType>((header >> 3) & 0x0f);
}
/// Section 5 of the payload format: these are left out.
constexpr bool travels(ObuType type) {
  return type != ObuType::kTemporalDelimiter && type != ObuType::kTileList &&
         type != ObuType::kPadding;
}

/// An OBU without its size.
struct Obu {
  /// The header, the bit of the size cleared, and the extension if it has one.
  Bytes header;
  ByteSpan payload;

  ObuType type() const { return obuType(header.front()); }
  size_t size() const { return header.size() + payload.size(); }
};

/// Of at most 8 bytes whose value fits into 32 bits (AV1 section 4.10.5).
std::optional<uint32_t> readLeb128(ByteReader& reader);
void writeLeb128(ByteWriter& writer, uint32_t value);
constexpr size_t leb128Size(size_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7)
    ++size;
  return size;
}

/// The OBU that fills these bytes, whether it has a size of its own or not; nullopt when that one
/// contradicts them.
std::optional<Obu> readObu(ByteSpan element);
/// The OBUs of a temporal unit in the low-overhead form; nullopt when one is cut off.
std::optional<std::vector<Obu>> splitObus(ByteSpan unit);

/// The largest size of frames by a sequence header OBU's payload (section 5.5.1).
std::optional<Dimensions> sequenceDimensions(ByteSpan payload);

}  // namespace rtc::payload
