#pragma once

#include <cstdint>

#include "cpp/base/bytes.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

struct IncomingMessage {
  StreamId stream;
  Ppid ppid;
  Bytes payload;
  bool ordered = true;
};

/// Why a fragment cannot be taken: either way the peer has broken the protocol.
enum class ReassemblyError : uint8_t {
  /// The message exceeds the maximum that was announced.
  kTooLarge,
  /// It contradicts other fragments of its message.
  kInconsistent,
};

}  // namespace rtc::sctp
