#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/dtls/endpoint.h"
#include "cpp/dtls/record.h"

namespace rtc::dtls {

/// Keeps what cannot belong to the handshake away from the TLS library.
///
/// RFC 6347 section 4.1.2.7 has invalid records discarded silently, because anybody can send a UDP
/// datagram. A library that parses plaintext handshake records has to call some of them fatal; the
/// gate lets only those through that are well-formed, of a type the peer may send, and possible at
/// this point. It also renumbers them: before the keys exist a record's sequence number proves
/// nothing, and one forged record with a high number would push the genuine ones out of the
/// library's replay window.
class RecordGate {
 public:
  RecordGate(Role role, bool cookieExchange) : role_(role), cookieExchange_(cookieExchange) {}

  /// What to do with one epoch 0 handshake record.
  struct Admitted {
    /// Records for the library, one handshake fragment in each (it skips what follows a fragment
    /// in the same record).
    std::vector<Bytes> records;
    /// The fragments are of another ClientHello than those before: the library should forget them.
    bool startOver = false;
  };
  /// `awaitingHello`: a server that has not accepted a ClientHello yet.
  Admitted admit(const Record& record, bool awaitingHello);

  /// The library forgot the ClientHello that it was assembling.
  void forgetHello() { hello_.reset(); }

 private:
  bool seenBefore(uint64_t sequence);
  bool permits(const HandshakeFragment& fragment, bool awaitingHello) const;
  Bytes renumbered(ContentType type, uint16_t version, ByteSpan payload);

  using HelloShape = std::tuple<uint32_t, uint16_t>;  // length, message sequence

  Role role_;
  bool cookieExchange_;
  uint64_t nextSequence_ = 0;
  std::optional<HelloShape> hello_;
  // The exact numbers seen last, rather than a window: a forged number can do no more than stand
  // for one genuine record, which then comes again under a new number.
  std::array<uint64_t, 64> recent_{};
  size_t recentCount_ = 0;
};

}  // namespace rtc::dtls
