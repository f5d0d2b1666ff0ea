#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

/// Says when on the sender's clock something was captured, by the sender reports of its stream (RFC
/// 3550 section 6.4.1: "NTP timestamp" and "RTP timestamp" are of the same instant).
class CaptureClock {
 public:
  explicit CaptureClock(uint32_t clockRate) : clockRate_(clockRate) {}

  /// NTP's 32.32 fixed-point seconds. Zero is no time: a sender without a clock writes it.
  void report(uint64_t ntp, rtp::RtpTime timestamp);
  /// On the sender's clock, whose zero means nothing. Nullopt before a report came.
  std::optional<Timestamp> capturedAt(rtp::RtpTime timestamp) const;

 private:
  uint32_t clockRate_;
  std::optional<uint64_t> ntp_;
  rtp::RtpTime timestamp_;
};

/// Holds back whichever of two streams of one sender is played too early for the other.
///
/// The delays change by small steps, and what one stream is held back by is taken from it before
/// the other is held back more.
class LipSync {
 public:
  /// Of one change, and in all.
  static constexpr Duration kMaxStep = Duration::milliseconds(80);
  static constexpr Duration kMaxDelay = Duration::milliseconds(5000);
  /// Nobody sees or hears less (ITU-R BT.1359 has it at 45 ms where sound comes first).
  static constexpr Duration kTolerance = Duration::milliseconds(15);
  /// Between changes: what one does must show before the next.
  static constexpr Duration kInterval = Duration::milliseconds(1000);

  struct Delays {
    Duration audio;
    Duration video;
    bool operator==(const Delays&) const = default;
  };

  LipSync(uint32_t audioClockRate, uint32_t videoClockRate)
      : audio_(audioClockRate), video_(videoClockRate) {}

  void audioReport(uint64_t ntp, rtp::RtpTime timestamp) { audio_.clock.report(ntp, timestamp); }
  void videoReport(uint64_t ntp, rtp::RtpTime timestamp) { video_.clock.report(ntp, timestamp); }
  /// A frame of the stream left its jitter buffer, to be played then.
  void audioPlayed(rtp::RtpTime timestamp, Timestamp playAt) { audio_.played(timestamp, playAt); }
  void videoPlayed(rtp::RtpTime timestamp, Timestamp playAt) { video_.played(timestamp, playAt); }

  /// What the jitter buffers are to add (`setSyncDelay()`), when it has changed.
  std::optional<Delays> update(Timestamp now);
  const Delays& delays() const { return delays_; }
  /// How much later video is played than audio of the same instant; nullopt when it is unknown.
  std::optional<Duration> lag() const;

 private:
  struct Stream {
    explicit Stream(uint32_t clockRate) : clock(clockRate) {}
    void played(rtp::RtpTime timestamp, Timestamp playAt);

    CaptureClock clock;
    /// Playout minus capture of the last frame, smoothed.
    std::optional<Duration> lateness;
  };

  Stream audio_;
  Stream video_;
  Delays delays_;
  std::optional<Timestamp> lastChange_;
};

}  // namespace rtc::media
