#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::congestion {

/// What delays say of the bottleneck's queue.
enum class Usage : uint8_t { kNormal, kOver, kUnder };

/// Watches how the one-way delay changes (draft-ietf-rmcat-gcc-02 section 5). Packets that leave
/// within 5 ms form a group, and so do those that come in a burst; the differences between groups
/// add up to the queue's growth. A line is fitted through the last twenty, as libwebrtc does in the
/// place of the draft's Kalman filter, and its slope held against a threshold that adapts.
class DelayDetector {
 public:
  /// A packet that left and came then, on clocks of their own. By arrival; those that left before
  /// the group at hand are passed over.
  void received(Timestamp sentAt, Timestamp receivedAt, size_t bytes);
  Usage usage() const { return usage_; }
  void reset();

 private:
  struct Group {
    Timestamp firstSent;
    Timestamp lastSent;
    Timestamp firstReceived;
    Timestamp lastReceived;
    size_t bytes = 0;
  };
  struct Sample {
    // Milliseconds, since the first group and of queueing delay.
    double arrival;
    double delay;
  };

  bool isInGroup(Timestamp sentAt, Timestamp receivedAt) const;
  void groupEnded(Duration sendDelta, Duration receiveDelta, Timestamp receivedAt);
  std::optional<double> slope() const;
  void detect(double trend, double sendDelta, double now);
  void adaptThreshold(double trend, double now);

  std::optional<Group> current_;
  std::optional<Group> previous_;

  std::optional<Timestamp> firstArrival_;
  int deltas_ = 0;
  double accumulatedDelay_ = 0;
  double smoothedDelay_ = 0;
  std::deque<Sample> samples_;

  double threshold_ = kInitialThreshold;
  std::optional<double> thresholdAt_;
  std::optional<double> overFor_;
  int overCount_ = 0;
  double lastTrend_ = 0;
  Usage usage_ = Usage::kNormal;

  // Section 5.4 has 12.5 ms.
  static constexpr double kInitialThreshold = 12.5;
};

}  // namespace rtc::congestion
