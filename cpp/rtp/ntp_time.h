#pragma once

#include <compare>
#include <cstdint>

#include "cpp/base/time.h"

// RFC 3550 section 4: wall-clock time as NTP has it, seconds since 1900 in 32 bits and as many bits
// of fraction. RTCP cuts the middle 32 bits out of it, which wrap every 18 hours.

namespace rtc::rtp {

/// 16 bits of seconds and 16 of fraction: LSR, DLSR and LRR of RTCP.
class CompactNtp {
 public:
  constexpr CompactNtp() = default;
  explicit constexpr CompactNtp(uint32_t value) : value_(value) {}
  /// A span of time; clamped to 0 and to what 32 bits hold.
  static constexpr CompactNtp fromDuration(Duration duration) {
    if (duration <= Duration::zero())
      return CompactNtp(0);
    if (duration >= Duration::seconds(0xffff))
      return CompactNtp(0xffffffff);
    return CompactNtp(static_cast<uint32_t>((duration.us() * 65536 + 500'000) / 1'000'000));
  }

  constexpr uint32_t value() const { return value_; }
  constexpr Duration toDuration() const {
    return Duration::microseconds((static_cast<int64_t>(value_) * 1'000'000 + 32768) >> 16);
  }
  /// Differences wrap, as the values do.
  constexpr CompactNtp operator-(CompactNtp other) const {
    return CompactNtp(value_ - other.value_);
  }
  constexpr bool operator==(const CompactNtp&) const = default;

 private:
  uint32_t value_ = 0;
};

class NtpTime {
 public:
  constexpr NtpTime() = default;
  explicit constexpr NtpTime(uint64_t value) : value_(value) {}
  constexpr NtpTime(uint32_t seconds, uint32_t fraction)
      : value_(static_cast<uint64_t>(seconds) << 32 | fraction) {}

  /// `sinceEpoch` counts from the beginning of 1970. Seconds wrap in 2036, as NTP's do.
  static constexpr NtpTime fromUnix(Duration sinceEpoch) {
    const int64_t us = sinceEpoch.us();
    int64_t seconds = us / 1'000'000;
    int64_t rest = us % 1'000'000;
    if (rest < 0) {
      rest += 1'000'000;
      --seconds;
    }
    // Rounded up, so that the way back, which rounds down, gives the same microsecond.
    const uint64_t fraction = ((static_cast<uint64_t>(rest) << 32) + 999'999) / 1'000'000;
    return NtpTime((static_cast<uint64_t>(seconds + kUnixEpoch) << 32) + fraction);
  }
  /// Between 1968 and 2104: a time whose highest bit is not set is of the era that begins in 2036.
  constexpr Duration toUnix() const {
    const int64_t seconds = static_cast<int64_t>(value_ >> 32) - kUnixEpoch +
                            ((value_ >> 63) != 0 ? 0 : int64_t{1} << 32);
    return Duration::seconds(seconds) + Duration::microseconds(static_cast<int64_t>(
                                            ((value_ & 0xffffffff) * uint64_t{1'000'000}) >> 32));
  }

  constexpr uint64_t value() const { return value_; }
  constexpr uint32_t seconds() const { return static_cast<uint32_t>(value_ >> 32); }
  constexpr uint32_t fraction() const { return static_cast<uint32_t>(value_); }
  constexpr CompactNtp compact() const { return CompactNtp(static_cast<uint32_t>(value_ >> 16)); }
  /// RFC 3550 section 6.4.1: who has no notion of wall-clock time sends zero.
  constexpr bool isUnknown() const { return value_ == 0; }
  constexpr bool operator==(const NtpTime&) const = default;

 private:
  /// Seconds from 1900 to 1970.
  static constexpr int64_t kUnixEpoch = 2'208'988'800;

  uint64_t value_ = 0;
};

/// Puts the engine's time line, whose zero means nothing, onto the wall clock.
class NtpClock {
 public:
  NtpClock() = default;
  /// `unixTime` since 1970 is what the wall clock shows at `now`.
  NtpClock(Timestamp now, Duration unixTime)
      : offset_(unixTime - (now - Timestamp::microseconds(0))) {}

  NtpTime at(Timestamp time) const {
    return NtpTime::fromUnix((time - Timestamp::microseconds(0)) + offset_);
  }
  Timestamp timeOf(NtpTime ntp) const {
    return Timestamp::microseconds((ntp.toUnix() - offset_).us());
  }

 private:
  Duration offset_;
};

}  // namespace rtc::rtp
