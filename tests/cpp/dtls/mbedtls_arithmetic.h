#pragma once

#include <array>
#include <functional>

#include <mbedtls/ecp.h>

#include "cpp/base/random.h"
#include "cpp/dtls/mbedtls_random.h"
#include "cpp/dtls/p256_arithmetic.h"
#include "tests/cpp/dtls/mbedtls_key_pairs.h"

namespace rtc::dtls {

/// mbedTLS's own arithmetic, for want of a host; it counts what it is asked for.
class MbedtlsArithmetic final : public P256Arithmetic {
 public:
  explicit MbedtlsArithmetic(uint64_t seed = 21) : pairs_(1'000'000, seed), random_(seed + 1) {
    mbedtls_ecp_group_init(&group_);
    isBroken = mbedtls_ecp_group_load(&group_, MBEDTLS_ECP_DP_SECP256R1) != 0;
  }
  ~MbedtlsArithmetic() override { mbedtls_ecp_group_free(&group_); }

  bool draw(P256KeyPair& pair) override {
    ++drawn;
    return !isBroken && pairs_.draw(pair);
  }

  bool multiplyBase(const std::array<uint8_t, 32>& scalar,
                    std::array<uint8_t, 65>& product) override {
    ++multipliedBase;
    return !isBroken && multiply(scalar, group_.G, product);
  }

  bool multiply(const std::array<uint8_t, 32>& scalar, const std::array<uint8_t, 65>& point,
                std::array<uint8_t, 32>& x) override {
    ++multiplied;
    mbedtls_ecp_point factor;
    mbedtls_ecp_point_init(&factor);
    std::array<uint8_t, 65> product{};
    const bool done =
        !isBroken &&
        mbedtls_ecp_point_read_binary(&group_, &factor, point.data(), point.size()) == 0 &&
        multiply(scalar, factor, product);
    mbedtls_ecp_point_free(&factor);
    std::copy_n(product.begin() + 1, x.size(), x.begin());
    if (tamper)
      tamper(x);
    return done;
  }

  /// It cannot do anything.
  bool isBroken = false;
  /// What becomes of the coordinates that it gives.
  std::function<void(std::array<uint8_t, 32>& x)> tamper;
  int drawn = 0;
  int multipliedBase = 0;
  int multiplied = 0;

 private:
  bool multiply(const std::array<uint8_t, 32>& scalar, const mbedtls_ecp_point& point,
                std::array<uint8_t, 65>& product) {
    mbedtls_mpi factor;
    mbedtls_ecp_point result;
    mbedtls_mpi_init(&factor);
    mbedtls_ecp_point_init(&result);
    size_t length = 0;
    const bool done =
        mbedtls_mpi_read_binary(&factor, scalar.data(), scalar.size()) == 0 &&
        mbedtls_ecp_mul(&group_, &result, &factor, &point, drawRandom, &random_) == 0 &&
        mbedtls_ecp_point_write_binary(&group_, &result, MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
                                       product.data(), product.size()) == 0 &&
        length == product.size();
    mbedtls_ecp_point_free(&result);
    mbedtls_mpi_free(&factor);
    return done;
  }

  mbedtls_ecp_group group_;
  MbedtlsKeyPairs pairs_;
  SeededRandom random_;
};

}  // namespace rtc::dtls
