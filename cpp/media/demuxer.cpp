#include "cpp/media/demuxer.h"

#include <algorithm>
#include <utility>

namespace rtc::media {

void Demuxer::set(StreamId receiver, std::string mid,
                  const std::vector<rtp::PayloadType>& payloadTypes,
                  const std::vector<rtp::Ssrc>& announced) {
  auto at = std::find_if(receivers_.begin(), receivers_.end(),
                         [&](const Receiver& one) { return one.id == receiver; });
  if (at == receivers_.end())
    at = receivers_.insert(receivers_.end(), Receiver{receiver, {}, {}, {}});
  for (const rtp::Ssrc ssrc : at->announced) {
    if (std::find(announced.begin(), announced.end(), ssrc) == announced.end())
      forget(ssrc);
  }
  at->mid = std::move(mid);
  at->announced = announced;
  at->payloadTypes.reset();
  for (const rtp::PayloadType type : payloadTypes) {
    if (type.value() < 128)
      at->payloadTypes.set(type.value());
  }
  for (const rtp::Ssrc ssrc : announced) {
    forget(ssrc);
    bySsrc_.emplace(ssrc, Route{receiver, std::nullopt});
  }
}

void Demuxer::remove(StreamId receiver) {
  std::erase_if(receivers_, [&](const Receiver& one) { return one.id == receiver; });
  for (auto entry = bySsrc_.begin(); entry != bySsrc_.end();) {
    const rtp::Ssrc ssrc = entry->first;
    const bool isItsOwn = (entry++)->second.receiver == receiver;
    if (isItsOwn)
      forget(ssrc);
  }
}

std::optional<StreamId> Demuxer::route(const rtp::Packet& packet,
                                       std::optional<std::string_view> mid) {
  const auto known = bySsrc_.find(packet.ssrc);
  if (mid) {
    const auto named = std::find_if(receivers_.begin(), receivers_.end(),
                                    [&](const Receiver& one) { return one.mid == *mid; });
    // A section that we do not have, or not yet: nothing is learned from such a packet.
    if (named == receivers_.end())
      return std::nullopt;
    if (known == bySsrc_.end() || known->second.receiver != named->id)
      learn(packet.ssrc, named->id);
    else
      hear(known->second);
    return named->id;
  }
  if (known != bySsrc_.end()) {
    hear(known->second);
    return known->second.receiver;
  }
  const auto receiver = byPayloadType(packet.payloadType);
  if (receiver)
    learn(packet.ssrc, *receiver);
  return receiver;
}

// Only where it tells one receiver from all others.
std::optional<StreamId> Demuxer::byPayloadType(rtp::PayloadType type) const {
  std::optional<StreamId> found;
  for (const Receiver& receiver : receivers_) {
    if (type.value() >= 128 || !receiver.payloadTypes.test(type.value()))
      continue;
    if (found)
      return std::nullopt;
    found = receiver.id;
  }
  return found;
}

std::optional<StreamId> Demuxer::receiverOf(rtp::Ssrc ssrc) const {
  const auto known = bySsrc_.find(ssrc);
  return known == bySsrc_.end() ? std::nullopt : std::optional(known->second.receiver);
}

void Demuxer::hear(Route& route) {
  if (route.place)
    order_.splice(order_.end(), order_, *route.place);
}

void Demuxer::learn(rtp::Ssrc ssrc, StreamId receiver) {
  forget(ssrc);
  if (order_.size() == kMaxLearnedSsrcs)
    forget(order_.front());
  bySsrc_.emplace(ssrc, Route{receiver, order_.insert(order_.end(), ssrc)});
}

void Demuxer::forget(rtp::Ssrc ssrc) {
  const auto known = bySsrc_.find(ssrc);
  if (known == bySsrc_.end())
    return;
  if (known->second.place)
    order_.erase(*known->second.place);
  bySsrc_.erase(known);
}

}  // namespace rtc::media
