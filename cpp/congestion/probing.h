#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// Decides when to try whether the path carries more: at the start, three and six times the start
/// bitrate and then twice what was found; when encoders want more than the estimate; and from time
/// to time while they get less than they want, less often each time that it shows nothing.
class Probing {
 public:
  struct State {
    Bitrate estimate = 0;
    /// Nothing is probed for beyond it.
    Bitrate max = 0;
    /// What encoders want; 0 when unknown.
    Bitrate needed = 0;
    bool isAppLimited = false;
    /// Delays are short, and neither losses nor the peer keep the estimate down.
    bool mayRise = false;
  };

  /// Begins anew, with the next packet that is sent.
  void restart() { *this = Probing(nextId_); }
  /// Packets are sent, so a probe would find its way.
  void update(const State& state, Timestamp now);

  std::optional<Probe> next();

  Probing() = default;

 private:
  explicit Probing(uint32_t nextId) : nextId_(nextId) {}
  static Bitrate bounded(Bitrate rate, const State& state);
  void probe(Bitrate rate, const State& state, Timestamp now);

  uint32_t nextId_ = 1;
  std::deque<Probe> probes_;
  bool hasStarted_ = false;
  // Of the fastest probe that is under way, until then.
  std::optional<Timestamp> answerBy_;
  Bitrate probedRate_ = 0;
  Bitrate estimateBefore_ = 0;
  // Of the last update.
  Bitrate estimate_ = 0;
  Bitrate needed_ = 0;
  Timestamp nextAt_;
  Duration wait_ = kLeastWait;

  static constexpr Duration kLeastWait = Duration::seconds(5);
};

}  // namespace rtc::congestion
