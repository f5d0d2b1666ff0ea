#pragma once

#include "cpp/base/time.h"

namespace rtc::sctp {

/// A point in time at which something is due, or not. Nothing fires by itself.
class Timer {
 public:
  void start(Timestamp now, Duration delay) { deadline_ = now + delay; }
  void stop() { deadline_ = Timestamp::never(); }
  bool running() const { return !deadline_.isNever(); }
  Timestamp deadline() const { return deadline_; }
  /// True once when due; the timer is stopped then.
  bool expire(Timestamp now) {
    if (now < deadline_)
      return false;
    stop();
    return true;
  }

 private:
  Timestamp deadline_ = Timestamp::never();
};

}  // namespace rtc::sctp
