#include "cpp/dtls/ecdsa_with_pair.h"

#include <algorithm>

#include "cpp/dtls/certificate_der.h"
#include "cpp/dtls/p256_number.h"

namespace rtc::dtls {

std::optional<Bytes> ecdsaSignWithPair(const P256KeyPair& key, const P256KeyPair& ephemeral,
                                       const std::array<uint8_t, 32>& hash) {
  std::array<uint8_t, 32> x{};
  std::copy_n(ephemeral.point.begin() + 1, x.size(), x.begin());
  const P256Scalar r(x);
  const P256Scalar s =
      P256Scalar(ephemeral.scalar).inverse() * (P256Scalar(hash) + r * P256Scalar(key.scalar));
  if (r.isZero() || s.isZero())
    return std::nullopt;
  return ecdsaSignature(r.bytes(), s.bytes());
}

}  // namespace rtc::dtls
