#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace rtc {

/// A span of time in microseconds.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration microseconds(int64_t count) { return Duration(count); }
  static constexpr Duration milliseconds(int64_t count) { return Duration(count * 1000); }
  static constexpr Duration seconds(int64_t count) { return Duration(count * 1000 * 1000); }
  static constexpr Duration zero() { return Duration(0); }
  static constexpr Duration infinite() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr double seconds() const { return static_cast<double>(us_) / 1e6; }
  constexpr bool isInfinite() const { return *this == infinite(); }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return Duration(us_ + other.us_); }
  constexpr Duration operator-(Duration other) const { return Duration(us_ - other.us_); }
  constexpr Duration operator*(int64_t factor) const { return Duration(us_ * factor); }
  constexpr Duration operator/(int64_t divisor) const { return Duration(us_ / divisor); }
  constexpr Duration& operator+=(Duration other) { return *this = *this + other; }

 private:
  explicit constexpr Duration(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

/// A point on the monotonic time line that the caller passes into every input. Its zero is
/// arbitrary; the engine never reads a clock.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp microseconds(int64_t count) { return Timestamp(count); }
  static constexpr Timestamp milliseconds(int64_t count) { return Timestamp(count * 1000); }
  /// Later than every point in time: "nothing is due".
  static constexpr Timestamp never() { return Timestamp(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr bool isNever() const { return *this == never(); }

  constexpr auto operator<=>(const Timestamp&) const = default;
  constexpr Timestamp operator+(Duration d) const {
    return (isNever() || d.isInfinite()) ? never() : Timestamp(us_ + d.us());
  }
  constexpr Timestamp operator-(Duration d) const {
    return isNever() ? never() : Timestamp(us_ - d.us());
  }
  constexpr Duration operator-(Timestamp other) const {
    return isNever() ? Duration::infinite() : Duration::microseconds(us_ - other.us_);
  }

 private:
  explicit constexpr Timestamp(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

constexpr Timestamp earlier(Timestamp a, Timestamp b) {
  return a < b ? a : b;
}

}  // namespace rtc
