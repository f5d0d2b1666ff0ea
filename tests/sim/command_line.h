#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "cpp/base/time.h"

// What the programs that run simulations by their seeds have in common.

namespace rtc::sim {

/// --from N --seeds COUNT [--step N] [--keep-going] [--trace] | --seed K [--trace]
struct SeedOptions {
  uint64_t from = 1;
  uint64_t count = 1;
  uint64_t step = 1;
  bool isTraced = false;
  bool keepsGoing = false;

  /// Nullopt after a word about an argument that is not known. `takesOwn(argument, value)` looks at
  /// those that the program alone has; `value()` is the next argument, null at the end.
  template <typename TakesOwn>
  static std::optional<SeedOptions> parse(int argc, char** argv, TakesOwn takesOwn) {
    SeedOptions options;
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      const auto text = [&] {
        return i + 1 < argc ? argv[++i] : nullptr;
      };
      const auto number = [&]() -> uint64_t {
        const char* value = text();
        return value == nullptr ? 0 : std::strtoull(value, nullptr, 10);
      };
      if (argument == "--from") {
        options.from = number();
      } else if (argument == "--seeds") {
        options.count = number();
      } else if (argument == "--step") {
        options.step = number();
      } else if (argument == "--seed") {
        options.from = number();
        options.count = 1;
      } else if (argument == "--trace") {
        options.isTraced = true;
      } else if (argument == "--keep-going") {
        options.keepsGoing = true;
      } else if (!takesOwn(argument, text)) {
        std::fprintf(stderr, "unknown argument %s\n", argv[i]);
        return std::nullopt;
      }
    }
    return options;
  }
  static std::optional<SeedOptions> parse(int argc, char** argv) {
    return parse(argc, argv, [](auto&&...) { return false; });
  }

  /// Runs `failed(seed)` for each seed, until it says that one failed, or to the end with
  /// `keepsGoing`. Says from time to time how many there were, which tools/simulate.mjs reads.
  /// True when all passed.
  template <typename Failed>
  bool forEachSeed(Failed failed) const {
    bool isGood = true;
    for (uint64_t i = 0; i < count && (isGood || keepsGoing); ++i) {
      if (failed(from + i * step))
        isGood = false;
      const unsigned long long done = i + 1;
      if (done % 100 != 0)
        continue;
      std::printf("done %llu\n", done);
      std::fflush(stdout);
    }
    return isGood;
  }
};

inline void printLine(Timestamp now, const std::string& line) {
  std::printf("%10.3f %s\n", static_cast<double>(now.us()) / 1000, line.c_str());
}

}  // namespace rtc::sim
