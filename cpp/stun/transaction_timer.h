#pragma once

#include "cpp/base/time.h"

namespace rtc::stun {

/// RFC 8489 section 6.2.1.
struct TransactionTimings {
  /// First retransmission timeout; the default for a path whose round-trip time is not known.
  Duration rto = Duration::milliseconds(500);
  /// Rc: how often the request is sent in all.
  int requestCount = 7;
  /// Rm: how many initial RTOs the client waits after the last one.
  int lastWaitFactor = 16;
  /// Ti: how long a response is awaited on a reliable transport (section 6.2.2).
  Duration reliableTimeout = Duration::microseconds(39500000);
};

/// The retransmission schedule of one client transaction. With the default timings a datagram
/// request goes out at 0, 500, 1500, 3500, 7500, 15500 and 31500 ms and fails at 39500 ms.
class TransactionTimer {
 public:
  enum class Transport { kDatagram, kReliable };
  enum class Due { kNothing, kRetransmit, kTimedOut };

  /// The request has been sent once, at `firstSent`.
  TransactionTimer(Timestamp firstSent, Transport transport, const TransactionTimings& timings = {})
      : timings_(timings), interval_(timings.rto) {
    if (transport == Transport::kReliable) {
      sent_ = timings_.requestCount;
      deadline_ = firstSent + timings_.reliableTimeout;
    } else {
      arm(firstSent);
    }
  }

  /// When `handle` has something to say next; never() after the time-out.
  Timestamp deadline() const { return deadline_; }

  /// What to do now. `kRetransmit` counts as sent at `now`; harmless when early. A caller that is
  /// late by several intervals gets one retransmission, and the schedule goes on from there.
  Due handle(Timestamp now) {
    if (now < deadline_)
      return Due::kNothing;
    if (sent_ >= timings_.requestCount) {
      deadline_ = Timestamp::never();
      return Due::kTimedOut;
    }
    ++sent_;
    interval_ = interval_ * 2;
    arm(now);
    return Due::kRetransmit;
  }

  /// How often the request was sent, the first time included.
  int sent() const { return sent_; }

 private:
  void arm(Timestamp now) {
    const bool last = sent_ >= timings_.requestCount;
    deadline_ = now + (last ? timings_.rto * timings_.lastWaitFactor : interval_);
  }

  TransactionTimings timings_;
  Duration interval_;
  int sent_ = 1;
  Timestamp deadline_ = Timestamp::never();
};

}  // namespace rtc::stun
