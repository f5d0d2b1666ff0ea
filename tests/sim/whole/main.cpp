// simulate_whole --from N --seeds COUNT [--step N] [--keep-going] | --seed K [--trace] |
//                --record DIRECTORY
// Runs whole systems by their seeds. The first that breaks a promise is shrunk and printed.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/whole/record.h"
#include "tests/sim/whole/world.h"

using namespace rtc;
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
    } else if (std::strcmp(argv[i], "--record") == 0 && i + 1 < argc) {
      const std::string wrong = recordCorpora(argv[++i]);
      if (!wrong.empty())
        std::fprintf(stderr, "%s\n", wrong.c_str());
      return wrong.empty() ? 0 : 1;
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
    const Plan plan = planFor(from + i * step);
    World::Trace trace;
    if (isTraced) {
      std::printf("seed %llu: %s", wide(plan.seed), describe(plan).c_str());
      trace = [](Timestamp now, const std::string& line) {
        std::printf("%10.3f %s\n", static_cast<double>(now.us()) / 1000, line.c_str());
      };
    }
    World world(plan, trace);
    const Verdict failure = world.run();
    total.add(world.figures());
    if (failure) {
      ++failures;
      std::printf("seed %llu FAILED %s\n", wide(plan.seed), failure->c_str());
      std::fflush(stdout);
      if (!keepsGoing) {
        const Plan least = shrink(plan, *failure);
        std::printf("the least schedule that was found, %zu of %zu events: %s", least.events.size(),
                    plan.events.size(), describe(least).c_str());
        break;
      }
    }
    if ((i + 1) % 100 == 0) {
      std::printf("done %llu\n", wide(i + 1));
      std::fflush(stdout);
    }
  }
  print(total);
  return failures > 0 ? 1 : 0;
}
