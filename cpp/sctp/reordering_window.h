#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "cpp/base/time.h"
#include "cpp/sctp/tsn.h"

namespace rtc::sctp {

/// How much later than its successors a packet may be acknowledged before it counts as lost: the
/// reordering window of RACK (RFC 8985 section 6.2 step 4), and what it learns from. A receiver's
/// duplicate TSNs (RFC 9260 section 3.3.4) play the part of TCP's D-SACK.
class ReorderingWindow {
 public:
  /// A round trip of something that was sent once.
  void measured(Duration roundTrip) {
    minRoundTrip_ = minRoundTrip_ ? std::min(*minRoundTrip_, roundTrip) : roundTrip;
  }
  std::optional<Duration> minRoundTrip() const { return minRoundTrip_; }

  /// Something was acknowledged after what was sent later, and had been sent once only.
  void reordered() { isReordering_ = true; }
  /// Whether the path is known to do so. While it is not, three later packets are proof of a loss.
  bool isReordering() const { return isReordering_; }

  /// `tsn` is sent again.
  void retransmitted(TsnIndex tsn) {
    if (retransmitted_.size() == kMaxRemembered)
      retransmitted_.erase(retransmitted_.begin());
    retransmitted_.insert(tsn);
  }
  /// The peer got `tsn` twice. True when we had sent it again: needlessly, as it turns out. The
  /// window widens, once a round trip; `cumulative` is what the peer has acknowledged, `next` what
  /// will be sent next.
  bool reportedTwice(TsnIndex tsn, TsnIndex cumulative, TsnIndex next) {
    if (retransmitted_.erase(tsn) == 0)
      return false;
    isReordering_ = true;
    if (!roundEnd_ || cumulative >= *roundEnd_) {
      roundEnd_ = next;
      ++multiplier_;
    }
    recoveriesLeft_ = kPersistence;
    return true;
  }
  /// A loss was recovered from. After enough of them without a needless retransmission the window
  /// is narrow again.
  void recovered() {
    if (recoveriesLeft_ > 0 && --recoveriesLeft_ == 0)
      multiplier_ = 1;
  }

  /// The window; `smoothed` bounds it.
  Duration window(bool isInRecovery, std::optional<Duration> smoothed) const {
    if (!minRoundTrip_ || (!isReordering_ && isInRecovery))
      return Duration::zero();
    const Duration wide = *minRoundTrip_ * multiplier_ / 4;
    return smoothed ? std::min(wide, *smoothed) : wide;
  }

 private:
  static constexpr size_t kMaxRemembered = 1024;
  // RFC 8985 section 6.2: RACK.reo_wnd_persist.
  static constexpr int kPersistence = 16;

  std::optional<Duration> minRoundTrip_;
  bool isReordering_ = false;
  // Quarters of the round trip; the smoothed one bounds the window in the end.
  int64_t multiplier_ = 1;
  int recoveriesLeft_ = 0;
  std::optional<TsnIndex> roundEnd_;
  std::set<TsnIndex> retransmitted_;
};

}  // namespace rtc::sctp
