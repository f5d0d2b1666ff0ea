// What is given up (RFC 3758): messages that are not sent again, and the FORWARD TSN that leads
// past them.

#include <algorithm>
#include <map>
#include <utility>

#include "cpp/sctp/retransmission_queue.h"

namespace rtc::sctp {
namespace {

// A FORWARD TSN that has not had its effect is repeated no more often than this.
constexpr Duration kMinForwardTsnInterval = Duration::milliseconds(50);
// What leads past more chunks than that is not made more often, either, whatever is given up.
constexpr int64_t kManyChunks = 1000;

}  // namespace

bool RetransmissionQueue::mayRetransmit(const Entry& entry, Timestamp now) const {
  if (!config_.partialReliability)
    return true;
  const OutgoingMessage& message = *entry.fragment.message;
  if (message.abandoned || message.expiresAt <= now)
    return false;
  return !message.maxRetransmits || entry.transmissions <= *message.maxRetransmits;
}

void RetransmissionQueue::abandon(TsnIndex tsn) {
  const MessageRef message = at(tsn).fragment.message;
  if (queue_.discardRest(message, nextTsn())) {
    appendPlaceholder(SendQueue::placeholderFor(message));
  } else {
    abandonEntriesAround(tsn);
  }
}

void RetransmissionQueue::giveUp(const MessageRef& message) {
  if (queue_.discardRest(message, nextTsn()))
    appendPlaceholder(SendQueue::placeholderFor(message));
}

void RetransmissionQueue::appendPlaceholder(Fragment fragment) {
  const TsnIndex tsn = nextTsn();
  append(std::move(fragment)).status = Status::kAbandoned;
  abandonEntriesAround(tsn);
}

void RetransmissionQueue::abandonEntriesAround(TsnIndex tsn) {
  const MessageRef message = at(tsn).fragment.message;
  const auto abandonEntry = [&](int64_t position) -> Entry& {
    Entry& entry = atPosition(position);
    if (entry.status == Status::kInFlight)
      leaveFlight(entry);
    if (entry.status == Status::kLost)
      lost_.erase(tsnAt(position));
    entry.status = Status::kAbandoned;
    return entry;
  };
  for (int64_t p = position(tsn); p != kNone;)
    p = abandonEntry(p).nextOfMessage;
  for (int64_t p = at(tsn).previousOfMessage; p >= popped_;)
    p = abandonEntry(p).previousOfMessage;
  message->dropPayload();
  updateAdvancedPeerAck();
  if (advancedPeerAck_ > cumulativeAck())
    forwardTsnDue_ = true;
}

void RetransmissionQueue::updateAdvancedPeerAck() {
  while (settled_.next() < nextTsn()) {
    const Status status = at(settled_.next()).status;
    if (status != Status::kAbandoned && status != Status::kAcked)
      break;
    settled_ = settled_.next();
    if (status == Status::kAbandoned)
      advancedPeerAck_ = settled_;
  }
}

// RFC 3758 section 3.5 C3: while a SACK does not show its effect.
void RetransmissionQueue::repeatForwardTsn(Timestamp now) {
  if (advancedPeerAck_ <= cumulativeAck()) {
    forwardTsnDue_ = false;
    return;
  }
  const Duration interval =
      std::max(kMinForwardTsnInterval, rto_.smoothed().value_or(Duration::zero()));
  if (advancedPeerAck_ > forwardTsnSent_ || !forwardTsnSentAt_ ||
      now - *forwardTsnSentAt_ >= interval) {
    forwardTsnDue_ = true;
  }
}

bool RetransmissionQueue::fillForwardTsn(PacketBuilder& packet, Timestamp now) {
  if (!forwardTsnDue_ || !packet.fits(kForwardTsnFixedSize))
    return false;
  if (advancedPeerAck_ - cumulativeAck() > kManyChunks && forwardTsnSentAt_ &&
      now - *forwardTsnSentAt_ < kMinForwardTsnInterval) {
    forwardTsnDue_ = false;  // until the next SACK, or T3-rtx
    return false;
  }
  // The newest skipped message of each stream, ordered and with I-DATA unordered, as far as the
  // packet has room for them.
  std::map<std::pair<StreamId, bool>, Mid> skipped;
  const size_t maxStreams =
      (packet.room() - kForwardTsnFixedSize) / (config_.interleaving ? kIForwardTsnEntrySize : 4);
  TsnIndex reached = cumulativeAck();
  for (TsnIndex tsn = base_; tsn <= advancedPeerAck_;) {
    const MessageRef& message = at(tsn).fragment.message;
    TsnIndex last = tsn;
    while (last < advancedPeerAck_ && at(last.next()).fragment.message == message) {
      last = last.next();
    }
    if (at(tsn).status == Status::kAbandoned) {
      const bool crossesReset = !resetPoints_.empty() && last > resetPoints_.front();
      if (crossesReset && reached > cumulativeAck())
        break;
      if (message->ordered || config_.interleaving) {
        const std::pair<StreamId, bool> lane(message->stream, !message->ordered);
        if (skipped.size() == maxStreams && !skipped.contains(lane))
          break;
        skipped[lane] = message->mid;
      }
      reached = last;
    }
    tsn = last.next();
  }
  if (reached == cumulativeAck())
    return false;
  writeForwardTsn(packet, reached, skipped);
  forwardTsnDue_ = false;
  forwardTsnSent_ = reached;
  forwardTsnSentAt_ = now;
  if (!timer_.running())
    timer_.start(now, rto_.rto());
  return true;
}

void RetransmissionQueue::writeForwardTsn(
    PacketBuilder& packet, TsnIndex reached,
    const std::map<std::pair<StreamId, bool>, Mid>& skipped) const {
  if (config_.interleaving) {
    IForwardTsnChunk chunk;
    chunk.newCumulativeTsn = reached.wire();
    for (const auto& [lane, mid] : skipped)
      chunk.skipped.push_back({lane.first, lane.second, mid});
    chunk.writeTo(packet);
    return;
  }
  ForwardTsnChunk chunk;
  chunk.newCumulativeTsn = reached.wire();
  for (const auto& [lane, mid] : skipped)
    chunk.skipped.push_back({lane.first, Ssn(static_cast<uint16_t>(mid.value()))});
  chunk.writeTo(packet);
}

}  // namespace rtc::sctp
