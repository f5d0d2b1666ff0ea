#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/dtls/key_pair_source.h"

namespace rtc::dtls {

/// Big-endian.
struct EcdsaNumbers {
  std::array<uint8_t, 32> r{};
  std::array<uint8_t, 32> s{};
};

/// ECDSA (FIPS 186-5 section 6.4.1) where the per-message secret and its point are a key pair that
/// somebody else has made, so that no curve arithmetic is left. `ephemeral` must never be used
/// again: two signatures with one give the key away. `key` is the private scalar, `hash` that of
/// the message, 32 bytes. None for a pair that is no pair (or one in 2^256).
std::optional<EcdsaNumbers> ecdsaNumbersWithPair(const std::array<uint8_t, 32>& key,
                                                 const P256KeyPair& ephemeral,
                                                 const std::array<uint8_t, 32>& hash);

/// The same as an Ecdsa-Sig-Value.
std::optional<Bytes> ecdsaSignWithPair(const P256KeyPair& key, const P256KeyPair& ephemeral,
                                       const std::array<uint8_t, 32>& hash);

}  // namespace rtc::dtls
