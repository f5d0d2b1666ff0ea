#pragma once

#include <cstdint>

#include "cpp/base/bytes.h"

namespace rtc::payload {

/// Writes what `BitReader` reads.
class BitWriter {
 public:
  void bits(uint32_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;)
      flag(((value >> i) & 1) != 0);
  }
  void flag(bool bit) {
    if (position_ % 8 == 0)
      bytes_.push_back(0);
    if (bit)
      bytes_.back() |= static_cast<uint8_t>(0x80 >> (position_ % 8));
    ++position_;
  }
  /// ue(v).
  void golomb(uint32_t value) {
    unsigned length = 0;
    while ((uint64_t{value} + 1) >> (length + 1) != 0)
      ++length;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  size_t position_ = 0;
};

}  // namespace rtc::payload
