#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// When the next packet may leave, at which rate, and whether it belongs to a probe. Knows no
/// packets; `Pacer` has those.
///
/// The timers of a page come a millisecond late or four, so what should have left meanwhile leaves
/// at once, and nobody is woken for less than a millisecond's worth.
class PacingClock {
 public:
  void setRates(Bitrate pacing, Bitrate padding);
  /// Probes begin with the next packet that leaves, one after the other. One that has not begun
  /// within five seconds, and one that found nothing to send for a fifth of a second, is given up.
  void addProbe(const Probe& probe, Timestamp now);
  /// Gives up all probes.
  void clearProbes() { probes_.clear(); }

  /// Whether a packet may leave now, when `queued` bytes wait.
  bool isOpen(Timestamp now) const { return nextAt_ <= now; }
  /// When it may, if not now.
  Timestamp opensAt() const;
  /// A packet leaves while `queued` bytes wait behind it; gives the probe that it belongs to. One
  /// that leaves although it is not open, as audio does, delays those after it, by half of the time
  /// since the last one at most.
  std::optional<ProbeId> sent(size_t bytes, size_t queued, Timestamp now);

  /// Bytes of padding that should leave now, given that nothing is queued: for a probe, or to keep
  /// up the padding rate. Zero mostly. When the caller has none to send, it is asked again after
  /// some milliseconds.
  size_t paddingDue(Timestamp now);
  /// When `paddingDue` has something next.
  Timestamp paddingAt() const;

  bool isProbing() const { return !probes_.empty(); }
  /// The rate at which `queued` bytes leave: faster than asked for when they would wait for more
  /// than two seconds.
  Bitrate rate(size_t queued) const;

 private:
  struct Running {
    Probe probe;
    Timestamp addedAt;
    // Nothing until its first packet.
    std::optional<Timestamp> lastSentAt;
    size_t bytes = 0;
    int packets = 0;
  };

  void expireProbes(Timestamp now);

  Bitrate pacing_ = 0;
  Bitrate padding_ = 0;
  std::deque<Running> probes_;
  Timestamp nextAt_;
  Timestamp lastSentAt_;
  // Packets of any kind have kept up the padding rate until then.
  Timestamp paddedUntil_;
  // Padding was asked for, and nothing has left since.
  std::optional<Timestamp> askedAt_;
  bool hasSent_ = false;
};

}  // namespace rtc::congestion
