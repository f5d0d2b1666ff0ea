#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "cpp/congestion/sent_history.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// Tells from a probe's packets what the path carries.
class ProbeMeter {
 public:
  void started(const Probe& probe);
  /// A packet of a probe has come. Gives a rate as soon as four fifths of the probe have, and a
  /// better one with each that follows: what came a second, no more than what was sent.
  std::optional<Bitrate> received(const PacketResult& packet);
  void reset() { running_.clear(); }

 private:
  struct Running {
    Probe probe;
    int packets = 0;
    size_t bytes = 0;
    Timestamp firstSent, lastSent, firstReceived, lastReceived;
    size_t lastSentBytes = 0;
    size_t firstReceivedBytes = 0;
  };
  static std::optional<Bitrate> measure(const Running& running);

  std::deque<Running> running_;
};

}  // namespace rtc::congestion
