// simulate_whole --from N --seeds COUNT [--step N] [--keep-going] | --seed K [--trace] |
//                --record DIRECTORY
// Runs whole systems by their seeds. The first that breaks a promise is shrunk and printed.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/time.h>
#include <unistd.h>

#include "tests/sim/command_line.h"
#include "tests/sim/whole/record.h"
#include "tests/sim/whole/world.h"

using namespace rtc;
using namespace rtc::sim;
using namespace rtc::sim::whole;

namespace {

unsigned long long wide(uint64_t value) {
  return value;
}

void print(const Figures& f) {
  std::printf(
      "%llu worlds, of which %llu connected and %llu lasted; %llu events, %llu packets, %llu "
      "forged; "
      "%llu of %llu messages and %llu of %llu frames arrived; %llu negotiations, %llu restarts; "
      "%llu hours of virtual time; no connection held more than %zu KiB\n",
      wide(f.worlds), wide(f.connected), wide(f.lasting), wide(f.events), wide(f.packets),
      wide(f.forged), wide(f.messagesArrived), wide(f.messagesSent), wide(f.framesArrived),
      wide(f.framesSent), wide(f.negotiations), wide(f.restarts), wide(f.virtualSeconds / 3600),
      f.mostBytes / 1024);
}

/// What tells of a seed that does not end: a call that never returns cannot be found from within.
char endless[64];

void tellEndless(int) {
  const auto written = write(STDOUT_FILENO, endless, std::strlen(endless));
  std::_Exit(written > 0 ? 1 : 2);
}

/// Seconds of processor time; zero is no bound.
void boundTime(long seconds) {
  const itimerval timer{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

constexpr long kMostSeconds = 120;

/// Of the schedule of a seed that failed.
void printLeast(const Plan& plan, const std::string& failure) {
  const Plan least = shrink(plan, failure);
  std::printf("the least schedule that was found, %zu of %zu events: %s", least.events.size(),
              plan.events.size(), describe(least).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const char* record = nullptr;
  const auto options =
      SeedOptions::parse(argc, argv, [&](std::string_view argument, const auto& value) {
        return argument == "--record" && (record = value()) != nullptr;
      });
  if (!options)
    return 2;
  if (record != nullptr) {
    const std::string wrong = recordCorpora(record);
    if (!wrong.empty())
      std::fprintf(stderr, "%s\n", wrong.c_str());
    return wrong.empty() ? 0 : 1;
  }
  std::signal(SIGVTALRM, tellEndless);
  Figures total;
  const bool isGood = options->forEachSeed([&](uint64_t seed) {
    const Plan plan = planFor(seed);
    World::Trace trace;
    if (options->isTraced) {
      std::printf("seed %llu: %s", wide(plan.seed), describe(plan).c_str());
      trace = printLine;
    }
    World world(plan, trace);
    std::snprintf(endless, sizeof endless, "seed %llu FAILED [progress] it does not end\n",
                  wide(plan.seed));
    std::fflush(stdout);
    boundTime(kMostSeconds);
    const Verdict failure = world.run();
    boundTime(0);
    total.add(world.figures());
    if (failure) {
      std::printf("seed %llu FAILED %s\n", wide(plan.seed), failure->c_str());
      std::fflush(stdout);
      if (!options->keepsGoing)
        printLeast(plan, *failure);
    }
    return failure.has_value();
  });
  print(total);
  return isGood ? 0 : 1;
}
