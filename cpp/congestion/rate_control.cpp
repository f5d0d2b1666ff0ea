#include "cpp/congestion/rate_control.h"

#include <algorithm>
#include <cmath>

#include "cpp/base/logarithm.h"

namespace rtc::congestion {
namespace {

// Section 5.5: beta, eta, and the 1.5 of what is received that the rate keeps below.
constexpr double kDecrease = 0.85;
constexpr double kGrowthPerSecond = 1.08;
constexpr double kAboveReceived = 1.5;
constexpr Bitrate kAboveReceivedBits = 10'000;

constexpr double kSmoothing = 0.05;
constexpr double kProbeSmoothing = 0.5;
constexpr double kDeviations = 3;

constexpr Bitrate kLeastAdditive = 4'000;
constexpr double kFramesPerSecond = 30;
constexpr double kPacketBits = 1200 * 8;
// In addition to the round trip, until a change shows.
constexpr Duration kResponse = Duration::milliseconds(100);

constexpr Duration kLeastBetweenDecreases = Duration::milliseconds(10);
constexpr Duration kMostBetweenDecreases = Duration::milliseconds(200);

Bitrate scaled(Bitrate rate, double factor) {
  return static_cast<Bitrate>(static_cast<double>(rate) * factor);
}

}  // namespace

void LinkCapacity::overused(Bitrate acknowledged) {
  update(static_cast<double>(acknowledged) / 1000, kSmoothing);
}

void LinkCapacity::probed(Bitrate rate) {
  update(static_cast<double>(rate) / 1000, kProbeSmoothing);
}

void LinkCapacity::update(double kilobits, double weight) {
  if (!estimate_)
    estimate_ = kilobits;
  else
    estimate_ = (1 - weight) * *estimate_ + weight * kilobits;
  const double norm = std::max(*estimate_, 1.0);
  const double error = *estimate_ - kilobits;
  // From 14 kbit/s to 35 at a capacity of 500.
  deviation_ = std::clamp((1 - weight) * deviation_ + weight * error * error / norm, 0.4, 2.5);
}

double LinkCapacity::spread() const {
  return kDeviations * std::sqrt(deviation_ * estimate_.value_or(0));
}

std::optional<Bitrate> LinkCapacity::estimate() const {
  if (!estimate_)
    return std::nullopt;
  return static_cast<Bitrate>(*estimate_ * 1000);
}

Bitrate LinkCapacity::upper() const {
  return estimate_ ? static_cast<Bitrate>((*estimate_ + spread()) * 1000) : INT64_MAX;
}

Bitrate LinkCapacity::lower() const {
  return estimate_ ? static_cast<Bitrate>(std::max(*estimate_ - spread(), 0.0) * 1000) : 0;
}

void RateControl::setLimits(Bitrate min, Bitrate max) {
  min_ = min;
  max_ = max;
  set(rate_);
}

void RateControl::reset(Bitrate rate) {
  *this = RateControl(rate, min_, max_);
  set(rate);
}

void RateControl::set(Bitrate rate) {
  rate_ = std::clamp(rate, min_, max_);
}

void RateControl::update(Usage usage, std::optional<Bitrate> acknowledged, bool isAppLimited,
                         Timestamp now) {
  switch (usage) {
    case Usage::kOver:
      decrease(acknowledged, isAppLimited, now);
      break;
    case Usage::kUnder:
      // The queue drains, and must not be filled meanwhile.
      state_ = State::kHold;
      break;
    case Usage::kNormal:
      if (state_ == State::kHold) {
        state_ = State::kIncrease;
        changedAt_ = now;
      } else if (isAppLimited) {
        changedAt_ = now;
      } else {
        increase(acknowledged, now);
      }
      break;
  }
}

void RateControl::probed(Bitrate rate, Timestamp now) {
  capacity_.probed(rate);
  set(rate);
  changedAt_ = now;
}

Bitrate RateControl::additivePerSecond() const {
  // About a packet for every response time, of the size that frames are cut to.
  const double frame = static_cast<double>(rate_) / kFramesPerSecond;
  const double packet = frame / std::ceil(std::max(frame / kPacketBits, 1.0));
  const double response = std::max((roundTrip_ + kResponse).seconds(), 0.001);
  return std::max(kLeastAdditive, static_cast<Bitrate>(packet / response));
}

void RateControl::increase(std::optional<Bitrate> acknowledged, Timestamp now) {
  const double time = changedAt_ ? std::clamp((now - *changedAt_).seconds(), 0.0, 1.0) : 0.0;
  changedAt_ = now;
  if (acknowledged && *acknowledged > capacity_.upper())
    capacity_.reset();
  Bitrate rate = rate_;
  if (capacity_.estimate()) {
    rate += scaled(additivePerSecond(), time);
  } else {
    rate = std::max(rate + scaled(1000, time), scaled(rate, power(kGrowthPerSecond, time)));
  }
  // What is not sent is not shown to be carried.
  if (acknowledged)
    rate = std::min(rate, scaled(*acknowledged, kAboveReceived) + kAboveReceivedBits);
  set(std::max(rate, rate_));
}

void RateControl::decrease(std::optional<Bitrate> acknowledged, bool isAppLimited, Timestamp now) {
  state_ = State::kHold;
  // The effect of the last one has to show first.
  const Duration wait = isAppLimited
                            ? kMostBetweenDecreases
                            : std::clamp(roundTrip_, kLeastBetweenDecreases, kMostBetweenDecreases);
  if (decreasedAt_ && now - *decreasedAt_ < wait)
    return;
  if (acknowledged && *acknowledged < capacity_.lower())
    capacity_.reset();
  // Of a sender that has little to say, what arrives is no measure of the path: delays are another
  // one's then, or a timer's. Step by step the rate still comes down to what is sent.
  Bitrate rate = scaled(isAppLimited ? rate_ : acknowledged.value_or(rate_), kDecrease);
  // When more arrives than was meant to be sent, what the path is known to carry counts instead.
  if (rate > rate_ && capacity_.estimate())
    rate = scaled(*capacity_.estimate(), kDecrease);
  if (acknowledged && !isAppLimited)
    capacity_.overused(*acknowledged);
  set(std::min(rate, rate_));
  changedAt_ = now;
  decreasedAt_ = now;
}

}  // namespace rtc::congestion
