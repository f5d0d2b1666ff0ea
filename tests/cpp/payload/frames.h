#pragma once

#include <cstdint>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/payload/av1_obu.h"
#include "cpp/payload/format.h"
#include "tests/cpp/payload/bit_writer.h"

namespace rtc::payload {

inline Bytes randomBytes(RandomSource& random, size_t size) {
  Bytes bytes(size);
  (void)random.fill(bytes);
  return bytes;
}

/// What a depacketizer makes of payloads that it has inspected each; no bytes when it refuses one.
inline Bytes reassemble(const Depacketizer& depacketizer, const std::vector<Bytes>& payloads) {
  std::vector<ByteSpan> spans;
  for (const Bytes& payload : payloads) {
    if (!depacketizer.inspect(payload))
      return {};
    spans.emplace_back(payload);
  }
  return depacketizer.assemble(spans).value_or(Bytes());
}

/// Header, start code and dimensions of a VP8 key frame (RFC 6386 section 9.1), and `size` bytes in
/// all.
inline Bytes vp8KeyFrame(RandomSource& random, uint16_t width, uint16_t height, size_t size) {
  ByteWriter writer;
  for (const int byte : {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a})
    writer.u8(static_cast<uint8_t>(byte));
  for (const uint16_t side : {width, height}) {
    writer.u8(static_cast<uint8_t>(side));
    writer.u8(static_cast<uint8_t>(side >> 8));
  }
  if (size > writer.size())
    writer.bytes(randomBytes(random, size - writer.size()));
  return writer.take();
}
inline Bytes vp8DeltaFrame(RandomSource& random, size_t size) {
  Bytes frame = randomBytes(random, size);
  frame[0] |= 1;
  return frame;
}

/// A VP9 key frame of profile 0 by its uncompressed header, and `size` bytes in all.
inline Bytes vp9KeyFrame(RandomSource& random, uint16_t width, uint16_t height, size_t size) {
  ByteWriter writer;
  writer.u8(0x82);  // marker, profile 0, key frame, shown
  writer.u24(0x498342);
  // Colour space 1 (3 bits), range (1), then width - 1 and height - 1, 16 bits each.
  const uint64_t bits =
      (uint64_t{1} << 37) | (uint64_t{width} - 1) << 20 | (uint64_t{height} - 1) << 4;
  for (int shift = 32; shift >= 0; shift -= 8)
    writer.u8(static_cast<uint8_t>(bits >> shift));
  if (size > writer.size())
    writer.bytes(randomBytes(random, size - writer.size()));
  return writer.take();
}

/// Without zeros, so that no start code comes about.
inline Bytes nalUnit(RandomSource& random, uint8_t header, size_t size) {
  Bytes nal = randomBytes(random, size);
  for (uint8_t& byte : nal)
    byte |= 1;
  nal[0] = header;
  return nal;
}
/// Behind start codes of four bytes.
inline Bytes annexB(const std::vector<Bytes>& nals) {
  ByteWriter writer;
  for (const Bytes& nal : nals) {
    writer.u32(1);
    writer.bytes(nal);
  }
  return writer.take();
}

/// A sequence parameter set of the baseline profile, cropped at the bottom.
inline Bytes h264Sps(uint32_t widthInMacroblocks, uint32_t heightInMacroblocks,
                     uint32_t cropBottom) {
  BitWriter writer;
  writer.bits(0x67, 8);
  writer.bits(66, 8);
  writer.bits(0xc01f, 16);
  for (const uint32_t value : {0u, 0u, 2u, 1u})  // id, frame_num, order count type, references
    writer.golomb(value);
  writer.flag(false);
  writer.golomb(widthInMacroblocks - 1);
  writer.golomb(heightInMacroblocks - 1);
  writer.flag(true);
  writer.flag(true);
  writer.flag(cropBottom != 0);
  if (cropBottom != 0) {
    for (const uint32_t value : {0u, 0u, 0u, cropBottom})
      writer.golomb(value);
  }
  writer.flag(false);
  writer.flag(true);
  return writer.bytes();
}

inline Bytes av1SequenceHeader(uint32_t width, uint32_t height) {
  BitWriter writer;
  writer.bits(0, 3 + 1 + 1 + 1 + 1);  // profile, stills, no timing, no display delays
  writer.bits(0, 5);                  // one operating point
  writer.bits(0, 12);
  writer.bits(5, 5);
  writer.bits(15, 4);
  writer.bits(15, 4);
  writer.bits(width - 1, 16);
  writer.bits(height - 1, 16);
  writer.bits(0x40, 8);
  return writer.bytes();
}

/// An OBU of that type with its size.
inline Bytes obu(uint8_t type, ByteSpan payload, bool hasSize = true) {
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(type << 3 | (hasSize ? kObuHasSize : 0)));
  if (hasSize)
    writeLeb128(writer, static_cast<uint32_t>(payload.size()));
  writer.bytes(payload);
  return writer.take();
}
inline constexpr uint8_t kObuSequenceHeader = 1;
inline constexpr uint8_t kObuTemporalDelimiter = 2;
inline constexpr uint8_t kObuMetadata = 5;
inline constexpr uint8_t kObuFrame = 6;

inline Bytes concatenated(const std::vector<Bytes>& parts) {
  ByteWriter writer;
  for (const Bytes& part : parts)
    writer.bytes(part);
  return writer.take();
}

}  // namespace rtc::payload
