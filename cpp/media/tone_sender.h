#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

/// One telephone event at a time, as packets (RFC 4733 section 2.5.1): one every 50 ms while the
/// tone lasts, all with the timestamp of its beginning, and its end three times.
class ToneSender {
 public:
  struct ToneStep {
    /// Four bytes: event, end bit and volume, duration.
    Bytes payload;
    /// RTP time of the tone's beginning, relative to `start()`'s.
    rtp::RtpTime timestamp;
    Timestamp beganAt;
    /// The first packet of the tone (RFC 4733 section 2.5.1.2: the marker bit).
    bool isFirst = false;
  };

  /// False, and nothing begun, while another tone is being sent. `event` is 0 to 15; longer
  /// durations than the payload can say are cut.
  bool start(uint8_t event, Duration duration, uint32_t clockRate, rtp::RtpTime timestamp,
             Timestamp now);
  bool isSending() const { return tone_.has_value(); }

  /// What is due by now.
  std::optional<ToneStep> poll(Timestamp now);
  Timestamp deadline() const { return tone_ ? tone_->due : Timestamp::never(); }
  void cancel() { tone_.reset(); }

 private:
  struct Tone {
    uint8_t event = 0;
    uint32_t clockRate = 0;
    rtp::RtpTime timestamp;
    Timestamp begin;
    Timestamp end;
    Timestamp due;
    bool hasBegun = false;
    int endsToSend = 3;
  };
  std::optional<Tone> tone_;
};

}  // namespace rtc::media
