#include "cpp/congestion/receiver_estimate.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

// 2^-18 s, and 64 s until it wraps.
constexpr int kFractionBits = 18;
constexpr int kSendTimeBits = 24;

constexpr Duration kInterval = Duration::seconds(1);
// As libwebrtc's: a fall by 3 % is told at once.
constexpr double kFall = 0.97;
constexpr Duration kUpdateInterval = Duration::milliseconds(100);
// Until delays have grown for the first time there is no reason to wait: twice as much a second or
// so, since senders take up what they are told.
constexpr double kStartFactor = 1.5;
constexpr Duration kIdle = Duration::seconds(2);

constexpr int64_t kFarthest = int64_t{1} << 42;

int64_t unwrapSendTime(std::optional<int64_t> last, uint32_t wire) {
  if (!last)
    return wire & ((1 << kSendTimeBits) - 1);
  constexpr int kSpare = 32 - kSendTimeBits;
  const auto step = static_cast<int32_t>((wire - static_cast<uint32_t>(*last)) << kSpare) >> kSpare;
  const int64_t next = *last + step;
  // Before products overflow: half a year of steady packets, or one that makes up its times.
  return next > kFarthest || next < -kFarthest ? step : next;
}

}  // namespace

ReceiverEstimate::ReceiverEstimate(const BitrateLimits& limits)
    : control_(limits.start, limits.min, limits.max) {}

void ReceiverEstimate::received(uint32_t sendTime, size_t bytes, Timestamp now) {
  // After a pause nothing says how often it has wrapped.
  if (sendTime_ && now - receivedAt_ > kIdle)
    detector_.reset();
  sendTime_ = unwrapSendTime(sendTime_, sendTime);
  const bool isFirst = dueAt_.isNever();
  receivedAt_ = now;
  rate_.add(bytes, now);
  detector_.received(Timestamp::microseconds(*sendTime_ * 1'000'000 / (1 << kFractionBits)), now,
                     bytes);
  if (isFirst) {
    dueAt_ = now + kInterval;
    updatedAt_ = now;
  }
  const bool isOver = detector_.usage() == Usage::kOver;
  if (!isOver && now - updatedAt_ < kUpdateInterval)
    return;
  updatedAt_ = now;
  const auto arriving = rate_.rate(now);
  control_.update(detector_.usage(), arriving, false, now);
  if (!control_.decreasedAt() && arriving && !isOver) {
    control_.raise(static_cast<Bitrate>(static_cast<double>(*arriving) * kStartFactor));
  }
  if (told_ && static_cast<double>(control_.rate()) < static_cast<double>(*told_) * kFall)
    dueAt_ = now;
}

std::optional<Bitrate> ReceiverEstimate::next(Timestamp now) {
  if (now < dueAt_)
    return std::nullopt;
  if (now - receivedAt_ > kIdle) {
    dueAt_ = Timestamp::never();
    return std::nullopt;
  }
  dueAt_ = now + kInterval;
  told_ = control_.rate();
  return told_;
}

}  // namespace rtc::congestion
