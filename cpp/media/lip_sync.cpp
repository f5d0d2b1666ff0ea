#include "cpp/media/lip_sync.h"

#include <algorithm>
#include <cstdlib>

namespace rtc::media {
namespace {

// What clocks of two streams of one sender differ by at most, if they are any clocks.
constexpr Duration kMaxLag = Duration::seconds(10);
// An eighth of each frame's difference.
constexpr int64_t kSmoothing = 8;

Duration magnitude(Duration value) {
  return Duration::microseconds(std::abs(value.us()));
}

}  // namespace

void CaptureClock::report(uint64_t ntp, rtp::RtpTime timestamp) {
  if (ntp == 0)
    return;
  ntp_ = ntp;
  timestamp_ = timestamp;
}

std::optional<Timestamp> CaptureClock::capturedAt(rtp::RtpTime timestamp) const {
  if (!ntp_ || clockRate_ == 0)
    return std::nullopt;
  const auto seconds = static_cast<int64_t>(*ntp_ >> 32);
  const auto fraction = static_cast<int64_t>(((*ntp_ & 0xffffffff) * 1'000'000) >> 32);
  const auto since = static_cast<int32_t>(timestamp.value() - timestamp_.value());
  return Timestamp::microseconds(seconds * 1'000'000 + fraction +
                                 int64_t{since} * 1'000'000 / clockRate_);
}

void LipSync::Stream::played(rtp::RtpTime timestamp, Timestamp playAt) {
  const auto capturedAt = clock.capturedAt(timestamp);
  if (!capturedAt) {
    lateness.reset();
    return;
  }
  const Duration now = playAt - *capturedAt;
  // Reports of another clock than those before.
  if (!lateness || magnitude(now - *lateness) > kMaxLag) {
    lateness = now;
  } else {
    lateness = *lateness + (now - *lateness) / kSmoothing;
  }
}

std::optional<Duration> LipSync::lag() const {
  if (!audio_.lateness || !video_.lateness)
    return std::nullopt;
  const Duration lag = *video_.lateness - *audio_.lateness;
  if (magnitude(lag) > kMaxLag)
    return std::nullopt;
  return lag;
}

std::optional<LipSync::Delays> LipSync::update(Timestamp now) {
  const auto lag = this->lag();
  if (!lag || magnitude(*lag) <= kTolerance)
    return std::nullopt;
  if (lastChange_ && now < *lastChange_ + kInterval)
    return std::nullopt;
  const bool isVideoLate = *lag > Duration::zero();
  Duration& late = isVideoLate ? delays_.video : delays_.audio;
  Duration& early = isVideoLate ? delays_.audio : delays_.video;
  Duration step = std::min(magnitude(*lag), kMaxStep);
  const Duration taken = std::min(late, step);
  late = late - taken;
  step = step - taken;
  const Duration before = early;
  early = std::min(early + step, kMaxDelay);
  if (taken == Duration::zero() && early == before)
    return std::nullopt;
  lastChange_ = now;
  return delays_;
}

}  // namespace rtc::media
