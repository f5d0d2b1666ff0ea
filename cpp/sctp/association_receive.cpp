// Packets in: RFC 9260 sections 6.2, 8.4, 8.5.

#include <algorithm>
#include <utility>

#include "cpp/sctp/association.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/error_cause.h"

namespace rtc::sctp {
namespace {
// A peer that sends junk gets no more than this much of it back, and no more chunks than this.
constexpr size_t kMaxQuotedBytes = 256;
constexpr size_t kMaxQueuedControlChunks = 16;
// For chunks that are next when all else is full.
constexpr size_t kLastResort = 64 * 1024;
constexpr uint8_t kTagReflected = 1;  // the T bit of ABORT and SHUTDOWN COMPLETE

bool carriesData(uint8_t type) {
  return type == static_cast<uint8_t>(ChunkType::kData) ||
         type == static_cast<uint8_t>(ChunkType::kIData);
}
}  // namespace

void Association::handlePacket(ByteSpan bytes, Timestamp now) {
  now_ = now;
  ++counters_.packetsReceived;
  counters_.bytesReceived += bytes.size();
  const auto packet =
      parsePacket(bytes, config_.zeroChecksum ? Checksum::kZero : Checksum::kCrc32c);
  if (!packet || packet->sourcePort != config_.remotePort ||
      packet->destinationPort != config_.localPort) {
    ++counters_.packetsDiscarded;
    return;
  }
  handleChunks(*packet, now);
}

void Association::handleChunks(const PacketView& packet, Timestamp now) {
  ChunkIterator chunks(packet.chunks);
  auto chunk = chunks.next();
  if (!chunk)
    return;
  if (finished_) {
    handleOutOfTheBlue(packet, *chunk);
    return;
  }
  if (handleFirstChunk(packet, *chunk, now)) {
    // INIT, INIT ACK and SHUTDOWN COMPLETE stand alone, ABORT ends it all; only COOKIE ECHO has
    // company (section 6.10).
    if (chunk->type != static_cast<uint8_t>(ChunkType::kCookieEcho) || !connection_)
      return;
    chunk = chunks.next();
  }
  const VerificationTag expected = connection_ ? connection_->localTag : localTag_;
  if (!hasIdentity_ || packet.tag != expected) {
    ++counters_.packetsDiscarded;
    return;
  }
  bool data = false;
  for (; chunk && !finished_; chunk = chunks.next()) {
    data = data || carriesData(chunk->type);
    if (!handleChunk(*chunk, now))
      break;
  }
  if (!connection_)
    return;
  if (data) {
    connection_->received.packetDone(now);
    // Section 9.2: data after our SHUTDOWN is acknowledged at once, with the SHUTDOWN again.
    if (state_ == State::kShutdownSent) {
      connection_->received.requestSack();
      sendShutdown();
    }
  }
  connection_->streamReset.receivedMore(events_);
}

// Chunks whose verification tag has rules of its own (section 8.5.1). True when it was one.
bool Association::handleFirstChunk(const PacketView& packet, const ChunkView& chunk,
                                   Timestamp now) {
  switch (static_cast<ChunkType>(chunk.type)) {
    case ChunkType::kInit:
      if (packet.tag.value() == 0 && padded(chunk.whole.size()) >= packet.chunks.size()) {
        handleInit(chunk, now);
      } else {
        ++counters_.packetsDiscarded;
      }
      return true;
    case ChunkType::kInitAck:
      if (hasIdentity_ && packet.tag == localTag_ &&
          padded(chunk.whole.size()) >= packet.chunks.size()) {
        handleInitAck(chunk, now);
      } else {
        ++counters_.packetsDiscarded;
      }
      return true;
    case ChunkType::kCookieEcho: {
      const bool accepted = handleCookieEcho(chunk, packet.tag, now);
      // With a refused cookie the rest of the packet would be judged by the old association.
      return accepted || !connection_ || packet.tag != connection_->localTag;
    }
    case ChunkType::kAbort:
      if (!abortTagValid(packet, chunk) || state_ == State::kClosed) {
        ++counters_.packetsDiscarded;
      } else if (state_ == State::kShutdownAckSent && (chunk.flags & kTagReflected) != 0) {
        // The peer is done, and a packet that was late brought its answer to strangers before the
        // SHUTDOWN COMPLETE.
        finish(CloseReason::kShutdown, std::nullopt, {});
      } else {
        const auto cause = firstCause(chunk.value);
        finish(CloseReason::kPeerAbort, cause ? std::optional<uint16_t>(cause->code) : std::nullopt,
               cause ? cause->text : std::string());
      }
      return true;
    case ChunkType::kShutdownComplete:
      if (abortTagValid(packet, chunk) && state_ == State::kShutdownAckSent) {
        finish(CloseReason::kShutdown, std::nullopt, {});
      }
      return true;
    default:
      return false;
  }
}

bool Association::abortTagValid(const PacketView& packet, const ChunkView& chunk) const {
  if (!hasIdentity_)
    return false;
  if ((chunk.flags & kTagReflected) == 0) {
    return packet.tag == (connection_ ? connection_->localTag : localTag_);
  }
  return connection_ && packet.tag == connection_->peerTag;
}

// Section 8.4, after the end: tell a peer that goes on that nobody is here.
void Association::handleOutOfTheBlue(const PacketView& packet, const ChunkView& chunk) {
  if (!outbox_.empty())
    return;
  switch (static_cast<ChunkType>(chunk.type)) {
    case ChunkType::kAbort:
    case ChunkType::kShutdownComplete:
    case ChunkType::kCookieAck:
    case ChunkType::kError:
      return;
    case ChunkType::kInit:
      if (const auto init = InitChunk::parse(chunk.value); init && init->tag.value() != 0) {
        sendAlone(init->tag, ChunkType::kAbort, 0, {});
      }
      return;
    case ChunkType::kShutdownAck:
      sendAlone(packet.tag, ChunkType::kShutdownComplete, kTagReflected, {});
      return;
    default:
      sendAlone(packet.tag, ChunkType::kAbort, kTagReflected, {});
      return;
  }
}

bool Association::handleChunk(const ChunkView& chunk, Timestamp now) {
  const auto type = static_cast<ChunkType>(chunk.type);
  // Only an established peer sends these with our tag: the COOKIE ACK was lost or is late.
  if (state_ == State::kCookieEchoed &&
      (carriesData(chunk.type) || type == ChunkType::kSack || type == ChunkType::kReConfig)) {
    establish(now);
  }
  switch (type) {
    case ChunkType::kCookieAck:
      handleCookieAck(now);
      return true;
    case ChunkType::kError:
      handleError(chunk, now);
      return true;
    case ChunkType::kShutdownAck:
      if (state_ == State::kShutdownSent || state_ == State::kShutdownAckSent) {
        handleShutdownAck(connection_->peerTag);
      }
      return true;
    default:
      break;
  }
  if (!connection_ || state_ == State::kCookieWait || state_ == State::kCookieEchoed)
    return true;
  switch (type) {
    case ChunkType::kData:
    case ChunkType::kIData:
      // Section 9.2: who has answered SHUTDOWN has nothing more to take.
      if (state_ != State::kShutdownReceived && state_ != State::kShutdownAckSent) {
        handleData(chunk);
      }
      return true;
    case ChunkType::kSack:
      handleSack(chunk, now);
      return true;
    case ChunkType::kForwardTsn:
    case ChunkType::kIForwardTsn:
      handleForwardTsn(chunk);
      return true;
    case ChunkType::kReConfig:
      handleReConfig(chunk, now);
      return true;
    case ChunkType::kHeartbeat:
      if (control_.size() < kMaxQueuedControlChunks &&
          padded(chunk.whole.size()) <= config_.maxPacketSize - kPacketHeaderSize) {
        control_.push_back(encodeChunk(ChunkType::kHeartbeatAck, 0, chunk.value));
      }
      return true;
    case ChunkType::kHeartbeatAck:
      handleHeartbeatAck(chunk, now);
      return true;
    case ChunkType::kShutdown:
      handleShutdown(chunk, now);
      return true;
    case ChunkType::kAbort:
      if (const auto cause = firstCause(chunk.value)) {
        finish(CloseReason::kPeerAbort, cause->code, cause->text);
      } else {
        finish(CloseReason::kPeerAbort, std::nullopt, {});
      }
      return false;
    case ChunkType::kInit:
    case ChunkType::kInitAck:
    case ChunkType::kCookieEcho:
    case ChunkType::kShutdownComplete:
      return false;  // not where these may stand
    default:
      return handleUnknownChunk(chunk);
  }
}

// RFC 8260 section 2.2.1: a connection has DATA or I-DATA, never both.
void Association::handleData(const ChunkView& view) {
  const bool isInterleaved = view.type == static_cast<uint8_t>(ChunkType::kIData);
  if (isInterleaved != connection_->extensions.interleaving) {
    violation(isInterleaved ? "I-DATA was not agreed on" : "DATA where I-DATA was agreed on");
  } else if (isInterleaved) {
    takeData(IDataChunk::parse(view.flags, view.value));
  } else {
    takeData(DataChunk::parse(view.flags, view.value));
  }
}

template <typename Chunk>
void Association::takeData(const std::optional<Chunk>& chunk) {
  if (!chunk) {
    violation("a DATA chunk is too short");
    return;
  }
  if (chunk->payload.empty()) {  // section 6.2
    ByteWriter tsn;
    tsn.u32(chunk->tsn.value());
    abortWith(CloseReason::kProtocolViolation, static_cast<uint16_t>(ErrorCause::kNoUserData),
              "a DATA chunk is empty", encodeCause(ErrorCause::kNoUserData, tsn.view()));
    return;
  }
  Connection& connection = *connection_;
  ReceivedTsns& received = connection.received;
  const TsnIndex tsn = received.index(chunk->tsn);
  if (chunk->immediateAck)
    received.requestSack();
  switch (received.classify(tsn)) {
    case ReceivedTsns::Kind::kDuplicate:
      received.record(tsn);
      return;
    case ReceivedTsns::Kind::kTooFar:
      received.requestSack();
      return;
    case ReceivedTsns::Kind::kNew:
      break;
  }
  switch (roomFor(tsn, chunk->payload.size())) {
    case Room::kEnough:
      break;
    case Room::kNone:
      received.requestSack();
      return;
    case Room::kNever:
      abortWith(CloseReason::kProtocolViolation, static_cast<uint16_t>(ErrorCause::kOutOfResource),
                "the peer begins more messages than it finishes",
                encodeCause(ErrorCause::kOutOfResource));
      return;
  }
  received.record(tsn);
  connection.window.arrived(chunk->payload.size(), now_, rto_.least());
  if (chunk->stream.value() >= connection.incomingStreams) {  // section 6.5
    ByteWriter cause;
    cause.u16(chunk->stream.value());
    cause.u16(0);
    queueError(ErrorCause::kInvalidStreamIdentifier, cause.view());
    return;
  }
  const auto taken =
      connection.reassembly.add(tsn, *chunk, config_.maxReceiveMessageSize, deliverable_);
  if (!taken.ok()) {
    violation(taken.error() == ReassemblyError::kTooLarge
                  ? "a message exceeds the maximum that was announced"
                  : "the fragments of a message contradict each other");
    return;
  }
  deliver(deliverable_);
}

void Association::deliver(std::vector<IncomingMessage>& messages) {
  for (IncomingMessage& message : messages) {
    if (!message.part || message.part->kind == MessagePart::Kind::kLast)
      ++counters_.messagesReceived;
    events_.push_back(Received{message.stream, message.ppid, std::move(message.payload),
                               message.ordered, message.part});
  }
  messages.clear();
}

void Association::handleSack(const ChunkView& view, Timestamp now) {
  const auto sack = SackChunk::parse(view.value);
  if (!sack)
    return;
  const bool probing = connection_->outgoing.probingZeroWindow();
  const auto effect = connection_->outgoing.handleSack(*sack, now);
  if (effect == RetransmissionQueue::SackEffect::kProgress ||
      (effect == RetransmissionQueue::SackEffect::kNothingNew && probing)) {
    errors_ = 0;
  }
}

void Association::handleForwardTsn(const ChunkView& view) {
  const bool isInterleaved = view.type == static_cast<uint8_t>(ChunkType::kIForwardTsn);
  if (isInterleaved != connection_->extensions.interleaving) {
    violation(isInterleaved ? "I-DATA was not agreed on"
                            : "FORWARD TSN where I-DATA was agreed on");
  } else if (isInterleaved) {
    forward(IForwardTsnChunk::parse(view.value));
  } else {
    forward(ForwardTsnChunk::parse(view.value));
  }
}

template <typename Chunk>
void Association::forward(std::optional<Chunk> chunk) {
  if (!chunk)
    return;
  // Of streams that were not agreed on nothing is remembered.
  std::erase_if(chunk->skipped, [&](const auto& entry) {
    return entry.stream.value() >= connection_->incomingStreams;
  });
  ReceivedTsns& received = connection_->received;
  const TsnIndex cumulative = received.index(chunk->newCumulativeTsn);
  // RFC 3758 section 3.6: the peer may have missed our last SACK.
  received.requestSack();
  if (cumulative <= received.cumulative())
    return;
  received.forwardTo(cumulative);
  connection_->reassembly.forward(cumulative, *chunk, deliverable_);
  deliver(deliverable_);
}

void Association::handleReConfig(const ChunkView& chunk, Timestamp now) {
  if (connection_->streamReset.handle(chunk.value, now, rto_.rto(), events_))
    errors_ = 0;
}

void Association::handleError(const ChunkView& chunk, Timestamp now) {
  const auto cause = firstCause(chunk.value);
  if (cause && cause->code == static_cast<uint16_t>(ErrorCause::kStaleCookie)) {
    handleStaleCookie(now);
  }
}

bool Association::handleUnknownChunk(const ChunkView& chunk) {
  const UnknownTypeAction action = unknownChunkAction(chunk.type);
  if (action.report) {
    queueError(ErrorCause::kUnrecognizedChunkType,
               chunk.whole.first(std::min(chunk.whole.size(), kMaxQuotedBytes)));
  }
  return action.skip;
}

void Association::queueError(ErrorCause cause, ByteSpan value) {
  if (control_.size() >= kMaxQueuedControlChunks)
    return;
  control_.push_back(encodeChunk(ChunkType::kError, 0, encodeCause(cause, value)));
}

// Section 6.2: with the window closed, only what fills a gap is taken. The next TSN is what
// everything else waits for, so where there is no room for it either, there never will be: it would
// go to one more message that does not come to its end. What the owner keeps goes by itself.
Association::Room Association::roomFor(TsnIndex tsn, size_t bytes) const {
  const ReceivedTsns& received = connection_->received;
  const size_t cost = bytes + Reassembly::kEntryCost;
  const size_t most = config_.receiveWindow + config_.maxReceiveMessageSize;
  const size_t held = heldBytes();
  if (tsn == received.cumulative().next()) {
    if (connection_->reassembly.cost() + cost > most + kLastResort)
      return Room::kNever;
    return held + cost <= most + kLastResort ? Room::kEnough : Room::kNone;
  }
  const bool fits = tsn < received.highest() ? held + cost <= most
                                             : chargedBytes() + cost <= config_.receiveWindow;
  return fits ? Room::kEnough : Room::kNone;
}

size_t Association::heldBytes() const {
  return connection_->reassembly.cost() + kept_;
}

size_t Association::chargedBytes() const {
  return heldBytes() - connection_->reassembly.inDelivery(connection_->received.cumulative());
}

uint32_t Association::advertisedWindow() const {
  return static_cast<uint32_t>(connection_->window.advertised(chargedBytes()));
}

}  // namespace rtc::sctp
