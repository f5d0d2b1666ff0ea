#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "cpp/base/bytes.h"

namespace rtc {

/// Where randomness comes from. The embedding injects a cryptographic source; tests inject a
/// seeded one, and then the engine's output is byte-identical from run to run.
class RandomSource {
 public:
  virtual ~RandomSource() = default;

  /// Fills `out` with unpredictable bytes. False when the source is exhausted or broken; `out` is
  /// then unspecified, and whoever needed the bytes for a secret must give up its operation.
  [[nodiscard]] virtual bool fill(MutableByteSpan out) = 0;

  // Conveniences for values whose predictability is no secret's loss (tie-breakers, jitter,
  // foundations). A failing source yields zeros here.
  uint32_t u32();
  uint64_t u64();
  /// A value in [0, bound), without modulo bias; `bound` > 0.
  uint32_t below(uint32_t bound);
};

/// `length` characters of ALPHA / DIGIT / "+" / "/" (ice-char, RFC 8839 section 5.4), six random
/// bits each. Empty when the source fails.
std::string randomIceChars(RandomSource& random, size_t length);

/// Deterministic generator (SplitMix64 feeding xoshiro256**) for tests, simulation and seeded
/// replays. Not for secrets.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed);
  [[nodiscard]] bool fill(MutableByteSpan out) override;

 private:
  uint64_t next();
  std::array<uint64_t, 4> state_;
};

}  // namespace rtc
