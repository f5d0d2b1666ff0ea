#include "cpp/congestion/report_control.h"

#include <algorithm>

#include "cpp/base/logarithm.h"

namespace rtc::congestion {
namespace {

// Queueing that reports can tell from the noise of a path: more than a tenth of a second.
constexpr Duration kLeastQueueing = Duration::milliseconds(100);
constexpr Duration kMemory = Duration::seconds(30);

constexpr double kDecrease = 0.85;
constexpr Duration kBetweenDecreases = Duration::milliseconds(300);
// draft-ietf-rmcat-gcc-02 section 6: below 2 % it may rise.
constexpr double kFewLosses = 0.02;
constexpr double kGrowthPerSecond = 1.08;
constexpr double kStartGrowthPerSecond = 1.5;
// Reports are up to five seconds apart (RFC 3550 section 6.2).
constexpr double kMostSeconds = 2;
constexpr double kAboveSent = 1.5;
constexpr Bitrate kAboveSentBits = 10'000;

Bitrate scaled(Bitrate rate, double factor) {
  return static_cast<Bitrate>(static_cast<double>(rate) * factor);
}

}  // namespace

void ReportControl::setLimits(Bitrate min, Bitrate max) {
  min_ = min;
  max_ = max;
  set(rate_);
}

void ReportControl::reset(Bitrate rate) {
  *this = ReportControl(rate, min_, max_);
  set(rate);
}

void ReportControl::set(Bitrate rate) {
  rate_ = std::clamp(rate, min_, max_);
}

bool ReportControl::isLong(Duration roundTrip, Timestamp now) {
  if (!leastRoundTrips_[0] || now - leastSince_ > kMemory) {
    leastRoundTrips_[1] = leastRoundTrips_[0];
    leastRoundTrips_[0] = roundTrip;
    leastSince_ = now;
  }
  leastRoundTrips_[0] = std::min(*leastRoundTrips_[0], roundTrip);
  const Duration least = std::min(*leastRoundTrips_[0], leastRoundTrips_[1].value_or(roundTrip));
  return roundTrip > least + std::max(kLeastQueueing, least / 2);
}

void ReportControl::reported(std::optional<Duration> roundTrip, std::optional<Bitrate> sent,
                             double lossRate, bool isAppLimited, Timestamp now) {
  const double time =
      reportedAt_ ? std::clamp((now - *reportedAt_).seconds(), 0.0, kMostSeconds) : 0;
  reportedAt_ = now;
  if (roundTrip && isLong(*roundTrip, now)) {
    isStarting_ = false;
    if (decreasedAt_ && now - *decreasedAt_ < std::max(kBetweenDecreases, *roundTrip))
      return;
    decreasedAt_ = now;
    set(std::min(rate_, scaled(std::min(rate_, sent.value_or(rate_)), kDecrease)));
    return;
  }
  if (lossRate > kFewLosses)
    isStarting_ = false;
  if (isAppLimited)
    return;
  const double growth = isStarting_ ? kStartGrowthPerSecond : kGrowthPerSecond;
  Bitrate rate = scaled(rate_, power(growth, time));
  if (sent)
    rate = std::min(rate, scaled(*sent, kAboveSent) + kAboveSentBits);
  set(std::max(rate, rate_));
}

}  // namespace rtc::congestion
