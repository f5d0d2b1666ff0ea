#pragma once

#include <cstddef>

#include <mbedtls/entropy.h>

#include "cpp/base/random.h"

namespace rtc::dtls {

/// mbedTLS's `f_rng` over a `RandomSource`, which is its context argument.
inline int drawRandom(void* source, unsigned char* out, size_t length) {
  return static_cast<RandomSource*>(source)->fill({out, length})
             ? 0
             : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

/// Remembers whether its source ever failed, so that an error can name the culprit.
class WatchedRandom final : public RandomSource {
 public:
  explicit WatchedRandom(RandomSource& source) : source_(source) {}
  [[nodiscard]] bool fill(MutableByteSpan out) override {
    if (source_.fill(out))
      return true;
    failed_ = true;
    return false;
  }
  bool failed() const { return failed_; }

 private:
  RandomSource& source_;
  bool failed_ = false;
};

}  // namespace rtc::dtls
