#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/sctp/congestion_control.h"

namespace rtc::sctp {

/// Measures how fast the path delivers (draft-ietf-ccwg-bbr section 4.1.2): what arrived between
/// the sending of a chunk and its acknowledgement, over the longer of the times that sending and
/// acknowledging it took.
class DeliveryRate {
 public:
  /// A chunk goes out now; `flight` is what is under way before it, and after.
  SendState sent(size_t flightBefore, size_t flight, Timestamp now) {
    if (flightBefore == 0)
      firstSentAt_ = deliveredAt_ = now;
    return {delivered_, lost_, deliveredAt_, firstSentAt_, flight, appLimitedUntil_ > 0};
  }
  /// Less than the window is under way, since there is no more to send.
  void appLimited(size_t flight) { appLimitedUntil_ = std::max<uint64_t>(delivered_ + flight, 1); }

  void acknowledged(const SendState& state, size_t bytes, Timestamp sentAt, Timestamp now) {
    delivered_ += bytes;
    deliveredAt_ = now;
    if (newest_ && (state.delivered < newest_->delivered ||
                    (state.delivered == newest_->delivered && sentAt < newestSentAt_)))
      return;
    newest_ = state;
    newestSentAt_ = sentAt;
  }
  uint64_t lose(size_t bytes) { return lost_ += bytes; }

  /// Completes `ack` with what was acknowledged since the last one.
  void complete(Acknowledgement& ack) {
    if (appLimitedUntil_ > 0 && delivered_ > appLimitedUntil_)
      appLimitedUntil_ = 0;
    ack.delivered = delivered_;
    ack.lost = lost_;
    ack.newest = newest_;
    if (newest_) {
      ack.interval =
          std::max(newestSentAt_ - newest_->firstSentAt, deliveredAt_ - newest_->deliveredAt);
      firstSentAt_ = newestSentAt_;
    }
    newest_.reset();
  }

 private:
  uint64_t delivered_ = 0;
  uint64_t lost_ = 0;
  Timestamp deliveredAt_;
  Timestamp firstSentAt_;
  // Chunks sent until so much is delivered say nothing of the path; zero where they do.
  uint64_t appLimitedUntil_ = 0;
  std::optional<SendState> newest_;
  Timestamp newestSentAt_;
};

}  // namespace rtc::sctp
