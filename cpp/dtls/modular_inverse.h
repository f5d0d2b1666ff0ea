#pragma once

#include <array>
#include <cstdint>

namespace rtc::dtls {

/// A whole number as the sum of limb[i] 2^(30 i); all but the last limb are below 2^30, the last
/// one carries the sign.
using Signed30 = std::array<int32_t, 9>;

/// What the inversion needs of a modulus, odd and below 2^256.
struct InversionModulus {
  Signed30 limbs;
  /// 1 / modulus, modulo 2^30.
  uint32_t inverse;
};

/// `value` to the power of -1 in the modulus, for 0 <= value < modulus; 0 for 0. Takes the same
/// steps for every value.
Signed30 modularInverse(const Signed30& value, const InversionModulus& modulus);

}  // namespace rtc::dtls
