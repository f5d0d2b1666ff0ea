#include "cpp/dtls/p256_number.h"

#include <utility>

#include <mbedtls/platform_util.h>

#include "cpp/dtls/modular_inverse.h"

namespace rtc::dtls {
namespace {

/// What Montgomery's multiplication needs of a modulus.
struct Constants {
  std::array<uint32_t, 8> modulus;
  /// -1 / modulus, modulo 2^32.
  uint32_t negativeInverse;
  /// 2^512 in the modulus: multiplying by it gives Montgomery's form.
  std::array<uint32_t, 8> squareOfRadix;
};

template <P256Modulus>
constexpr Constants kConstants{};

template <>
constexpr Constants kConstants<P256Modulus::kOrder>{
    {0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff, 0xffffffff, 0x00000000,
     0xffffffff},
    0xee00bc4f,
    {0xbe79eea2, 0x83244c95, 0x49bd6fa6, 0x4699799c, 0x2b6bec59, 0x2845b239, 0xf3d95620,
     0x66e12d94}};

template <>
constexpr Constants kConstants<P256Modulus::kField>{
    {0xffffffff, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001,
     0xffffffff},
    0x00000001,
    {0x00000003, 0x00000000, 0xffffffff, 0xfffffffb, 0xfffffffe, 0xffffffff, 0xfffffffd,
     0x00000004}};

/// 256 bits in pieces of 30 instead of 32.
constexpr Signed30 regrouped(const std::array<uint32_t, 8>& limbs) {
  Signed30 result{};
  for (size_t i = 0; i < result.size(); ++i) {
    const size_t first = 30 * i / 32;
    const uint64_t next = first + 1 < limbs.size() ? limbs[first + 1] : 0;
    const uint64_t both = limbs[first] | next << 32;
    result[i] = static_cast<int32_t>(both >> (30 * i % 32) & ((1 << 30) - 1));
  }
  return result;
}

/// body(0), …, body(7), unrolled whatever the compiler thinks of it: as a loop, the first
/// multiplications, in WebAssembly that is not optimised yet, take ten times as long.
template <typename Body>
inline void forEachLimb(Body body) {
  [&]<size_t... i>(std::index_sequence<i...>) {
    (body(i), ...);
  }
  (std::make_index_sequence<8>());
}

}  // namespace

template <P256Modulus modulus>
P256Number<modulus>::~P256Number() {
  mbedtls_platform_zeroize(limbs_.data(), sizeof(limbs_));
}

template <P256Modulus modulus>
P256Number<modulus>::P256Number(const std::array<uint8_t, 32>& bigEndian) {
  Limbs plain{};
  for (size_t i = 0; i < bigEndian.size(); ++i)
    plain[7 - i / 4] = plain[7 - i / 4] << 8 | bigEndian[i];
  limbs_ = multiply(plain, kConstants<modulus>.squareOfRadix);
  mbedtls_platform_zeroize(plain.data(), sizeof(plain));
}

template <P256Modulus modulus>
std::array<uint8_t, 32> P256Number<modulus>::bytes() const {
  Limbs plain = multiply(limbs_, {1});
  std::array<uint8_t, 32> bigEndian{};
  for (size_t i = 0; i < bigEndian.size(); ++i)
    bigEndian[i] = static_cast<uint8_t>(plain[7 - i / 4] >> (24 - 8 * (i % 4)));
  mbedtls_platform_zeroize(plain.data(), sizeof(plain));
  return bigEndian;
}

template <P256Modulus modulus>
P256Number<modulus> P256Number<modulus>::operator+(const P256Number& other) const {
  P256Number sum;
  uint64_t carry = 0;
  for (size_t i = 0; i < 8; ++i) {
    carry += static_cast<uint64_t>(limbs_[i]) + other.limbs_[i];
    sum.limbs_[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  sum.limbs_ = reduceOnce(sum.limbs_, static_cast<uint32_t>(carry));
  return sum;
}

template <P256Modulus modulus>
P256Number<modulus> P256Number<modulus>::operator-(const P256Number& other) const {
  P256Number difference;
  uint32_t borrow = 0;
  for (size_t i = 0; i < 8; ++i) {
    const uint64_t limb = static_cast<uint64_t>(limbs_[i]) - other.limbs_[i] - borrow;
    difference.limbs_[i] = static_cast<uint32_t>(limb);
    borrow = static_cast<uint32_t>(limb >> 63);
  }
  // All ones when it came out below zero, and is one modulus short.
  const uint32_t add = 0 - borrow;
  uint64_t carry = 0;
  for (size_t i = 0; i < 8; ++i) {
    carry += static_cast<uint64_t>(difference.limbs_[i]) + (kConstants<modulus>.modulus[i] & add);
    difference.limbs_[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  return difference;
}

template <P256Modulus modulus>
P256Number<modulus> P256Number<modulus>::operator*(const P256Number& other) const {
  P256Number product;
  product.limbs_ = multiply(limbs_, other.limbs_);
  return product;
}

template <P256Modulus modulus>
P256Number<modulus> P256Number<modulus>::inverse() const {
  static constexpr InversionModulus kModulus{
      regrouped(kConstants<modulus>.modulus),
      (0 - kConstants<modulus>.negativeInverse) & ((uint32_t{1} << 30) - 1)};
  Signed30 inverted = modularInverse(regrouped(limbs_), kModulus);
  P256Number result;
  for (size_t i = 0; i < 8; ++i) {
    // No limb of 32 bits has parts of more than two of 30.
    const size_t first = 32 * i / 30;
    const uint64_t both =
        static_cast<uint64_t>(inverted[first]) | static_cast<uint64_t>(inverted[first + 1]) << 30;
    result.limbs_[i] = static_cast<uint32_t>(both >> (32 * i % 30));
  }
  mbedtls_platform_zeroize(inverted.data(), sizeof(inverted));
  // From the inverse of Montgomery's form to Montgomery's form of the inverse.
  for (int i = 0; i < 2; ++i)
    result.limbs_ = multiply(result.limbs_, kConstants<modulus>.squareOfRadix);
  return result;
}

template <P256Modulus modulus>
bool P256Number<modulus>::isZero() const {
  uint32_t any = 0;
  for (uint32_t limb : limbs_)
    any |= limb;
  return any == 0;
}

template <P256Modulus modulus>
auto P256Number<modulus>::multiply(const Limbs& a, const Limbs& b) -> Limbs {
  // Montgomery's multiplication, the reduction interleaved by words ("CIOS"): a b / 2^256
  // in the modulus, for a below 2^256 and b below the modulus.
  std::array<uint32_t, 10> t{};
  forEachLimb([&](size_t i) {
    uint64_t carry = 0;
    forEachLimb([&](size_t j) {
      carry += t[j] + static_cast<uint64_t>(a[j]) * b[i];
      t[j] = static_cast<uint32_t>(carry);
      carry >>= 32;
    });
    carry += t[8];
    t[8] = static_cast<uint32_t>(carry);
    t[9] = static_cast<uint32_t>(carry >> 32);

    const uint64_t factor = t[0] * kConstants<modulus>.negativeInverse;
    carry = 0;
    forEachLimb([&](size_t j) {
      carry += t[j] + factor * kConstants<modulus>.modulus[j];
      if (j > 0)
        t[j - 1] = static_cast<uint32_t>(carry);
      carry >>= 32;
    });
    carry += t[8];
    t[7] = static_cast<uint32_t>(carry);
    t[8] = t[9] + static_cast<uint32_t>(carry >> 32);
  });
  return reduceOnce({t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]}, t[8]);
}

template <P256Modulus modulus>
auto P256Number<modulus>::reduceOnce(const Limbs& value, uint32_t carry) -> Limbs {
  Limbs less{};
  uint32_t borrow = 0;
  forEachLimb([&](size_t i) {
    const uint64_t difference =
        static_cast<uint64_t>(value[i]) - kConstants<modulus>.modulus[i] - borrow;
    less[i] = static_cast<uint32_t>(difference);
    borrow = static_cast<uint32_t>(difference >> 63);
  });
  // All ones when the value is below the modulus, and stays.
  const uint32_t keep = 0 - (borrow & ~carry & 1);
  Limbs result{};
  forEachLimb([&](size_t i) { result[i] = (value[i] & keep) | (less[i] & ~keep); });
  return result;
}

template class P256Number<P256Modulus::kOrder>;
template class P256Number<P256Modulus::kField>;

}  // namespace rtc::dtls
