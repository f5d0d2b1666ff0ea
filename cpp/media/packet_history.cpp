#include "cpp/media/packet_history.h"

#include <algorithm>

namespace rtc::media {

void PacketHistory::insert(const rtp::Packet& packet, Timestamp sentAt) {
  if (!entries_.empty()) {
    const auto ahead = static_cast<uint16_t>(packet.sequenceNumber.value() -
                                             entries_.front().packet.sequenceNumber.value());
    if (ahead < entries_.size())
      return;
    if (ahead != entries_.size())
      clear();
  }
  entries_.push_back({packet, sentAt, sentAt});
  bytes_ += packet.payload.size();
  while (entries_.size() > 1 && (entries_.size() > limits_.packets || bytes_ > limits_.bytes))
    dropOldest();
  expire(sentAt);
}

PacketHistory::Entry* PacketHistory::find(rtp::SequenceNumber number) {
  if (entries_.empty())
    return nullptr;
  const auto index =
      static_cast<uint16_t>(number.value() - entries_.front().packet.sequenceNumber.value());
  return index < entries_.size() ? &entries_[index] : nullptr;
}

const rtp::Packet* PacketHistory::retransmit(rtp::SequenceNumber number, Timestamp now) {
  expire(now);
  Entry* entry = find(number);
  if (entry == nullptr || entry->isWaiting)
    return nullptr;
  // The first request may come sooner than a round trip that was measured in a busier moment.
  if (entry->wasRepeated && now - entry->lastSent < roundTrip_)
    return nullptr;
  entry->lastSent = now;
  entry->wasRepeated = entry->isWaiting = true;
  return &entry->packet;
}

void PacketHistory::left(rtp::SequenceNumber number, Timestamp now) {
  Entry* entry = find(number);
  if (entry == nullptr || !entry->isWaiting)
    return;
  entry->lastSent = now;
  entry->isWaiting = false;
}

void PacketHistory::clear() {
  entries_.clear();
  bytes_ = 0;
}

void PacketHistory::dropOldest() {
  bytes_ -= entries_.front().packet.payload.size();
  entries_.pop_front();
}

void PacketHistory::expire(Timestamp now) {
  const Duration age = std::max(limits_.age, roundTrip_ * 3);
  while (!entries_.empty() && now - entries_.front().firstSent > age)
    dropOldest();
}

}  // namespace rtc::media
