// Calls on two sessions that negotiate with each other, with descriptions and candidates damaged
// on the way; each byte of the input is one choice.

#include <cstdio>
#include <cstdlib>

#include "tests/cpp/jsep/random_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  rtc::jsep::testing::RandomWalk walk([&](uint32_t n) { return at < size ? data[at++] % n : 0; },
                                      [](const std::string& what) {
                                        std::fprintf(stderr, "%s\n", what.c_str());
                                        std::abort();
                                      });
  for (int steps = 0; at < size && steps < 100; ++steps)
    walk.step();
  walk.finish();
  return 0;
}
