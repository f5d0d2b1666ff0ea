#pragma once

#include <algorithm>
#include <cstdint>

#include "cpp/ice/candidate.h"

namespace rtc::ice {

/// The type preferences that RFC 8445 section 5.1.2.2 recommends, and for TCP lower ones of their
/// own (RFC 6544 section 4.2), as libwebrtc has them: a path without head-of-line blocking is
/// better.
constexpr uint32_t typePreference(CandidateType type,
                                  TransportProtocol transport = TransportProtocol::kUdp) {
  if (transport == TransportProtocol::kTcp)
    return type == CandidateType::kHost ? 90 : 80;
  switch (type) {
    case CandidateType::kHost:
      return 126;
    case CandidateType::kPeerReflexive:
      return 110;
    case CandidateType::kServerReflexive:
      return 100;
    case CandidateType::kRelay:
      break;
  }
  return 0;
}

/// RFC 8445 section 5.1.2.1: (2^24)*type + (2^8)*local + (256 - component).
/// The component is 1: there is no other.
constexpr uint32_t candidatePriority(CandidateType type, uint16_t localPreference,
                                     TransportProtocol transport = TransportProtocol::kUdp) {
  return (typePreference(type, transport) << 24) + (uint32_t{localPreference} << 8) + 255u;
}

/// RFC 6544 section 4.2: 2^13 * direction-pref + other-pref, where an active host candidate has the
/// direction preference 6.
constexpr uint16_t tcpLocalPreference(uint16_t localPreference) {
  return static_cast<uint16_t>((6u << 13) + (localPreference >> 3));
}

/// RFC 8445 section 6.1.2.3: 2^32*MIN(G,D) + 2*MAX(G,D) + (G>D?1:0), where G belongs to the
/// controlling agent's candidate. Candidate priorities stay below 2^31, so this cannot overflow.
constexpr uint64_t pairPriority(uint32_t controlling, uint32_t controlled) {
  return (uint64_t{std::min(controlling, controlled)} << 32) +
         2 * uint64_t{std::max(controlling, controlled)} + (controlling > controlled ? 1 : 0);
}

/// The local preference of the `index`-th address of its family. Families take turns, IPv6 first
/// (RFC 8421 section 4), so that a broken path of one family delays the other by one check at most.
constexpr uint16_t localPreference(AddressFamily family, size_t index) {
  const auto step = static_cast<uint16_t>(2 * std::min<size_t>(index, 10000));
  return static_cast<uint16_t>((family == AddressFamily::kIpv6 ? 65535 : 65534) - step);
}

}  // namespace rtc::ice
