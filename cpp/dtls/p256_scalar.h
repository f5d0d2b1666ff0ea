#pragma once

#include <array>
#include <cstdint>

namespace rtc::dtls {

/// A number modulo n, the order of P-256's base point (SP 800-186 section 3.2.1.3), for signatures
/// whose curve arithmetic somebody else does. mbedTLS could do this too, but its first
/// inversion is slow where WebAssembly is not optimised yet. Nothing branches on a value or looks
/// up by one.
class P256Scalar {
 public:
  P256Scalar() = default;
  ~P256Scalar();
  P256Scalar(const P256Scalar&) = default;
  P256Scalar& operator=(const P256Scalar&) = default;

  /// Of 32 big-endian bytes, reduced.
  explicit P256Scalar(const std::array<uint8_t, 32>& bigEndian);
  std::array<uint8_t, 32> bytes() const;

  P256Scalar operator+(const P256Scalar& other) const;
  P256Scalar operator*(const P256Scalar& other) const;
  /// 0 for 0.
  P256Scalar inverse() const;
  bool isZero() const;

 private:
  /// Least significant first, times 2^256 (Montgomery's form), below n.
  using Limbs = std::array<uint32_t, 8>;
  static Limbs multiply(const Limbs& a, const Limbs& b);
  static Limbs reduceOnce(const Limbs& value, uint32_t carry);

  Limbs limbs_{};
};

}  // namespace rtc::dtls
