#pragma once

#include <algorithm>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::sctp {

/// The retransmission timeout of RFC 9260 section 6.3.1 (RFC 6298).
class RtoEstimator {
 public:
  RtoEstimator(Duration initial, Duration min, Duration max)
      : min_(min), max_(max), rto_(std::clamp(initial, min, max)) {}

  /// A round trip of something that was sent once only (Karn's rule is the caller's).
  void measured(Duration rtt) {
    rtt = std::max(rtt, Duration::zero());
    observed(rtt);
    if (!srtt_) {  // C2
      srtt_ = rtt;
      variance_ = rtt / 2;
    } else {  // C3, with alpha = 1/8 and beta = 1/4
      const Duration error = rtt > *srtt_ ? rtt - *srtt_ : *srtt_ - rtt;
      variance_ = (variance_ * 3 + error) / 4;
      srtt_ = (*srtt_ * 7 + rtt) / 8;
    }
    // C6 and C7.
    rto_ = std::clamp(*srtt_ + std::max(variance_ * 4, kGranularity), min_, max_);
  }
  /// A round trip that says nothing about the next ones, as that of a handshake.
  void observed(Duration rtt) { least_ = std::min(least_.value_or(rtt), rtt); }
  /// E2: a timer expired.
  void backOff() { rto_ = std::min(rto_ * 2, max_); }

  Duration rto() const { return rto_; }
  std::optional<Duration> smoothed() const { return srtt_; }
  /// The shortest round trip there was.
  std::optional<Duration> least() const { return least_; }

 private:
  // G1: the clock granularity that the variance must not fall below.
  static constexpr Duration kGranularity = Duration::milliseconds(1);

  Duration min_;
  Duration max_;
  Duration rto_;
  std::optional<Duration> srtt_;
  std::optional<Duration> least_;
  Duration variance_;
};

}  // namespace rtc::sctp
