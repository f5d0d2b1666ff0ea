// Handshakes whose arithmetic the embedding does, at either end, and mbedTLS's functions that were
// replaced for it.

#include "cpp/dtls/curve_operations.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>

#include "tests/cpp/dtls/dtls_pair.h"
#include "tests/cpp/dtls/mbedtls_arithmetic.h"

namespace rtc::dtls {
namespace {

void expectThatDataPasses(DtlsPair& pair) {
  const Bytes hello = {1, 2, 3};
  ASSERT_TRUE(pair.endpoint[DtlsPair::kClient]->send(hello, pair.now));
  pair.settle();
  ASSERT_EQ(pair.heard[DtlsPair::kServer].received.size(), 1u);
  EXPECT_EQ(pair.heard[DtlsPair::kServer].received[0], hello);
}

TEST(Handshake, TakesItsArithmeticFromTheEmbeddingAtEitherEnd) {
  for (const bool atClient : {false, true}) {
    for (const bool atServer : {false, true}) {
      DtlsPair pair;
      MbedtlsArithmetic client(31);
      MbedtlsArithmetic server(41);
      pair.config[DtlsPair::kClient].arithmetic = atClient ? &client : nullptr;
      pair.config[DtlsPair::kServer].arithmetic = atServer ? &server : nullptr;
      pair.start();
      pair.connect();
      ASSERT_TRUE(pair.connected());
      expectThatDataPasses(pair);
      // The server chooses the curve by its own order: X25519 without arithmetic.
      // One pair more for each signature.
      EXPECT_EQ(client.drawn, !atClient ? 0 : atServer ? 2 : 1);
      EXPECT_EQ(server.drawn, atServer ? 2 : 0);
      // One signature of the other end's to verify, each with three multiplications.
      EXPECT_EQ(client.multipliedBase, atClient ? 1 : 0);
      EXPECT_EQ(server.multipliedBase, atServer ? 1 : 0);
      EXPECT_EQ(client.multiplied, !atClient ? 0 : atServer ? 3 : 2);
      EXPECT_EQ(server.multiplied, atServer ? 3 : 0);
    }
  }
}

TEST(Handshake, DoesWithoutAnEmbeddingThatCannot) {
  DtlsPair pair;
  MbedtlsArithmetic broken;
  broken.isBroken = true;
  pair.config[DtlsPair::kClient].arithmetic = &broken;
  pair.config[DtlsPair::kServer].arithmetic = &broken;
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  expectThatDataPasses(pair);
  EXPECT_GT(broken.drawn, 0);
  EXPECT_GT(broken.multiplied, 0);
}

TEST(Handshake, FailsWhenASignatureIsNotFoundGood) {
  DtlsPair pair;
  MbedtlsArithmetic arithmetic;
  arithmetic.tamper = [](std::array<uint8_t, 32>& x) {
    x[7] ^= 1;
  };
  pair.config[DtlsPair::kClient].arithmetic = &arithmetic;
  pair.start();
  pair.connect();
  EXPECT_FALSE(pair.connected());
  ASSERT_TRUE(pair.heard[DtlsPair::kClient].failed);
  EXPECT_EQ(pair.heard[DtlsPair::kClient].failed->reason, FailureReason::kAlertSent);
}

TEST(Handshake, AnswersRsaCertificatesWithArithmeticAsWithout) {
  DtlsPair pair;
  MbedtlsArithmetic arithmetic;
  pair.config[DtlsPair::kServer].certificate = rsaCertificate();
  pair.config[DtlsPair::kClient].expected = rsaCertificate()->fingerprints();
  pair.config[DtlsPair::kClient].arithmetic = &arithmetic;
  pair.config[DtlsPair::kServer].arithmetic = &arithmetic;
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  expectThatDataPasses(pair);
  EXPECT_EQ(arithmetic.multipliedBase, 1) << "the client's certificate alone is of P-256";
}

/// mbedTLS's context for what the functions below take.
class CurveOperations : public testing::TestWithParam<mbedtls_ecp_group_id> {
 protected:
  void SetUp() override {
    mbedtls_ecp_group_init(&group);
    for (mbedtls_mpi* number : {&d, &otherD, &secret, &otherSecret, &r, &s})
      mbedtls_mpi_init(number);
    for (mbedtls_ecp_point* each : {&point, &otherPoint})
      mbedtls_ecp_point_init(each);
    ASSERT_EQ(mbedtls_ecp_group_load(&group, GetParam()), 0);
  }
  void TearDown() override {
    for (mbedtls_ecp_point* each : {&point, &otherPoint})
      mbedtls_ecp_point_free(each);
    for (mbedtls_mpi* number : {&d, &otherD, &secret, &otherSecret, &r, &s})
      mbedtls_mpi_free(number);
    mbedtls_ecp_group_free(&group);
  }

  mbedtls_ecp_group group;
  mbedtls_mpi d, otherD, secret, otherSecret, r, s;
  mbedtls_ecp_point point, otherPoint;
  SeededRandom random{3};
  MbedtlsArithmetic arithmetic;
};

TEST_P(CurveOperations, AgreeOnOneSecretWithAndWithoutAnEmbedding) {
  {
    P256ArithmeticScope scope(&arithmetic);
    ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &d, &point, drawRandom, &random), 0);
  }
  ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &otherD, &otherPoint, drawRandom, &random), 0);
  ASSERT_EQ(mbedtls_ecdh_compute_shared(&group, &secret, &otherPoint, &d, drawRandom, &random), 0);
  {
    P256ArithmeticScope scope(&arithmetic);
    ASSERT_EQ(
        mbedtls_ecdh_compute_shared(&group, &otherSecret, &point, &otherD, drawRandom, &random), 0);
  }
  EXPECT_EQ(mbedtls_mpi_cmp_mpi(&secret, &otherSecret), 0);
  const bool isP256 = GetParam() == MBEDTLS_ECP_DP_SECP256R1;
  EXPECT_EQ(arithmetic.drawn, isP256 ? 1 : 0);
  EXPECT_EQ(arithmetic.multiplied, isP256 ? 1 : 0);
}

TEST_P(CurveOperations, RefuseAPointThatIsNotOnTheCurve) {
  if (GetParam() == MBEDTLS_ECP_DP_CURVE25519)
    return;  // Every number is a coordinate there, or of its twist.
  ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &d, &point, drawRandom, &random), 0);
  ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &otherD, &otherPoint, drawRandom, &random), 0);
  ASSERT_EQ(mbedtls_mpi_add_int(&otherPoint.MBEDTLS_PRIVATE(Y), &otherPoint.MBEDTLS_PRIVATE(Y), 1),
            0);
  for (P256Arithmetic* each :
       {static_cast<P256Arithmetic*>(nullptr), static_cast<P256Arithmetic*>(&arithmetic)}) {
    P256ArithmeticScope scope(each);
    EXPECT_NE(mbedtls_ecdh_compute_shared(&group, &secret, &otherPoint, &d, drawRandom, &random),
              0);
  }
}

/// ECDSA as FIPS 186-5 section 6.4.1 has it, on any curve and for tests alone.
void signAs(mbedtls_ecp_group& group, const mbedtls_mpi& d, const Bytes& hash, RandomSource& random,
            mbedtls_mpi& r, mbedtls_mpi& s) {
  mbedtls_mpi k;
  mbedtls_ecp_point point;
  mbedtls_mpi_init(&k);
  mbedtls_ecp_point_init(&point);
  ASSERT_EQ(mbedtls_ecp_gen_keypair(&group, &k, &point, drawRandom, &random), 0);
  ASSERT_EQ(mbedtls_mpi_mod_mpi(&r, &point.MBEDTLS_PRIVATE(X), &group.N), 0);
  ASSERT_EQ(mbedtls_mpi_mul_mpi(&s, &r, &d), 0);
  mbedtls_mpi e;
  mbedtls_mpi_init(&e);
  ASSERT_EQ(mbedtls_mpi_read_binary(&e, hash.data(), std::min(hash.size(), group.nbits / 8)), 0);
  ASSERT_EQ(mbedtls_mpi_add_mpi(&s, &s, &e), 0);
  ASSERT_EQ(mbedtls_mpi_inv_mod(&k, &k, &group.N), 0);
  ASSERT_EQ(mbedtls_mpi_mul_mpi(&s, &s, &k), 0);
  ASSERT_EQ(mbedtls_mpi_mod_mpi(&s, &s, &group.N), 0);
  mbedtls_mpi_free(&e);
  mbedtls_mpi_free(&k);
  mbedtls_ecp_point_free(&point);
}

TEST_P(CurveOperations, SignHashesOfEveryLengthOnTheCurveOfOurKeysAlone) {
  if (!mbedtls_ecdsa_can_do(GetParam()))
    return;
  ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &d, &point, drawRandom, &random), 0);
  const bool isP256 = GetParam() == MBEDTLS_ECP_DP_SECP256R1;
  for (P256Arithmetic* each :
       {static_cast<P256Arithmetic*>(nullptr), static_cast<P256Arithmetic*>(&arithmetic)}) {
    P256ArithmeticScope scope(each);
    for (const size_t length : {20, 28, 32, 48, 64}) {
      Bytes hash(length);
      ASSERT_TRUE(random.fill(hash));
      const int result =
          mbedtls_ecdsa_sign(&group, &r, &s, &d, hash.data(), length, drawRandom, &random);
      ASSERT_EQ(result, isP256 ? 0 : MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE);
      if (!isP256)
        continue;
      EXPECT_EQ(mbedtls_ecdsa_verify(&group, hash.data(), length, &point, &r, &s), 0) << length;
    }
  }
  EXPECT_EQ(arithmetic.drawn, isP256 ? 5 : 0);
}

TEST_P(CurveOperations, SignWithNothingThatIsNoKey) {
  if (GetParam() != MBEDTLS_ECP_DP_SECP256R1)
    return;
  const Bytes hash(32);
  for (const mbedtls_mpi* bad : {&d, &group.N}) {
    EXPECT_EQ(mbedtls_ecdsa_sign(&group, &r, &s, bad, hash.data(), 32, drawRandom, &random),
              MBEDTLS_ERR_ECP_INVALID_KEY);
  }
}

TEST_P(CurveOperations, VerifyHashesOfEveryLength) {
  if (!mbedtls_ecdsa_can_do(GetParam()))
    return;
  ASSERT_EQ(mbedtls_ecdh_gen_public(&group, &d, &point, drawRandom, &random), 0);
  for (const size_t length : {20, 28, 32, 48, 64}) {
    Bytes hash(length);
    ASSERT_TRUE(random.fill(hash));
    signAs(group, d, hash, random, r, s);
    for (P256Arithmetic* each :
         {static_cast<P256Arithmetic*>(nullptr), static_cast<P256Arithmetic*>(&arithmetic)}) {
      P256ArithmeticScope scope(each);
      EXPECT_EQ(mbedtls_ecdsa_verify(&group, hash.data(), length, &point, &r, &s), 0) << length;
      hash[3] ^= 1;
      EXPECT_EQ(mbedtls_ecdsa_verify(&group, hash.data(), length, &point, &r, &s),
                MBEDTLS_ERR_ECP_VERIFY_FAILED);
      hash[3] ^= 1;
      EXPECT_EQ(mbedtls_ecdsa_verify(&group, hash.data(), length, &point, &s, &r),
                MBEDTLS_ERR_ECP_VERIFY_FAILED);
      EXPECT_EQ(mbedtls_ecdsa_verify(&group, hash.data(), length, &point, &group.N, &s),
                MBEDTLS_ERR_ECP_VERIFY_FAILED);
    }
  }
  // Zero, which the embedding's arithmetic leaves out.
  const Bytes zero(32);
  signAs(group, d, zero, random, r, s);
  P256ArithmeticScope scope(&arithmetic);
  EXPECT_EQ(mbedtls_ecdsa_verify(&group, zero.data(), 32, &point, &r, &s), 0);
}

INSTANTIATE_TEST_SUITE_P(Curves, CurveOperations,
                         testing::Values(MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
                                         MBEDTLS_ECP_DP_CURVE25519));

}  // namespace
}  // namespace rtc::dtls
