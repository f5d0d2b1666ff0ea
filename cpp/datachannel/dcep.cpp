#include "cpp/datachannel/dcep.h"

#include <algorithm>
#include <string>

namespace rtc::datachannel {
namespace {

// RFC 8832 section 5.1 and 8.2.2.
constexpr uint8_t kReliable = 0x00;
constexpr uint8_t kLimitedRetransmits = 0x01;
constexpr uint8_t kTimed = 0x02;
constexpr uint8_t kUnordered = 0x80;

}  // namespace

bool isUtf8(ByteSpan text) {
  size_t i = 0;
  while (i < text.size()) {
    const uint8_t lead = text[i++];
    if (lead < 0x80)
      continue;
    // What may follow, and the bounds of the first byte that does (RFC 3629 section 4).
    size_t tail = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
      tail = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      tail = 2;
      if (lead == 0xe0)
        low = 0xa0;
      if (lead == 0xed)
        high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      tail = 3;
      if (lead == 0xf0)
        low = 0x90;
      if (lead == 0xf4)
        high = 0x8f;
    } else {
      return false;
    }
    for (size_t k = 0; k < tail; ++k, ++i) {
      if (i >= text.size() || text[i] < low || text[i] > high)
        return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}

Result<DcepType, DcepError> dcepType(ByteSpan message) {
  if (message.empty())
    return fail(DcepError::kWrongLength);
  switch (message[0]) {
    case static_cast<uint8_t>(DcepType::kAck):
      return DcepType::kAck;
    case static_cast<uint8_t>(DcepType::kOpen):
      return DcepType::kOpen;
    default:
      return fail(DcepError::kUnknownMessageType);
  }
}

Result<ChannelOptions, DcepError> parseOpen(ByteSpan message) {
  ByteReader reader(message);
  if (reader.remaining() < 12)
    return fail(DcepError::kWrongLength);
  if (*reader.u8() != static_cast<uint8_t>(DcepType::kOpen)) {
    return fail(DcepError::kUnknownMessageType);
  }
  const uint8_t type = *reader.u8();
  ChannelOptions options;
  options.priority = *reader.u16();
  const auto limit = static_cast<uint16_t>(std::min<uint32_t>(*reader.u32(), 65535));
  const size_t labelLength = *reader.u16();
  const size_t protocolLength = *reader.u16();
  const auto label = reader.bytes(labelLength);
  const auto protocol = reader.bytes(protocolLength);
  if (!label || !protocol || !reader.atEnd())
    return fail(DcepError::kWrongLength);

  options.ordered = (type & kUnordered) == 0;
  switch (type & ~kUnordered) {
    case kReliable:
      break;
    case kLimitedRetransmits:
      options.maxRetransmits = limit;
      break;
    case kTimed:
      options.maxPacketLifeTime = limit;
      break;
    default:
      return fail(DcepError::kUnknownChannelType);
  }
  if (!isUtf8(*label) || !isUtf8(*protocol))
    return fail(DcepError::kInvalidText);
  options.label = std::string(asText(*label));
  options.protocol = std::string(asText(*protocol));
  return options;
}

Bytes encodeOpen(const ChannelOptions& options) {
  uint8_t type = kReliable;
  uint32_t limit = 0;
  if (options.maxRetransmits) {
    type = kLimitedRetransmits;
    limit = *options.maxRetransmits;
  } else if (options.maxPacketLifeTime) {
    type = kTimed;
    limit = *options.maxPacketLifeTime;
  }
  if (!options.ordered)
    type |= kUnordered;
  ByteWriter writer(12 + options.label.size() + options.protocol.size());
  writer.u8(static_cast<uint8_t>(DcepType::kOpen));
  writer.u8(type);
  writer.u16(options.priority);
  writer.u32(limit);
  writer.u16(static_cast<uint16_t>(options.label.size()));
  writer.u16(static_cast<uint16_t>(options.protocol.size()));
  writer.text(options.label);
  writer.text(options.protocol);
  return writer.take();
}

Bytes encodeAck() {
  return {static_cast<uint8_t>(DcepType::kAck)};
}

}  // namespace rtc::datachannel
