#pragma once

#include <vector>

#include <mbedtls/ecp.h>

#include "cpp/base/random.h"
#include "cpp/dtls/key_pair_source.h"
#include "cpp/dtls/mbedtls_random.h"

namespace rtc::dtls {

/// So many pairs made by mbedTLS, for want of a host.
class MbedtlsKeyPairs final : public KeyPairSource {
 public:
  explicit MbedtlsKeyPairs(int count, uint64_t seed = 11) : left_(count), random_(seed) {}

  bool draw(P256KeyPair& pair) override {
    if (left_-- <= 0)
      return false;
    mbedtls_ecp_group group;
    mbedtls_mpi scalar;
    mbedtls_ecp_point point;
    mbedtls_ecp_group_init(&group);
    mbedtls_mpi_init(&scalar);
    mbedtls_ecp_point_init(&point);
    size_t length = 0;
    const bool isMade =
        mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
        mbedtls_ecp_gen_keypair(&group, &scalar, &point, drawRandom, &random_) == 0 &&
        mbedtls_mpi_write_binary(&scalar, pair.scalar.data(), pair.scalar.size()) == 0 &&
        mbedtls_ecp_point_write_binary(&group, &point, MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
                                       pair.point.data(), pair.point.size()) == 0;
    mbedtls_ecp_point_free(&point);
    mbedtls_mpi_free(&scalar);
    mbedtls_ecp_group_free(&group);
    if (isMade)
      scalars.push_back(toBytes(pair.scalar));
    return isMade;
  }

  /// What was given.
  std::vector<Bytes> scalars;

 private:
  int left_;
  SeededRandom random_;
};

}  // namespace rtc::dtls
