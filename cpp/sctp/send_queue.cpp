#include "cpp/sctp/send_queue.h"

#include <algorithm>
#include <memory>

namespace rtc::sctp {

void SendQueue::add(OutgoingMessage message) {
  const StreamId id = message.stream;
  Stream& stream = streams_[id];
  stream.buffered += message.payload.size();
  buffered_ += message.payload.size();
  stream.messages.push_back(std::make_shared<OutgoingMessage>(std::move(message)));
  if (stream.messages.size() == 1)
    scheduler_.activate(id);
}

std::optional<Fragment> SendQueue::produce(size_t room, size_t fullRoom, TsnIndex tsn,
                                           Timestamp now) {
  while (!scheduler_.empty()) {
    Stream& stream = streams_[scheduler_.current()];
    const MessageRef message = stream.messages.front();
    const bool begin = message->cut == 0;

    if (message->expiresAt <= now && (begin || partialReliability_)) {
      message->abandoned = true;
      dropFront(stream);
      scheduler_.finished(!stream.messages.empty());
      if (begin)
        continue;
      stream.lastTsn = tsn;
      return Fragment{message, static_cast<uint32_t>(message->cut), 0, false, true, true};
    }

    const size_t left = message->payload.size() - message->cut;
    // A message that fits into one chunk is not torn apart to fill a packet, and fragments of longer
    // ones are not cut smaller than a sixteenth of the largest.
    if (room < left && (left <= fullRoom || room < fullRoom / 16))
      return std::nullopt;
    const size_t length = std::min(left, room);

    if (begin && message->ordered) {
      message->ssn = stream.nextSsn;
      stream.nextSsn = Ssn(static_cast<uint16_t>(stream.nextSsn.value() + 1));
    }
    Fragment fragment{message,
                      static_cast<uint32_t>(message->cut),
                      static_cast<uint32_t>(length),
                      begin,
                      length == left,
                      false};
    message->cut += length;
    stream.lastTsn = tsn;
    take(stream, *message, message->cut);
    if (fragment.end) {
      stream.messages.pop_front();
      scheduler_.finished(!stream.messages.empty());
    }
    return fragment;
  }
  return std::nullopt;
}

bool SendQueue::discardRest(const MessageRef& message, TsnIndex tsn) {
  message->abandoned = true;
  if (message->wholeCut())
    return false;
  // Only the front of the current stream can be partly cut.
  const auto it = streams_.find(message->stream);
  if (it == streams_.end() || it->second.messages.empty() ||
      it->second.messages.front() != message) {
    return false;
  }
  const bool begun = message->cut > 0;
  if (begun)
    it->second.lastTsn = tsn;
  dropFront(it->second);
  scheduler_.finished(!it->second.messages.empty());
  return begun;
}

size_t SendQueue::buffered(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() ? 0 : it->second.buffered;
}

void SendQueue::endReset(StreamId stream, bool performed) {
  const auto it = streams_.find(stream);
  if (it == streams_.end())
    return;
  it->second.resetting = false;
  if (performed) {
    it->second.nextSsn = Ssn(0);
    it->second.lastTsn.reset();
  }
}

bool SendQueue::resetting(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it != streams_.end() && it->second.resetting;
}

bool SendQueue::drained(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() || it->second.messages.empty();
}

std::optional<TsnIndex> SendQueue::lastTsn(StreamId stream) const {
  const auto it = streams_.find(stream);
  return it == streams_.end() ? std::nullopt : it->second.lastTsn;
}

void SendQueue::dropStreamsFrom(uint16_t firstInvalid) {
  for (auto& [id, stream] : streams_) {
    if (id.value() < firstInvalid || stream.messages.empty())
      continue;
    while (!stream.messages.empty())
      dropFront(stream);
    scheduler_.remove(id);
  }
  // The order of a hash table is no order to show.
  std::sort(taken_.begin(), taken_.end(), [](const Taken& a, const Taken& b) {
    return std::pair(a.stream, a.ppid) < std::pair(b.stream, b.ppid);
  });
}

void SendQueue::reset() {
  streams_.clear();
  scheduler_.clear();
  buffered_ = 0;
  taken_.clear();
}

void SendQueue::restart(const std::vector<MessageRef>& again) {
  for (auto message = again.rbegin(); message != again.rend(); ++message)
    streams_[(*message)->stream].messages.push_front(*message);
  std::vector<StreamId> active;
  for (auto& [id, stream] : streams_) {
    stream.nextSsn = Ssn(0);
    stream.lastTsn.reset();
    stream.resetting = false;
    for (const MessageRef& message : stream.messages)
      message->cut = 0;
    if (!stream.messages.empty())
      active.push_back(id);
  }
  // The order of a hash table is no order to send in.
  std::sort(active.begin(), active.end());
  scheduler_.clear();
  for (const StreamId id : active)
    scheduler_.activate(id);
}

void SendQueue::take(Stream& stream, OutgoingMessage& message, size_t end) {
  if (end <= message.counted)
    return;
  const size_t bytes = end - std::exchange(message.counted, end);
  stream.buffered -= bytes;
  buffered_ -= bytes;
  if (!taken_.empty() && taken_.back().stream == message.stream &&
      taken_.back().ppid == message.ppid) {
    taken_.back().bytes += bytes;
  } else {
    taken_.push_back({message.stream, message.ppid, bytes});
  }
}

void SendQueue::dropFront(Stream& stream) {
  OutgoingMessage& message = *stream.messages.front();
  take(stream, message, message.payload.size());
  stream.messages.pop_front();
}

}  // namespace rtc::sctp
