#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// How much arrives at the receiver, over the last half second or twenty packets. The lesser of how
/// fast they left and how fast they came, so that what comes in a lump after a gap is not taken for
/// a fast path; one gap in between is not taken for a slow one either.
class AcknowledgedRate {
 public:
  /// By arrival. Times that go back by more than the window begin anew.
  void received(size_t bytes, Timestamp sentAt, Timestamp receivedAt);
  /// Nullopt before ten packets or a fifth of a second.
  std::optional<Bitrate> rate() const;
  void reset() { packets_.clear(); }

 private:
  struct Packet {
    size_t bytes;
    Timestamp sentAt;
    Timestamp receivedAt;
  };

  // By arrival.
  std::deque<Packet> packets_;
};

}  // namespace rtc::congestion
