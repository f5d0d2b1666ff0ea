#include "cpp/payload/av1_obu.h"

#include <algorithm>

#include "cpp/payload/bit_reader.h"

namespace rtc::payload {
namespace {

constexpr uint8_t kForbiddenBit = 0x80;
constexpr size_t kMaxLeb128Size = 8;

/// The header and the extension; nullopt when they are cut off or no OBU's.
std::optional<Bytes> readHeader(ByteReader& reader) {
  const auto first = reader.u8();
  if (!first || (*first & kForbiddenBit))
    return std::nullopt;
  Bytes header{*first};
  if (*first & kObuHasExtension) {
    const auto extension = reader.u8();
    if (!extension)
      return std::nullopt;
    header.push_back(*extension);
  }
  return header;
}

/// An OBU at the reader; without a size of its own it takes the rest.
std::optional<Obu> readNext(ByteReader& reader) {
  auto header = readHeader(reader);
  if (!header)
    return std::nullopt;
  Obu obu;
  obu.header = std::move(*header);
  if (obu.header.front() & kObuHasSize) {
    const auto size = readLeb128(reader);
    const auto payload = size ? reader.bytes(*size) : std::nullopt;
    if (!payload)
      return std::nullopt;
    obu.payload = *payload;
    obu.header.front() &= static_cast<uint8_t>(~kObuHasSize);
  } else {
    obu.payload = reader.rest();
  }
  return obu;
}

struct DecoderModel {
  bool isPresent = false;
  uint32_t bufferDelayBits = 0;
};

/// timing_info() and decoder_model_info() (sections 5.5.3 and 5.5.4).
DecoderModel readTiming(BitReader& reader) {
  DecoderModel model;
  reader.skip(64);  // num_units_in_display_tick, time_scale
  if (reader.flag())
    (void)reader.golomb();  // num_ticks_per_picture_minus_1
  model.isPresent = reader.flag();
  if (model.isPresent) {
    model.bufferDelayBits = reader.bits(5) + 1;
    reader.skip(32 + 5 + 5);
  }
  return model;
}

void skipOperatingPoints(BitReader& reader) {
  DecoderModel model;
  if (reader.flag())
    model = readTiming(reader);
  const bool hasDisplayDelays = reader.flag();
  const uint32_t points = reader.bits(5) + 1;
  for (uint32_t i = 0; i < points && reader.ok(); ++i) {
    reader.skip(12);  // operating_point_idc
    if (reader.bits(5) > 7)
      reader.skip(1);  // seq_tier
    if (model.isPresent && reader.flag())
      reader.skip(2 * model.bufferDelayBits + 1);
    if (hasDisplayDelays && reader.flag())
      reader.skip(4);
  }
}

}  // namespace

std::optional<uint32_t> readLeb128(ByteReader& reader) {
  uint64_t value = 0;
  for (size_t i = 0; i < kMaxLeb128Size; ++i) {
    const auto byte = reader.u8();
    if (!byte)
      return std::nullopt;
    value |= uint64_t{*byte & 0x7fu} << (7 * i);
    if (!(*byte & 0x80)) {
      if (value > 0xffffffff)
        return std::nullopt;
      return static_cast<uint32_t>(value);
    }
  }
  return std::nullopt;
}

void writeLeb128(ByteWriter& writer, uint32_t value) {
  for (; value >= 0x80; value >>= 7)
    writer.u8(static_cast<uint8_t>(value | 0x80));
  writer.u8(static_cast<uint8_t>(value));
}

std::optional<Obu> readObu(ByteSpan element) {
  ByteReader reader(element);
  auto obu = readNext(reader);
  if (!obu || !reader.atEnd())
    return std::nullopt;
  return obu;
}

std::optional<std::vector<Obu>> splitObus(ByteSpan unit) {
  ByteReader reader(unit);
  std::vector<Obu> obus;
  while (!reader.atEnd()) {
    auto obu = readNext(reader);
    if (!obu)
      return std::nullopt;
    obus.push_back(std::move(*obu));
  }
  return obus;
}

std::optional<Dimensions> sequenceDimensions(ByteSpan payload) {
  BitReader reader(payload);
  reader.skip(3 + 1);  // seq_profile, still_picture
  if (reader.flag()) {
    reader.skip(5);  // reduced_still_picture_header; seq_level_idx
  } else {
    skipOperatingPoints(reader);
  }
  const uint32_t widthBits = reader.bits(4) + 1;
  const uint32_t heightBits = reader.bits(4) + 1;
  const uint32_t width = reader.bits(widthBits) + 1;
  const uint32_t height = reader.bits(heightBits) + 1;
  if (!reader.ok())
    return std::nullopt;
  constexpr uint32_t kMax = 0xffff;
  return Dimensions{static_cast<uint16_t>(std::min(width, kMax)),
                    static_cast<uint16_t>(std::min(height, kMax))};
}

}  // namespace rtc::payload
