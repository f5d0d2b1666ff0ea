#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "cpp/dtls/p256_arithmetic.h"

namespace rtc::dtls {

/// Verifies an ECDSA signature (FIPS 186-5 section 6.4.2) on P-256 with the embedding's arithmetic:
/// three multiplications there, and a few in the two prime fields here.
///
/// `key` is the signer's point, on the curve; `hash` is that of the message; `r` and `s` are the
/// signature, each below 2^256. None when the arithmetic cannot say, or for the few inputs that the
/// formulas below leave out; the caller then verifies without.
std::optional<bool> ecdsaVerifyWith(P256Arithmetic& arithmetic, const std::array<uint8_t, 65>& key,
                                    const std::array<uint8_t, 32>& hash,
                                    const std::array<uint8_t, 32>& r,
                                    const std::array<uint8_t, 32>& s);

}  // namespace rtc::dtls
