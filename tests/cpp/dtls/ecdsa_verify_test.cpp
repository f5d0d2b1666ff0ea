#include "cpp/dtls/ecdsa_verify.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <mbedtls/ecdsa.h>

#include "cpp/dtls/p256_number.h"
#include "tests/cpp/dtls/mbedtls_arithmetic.h"

namespace rtc::dtls {
namespace {

using Number = std::array<uint8_t, 32>;

struct Signed {
  P256KeyPair key;
  Number hash{};
  Number r{};
  Number s{};
};

/// r = x(k G), s = (hash + r key) / k.
void sign(Signed& message, const P256KeyPair& ephemeral) {
  Number x{};
  std::copy_n(ephemeral.point.begin() + 1, x.size(), x.begin());
  const P256Scalar r(x);
  message.r = r.bytes();
  message.s = (P256Scalar(ephemeral.scalar).inverse() *
               (P256Scalar(message.hash) + r * P256Scalar(message.key.scalar)))
                  .bytes();
}

class EcdsaVerify : public testing::Test {
 protected:
  MbedtlsArithmetic arithmetic;
  SeededRandom random{5};

  void fill(Signed& message) {
    P256KeyPair ephemeral;
    ASSERT_TRUE(arithmetic.draw(message.key));
    ASSERT_TRUE(arithmetic.draw(ephemeral));
    ASSERT_TRUE(random.fill(message.hash));
    sign(message, ephemeral);
  }

  std::optional<bool> verdict(const Signed& message) {
    return ecdsaVerifyWith(arithmetic, message.key.point, message.hash, message.r, message.s);
  }

  static Number negated(const Number& value) {
    return (P256Scalar(Number{}) - P256Scalar(value)).bytes();
  }
};

TEST_F(EcdsaVerify, AcceptsWhatTheKeySigned) {
  for (int i = 0; i < 20; ++i) {
    Signed message;
    fill(message);
    EXPECT_EQ(verdict(message), true);
  }
}

TEST_F(EcdsaVerify, RefusesWhateverIsNotExactlyThat) {
  for (int i = 0; i < 20; ++i) {
    Signed message;
    fill(message);
    const size_t at = static_cast<size_t>(i) + 6;
    for (Number Signed::*part : {&Signed::hash, &Signed::r, &Signed::s}) {
      Signed other = {{}, message.hash, message.r, message.s};
      other.key.point = message.key.point;
      (other.*part)[at] ^= 1;
      EXPECT_EQ(verdict(other), false);
    }
    Signed stranger;
    ASSERT_TRUE(arithmetic.draw(stranger.key));
    stranger.hash = message.hash;
    stranger.r = message.r;
    stranger.s = message.s;
    EXPECT_EQ(verdict(stranger), false);
  }
}

// First coordinates alone do not tell a point from its negative.
TEST_F(EcdsaVerify, RefusesWhatTheNegativeOfTheKeySigned) {
  Signed message;
  fill(message);
  Signed mirrored = {{}, negated(message.hash), message.r, message.s};
  mirrored.key.point = message.key.point;
  EXPECT_EQ(verdict(mirrored), false);
  // It is good under -Q, whose y is p - y.
  Number y{};
  std::copy_n(message.key.point.begin() + 33, y.size(), y.begin());
  const Number opposite = (P256Coordinate(Number{}) - P256Coordinate(y)).bytes();
  std::copy(opposite.begin(), opposite.end(), mirrored.key.point.begin() + 33);
  EXPECT_EQ(verdict(mirrored), true);
}

TEST_F(EcdsaVerify, TakesEitherSignOfS) {
  Signed message;
  fill(message);
  message.s = negated(message.s);
  EXPECT_EQ(verdict(message), true) << "as FIPS 186-5 has it";
}

TEST_F(EcdsaVerify, RefusesNumbersOutOfRangeWithoutAsking) {
  constexpr Number kOrder = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                             0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                             0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  Number all{};
  all.fill(0xff);
  Signed message;
  fill(message);
  arithmetic.multipliedBase = arithmetic.multiplied = 0;
  for (const Number& bad : {Number{}, kOrder, all}) {
    for (Number Signed::*part : {&Signed::r, &Signed::s}) {
      Signed other = {{}, message.hash, message.r, message.s};
      other.key.point = message.key.point;
      other.*part = bad;
      EXPECT_EQ(verdict(other), false);
    }
  }
  EXPECT_EQ(arithmetic.multipliedBase + arithmetic.multiplied, 0);
}

TEST_F(EcdsaVerify, LeavesTheRareCasesToOthers) {
  Signed message;
  fill(message);
  // The hash is zero: no multiple of the base point.
  P256KeyPair ephemeral;
  ASSERT_TRUE(arithmetic.draw(ephemeral));
  message.hash = {};
  sign(message, ephemeral);
  EXPECT_EQ(verdict(message), std::nullopt);
  // r / s = -1: B is -Q, and B + Q is at infinity.
  message.s = negated(message.r);
  EXPECT_EQ(verdict(message), std::nullopt);
}

TEST_F(EcdsaVerify, SaysNothingWhenTheArithmeticFails) {
  Signed message;
  fill(message);
  arithmetic.isBroken = true;
  EXPECT_EQ(verdict(message), std::nullopt);
}

}  // namespace
}  // namespace rtc::dtls
