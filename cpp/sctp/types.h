#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "cpp/base/strong.h"

namespace rtc::sctp {

/// A stream of the association, one direction at a time (RFC 9260 section 1.3).
using StreamId = StrongInt<struct StreamIdTag, uint16_t>;
/// Payload protocol identifier: opaque to SCTP, delivered as it was sent.
using Ppid = StrongInt<struct PpidTag, uint32_t>;
/// Transmission sequence number as it stands on the wire.
using Tsn = StrongInt<struct TsnTag, uint32_t>;
/// Stream sequence number as it stands on the wire.
using Ssn = StrongInt<struct SsnTag, uint16_t>;
/// Message identifier of I-DATA as it stands on the wire.
using Mid = StrongInt<struct MidTag, uint32_t>;
/// Fragment sequence number of I-DATA: a fragment's place in its message.
using Fsn = StrongInt<struct FsnTag, uint32_t>;
/// A message whose payload is asked for while it is sent. Never used twice in one association.
using SourceId = StrongInt<struct SourceIdTag, uint32_t>;
/// A message that is handed over while it arrives. Used again only by another connection.
using PartId = StrongInt<struct PartIdTag, uint32_t>;
using VerificationTag = StrongInt<struct VerificationTagTag, uint32_t>;

/// What a piece of a message is of it, when the message is handed over in pieces.
struct MessagePart {
  enum class Kind : uint8_t {
    /// More follows.
    kMore,
    kLast,
    /// The peer has given the message up: nothing of it counts. The piece is empty.
    kGivenUp,
  };
  PartId id;
  /// Bytes of the message before this piece.
  size_t offset = 0;
  Kind kind = Kind::kMore;
  bool operator==(const MessagePart&) const = default;
};

}  // namespace rtc::sctp
