#pragma once

#include <array>
#include <memory>

#include <emscripten/val.h>

#include "cpp/base/random.h"

namespace rtc::wasm {

/// `Module.fillRandom`, or else the realm's `crypto.getRandomValues`, fetched a block at a time so
/// that a four-byte draw does not cost a crossing. Bytes are wiped as they are handed out.
class HostRandom final : public RandomSource {
 public:
  [[nodiscard]] bool fill(MutableByteSpan out) override;

 private:
  std::array<uint8_t, 1024> block_{};
  size_t left_ = 0;
};

/// The one source behind every engine object that was not given a seed.
RandomSource& hostRandom();

/// What repeats itself for the bytes in `options.seed`; nothing when it has none.
std::unique_ptr<RandomSource> seededFrom(const emscripten::val& options);

}  // namespace rtc::wasm
