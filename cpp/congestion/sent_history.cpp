#include "cpp/congestion/sent_history.h"

#include <algorithm>
#include <tuple>

namespace rtc::congestion {
namespace {

// Feedback that comes later finds nothing.
constexpr Duration kMaxAge = Duration::seconds(10);
// Twice what 20 Mbit/s sends in that time. Less than the sequence numbers that can be told apart.
constexpr size_t kMaxPackets = 32'000;

// Of the receiver's clock: two thousand years.
constexpr int64_t kFarthest = int64_t{1} << 40;

/// The value with the low bits of `wire` that is nearest to `last`.
int64_t unwrapReference(std::optional<int64_t> last, int32_t wire) {
  if (!last)
    return wire;
  constexpr int kSpare = 32 - rtp::TransportFeedback::kReferenceBits;
  const auto step =
      static_cast<int32_t>((static_cast<uint32_t>(wire) - static_cast<uint32_t>(*last)) << kSpare);
  const int64_t next = *last + (step >> kSpare);
  // So far no receiver's clock goes; begin anew before sums overflow.
  return next > kFarthest || next < -kFarthest ? wire : next;
}

}  // namespace

void SentHistory::sent(rtp::SequenceNumber sequence, size_t bytes, std::optional<ProbeId> probe,
                       Timestamp now) {
  forget(now);
  const auto index =
      newest_ ? rtp::SequenceIndex::near(*newest_, sequence) : rtp::SequenceIndex::first(sequence);
  if (newest_ && index <= *newest_)
    return;
  newest_ = index;
  packets_.push_back({index, bytes, probe, now});
  inFlight_ += bytes;
  while (packets_.size() > kMaxPackets) {
    leaveFlight(packets_.front(), State::kUnknown);
    packets_.pop_front();
  }
}

FeedbackReport SentHistory::feedback(const rtp::TransportFeedback& feedback, Timestamp now) {
  FeedbackReport report;
  reference_ = unwrapReference(reference_, feedback.reference);
  const Timestamp zero = Timestamp() + rtp::TransportFeedback::kReferenceUnit * *reference_;
  if (!newest_)
    return report;
  const auto base = rtp::SequenceIndex::near(*newest_, feedback.base);
  const auto end = base + feedback.count;

  // Feedback of what lies before was lost, or is still to come; nobody waits for it.
  const size_t before = inFlight_;
  for (auto packet = firstFrom(toldEnd_); packet != packets_.end() && packet->sequence < base;
       ++packet)
    leaveFlight(*packet, State::kUnknown);
  toldEnd_ = std::max(toldEnd_, std::min(end, newest_->next()));
  auto arrival = feedback.arrivals.begin();
  for (auto packet = firstFrom(base); packet != packets_.end() && packet->sequence < end;
       ++packet) {
    const int64_t offset = packet->sequence - base;
    while (arrival != feedback.arrivals.end() && arrival->offset < offset)
      ++arrival;
    report.lastSentAt = packet->sentAt;
    if (packet->state == State::kReceived)
      continue;
    if (arrival == feedback.arrivals.end() || arrival->offset != offset) {
      if (packet->state != State::kLost)
        ++report.lost;
      leaveFlight(*packet, State::kLost);
      continue;
    }
    if (packet->state == State::kLost)
      ++report.recovered;
    leaveFlight(*packet, State::kReceived);
    report.received.push_back(
        {packet->sequence, packet->bytes, packet->probe, packet->sentAt, zero + arrival->at});
  }

  report.bytes = before - inFlight_;

  std::sort(report.received.begin(), report.received.end(),
            [](const PacketResult& a, const PacketResult& b) {
              return std::tie(a.receivedAt, a.sequence) < std::tie(b.receivedAt, b.sequence);
            });
  for (const PacketResult& result : report.received) {
    const Duration waited = report.received.back().receivedAt - result.receivedAt;
    const Duration time = std::max(now - result.sentAt - waited, Duration::zero());
    report.roundTrip = report.roundTrip ? std::min(*report.roundTrip, time) : time;
  }
  return report;
}

std::optional<Timestamp> SentHistory::inFlightSince() {
  const auto packet = firstFrom(toldEnd_);
  if (packet == packets_.end())
    return std::nullopt;
  return packet->sentAt;
}

std::deque<SentHistory::Packet>::iterator SentHistory::firstFrom(rtp::SequenceIndex sequence) {
  return std::lower_bound(
      packets_.begin(), packets_.end(), sequence,
      [](const Packet& packet, rtp::SequenceIndex wanted) { return packet.sequence < wanted; });
}

void SentHistory::forget(Timestamp now) {
  while (!packets_.empty() && now - packets_.front().sentAt > kMaxAge) {
    leaveFlight(packets_.front(), State::kUnknown);
    packets_.pop_front();
  }
}

void SentHistory::leaveFlight(Packet& packet, State state) {
  if (packet.state == State::kInFlight)
    inFlight_ -= packet.bytes;
  // What was told stays told.
  if (state != State::kUnknown || packet.state == State::kInFlight)
    packet.state = state;
}

}  // namespace rtc::congestion
