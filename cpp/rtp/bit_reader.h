#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"

namespace rtc::rtp {

/// Reads bits, highest first. Behind the end everything is zero and `ok()` is false, so that a
/// parser may look once, at its end; what it counts by must be bounded by itself.
class BitReader {
 public:
  explicit BitReader(ByteSpan bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return 8 * bytes_.size() - position_; }

  /// f(n) of AV1's specification; `count` <= 32.
  uint32_t bits(size_t count) {
    if (!ok_ || count > remaining()) {
      ok_ = false;
      return 0;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i, ++position_)
      value = value << 1 | ((bytes_[position_ / 8] >> (7 - position_ % 8)) & 1);
    return value;
  }
  bool flag() { return bits(1) != 0; }

  /// ns(n): a value below `count`, in as few bits as do; `count` > 0.
  uint32_t nonSymmetric(uint32_t count) {
    size_t width = 0;
    for (uint32_t rest = count; rest != 0; rest >>= 1)
      ++width;
    const uint32_t shortCodes = (uint32_t{1} << width) - count;
    const uint32_t value = bits(width - 1);
    return value < shortCodes ? value : (value << 1) - shortCodes + bits(1);
  }

 private:
  ByteSpan bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

/// The reverse.
class BitWriter {
 public:
  /// The lowest `count` bits of `value`; `count` <= 32.
  void bits(uint32_t value, size_t count) {
    while (count-- > 0) {
      if (used_ % 8 == 0)
        bytes_.push_back(0);
      bytes_.back() |= static_cast<uint8_t>(((value >> count) & 1) << (7 - used_ % 8));
      ++used_;
    }
  }
  void flag(bool value) { bits(value ? 1 : 0, 1); }

  /// `value` < `count`.
  void nonSymmetric(uint32_t value, uint32_t count) {
    size_t width = 0;
    for (uint32_t rest = count; rest != 0; rest >>= 1)
      ++width;
    const uint32_t shortCodes = (uint32_t{1} << width) - count;
    if (value < shortCodes)
      bits(value, width - 1);
    else
      bits(value + shortCodes, width);
  }

  /// Filled up with zero bits to a whole byte.
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
  size_t used_ = 0;
};

}  // namespace rtc::rtp
