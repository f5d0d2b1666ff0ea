#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// A packet to be sent as the payload of one DTLS record.
struct Transmit {
  Bytes packet;
};
/// The peer has answered our INIT. What is queued now goes out beside COOKIE ECHO, as far as it
/// fits into that one packet, and a round trip earlier than after `Connected`.
struct Answered {
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
};
/// The association is established. Stream ids are below these numbers.
struct Connected {
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
};
/// The peer has lost its state and set the association up anew (RFC 9260 section 5.2.4 case A). All
/// stream sequences are back at zero, and no stream is being reset any more. What is queued will be
/// sent, and what the peer did not acknowledge is sent again from its beginning: it may arrive
/// twice when only the acknowledgement was lost.
struct Restarted {
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
};
/// A message, or a piece of a long one: those are handed over while they arrive, in their order, so
/// that little of them is held. Pieces of several messages may come mixed.
struct Received {
  StreamId stream;
  Ppid ppid;
  Bytes message;
  bool ordered = true;
  std::optional<MessagePart> part = std::nullopt;
};
/// So many bytes of a message are wanted, from `offset` on: answer with `supply()`.
struct BytesWanted {
  SourceId source;
  size_t offset = 0;
  size_t bytes = 0;
};
/// Nothing of that message will be wanted any more: it was acknowledged, or given up.
struct SourceReleased {
  SourceId source;
};
/// So many payload bytes of messages with this PPID have left `bufferedAmount()`: they were sent
/// for the first time, or given up before that.
struct SentBytes {
  StreamId stream;
  Ppid ppid;
  size_t bytes = 0;
};
/// The peer reset its outgoing streams: nothing more comes on them from before the reset. An empty
/// list means all streams.
struct IncomingStreamsReset {
  std::vector<StreamId> streams;
};
/// Our reset was performed by the peer; the streams can be used again, from sequence zero.
struct OutgoingStreamsReset {
  std::vector<StreamId> streams;
};
/// The peer refused the reset or does not know RFC 6525. The streams can be sent on again.
struct StreamResetFailed {
  std::vector<StreamId> streams;
};

enum class CloseReason : uint8_t {
  /// SHUTDOWN was completed, by whoever began.
  kShutdown,
  /// `abort()` was called.
  kLocalAbort,
  /// The peer sent ABORT.
  kPeerAbort,
  /// The peer did not answer any more, or never.
  kTimeout,
  /// The peer broke the protocol and was sent an ABORT.
  kProtocolViolation,
  /// The random source failed, so that no tag or cookie could be made.
  kNoRandomness,
};

/// The end; nothing but answers to stray packets comes after it.
struct Closed {
  CloseReason reason = CloseReason::kShutdown;
  /// The first error cause of the ABORT that was sent or received (RFC 9260 section 3.3.10); it is
  /// RTCError's sctpCauseCode.
  std::optional<uint16_t> causeCode;
  std::string text;
};

using Output = std::variant<Transmit, Answered, Connected, Restarted, Received, SentBytes,
                            BytesWanted, SourceReleased, IncomingStreamsReset, OutgoingStreamsReset,
                            StreamResetFailed, Closed>;

}  // namespace rtc::sctp
