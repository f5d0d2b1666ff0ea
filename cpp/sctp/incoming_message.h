#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// A message, or a piece of one that is too long to be kept until it is whole.
struct IncomingMessage {
  StreamId stream;
  Ppid ppid;
  Bytes payload;
  bool ordered = true;
  std::optional<MessagePart> part = std::nullopt;
};

/// Why a fragment cannot be taken: either way the peer has broken the protocol.
enum class ReassemblyError : uint8_t {
  /// The message exceeds the maximum that was announced.
  kTooLarge,
  /// It contradicts other fragments of its message.
  kInconsistent,
};

}  // namespace rtc::sctp
