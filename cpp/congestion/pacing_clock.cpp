#include "cpp/congestion/pacing_clock.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

// Of timers.
constexpr Duration kGranularity = Duration::milliseconds(1);
constexpr Duration kMaxLateness = Duration::milliseconds(4);

// What waits longer is old, so the rate rises instead.
constexpr int64_t kMaxQueueSeconds = 2;

// What leaves before its time takes one part in so many of the time that has passed.
constexpr int64_t kOutOfTurn = 2;

constexpr Duration kProbeWaits = Duration::seconds(5);
constexpr Duration kProbeStalls = Duration::milliseconds(200);
// Should the peer's answers not come, there are not many.
constexpr size_t kMaxProbes = 8;

constexpr Duration kAskAgain = Duration::milliseconds(5);
// Enough to be worth a packet.
constexpr int64_t kLeastPadding = 200;
constexpr Duration kPaddingAhead = Duration::milliseconds(2);

Duration timeFor(size_t bytes, Bitrate rate) {
  return Duration::microseconds(static_cast<int64_t>(bytes) * 8'000'000 / rate);
}

size_t paddingFor(Bitrate rate) {
  return static_cast<size_t>(std::max(kLeastPadding, rate * kPaddingAhead.us() / 8'000'000));
}

}  // namespace

void PacingClock::setRates(Bitrate pacing, Bitrate padding) {
  pacing_ = pacing;
  padding_ = padding;
}

void PacingClock::addProbe(const Probe& probe, Timestamp now) {
  if (probe.rate > 0 && probes_.size() < kMaxProbes)
    probes_.push_back({probe, now, std::nullopt});
}

Bitrate PacingClock::rate(size_t queued) const {
  return std::max(pacing_, static_cast<Bitrate>(queued) * 8 / kMaxQueueSeconds);
}

Timestamp PacingClock::opensAt() const {
  return hasSent_ ? std::max(nextAt_, lastSentAt_ + kGranularity) : nextAt_;
}

std::optional<ProbeId> PacingClock::sent(size_t bytes, size_t queued, Timestamp now) {
  expireProbes(now);
  std::optional<ProbeId> id;
  Bitrate speed = rate(queued);
  if (!probes_.empty()) {
    Running& running = probes_.front();
    id = running.probe.id;
    speed = running.probe.rate;
    running.lastSentAt = now;
    running.bytes += bytes;
    if (++running.packets >= running.probe.packets && running.bytes >= running.probe.bytes)
      probes_.pop_front();
  }
  Duration time = speed > 0 ? timeFor(bytes, speed) : Duration::zero();
  // Sound that takes more than there is, or came in a heap after its process had stood still, must
  // not keep the others for good: half of the time is theirs.
  if (hasSent_ && !isOpen(now))
    time = std::min(time, Duration::microseconds((now - lastSentAt_).us() / kOutOfTurn));
  hasSent_ = true;
  lastSentAt_ = now;
  askedAt_.reset();
  // Without a rate nothing is paced.
  nextAt_ = speed > 0 ? std::max(nextAt_, now - kMaxLateness) + time : now;
  if (padding_ > 0)
    paddedUntil_ = std::max(paddedUntil_, now - kMaxLateness) + timeFor(bytes, padding_);
  return id;
}

size_t PacingClock::paddingDue(Timestamp now) {
  expireProbes(now);
  if (paddingAt() > now)
    return 0;
  askedAt_ = now;
  return paddingFor(probes_.empty() ? padding_ : probes_.front().probe.rate);
}

Timestamp PacingClock::paddingAt() const {
  // Nobody can pad before there is media.
  if (!hasSent_)
    return Timestamp::never();
  Timestamp at = Timestamp::never();
  if (!probes_.empty())
    at = nextAt_;
  else if (padding_ > 0)
    at = std::max(nextAt_, paddedUntil_);
  else
    return at;
  if (askedAt_)
    at = std::max(at, *askedAt_ + kAskAgain);
  return at;
}

void PacingClock::expireProbes(Timestamp now) {
  while (!probes_.empty()) {
    const Running& running = probes_.front();
    const bool isOver = running.lastSentAt ? now - *running.lastSentAt > kProbeStalls
                                           : now - running.addedAt > kProbeWaits;
    if (!isOver)
      return;
    probes_.pop_front();
  }
}

}  // namespace rtc::congestion
