#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/base/time.h"
#include "cpp/sctp/config.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// The states of RFC 9260 section 4.
enum class State : uint8_t {
  kClosed,
  kCookieWait,
  kCookieEchoed,
  kEstablished,
  kShutdownPending,
  kShutdownSent,
  kShutdownReceived,
  kShutdownAckSent,
};

/// How one message is to be delivered. With neither limit it is reliable; with both, whichever is
/// reached first gives it up (RFC 3758, RFC 7496).
struct SendOptions {
  bool ordered = true;
  /// Retransmissions after the first transmission.
  std::optional<uint16_t> maxRetransmits;
  /// From the call of `send()`.
  std::optional<Duration> lifetime;
};

enum class SendError : uint8_t {
  /// The association is closed or shutting down.
  kClosed,
  /// SCTP has no empty messages (RFC 9260 section 3.3.1).
  kEmpty,
  /// Longer than `AssociationConfig::maxSendMessageSize`.
  kTooLarge,
  /// `AssociationConfig::sendBufferLimit` would be exceeded; nothing was taken.
  kBufferFull,
  /// The stream does not exist in this association.
  kInvalidStream,
  /// The stream is being reset; it may be used again after `OutgoingStreamsReset`.
  kStreamResetting,
};

/// A packet to be sent as the payload of one DTLS record.
struct Transmit {
  Bytes packet;
};
/// The association is established. Stream ids are below these numbers.
struct Connected {
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
};
/// The peer has lost its state and set the association up anew (RFC 9260 section 5.2.4 case A).
/// Everything queued or unacknowledged is gone and all stream sequences are back at zero.
struct Restarted {
  uint16_t outgoingStreams = 0;
  uint16_t incomingStreams = 0;
};
struct Received {
  StreamId stream;
  Ppid ppid;
  Bytes message;
  bool ordered = true;
};
/// So many payload bytes of messages with this PPID have left `bufferedAmount()`: they were sent for
/// the first time, or given up before that.
struct SentBytes {
  StreamId stream;
  Ppid ppid;
  size_t bytes = 0;
};
/// The peer reset its outgoing streams: nothing more comes on them from before the reset.
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

using Output = std::variant<Transmit, Connected, Restarted, Received, SentBytes,
                            IncomingStreamsReset, OutgoingStreamsReset, StreamResetFailed, Closed>;

/// Counters since the beginning, and the congestion state of this moment.
struct Statistics {
  uint64_t packetsSent = 0;
  uint64_t packetsReceived = 0;
  uint64_t bytesSent = 0;
  uint64_t bytesReceived = 0;
  uint64_t messagesSent = 0;
  uint64_t messagesReceived = 0;
  uint64_t chunksRetransmitted = 0;
  uint64_t retransmissionTimeouts = 0;
  uint64_t fastRetransmits = 0;
  /// Packets with a wrong checksum, tag or form; they had no effect.
  uint64_t packetsDiscarded = 0;
  size_t congestionWindow = 0;
  size_t slowStartThreshold = 0;
  size_t bytesInFlight = 0;
  size_t peerReceiveWindow = 0;
  /// What waits for missing pieces on the receiving side.
  size_t reassemblyBytes = 0;
  /// Unset before the first measurement.
  std::optional<Duration> smoothedRoundTripTime;
  Duration retransmissionTimeout;
};

/// One end of an SCTP association over DTLS (RFC 9260 as RFC 8261 and RFC 8831 profile it), with
/// partial reliability (RFC 3758) and stream reset (RFC 6525). Sans-IO: after every call drain
/// `poll()` until `std::nullopt`, then ask for `deadline()`. Packets are built while polling, so the
/// messages of several `send()` calls before one drain share packets. No function re-enters the
/// caller.
class Association {
 public:
  /// `random` must outlive the association.
  Association(const AssociationConfig& config, RandomSource& random);
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// Sends INIT. Both ends may do so at once (RFC 9260 section 5.2.1); an end that does not call it
  /// answers the other's. No effect but in the state closed before anything happened.
  void connect(Timestamp now);

  /// One packet from the peer, decrypted. Whatever it holds, it is safe.
  void handlePacket(ByteSpan packet, Timestamp now);

  /// Queues a message; before the association is established it waits. The bytes are copied once,
  /// into packets. Stream ids that turn out not to exist when the association comes up lose their
  /// messages (reported as `SentBytes`).
  Status<SendError> send(StreamId stream, Ppid ppid, Bytes message, const SendOptions& options,
                         Timestamp now);

  /// Payload bytes on this stream that have not been sent a first time.
  size_t bufferedAmount(StreamId stream) const;
  /// The same over all streams.
  size_t bufferedAmount() const;

  /// Resets outgoing streams once everything queued on them has been delivered (or given up);
  /// until then and until the peer has answered, `send()` on them fails. Ends in
  /// `OutgoingStreamsReset` or `StreamResetFailed`. Ids being reset already are ignored.
  void resetStreams(std::span<const StreamId> streams, Timestamp now);

  /// Delivers what is queued, then closes (RFC 9260 section 9.2).
  void shutdown(Timestamp now);
  /// Sends ABORT with a User-Initiated Abort cause (RFC 9260 section 9.1) and closes at once.
  void abort(std::string_view reason, Timestamp now);

  /// For a peer whose limit becomes known late; holds for later `send()` calls.
  void setMaxSendMessageSize(size_t bytes);
  size_t maxSendMessageSize() const;

  State state() const;
  Statistics statistics() const;

  std::optional<Output> poll();
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);
};

}  // namespace rtc::sctp
