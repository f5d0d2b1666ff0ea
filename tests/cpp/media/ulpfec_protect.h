#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpp/base/bytes.h"

namespace rtc::media {

/// The FEC packet over these (RFC 5109 sections 7.3 and 7.4), whose sequence numbers lie `offsets`
/// from `base` on; `isLong` has a mask of 48 bits. The longest may be without protection in their
/// last `unprotected` bytes.
inline Bytes protectWithUlpfec(const std::vector<Bytes>& packets, uint16_t base,
                               const std::vector<int>& offsets, bool isLong,
                               size_t unprotected = 0) {
  uint8_t first = 0;
  uint8_t second = 0;
  uint32_t timestamp = 0;
  uint16_t length = 0;
  Bytes data;
  uint64_t mask = 0;
  for (size_t i = 0; i < packets.size(); ++i) {
    const ByteSpan packet(packets[i]);
    const ByteSpan rest = packet.subspan(12);
    first ^= packet[0] & 0x3f;
    second ^= packet[1];
    timestamp ^= *ByteReader(packet.subspan(4)).u32();
    length ^= static_cast<uint16_t>(rest.size());
    data.resize(std::max(data.size(), rest.size()));
    for (size_t j = 0; j < rest.size(); ++j)
      data[j] ^= rest[j];
    mask |= uint64_t{1} << (47 - offsets[i]);
  }
  data.resize(data.size() - std::min(unprotected, data.size()));
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(first | (isLong ? 0x40 : 0)));
  writer.u8(second);
  writer.u16(base);
  writer.u32(timestamp);
  writer.u16(length);
  writer.u16(static_cast<uint16_t>(data.size()));
  writer.u16(static_cast<uint16_t>(mask >> 32));
  if (isLong)
    writer.u32(static_cast<uint32_t>(mask));
  writer.bytes(data);
  return writer.take();
}

}  // namespace rtc::media
