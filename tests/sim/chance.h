#pragma once

#include "cpp/base/random.h"

namespace rtc::sim {

/// A random device that can be broken.
class Chance final : public RandomSource {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  [[nodiscard]] bool fill(MutableByteSpan out) override { return random_.fill(out) && !isBroken; }
  bool isBroken = false;

 private:
  SeededRandom random_;
};

}  // namespace rtc::sim
