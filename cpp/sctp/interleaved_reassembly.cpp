#include "cpp/sctp/interleaved_reassembly.h"

#include <algorithm>
#include <utility>

namespace rtc::sctp {
namespace {
// Below that it does not matter which message is the largest, and the few above are soon searched.
constexpr size_t kLargeBeginning = 64 * 1024;
}  // namespace

Status<ReassemblyError> InterleavedReassembly::add(const IDataChunk& chunk, size_t maxMessageSize,
                                                   std::vector<IncomingMessage>& out) {
  const size_t size = chunk.payload.size();
  if (size > maxMessageSize)
    return fail(ReassemblyError::kTooLarge);
  const Lane lane{chunk.stream, chunk.unordered};
  Messages& messages = lanes_[lane];
  const MessageIndex index =
      MessageIndex::near(chunk.unordered ? messages.reference : messages.next, chunk.mid);
  // Of a message that was skipped, or from a peer that breaks the rules; either way it is late.
  if (index < messages.next)
    return Done{};
  messages.reference = std::max(messages.reference, index);

  auto it = messages.open.lower_bound(index);
  const bool isOpen = it != messages.open.end() && it->first == index;
  if (chunk.begin && chunk.end && !isOpen && (chunk.unordered || index == messages.next)) {
    out.push_back({chunk.stream, chunk.ppid, toBytes(chunk.payload), !chunk.unordered});
    if (!chunk.unordered) {
      messages.next = index.next();
      deliverReady(lane, messages, out);
    }
    return Done{};
  }
  if (!isOpen) {
    it = messages.open.emplace_hint(it, index, Message());
    ++entries_;
  }
  Message& message = it->second;
  if (bytes_ > MessagePieces::kLittle)
    message.beginning.growByLittle();
  if (message.handedOver + message.size() + size > maxMessageSize)
    return fail(ReassemblyError::kTooLarge);
  if (auto fits = put(message, chunk); !fits.ok())
    return fits;
  bytes_ += size;
  noteGrowth({lane, index}, message);
  if (!message.whole) {
    if (message.beginning.isLong() && (chunk.unordered || index == messages.next))
      handOverLong(lane, message, out);
    return Done{};
  }
  if (chunk.unordered)
    out.push_back(takeOut(lane, messages, it));
  else if (index == messages.next)
    deliverReady(lane, messages, out);
  else
    message.beginning.settle();
  return Done{};
}

// What overlaps, ends twice or begins twice cannot be one message.
Status<ReassemblyError> InterleavedReassembly::put(Message& message, const IDataChunk& chunk) {
  const uint64_t number = chunk.begin ? 0 : chunk.fsn.value();
  const bool isMisnumbered = !chunk.begin && number == 0;
  const bool isThere = number < message.nextFragment || message.loose.contains(number);
  const bool isBeyondEnd = message.lastFragment && (chunk.end || number > *message.lastFragment);
  const bool endsEarly =
      chunk.end && !message.loose.empty() && message.loose.rbegin()->first > number;
  if (isMisnumbered || isThere || isBeyondEnd || endsEarly)
    return fail(ReassemblyError::kInconsistent);
  if (chunk.begin)
    message.ppid = chunk.ppid;
  if (chunk.end)
    message.lastFragment = number;
  if (number != message.nextFragment) {
    // It waits for what was lost.
    if (message.loose.empty())
      message.beginning.settle();
    message.loose.emplace(number, toBytes(chunk.payload));
    message.looseBytes += chunk.payload.size();
    ++entries_;
    return Done{};
  }
  message.beginning.append(chunk.payload);
  ++message.nextFragment;
  joinLoose(message);
  message.whole = message.lastFragment && message.nextFragment > *message.lastFragment;
  return Done{};
}

void InterleavedReassembly::joinLoose(Message& message) {
  auto it = message.loose.begin();
  while (it != message.loose.end() && it->first == message.nextFragment) {
    message.beginning.append(it->second);
    message.looseBytes -= it->second.size();
    ++message.nextFragment;
    --entries_;
    it = message.loose.erase(it);
  }
}

void InterleavedReassembly::noteGrowth(const Place& place, const Message& message) {
  const size_t size = message.beginningSize();
  if (size < kLargeBeginning)
    return;
  large_.insert(place);
  largest_ = std::max(largest_, size);
}

void InterleavedReassembly::deliverReady(const Lane& lane, Messages& messages,
                                         std::vector<IncomingMessage>& out) {
  for (auto it = messages.open.begin();
       it != messages.open.end() && it->first == messages.next && it->second.whole;
       it = messages.open.begin()) {
    messages.next = messages.next.next();
    out.push_back(takeOut(lane, messages, it));
  }
}

IncomingMessage InterleavedReassembly::takeOut(const Lane& lane, Messages& messages,
                                               std::map<MessageIndex, Message>::iterator it) {
  auto node = messages.open.extract(it);
  Message& message = node.mapped();
  forget(lane, node.key(), message);
  if (message.handedOver > 0)
    return partOf(lane, message, message.beginning.take(), MessagePart::Kind::kLast);
  return {lane.stream, message.ppid, message.beginning.take(), !lane.unordered};
}

IncomingMessage InterleavedReassembly::partOf(const Lane& lane, Message& message, Bytes piece,
                                              MessagePart::Kind kind) {
  const size_t offset = message.handedOver;
  message.handedOver += piece.size();
  return {lane.stream, message.ppid, std::move(piece), !lane.unordered,
          MessagePart{message.part, offset, kind}};
}

void InterleavedReassembly::handOverLong(const Lane& lane, Message& message,
                                         std::vector<IncomingMessage>& out) {
  if (message.handedOver == 0)
    message.part = PartId(nextPart_++);
  while (message.beginning.isLong()) {
    Bytes piece = message.beginning.takeFront();
    bytes_ -= piece.size();
    handedOver_ += piece.size();
    out.push_back(partOf(lane, message, std::move(piece), MessagePart::Kind::kMore));
  }
}

/// It is no longer among the open ones.
void InterleavedReassembly::forget(const Lane& lane, MessageIndex index, const Message& message) {
  bytes_ -= message.size();
  handedOver_ -= message.handedOver;
  entries_ -= 1 + message.loose.size();
  const size_t size = message.beginningSize();
  if (size < kLargeBeginning)
    return;
  large_.erase({lane, index});
  if (size < largest_)
    return;
  largest_ = 0;
  for (const auto& [otherLane, otherIndex] : large_) {
    const Messages& messages = lanes_.find(otherLane)->second;
    largest_ = std::max(largest_, messages.open.find(otherIndex)->second.beginningSize());
  }
}

void InterleavedReassembly::forward(std::span<const IForwardTsnChunk::Skipped> skipped,
                                    std::vector<IncomingMessage>& out) {
  for (const IForwardTsnChunk::Skipped& entry : skipped) {
    const Lane lane{entry.stream, entry.unordered};
    Messages& messages = lanes_[lane];
    const MessageIndex last =
        MessageIndex::near(entry.unordered ? messages.reference : messages.next, entry.mid);
    if (last < messages.next)
      continue;
    auto it = messages.open.begin();
    while (it != messages.open.end() && it->first <= last) {
      const auto current = it++;
      if (current->second.whole) {
        out.push_back(takeOut(lane, messages, current));
      } else {
        auto node = messages.open.extract(current);
        forget(lane, node.key(), node.mapped());
        if (node.mapped().handedOver > 0)
          out.push_back(partOf(lane, node.mapped(), {}, MessagePart::Kind::kGivenUp));
      }
    }
    messages.next = last.next();
    messages.reference = std::max(messages.reference, messages.next);
    if (!entry.unordered)
      deliverReady(lane, messages, out);
  }
}

void InterleavedReassembly::giveUpOpen(const Lane& lane, Messages& messages,
                                       std::vector<IncomingMessage>& out) {
  while (!messages.open.empty()) {
    auto node = messages.open.extract(messages.open.begin());
    forget(lane, node.key(), node.mapped());
    if (node.mapped().handedOver > 0)
      out.push_back(partOf(lane, node.mapped(), {}, MessagePart::Kind::kGivenUp));
  }
}

void InterleavedReassembly::resetStreams(std::span<const StreamId> streams,
                                         std::vector<IncomingMessage>& out) {
  const auto reset = [&](const Lane& lane) {
    const auto it = lanes_.find(lane);
    if (it == lanes_.end())
      return;
    giveUpOpen(lane, it->second, out);
    lanes_.erase(it);
  };
  if (streams.empty()) {
    large_.clear();
    largest_ = 0;
    for (auto& [lane, messages] : lanes_)
      giveUpOpen(lane, messages, out);
    std::unordered_map<Lane, Messages, LaneHash>().swap(lanes_);  // with its buckets
  }
  for (const StreamId stream : streams) {
    reset({stream, false});
    reset({stream, true});
  }
}

}  // namespace rtc::sctp
