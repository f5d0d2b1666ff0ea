#include "tests/sim/channels/wire_watch.h"

#include <string>

#include "cpp/sctp/packet.h"

namespace rtc::sim::channels {
namespace {

// RFC 9260 section 3.3.1 and RFC 8260 section 2.1.
constexpr uint8_t kData = 0;
constexpr uint8_t kInterleavedData = 64;
constexpr uint8_t kEnds = 1;
constexpr uint8_t kBegins = 2;
constexpr uint8_t kUnordered = 4;
// RFC 8831 section 8.
constexpr uint32_t kString = 51;
constexpr uint32_t kBinary = 53;

}  // namespace

Verdict WireWatch::sending(ByteSpan packet, Timestamp now) {
  sctp::ChunkIterator chunks(packet.subspan(sctp::kPacketHeaderSize));
  while (const auto chunk = chunks.next()) {
    if (chunk->type != kData && chunk->type != kInterleavedData)
      continue;
    auto verdict = sendingData(chunk->flags, chunk->value, chunk->type == kInterleavedData, now);
    if (verdict)
      return verdict;
  }
  return std::nullopt;
}

Verdict WireWatch::sendingData(uint8_t flags, ByteSpan value, bool isInterleaved, Timestamp now) {
  ByteReader reader(value);
  const uint32_t tsn = *reader.u32();
  const uint16_t stream = *reader.u16();
  reader.u16();
  const uint32_t identifier = isInterleaved ? *reader.u32() : 0;
  const uint32_t ppid = *reader.u32();
  const MessageKey key{stream, (flags & kUnordered) != 0, identifier};

  auto known = chunks_.find(tsn);
  if (known == chunks_.end()) {
    Chunk chunk;
    if ((flags & kBegins) != 0) {
      const auto stamp = stampOf(value.subspan(reader.position()));
      const bool isMessage = ppid == kString || ppid == kBinary;
      const Flow* flow = isMessage && stamp ? findFlow_(stamp->flow) : nullptr;
      if (!flow || flow->isReliable() || stamp->number >= flow->messagesSent()) {
        interleaved_.erase(key);
        return std::nullopt;
      }
      chunk = {flow, stamp->number, false, 0};
      if (isInterleaved)
        interleaved_[key] = chunk;
    } else if (isInterleaved) {
      const auto begun = interleaved_.find(key);
      if (begun == interleaved_.end())
        return std::nullopt;
      chunk = begun->second;
    } else {
      const auto before = chunks_.find(tsn - 1);
      if (before == chunks_.end() || before->second.ends)
        return std::nullopt;
      chunk = before->second;
      chunk.transmissions = 0;
    }
    chunk.ends = (flags & kEnds) != 0;
    known = chunks_.emplace(tsn, chunk).first;
  }
  Chunk& chunk = known->second;
  ++chunk.transmissions;
  const auto& options = chunk.flow->options();
  const auto name = [&] {
    return "TSN " + std::to_string(tsn) + ", message " + std::to_string(chunk.number) +
           " on stream " + std::to_string(stream);
  };
  if (options.maxRetransmits && chunk.transmissions > 1u + *options.maxRetransmits)
    return name() + " was sent " + std::to_string(chunk.transmissions) + " times";
  if (options.maxPacketLifeTime) {
    const Duration age = now - chunk.flow->sentAt(chunk.number);
    if (age >= Duration::milliseconds(*options.maxPacketLifeTime))
      return name() + " was sent at the age of " + std::to_string(age.us()) + " us";
  }
  return std::nullopt;
}

}  // namespace rtc::sim::channels
