#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpp/sctp/tsn.h"

namespace rtc::sctp {

/// Slow start, congestion avoidance and fast recovery of RFC 9260 section 7.2, with appropriate
/// byte counting. Where it departs: the initial window is RFC 6928's ten packets, and slow start
/// grows by up to two packets an acknowledgement (RFC 3465), since a SACK stands for two packets.
class CongestionControl {
 public:
  explicit CongestionControl(size_t maxPacketSize)
      : mtu_(maxPacketSize), window_(kInitialPackets * maxPacketSize) {}

  /// The path takes packets of another size. A window of a few small ones would not hold one large
  /// one.
  void setMaxPacketSize(size_t bytes) {
    mtu_ = bytes;
    window_ = std::max(window_, 4 * mtu_);
  }

  size_t window() const { return window_; }
  size_t slowStartThreshold() const { return threshold_; }
  bool inFastRecovery() const { return inRecovery_; }
  /// The peer's window bounds the threshold at first (RFC 9260 section 7.2.1: arbitrarily high).
  void setInitialThreshold(size_t bytes) { threshold_ = std::max(bytes, 4 * mtu_); }

  /// A SACK acknowledged `bytes` more. `flightBefore` is what was in flight before it.
  void acknowledged(size_t bytes, size_t flightBefore, bool cumulativeAdvanced, TsnIndex cumulative,
                    bool nothingOutstanding) {
    if (inRecovery_ && cumulative >= recoveryExit_)
      inRecovery_ = false;
    // Section 7.2.1: the window grows only where it is the limit, and not in fast recovery.
    const bool limited = flightBefore + mtu_ > window_;
    if (window_ <= threshold_) {
      if (cumulativeAdvanced && limited && !inRecovery_)
        window_ += std::min(bytes, 2 * mtu_);
    } else {
      // Section 7.2.2.
      if (cumulativeAdvanced)
        partialBytesAcked_ += bytes;
      if (partialBytesAcked_ >= window_) {
        if (limited) {
          partialBytesAcked_ -= window_;
          if (!inRecovery_)
            window_ += mtu_;
        } else {
          partialBytesAcked_ = window_;
        }
      }
    }
    if (nothingOutstanding)
      partialBytesAcked_ = 0;
  }

  /// Loss seen through acknowledgements: halves the window, once until `highestOutstanding` is
  /// acknowledged (sections 7.2.3 and 7.2.4).
  /// True when it did.
  bool lossDetected(TsnIndex highestOutstanding) {
    if (inRecovery_)
      return false;
    windowBefore_ = window_;
    thresholdBefore_ = threshold_;
    threshold_ = std::max(window_ / 2, 4 * mtu_);
    window_ = threshold_;
    partialBytesAcked_ = 0;
    inRecovery_ = true;
    recoveryExit_ = highestOutstanding;
    return true;
  }

  /// There was no loss: what `lossDetected` took is given back.
  void undoReduction() {
    window_ = std::max(window_, windowBefore_);
    threshold_ = std::max(threshold_, thresholdBefore_);
    inRecovery_ = false;
  }

  /// T3-rtx expired (section 7.2.3).
  void timedOut() {
    threshold_ = std::max(window_ / 2, 4 * mtu_);
    window_ = mtu_;
    partialBytesAcked_ = 0;
    inRecovery_ = false;
    windowBefore_ = thresholdBefore_ = 0;
  }

 private:
  static constexpr size_t kInitialPackets = 10;

  size_t mtu_;
  size_t window_;
  size_t threshold_ = SIZE_MAX;
  size_t partialBytesAcked_ = 0;
  size_t windowBefore_ = 0;
  size_t thresholdBefore_ = 0;
  bool inRecovery_ = false;
  TsnIndex recoveryExit_;
};

}  // namespace rtc::sctp
