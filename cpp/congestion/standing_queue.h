#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::congestion {

/// Notices a queue that stays full: delays that grow no more show no overuse, but the round trip is
/// longer than it was. Since the path itself may have become longer, it is believed twice, and when
/// the round trip has not come down then it is the path's.
class StandingQueue {
 public:
  /// A round trip was measured. True when less should be sent, at most once in some seconds.
  bool measured(Duration roundTrip, Timestamp now) {
    if (!least_[0] || now - leastSince_ > kMemory) {
      least_[1] = least_[0];
      least_[0] = roundTrip;
      leastSince_ = now;
    }
    least_[0] = std::min(*least_[0], roundTrip);
    const Duration least = std::min(*least_[0], least_[1].value_or(*least_[0]));
    if (roundTrip <= least + kQueue) {
      longSince_.reset();
      told_ = 0;
      return false;
    }
    if (!longSince_)
      longSince_ = now;
    if (now - *longSince_ < (told_ == 0 ? kPatience : kDraining))
      return false;
    longSince_ = now;
    if (++told_ <= kMostTold)
      return true;
    reset();
    return false;
  }
  void reset() { *this = StandingQueue(); }

 private:
  // More than jitter, and than what the slope of delays lets pass.
  static constexpr Duration kQueue = Duration::milliseconds(150);
  static constexpr Duration kPatience = Duration::seconds(1);
  // At a sixth less than the path carries, a second of queue takes six.
  static constexpr Duration kDraining = Duration::seconds(3);
  static constexpr int kMostTold = 2;
  static constexpr Duration kMemory = Duration::seconds(30);

  // Of this half minute and the one before.
  std::array<std::optional<Duration>, 2> least_{};
  Timestamp leastSince_;
  std::optional<Timestamp> longSince_;
  int told_ = 0;
};

}  // namespace rtc::congestion
