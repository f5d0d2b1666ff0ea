#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "cpp/base/time.h"

namespace rtc::media {

/// Decides when a receiver asks for a key frame (PLI, RFC 4585 section 6.3.1, or FIR): at once, and
/// again until one comes, but never before the last request can have been answered.
class KeyFrameRequester {
 public:
  /// libwebrtc waits as long for a key frame before it asks again.
  static constexpr Duration kLeastInterval = Duration::milliseconds(200);

  void setRoundTrip(Duration roundTrip) {
    interval_ = std::clamp(roundTrip, kLeastInterval, Duration::seconds(5));
  }

  /// A decoder cannot go on without one.
  void want() { isWanted_ = true; }
  /// One has come whole, or it is not wanted any more.
  void satisfied() { isWanted_ = false; }
  bool isWanted() const { return isWanted_; }

  /// Whether to ask now; it counts as asked.
  bool poll(Timestamp now) {
    if (!isWanted_ || (askedAt_ && now < *askedAt_ + interval_))
      return false;
    askedAt_ = now;
    return true;
  }
  Timestamp deadline() const {
    if (!isWanted_)
      return Timestamp::never();
    return askedAt_ ? *askedAt_ + interval_ : Timestamp::microseconds(0);
  }

 private:
  bool isWanted_ = false;
  Duration interval_ = kLeastInterval;
  std::optional<Timestamp> askedAt_;
};

/// Decides when a sender makes a key frame because somebody asked: many may ask at once, and one
/// key frame serves them all.
class KeyFrameResponder {
 public:
  /// As libwebrtc: key frames are large, and more often they starve what lies between them.
  static constexpr Duration kLeastInterval = Duration::milliseconds(300);

  void setRoundTrip(Duration roundTrip) {
    roundTrip_ = std::clamp(roundTrip, Duration::zero(), Duration::seconds(2));
  }

  /// A PLI. What was asked before the last key frame can have arrived has been answered by it.
  void requested(Timestamp now) {
    if (!isWaiting_ && (!madeAt_ || now >= *madeAt_ + roundTrip_))
      isPending_ = true;
  }
  /// A FIR's entry: one with the number of the last one repeats it (RFC 5104 section 4.3.1.2).
  void requested(uint8_t number, Timestamp now) {
    if (std::exchange(lastNumber_, number) != number)
      requested(now);
  }

  /// Whether to make one now; it counts as made.
  bool poll(Timestamp now) {
    if (!isPending_ || now < deadline())
      return false;
    made(now);
    return true;
  }
  /// One was made for whatever reason.
  void made(Timestamp now) {
    madeAt_ = now;
    isPending_ = false;
  }
  /// It waits for its turn to leave, and answers what is asked meanwhile.
  void waits() { isWaiting_ = true; }
  /// All of it has left.
  void left(Timestamp now) {
    isWaiting_ = false;
    madeAt_ = now;
  }
  /// It will not leave.
  void discarded() { isWaiting_ = false; }
  Timestamp deadline() const {
    if (!isPending_)
      return Timestamp::never();
    return madeAt_ ? *madeAt_ + kLeastInterval : Timestamp::microseconds(0);
  }

 private:
  bool isPending_ = false;
  bool isWaiting_ = false;
  Duration roundTrip_;
  std::optional<Timestamp> madeAt_;
  std::optional<uint8_t> lastNumber_;
};

}  // namespace rtc::media
