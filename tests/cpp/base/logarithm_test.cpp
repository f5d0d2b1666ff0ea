#include "cpp/base/logarithm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace rtc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A few units in the last place.
void expectClose(double found, double wanted) {
  EXPECT_NEAR(found, wanted, 1e-15 * std::max(1.0, std::abs(wanted)) * 4) << wanted;
}

TEST(Logarithm, AgreesWithTheCLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    expectClose(logarithm(x), std::log(x));
  for (double x = 0.01; x < 4; x += 0.001)
    expectClose(logarithm(x), std::log(x));
}

TEST(Logarithm, OfOneIsNothing) {
  EXPECT_EQ(logarithm(1), 0);
}

TEST(Logarithm, KnowsWhereItEnds) {
  EXPECT_EQ(logarithm(0), -kInfinity);
  EXPECT_EQ(logarithm(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(logarithm(-1)));
  EXPECT_TRUE(std::isnan(logarithm(std::numeric_limits<double>::quiet_NaN())));
  expectClose(logarithm(std::numeric_limits<double>::denorm_min()),
              std::log(std::numeric_limits<double>::denorm_min()));
}

TEST(Exponential, AgreesWithTheCLibrary) {
  for (double x = -700; x < 700; x += 0.37)
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-14) << x;
  for (double x = -1; x < 1; x += 0.0007)
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 2e-15) << x;
}

TEST(Exponential, KnowsWhereItEnds) {
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(1000), kInfinity);
  EXPECT_EQ(exponential(-1000), 0);
  EXPECT_TRUE(std::isnan(exponential(std::numeric_limits<double>::quiet_NaN())));
}

TEST(Power, AgreesWithTheCLibrary) {
  for (const double base : {1.02, 1.08, 1.5, 2.0, 0.92}) {
    for (double exponent = 0; exponent < 20; exponent += 0.013)
      EXPECT_NEAR(power(base, exponent) / std::pow(base, exponent), 1, 1e-14);
  }
  EXPECT_EQ(power(1.08, 0), 1);
}

}  // namespace
}  // namespace rtc
