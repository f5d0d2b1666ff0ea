#include "cpp/dtls/ecdsa_verify.h"

#include <algorithm>

#include "cpp/dtls/p256_number.h"

namespace rtc::dtls {
namespace {

using Number = std::array<uint8_t, 32>;

// SP 800-186 section 3.2.1.3; the coefficient a is -3.
constexpr Number kOrder = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                           0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                           0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr Number kPrime = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                           0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr Number kB = {0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd,
                       0x55, 0x76, 0x98, 0x86, 0xbc, 0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53,
                       0xb0, 0xf6, 0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b};
constexpr Number kOne = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

bool isInOrder(const Number& value) {
  return value != Number{} && value < kOrder;
}

/// `value` + n, if that is below p.
std::optional<Number> plusOrder(const Number& value) {
  Number sum{};
  unsigned carry = 0;
  for (size_t i = sum.size(); i-- > 0;) {
    carry += value[i] + kOrder[i];
    sum[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  if (carry != 0 || sum >= kPrime)
    return std::nullopt;
  return sum;
}

P256Coordinate coordinate(const std::array<uint8_t, 65>& point, size_t index) {
  Number bytes{};
  std::copy_n(point.begin() + 1 + static_cast<std::ptrdiff_t>(32 * index), 32, bytes.begin());
  return P256Coordinate(bytes);
}

}  // namespace

// With w = 1/s, A = (hash w) G and B = (r w) Q, the signature is good when the first coordinate of
// A + B is r modulo n. The embedding gives A whole, but of B only x (ECDH gives no more), and of
// C = B + Q as well. That fixes y: the slope of the line through B and Q gives x(C), so that
//
//   2 y(B) y(Q) = 2b + (a + x(B) x(Q)) (x(B) + x(Q)) - x(C) (x(B) - x(Q))^2
//
// (the recovery of y that goes with Montgomery's ladder). To try both signs of y instead would
// accept what -Q has signed.
std::optional<bool> ecdsaVerifyWith(P256Arithmetic& arithmetic, const std::array<uint8_t, 65>& key,
                                    const Number& hash, const Number& r, const Number& s) {
  if (!isInOrder(r) || !isInOrder(s))
    return false;
  const P256Scalar w = P256Scalar(s).inverse();
  const P256Scalar a = P256Scalar(hash) * w;
  const P256Scalar b = P256Scalar(r) * w;
  const P256Scalar c = b + P256Scalar(kOne);
  // A or C at infinity.
  if (a.isZero() || c.isZero())
    return std::nullopt;

  std::array<uint8_t, 65> pointA{};
  Number bytesB{};
  Number bytesC{};
  if (!arithmetic.multiplyBase(a.bytes(), pointA) || !arithmetic.multiply(b.bytes(), key, bytesB) ||
      !arithmetic.multiply(c.bytes(), key, bytesC)) {
    return std::nullopt;
  }
  const P256Coordinate xA = coordinate(pointA, 0);
  const P256Coordinate yA = coordinate(pointA, 1);
  const P256Coordinate xQ = coordinate(key, 0);
  const P256Coordinate yQ = coordinate(key, 1);
  const P256Coordinate xB(bytesB);
  const P256Coordinate xC(bytesC);
  const P256Coordinate run = xA - xB;
  // A = B or A = -B: the slope is another.
  if (run.isZero())
    return std::nullopt;

  // y(B) = top / bottom; nothing is divided, all is multiplied out.
  const P256Coordinate constant(kB);
  const P256Coordinate three = P256Coordinate(kOne) + P256Coordinate(kOne) + P256Coordinate(kOne);
  const P256Coordinate apart = xB - xQ;
  const P256Coordinate top =
      constant + constant + (xB * xQ - three) * (xB + xQ) - xC * apart * apart;
  const P256Coordinate bottom = yQ + yQ;
  // x(A + B) = (rise / (bottom run))^2 - x(A) - x(B)
  const P256Coordinate rise = yA * bottom - top;
  const P256Coordinate width = bottom * run;
  const P256Coordinate left = rise * rise;
  const P256Coordinate square = width * width;
  const auto isFirstCoordinate = [&](const Number& x) {
    return (left - square * (P256Coordinate(x) + xA + xB)).isZero();
  };
  // r is known modulo n only, and n is a little less than p.
  const std::optional<Number> other = plusOrder(r);
  return isFirstCoordinate(r) || (other && isFirstCoordinate(*other));
}

}  // namespace rtc::dtls
