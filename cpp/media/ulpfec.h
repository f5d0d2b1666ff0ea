#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/types.h"

// Forward error correction, RFC 5109 sections 7.3 and 7.4. In a packet of FEC, which travels in a
// block of RED, comes
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |E|L|P|X|  CC   |M| PT recovery |            SN base            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                          TS recovery                          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        length recovery        |       protection length       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             mask              |  32 more bits of it if L is 1 |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// and the exclusive or of what stands behind the headers of the packets that the mask names.

namespace rtc::media {

/// Level 0 of a FEC packet; other levels are not looked at, and nobody sends them. The data point
/// into what was read.
struct Ulpfec {
  /// The first eight bits and the next eight of the packets' headers, exclusive or, without
  /// version.
  uint8_t firstRecovery = 0;
  uint8_t secondRecovery = 0;
  uint32_t timestampRecovery = 0;
  /// Of everything behind the fixed header.
  uint16_t lengthRecovery = 0;
  /// At most 48, in order.
  std::vector<rtp::SequenceNumber> protectedPackets;
  /// How much of each packet behind its fixed header is protected.
  ByteSpan data;
};

/// Nullopt for what is cut off or protects nothing.
std::optional<Ulpfec> readUlpfec(ByteSpan payload);

/// The one packet of those protected that is not among `packets` (datagrams as they came, without
/// SRTP, in any order, others among them). Nullopt when none or more than one is missing, or when
/// what comes out is longer than what was protected.
std::optional<Bytes> recoverWithUlpfec(const Ulpfec& fec, std::span<const ByteSpan> packets,
                                       rtp::Ssrc media);

}  // namespace rtc::media
