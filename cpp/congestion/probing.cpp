#include "cpp/congestion/probing.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

// As libwebrtc's.
constexpr Bitrate kStartFactors[] = {3, 6};
constexpr double kFurtherThreshold = 0.7;
constexpr Bitrate kFurtherFactor = 2;
constexpr int kPackets = 5;
// Long enough for four timers that come four milliseconds late.
constexpr Duration kLength = Duration::milliseconds(20);
constexpr Duration kAnswerTime = Duration::seconds(1);

constexpr Duration kMostWait = Duration::seconds(15);
// A jump of the estimate downwards may be over soon.
constexpr double kSharpDrop = 0.66;
constexpr Duration kAfterDrop = Duration::seconds(3);
// Of what is wanted: there is no use in knowing of more than twice of it.
constexpr Bitrate kBeyondNeed = 2;
constexpr double kWorthwhile = 1.1;

}  // namespace

Bitrate Probing::bounded(Bitrate rate, const State& state) {
  rate = std::min(rate, state.max);
  if (state.needed > 0)
    rate = std::min(rate, std::max(state.needed * kBeyondNeed, state.estimate));
  return rate;
}

void Probing::probe(Bitrate rate, const State& state, Timestamp now) {
  rate = bounded(rate, state);
  if (static_cast<double>(rate) < static_cast<double>(state.estimate) * kWorthwhile)
    return;
  const auto bytes = static_cast<size_t>(rate * kLength.us() / 8'000'000);
  probes_.push_back({ProbeId(nextId_++), rate, bytes, kPackets});
  answerBy_ = now + kAnswerTime;
  probedRate_ = rate;
  estimateBefore_ = state.estimate;
}

void Probing::update(const State& state, Timestamp now) {
  const Bitrate estimate = state.estimate;
  if (!hasStarted_) {
    hasStarted_ = true;
    nextAt_ = now + wait_;
    for (const Bitrate factor : kStartFactors)
      probe(factor * estimate, state, now);
  } else if (answerBy_) {
    // The estimate may have been that high before, when what was probed for is bounded.
    const bool hasRisen =
        static_cast<double>(estimate) > static_cast<double>(estimateBefore_) * kWorthwhile;
    const bool isCarried = hasRisen && static_cast<double>(estimate) >
                                           static_cast<double>(probedRate_) * kFurtherThreshold;
    if (isCarried || *answerBy_ <= now) {
      answerBy_.reset();
      wait_ = hasRisen ? kLeastWait : std::min(wait_ * 2, kMostWait);
      nextAt_ = now + wait_;
      // What the last one asked already is not asked again: the estimate may have been near it
      // before.
      const bool isFurther = static_cast<double>(bounded(kFurtherFactor * estimate, state)) >
                             static_cast<double>(probedRate_) * kWorthwhile;
      if (isCarried && isFurther && state.mayRise)
        probe(kFurtherFactor * estimate, state, now);
    }
  } else if (static_cast<double>(estimate) < static_cast<double>(estimate_) * kSharpDrop) {
    wait_ = kLeastWait;
    nextAt_ = now + kAfterDrop;
  } else if (state.mayRise) {
    const bool wantsMore = state.needed == 0 || estimate < state.needed;
    if (state.needed > needed_ && state.isAppLimited && wantsMore) {
      probe(state.needed, state, now);
    } else if (now >= nextAt_ && wantsMore) {
      probe(kFurtherFactor * estimate, state, now);
      nextAt_ = now + wait_;
    }
  }
  estimate_ = estimate;
  needed_ = state.needed;
}

std::optional<Probe> Probing::next() {
  if (probes_.empty())
    return std::nullopt;
  const Probe probe = probes_.front();
  probes_.pop_front();
  return probe;
}

}  // namespace rtc::congestion
