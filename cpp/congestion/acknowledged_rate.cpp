#include "cpp/congestion/acknowledged_rate.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

constexpr size_t kFewPackets = 20;
constexpr size_t kMaxPackets = 500;
constexpr Duration kWindow = Duration::milliseconds(500);
// When packets are few.
constexpr Duration kLongWindow = Duration::seconds(2);
constexpr size_t kLeastPackets = 10;
constexpr Duration kLeastTime = Duration::milliseconds(1);

}  // namespace

void AcknowledgedRate::received(size_t bytes, Timestamp sentAt, Timestamp receivedAt) {
  if (!packets_.empty() && packets_.back().receivedAt - receivedAt > kLongWindow)
    packets_.clear();
  packets_.push_back({bytes, sentAt, receivedAt});
  for (auto i = packets_.size() - 1; i > 0 && packets_[i - 1].receivedAt > receivedAt; --i)
    std::swap(packets_[i - 1], packets_[i]);
  const Timestamp newest = packets_.back().receivedAt;
  while (packets_.size() > kMaxPackets || newest - packets_.front().receivedAt > kLongWindow ||
         (packets_.size() > kFewPackets && newest - packets_.front().receivedAt > kWindow))
    packets_.pop_front();
}

std::optional<Bitrate> AcknowledgedRate::rate() const {
  if (packets_.size() < kLeastPackets)
    return std::nullopt;
  int64_t bytes = 0;
  Timestamp firstSent = packets_.front().sentAt;
  const Packet* lastSent = &packets_.front();
  Duration largestGap;
  Duration secondGap;
  for (size_t i = 0; i < packets_.size(); ++i) {
    const Packet& packet = packets_[i];
    bytes += static_cast<int64_t>(packet.bytes);
    firstSent = std::min(firstSent, packet.sentAt);
    if (packet.sentAt >= lastSent->sentAt)
      lastSent = &packet;
    if (i == 0)
      continue;
    const Duration gap = packet.receivedAt - packets_[i - 1].receivedAt;
    if (gap > largestGap) {
      secondGap = largestGap;
      largestGap = gap;
    } else {
      secondGap = std::max(secondGap, gap);
    }
  }
  // The largest gap counts as much as the next one: feedback and bursts make single long ones.
  const Duration receiving =
      std::max(packets_.back().receivedAt - packets_.front().receivedAt - largestGap + secondGap,
               kLeastTime);
  const Duration sending = std::max(lastSent->sentAt - firstSent, kLeastTime);
  // A packet's own bytes took their time before it came, and after it left.
  const int64_t came = bytes - static_cast<int64_t>(packets_.front().bytes);
  const int64_t left = bytes - static_cast<int64_t>(lastSent->bytes);
  return std::min(came * 8'000'000 / receiving.us(), left * 8'000'000 / sending.us());
}

}  // namespace rtc::congestion
