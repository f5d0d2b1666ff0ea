#pragma once

// CUBIC (RFC 9438) with HyStart++ (RFC 9406), to be measured beside what the engine has. It is not
// part of the engine.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "cpp/sctp/congestion_control.h"

namespace rtc::sctp {

class Cubic final : public CongestionControl {
 public:
  explicit Cubic(const Options& options)
      : mtu_(static_cast<double>(options.maxPacketSize)), window_(10 * mtu_) {}

  size_t window() const override { return static_cast<size_t>(window_); }
  uint64_t pacingRate() const override { return 0; }
  size_t slowStartThreshold() const override {
    return threshold_ > 1e15 ? SIZE_MAX : static_cast<size_t>(threshold_);
  }
  void setMaxPacketSize(size_t bytes) override { mtu_ = static_cast<double>(bytes); }
  void resumed(Timestamp) override {}
  void chunkLost(const SendState&, size_t, uint64_t, Timestamp) override {}

  void acknowledged(const Acknowledgement& ack) override {
    now_ = ack.now;
    if (ack.roundTrip)
      lastRoundTrip_ = ack.roundTrip->seconds();
    const bool limited = static_cast<double>(ack.flightBefore) + mtu_ > window_;
    if (window_ < threshold_) {
      slowStart(ack, limited);
      return;
    }
    if (!limited || ack.inRecovery || !ack.cumulativeAdvanced)
      return;
    // RFC 9438 section 4.2, in packets.
    if (!epoch_) {
      epoch_ = ack.now;
      const double cwnd = window_ / mtu_;
      most_ = std::max(most_, cwnd);
      untilMost_ = std::cbrt((most_ - cwnd) / kC);
      estimate_ = cwnd;
    }
    const double cwnd = window_ / mtu_;
    const double acked = static_cast<double>(ack.bytesAcked) / mtu_;
    const auto cubic = [&](double t) {
      return kC * std::pow(t - untilMost_, 3) + most_;
    };
    const double t = (ack.now - *epoch_).seconds();
    // Section 4.3: what Reno would have, with the same decrease.
    estimate_ += (estimate_ < most_ ? 3 * (1 - kBeta) / (1 + kBeta) : 1) * acked / cwnd;
    if (cubic(t) < estimate_) {
      window_ = std::max(window_, estimate_ * mtu_);
    } else {
      const double target = std::clamp(cubic(t + lastRoundTrip_), cwnd, 1.5 * cwnd);
      window_ += (target - cwnd) / cwnd * acked * mtu_;
    }
  }

  void lossDetected() override {
    windowBefore_ = window_;
    reduce();
    window_ = threshold_;
  }
  void undoReduction() override { window_ = std::max(window_, windowBefore_); }
  void timedOut() override {
    reduce();
    window_ = mtu_;
  }

 private:
  static constexpr double kC = 0.4;
  static constexpr double kBeta = 0.7;

  void reduce() {
    // Section 4.7: fast convergence.
    const double cwnd = window_ / mtu_;
    most_ = cwnd < most_ ? cwnd * (1 + kBeta) / 2 : cwnd;
    threshold_ = std::max(window_ * kBeta, 4 * mtu_);
    epoch_.reset();
    conservativeRounds_ = 0;
  }

  // RFC 9406 section 4.2, without pacing: L = 8.
  void slowStart(const Acknowledgement& ack, bool limited) {
    if (ack.newest && ack.newest->delivered >= roundEnd_) {
      roundEnd_ = ack.delivered;
      leastBefore_ = least_;
      least_ = 1e9;
      samples_ = 0;
      if (conservativeRounds_ > 0 && ++conservativeRounds_ > 5) {
        threshold_ = window_;
        return;
      }
    }
    if (ack.roundTrip) {
      least_ = std::min(least_, ack.roundTrip->seconds());
      ++samples_;
    }
    if (limited && !ack.inRecovery && ack.cumulativeAdvanced) {
      window_ += std::min(static_cast<double>(ack.bytesAcked), 8 * mtu_) /
                 (conservativeRounds_ > 0 ? 4 : 1);
    }
    if (samples_ < 8 || leastBefore_ > 1e8)
      return;
    const double grown = std::clamp(leastBefore_ / 8, 0.004, 0.016);
    if (conservativeRounds_ == 0 && least_ >= leastBefore_ + grown) {
      conservativeBaseline_ = least_;
      conservativeRounds_ = 1;
    } else if (conservativeRounds_ > 0 && least_ < conservativeBaseline_) {
      conservativeRounds_ = 0;
    }
  }

  double mtu_;
  double window_;
  double threshold_ = 1e18;
  double windowBefore_ = 0;
  double most_ = 0;
  double estimate_ = 0;
  double untilMost_ = 0;
  double lastRoundTrip_ = 0;
  std::optional<Timestamp> epoch_;
  Timestamp now_;
  uint64_t roundEnd_ = 0;
  double least_ = 1e9;
  double leastBefore_ = 1e9;
  int samples_ = 0;
  int conservativeRounds_ = 0;
  double conservativeBaseline_ = 0;
};

inline std::unique_ptr<CongestionControl> makeCubic(const CongestionControl::Options& options) {
  return std::make_unique<Cubic>(options);
}

}  // namespace rtc::sctp
