#include <algorithm>

#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {
namespace {

template <typename Value>
bool halve(Value& value, Value least) {
  if (value <= least)
    return false;
  value = std::max(value / 2, least);
  return true;
}

}  // namespace

std::string promiseOf(const std::string& verdict) {
  const size_t begin = verdict.find('[');
  const size_t end = verdict.find(']', begin);
  return begin == std::string::npos || end == std::string::npos
             ? verdict
             : verdict.substr(begin, end + 1 - begin);
}

Plan shrink(const Plan& plan, const std::string& verdict,
            const std::function<Verdict(const Plan&)>& run) {
  const std::string promise = promiseOf(verdict);
  Plan best = plan;
  const auto breaks = [&](const Plan& candidate) {
    const Verdict found = run(candidate);
    return found && promiseOf(*found) == promise;
  };
  const auto take = [&](Plan candidate) {
    if (!breaks(candidate))
      return false;
    best = std::move(candidate);
    return true;
  };

  // Runs of events, halved in length until they are single ones, and again while that helps.
  for (bool helped = true; helped;) {
    helped = false;
    for (size_t length = std::max<size_t>(best.events.size() / 2, 1); length > 0; length /= 2) {
      for (size_t at = 0; at < best.events.size();) {
        Plan candidate = best;
        const auto first = candidate.events.begin() + static_cast<std::ptrdiff_t>(at);
        const size_t count = std::min(length, candidate.events.size() - at);
        candidate.events.erase(first, first + static_cast<std::ptrdiff_t>(count));
        if (take(std::move(candidate)))
          helped = true;
        else
          at += length;
      }
    }
  }
  const auto simpler = [&](const std::function<bool(Plan&)>& change) {
    Plan candidate = best;
    while (change(candidate) && take(candidate))
      candidate = best;
  };
  for (size_t i = 0; i < best.events.size(); ++i) {
    simpler([i](Plan& plan) { return halve(plan.events[i].amount, 1u); });
    simpler([i](Plan& plan) {
      int64_t length = plan.events[i].length.ms();
      const bool halved = halve<int64_t>(length, 1);
      plan.events[i].length = Duration::milliseconds(length);
      return halved;
    });
  }
  simpler([](Plan& plan) { return std::exchange(plan.link, LinkOptions()).loss > 0; });
  simpler([](Plan& plan) { return std::exchange(plan.withMedia, false); });
  simpler([](Plan& plan) { return std::exchange(plan.timerLag, Duration::zero()).us() > 0; });
  return best;
}

}  // namespace rtc::sim::whole
