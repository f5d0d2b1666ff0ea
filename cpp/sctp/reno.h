#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpp/sctp/congestion_control.h"

namespace rtc::sctp {

/// Slow start, congestion avoidance and fast recovery of RFC 9260 section 7.2, with appropriate
/// byte counting: what others do by default, and what ours is compared with. Where it departs: the
/// initial window is RFC 6928's ten packets, and slow start grows by up to two packets an
/// acknowledgement (RFC 3465), since a SACK stands for two packets.
class Reno final : public CongestionControl {
 public:
  /// The peer's window bounds the threshold at first (RFC 9260 section 7.2.1: arbitrarily high).
  explicit Reno(const Options& options)
      : mtu_(options.maxPacketSize),
        window_(kInitialPackets * mtu_),
        threshold_(std::max(options.peerReceiveWindow, 4 * mtu_)) {}

  size_t window() const override { return window_; }
  uint64_t pacingRate() const override { return 0; }
  size_t slowStartThreshold() const override { return threshold_; }
  void setMaxPacketSize(size_t bytes) override {
    mtu_ = bytes;
    window_ = std::max(window_, mtu_);
  }

  void resumed(Timestamp) override {}
  void chunkLost(const SendState&, size_t, uint64_t, Timestamp) override {}
  void acknowledged(const Acknowledgement& ack) override {
    // Section 7.2.1: the window grows only where it is the limit, and not in fast recovery.
    const bool limited = ack.flightBefore + mtu_ > window_;
    if (window_ <= threshold_) {
      if (ack.cumulativeAdvanced && limited && !ack.inRecovery)
        window_ += std::min(ack.bytesAcked, 2 * mtu_);
    } else {
      // Section 7.2.2.
      if (ack.cumulativeAdvanced)
        partialBytesAcked_ += ack.bytesAcked;
      if (partialBytesAcked_ >= window_) {
        if (limited) {
          partialBytesAcked_ -= window_;
          if (!ack.inRecovery)
            window_ += mtu_;
        } else {
          partialBytesAcked_ = window_;
        }
      }
    }
    if (ack.nothingOutstanding)
      partialBytesAcked_ = 0;
  }

  /// Halves the window (sections 7.2.3 and 7.2.4).
  void lossDetected() override {
    windowBefore_ = window_;
    thresholdBefore_ = threshold_;
    threshold_ = std::max(window_ / 2, 4 * mtu_);
    window_ = threshold_;
    partialBytesAcked_ = 0;
  }
  void undoReduction() override {
    window_ = std::max(window_, windowBefore_);
    threshold_ = std::max(threshold_, thresholdBefore_);
  }
  /// Section 7.2.3.
  void timedOut() override {
    threshold_ = std::max(window_ / 2, 4 * mtu_);
    window_ = mtu_;
    partialBytesAcked_ = 0;
    windowBefore_ = thresholdBefore_ = 0;
  }

 private:
  static constexpr size_t kInitialPackets = 10;

  size_t mtu_;
  size_t window_;
  size_t threshold_;
  size_t partialBytesAcked_ = 0;
  size_t windowBefore_ = 0;
  size_t thresholdBefore_ = 0;
};

}  // namespace rtc::sctp
