// The functions of mbedTLS that cmake/mbedtls_config.h replaces (MBEDTLS_ECDH_GEN_PUBLIC_ALT,
// MBEDTLS_ECDH_COMPUTE_SHARED_ALT, MBEDTLS_ECDSA_SIGN_ALT, MBEDTLS_ECDSA_VERIFY_ALT). What the
// embedding does not do is done here with mbedTLS's own arithmetic on the curve.

#include "cpp/dtls/curve_operations.h"

#include <algorithm>
#include <array>
#include <optional>

#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>

#include "cpp/dtls/ecdsa_verify.h"
#include "cpp/dtls/ecdsa_with_pair.h"

namespace rtc::dtls {
namespace {

P256Arithmetic* current = nullptr;

P256Arithmetic* arithmeticFor(const mbedtls_ecp_group& group) {
  return group.id == MBEDTLS_ECP_DP_SECP256R1 ? current : nullptr;
}

class Mpi {
 public:
  Mpi() { mbedtls_mpi_init(&value_); }
  ~Mpi() { mbedtls_mpi_free(&value_); }
  Mpi(const Mpi&) = delete;
  Mpi& operator=(const Mpi&) = delete;
  operator mbedtls_mpi*() { return &value_; }
  const mbedtls_mpi& operator*() const { return value_; }

 private:
  mbedtls_mpi value_;
};

class Point {
 public:
  Point() { mbedtls_ecp_point_init(&value_); }
  ~Point() { mbedtls_ecp_point_free(&value_); }
  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
  operator mbedtls_ecp_point*() { return &value_; }
  const mbedtls_ecp_point& operator*() const { return value_; }
  const mbedtls_mpi* x() const { return &value_.MBEDTLS_PRIVATE(X); }

 private:
  mbedtls_ecp_point value_;
};

bool write(const mbedtls_ecp_group& group, const mbedtls_ecp_point& point,
           std::array<uint8_t, 65>& out) {
  size_t length = 0;
  return mbedtls_ecp_point_write_binary(&group, &point, MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
                                        out.data(), out.size()) == 0 &&
         length == out.size();
}

bool write(const mbedtls_mpi& number, std::array<uint8_t, 32>& out) {
  return mbedtls_mpi_write_binary(&number, out.data(), out.size()) == 0;
}

bool drawPair(P256Arithmetic& arithmetic, const mbedtls_ecp_group& group, mbedtls_mpi& scalar,
              mbedtls_ecp_point& point) {
  P256KeyPair pair;
  return arithmetic.draw(pair) &&
         mbedtls_mpi_read_binary(&scalar, pair.scalar.data(), pair.scalar.size()) == 0 &&
         mbedtls_ecp_check_privkey(&group, &scalar) == 0 &&
         mbedtls_ecp_point_read_binary(&group, &point, pair.point.data(), pair.point.size()) == 0;
}

bool agree(P256Arithmetic& arithmetic, const mbedtls_ecp_group& group, mbedtls_mpi& secret,
           const mbedtls_ecp_point& point, const mbedtls_mpi& scalar) {
  std::array<uint8_t, 65> pointBytes{};
  std::array<uint8_t, 32> scalarBytes{};
  std::array<uint8_t, 32> x{};
  const bool done = write(group, point, pointBytes) && write(scalar, scalarBytes) &&
                    arithmetic.multiply(scalarBytes, pointBytes, x) &&
                    mbedtls_mpi_read_binary(&secret, x.data(), x.size()) == 0;
  mbedtls_platform_zeroize(scalarBytes.data(), scalarBytes.size());
  mbedtls_platform_zeroize(x.data(), x.size());
  return done;
}

/// The leftmost 256 bits of a longer hash (FIPS 186-5 sections 6.4.1 and 6.4.2, step 2).
std::array<uint8_t, 32> hashNumber(const unsigned char* hash, size_t length) {
  std::array<uint8_t, 32> number{};
  const size_t used = std::min(length, number.size());
  std::copy_n(hash, used, number.end() - static_cast<std::ptrdiff_t>(used));
  return number;
}

using Random = int (*)(void*, unsigned char*, size_t);

/// A pair for one signature, from mbedTLS.
int makePair(mbedtls_ecp_group& group, P256KeyPair& pair, Random random, void* source) {
  Mpi scalar;
  Point point;
  const int error = mbedtls_ecp_gen_keypair(&group, scalar, point, random, source);
  if (error != 0)
    return error;
  return write(*scalar, pair.scalar) && write(group, *point, pair.point)
             ? 0
             : MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
}

/// FIPS 186-5 section 6.4.1.
int sign(mbedtls_ecp_group& group, mbedtls_mpi& r, mbedtls_mpi& s, const mbedtls_mpi& key,
         const std::array<uint8_t, 32>& hash, Random random, void* source) {
  P256KeyPair signer;
  if (mbedtls_ecp_check_privkey(&group, &key) != 0 || !write(key, signer.scalar))
    return MBEDTLS_ERR_ECP_INVALID_KEY;
  P256KeyPair ephemeral;
  P256Arithmetic* arithmetic = arithmeticFor(group);
  if (arithmetic == nullptr || !arithmetic->draw(ephemeral)) {
    if (const int error = makePair(group, ephemeral, random, source); error != 0)
      return error;
  }
  const auto numbers = ecdsaNumbersWithPair(signer.scalar, ephemeral, hash);
  if (!numbers)
    return MBEDTLS_ERR_ECP_RANDOM_FAILED;
  const int error = mbedtls_mpi_read_binary(&r, numbers->r.data(), numbers->r.size());
  return error != 0 ? error : mbedtls_mpi_read_binary(&s, numbers->s.data(), numbers->s.size());
}

std::optional<bool> verify(P256Arithmetic& arithmetic, const mbedtls_ecp_group& group,
                           const unsigned char* hash, size_t length, const mbedtls_ecp_point& point,
                           const mbedtls_mpi& r, const mbedtls_mpi& s) {
  std::array<uint8_t, 65> key{};
  std::array<uint8_t, 32> rBytes{};
  std::array<uint8_t, 32> sBytes{};
  if (!write(group, point, key) || mbedtls_mpi_cmp_int(&r, 0) < 0 ||
      mbedtls_mpi_cmp_int(&s, 0) < 0 || !write(r, rBytes) || !write(s, sBytes)) {
    return std::nullopt;
  }
  return ecdsaVerifyWith(arithmetic, key, hashNumber(hash, length), rBytes, sBytes);
}

/// FIPS 186-5 section 6.4.2, on any curve.
int verifyAlone(mbedtls_ecp_group& group, const unsigned char* hash, size_t length,
                const mbedtls_ecp_point& key, const mbedtls_mpi& r, const mbedtls_mpi& s) {
  const mbedtls_mpi* order = &group.N;
  for (const mbedtls_mpi* part : {&r, &s}) {
    if (mbedtls_mpi_cmp_int(part, 1) < 0 || mbedtls_mpi_cmp_mpi(part, order) >= 0)
      return MBEDTLS_ERR_ECP_VERIFY_FAILED;
  }
  Mpi e;
  Mpi w;
  Mpi u1;
  Mpi u2;
  Point sum;
  const size_t used = std::min(length, (group.nbits + 7) / 8);
  int error = mbedtls_mpi_read_binary(e, hash, used);
  if (error == 0 && used * 8 > group.nbits)
    error = mbedtls_mpi_shift_r(e, used * 8 - group.nbits);
  if (error == 0)
    error = mbedtls_mpi_inv_mod(w, &s, order);
  if (error == 0)
    error = mbedtls_mpi_mul_mpi(u1, e, w);
  if (error == 0)
    error = mbedtls_mpi_mod_mpi(u1, u1, order);
  if (error == 0)
    error = mbedtls_mpi_mul_mpi(u2, &r, w);
  if (error == 0)
    error = mbedtls_mpi_mod_mpi(u2, u2, order);
  if (error == 0)
    error = mbedtls_ecp_muladd(&group, sum, u1, &group.G, u2, &key);
  if (error != 0)
    return error;
  if (mbedtls_ecp_is_zero(sum))
    return MBEDTLS_ERR_ECP_VERIFY_FAILED;
  error = mbedtls_mpi_mod_mpi(e, sum.x(), order);
  if (error != 0)
    return error;
  return mbedtls_mpi_cmp_mpi(e, &r) == 0 ? 0 : MBEDTLS_ERR_ECP_VERIFY_FAILED;
}

}  // namespace

P256ArithmeticScope::P256ArithmeticScope(P256Arithmetic* arithmetic) : before_(current) {
  current = arithmetic;
}

P256ArithmeticScope::~P256ArithmeticScope() {
  current = before_;
}

}  // namespace rtc::dtls

// --- What mbedTLS calls -------------------------------------------------------------------------

using rtc::dtls::P256Arithmetic;

/// An ephemeral key pair (SEC 1 section 3.2.1).
extern "C" int mbedtls_ecdh_gen_public(mbedtls_ecp_group* group, mbedtls_mpi* d,
                                       mbedtls_ecp_point* point,
                                       int (*random)(void*, unsigned char*, size_t), void* source) {
  P256Arithmetic* arithmetic = rtc::dtls::arithmeticFor(*group);
  if (arithmetic != nullptr && rtc::dtls::drawPair(*arithmetic, *group, *d, *point))
    return 0;
  return mbedtls_ecp_gen_keypair(group, d, point, random, source);
}

/// The shared secret (SEC 1 section 3.3.1).
extern "C" int mbedtls_ecdh_compute_shared(mbedtls_ecp_group* group, mbedtls_mpi* secret,
                                           const mbedtls_ecp_point* point, const mbedtls_mpi* d,
                                           int (*random)(void*, unsigned char*, size_t),
                                           void* source) {
  P256Arithmetic* arithmetic = rtc::dtls::arithmeticFor(*group);
  if (arithmetic != nullptr && rtc::dtls::agree(*arithmetic, *group, *secret, *point, *d))
    return 0;
  rtc::dtls::Point product;
  const int error = mbedtls_ecp_mul(group, product, d, point, random, source);
  if (error != 0)
    return error;
  if (mbedtls_ecp_is_zero(product))
    return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
  return mbedtls_mpi_copy(secret, product.x());
}

/// On P-256 alone: the engine has no keys of other kinds (`Certificate`).
extern "C" int mbedtls_ecdsa_sign(mbedtls_ecp_group* group, mbedtls_mpi* r, mbedtls_mpi* s,
                                  const mbedtls_mpi* d, const unsigned char* hash, size_t length,
                                  int (*random)(void*, unsigned char*, size_t), void* source) {
  if (group->id != MBEDTLS_ECP_DP_SECP256R1)
    return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
  return rtc::dtls::sign(*group, *r, *s, *d, rtc::dtls::hashNumber(hash, length), random, source);
}

extern "C" int mbedtls_ecdsa_verify(mbedtls_ecp_group* group, const unsigned char* hash,
                                    size_t length, const mbedtls_ecp_point* key,
                                    const mbedtls_mpi* r, const mbedtls_mpi* s) {
  if (!mbedtls_ecdsa_can_do(group->id))
    return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
  if (P256Arithmetic* arithmetic = rtc::dtls::arithmeticFor(*group)) {
    const std::optional<bool> verdict =
        rtc::dtls::verify(*arithmetic, *group, hash, length, *key, *r, *s);
    if (verdict)
      return *verdict ? 0 : MBEDTLS_ERR_ECP_VERIFY_FAILED;
  }
  return rtc::dtls::verifyAlone(*group, hash, length, *key, *r, *s);
}
