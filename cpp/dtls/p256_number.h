#pragma once

#include <array>
#include <cstdint>

namespace rtc::dtls {

/// The two primes of P-256 (SP 800-186 section 3.2.1.3): n, the order of its base point, and p,
/// which coordinates are counted by.
enum class P256Modulus { kOrder, kField };

/// A number modulo one of them, for signatures whose curve arithmetic somebody else does. mbedTLS
/// could do this too, but its first inversion is slow where WebAssembly is not optimised yet.
/// Nothing branches on a value or looks up by one.
template <P256Modulus modulus>
class P256Number {
 public:
  P256Number() = default;
  ~P256Number();
  P256Number(const P256Number&) = default;
  P256Number& operator=(const P256Number&) = default;

  /// Of 32 big-endian bytes, reduced.
  explicit P256Number(const std::array<uint8_t, 32>& bigEndian);
  std::array<uint8_t, 32> bytes() const;

  P256Number operator+(const P256Number& other) const;
  P256Number operator-(const P256Number& other) const;
  P256Number operator*(const P256Number& other) const;
  /// 0 for 0.
  P256Number inverse() const;
  bool isZero() const;

 private:
  /// Least significant first, times 2^256 (Montgomery's form), below the modulus.
  using Limbs = std::array<uint32_t, 8>;
  static Limbs multiply(const Limbs& a, const Limbs& b);
  static Limbs reduceOnce(const Limbs& value, uint32_t carry);

  Limbs limbs_{};
};

using P256Scalar = P256Number<P256Modulus::kOrder>;
using P256Coordinate = P256Number<P256Modulus::kField>;

extern template class P256Number<P256Modulus::kOrder>;
extern template class P256Number<P256Modulus::kField>;

}  // namespace rtc::dtls
