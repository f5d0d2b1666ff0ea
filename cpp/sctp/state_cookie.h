#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// What INIT ACK sends out and COOKIE ECHO brings back (RFC 9260 section 5.1.3): all that is needed
/// to set up an association without having kept anything.
struct StateCookie {
  VerificationTag localTag;
  Tsn localInitialTsn;
  VerificationTag peerTag;
  Tsn peerInitialTsn;
  uint32_t peerReceiveWindow = 0;
  uint16_t peerOutgoingStreams = 0;
  uint16_t peerIncomingStreams = 0;
  Extensions peerExtensions;
  /// The tags of the association that existed when the cookie was made, else zero (section 5.2.2).
  VerificationTag localTieTag;
  VerificationTag peerTieTag;
  Timestamp createdAt;
};

/// Seals cookies. Under DTLS nobody but the authenticated peer can send us one, so the MAC
/// (SipHash- 2-4 under a random 128-bit key, 64 bits of tag) only has to tell our own recent
/// cookies from a peer's inventions, not to stand up against the whole Internet.
class CookieJar {
 public:
  /// False when the source gave no key; then every cookie is refused.
  bool makeKey(RandomSource& random);
  Bytes seal(const StateCookie& cookie) const;
  /// Nullopt when it is none of ours.
  std::optional<StateCookie> open(ByteSpan sealed) const;

 private:
  std::array<uint64_t, 2> key_{};
  bool hasKey_ = false;
};

/// SipHash-2-4 (Aumasson and Bernstein, 2012).
uint64_t sipHash24(const std::array<uint64_t, 2>& key, ByteSpan data);

}  // namespace rtc::sctp
