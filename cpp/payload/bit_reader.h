#pragma once

#include <cstddef>
#include <cstdint>

#include "cpp/base/bytes.h"

namespace rtc::payload {

/// Reads bits, the most significant first. A read past the end gives zeros and is remembered, so
/// that a header is read to its end and `ok()` asked once.
class BitReader {
 public:
  explicit BitReader(ByteSpan bytes) : bytes_(bytes) {}

  bool ok() const { return !overrun_; }

  /// `count` is 32 at most.
  uint32_t bits(unsigned count) {
    uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i)
      value = (value << 1) | (flag() ? 1u : 0u);
    return value;
  }
  bool flag() {
    const size_t byte = position_ / 8;
    if (byte >= bytes_.size()) {
      overrun_ = true;
      return false;
    }
    const bool bit = ((bytes_[byte] >> (7 - position_ % 8)) & 1) != 0;
    ++position_;
    return bit;
  }
  void skip(size_t count) {
    for (size_t i = 0; i < count && !overrun_; ++i)
      (void)flag();
  }

  /// Exponential Golomb code, ue(v) of H.264 section 9.1 and uvlc() of AV1 section 4.10.3.
  uint32_t golomb() {
    unsigned zeros = 0;
    while (!overrun_ && !flag()) {
      if (++zeros == 32) {
        overrun_ = true;
        break;
      }
    }
    return overrun_ ? 0 : ((uint32_t{1} << zeros) - 1) + bits(zeros);
  }
  /// se(v) of H.264 section 9.1.1.
  int32_t signedGolomb() {
    const uint32_t code = golomb();
    const auto half = static_cast<int32_t>(code / 2);
    return code % 2 == 0 ? -half : half + 1;
  }

 private:
  ByteSpan bytes_;
  size_t position_ = 0;
  bool overrun_ = false;
};

}  // namespace rtc::payload
