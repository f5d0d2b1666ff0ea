#include "cpp/media/ulpfec.h"

#include <algorithm>

#include "cpp/rtp/packet.h"

namespace rtc::media {
namespace {

constexpr uint8_t kExtensionBit = 0x80;
constexpr uint8_t kLongMaskBit = 0x40;
/// P, X and CC.
constexpr uint8_t kRecoveredBits = 0x3f;
constexpr uint8_t kVersionBits = 0x80;

constexpr size_t kSequenceNumberOffset = 2;
constexpr size_t kTimestampOffset = 4;

rtp::SequenceNumber numberOf(ByteSpan packet) {
  return rtp::SequenceNumber(*ByteReader(packet.subspan(kSequenceNumberOffset)).u16());
}

}  // namespace

std::optional<Ulpfec> readUlpfec(ByteSpan payload) {
  ByteReader reader(payload);
  if (reader.remaining() < 10)
    return std::nullopt;
  Ulpfec fec;
  const uint8_t first = *reader.u8();
  // "The extension flag MUST be set to zero": what it would mean is not defined.
  if ((first & kExtensionBit) != 0)
    return std::nullopt;
  fec.firstRecovery = first & kRecoveredBits;
  fec.secondRecovery = *reader.u8();
  const uint16_t base = *reader.u16();
  fec.timestampRecovery = *reader.u32();
  fec.lengthRecovery = *reader.u16();
  const auto length = reader.u16();
  const auto shortMask = reader.u16();
  if (!shortMask)
    return std::nullopt;
  uint64_t mask = static_cast<uint64_t>(*shortMask) << 32;
  if ((first & kLongMaskBit) != 0) {
    const auto more = reader.u32();
    if (!more)
      return std::nullopt;
    mask |= *more;
  }
  const auto data = reader.bytes(*length);
  if (!data || mask == 0)
    return std::nullopt;
  fec.data = *data;
  for (uint16_t i = 0; i < 48; ++i) {
    if ((mask >> (47 - i) & 1) != 0)
      fec.protectedPackets.emplace_back(static_cast<uint16_t>(base + i));
  }
  return fec;
}

std::optional<Bytes> recoverWithUlpfec(const Ulpfec& fec, std::span<const ByteSpan> packets,
                                       rtp::Ssrc media) {
  std::optional<rtp::SequenceNumber> missing;
  uint8_t first = fec.firstRecovery;
  uint8_t second = fec.secondRecovery;
  uint32_t timestamp = fec.timestampRecovery;
  uint16_t length = fec.lengthRecovery;
  Bytes data = toBytes(fec.data);
  for (const rtp::SequenceNumber number : fec.protectedPackets) {
    const auto found = std::ranges::find_if(packets, [&](ByteSpan packet) {
      return packet.size() >= rtp::kFixedHeaderSize && numberOf(packet) == number;
    });
    if (found == packets.end()) {
      if (missing)
        return std::nullopt;
      missing = number;
      continue;
    }
    const ByteSpan rest = found->subspan(rtp::kFixedHeaderSize);
    first ^= (*found)[0] & kRecoveredBits;
    second ^= (*found)[1];
    timestamp ^= *ByteReader(found->subspan(kTimestampOffset)).u32();
    length ^= static_cast<uint16_t>(rest.size());
    for (size_t i = 0; i < std::min(rest.size(), data.size()); ++i)
      data[i] ^= rest[i];
  }
  if (!missing || length > data.size())
    return std::nullopt;
  ByteWriter packet(rtp::kFixedHeaderSize + length);
  packet.u8(kVersionBits | first);
  packet.u8(second);
  packet.u16(missing->value());
  packet.u32(timestamp);
  packet.u32(media.value());
  packet.bytes(ByteSpan(data).first(length));
  return packet.take();
}

}  // namespace rtc::media
