#pragma once

#include <array>
#include <cstdint>

#include <mbedtls/platform_util.h>

namespace rtc::dtls {

/// A key pair of the curve P-256, big-endian. Wiped when it goes.
struct P256KeyPair {
  P256KeyPair() = default;
  ~P256KeyPair() { mbedtls_platform_zeroize(this, sizeof(*this)); }
  P256KeyPair(const P256KeyPair&) = delete;
  P256KeyPair& operator=(const P256KeyPair&) = delete;

  /// The private scalar, in [1, n - 1].
  std::array<uint8_t, 32> scalar{};
  /// Its point, uncompressed: 4, x, y (SEC 1 section 2.3.3).
  std::array<uint8_t, 65> point{};
};

/// Key pairs that the embedding has a faster way to than the engine's own arithmetic. Trusted like
/// the `RandomSource`: the scalars must be unpredictable, and no pair may be given twice.
class KeyPairSource {
 public:
  virtual ~KeyPairSource() = default;

  /// False when there is none to be had; whoever asked then makes the pair itself.
  [[nodiscard]] virtual bool draw(P256KeyPair& pair) = 0;
};

}  // namespace rtc::dtls
