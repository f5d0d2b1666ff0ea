#include "cpp/media/playout_delay.h"

#include <algorithm>
#include <cstdlib>

namespace rtc::media {
namespace {

// How long the fastest frame is remembered: the drift of clocks over it is a millisecond at most
// (100 ppm), and a path that has become longer is believed after it.
constexpr size_t kSlots = 10;
constexpr Duration kSlot = Duration::seconds(1);
// A frame this much off is of another time line: the sender began anew, or wants to confuse.
constexpr Duration kOtherTimeLine = Duration::seconds(10);
// How much earlier than expected frames come when the path has become shorter.
constexpr Duration kMaxEarly = Duration::seconds(1);
// Timestamps are the sender's: whatever it makes of them, microseconds fit into their type.
constexpr int64_t kMaxDistance = int64_t{1} << 40;

}  // namespace

PlayoutDelay::PlayoutDelay(const PlayoutDelayOptions& options)
    : options_(options), histogram_(kBuckets), jitter_(options.initial) {
  const int64_t bucket = options.initial.us() / kBucket.us() - 1;
  histogram_[static_cast<size_t>(std::clamp<int64_t>(bucket, 0, kBuckets - 1))] = 1;
  current_ = target();
}

int64_t PlayoutDelay::mediaUs(rtp::RtpTimeIndex timestamp) const {
  const int64_t distance = std::clamp(timestamp - *origin_, -kMaxDistance, kMaxDistance);
  return distance * 1'000'000 / static_cast<int64_t>(options_.clockRate);
}

int64_t PlayoutDelay::base() const {
  return std::ranges::min_element(slots_, {}, &Slot::leastOffset)->leastOffset;
}

void PlayoutDelay::arrived(rtp::RtpTimeIndex timestamp, Timestamp now) {
  if (!origin_)
    origin_ = timestamp;
  int64_t offset = now.us() - mediaUs(timestamp);
  if (!slots_.empty() && std::abs(offset - base()) > kOtherTimeLine.us()) {
    slots_.clear();
    origin_ = timestamp;
    offset = now.us();
  }
  noteOffset(offset, now);
  noteLateness(Duration::microseconds(offset - base()));
  approach(now);
}

void PlayoutDelay::noteOffset(int64_t offset, Timestamp now) {
  if (slots_.empty() || now - slots_.back().begins >= kSlot) {
    slots_.push_back({now, offset});
    while (slots_.size() > 1 && now - slots_.front().begins > kSlot * kSlots)
      slots_.pop_front();
    return;
  }
  slots_.back().leastOffset = std::min(slots_.back().leastOffset, offset);
}

void PlayoutDelay::noteLateness(Duration lateness) {
  // The first ones count more, lest the initial guess lasted.
  ++samples_;
  const double keep = std::min(options_.memory, 1.0 - 1.0 / static_cast<double>(samples_ + 1));
  for (double& share : histogram_)
    share *= keep;
  const auto bucket = static_cast<size_t>(
      std::min<int64_t>(lateness.us() / kBucket.us(), static_cast<int64_t>(kBuckets) - 1));
  histogram_[bucket] += 1.0 - keep;

  double below = 0;
  size_t i = 0;
  for (; i + 1 < kBuckets; ++i) {
    below += histogram_[i];
    if (below >= options_.quantile)
      break;
  }
  // Of the bucket the upper end, but nothing where all frames come alike.
  jitter_ = i == 0 ? Duration::zero() : kBucket * static_cast<int64_t>(i + 1);
}

void PlayoutDelay::approach(Timestamp now) {
  const Duration wanted = target();
  if (!lastChange_) {
    current_ = wanted;
  } else if (now > *lastChange_) {
    const int64_t elapsed = (now - *lastChange_).us();
    const Duration up = Duration::microseconds(elapsed * options_.growth / 1000);
    const Duration down = Duration::microseconds(elapsed * options_.decay / 1000);
    current_ = std::clamp(wanted, current_ - down, current_ + up);
  }
  lastChange_ = now;
}

void PlayoutDelay::setTarget(std::optional<Duration> target) {
  wanted_ = target;
  if (wanted_)
    wanted_ = std::clamp(*wanted_, Duration::zero(), kMaxTarget);
  if (!lastChange_)
    current_ = this->target();
}

void PlayoutDelay::setSyncDelay(Duration delay) {
  syncDelay_ = std::clamp(delay, Duration::zero(), kMaxSyncDelay);
  if (!lastChange_)
    current_ = target();
}

Duration PlayoutDelay::adaptive() const {
  return std::clamp(jitter_, options_.minimum, kMaxAdaptive) + options_.allowance;
}

Duration PlayoutDelay::target() const {
  return std::max(adaptive(), wanted_.value_or(Duration::zero())) + syncDelay_;
}

std::optional<Timestamp> PlayoutDelay::timeOf(rtp::RtpTimeIndex timestamp) const {
  if (slots_.empty())
    return std::nullopt;
  return Timestamp::microseconds(base() + mediaUs(timestamp)) + current_;
}

Timestamp PlayoutDelay::playAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt) const {
  return std::min(timeOf(timestamp).value_or(arrivedAt),
                  arrivedAt + current_ + kMaxEarly + options_.allowance);
}

Timestamp PlayoutDelay::releaseAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt) const {
  const auto time = timeOf(timestamp);
  if (!time)
    return arrivedAt;
  return std::min(*time - options_.allowance, arrivedAt + current_ + kMaxEarly);
}

}  // namespace rtc::media
