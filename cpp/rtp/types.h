#pragma once

#include <compare>
#include <cstdint>

#include "cpp/base/strong.h"

namespace rtc::rtp {

/// RFC 3550 section 3: which stream of a session a packet belongs to.
using Ssrc = StrongInt<struct SsrcTag, uint32_t>;
/// 0 to 127 (RFC 3550 section 5.1).
using PayloadType = StrongInt<struct PayloadTypeTag, uint8_t>;
/// As it travels: 16 bits that wrap.
using SequenceNumber = StrongInt<struct SequenceNumberTag, uint16_t>;
/// As it travels: 32 bits that wrap, in units of the codec's clock.
using RtpTime = StrongInt<struct RtpTimeTag, uint32_t>;

/// A sequence number counted on without wrapping, so that it orders and subtracts like a number.
class SequenceIndex {
 public:
  constexpr SequenceIndex() = default;
  /// Where a stream starts: one round above zero, so that a number before it is still positive.
  static constexpr SequenceIndex first(SequenceNumber initial) {
    return SequenceIndex((int64_t{1} << 16) + initial.value());
  }
  /// The index with these low 16 bits that lies nearest to `reference`.
  static constexpr SequenceIndex near(SequenceIndex reference, SequenceNumber wire) {
    const auto distance = static_cast<int16_t>(wire.value() - reference.wire().value());
    return SequenceIndex(reference.value_ + distance);
  }

  constexpr SequenceNumber wire() const { return SequenceNumber(static_cast<uint16_t>(value_)); }
  constexpr int64_t value() const { return value_; }
  constexpr SequenceIndex next() const { return SequenceIndex(value_ + 1); }
  constexpr SequenceIndex previous() const { return SequenceIndex(value_ - 1); }
  constexpr SequenceIndex operator+(int64_t count) const { return SequenceIndex(value_ + count); }
  constexpr int64_t operator-(SequenceIndex other) const { return value_ - other.value_; }
  constexpr auto operator<=>(const SequenceIndex&) const = default;

 private:
  explicit constexpr SequenceIndex(int64_t value) : value_(value) {}
  int64_t value_ = 0;
};

/// An RTP timestamp counted on without wrapping, in units of the codec's clock.
class RtpTimeIndex {
 public:
  constexpr RtpTimeIndex() = default;
  static constexpr RtpTimeIndex first(RtpTime initial) {
    return RtpTimeIndex((int64_t{1} << 32) + initial.value());
  }
  static constexpr RtpTimeIndex near(RtpTimeIndex reference, RtpTime wire) {
    const auto distance = static_cast<int32_t>(wire.value() - reference.wire().value());
    return RtpTimeIndex(reference.value_ + distance);
  }

  constexpr RtpTime wire() const { return RtpTime(static_cast<uint32_t>(value_)); }
  constexpr int64_t value() const { return value_; }
  constexpr RtpTimeIndex operator+(int64_t count) const { return RtpTimeIndex(value_ + count); }
  constexpr int64_t operator-(RtpTimeIndex other) const { return value_ - other.value_; }
  constexpr auto operator<=>(const RtpTimeIndex&) const = default;

 private:
  explicit constexpr RtpTimeIndex(int64_t value) : value_(value) {}
  int64_t value_ = 0;
};

}  // namespace rtc::rtp
