#pragma once

#include "cpp/base/bytes.h"

namespace rtc::stun {

inline constexpr size_t kHeaderSize = 20;
inline constexpr uint32_t kMagicCookie = 0x2112a442;

/// What shares one transport, by the first byte (RFC 7983 section 7):
///
///                  +----------------+
///                  |        [0..3] -+--> forward to STUN
///                  |      [16..19] -+--> forward to ZRTP
///      packet -->  |      [20..63] -+--> forward to DTLS
///                  |      [64..79] -+--> forward to TURN Channel
///                  |    [128..191] -+--> forward to RTP/RTCP
///                  +----------------+
enum class PacketKind { kStun, kZrtp, kDtls, kTurnChannel, kRtp, kUnknown };

constexpr PacketKind classify(ByteSpan packet) {
  if (packet.empty())
    return PacketKind::kUnknown;
  const uint8_t first = packet[0];
  if (first <= 3)
    return PacketKind::kStun;
  if (first >= 16 && first <= 19)
    return PacketKind::kZrtp;
  if (first >= 20 && first <= 63)
    return PacketKind::kDtls;
  if (first >= 64 && first <= 79)
    return PacketKind::kTurnChannel;
  if (first >= 128 && first <= 191)
    return PacketKind::kRtp;
  return PacketKind::kUnknown;
}

/// True when `packet` has the form of a STUN header (RFC 8489 section 6.3): two zero bits, the
/// magic cookie, and a length that is a multiple of four and says where the packet ends. It does
/// not look at the attributes.
constexpr bool isStun(ByteSpan packet) {
  if (packet.size() < kHeaderSize || (packet[0] & 0xc0) != 0)
    return false;
  const size_t length = static_cast<size_t>(packet[2]) << 8 | packet[3];
  const uint32_t cookie = static_cast<uint32_t>(packet[4]) << 24 |
                          static_cast<uint32_t>(packet[5]) << 16 |
                          static_cast<uint32_t>(packet[6]) << 8 | packet[7];
  return cookie == kMagicCookie && length % 4 == 0 && length + kHeaderSize == packet.size();
}

}  // namespace rtc::stun
