#include "cpp/congestion/loss_limit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

// A lower limit has to be twenty times as likely.
const double kEvidence = std::log(20.0);
// Losses come in bursts, so packets say less than if each were drawn for itself.
constexpr double kIndependence = 0.5;

constexpr double kGrowthPerSecond = 1.08;
constexpr std::array kSteps{1.0, 0.97, 0.94, 0.9, 0.85};
constexpr double kLeastProbability = 1e-4;

}  // namespace

void LossLimit::reset() {
  *this = LossLimit();
}

void LossLimit::observed(size_t packets, int64_t lost, size_t bytes, Timestamp sentAt,
                         std::optional<Bitrate> acknowledged, Bitrate ceiling) {
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
  const Duration time = sentAt - *partialSince_;
  if (time < kObservation || partial_.packets == 0)
    return;
  const Observation whole = partial_;
  const auto rate = static_cast<Bitrate>(partialBytes_ * 8 / time.seconds());
  partial_ = {};
  partialBytes_ = 0;
  partialSince_ = sentAt;
  observed(whole.packets, whole.lost, rate, time, acknowledged, ceiling);
}

void LossLimit::observed(double packets, double lost, Bitrate rate, Duration time,
                         std::optional<Bitrate> acknowledged, Bitrate ceiling) {
  observations_.push_back(
      {std::max(static_cast<double>(rate), 1.0), packets, std::clamp(lost, 0.0, packets)});
  if (observations_.size() > kObservations)
    observations_.pop_front();
  decide(time, acknowledged, ceiling);
}

double LossLimit::lossRate() const {
  double packets = 0;
  double lost = 0;
  for (size_t i = observations_.size() - std::min<size_t>(observations_.size(), 4);
       i < observations_.size(); ++i) {
    packets += observations_[i].packets;
    lost += observations_[i].lost;
  }
  return packets > 0 ? lost / packets : 0;
}

double LossLimit::likelihood(double limit, double inherent) const {
  double sum = 0;
  double weight = kIndependence;
  for (auto seen = observations_.rbegin(); seen != observations_.rend(); ++seen) {
    const double beyond = seen->rate > limit ? 1 - limit / seen->rate : 0;
    const double probability =
        std::clamp(inherent + (1 - inherent) * beyond, kLeastProbability, 1 - kLeastProbability);
    sum += weight * (seen->lost * std::log(probability) +
                     (seen->packets - seen->lost) * std::log(1 - probability));
    weight *= kAging;
  }
  return sum;
}

double LossLimit::fit(double limit) const {
  // It has one maximum in the share of losses, being a sum of logarithms of what is linear in it.
  double low = 0;
  double high = std::min(kMostInherent + kMostInherentBits / std::max(limit, 1.0), 0.9);
  for (int i = 0; i < 24; ++i) {
    const double third = (high - low) / 3;
    if (likelihood(limit, low + third) < likelihood(limit, high - third))
      low += third;
    else
      high -= third;
  }
  return likelihood(limit, (low + high) / 2);
}

void LossLimit::decide(Duration time, std::optional<Bitrate> acknowledged, Bitrate ceiling) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  double fastest = 0;
  for (const Observation& seen : observations_)
    fastest = std::max(fastest, seen.rate);
  // Nothing is known of rates that were not tried: a limit is looked for below those.
  double top = kNone;
  if (limit_) {
    top = static_cast<double>(*limit_) *
          std::pow(kGrowthPerSecond, std::clamp(time.seconds(), 0.0, 2.0));
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
  double best = -kNone;
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i] = std::max(candidates[i], std::min(floor, top));
    fits[i] = fit(candidates[i]);
    best = std::max(best, fits[i]);
  }
  double chosen = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (fits[i] >= best - kEvidence)
      chosen = std::max(chosen, candidates[i]);
  }
  if (chosen >= static_cast<double>(ceiling) && chosen >= top)
    limit_.reset();
  else
    limit_ = static_cast<Bitrate>(chosen);
}

}  // namespace rtc::congestion
