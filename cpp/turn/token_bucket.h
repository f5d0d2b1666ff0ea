#pragma once

#include <algorithm>
#include <cstdint>

#include "cpp/base/time.h"

namespace rtc::turn {

/// Lets `rate` units a second pass, and `burst` at once. A rate of zero means no limit.
class TokenBucket {
 public:
  TokenBucket() = default;
  TokenBucket(uint64_t rate, uint64_t burst)
      : rate_(static_cast<double>(rate)),
        burst_(static_cast<double>(burst)),
        tokens_(static_cast<double>(burst)) {}

  /// Takes `amount`, or nothing and returns false.
  bool take(uint64_t amount, Timestamp now) {
    if (!has(amount, now))
      return false;
    if (rate_ > 0)
      tokens_ -= static_cast<double>(amount);
    return true;
  }
  bool has(uint64_t amount, Timestamp now) {
    refill(now);
    return rate_ <= 0 || tokens_ >= static_cast<double>(amount);
  }
  /// Forgetting a full bucket gives nobody anything.
  bool isFull(Timestamp now) const {
    return rate_ <= 0 || tokens_ + (now - refilled_).seconds() * rate_ >= burst_;
  }

 private:
  void refill(Timestamp now) {
    if (now > refilled_) {
      tokens_ = std::min(burst_, tokens_ + (now - refilled_).seconds() * rate_);
      refilled_ = now;
    }
  }

  double rate_ = 0;
  double burst_ = 0;
  double tokens_ = 0;
  Timestamp refilled_;
};

/// For payload: a second's worth at once, but never so little that a whole datagram could not pass.
inline TokenBucket bandwidthBucket(uint64_t bytesPerSecond) {
  return TokenBucket(bytesPerSecond, std::max<uint64_t>(bytesPerSecond, 65536));
}

}  // namespace rtc::turn
