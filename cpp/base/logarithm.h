// Logarithms and powers without tables. Those of the C library bring 10 kB of them, which no
// compression makes smaller, and give other last digits from one library to the next; ours are the
// same everywhere.

#pragma once

namespace rtc {

// The natural logarithm, to a few units in the last place. As std::log(): minus infinity of zero,
// no number of what is negative.
double logarithm(double x);

// e to the power of `x`, to a few units in the last place.
double exponential(double x);

// `base` to the power of `exponent`; the base is positive.
inline double power(double base, double exponent) {
  return exponential(exponent * logarithm(base));
}

}  // namespace rtc
