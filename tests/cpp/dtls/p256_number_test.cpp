#include "cpp/dtls/p256_number.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <mbedtls/bignum.h>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/dtls/ecdsa_with_pair.h"

namespace rtc::dtls {
namespace {

using Number = std::array<uint8_t, 32>;

constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

Number number(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  Number bytes{};
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  return bytes;
}

constexpr std::string_view kPrime =
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

/// mbedTLS's arithmetic, to compare with.
class Reference {
 public:
  explicit Reference(std::string_view modulus) {
    for (mbedtls_mpi* value : {&n_, &a_, &b_, &result_})
      mbedtls_mpi_init(value);
    read(n_, number(modulus));
  }
  ~Reference() {
    for (mbedtls_mpi* value : {&n_, &a_, &b_, &result_})
      mbedtls_mpi_free(value);
  }

  Number sum(const Number& a, const Number& b) {
    read(a_, a);
    read(b_, b);
    EXPECT_EQ(mbedtls_mpi_add_mpi(&result_, &a_, &b_), 0);
    return reduced();
  }
  Number difference(const Number& a, const Number& b) {
    read(a_, a);
    read(b_, b);
    EXPECT_EQ(mbedtls_mpi_sub_mpi(&result_, &a_, &b_), 0);
    return reduced();
  }
  Number product(const Number& a, const Number& b) {
    read(a_, a);
    read(b_, b);
    EXPECT_EQ(mbedtls_mpi_mul_mpi(&result_, &a_, &b_), 0);
    return reduced();
  }
  Number inverse(const Number& a) {
    read(a_, a);
    EXPECT_EQ(mbedtls_mpi_mod_mpi(&a_, &a_, &n_), 0);
    EXPECT_EQ(mbedtls_mpi_inv_mod(&result_, &a_, &n_), 0);
    return reduced();
  }

 private:
  void read(mbedtls_mpi& value, const Number& bytes) {
    EXPECT_EQ(mbedtls_mpi_read_binary(&value, bytes.data(), bytes.size()), 0);
  }
  Number reduced() {
    EXPECT_EQ(mbedtls_mpi_mod_mpi(&result_, &result_, &n_), 0);
    Number bytes{};
    EXPECT_EQ(mbedtls_mpi_write_binary(&result_, bytes.data(), bytes.size()), 0);
    return bytes;
  }

  mbedtls_mpi n_, a_, b_, result_;
};

/// Zero, one, the order, the prime and their neighbours, powers of two, everything set, and random
/// numbers.
std::vector<Number> numbers() {
  std::vector<Number> all = {Number{}, number(kOrder), number(kPrime)};
  for (uint8_t last : {0xfe, 0xfd}) {
    all.push_back(number(kPrime));
    all.back()[31] = last;
  }
  for (uint8_t last : {0x50, 0x52, 0x4f}) {
    all.push_back(number(kOrder));
    all.back()[31] = last;
  }
  for (size_t bit = 0; bit < 256; bit += 31) {
    all.emplace_back();
    all.back()[31 - bit / 8] = static_cast<uint8_t>(1 << bit % 8);
  }
  all.emplace_back();
  all.back().fill(0xff);
  SeededRandom random(1);
  for (int i = 0; i < 40; ++i) {
    all.emplace_back();
    EXPECT_TRUE(random.fill(all.back()));
  }
  return all;
}

template <typename Type>
void expectArithmeticOf(std::string_view modulus) {
  Reference reference(modulus);
  for (const Number& a : numbers()) {
    for (const Number& b : numbers()) {
      EXPECT_EQ((Type(a) + Type(b)).bytes(), reference.sum(a, b));
      EXPECT_EQ((Type(a) - Type(b)).bytes(), reference.difference(a, b));
      EXPECT_EQ((Type(a) * Type(b)).bytes(), reference.product(a, b));
    }
    if (!Type(a).isZero()) {
      EXPECT_EQ(Type(a).inverse().bytes(), reference.inverse(a));
    }
  }
}

TEST(P256Scalar, CalculatesAsMbedtlsDoes) {
  expectArithmeticOf<P256Scalar>(kOrder);
}

TEST(P256Coordinate, CalculatesAsMbedtlsDoes) {
  expectArithmeticOf<P256Coordinate>(kPrime);
}

TEST(P256Scalar, TheOrderIsZeroAndSoIsTheInverseOfZero) {
  EXPECT_TRUE(P256Scalar(number(kOrder)).isZero());
  EXPECT_TRUE(P256Scalar(Number{}).inverse().isZero());
  EXPECT_FALSE(P256Scalar(Number{1}).isZero());
}

// RFC 6979 appendix A.2.5: the key x with its point U, and for SHA-256 of each message the
// ephemeral key k and the signature. The point of k has r for its first coordinate.
TEST(EcdsaWithPair, SignsAsTheVectorsOfRfc6979Do) {
  struct Vector {
    std::string_view hash, k, r, s;
  };
  constexpr Vector kVectors[] = {
      // "sample"
      {"af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
       "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
       "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
       "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
      // "test"
      {"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
       "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0",
       "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
       "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
  };
  for (const Vector& vector : kVectors) {
    P256KeyPair key;
    key.scalar = number("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    P256KeyPair ephemeral;
    ephemeral.scalar = number(vector.k);
    const Number r = number(vector.r);
    const Number s = number(vector.s);
    std::copy(r.begin(), r.end(), ephemeral.point.begin() + 1);
    const auto signature = ecdsaSignWithPair(key, ephemeral, number(vector.hash));
    ASSERT_TRUE(signature.has_value());
    Bytes expected = {0x30, 0, 2, 33, 0};
    expected.insert(expected.end(), r.begin(), r.end());
    expected.push_back(2);
    if (s[0] >= 0x80) {
      expected.insert(expected.end(), {33, 0});
    } else {
      expected.push_back(32);
    }
    expected.insert(expected.end(), s.begin(), s.end());
    expected[1] = static_cast<uint8_t>(expected.size() - 2);
    EXPECT_EQ(*signature, expected);
  }
}

TEST(EcdsaWithPair, RefusesWhatIsNoPair) {
  P256KeyPair key;
  key.scalar[31] = 1;
  P256KeyPair ephemeral;
  ephemeral.scalar[31] = 1;
  EXPECT_FALSE(ecdsaSignWithPair(key, ephemeral, {1}).has_value());
  ephemeral.point[64] = ephemeral.point[32] = 1;
  ephemeral.scalar = {};
  EXPECT_FALSE(ecdsaSignWithPair(key, ephemeral, {1}).has_value());
}

}  // namespace
}  // namespace rtc::dtls
