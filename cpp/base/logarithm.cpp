#include "cpp/base/logarithm.h"

#include <cmath>
#include <limits>

namespace rtc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kRootOfHalf = 0.70710678118654752440;
constexpr double kLog2e = 1.44269504088896340736;
// The logarithm of 2 in two parts; a multiple of the first by an exponent is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

// Beyond these an exponential is infinite, or zero.
constexpr double kMostExponent = 709.79;
constexpr double kLeastExponent = -745.2;

}  // namespace

double logarithm(double x) {
  if (!(x > 0))
    return x == 0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
  if (x == kInfinity)
    return x;
  int exponent = 0;
  double fraction = std::frexp(x, &exponent);
  if (fraction < kRootOfHalf) {
    fraction *= 2;
    --exponent;
  }
  // log(f) = 2 artanh(s), whose series ends soon: s is below 0.172.
  const double s = (fraction - 1) / (fraction + 1);
  const double square = s * s;
  double series = 0;
  for (int n = 23; n >= 3; n -= 2)
    series = (series + 1.0 / n) * square;
  return exponent * kLn2High + (exponent * kLn2Low + 2 * (s + s * series));
}

double exponential(double x) {
  if (std::isnan(x))
    return x;
  if (x > kMostExponent)
    return kInfinity;
  if (x < kLeastExponent)
    return 0;
  const double exponent = std::floor(x * kLog2e + 0.5);
  // Below 0.347.
  const double rest = (x - exponent * kLn2High) - exponent * kLn2Low;
  double series = 1;
  for (int n = 14; n >= 1; --n)
    series = 1 + series * rest / n;
  return std::ldexp(series, static_cast<int>(exponent));
}

}  // namespace rtc
