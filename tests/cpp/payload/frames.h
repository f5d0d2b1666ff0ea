#pragma once

#include <cstdint>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/payload/format.h"

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

}  // namespace rtc::payload
