#pragma once

#include <utility>
#include <variant>

namespace rtc {

template <typename E>
struct Failure {
  E error;
};

/// Wraps an error so that it converts to any `Result` with that error type.
template <typename E>
Failure<E> fail(E error) {
  return {std::move(error)};
}

/// A value or an error; nothing in the engine throws. Reading the side that is absent is undefined
/// (as `std::get_if` on the wrong alternative), so test `ok()` first.
template <typename T, typename E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  template <typename F>
  Result(Failure<F> failure)  // NOLINT(*-explicit-*)
      : state_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

/// Success without a value: `return Done{};`.
struct Done {};
template <typename E>
using Status = Result<Done, E>;

}  // namespace rtc
