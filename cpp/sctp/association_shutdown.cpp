// Closing gracefully: RFC 9260 section 9.2.

#include "cpp/sctp/association.h"

namespace rtc::sctp {

void Association::shutdown(Timestamp now) {
  now_ = now;
  if (finished_)
    return;
  shutdownWanted_ = true;
  if (state_ == State::kClosed)
    finish(CloseReason::kShutdown, std::nullopt, {});
  if (state_ == State::kEstablished)
    state_ = State::kShutdownPending;
}

// Once nothing is queued or unacknowledged, the next step can be taken.
void Association::progressShutdown() {
  if (state_ != State::kShutdownPending && state_ != State::kShutdownReceived)
    return;
  if (!sendQueue_.idle() || !connection_->outgoing.empty())
    return;
  shutdownAttempts_ = 0;
  if (state_ == State::kShutdownPending) {
    state_ = State::kShutdownSent;
    sendShutdown();
  } else {
    state_ = State::kShutdownAckSent;
    control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
  }
  shutdownTimer_.start(now_, rto_.rto());
}

void Association::sendShutdown() {
  ByteWriter value;
  value.u32(connection_->received.cumulative().wire().value());
  control_.push_back(encodeChunk(ChunkType::kShutdown, 0, value.view()));
}

void Association::handleShutdown(const ChunkView& chunk, Timestamp now) {
  const auto cumulative = ByteReader(chunk.value).u32();
  if (!cumulative)
    return;
  connection_->outgoing.handleCumulativeAck(Tsn(*cumulative), now);
  shutdownWanted_ = true;
  switch (state_) {
    case State::kEstablished:
    case State::kShutdownPending:
      state_ = State::kShutdownReceived;
      break;
    case State::kShutdownSent:  // both began
    case State::kShutdownAckSent:
      state_ = State::kShutdownAckSent;
      control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
      shutdownTimer_.start(now, rto_.rto());
      break;
    default:
      break;
  }
}

void Association::handleShutdownAck(VerificationTag tag) {
  sendAlone(tag, ChunkType::kShutdownComplete, 0, {});
  finish(CloseReason::kShutdown, std::nullopt, {});
}

void Association::shutdownTimeout(Timestamp now) {
  if (++shutdownAttempts_ > config_.maxRetransmissions) {
    finish(CloseReason::kTimeout, std::nullopt, "the peer does not finish the shutdown");
    return;
  }
  if (state_ == State::kShutdownSent) {
    sendShutdown();
  } else if (state_ == State::kShutdownAckSent) {
    control_.push_back(encodeChunk(ChunkType::kShutdownAck, 0, {}));
  } else {
    return;
  }
  rto_.backOff();
  shutdownTimer_.start(now, rto_.rto());
}

}  // namespace rtc::sctp
