// Runs whole calls on simulated paths and prints JSON: what somebody sees who looks at them, over
// time and in figures. Virtual time and seeds make it the same on every machine. npm run
// media-curves compiles it, draws docs/images/call-*.svg and prints a table of
// docs/media-congestion.md.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/call.h"

namespace {

using namespace rtc;
using sim::Call;
using sim::CallOptions;

constexpr Duration kSecond = Duration::seconds(1);
constexpr int kSeconds = 60;

double milliseconds(Duration time) {
  return static_cast<double>(time.us()) / 1000;
}

void print(const char* name, const std::vector<double>& values, bool last = false) {
  std::printf("\"%s\":[", name);
  for (size_t i = 0; i < values.size(); ++i)
    std::printf("%s%.4g", i ? "," : "", values[i]);
  std::printf("]%s", last ? "" : ",");
}

struct Scenario {
  const char* id;
  const char* path;
  CallOptions options;
  /// What happens on the path, at each tenth of a second.
  std::function<void(Call&, int tenth)> happen;
};

CallOptions lossy(double loss) {
  CallOptions options;
  options.loss = loss;
  return options;
}

CallOptions shaking(bool reorders) {
  CallOptions options;
  options.jitter = Duration::milliseconds(100);
  options.reorders = reorders;
  return options;
}

void curves(const Scenario& scenario) {
  Call call(scenario.options, 1);
  const Timestamp begin = call.now();
  std::vector<double> time, capacity, target, arrived, stood;
  std::vector<uint64_t> marks{0};
  for (int tenth = 1; tenth <= kSeconds * 10; ++tenth) {
    if (scenario.happen)
      scenario.happen(call, tenth);
    call.runFor(Duration::milliseconds(100));
    marks.push_back(call.arrived());
    const size_t back = std::min<size_t>(5, marks.size() - 1);
    time.push_back(tenth / 10.0);
    capacity.push_back(static_cast<double>(call.options().bitsPerSecond) / 1e6);
    target.push_back(static_cast<double>(call.target()) / 1e6);
    arrived.push_back(static_cast<double>(marks.back() - marks[marks.size() - 1 - back]) * 8 / 1e5 /
                      static_cast<double>(back));
  }
  // How old what is seen has become at most, by the end of each tenth.
  const auto& shown = call.shown();
  size_t next = 0;
  Timestamp capturedAt = begin;
  for (int tenth = 1; tenth <= kSeconds * 10; ++tenth) {
    const Timestamp end = begin + Duration::milliseconds(100) * tenth;
    Duration oldest;
    for (; next < shown.size() && shown[next].at < end; ++next) {
      oldest = std::max(oldest, shown[next].at - capturedAt);
      capturedAt = shown[next].capturedAt;
    }
    stood.push_back(milliseconds(std::max(oldest, end - capturedAt)));
  }
  std::printf("{\"id\":\"%s\",", scenario.id);
  print("time", time);
  print("capacity", capacity);
  print("target", target);
  print("arrived", arrived);
  print("age", stood, true);
  std::printf("}");
}

void figures(const Scenario& scenario) {
  constexpr int kSeeds = 5;
  double rate = 0, shown = 0, freezes = 0, frozen = 0, longest = 0, usual = 0, high = 0, keys = 0;
  double concealed = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Call call(scenario.options, seed);
    const Timestamp from = call.now() + kSecond * 2;
    for (int tenth = 1; tenth <= kSeconds * 10; ++tenth) {
      if (scenario.happen)
        scenario.happen(call, tenth);
      call.runFor(Duration::milliseconds(100));
    }
    const auto found = call.freezes(from, call.now());
    rate += static_cast<double>(call.arrived()) * 8 / 1e6 / kSeconds / kSeeds;
    shown += static_cast<double>(call.shown().size()) / kSeconds / kSeeds;
    freezes += static_cast<double>(found.count) / kSeeds;
    frozen += milliseconds(found.total) / kSeeds;
    longest = std::max(longest, milliseconds(found.longest));
    usual += milliseconds(call.delay(from, call.now(), 0.5)) / kSeeds;
    high += milliseconds(call.delay(from, call.now(), 0.95)) / kSeeds;
    keys += static_cast<double>(call.keyFramesSent()) / kSeeds;
    concealed += static_cast<double>(call.concealed().us()) /
                 static_cast<double>(call.heard().us()) / kSeeds;
  }
  std::printf(
      "{\"path\":\"%s\",\"rate\":%.3g,\"fps\":%.3g,\"freezes\":%.3g,\"frozenMs\":%.4g,"
      "\"longestMs\":%.4g,\"delayMs\":%.3g,\"highDelayMs\":%.3g,\"keyFrames\":%.3g,"
      "\"concealed\":%.3g}",
      scenario.path, rate, shown, freezes, frozen, longest, usual, high, keys, concealed);
}

}  // namespace

int main() {
  const std::vector<Scenario> scenarios{
      {"good", "2 Mbit/s", {}, {}},
      {"loss-5", "5 % loss", lossy(0.05), {}},
      {"loss-10", "10 % loss", lossy(0.10), {}},
      {"jitter", "jitter of 100 ms", shaking(false), {}},
      {"reordering", "jitter of 100 ms, packets overtake", shaking(true), {}},
      {"steps",
       "2, then 0.3, then 2 Mbit/s",
       {},
       [](Call& call, int tenth) {
         call.options().bitsPerSecond = tenth > 200 && tenth <= 400 ? 300'000 : 2'000'000;
       }},
      {"outage",
       "nothing passes for 3 s",
       {},
       [](Call& call, int tenth) {
         call.options().loss = tenth > 200 && tenth <= 230 ? 1 : 0;
       }},
  };
  std::printf("{\"scenarios\":[");
  for (const Scenario& scenario : scenarios) {
    std::printf("%s\n", &scenario == scenarios.data() ? "" : ",");
    curves(scenario);
  }
  std::printf("],\n\"table\":[");
  for (const Scenario& scenario : scenarios) {
    std::printf("%s\n", &scenario == scenarios.data() ? "" : ",");
    figures(scenario);
  }
  std::printf("]}\n");
}
