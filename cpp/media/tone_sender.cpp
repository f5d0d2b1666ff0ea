#include "cpp/media/tone_sender.h"

#include <algorithm>

#include "cpp/payload/telephone_event.h"

namespace rtc::media {
namespace {

/// RFC 4733 section 2.5.1.1: updates at the interval of the audio packets are recommended, 50 ms
/// otherwise.
constexpr Duration kInterval = Duration::milliseconds(50);
constexpr int64_t kLongest = 0xffff;

}  // namespace

bool ToneSender::start(uint8_t event, Duration duration, uint32_t clockRate, rtp::RtpTime timestamp,
                       Timestamp now) {
  if (tone_ || clockRate == 0)
    return false;
  const Duration longest = Duration::microseconds(kLongest * 1'000'000 / clockRate);
  Tone tone;
  tone.event = event;
  tone.clockRate = clockRate;
  tone.timestamp = timestamp;
  tone.begin = now;
  tone.end = now + std::min(duration, longest);
  tone.due = now;
  tone_ = tone;
  return true;
}

std::optional<ToneSender::ToneStep> ToneSender::poll(Timestamp now) {
  if (!tone_ || now < tone_->due)
    return std::nullopt;
  const bool isOver = now >= tone_->end;
  // The first packet says how long an interval is, since a duration of 0 is not for events that
  // last (RFC 4733 section 2.5.1.2).
  const Timestamp until = isOver ? tone_->end : std::min(now + kInterval, tone_->end);
  const int64_t length = (until - tone_->begin).us() * tone_->clockRate / 1'000'000;
  payload::TelephoneEvent event;
  event.event = tone_->event;
  event.isEnd = isOver;
  event.duration = static_cast<uint16_t>(std::min(length, kLongest));
  ToneStep step{payload::writeTelephoneEvent(event), tone_->timestamp, tone_->begin,
                !tone_->hasBegun};
  tone_->hasBegun = true;
  if (isOver && --tone_->endsToSend == 0) {
    tone_.reset();
  } else if (!isOver) {
    tone_->due = std::min(tone_->due + kInterval, tone_->end);
  }
  return step;
}

}  // namespace rtc::media
