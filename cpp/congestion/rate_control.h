#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/delay_detector.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// What the path has been found to carry when it was overused: an average and how far it strays.
class LinkCapacity {
 public:
  void overused(Bitrate acknowledged);
  void probed(Bitrate rate);
  void reset() { estimate_.reset(); }
  std::optional<Bitrate> estimate() const;
  Bitrate upper() const;
  Bitrate lower() const;

 private:
  void update(double kilobits, double weight);
  double spread() const;

  // Kilobits per second, and the variance of it in units of the average.
  std::optional<double> estimate_;
  double deviation_ = 0.4;
};

/// Turns what the delays say into a bitrate: it rises by 8 % a second, or by about a packet a round
/// trip near the path's known capacity, and falls to 85 % of what arrives (draft-ietf-rmcat-gcc-02
/// section 5.5).
class RateControl {
 public:
  RateControl(Bitrate start, Bitrate min, Bitrate max) : rate_(start), min_(min), max_(max) {}

  void setLimits(Bitrate min, Bitrate max);
  /// Starts anew.
  void reset(Bitrate rate);
  void setRoundTrip(Duration roundTrip) { roundTrip_ = roundTrip; }

  /// `acknowledged` is what arrives. While less is sent than could be nothing is learnt from delays
  /// staying short, and the rate does not rise.
  void update(Usage usage, std::optional<Bitrate> acknowledged, bool isAppLimited, Timestamp now);
  /// A probe was found to arrive at `rate`.
  void probed(Bitrate rate, Timestamp now);

  /// At least that.
  void raise(Bitrate rate) { set(std::max(rate, rate_)); }

  Bitrate rate() const { return rate_; }
  /// When it came down last; nullopt when it never has.
  std::optional<Timestamp> decreasedAt() const { return decreasedAt_; }

 private:
  enum class State : uint8_t { kHold, kIncrease };

  void increase(std::optional<Bitrate> acknowledged, Timestamp now);
  void decrease(std::optional<Bitrate> acknowledged, bool isAppLimited, Timestamp now);
  Bitrate additivePerSecond() const;
  void set(Bitrate rate);

  Bitrate rate_;
  Bitrate min_;
  Bitrate max_;
  State state_ = State::kHold;
  LinkCapacity capacity_;
  // Before anything is known of it.
  Duration roundTrip_ = Duration::milliseconds(200);
  std::optional<Timestamp> changedAt_;
  std::optional<Timestamp> decreasedAt_;
};

}  // namespace rtc::congestion
