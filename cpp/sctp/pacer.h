#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpp/base/time.h"

namespace rtc::sctp {

/// Spreads packets over time. Timers come late, by a millisecond or four, and by 16 where the
/// system's clock ticks so; what should have left meanwhile leaves at once, and nobody is woken for
/// less than a millisecond's worth.
///
/// Two packets leave together, as BBR has it (draft-ietf-ccwg-bbr, the send quantum): a receiver
/// acknowledges every second packet at once and one alone after a while (RFC 9260 section 6.2).
/// With one at a time a slow sender would measure that while, and stay slow.
class Pacer {
 public:
  /// Whether something may leave now.
  bool isOpen(Timestamp now) const { return hasSecond_ || nextAt_ <= now; }
  /// When it may, if not now.
  Timestamp opensAt() const {
    return hasSecond_ ? lastSentAt_ : std::max(nextAt_, lastSentAt_ + kGranularity);
  }
  /// Something would leave now if it might: all of the time that passes until it does is made up
  /// for.
  void waits() { isWaiting_ = true; }
  /// Nothing would. What did not leave meanwhile is not owed.
  void rests() { isWaiting_ = false; }
  /// `rate` is in bytes per second; zero does not pace.
  void sent(uint64_t bytes, uint64_t rate, Timestamp now) {
    lastSentAt_ = now;
    hasSecond_ = !hasSecond_;
    if (rate == 0) {
      nextAt_ = now;
      return;
    }
    nextAt_ = std::max(nextAt_, now - (isWaiting_ ? kMaxLateness : kMaxRest)) +
              Duration::microseconds(static_cast<int64_t>(bytes * 1'000'000 / rate));
  }

 private:
  static constexpr Duration kGranularity = Duration::milliseconds(1);
  /// Of a timer that is later, a burst would be too long for queues on the path.
  static constexpr Duration kMaxLateness = Duration::milliseconds(50);
  static constexpr Duration kMaxRest = Duration::milliseconds(4);

  Timestamp nextAt_;
  Timestamp lastSentAt_;
  bool isWaiting_ = false;
  /// The first of two has left.
  bool hasSecond_ = false;
};

}  // namespace rtc::sctp
