#include "cpp/dtls/ecdsa_with_pair.h"

#include <algorithm>

#include "cpp/dtls/certificate_der.h"
#include "cpp/dtls/p256_number.h"

namespace rtc::dtls {

std::optional<EcdsaNumbers> ecdsaNumbersWithPair(const std::array<uint8_t, 32>& key,
                                                 const P256KeyPair& ephemeral,
                                                 const std::array<uint8_t, 32>& hash) {
  std::array<uint8_t, 32> x{};
  std::copy_n(ephemeral.point.begin() + 1, x.size(), x.begin());
  const P256Scalar r(x);
  const P256Scalar s =
      P256Scalar(ephemeral.scalar).inverse() * (P256Scalar(hash) + r * P256Scalar(key));
  if (r.isZero() || s.isZero())
    return std::nullopt;
  return EcdsaNumbers{r.bytes(), s.bytes()};
}

std::optional<Bytes> ecdsaSignWithPair(const P256KeyPair& key, const P256KeyPair& ephemeral,
                                       const std::array<uint8_t, 32>& hash) {
  const auto numbers = ecdsaNumbersWithPair(key.scalar, ephemeral, hash);
  if (!numbers)
    return std::nullopt;
  return ecdsaSignature(numbers->r, numbers->s);
}

}  // namespace rtc::dtls
