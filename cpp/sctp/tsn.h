#pragma once

#include <compare>
#include <cstdint>

#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// A TSN counted on without wrapping, so that it orders and subtracts like a number. Wire values
/// are unwrapped next to a reference that this end vouches for (RFC 9260 section 1.6 compares TSNs
/// within half the number space), never next to what the peer said last.
class TsnIndex {
 public:
  constexpr TsnIndex() = default;
  /// Where a connection starts: one round above zero, so that a TSN before it is still positive.
  static constexpr TsnIndex first(Tsn initial) {
    return TsnIndex((int64_t{1} << 32) + initial.value());
  }
  /// The index with these low 32 bits that lies nearest to `reference`.
  static constexpr TsnIndex near(TsnIndex reference, Tsn wire) {
    const auto distance = static_cast<int32_t>(wire.value() - reference.wire().value());
    return TsnIndex(reference.value_ + distance);
  }

  constexpr Tsn wire() const { return Tsn(static_cast<uint32_t>(value_)); }
  constexpr TsnIndex next() const { return TsnIndex(value_ + 1); }
  constexpr TsnIndex previous() const { return TsnIndex(value_ - 1); }
  constexpr TsnIndex operator+(int64_t count) const { return TsnIndex(value_ + count); }
  constexpr int64_t operator-(TsnIndex other) const { return value_ - other.value_; }
  constexpr auto operator<=>(const TsnIndex&) const = default;

 private:
  explicit constexpr TsnIndex(int64_t value) : value_(value) {}
  int64_t value_ = 0;
};

/// The place of a message in its stream, counted on without wrapping. 16 bits of it travel in DATA,
/// 32 in I-DATA.
class MessageIndex {
 public:
  constexpr MessageIndex() = default;
  static constexpr MessageIndex near(MessageIndex reference, Ssn wire) {
    const auto distance = static_cast<int16_t>(wire.value() - reference.ssn().value());
    return MessageIndex(reference.value_ + distance);
  }
  static constexpr MessageIndex near(MessageIndex reference, Mid wire) {
    const auto distance = static_cast<int32_t>(wire.value() - reference.mid().value());
    return MessageIndex(reference.value_ + distance);
  }

  constexpr Mid mid() const { return Mid(static_cast<uint32_t>(value_)); }
  constexpr Ssn ssn() const { return Ssn(static_cast<uint16_t>(value_)); }
  constexpr MessageIndex next() const { return MessageIndex(value_ + 1); }
  constexpr int64_t operator-(MessageIndex other) const { return value_ - other.value_; }
  constexpr auto operator<=>(const MessageIndex&) const = default;

 private:
  explicit constexpr MessageIndex(int64_t value) : value_(value) {}
  int64_t value_ = 0;
};

}  // namespace rtc::sctp
