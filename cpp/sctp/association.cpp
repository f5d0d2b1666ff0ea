#include "cpp/sctp/association.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rtc::sctp {
namespace {

constexpr size_t kMinPacketSize = 512;
constexpr size_t kMinWindow = 64 * 1024;
constexpr uint16_t kHeartbeatInfo = 1;
// So many full packets must wait before a larger size is worth a probe.
constexpr size_t kManyPackets = 4;
// RFC 8899 section 5.1.1: a probe is waited for no less than this.
constexpr Duration kMinProbeTimeout = Duration::seconds(1);

/// HEARTBEAT with so many bytes more of information, which the answer repeats.
Bytes heartbeat(uint64_t nonce, size_t more = 0) {
  ByteWriter info;
  info.u64(nonce);
  info.bytes(Bytes(more));
  ByteWriter value;
  writeParameter(value, kHeartbeatInfo, info.view());
  return encodeChunk(ChunkType::kHeartbeat, 0, value.view());
}

}  // namespace

AssociationConfig saneConfig(AssociationConfig config) {
  config.maxPacketSize =
      std::clamp<size_t>(config.maxPacketSize, kMinPacketSize, 65532) & ~size_t{3};
  config.receiveWindow = std::clamp<size_t>(config.receiveWindow, kMinWindow, 0x7fffffff);
  config.initialReceiveWindow =
      std::clamp(config.initialReceiveWindow, kMinWindow, config.receiveWindow);
  config.maxReceiveMessageSize = std::min(config.maxReceiveMessageSize, kLargestMessage);
  config.outgoingStreams = std::max<uint16_t>(config.outgoingStreams, 1);
  config.incomingStreams = std::max<uint16_t>(config.incomingStreams, 1);
  return config;
}

Association::Association(const AssociationConfig& config, RandomSource& random)
    : config_(saneConfig(config)),
      random_(random),
      rto_(config_.rtoInitial, config_.rtoMin, config_.rtoMax) {}

Association::~Association() = default;

// ---- what the owner asks for

void Association::connect(Timestamp now) {
  now_ = now;
  if (finished_ || state_ != State::kClosed || handshakeTimer_.running())
    return;
  if (!ensureIdentity())
    return;
  handshakeDelay_ = rto_.rto();
  handshakeAttempts_ = errors_ = 0;
  staleCookies_ = 0;
  state_ = State::kCookieWait;
  sendInit(now);
}

Status<SendError> Association::send(StreamId stream, Ppid ppid, Bytes message,
                                    const SendOptions& options, Timestamp now) {
  OutgoingMessage outgoing;
  outgoing.payload = std::move(message);
  return enqueue(std::move(outgoing), stream, ppid, options, now);
}

Status<SendError> Association::sendFrom(SourceId source, size_t size, StreamId stream, Ppid ppid,
                                        const SendOptions& options, Timestamp now) {
  OutgoingMessage outgoing;
  outgoing.supply = std::make_unique<MessageSupply>(source, size);
  return enqueue(std::move(outgoing), stream, ppid, options, now);
}

void Association::supply(SourceId source, size_t offset, Bytes bytes, Timestamp now) {
  now_ = now;
  sendQueue_.supply(source, offset, std::move(bytes));
}

void Association::giveUp(SourceId source, Timestamp now) {
  now_ = now;
  const MessageRef message = finished_ ? nullptr : sendQueue_.messageOf(source);
  if (!message || message->wholeCut())
    return;
  if (message->begun() && connection_ && !connection_->extensions.forwardTsn) {
    abort("the rest of a message cannot be had", now);
  } else if (message->begun() && connection_) {
    connection_->outgoing.giveUp(message);
  } else {
    sendQueue_.discardRest(message, TsnIndex());
  }
}

Status<SendError> Association::enqueue(OutgoingMessage outgoing, StreamId stream, Ppid ppid,
                                       const SendOptions& options, Timestamp now) {
  now_ = now;
  const size_t size = outgoing.size();
  const bool open = !finished_ && !shutdownWanted_ &&
                    (state_ == State::kClosed || state_ == State::kCookieWait ||
                     state_ == State::kCookieEchoed || state_ == State::kEstablished);
  if (!open)
    return fail(SendError::kClosed);
  if (size == 0)
    return fail(SendError::kEmpty);
  if (size > config_.maxSendMessageSize)
    return fail(SendError::kTooLarge);
  const uint16_t streams = connection_ ? connection_->outgoingStreams : config_.outgoingStreams;
  if (stream.value() >= streams)
    return fail(SendError::kInvalidStream);
  if (sendQueue_.resetting(stream))
    return fail(SendError::kStreamResetting);
  // A message that alone exceeds the limit may pass when nothing else waits.
  const size_t buffered = sendQueue_.buffered(stream);
  if (!options.ignoresBufferLimit && buffered > 0 &&
      size > config_.sendBufferLimit - std::min(buffered, config_.sendBufferLimit)) {
    return fail(SendError::kBufferFull);
  }
  outgoing.stream = stream;
  outgoing.ppid = ppid;
  outgoing.ordered = options.ordered;
  outgoing.weight = options.weight;
  outgoing.maxRetransmits = options.maxRetransmits;
  if (options.lifetime)
    outgoing.expiresAt = now + *options.lifetime;
  sendQueue_.add(std::move(outgoing));
  return Done{};
}

size_t Association::bufferedAmount(StreamId stream) const {
  return sendQueue_.buffered(stream);
}
size_t Association::bufferedAmount() const {
  return sendQueue_.buffered();
}

void Association::resetStreams(std::span<const StreamId> streams, Timestamp now) {
  now_ = now;
  std::vector<StreamId> fresh;
  for (const StreamId stream : streams) {
    if (sendQueue_.resetting(stream))
      continue;
    if (!finished_)
      sendQueue_.beginReset(stream);
    fresh.push_back(stream);
  }
  if (fresh.empty())
    return;
  if (state_ == State::kEstablished) {
    connection_->streamReset.want(fresh, events_);
  } else {
    for (const StreamId stream : fresh)
      sendQueue_.endReset(stream, false);
    events_.push_back(StreamResetFailed{std::move(fresh)});
  }
}

void Association::abort(std::string_view reason, Timestamp now) {
  now_ = now;
  if (finished_)
    return;
  const std::string_view text = reason.substr(0, 256);
  if (text.empty()) {
    abortWith(CloseReason::kLocalAbort, std::nullopt, {}, {});
    return;
  }
  abortWith(CloseReason::kLocalAbort, static_cast<uint16_t>(ErrorCause::kUserInitiatedAbort), text,
            encodeCause(ErrorCause::kUserInitiatedAbort, asBytes(text)));
}

void Association::setMaxSendMessageSize(size_t bytes) {
  config_.maxSendMessageSize = bytes;
}
size_t Association::maxSendMessageSize() const {
  return config_.maxSendMessageSize;
}
void Association::setKept(size_t bytes) {
  // A peer that was told to wait hears that it may go on.
  if (bytes < kept_ && connection_)
    connection_->received.requestSack();
  kept_ = bytes;
}
State Association::state() const {
  return state_;
}

Statistics Association::statistics() const {
  Statistics result = counters_;
  if (connection_) {
    const RetransmissionQueue& outgoing = connection_->outgoing;
    result.messagesSent += outgoing.messagesSent();
    result.chunksRetransmitted += outgoing.chunksRetransmitted();
    result.retransmissionTimeouts += outgoing.timeouts();
    result.fastRetransmits += outgoing.fastRetransmits();
    result.needlessRetransmits += outgoing.needlessRetransmits();
    result.tailLossProbes += outgoing.probes();
    result.congestionWindow = outgoing.congestion().window();
    result.slowStartThreshold = outgoing.congestion().slowStartThreshold();
    result.bytesInFlight = outgoing.bytesInFlight();
    result.chunksUnacknowledged = outgoing.unacknowledgedChunks();
    result.peerReceiveWindow = outgoing.peerWindow();
    result.reassemblyBytes = connection_->reassembly.bytes();
  }
  result.smoothedRoundTripTime = rto_.smoothed();
  result.retransmissionTimeout = rto_.rto();
  return result;
}

// ---- outputs

std::optional<Output> Association::poll() {
  for (;;) {
    if (!events_.empty()) {
      Output event = std::move(events_.front());
      events_.pop_front();
      return event;
    }
    probePath();
    std::optional<Bytes> packet;
    if (!outbox_.empty()) {
      packet = std::move(outbox_.front());
      outbox_.pop_front();
    } else {
      packet = buildPacket();
    }
    if (packet) {
      ++counters_.packetsSent;
      counters_.bytesSent += packet->size();
      return Transmit{std::move(*packet)};
    }
    if (sendQueue_.hasSources())
      reportSources();
    if (!sendQueue_.hasTaken() && events_.empty())
      return std::nullopt;
    reportSentBytes();
  }
}

bool Association::maySendData() const {
  return state_ == State::kEstablished || state_ == State::kShutdownPending ||
         state_ == State::kShutdownReceived;
}

bool Association::cookieEchoDue() const {
  return state_ == State::kCookieEchoed && !control_.empty() &&
         control_.front()[0] == static_cast<uint8_t>(ChunkType::kCookieEcho);
}

bool Association::packetDue() {
  if (!control_.empty() || connection_->received.sackDue())
    return true;
  if (!maySendData())
    return false;
  return connection_->outgoing.sendable(now_) || connection_->outgoing.forwardTsnDue() ||
         connection_->streamReset.chunkDue();
}

std::optional<Bytes> Association::buildPacket() {
  if (!connection_)
    return std::nullopt;
  progressShutdown();
  // A second try, for when the first only gave up messages and a FORWARD TSN became due.
  for (int attempt = 0; attempt < 2 && connection_ && packetDue(); ++attempt) {
    Connection& connection = *connection_;
    PacketBuilder packet(config_.localPort, config_.remotePort, connection.peerTag,
                         connection.pathMtu.packetSize());
    // DATA may go with COOKIE ECHO, and then no packet more before COOKIE ACK (section 5.1 C).
    const bool echoesCookie = cookieEchoDue();
    // COOKIE ECHO and COOKIE ACK come first in their packets (RFC 9260 sections 3.3.11, 3.3.12).
    while (!control_.empty() && packet.fits(control_.front().size())) {
      packet.addEncoded(control_.front());
      control_.pop_front();
    }
    if (connection.received.sackDue() || (connection.received.sackPending() && maySendData() &&
                                          connection.outgoing.sendable(now_))) {
      if (packet.fits(kSackFixedSize)) {
        connection.received.takeSack(advertisedWindow(), packet.room()).writeTo(packet);
      }
    }
    if (echoesCookie) {
      connection.outgoing.fill(packet, now_);
    } else if (maySendData()) {
      connection.outgoing.fillForwardTsn(packet, now_);
      connection.outgoing.fill(packet, now_);
      // Behind the data, so that the peer has what was sent before the reset.
      if (connection.streamReset.chunkDue() && packet.room() >= kMinPacketSize - 64) {
        if (const auto chunk = connection.streamReset.takeChunk(now_, rto_.rto())) {
          packet.addEncoded(*chunk);
        }
      }
    }
    if (!packet.empty()) {
      connection.outgoing.packetBuilt();
      // RFC 9653 section 6: not with COOKIE ECHO. What is sent alone always has a checksum: INIT,
      // and answers to what belongs to no association (section 5.2).
      const bool mayBeZero = connection.extensions.zeroChecksum && !echoesCookie;
      return packet.finish(mayBeZero ? Checksum::kZero : Checksum::kCrc32c);
    }
  }
  return std::nullopt;
}

void Association::setPath(size_t ceiling) {
  pathCeiling_ = ceiling;
  if (connection_)
    searchPath();
}

// Some peers stop receiving for good when a datagram is larger than their buffer.
void Association::searchPath() {
  connection_->pathMtu.pathChanged(
      connection_->extensions.padding ? pathCeiling_ : std::min(pathCeiling_, kEthernetPacketSize));
  connection_->outgoing.setPacketSize(connection_->pathMtu.packetSize());
}

// A probe goes in a packet of its own, so that its loss loses nothing else.
void Association::probePath() {
  if (state_ != State::kEstablished || !connection_->pathMtu.wantsProbe(now_) ||
      sendQueue_.buffered() < kManyPackets * connection_->pathMtu.packetSize()) {
    return;
  }
  const auto probe = connection_->pathMtu.takeProbe(
      random_.u64(), std::max(rto_.rto() * 2, kMinProbeTimeout), now_);
  PacketBuilder packet(config_.localPort, config_.remotePort, connection_->peerTag, probe.size);
  const Bytes plain = heartbeat(probe.nonce);
  if (connection_->extensions.padding) {
    packet.addEncoded(plain);
    packet.addChunk(ChunkType::kPad, 0, Bytes(packet.room() - kChunkHeaderSize));
  } else {
    // Chunks that they do not know make some peers fail, against RFC 9260 section 3.2.
    packet.addEncoded(heartbeat(probe.nonce, packet.room() - plain.size()));
  }
  outbox_.push_back(
      packet.finish(connection_->extensions.zeroChecksum ? Checksum::kZero : Checksum::kCrc32c));
}

void Association::sendAlone(VerificationTag tag, ChunkType type, uint8_t flags, ByteSpan value) {
  PacketBuilder packet(config_.localPort, config_.remotePort, tag, config_.maxPacketSize);
  packet.addChunk(type, flags, value);
  outbox_.push_back(packet.finish());
}

void Association::reportSentBytes() {
  // One event for what left a stream in one go, however many messages it was.
  for (const SendQueue::Taken& taken : sendQueue_.takeTaken()) {
    auto* last = events_.empty() ? nullptr : std::get_if<SentBytes>(&events_.back());
    if (last && last->stream == taken.stream && last->ppid == taken.ppid) {
      last->bytes += taken.bytes;
    } else {
      events_.push_back(SentBytes{taken.stream, taken.ppid, taken.bytes});
    }
  }
}

void Association::reportSources() {
  for (const SendQueue::Wanted& wanted : sendQueue_.takeWanted())
    events_.push_back(BytesWanted{wanted.source, wanted.want.offset, wanted.want.bytes});
  for (const SourceId source : sendQueue_.takeReleased())
    events_.push_back(SourceReleased{source});
}

// ---- time

Timestamp Association::deadline() const {
  Timestamp result = earlier(handshakeTimer_.deadline(), shutdownTimer_.deadline());
  result = earlier(result, heartbeatTimer_.deadline());
  if (connection_) {
    result = earlier(result, connection_->pathMtu.deadline());
    result = earlier(result, connection_->outgoing.deadline());
    result = earlier(result, connection_->received.deadline());
    result = earlier(result, connection_->streamReset.deadline());
  }
  return result;
}

void Association::handleTimeout(Timestamp now) {
  now_ = now;
  if (handshakeTimer_.expire(now))
    handshakeTimeout(now);
  if (shutdownTimer_.expire(now))
    shutdownTimeout(now);
  if (heartbeatTimer_.expire(now))
    heartbeatDue(now);
  if (connection_) {
    connection_->received.handleTimeout(now);
    connection_->pathMtu.handleTimeout(now);
  }
  if (connection_ && connection_->outgoing.handleTimeout(now)) {
    if (connection_->pathMtu.timedOut(now))
      connection_->outgoing.setPacketSize(connection_->pathMtu.packetSize());
    countError();
  }
  if (connection_ && connection_->streamReset.handleTimeout(now)) {
    rto_.backOff();
    // Data that is not acknowledged either counts already.
    if (connection_->outgoing.empty())
      countError();
  }
}

void Association::countError() {
  if (pathWorks_ && ++errors_ > config_.maxRetransmissions) {
    finish(CloseReason::kTimeout, std::nullopt, "the peer does not acknowledge any more");
  }
}

void Association::restartHeartbeat(Timestamp now) {
  if (config_.heartbeatInterval > Duration::zero()) {
    heartbeatTimer_.start(now, config_.heartbeatInterval + rto_.rto());
  }
}

// RFC 9260 section 8.3: on an idle path only, and one unanswered heartbeat is one error.
void Association::heartbeatDue(Timestamp now) {
  if (state_ != State::kEstablished)
    return;
  if (heartbeatNonce_)
    countError();
  if (finished_)
    return;
  restartHeartbeat(now);
  if (!connection_->outgoing.empty())
    return;
  heartbeatNonce_ = random_.u64();
  heartbeatSentAt_ = now;
  control_.push_back(heartbeat(*heartbeatNonce_));
}

void Association::handleHeartbeatAck(const ChunkView& chunk, Timestamp now) {
  const auto info = ParameterIterator(chunk.value).next();
  const auto nonce =
      info && info->type == kHeartbeatInfo ? ByteReader(info->value).u64() : std::nullopt;
  if (!nonce)
    return;
  if (connection_->pathMtu.answered(*nonce)) {
    connection_->outgoing.setPacketSize(connection_->pathMtu.packetSize());
    return;
  }
  if (nonce != heartbeatNonce_)
    return;
  heartbeatNonce_.reset();
  errors_ = 0;
  rto_.measured(now - heartbeatSentAt_);
}

// ---- the end

void Association::abortWith(CloseReason reason, std::optional<uint16_t> cause,
                            std::string_view text, ByteSpan causeChunk) {
  if (connection_)
    sendAlone(connection_->peerTag, ChunkType::kAbort, 0, causeChunk);
  finish(reason, cause, std::string(text));
}

void Association::violation(std::string_view text) {
  abortWith(CloseReason::kProtocolViolation, static_cast<uint16_t>(ErrorCause::kProtocolViolation),
            text, encodeCause(ErrorCause::kProtocolViolation, asBytes(text)));
}

void Association::finish(CloseReason reason, std::optional<uint16_t> cause, std::string text) {
  if (finished_)
    return;
  finished_ = true;
  const Statistics last = statistics();
  counters_ = last;
  counters_.bytesInFlight = counters_.chunksUnacknowledged = counters_.reassemblyBytes = 0;
  state_ = State::kClosed;
  connection_.reset();
  control_.clear();
  sendQueue_.reset();
  handshakeTimer_.stop();
  shutdownTimer_.stop();
  heartbeatTimer_.stop();
  events_.push_back(Closed{reason, cause, std::move(text)});
}

}  // namespace rtc::sctp
