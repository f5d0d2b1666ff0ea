#pragma once

#include <compare>
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
using VerificationTag = StrongInt<struct VerificationTagTag, uint32_t>;

}  // namespace rtc::sctp
