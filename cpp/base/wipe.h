#pragma once

#include <algorithm>
#include <utility>

#include "cpp/base/bytes.h"

namespace rtc {

/// Overwrites a secret that is no longer needed. Writes to memory that is about to be freed are
/// otherwise the compiler's to leave out.
inline void wipe(MutableByteSpan secret) {
  std::fill(secret.begin(), secret.end(), uint8_t{0});
  // Somebody might look.
  asm volatile("" : : "r"(secret.data()) : "memory");
}

/// Bytes that are wiped when they are let go of. Copies are secrets of their own.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(const SecretBytes&) = default;
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.bytes_.clear();
  }
  SecretBytes& operator=(SecretBytes other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~SecretBytes() { wipe(bytes_); }

  bool empty() const { return bytes_.empty(); }
  ByteSpan view() const { return bytes_; }
  // NOLINTNEXTLINE(google-explicit-constructor): it is read as any other bytes.
  operator ByteSpan() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace rtc
