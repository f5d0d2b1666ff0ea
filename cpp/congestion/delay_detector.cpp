#include "cpp/congestion/delay_detector.h"

#include <algorithm>
#include <cmath>

namespace rtc::congestion {
namespace {

// "a burst of packets is a sequence of packets that are sent within burst_time" of 5 ms (section
// 5.2); what came within 5 ms and faster than it left belongs to the group before it as well.
constexpr Duration kBurst = Duration::milliseconds(5);
constexpr Duration kLongestBurst = Duration::milliseconds(100);
// Of the receiver's clock or of the path: what lies on both sides of it does not compare.
constexpr Duration kJump = Duration::seconds(3);

constexpr size_t kWindow = 20;
constexpr double kSmoothing = 0.9;
constexpr double kGain = 4;
constexpr int kMostDeltas = 60;

// Section 5.4: K_u and K_d, the bounds of del_var_th, and the 15 ms beyond it that it does not
// follow.
constexpr double kUp = 0.0087;
constexpr double kDown = 0.039;
constexpr double kLeastThreshold = 6;
constexpr double kMostThreshold = 600;
constexpr double kMostOffset = 15;
constexpr double kMostStep = 100;
// "at least overuse_time_th milliseconds".
constexpr double kOveruseTime = 10;

double milliseconds(Duration time) {
  return static_cast<double>(time.us()) / 1000;
}

}  // namespace

void DelayDetector::reset() {
  *this = DelayDetector();
}

bool DelayDetector::isInGroup(Timestamp sentAt, Timestamp receivedAt) const {
  if (sentAt - current_->firstSent <= kBurst)
    return true;
  const Duration sendDelta = sentAt - current_->lastSent;
  const Duration receiveDelta = receivedAt - current_->lastReceived;
  return receiveDelta < sendDelta && receiveDelta <= kBurst &&
         receivedAt - current_->firstReceived < kLongestBurst;
}

void DelayDetector::received(Timestamp sentAt, Timestamp receivedAt, size_t bytes) {
  if (current_) {
    const Duration step = receivedAt - current_->lastReceived;
    if (step > kJump || step < Duration::zero() - kJump)
      reset();
  }
  if (!current_) {
    current_ = Group{sentAt, sentAt, receivedAt, receivedAt, bytes};
    return;
  }
  if (sentAt < current_->firstSent)
    return;
  if (isInGroup(sentAt, receivedAt)) {
    current_->lastSent = std::max(current_->lastSent, sentAt);
    current_->lastReceived = std::max(current_->lastReceived, receivedAt);
    current_->bytes += bytes;
    return;
  }
  if (previous_) {
    groupEnded(current_->lastSent - previous_->lastSent,
               current_->lastReceived - previous_->lastReceived, current_->lastReceived);
  }
  previous_ = current_;
  current_ = Group{sentAt, sentAt, receivedAt, receivedAt, bytes};
}

void DelayDetector::groupEnded(Duration sendDelta, Duration receiveDelta, Timestamp receivedAt) {
  const double variation = milliseconds(receiveDelta) - milliseconds(sendDelta);
  deltas_ = std::min(deltas_ + 1, 1000);
  if (!firstArrival_)
    firstArrival_ = receivedAt;
  accumulatedDelay_ += variation;
  smoothedDelay_ = kSmoothing * smoothedDelay_ + (1 - kSmoothing) * accumulatedDelay_;
  const double now = milliseconds(receivedAt - *firstArrival_);
  samples_.push_back({now, smoothedDelay_});
  if (samples_.size() > kWindow)
    samples_.pop_front();
  double trend = lastTrend_;
  if (samples_.size() == kWindow)
    trend = slope().value_or(trend);
  detect(trend, milliseconds(sendDelta), now);
}

std::optional<double> DelayDetector::slope() const {
  double arrival = 0;
  double delay = 0;
  for (const Sample& sample : samples_) {
    arrival += sample.arrival;
    delay += sample.delay;
  }
  arrival /= static_cast<double>(samples_.size());
  delay /= static_cast<double>(samples_.size());
  double numerator = 0;
  double denominator = 0;
  for (const Sample& sample : samples_) {
    numerator += (sample.arrival - arrival) * (sample.delay - delay);
    denominator += (sample.arrival - arrival) * (sample.arrival - arrival);
  }
  if (denominator == 0)
    return std::nullopt;
  return numerator / denominator;
}

void DelayDetector::detect(double trend, double sendDelta, double now) {
  if (deltas_ < 2)
    return;
  const double scaled = std::min(deltas_, kMostDeltas) * trend * kGain;
  if (scaled > threshold_) {
    overFor_ = overFor_ ? *overFor_ + sendDelta : sendDelta / 2;
    ++overCount_;
    // A trend that has turned is no more overuse.
    if (*overFor_ > kOveruseTime && overCount_ > 1 && trend >= lastTrend_) {
      overFor_ = 0;
      overCount_ = 0;
      usage_ = Usage::kOver;
    }
  } else {
    overFor_.reset();
    overCount_ = 0;
    usage_ = scaled < -threshold_ ? Usage::kUnder : Usage::kNormal;
  }
  lastTrend_ = trend;
  adaptThreshold(scaled, now);
}

void DelayDetector::adaptThreshold(double trend, double now) {
  const double step = thresholdAt_ ? std::clamp(now - *thresholdAt_, 0.0, kMostStep) : 0;
  thresholdAt_ = now;
  const double size = std::abs(trend);
  if (size > threshold_ + kMostOffset)
    return;
  const double speed = size < threshold_ ? kDown : kUp;
  threshold_ =
      std::clamp(threshold_ + speed * (size - threshold_) * step, kLeastThreshold, kMostThreshold);
}

}  // namespace rtc::congestion
