// simulate_channels --from N --seeds COUNT | --seed K [--trace]
// Runs sessions by their seeds and stops at the first that fails.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/channels/session.h"

using namespace rtc;
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
  uint64_t from = 1, count = 1, step = 1;
  bool isTraced = false, keepsGoing = false;
  for (int i = 1; i < argc; ++i) {
    const auto value = [&] {
      return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0;
    };
    if (std::strcmp(argv[i], "--from") == 0) {
      from = value();
    } else if (std::strcmp(argv[i], "--seeds") == 0) {
      count = value();
    } else if (std::strcmp(argv[i], "--step") == 0) {
      step = value();
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      from = value();
      count = 1;
    } else if (std::strcmp(argv[i], "--trace") == 0) {
      isTraced = true;
    } else if (std::strcmp(argv[i], "--keep-going") == 0) {
      keepsGoing = true;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", argv[i]);
      return 2;
    }
  }
  Figures total;
  int failures = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const Scenario scenario = scenarioFor(from + i * step);
    if (isTraced)
      std::printf("seed %llu\n%s", static_cast<unsigned long long>(scenario.seed),
                  describe(scenario).c_str());
    Session::Trace trace;
    if (isTraced) {
      trace = [](Timestamp now, const std::string& line) {
        std::printf("%10.3f %s\n", static_cast<double>(now.us()) / 1000, line.c_str());
      };
    }
    Session session(scenario, trace);
    const Verdict failure = session.run();
    total.add(session.figures());
    if (failure) {
      std::printf("seed %llu FAILED %s\n", static_cast<unsigned long long>(scenario.seed),
                  failure->c_str());
      ++failures;
      if (!keepsGoing)
        break;
    }
    if ((i + 1) % 100 == 0) {
      std::printf("done %llu\n", static_cast<unsigned long long>(i + 1));
      std::fflush(stdout);
    }
  }
  print(total);
  return failures > 0 ? 1 : 0;
}
