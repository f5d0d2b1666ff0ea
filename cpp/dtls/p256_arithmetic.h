#pragma once

#include <array>
#include <cstdint>

#include "cpp/dtls/key_pair_source.h"

namespace rtc::dtls {

/// Arithmetic on the curve P-256 that the embedding is faster at than the engine is. Numbers are
/// big-endian, points uncompressed (SEC 1 section 2.3.3). Trusted like the `RandomSource`.
///
/// Whatever gives false (the embedding cannot, or the point is not on the curve) the engine does
/// itself.
class P256Arithmetic : public KeyPairSource {
 public:
  /// `product` becomes `scalar` times the base point; `scalar` in [1, n - 1].
  [[nodiscard]] virtual bool multiplyBase(const std::array<uint8_t, 32>& scalar,
                                          std::array<uint8_t, 65>& product) = 0;

  /// `x` becomes the first coordinate of `scalar` times `point` (ECDH); `scalar` in [1, n - 1].
  [[nodiscard]] virtual bool multiply(const std::array<uint8_t, 32>& scalar,
                                      const std::array<uint8_t, 65>& point,
                                      std::array<uint8_t, 32>& x) = 0;
};

}  // namespace rtc::dtls
