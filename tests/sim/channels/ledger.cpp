#include "tests/sim/channels/ledger.h"

#include <algorithm>
#include <utility>

namespace rtc::sim::channels {

std::optional<Stamp> stampOf(ByteSpan message) {
  ByteReader reader(message);
  const auto flow = reader.u32();
  const auto number = reader.u32();
  if (!flow || !number)
    return std::nullopt;
  return Stamp{*flow, *number};
}

Message Flow::message(uint32_t number, size_t size) const {
  Message result;
  result.data.resize(size);
  uint32_t x = (id_ * 2654435761u) ^ (number * 40503u + 12345u);
  result.binary = (x & 4) != 0;
  for (uint8_t& byte : result.data) {
    x = x * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(x >> 24);
  }
  if (size >= kStampSize) {
    ByteWriter stamp;
    stamp.u32(id_);
    stamp.u32(number);
    std::copy(stamp.view().begin(), stamp.view().end(), result.data.begin());
  }
  return result;
}

bool Flow::is(uint32_t number, bool binary, ByteSpan data) const {
  if (number >= sent_.size() || sent_[number].size != data.size())
    return false;
  const Message expected = message(number, data.size());
  return expected.binary == binary && std::equal(data.begin(), data.end(), expected.data.begin());
}

Verdict Flow::wrong(const std::string& what, ByteSpan data) const {
  std::string text =
      "flow " + std::to_string(id_) + ": " + what + ", " + std::to_string(data.size()) + " bytes";
  if (const auto stamp = stampOf(data)) {
    text += ", stamped " + std::to_string(stamp->flow) + "/" + std::to_string(stamp->number);
  }
  return text;
}

Verdict Flow::arrived(bool binary, ByteSpan data) {
  if (receiverClosed_)
    return wrong("a message after close()", data);
  if (!options_.ordered)
    return arrivedOnce(binary, data);
  return isReliable() ? arrivedInSequence(binary, data) : arrivedInOrder(binary, data);
}

Verdict Flow::arrivedInSequence(bool binary, ByteSpan data) {
  std::set<uint32_t> next;
  for (const uint32_t number : next_) {
    if (is(number, binary, data))
      next.insert(number + 1);
  }
  if (next.empty()) {
    return wrong("instead of message " + std::to_string(*next_.rbegin()) + " of " +
                     std::to_string(sent_.size()),
                 data);
  }
  // Whoever sent it has not been replaced since, or has: then it goes on where it began anew.
  if (excused_ > 0 && *next.begin() <= excused_)
    next.insert(excused_);
  next_ = std::move(next);
  return std::nullopt;
}

Verdict Flow::arrivedInOrder(bool binary, ByteSpan data) {
  uint32_t number = passed_;
  while (number < sent_.size() && !is(number, binary, data))
    ++number;
  if (number == sent_.size())
    return wrong("out of order, twice or damaged", data);
  passed_ = number + 1;
  return std::nullopt;
}

Verdict Flow::arrivedOnce(bool binary, ByteSpan data) {
  if (const auto stamp = stampOf(data)) {
    if (stamp->flow != id_ || !is(stamp->number, binary, data))
      return wrong("damaged or misrouted", data);
    if (++arrivals_[stamp->number] > allowedArrivals_)
      return wrong("twice", data);
    return std::nullopt;
  }
  uint32_t possible = 0;
  for (uint32_t number = 0; number < sent_.size(); ++number)
    possible += is(number, binary, data) ? 1 : 0;
  if (++shortArrivals_[{binary, toBytes(data)}] > possible * allowedArrivals_)
    return wrong("a short message more often than it was sent", data);
  return std::nullopt;
}

void Flow::senderReplaced() {
  excused_ = static_cast<uint32_t>(sent_.size());
  next_.insert(excused_);
}

void Flow::receiverReplaced() {
  ++allowedArrivals_;
  passed_ = 0;
  for (uint32_t number = 0; number < *next_.rbegin(); ++number)
    next_.insert(number);
}

Verdict Flow::complete() const {
  if (!isReliable() || receiverClosed_ || cut_)
    return std::nullopt;
  const std::string where = "flow " + std::to_string(id_) + ": ";
  if (options_.ordered) {
    if (next_.contains(static_cast<uint32_t>(sent_.size())))
      return std::nullopt;
    return where + "message " + std::to_string(*next_.rbegin()) + " of " +
           std::to_string(sent_.size()) + " did not arrive";
  }
  std::map<Key, uint32_t> missing;
  for (uint32_t number = excused_; number < sent_.size(); ++number) {
    if (sent_[number].size >= kStampSize) {
      if (!arrivals_.contains(number))
        return where + "message " + std::to_string(number) + " did not arrive";
      continue;
    }
    Message expected = message(number, sent_[number].size);
    ++missing[{expected.binary, std::move(expected.data)}];
  }
  for (const auto& [key, count] : missing) {
    const auto it = shortArrivals_.find(key);
    if (it == shortArrivals_.end() || it->second < count)
      return where + "a message of " + std::to_string(key.data.size()) + " bytes did not arrive";
  }
  return std::nullopt;
}

}  // namespace rtc::sim::channels
