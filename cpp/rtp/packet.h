#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/header_extension.h"
#include "cpp/rtp/types.h"

// RFC 3550 section 5.1, with the extension of RFC 8285:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           timestamp                           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             SSRC                              |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                      CSRC list (0 to 15)                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::rtp {

inline constexpr size_t kFixedHeaderSize = 12;
inline constexpr size_t kMaxCsrcs = 15;

/// One header extension: its id, and the bytes behind its length.
struct Extension {
  uint8_t id = 0;
  Bytes data;
  bool operator==(const Extension&) const = default;
};

struct Packet {
  bool marker = false;
  PayloadType payloadType;
  SequenceNumber sequenceNumber;
  RtpTime timestamp;
  Ssrc ssrc;
  std::vector<Ssrc> csrcs;
  /// In the order of the packet; ids that mean nothing to us are kept.
  std::vector<Extension> extensions;
  Bytes payload;
  /// Bytes of padding, the count itself included; they are not part of `payload`.
  uint8_t padding = 0;
  bool operator==(const Packet&) const = default;

  /// The data of the extension with that id; an empty span is one without data.
  std::optional<ByteSpan> extension(uint8_t id) const;
  /// Puts it in place of the one with that id, or behind the others; id 0 does nothing.
  void setExtension(uint8_t id, ByteSpan data);
};

/// Nullopt for what is no RTP packet of version 2: cut off, CSRCs, extension or padding longer than
/// the packet. Elements of an extension behind a broken one are left out (RFC 8285 section 4.1).
std::optional<Packet> readPacket(ByteSpan datagram);

/// One-byte elements where all of them fit (ids 1 to 14, 1 to 16 bytes), else two-byte ones (RFC
/// 8285 section 4.3); `reserve` bytes of capacity are kept behind it for what SRTP appends. At most
/// `kMaxCsrcs` CSRCs are written.
Bytes writePacket(const Packet& packet, size_t reserve = 0);
/// How long `writePacket` makes it.
size_t packetSize(const Packet& packet);

/// RFC 5761 section 4: with RTCP on the same port, packet types 192 to 223 are RTCP. Only for
/// datagrams whose first byte is 128 to 191 (RFC 7983).
bool isRtcp(ByteSpan datagram);

}  // namespace rtc::rtp
