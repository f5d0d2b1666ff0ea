#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/base/time.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/config.h"
#include "cpp/sctp/connection.h"
#include "cpp/sctp/error_cause.h"
#include "cpp/sctp/output.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/reassembly.h"
#include "cpp/sctp/rto.h"
#include "cpp/sctp/send_queue.h"
#include "cpp/sctp/state_cookie.h"
#include "cpp/sctp/timer.h"
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
  /// The stream's share of what can be sent, against that of other streams with something to send
  /// (RFC 8831 section 6.4, RFC 8260 section 3.6).
  uint16_t weight = 256;
  /// Taken even when the send buffer is full: for protocol messages, whose number the caller
  /// bounds.
  bool ignoresBufferLimit = false;
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
  /// Chunks that were sent again though they had arrived.
  uint64_t needlessRetransmits = 0;
  uint64_t tailLossProbes = 0;
  /// Packets with a wrong checksum, tag or form; they had no effect.
  uint64_t packetsDiscarded = 0;
  size_t congestionWindow = 0;
  size_t slowStartThreshold = 0;
  size_t bytesInFlight = 0;
  /// DATA chunks that are kept, since the peer may still need one of them or one before them.
  size_t chunksUnacknowledged = 0;
  size_t peerReceiveWindow = 0;
  /// What waits for missing pieces on the receiving side.
  size_t reassemblyBytes = 0;
  /// Unset before the first measurement.
  std::optional<Duration> smoothedRoundTripTime;
  Duration retransmissionTimeout;
};

/// Nullopt when the source fails.
std::optional<Identity> drawIdentity(RandomSource& random);
/// The INIT chunk, header included, that an association with this configuration and identity sends.
Bytes initChunk(const AssociationConfig& config, const Identity& identity);
/// Whether an association can begin with that as its peer's INIT.
bool isInitChunk(ByteSpan chunk);

/// One end of an SCTP association over DTLS (RFC 9260 as RFC 8261 and RFC 8831 profile it), with
/// partial reliability (RFC 3758) and stream reset (RFC 6525). Sans-IO: after every call drain
/// `poll()` until `std::nullopt`, then ask for `deadline()`. Packets are built while polling, so
/// the messages of several `send()` calls before one drain share packets. No function re-enters the
/// caller.
class Association {
 public:
  /// `random` must outlive the association.
  Association(const AssociationConfig& config, RandomSource& random);
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// Established at once, with what the peer said in `initChunk`; nothing is sent for that, and the
  /// peer does the same with ours (draft-hancke-tsvwg-snap). An association that is established
  /// begins anew as after a restart of the peer. False, without effect, when that is no INIT chunk
  /// or the association is closing.
  bool establishWith(ByteSpan initChunk, Timestamp now);

  /// The path to the peer is another one, on which packets of up to `ceiling` bytes are worth a
  /// try; with none, or no more than `AssociationConfig::maxPacketSize`, larger ones are not tried.
  /// When there is much to send, probes find out what passes (RFC 8899). Any time; it lasts through
  /// restarts.
  void setPath(size_t ceiling);
  /// Whether there is a path at all, as far as the layers below know; at first there is. Without
  /// one nothing counts against the peer, so that an association ends only when somebody could have
  /// answered, and did not (`maxRetransmissions`). It lasts through restarts.
  void setPathWorks(bool works) { pathWorks_ = works; }

  /// Sends INIT. Both ends may do so at once (RFC 9260 section 5.2.1); an end that does not call it
  /// answers the other's. No effect but in the state closed before anything happened.
  void connect(Timestamp now);

  /// One packet from the peer, decrypted. Whatever it holds, it is safe.
  void handlePacket(ByteSpan packet, Timestamp now);

  /// Queues a message; before the association is established it waits, but for what fits beside
  /// COOKIE ECHO. The bytes are copied once, into packets. Stream ids that turn out not to exist
  /// when the association comes up lose their messages (reported as `SentBytes`).
  Status<SendError> send(StreamId stream, Ppid ppid, Bytes message, const SendOptions& options,
                         Timestamp now);

  /// The same for a message whose payload is asked for while it is sent (`BytesWanted`), so that no
  /// more of it is held than what is in flight and half a megabyte. `source` is the caller's name
  /// for it. `BytesWanted` for the same bytes comes again when they have to be sent once more to a
  /// peer that has begun anew, until `SourceReleased`.
  Status<SendError> sendFrom(SourceId source, size_t size, StreamId stream, Ppid ppid,
                             const SendOptions& options, Timestamp now);
  /// The answer. No effect when the bytes are not, or no longer, wanted.
  void supply(SourceId source, size_t offset, Bytes bytes, Timestamp now);
  /// There will be no answer: the message is given up, and the association with it where the peer
  /// has a part of it and does not understand FORWARD TSN (RFC 3758).
  void giveUp(SourceId source, Timestamp now);

  /// Payload bytes on this stream that have not been sent a first time.
  size_t bufferedAmount(StreamId stream) const;
  /// The same over all streams.
  size_t bufferedAmount() const;

  /// Resets outgoing streams once everything queued on them has been delivered (or given up);
  /// until then and until the peer has answered, `send()` on them fails. Ends in
  /// `OutgoingStreamsReset` or `StreamResetFailed`, the latter at once unless established. Ids
  /// being reset already are ignored.
  void resetStreams(std::span<const StreamId> streams, Timestamp now);

  /// Delivers what is queued, then closes (RFC 9260 section 9.2).
  void shutdown(Timestamp now);
  /// Sends ABORT with a User-Initiated Abort cause (RFC 9260 section 9.1), or without a cause when
  /// there is no reason to tell, and closes at once.
  void abort(std::string_view reason, Timestamp now);

  /// For a peer whose limit becomes known late; holds for later `send()` calls.
  void setMaxSendMessageSize(size_t bytes);
  size_t maxSendMessageSize() const;

  /// So many bytes of what was handed over are kept by the owner, who cannot use them yet: they
  /// count as if they waited here, so that the peer is told to wait. It lasts through restarts.
  void setKept(size_t bytes);

  State state() const;
  Statistics statistics() const;

  std::optional<Output> poll();
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

 private:
  // association.cpp: packets out, timers, the end
  void searchPath();
  void probePath();
  std::optional<Bytes> buildPacket();
  bool packetDue();
  bool maySendData() const;
  bool cookieEchoDue() const;
  void sendAlone(VerificationTag tag, ChunkType type, uint8_t flags, ByteSpan value);
  Status<SendError> enqueue(OutgoingMessage message, StreamId stream, Ppid ppid,
                            const SendOptions& options, Timestamp now);
  void reportSentBytes();
  void reportSources();
  void countError();
  void restartHeartbeat(Timestamp now);
  void heartbeatDue(Timestamp now);
  void abortWith(CloseReason reason, std::optional<uint16_t> cause, std::string_view text,
                 ByteSpan causeChunk);
  void violation(std::string_view text);
  void finish(CloseReason reason, std::optional<uint16_t> cause, std::string text);

  // association_handshake.cpp
  bool ensureIdentity();
  VerificationTag randomTag();
  void sendInit(Timestamp now);
  InitChunk localInit(VerificationTag tag, Tsn initialTsn) const;
  static StateCookie cookieFor(const InitChunk& init, VerificationTag localTag, Tsn localTsn);
  void handleInit(const ChunkView& chunk, Timestamp now);
  void handleInitAck(const ChunkView& chunk, Timestamp now);
  /// False when nothing else in the packet may be looked at.
  bool handleCookieEcho(const ChunkView& chunk, VerificationTag packetTag, Timestamp now);
  void handleCookieAck(Timestamp now);
  void handleStaleCookie(Timestamp now);
  void handshakeTimeout(Timestamp now);
  void leaveConnection(Timestamp now);
  void makeConnection(const StateCookie& cookie, Timestamp now);
  void establish(Timestamp now);
  void restart(const StateCookie& cookie, Timestamp now);

  // association_receive.cpp
  void handleChunks(const PacketView& packet, Timestamp now);
  bool handleFirstChunk(const PacketView& packet, const ChunkView& chunk, Timestamp now);
  void handleOutOfTheBlue(const PacketView& packet, const ChunkView& chunk);
  /// False when the rest of the packet is to be left alone.
  bool handleChunk(const ChunkView& chunk, Timestamp now);
  void handleData(const ChunkView& chunk);
  template <typename Chunk>  // DataChunk or IDataChunk
  void takeData(const std::optional<Chunk>& parsed);
  void handleSack(const ChunkView& chunk, Timestamp now);
  void handleForwardTsn(const ChunkView& chunk);
  template <typename Chunk>  // ForwardTsnChunk or IForwardTsnChunk
  void forward(std::optional<Chunk> chunk);
  void handleReConfig(const ChunkView& chunk, Timestamp now);
  void handleHeartbeatAck(const ChunkView& chunk, Timestamp now);
  void handleError(const ChunkView& chunk, Timestamp now);
  bool handleUnknownChunk(const ChunkView& chunk);
  bool abortTagValid(const PacketView& packet, const ChunkView& chunk) const;
  void deliver(std::vector<IncomingMessage>& messages);
  void queueError(ErrorCause cause, ByteSpan value);
  enum class Room : uint8_t { kEnough, kNone, kNever };
  /// Whether a chunk of so many bytes may be taken.
  Room roomFor(TsnIndex tsn, size_t bytes) const;
  /// What is held, here and by the owner, and what of it the receive window pays for.
  size_t heldBytes() const;
  size_t chargedBytes() const;
  uint32_t advertisedWindow() const;

  // association_shutdown.cpp
  void progressShutdown();
  void sendShutdown();
  void handleShutdown(const ChunkView& chunk, Timestamp now);
  void handleShutdownAck(VerificationTag tag);
  void shutdownTimeout(Timestamp now);

  AssociationConfig config_;
  RandomSource& random_;
  State state_ = State::kClosed;
  /// Closed for good.
  bool finished_ = false;
  bool shutdownWanted_ = false;
  /// The latest time that an input brought; packets built while polling belong to it.
  Timestamp now_;

  VerificationTag localTag_;
  Tsn localInitialTsn_;
  bool hasIdentity_ = false;
  /// By `establishWith`, and no handshake since.
  bool beganWithInit_ = false;
  CookieJar cookies_;

  RtoEstimator rto_;
  SendQueue sendQueue_;
  size_t pathCeiling_ = 0;
  /// From INIT ACK or COOKIE ECHO on.
  std::unique_ptr<Connection> connection_;

  Queue<Output> events_;
  /// Packets with another tag than the connection's, or that stand alone.
  Queue<Bytes> outbox_;
  /// Chunks that go before anything else in the next packet.
  Queue<Bytes> control_;

  Bytes cookieEcho_;
  /// T1-init, T1-cookie.
  Timer handshakeTimer_;
  Duration handshakeDelay_;
  Timestamp initSentAt_;
  int handshakeAttempts_ = 0;
  int staleCookies_ = 0;
  /// T2-shutdown.
  Timer shutdownTimer_;
  int shutdownAttempts_ = 0;
  Timer heartbeatTimer_;
  std::optional<uint64_t> heartbeatNonce_;
  Timestamp heartbeatSentAt_;
  /// Timeouts since the peer was last heard to acknowledge (RFC 9260 section 8.1).
  int errors_ = 0;
  bool pathWorks_ = true;
  size_t kept_ = 0;

  Statistics counters_;
  std::vector<IncomingMessage> deliverable_;
};

}  // namespace rtc::sctp
