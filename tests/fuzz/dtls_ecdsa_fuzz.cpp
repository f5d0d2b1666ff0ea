// ECDSA on P-256 with an embedding's arithmetic, compared with mbedTLS's own: numbers modulo the
// curve's two primes, signatures made of related keys and hashes, keys made to fit any point and
// signature, and encoded signatures that are damaged. What either finds good the other does; the
// few cases that the formulas leave out are those that they say; what a key signs is good, and no
// longer where the hash is another.

#include <algorithm>
#include <array>
#include <optional>

#include <mbedtls/ecdsa.h>

#include "cpp/base/bytes.h"
#include "cpp/dtls/certificate_der.h"
#include "cpp/dtls/curve_operations.h"
#include "cpp/dtls/ecdsa_verify.h"
#include "cpp/dtls/p256_number.h"
#include "tests/cpp/dtls/mbedtls_arithmetic.h"
#include "tests/fuzz/require.h"

namespace {

using namespace rtc;
using namespace rtc::dtls;
using rtc::fuzz::require;

using Number = std::array<uint8_t, 32>;
using PointBytes = std::array<uint8_t, 65>;

class Mpi {
 public:
  Mpi() { mbedtls_mpi_init(&value_); }
  explicit Mpi(const Number& bytes) : Mpi() {
    require(mbedtls_mpi_read_binary(&value_, bytes.data(), bytes.size()) == 0, "no number");
  }
  ~Mpi() { mbedtls_mpi_free(&value_); }
  Mpi(const Mpi&) = delete;
  Mpi& operator=(const Mpi&) = delete;
  operator mbedtls_mpi*() { return &value_; }

  /// Modulo `modulus`.
  Number in(const mbedtls_mpi& modulus) {
    Number bytes{};
    require(mbedtls_mpi_mod_mpi(&value_, &value_, &modulus) == 0 &&
                mbedtls_mpi_write_binary(&value_, bytes.data(), bytes.size()) == 0,
            "no remainder");
    return bytes;
  }

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

 private:
  mbedtls_ecp_point value_;
};

/// Key pairs whose scalars are the numbers beside 0, so that inputs find relations between them,
/// and some that are drawn.
constexpr size_t kNear = 3, kDrawn = 3, kPairs = 2 * kNear + kDrawn;

struct Curve {
  Curve() {
    mbedtls_ecp_group_init(&group);
    require(mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0, "no curve");
    for (size_t i = 0; i < kPairs; ++i) {
      if (i >= 2 * kNear) {
        require(arithmetic.draw(pairs[i]), "no pair");
        continue;
      }
      Number near{};
      near[31] = static_cast<uint8_t>(i / 2 + 1);
      const P256Scalar scalar(near);
      pairs[i].scalar = (i % 2 == 0 ? scalar : P256Scalar(Number{}) - scalar).bytes();
      require(arithmetic.multiplyBase(pairs[i].scalar, pairs[i].point), "no multiple");
    }
  }

  mbedtls_ecp_group group;
  MbedtlsArithmetic arithmetic;
  std::array<P256KeyPair, kPairs> pairs;
};

Curve& curve() {
  static Curve* const only = new Curve;
  return *only;
}

class Input {
 public:
  explicit Input(ByteSpan bytes) : reader_(bytes) {}

  uint8_t next() { return reader_.u8().value_or(0); }

  ByteSpan rest() { return reader_.rest(); }

  const P256KeyPair& pair() { return curve().pairs[next() % kPairs]; }

  /// Of any kind, with those that arithmetic fails at first.
  Number number() {
    Number bytes{};
    const uint8_t kind = reader_.u8().value_or(2);  // 1 at the end
    if (kind % 4 == 0) {
      const auto given = reader_.bytes(std::min(bytes.size(), reader_.remaining()));
      std::copy(given->begin(), given->end(), bytes.begin());
      return bytes;
    }
    const mbedtls_ecp_group& group = curve().group;
    Mpi value;
    if (kind % 4 == 1) {
      require(mbedtls_mpi_copy(value, kind & 4 ? &group.P : &group.N) == 0, "no modulus");
    } else if (kind % 4 == 2) {
      require(mbedtls_mpi_lset(value, 1) == 0 && mbedtls_mpi_shift_l(value, next()) == 0,
              "no power of two");
    }
    const int beside = next();
    require((kind & 8 ? mbedtls_mpi_sub_int(value, value, beside)
                      : mbedtls_mpi_add_int(value, value, beside)) == 0,
            "no number beside");
    if (mbedtls_mpi_cmp_int(value, 0) >= 0 && mbedtls_mpi_size(value) <= bytes.size())
      require(mbedtls_mpi_write_binary(value, bytes.data(), bytes.size()) == 0, "too large");
    return bytes;
  }

 private:
  ByteReader reader_;
};

template <P256Modulus modulus>
void compareNumbers(const Number& a, const Number& b, const mbedtls_mpi& n) {
  using Modular = P256Number<modulus>;
  Mpi first(a);
  Mpi second(b);
  Mpi result;
  require(mbedtls_mpi_add_mpi(result, first, second) == 0, "no sum");
  require((Modular(a) + Modular(b)).bytes() == result.in(n), "another sum");
  require(mbedtls_mpi_sub_mpi(result, first, second) == 0, "no difference");
  require((Modular(a) - Modular(b)).bytes() == result.in(n), "another difference");
  require(mbedtls_mpi_mul_mpi(result, first, second) == 0, "no product");
  require((Modular(a) * Modular(b)).bytes() == result.in(n), "another product");
  const Number reduced = first.in(n);
  require(Modular(a).bytes() == reduced, "another remainder");
  require(Modular(a).isZero() == (reduced == Number{}), "another zero");
  if (reduced == Number{}) {
    require(Modular(a).inverse().isZero(), "0 has an inverse");
    return;
  }
  require(mbedtls_mpi_inv_mod(result, first, &n) == 0, "no inverse");
  require(Modular(a).inverse().bytes() == result.in(n), "another inverse");
}

/// With mbedTLS's arithmetic on the curve alone.
bool isGood(const PointBytes& key, ByteSpan hash, const Number& r, const Number& s) {
  Point point;
  Mpi first(r);
  Mpi second(s);
  require(mbedtls_ecp_point_read_binary(&curve().group, point, key.data(), key.size()) == 0,
          "no point");
  return mbedtls_ecdsa_verify(&curve().group, hash.data(), hash.size(), point, first, second) == 0;
}

bool isInOrder(const Number& value) {
  Mpi number(value);
  return mbedtls_mpi_cmp_int(number, 0) > 0 && mbedtls_mpi_cmp_mpi(number, &curve().group.N) < 0;
}

/// @returns whether the signature is good
bool compareVerdicts(const PointBytes& key, const Number& hash, const Number& r, const Number& s) {
  const auto verdict = ecdsaVerifyWith(curve().arithmetic, key, hash, r, s);
  const bool expected = isGood(key, hash, r, s);
  require(!verdict || *verdict == expected, "another verdict");
  if (!verdict) {
    require(isInOrder(r) && isInOrder(s), "no verdict on numbers that are out of range");
    // The multiples of the base point and the key: at infinity, or one the other's equal or
    // negative.
    const P256Scalar w = P256Scalar(s).inverse();
    const P256Scalar a = P256Scalar(hash) * w;
    const P256Scalar b = P256Scalar(r) * w;
    Number one{};
    one[31] = 1;
    Number xA{};
    PointBytes pointA{};
    Number xB{};
    const bool isLeftOut = a.isZero() || (b + P256Scalar(one)).isZero() ||
                           (curve().arithmetic.multiplyBase(a.bytes(), pointA) &&
                            curve().arithmetic.multiply(b.bytes(), key, xB) &&
                            (std::copy_n(pointA.begin() + 1, xA.size(), xA.begin()), xA == xB));
    require(isLeftOut, "no verdict on an ordinary signature");
  }
  return expected;
}

/// Signed with one of the pairs, and then changed.
void verifySigned(Input& input) {
  const P256KeyPair& key = input.pair();
  const P256KeyPair& ephemeral = input.pair();
  const uint8_t how = input.next();
  Number x{};
  std::copy_n(ephemeral.point.begin() + 1, x.size(), x.begin());
  const P256Scalar r(x);
  Number hash = input.number();
  // The two multiples are equal, or one the other's negative.
  if (how % 4 == 1)
    hash = (r * P256Scalar(key.scalar)).bytes();
  if (how % 4 == 2)
    hash = (P256Scalar(Number{}) - r * P256Scalar(key.scalar)).bytes();
  const P256Scalar s =
      P256Scalar(ephemeral.scalar).inverse() * (P256Scalar(hash) + r * P256Scalar(key.scalar));
  if (!s.isZero())
    require(compareVerdicts(key.point, hash, r.bytes(), s.bytes()), "a signature is not good");
  switch (how / 4 % 5) {
    case 0: {
      const Number other = input.number();
      if (P256Scalar(other).bytes() != P256Scalar(hash).bytes() && !s.isZero())
        (void)compareVerdicts(key.point, other, r.bytes(), s.bytes());
      break;
    }
    case 1:
      (void)compareVerdicts(key.point, hash, input.number(), s.bytes());
      break;
    case 2:
      (void)compareVerdicts(key.point, hash, r.bytes(), input.number());
      break;
    case 3:
      (void)compareVerdicts(input.pair().point, hash, r.bytes(), s.bytes());
      break;
    default:
      // With s the opposite is good, too (FIPS 186-5).
      if (!s.isZero()) {
        require(compareVerdicts(key.point, hash, r.bytes(), (P256Scalar(Number{}) - s).bytes()),
                "a signature's mirror is not good");
      }
  }
}

/// Of any point R and any s, the key that has signed: Q = (s R - hash G) / r, so that r can be what
/// R's first coordinate is beyond the order.
void verifyMade(Input& input) {
  const mbedtls_ecp_group& group = curve().group;
  std::array<uint8_t, 33> compressed{};
  compressed[0] = static_cast<uint8_t>(2 + input.next() % 2);
  const Number x = input.number();
  std::copy(x.begin(), x.end(), compressed.begin() + 1);
  const Number hash = P256Scalar(input.number()).bytes();
  const P256Scalar s(input.number());
  const P256Scalar r(x);
  if (r.isZero() || s.isZero())
    return;
  Point point;
  if (mbedtls_ecp_point_read_binary(&group, point, compressed.data(), compressed.size()) != 0 ||
      mbedtls_ecp_check_pubkey(&group, point) != 0) {
    return;
  }
  const P256Scalar w = r.inverse();
  Mpi ofPoint((s * w).bytes());
  Mpi ofBase((P256Scalar(Number{}) - P256Scalar(hash) * w).bytes());
  Point key;
  if (mbedtls_ecp_muladd(&curve().group, key, ofPoint, point, ofBase, &group.G) != 0 ||
      mbedtls_ecp_is_zero(key)) {
    return;
  }
  PointBytes bytes{};
  size_t length = 0;
  require(mbedtls_ecp_point_write_binary(&group, key, MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
                                         bytes.data(), bytes.size()) == 0,
          "no key");
  require(compareVerdicts(bytes, hash, r.bytes(), s.bytes()), "a made signature is not good");
}

/// As mbedTLS reads them from a message, over hashes of any length.
void verifyEncoded(Input& input) {
  const P256KeyPair& pair = input.pair();
  const P256KeyPair& ephemeral = input.pair();
  std::array<uint8_t, 64> hash{};
  const size_t length = input.next() % (hash.size() + 1);
  std::fill_n(hash.begin(), length, input.next());
  Number x{};
  std::copy_n(ephemeral.point.begin() + 1, x.size(), x.begin());
  Number leftmost{};
  const size_t used = std::min(length, leftmost.size());
  std::copy_n(hash.begin(), used, leftmost.end() - static_cast<std::ptrdiff_t>(used));
  const P256Scalar r(x);
  const P256Scalar s =
      P256Scalar(ephemeral.scalar).inverse() * (P256Scalar(leftmost) + r * P256Scalar(pair.scalar));
  Bytes signature = ecdsaSignature(r.bytes(), s.bytes());
  const ByteSpan changes = input.rest();
  bool isChanged = false;
  for (size_t at = 0; at + 2 < changes.size() && !signature.empty(); at += 3) {
    const size_t place = changes[at + 1] % signature.size();
    const auto here = signature.begin() + static_cast<std::ptrdiff_t>(place);
    isChanged = true;
    switch (changes[at] % 4) {
      case 0:
        *here = changes[at + 2];
        break;
      case 1:
        signature.insert(here, changes[at + 2]);
        break;
      case 2:
        signature.erase(here);
        break;
      default:
        signature.resize(place);
    }
  }

  mbedtls_ecdsa_context context;
  mbedtls_ecdsa_init(&context);
  require(
      mbedtls_ecp_group_load(&context.MBEDTLS_PRIVATE(grp), MBEDTLS_ECP_DP_SECP256R1) == 0 &&
          mbedtls_ecp_point_read_binary(&context.MBEDTLS_PRIVATE(grp), &context.MBEDTLS_PRIVATE(Q),
                                        pair.point.data(), pair.point.size()) == 0,
      "no key");
  const auto read = [&] {
    return mbedtls_ecdsa_read_signature(&context, hash.data(), length, signature.data(),
                                        signature.size());
  };
  const int alone = read();
  const P256ArithmeticScope scope(&curve().arithmetic);
  require(read() == alone, "another error with an embedding");
  require(isChanged || s.isZero() || alone == 0, "an encoded signature is not good");
  mbedtls_ecdsa_free(&context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(ByteSpan(data, size));
  switch (input.next() % 8) {
    case 0: {
      const Number a = input.number();
      const Number b = input.number();
      compareNumbers<P256Modulus::kOrder>(a, b, curve().group.N);
      compareNumbers<P256Modulus::kField>(a, b, curve().group.P);
      break;
    }
    case 1:
    case 2:
    case 3:
      verifySigned(input);
      break;
    case 4:
    case 5:
      verifyMade(input);
      break;
    default:
      verifyEncoded(input);
  }
  return 0;
}
