// Setting up: RFC 9260 section 5.

#include <algorithm>
#include <array>
#include <utility>

#include "cpp/sctp/association.h"
#include "cpp/sctp/error_cause.h"

namespace rtc::sctp {
namespace {

// Section 5.2.6 has no bound for a peer that takes none of its own cookies.
constexpr int kMaxStaleCookies = 8;

InitChunk initFor(const AssociationConfig& config, VerificationTag tag, Tsn initialTsn) {
  InitChunk init;
  init.tag = tag;
  init.receiveWindow = static_cast<uint32_t>(config.receiveWindow);
  init.outgoingStreams = config.outgoingStreams;
  init.incomingStreams = config.incomingStreams;
  init.initialTsn = initialTsn;
  init.extensions.forwardTsn = true;
  init.extensions.reConfig = true;
  init.extensions.interleaving = init.extensions.iForwardTsn = config.interleaving;
  init.extensions.zeroChecksum = config.zeroChecksum;
  init.extensions.padding = true;
  return init;
}

/// A chunk that stands alone, padded or not.
std::optional<InitChunk> parseInitChunk(ByteSpan bytes) {
  ByteReader reader(bytes);
  const auto type = reader.u8();
  const auto flags = reader.u8();
  const auto length = reader.u16();
  if (!type || !flags || !length || *type != static_cast<uint8_t>(ChunkType::kInit) ||
      *length < kChunkHeaderSize || *length > bytes.size() || padded(*length) < bytes.size())
    return std::nullopt;
  auto init = InitChunk::parse(bytes.subspan(kChunkHeaderSize, *length - kChunkHeaderSize));
  return init && init->mandatoryFieldsValid() ? init : std::nullopt;
}

}  // namespace

std::optional<Identity> drawIdentity(RandomSource& random) {
  std::array<uint8_t, 8> bytes{};
  if (!random.fill(bytes))
    return std::nullopt;
  ByteReader reader(bytes);
  const VerificationTag tag(std::max<uint32_t>(1, *reader.u32()));
  return Identity{tag, Tsn(*reader.u32())};
}

Bytes initChunk(const AssociationConfig& config, const Identity& identity) {
  const Bytes value = initFor(saneConfig(config), identity.tag, identity.initialTsn).encode();
  Bytes chunk = encodeChunk(ChunkType::kInit, 0, value);
  chunk.resize(kChunkHeaderSize + value.size());  // the padding belongs to the packet
  return chunk;
}

bool isInitChunk(ByteSpan chunk) {
  return parseInitChunk(chunk).has_value();
}

bool Association::establishWith(ByteSpan initChunk, Timestamp now) {
  now_ = now;
  const auto init = parseInitChunk(initChunk);
  const bool isClosing = finished_ || shutdownWanted_ || state_ == State::kShutdownSent ||
                         state_ == State::kShutdownReceived || state_ == State::kShutdownAckSent;
  if (!init || isClosing || !ensureIdentity())
    return false;
  // A restart of the peer may have given us others since; the peer was told these.
  const Identity told = config_.identity.value_or(Identity{localTag_, localInitialTsn_});
  const StateCookie cookie = cookieFor(*init, told.tag, told.initialTsn);
  if (state_ == State::kEstablished) {
    restart(cookie, now);
  } else {
    makeConnection(cookie, now);
    establish(now);
  }
  beganWithInit_ = true;
  return true;
}

bool Association::ensureIdentity() {
  if (hasIdentity_)
    return true;
  const auto identity = config_.identity ? config_.identity : drawIdentity(random_);
  if (!identity || !cookies_.makeKey(random_)) {
    finish(CloseReason::kNoRandomness, std::nullopt, "no randomness");
    return false;
  }
  localTag_ = identity->tag;
  localInitialTsn_ = identity->initialTsn;
  hasIdentity_ = true;
  return true;
}

VerificationTag Association::randomTag() {
  return VerificationTag(std::max<uint32_t>(1, random_.u32()));
}

InitChunk Association::localInit(VerificationTag tag, Tsn initialTsn) const {
  return initFor(config_, tag, initialTsn);
}

StateCookie Association::cookieFor(const InitChunk& init, VerificationTag localTag, Tsn localTsn) {
  StateCookie cookie;
  cookie.localTag = localTag;
  cookie.localInitialTsn = localTsn;
  cookie.peerTag = init.tag;
  cookie.peerInitialTsn = init.initialTsn;
  cookie.peerReceiveWindow = init.receiveWindow;
  cookie.peerOutgoingStreams = init.outgoingStreams;
  cookie.peerIncomingStreams = init.incomingStreams;
  cookie.peerExtensions = init.extensions;
  return cookie;
}

void Association::sendInit(Timestamp now) {
  InitChunk init = localInit(localTag_, localInitialTsn_);
  // Where nobody answers, every other one is without what a peer might not read.
  if (handshakeAttempts_ >= 2 && handshakeAttempts_ % 2 == 0)
    init.extensions.zeroChecksum = false;
  sendAlone(VerificationTag(0), ChunkType::kInit, 0, init.encode());
  handshakeTimer_.start(now, handshakeDelay_);
  initSentAt_ = now;
}

void Association::handshakeTimeout(Timestamp now) {
  ++handshakeAttempts_;
  if (pathWorks_ && ++errors_ > config_.maxInitRetransmissions) {
    finish(CloseReason::kTimeout, std::nullopt, "the peer does not answer");
    return;
  }
  handshakeDelay_ = std::min(handshakeDelay_ * 2, config_.rtoMax);
  if (state_ == State::kCookieWait) {
    sendInit(now);
  } else if (state_ == State::kCookieEchoed) {
    control_.push_front(encodeChunk(ChunkType::kCookieEcho, 0, cookieEcho_));
    handshakeTimer_.start(now, handshakeDelay_);
  }
}

void Association::handleInit(const ChunkView& chunk, Timestamp now) {
  const auto init = InitChunk::parse(chunk.value);
  if (!init || init->tag.value() == 0) {
    ++counters_.packetsDiscarded;
    return;
  }
  if (!init->mandatoryFieldsValid()) {
    sendAlone(init->tag, ChunkType::kAbort, 0, encodeCause(ErrorCause::kInvalidMandatoryParameter));
    return;
  }
  if (!ensureIdentity())
    return;
  if (state_ == State::kShutdownAckSent) {  // section 9.2
    control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
    return;
  }

  // While this end is setting up as well, both handshakes must lead to one association, so the tag
  // is the one of our own INIT (section 5.2.1). Later the peer may have restarted: then the new
  // tags must differ, and the tie-tags tell which association they replace (section 5.2.2).
  // A peer that sends the INIT which it announced has not seen ours: it is still setting up.
  const bool settingUp = state_ == State::kClosed || state_ == State::kCookieWait ||
                         state_ == State::kCookieEchoed ||
                         (beganWithInit_ && connection_ && connection_->peerTag == init->tag);
  StateCookie cookie = settingUp ? cookieFor(*init, localTag_, localInitialTsn_)
                                 : cookieFor(*init, randomTag(), Tsn(random_.u32()));
  if (connection_) {
    cookie.localTieTag = connection_->localTag;
    cookie.peerTieTag = connection_->peerTag;
  }
  cookie.createdAt = now;

  const Bytes sealed = cookies_.seal(cookie);
  InitChunk answer = localInit(cookie.localTag, cookie.localInitialTsn);
  // Useful to nobody who does not know it, and pion until 2023 reads nothing with a parameter that
  // is new to it.
  answer.extensions.zeroChecksum = answer.extensions.zeroChecksum && init->extensions.zeroChecksum;
  answer.cookie = sealed;
  answer.unrecognized = init->unrecognized;
  sendAlone(init->tag, ChunkType::kInitAck, 0, answer.encode());
}

void Association::handleInitAck(const ChunkView& chunk, Timestamp now) {
  // Section 5.2.3: unexpected in any other state.
  if (state_ != State::kCookieWait)
    return;
  const auto init = InitChunk::parse(chunk.value);
  if (!init) {
    ++counters_.packetsDiscarded;
    return;
  }
  if (!init->mandatoryFieldsValid() || init->cookie.empty() ||
      init->cookie.size() > config_.maxPacketSize - kPacketHeaderSize - kChunkHeaderSize) {
    const ErrorCause cause = init->cookie.empty() ? ErrorCause::kMissingMandatoryParameter
                                                  : ErrorCause::kInvalidMandatoryParameter;
    if (init->tag.value() != 0)
      sendAlone(init->tag, ChunkType::kAbort, 0, encodeCause(cause));
    finish(CloseReason::kProtocolViolation, static_cast<uint16_t>(cause),
           "an INIT ACK without use");
    return;
  }
  if (handshakeAttempts_ == 0)
    rto_.observed(now - initSentAt_);
  const StateCookie cookie = cookieFor(*init, localTag_, localInitialTsn_);
  makeConnection(cookie, now);
  sendQueue_.dropStreamsFrom(connection_->outgoingStreams);
  events_.push_back(Answered{connection_->outgoingStreams, connection_->incomingStreams});

  cookieEcho_ = toBytes(init->cookie);
  state_ = State::kCookieEchoed;
  control_.push_back(encodeChunk(ChunkType::kCookieEcho, 0, cookieEcho_));
  if (!init->unrecognized.empty()) {
    queueError(ErrorCause::kUnrecognizedParameters, init->unrecognized);
  }
  handshakeAttempts_ = errors_ = 0;
  handshakeDelay_ = rto_.rto();
  handshakeTimer_.start(now, handshakeDelay_);
}

// Section 5.2.4 with its table of cases.
bool Association::handleCookieEcho(const ChunkView& chunk, VerificationTag packetTag,
                                   Timestamp now) {
  const auto cookie = cookies_.open(chunk.value);
  if (!cookie || cookie->localTag != packetTag) {
    ++counters_.packetsDiscarded;
    return false;
  }
  const bool sameLocal = cookie->localTag == (connection_ ? connection_->localTag : localTag_);
  const bool samePeer = connection_ && cookie->peerTag == connection_->peerTag;
  const bool settingUp =
      state_ == State::kClosed || state_ == State::kCookieWait || state_ == State::kCookieEchoed;

  const bool caseD = sameLocal && samePeer;
  if (!caseD && now - cookie->createdAt > config_.cookieLifetime) {
    ByteWriter staleness;
    const int64_t excess = (now - cookie->createdAt - config_.cookieLifetime).us();
    staleness.u32(static_cast<uint32_t>(std::min<int64_t>(excess, 0xffffffff)));
    sendAlone(cookie->peerTag, ChunkType::kError, 0,
              encodeCause(ErrorCause::kStaleCookie, staleness.view()));
    return false;
  }
  if (caseD) {
    if (state_ == State::kShutdownAckSent) {
      control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
      queueError(ErrorCause::kCookieWhileShuttingDown, {});
      return false;
    }
    if (state_ == State::kCookieEchoed)
      establish(now);
  } else if (sameLocal && settingUp) {
    // No association yet, or case B: both ends began, or the peer began again.
    makeConnection(*cookie, now);
    establish(now);
  } else if (!sameLocal && !samePeer && connection_ && !settingUp &&
             cookie->localTieTag == connection_->localTag &&
             cookie->peerTieTag == connection_->peerTag) {
    if (state_ == State::kShutdownAckSent) {
      control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
      queueError(ErrorCause::kCookieWhileShuttingDown, {});
      return false;
    }
    restart(*cookie, now);  // case A
  } else {
    return false;  // case C and what has no case
  }
  rto_.observed(now - cookie->createdAt);
  if (connection_)
    control_.push_front(encodeChunk(ChunkType::kCookieAck, 0, {}));
  return connection_ != nullptr;
}

void Association::handleCookieAck(Timestamp now) {
  if (state_ == State::kCookieEchoed)
    establish(now);
}

// Section 5.2.6: begin again.
void Association::handleStaleCookie(Timestamp now) {
  if (state_ != State::kCookieEchoed)
    return;
  handshakeTimer_.stop();
  leaveConnection(now);
  control_.clear();
  state_ = State::kCookieWait;
  if (++staleCookies_ > kMaxStaleCookies) {
    finish(CloseReason::kTimeout, static_cast<uint16_t>(ErrorCause::kStaleCookie), "stale cookie");
    return;
  }
  sendInit(now);
}

// What went out beside a COOKIE ECHO that led to nothing was not accepted either.
void Association::leaveConnection(Timestamp now) {
  if (!connection_)
    return;
  connection_->reassembly.giveUpAll(deliverable_);
  deliver(deliverable_);
  counters_ = statistics();
  sendQueue_.restart(connection_->outgoing.unacknowledged(now));
  connection_.reset();
}

void Association::makeConnection(const StateCookie& cookie, Timestamp now) {
  leaveConnection(now);
  connection_ = std::make_unique<Connection>(config_, cookie, sendQueue_, rto_);
  searchPath();
}

void Association::establish(Timestamp now) {
  state_ = State::kEstablished;
  handshakeTimer_.stop();
  errors_ = 0;
  cookieEcho_.clear();
  control_.clear();
  sendQueue_.dropStreamsFrom(connection_->outgoingStreams);
  events_.push_back(Connected{connection_->outgoingStreams, connection_->incomingStreams});
  restartHeartbeat(now);
  if (shutdownWanted_)
    state_ = State::kShutdownPending;
}

void Association::restart(const StateCookie& cookie, Timestamp now) {
  leaveConnection(now);
  rto_ = RtoEstimator(config_.rtoInitial, config_.rtoMin, config_.rtoMax);
  shutdownTimer_.stop();
  heartbeatNonce_.reset();
  localTag_ = cookie.localTag;
  localInitialTsn_ = cookie.localInitialTsn;
  beganWithInit_ = false;
  makeConnection(cookie, now);
  state_ = State::kEstablished;
  shutdownWanted_ = false;
  errors_ = 0;
  control_.clear();
  sendQueue_.dropStreamsFrom(connection_->outgoingStreams);
  events_.push_back(Restarted{connection_->outgoingStreams, connection_->incomingStreams});
  restartHeartbeat(now);
}

}  // namespace rtc::sctp
