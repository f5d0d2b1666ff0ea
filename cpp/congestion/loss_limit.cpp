#include "cpp/congestion/loss_limit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cpp/base/logarithm.h"

namespace rtc::congestion {
namespace {

constexpr Duration kObservation = Duration::milliseconds(250);
constexpr size_t kObservations = 20;
// Of an observation, for each that came later: after five seconds it weighs an eighth.
constexpr double kAging = 0.9;

// A tenth is where the draft begins to slow down (section 6). It may be more of what is slow, where
// there is less to give.
constexpr double kMostInherent = 0.1;
constexpr double kMostInherentBits = 40'000;

// About a second of a megabit; what its losses stray by.
constexpr double kPacketsOfSpan = 120;
constexpr size_t kSpans = 24;
constexpr double kLeastFactor = 1.3;
constexpr double kLeastMargin = 0.02;

// How far a limit goes below what it was found to be, and for how long.
constexpr double kFurther = 0.92;
constexpr Duration kLongestHold = Duration::seconds(2);

constexpr size_t kRecent = 40;
constexpr size_t kTold = 4;
constexpr double kMostDispersion = 10;

// A lower limit has to be twenty times as likely.
constexpr double kEvidence = 2.995732273553991;  // the logarithm of 20

constexpr double kGrowthPerSecond = 1.08;
// Near what was found last.
constexpr double kGrowthNearPerSecond = 1.02;
constexpr double kNearBelow = 0.9;
constexpr double kNearAbove = 1.1;
constexpr std::array kSteps{1.0, 0.97, 0.94, 0.9, 0.85, 0.8, 0.7};
constexpr double kLeastProbability = 1e-4;

}  // namespace

void LossLimit::reset() {
  *this = LossLimit();
}

void LossLimit::observed(size_t packets, int64_t lost, size_t bytes, Timestamp sentAt,
                         std::optional<Bitrate> acknowledged, Bitrate ceiling, Timestamp now) {
  partial_.packets += static_cast<double>(packets);
  partial_.lost += static_cast<double>(lost);
  partialBytes_ += static_cast<double>(bytes);
  if (!partialSince_) {
    // Of the packets up to here it is not known since when they left.
    partial_ = {};
    partialBytes_ = 0;
    partialSince_ = sentAt;
    return;
  }
  // What left before the limit came down has had its effect.
  if (decreasedAt_ && *partialSince_ < *decreasedAt_ && sentAt >= *decreasedAt_) {
    partial_ = {};
    partialBytes_ = 0;
    partialSince_ = sentAt;
    return;
  }
  const Duration time = sentAt - *partialSince_;
  if (time < kObservation || partial_.packets == 0)
    return;
  const Observation whole = partial_;
  const auto rate = static_cast<Bitrate>(partialBytes_ * 8 / time.seconds());
  partial_ = {};
  partialBytes_ = 0;
  partialSince_ = sentAt;
  observed(whole.packets, whole.lost, rate, time, acknowledged, ceiling, now);
}

void LossLimit::observed(double packets, double lost, Bitrate rate, Duration time,
                         std::optional<Bitrate> acknowledged, Bitrate ceiling, Timestamp now) {
  const Observation seen{std::max(static_cast<double>(rate), 1.0), packets,
                         std::clamp(lost, 0.0, packets)};
  recent_.push_back(seen);
  if (recent_.size() > kRecent)
    recent_.pop_front();
  if (decreasedAt_ && now - time < *decreasedAt_)
    return;
  packetsSince_ += packets;
  timeSince_ += time;
  count(seen);
  observations_.push_back(seen);
  if (observations_.size() > kObservations)
    observations_.pop_front();
  decide(time, acknowledged, ceiling, now);
}

void LossLimit::count(const Observation& seen) {
  if (spans_.empty() || spans_.back().packets >= kPacketsOfSpan)
    spans_.push_back({});
  // The rate is not of interest here.
  spans_.back().packets += seen.packets;
  spans_.back().lost += seen.lost;
  if (spans_.size() > kSpans)
    spans_.pop_front();
}

bool LossLimit::isHeld() const {
  return decreasedAt_ && packetsSince_ < kPacketsOfSpan && timeSince_ < kLongestHold;
}

double LossLimit::dispersion() const {
  double packets = 0;
  double lost = 0;
  for (const Observation& seen : recent_) {
    packets += seen.packets;
    lost += seen.lost;
  }
  if (recent_.size() < 2 || lost == 0 || lost == packets)
    return 1;
  const double share = lost / packets;
  double sum = 0;
  for (const Observation& seen : recent_) {
    const double error = seen.lost - seen.packets * share;
    sum += error * error / (seen.packets * share * (1 - share));
  }
  return std::clamp(sum / static_cast<double>(recent_.size() - 1), 1.0, kMostDispersion);
}

double LossLimit::mostInherent(double limit, double dispersion) const {
  double most = std::min(kMostInherent + kMostInherentBits / std::max(limit, 1.0), 0.9);
  // The more losses stray, the more packets it takes to tell how many there are.
  const auto together = static_cast<size_t>(std::ceil(dispersion));
  double packets = 0;
  double lost = 0;
  for (size_t i = 0; i < spans_.size(); ++i) {
    packets += spans_[i].packets;
    lost += spans_[i].lost;
    if (i >= together) {
      packets -= spans_[i - together].packets;
      lost -= spans_[i - together].lost;
    }
    if (packets >= kPacketsOfSpan * static_cast<double>(together))
      most = std::min(most, lost / packets * kLeastFactor + kLeastMargin);
  }
  return most;
}

double LossLimit::lossRate() const {
  double packets = 0;
  double lost = 0;
  for (size_t i = recent_.size() - std::min(recent_.size(), kTold); i < recent_.size(); ++i) {
    packets += recent_[i].packets;
    lost += recent_[i].lost;
  }
  return packets > 0 ? lost / packets : 0;
}

double LossLimit::likelihood(double limit, double inherent, double weight) const {
  double sum = 0;
  for (auto seen = observations_.rbegin(); seen != observations_.rend(); ++seen) {
    const double beyond = seen->rate > limit ? 1 - limit / seen->rate : 0;
    const double probability =
        std::clamp(inherent + (1 - inherent) * beyond, kLeastProbability, 1 - kLeastProbability);
    sum += weight * (seen->lost * logarithm(probability) +
                     (seen->packets - seen->lost) * logarithm(1 - probability));
    weight *= kAging;
  }
  return sum;
}

double LossLimit::fit(double limit, double mostInherent, double weight) const {
  // It has one maximum in the share of losses, being a sum of logarithms of what is linear in it.
  double low = 0;
  double high = mostInherent;
  for (int i = 0; i < 24; ++i) {
    const double third = (high - low) / 3;
    if (likelihood(limit, low + third, weight) < likelihood(limit, high - third, weight))
      low += third;
    else
      high -= third;
  }
  return likelihood(limit, (low + high) / 2, weight);
}

void LossLimit::decide(Duration time, std::optional<Bitrate> acknowledged, Bitrate ceiling,
                       Timestamp now) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  double fastest = 0;
  for (const Observation& seen : observations_)
    fastest = std::max(fastest, seen.rate);
  // Nothing is known of rates that were not tried: a limit is looked for below those.
  double top = kNone;
  if (limit_) {
    top = static_cast<double>(*limit_);
    const bool isNear = top > found_ * kNearBelow && top < found_ * kNearAbove;
    const double growth = isNear ? kGrowthNearPerSecond : kGrowthPerSecond;
    if (!isHeld())
      top *= power(growth, std::clamp(time.seconds(), 0.0, 2.0));
  }
  const double base = std::min(
      {static_cast<double>(ceiling), fastest, limit_ ? static_cast<double>(*limit_) : kNone});
  std::array<double, kSteps.size() + 2> candidates{};
  candidates[0] = top;
  candidates[1] = limit_ ? static_cast<double>(*limit_) : base;
  for (size_t i = 0; i < kSteps.size(); ++i)
    candidates[i + 2] = base * kSteps[i];
  const double floor = static_cast<double>(acknowledged.value_or(0));
  std::array<double, candidates.size()> fits{};
  // Losses in bursts are fewer events than packets.
  const double spread = dispersion();
  size_t best = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i] = std::max(candidates[i], std::min(floor, top));
    fits[i] = fit(candidates[i], mostInherent(candidates[i], spread), 1 / spread);
    if (fits[i] > fits[best])
      best = i;
  }
  // The highest that explains it, or else what explains it best.
  size_t highest = best;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (fits[i] >= fits[best] - kEvidence && candidates[i] > candidates[highest])
      highest = i;
  }
  double chosen = candidates[highest];
  if (chosen >= static_cast<double>(ceiling) && chosen >= top) {
    limit_.reset();
    return;
  }
  const bool isLower = chosen < (limit_ ? static_cast<double>(*limit_) : base);
  if (isLower) {
    found_ = candidates[best];
    chosen = found_ * kFurther;
  }
  limit_ = static_cast<Bitrate>(chosen);
  if (isLower) {
    decreasedAt_ = now;
    packetsSince_ = 0;
    timeSince_ = Duration::zero();
    observations_.clear();
    if (!spans_.empty() && spans_.back().packets < kPacketsOfSpan)
      spans_.pop_back();
  }
}

}  // namespace rtc::congestion
