#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace rtc {

/// An integer that has a meaning: two of different `Tag`s do not mix, and none converts from a bare
/// number by accident.
///
///   using StreamId = StrongInt<struct StreamIdTag, uint16_t>;
template <typename Tag, typename T>
class StrongInt {
 public:
  using Value = T;
  constexpr StrongInt() = default;
  explicit constexpr StrongInt(T value) : value_(value) {}
  constexpr T value() const { return value_; }
  constexpr auto operator<=>(const StrongInt&) const = default;

 private:
  T value_{};
};

}  // namespace rtc

template <typename Tag, typename T>
struct std::hash<rtc::StrongInt<Tag, T>> {
  size_t operator()(rtc::StrongInt<Tag, T> id) const noexcept { return std::hash<T>{}(id.value()); }
};
