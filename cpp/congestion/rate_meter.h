#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// How many bits a second passed lately. Bytes are kept in steps of ten milliseconds, so memory is
/// bounded by the window whatever passes.
class RateMeter {
 public:
  explicit RateMeter(Duration window) : window_(window) {}

  /// `now` that goes back counts for the last one.
  void add(size_t bytes, Timestamp now) {
    if (!first_)
      first_ = now;
    if (steps_.empty() || now - steps_.back().begin >= kStep) {
      discard(now);
      if (steps_.empty() && now - *first_ > window_)
        first_ = now;
      steps_.push_back({now, 0});
    }
    steps_.back().bytes += static_cast<int64_t>(bytes);
    sum_ += static_cast<int64_t>(bytes);
  }

  /// Over the window, or since the first byte when that is less. Nullopt before there is a tenth of
  /// a window, or when nothing passed.
  std::optional<Bitrate> rate(Timestamp now) {
    discard(now);
    if (steps_.empty())
      return std::nullopt;
    const Duration time = std::min(now - *first_, window_);
    if (time < window_ / 10)
      return std::nullopt;
    return sum_ * 8 * 1'000'000 / std::max<int64_t>(time.us(), 1);
  }

 private:
  static constexpr Duration kStep = Duration::milliseconds(10);
  struct Step {
    Timestamp begin;
    int64_t bytes;
  };

  void discard(Timestamp now) {
    while (!steps_.empty() && now - steps_.front().begin > window_) {
      sum_ -= steps_.front().bytes;
      steps_.pop_front();
    }
  }

  Duration window_;
  std::optional<Timestamp> first_;
  std::deque<Step> steps_;
  int64_t sum_ = 0;
};

}  // namespace rtc::congestion
