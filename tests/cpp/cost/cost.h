#pragma once

// What something costs, in operations that are the same on every machine: what is computed by the
// cryptography below, and what memory is asked for. A program that links cost.cpp with the options
// of CMakeLists.txt has each counted, whoever calls.

#include <algorithm>
#include <cstddef>
#include <ostream>

namespace rtc::cost {

struct Cost {
  /// Multiplications on a curve, RSA operations.
  size_t publicKeys = 0;
  /// Records sealed or opened by an AEAD.
  size_t records = 0;
  /// HMACs, whatever they are over.
  size_t macs = 0;
  /// Bytes that went through a hash function, those of HMACs among them.
  size_t hashed = 0;
  /// Bytes that went through a cipher.
  size_t ciphered = 0;
  /// Bytes over which CRC-32C was computed.
  size_t checked = 0;
  /// Blocks of memory asked for, and their bytes.
  size_t blocks = 0;
  size_t bytes = 0;

  /// No member is above that of the bound.
  bool isWithin(const Cost& bound) const {
    return publicKeys <= bound.publicKeys && records <= bound.records && macs <= bound.macs &&
           hashed <= bound.hashed && ciphered <= bound.ciphered && checked <= bound.checked &&
           blocks <= bound.blocks && bytes <= bound.bytes;
  }
  /// Of each member the greater.
  Cost orMore(const Cost& other) const {
    return {std::max(publicKeys, other.publicKeys),
            std::max(records, other.records),
            std::max(macs, other.macs),
            std::max(hashed, other.hashed),
            std::max(ciphered, other.ciphered),
            std::max(checked, other.checked),
            std::max(blocks, other.blocks),
            std::max(bytes, other.bytes)};
  }
  Cost operator-(const Cost& before) const {
    return {publicKeys - before.publicKeys, records - before.records,   macs - before.macs,
            hashed - before.hashed,         ciphered - before.ciphered, checked - before.checked,
            blocks - before.blocks,         bytes - before.bytes};
  }
  friend std::ostream& operator<<(std::ostream& out, const Cost& cost) {
    return out << cost.publicKeys << " public-key operations, " << cost.records << " records, "
               << cost.macs << " HMACs, " << cost.hashed << " bytes hashed, " << cost.ciphered
               << " ciphered, " << cost.checked << " checked, " << cost.blocks << " blocks of "
               << cost.bytes << " bytes";
  }
};

/// Since the program began.
Cost spent();

/// Of one call.
template <typename Action>
Cost of(Action&& action) {
  const Cost before = spent();
  action();
  return spent() - before;
}

}  // namespace rtc::cost
