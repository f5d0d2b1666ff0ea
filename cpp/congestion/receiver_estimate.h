#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/delay_detector.h"
#include "cpp/congestion/rate_control.h"
#include "cpp/congestion/rate_meter.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// The estimate of a receiver whose peer has no transport-wide feedback: when packets left stands
/// in their absolute send time, and the delays say what to put into REMB
/// (draft-alvestrand-rmcat-remb-03, draft-ietf-rmcat-gcc-02 section 2). One for each transport.
class ReceiverEstimate {
 public:
  explicit ReceiverEstimate(const BitrateLimits& limits = {});

  /// A packet has come. `sendTime` is the extension's value: 24 bits, 6.18 seconds, that wrap.
  void received(uint32_t sendTime, size_t bytes, Timestamp now);
  /// As the sender's or our own reports tell; 200 ms until then.
  void setRoundTrip(Duration roundTrip) { control_.setRoundTrip(roundTrip); }

  /// When there is a bitrate to tell; never before anything came.
  Timestamp deadline() const { return dueAt_; }
  /// The bitrate to tell in REMB, when that is due: each second while packets come, and at once
  /// when it has fallen.
  std::optional<Bitrate> next(Timestamp now);
  Bitrate bitrate() const { return control_.rate(); }

 private:
  DelayDetector detector_;
  RateControl control_;
  RateMeter rate_{Duration::seconds(1)};
  // Unwrapped, in units of the extension.
  std::optional<int64_t> sendTime_;
  Timestamp updatedAt_;
  Timestamp receivedAt_;
  Timestamp dueAt_ = Timestamp::never();
  std::optional<Bitrate> told_;
};

}  // namespace rtc::congestion
