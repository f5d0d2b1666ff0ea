#include "cpp/media/red.h"

#include <algorithm>

namespace rtc::media {
namespace {
constexpr uint8_t kFollows = 0x80;
constexpr size_t kRedundantHeaderSize = 4;
constexpr size_t kPrimaryHeaderSize = 1;
}  // namespace

std::optional<std::vector<RedBlock>> readRed(ByteSpan payload) {
  ByteReader reader(payload);
  std::vector<RedBlock> blocks;
  std::vector<size_t> lengths;
  for (;;) {
    const auto first = reader.u8();
    if (!first || blocks.size() == kMaxRedBlocks)
      return std::nullopt;
    const rtp::PayloadType type(*first & 0x7f);
    if ((*first & kFollows) == 0) {
      blocks.push_back({type, 0, {}});
      break;
    }
    const auto rest = reader.u24();
    if (!rest)
      return std::nullopt;
    blocks.push_back({type, static_cast<uint16_t>(*rest >> 10), {}});
    lengths.push_back(*rest & kMaxRedBlockLength);
  }
  for (size_t i = 0; i < lengths.size(); ++i) {
    const auto data = reader.bytes(lengths[i]);
    if (!data)
      return std::nullopt;
    blocks[i].data = *data;
  }
  blocks.back().data = reader.rest();
  return blocks;
}

std::vector<rtp::Packet> unwrapRed(const rtp::Packet& red) {
  std::vector<rtp::Packet> packets;
  const auto blocks = readRed(red.payload);
  if (!blocks)
    return packets;
  for (size_t i = 0; i < blocks->size(); ++i) {
    const RedBlock& block = (*blocks)[i];
    const size_t back = blocks->size() - 1 - i;
    if (block.data.empty())
      continue;
    rtp::Packet packet;
    packet.payloadType = block.payloadType;
    packet.sequenceNumber =
        rtp::SequenceNumber(static_cast<uint16_t>(red.sequenceNumber.value() - back));
    packet.timestamp = rtp::RtpTime(red.timestamp.value() - block.timestampOffset);
    packet.ssrc = red.ssrc;
    packet.csrcs = red.csrcs;
    packet.payload = toBytes(block.data);
    if (back == 0) {
      packet.marker = red.marker;
      packet.extensions = red.extensions;
      packet.padding = red.padding;
    }
    packets.push_back(std::move(packet));
  }
  return packets;
}

Bytes RedEncoder::wrap(ByteSpan frame, rtp::RtpTime timestamp, rtp::PayloadType payloadType) {
  size_t count = 0;
  size_t size = kPrimaryHeaderSize + frame.size();
  // One that does not go with the packet ends it: those behind it would be taken for newer ones.
  for (; count < past_.size(); ++count) {
    const Past& past = past_[count];
    const uint32_t offset = timestamp.value() - past.timestamp.value();
    size += kRedundantHeaderSize + past.data.size();
    if (offset > kMaxRedTimestampOffset || past.data.size() > kMaxRedBlockLength || size > maxSize_)
      break;
  }

  ByteWriter writer(std::min(size, maxSize_));
  for (size_t i = count; i-- > 0;) {
    const Past& past = past_[i];
    const uint32_t offset = timestamp.value() - past.timestamp.value();
    writer.u8(static_cast<uint8_t>(kFollows | (past.payloadType.value() & 0x7f)));
    writer.u24(offset << 10 | static_cast<uint32_t>(past.data.size()));
  }
  writer.u8(payloadType.value() & 0x7f);
  for (size_t i = count; i-- > 0;)
    writer.bytes(past_[i].data);
  writer.bytes(frame);

  if (redundancy_ > 0) {
    past_.push_front({payloadType, timestamp, toBytes(frame)});
    if (past_.size() > std::min(redundancy_, kMaxRedBlocks - 1))
      past_.pop_back();
  }
  return writer.take();
}

}  // namespace rtc::media
