#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// A message between `send()` and its last acknowledgement. Its fragments share it, so the payload
/// is copied only into packets.
struct OutgoingMessage {
  StreamId stream;
  Ppid ppid;
  Bytes payload;
  bool ordered = true;
  /// Given with the first fragment, so that a message dropped before leaves no hole.
  Ssn ssn;
  std::optional<uint16_t> maxRetransmits;
  Timestamp expiresAt = Timestamp::never();
  /// Payload bytes that fragments were cut from.
  size_t cut = 0;
  /// Payload bytes that have left the buffered amount; a message that is sent again from its
  /// beginning does not enter it again.
  size_t counted = 0;
  /// No fragment is to be sent any more (RFC 3758 section 3.5).
  bool abandoned = false;

  bool wholeCut() const { return cut == payload.size(); }
  bool isReliable() const { return !maxRetransmits && expiresAt.isNever(); }
};

using MessageRef = std::shared_ptr<OutgoingMessage>;

/// A piece of a message for one DATA chunk.
struct Fragment {
  MessageRef message;
  uint32_t offset = 0;
  uint32_t length = 0;
  bool begin = false;
  bool end = false;
  /// No data: takes the TSN at which a partly sent, abandoned message ends, so that a FORWARD TSN
  /// can lead past it even when all that was sent is acknowledged.
  bool placeholder = false;
};

}  // namespace rtc::sctp
