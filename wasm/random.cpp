#include "wasm/random.h"

#include <algorithm>

#include <emscripten/em_js.h>

#include "wasm/convert.h"

// clang-format off
EM_JS(bool, webrtcHostRandom, (uint8_t* out, size_t size), {
  try {
    if (Module.fillRandom) {
      Module.fillRandom(HEAPU8.subarray(out, out + size));
      return true;
    }
    // getRandomValues refuses more than 65536 bytes at once (Web Cryptography API section 10.1.1).
    for (let at = 0; at < size; at += 65536) {
      const end = Math.min(at + 65536, size);
      globalThis.crypto.getRandomValues(HEAPU8.subarray(out + at, out + end));
    }
    return true;
  } catch {
    return false;
  }
});
// clang-format on

namespace rtc::wasm {

bool HostRandom::fill(MutableByteSpan out) {
  if (out.size() > block_.size())
    return webrtcHostRandom(out.data(), out.size());
  if (left_ < out.size()) {
    if (!webrtcHostRandom(block_.data(), block_.size()))
      return false;
    left_ = block_.size();
  }
  const auto from = block_.begin() + static_cast<std::ptrdiff_t>(block_.size() - left_);
  const auto to = from + static_cast<std::ptrdiff_t>(out.size());
  std::copy(from, to, out.begin());
  std::fill(from, to, uint8_t{0});
  left_ -= out.size();
  return true;
}

RandomSource& hostRandom() {
  static HostRandom random;
  return random;
}

std::unique_ptr<RandomSource> seededFrom(const emscripten::val& options) {
  const emscripten::val seed = options["seed"];
  if (seed.isUndefined() || seed.isNull())
    return nullptr;
  uint64_t state = 0;
  for (uint8_t byte : bytesFrom(seed))
    state = state * 0x100000001b3 + byte + 1;
  return std::make_unique<SeededRandom>(state);
}

}  // namespace rtc::wasm
