// simulate_channels --from N --seeds COUNT [--step N] [--keep-going] | --seed K [--trace]
// Runs sessions by their seeds and stops at the first that fails.

#include <cstdio>

#include "tests/sim/channels/session.h"
#include "tests/sim/command_line.h"

using namespace rtc;
using namespace rtc::sim;
using namespace rtc::sim::channels;

namespace {

void print(const Figures& f) {
  std::printf(
      "%llu sessions, %llu channels, %llu of %llu messages arrived (%llu MB), %llu packets of "
      "which "
      "%llu were lost, %llu restarts, %llu sends refused, %llu hours of virtual time\n"
      "longest silence %.1f s, at most %llu %% of what was allowed; transfers took %llu %% of "
      "theirs; "
      "at most %zu bytes waited in reassembly\n",
      static_cast<unsigned long long>(f.sessions), static_cast<unsigned long long>(f.channels),
      static_cast<unsigned long long>(f.messagesArrived),
      static_cast<unsigned long long>(f.messagesSent),
      static_cast<unsigned long long>(f.bytesArrived / 1000000),
      static_cast<unsigned long long>(f.packets), static_cast<unsigned long long>(f.packetsLost),
      static_cast<unsigned long long>(f.restarts), static_cast<unsigned long long>(f.refusals),
      static_cast<unsigned long long>(f.virtualSeconds / 3600), f.longestSilence.seconds(),
      static_cast<unsigned long long>(f.silencePercent),
      static_cast<unsigned long long>(f.transferPercent), f.reassemblyBytes);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = SeedOptions::parse(argc, argv);
  if (!options)
    return 2;
  Figures total;
  const bool isGood = options->forEachSeed([&](uint64_t seed) {
    const Scenario scenario = scenarioFor(seed);
    Session::Trace trace;
    if (options->isTraced) {
      std::printf("seed %llu\n%s", static_cast<unsigned long long>(scenario.seed),
                  describe(scenario).c_str());
      trace = printLine;
    }
    Session session(scenario, trace);
    const Verdict failure = session.run();
    total.add(session.figures());
    if (failure) {
      std::printf("seed %llu FAILED %s\n", static_cast<unsigned long long>(scenario.seed),
                  failure->c_str());
    }
    return failure.has_value();
  });
  print(total);
  return isGood ? 0 : 1;
}
