#include "cpp/congestion/probe_meter.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

constexpr size_t kMaxRunning = 8;
// What the last few are lost of does not spoil the rest.
constexpr double kEnough = 0.8;
constexpr Duration kLongest = Duration::seconds(1);
// More cannot come than was sent, but for what waited before the probe.
constexpr double kMostCompression = 2;
// When less comes than was sent the queue is filling, so that the path carries not even all that
// came.
constexpr double kSaturated = 0.9;
constexpr double kBelowSaturation = 0.95;
// Below this share of its rate a probe has not asked its question: there was too little to send, as
// with sound alone, which no padding goes with.
constexpr double kAsked = 0.7;

}  // namespace

void ProbeMeter::started(const Probe& probe) {
  running_.emplace_back().probe = probe;
  if (running_.size() > kMaxRunning)
    running_.pop_front();
}

std::optional<Bitrate> ProbeMeter::received(const PacketResult& packet) {
  const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& running) {
    return packet.probe == running.probe.id;
  });
  if (found == running_.end())
    return std::nullopt;
  if (found->packets == 0) {
    found->firstSent = found->lastSent = packet.sentAt;
    found->firstReceived = found->lastReceived = packet.receivedAt;
    found->lastSentBytes = found->firstReceivedBytes = packet.bytes;
  }
  found->firstSent = std::min(found->firstSent, packet.sentAt);
  if (packet.sentAt >= found->lastSent) {
    found->lastSent = packet.sentAt;
    found->lastSentBytes = packet.bytes;
  }
  if (packet.receivedAt < found->firstReceived) {
    found->firstReceived = packet.receivedAt;
    found->firstReceivedBytes = packet.bytes;
  }
  found->lastReceived = std::max(found->lastReceived, packet.receivedAt);
  ++found->packets;
  found->bytes += packet.bytes;
  return measure(*found);
}

std::optional<Bitrate> ProbeMeter::measure(const Running& running) {
  if (running.packets < static_cast<int>(running.probe.packets * kEnough) ||
      static_cast<double>(running.bytes) < static_cast<double>(running.probe.bytes) * kEnough)
    return std::nullopt;
  const Duration sending = running.lastSent - running.firstSent;
  const Duration receiving = running.lastReceived - running.firstReceived;
  if (sending <= Duration::zero() || sending > kLongest || receiving <= Duration::zero() ||
      receiving > kLongest)
    return std::nullopt;
  const auto bits = [](size_t bytes) {
    return static_cast<double>(bytes) * 8;
  };
  const double left = bits(running.bytes - running.lastSentBytes) / sending.seconds();
  const double came = bits(running.bytes - running.firstReceivedBytes) / receiving.seconds();
  if (came > left * kMostCompression)
    return std::nullopt;
  const bool hasAsked = left >= kAsked * static_cast<double>(running.probe.rate);
  if (!hasAsked && came >= kSaturated * left)
    return std::nullopt;
  double rate = std::min(left, came);
  if (came < kSaturated * left)
    rate = kBelowSaturation * came;
  // Timers let packets out in lumps, whose ends make it look faster.
  return std::min(static_cast<Bitrate>(rate), running.probe.rate);
}

}  // namespace rtc::congestion
