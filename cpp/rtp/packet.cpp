#include "cpp/rtp/packet.h"

#include <algorithm>

namespace rtc::rtp {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kPaddingFlag = 0x20;
constexpr uint8_t kExtensionFlag = 0x10;
constexpr uint8_t kMarkerFlag = 0x80;

constexpr size_t kExtensionHeaderSize = 4;
/// The length field counts words in 16 bits.
constexpr size_t kMaxExtensionBytes = size_t{4} * 0xffff;

/// RFC 8285 section 4.2.
constexpr uint16_t kOneByteProfile = 0xbede;
constexpr uint8_t kOneByteTerminator = 15;
constexpr size_t kOneByteMaxData = 16;
/// RFC 8285 section 4.3: 0x100 and four bits ("appbits") that mean nothing here.
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint16_t kTwoByteProfileMask = 0xfff0;
constexpr size_t kTwoByteMaxData = 255;

// RFC 8285 section 4.2:
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |  ID   |  len  |   len: bytes of data minus one
//   +-+-+-+-+-+-+-+-+
void readOneByteElements(ByteSpan block, std::vector<Extension>& extensions) {
  ByteReader reader(block);
  while (const auto head = reader.u8()) {
    const uint8_t id = *head >> 4;
    const size_t length = (*head & 0x0f) + size_t{1};
    if (*head == 0)
      continue;  // padding
    // "... processing of the entire extension MUST terminate after the first element with an ID of
    // 15", and so it does at an id of 0 with a length.
    if (id == 0 || id == kOneByteTerminator)
      return;
    const auto data = reader.bytes(length);
    if (!data)
      return;
    extensions.push_back({id, toBytes(*data)});
  }
}

// RFC 8285 section 4.3:
//
//    0                   1
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |       ID      |     length    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
void readTwoByteElements(ByteSpan block, std::vector<Extension>& extensions) {
  ByteReader reader(block);
  while (const auto id = reader.u8()) {
    if (*id == 0)
      continue;  // padding
    const auto length = reader.u8();
    if (!length)
      return;
    const auto data = reader.bytes(*length);
    if (!data)
      return;
    extensions.push_back({*id, toBytes(*data)});
  }
}

/// How the elements of a packet are written.
struct ExtensionLayout {
  bool isOneByte = true;
  /// How many of the elements there is room for.
  size_t count = 0;
  /// Of the elements, without the padding behind them.
  size_t bytes = 0;

  bool empty() const { return bytes == 0; }
  size_t paddedBytes() const { return (bytes + 3) & ~size_t{3}; }
};

bool canTravel(const Extension& extension) {
  return extension.id != 0 && extension.data.size() <= kTwoByteMaxData;
}

ExtensionLayout layOut(const std::vector<Extension>& extensions) {
  ExtensionLayout layout;
  for (const Extension& extension : extensions) {
    if (canTravel(extension) && (extension.id >= kOneByteTerminator || extension.data.empty() ||
                                 extension.data.size() > kOneByteMaxData)) {
      layout.isOneByte = false;
    }
  }
  const size_t head = layout.isOneByte ? 1 : 2;
  for (const Extension& extension : extensions) {
    const size_t bytes = canTravel(extension) ? head + extension.data.size() : 0;
    if (layout.bytes + bytes > kMaxExtensionBytes)
      break;
    layout.bytes += bytes;
    ++layout.count;
  }
  return layout;
}

size_t csrcCount(const Packet& packet) {
  return std::min(packet.csrcs.size(), kMaxCsrcs);
}

size_t sizeWith(const Packet& packet, const ExtensionLayout& layout) {
  return kFixedHeaderSize + 4 * csrcCount(packet) +
         (layout.empty() ? 0 : kExtensionHeaderSize + layout.paddedBytes()) +
         packet.payload.size() + packet.padding;
}

}  // namespace

std::optional<ByteSpan> Packet::extension(uint8_t id) const {
  for (const Extension& extension : extensions) {
    if (extension.id == id)
      return ByteSpan(extension.data);
  }
  return std::nullopt;
}

void Packet::setExtension(uint8_t id, ByteSpan data) {
  if (id == 0)
    return;
  for (Extension& extension : extensions) {
    if (extension.id == id) {
      extension.data = toBytes(data);
      return;
    }
  }
  extensions.push_back({id, toBytes(data)});
}

std::optional<Packet> readPacket(ByteSpan datagram) {
  ByteReader reader(datagram);
  if (reader.remaining() < kFixedHeaderSize)
    return std::nullopt;
  const uint8_t first = *reader.u8();
  if (first >> 6 != kVersion)
    return std::nullopt;
  const uint8_t second = *reader.u8();
  Packet packet;
  packet.marker = (second & kMarkerFlag) != 0;
  packet.payloadType = PayloadType(second & 0x7f);
  packet.sequenceNumber = SequenceNumber(*reader.u16());
  packet.timestamp = RtpTime(*reader.u32());
  packet.ssrc = Ssrc(*reader.u32());

  const size_t csrcs = first & 0x0f;
  if (reader.remaining() < 4 * csrcs)
    return std::nullopt;
  packet.csrcs.reserve(csrcs);
  for (size_t i = 0; i < csrcs; ++i)
    packet.csrcs.emplace_back(*reader.u32());

  if ((first & kExtensionFlag) != 0) {
    const auto profile = reader.u16();
    const auto words = reader.u16();
    if (!words)
      return std::nullopt;
    const auto block = reader.bytes(size_t{4} * *words);
    if (!block)
      return std::nullopt;
    if (*profile == kOneByteProfile) {
      readOneByteElements(*block, packet.extensions);
    } else if ((*profile & kTwoByteProfileMask) == kTwoByteProfile) {
      readTwoByteElements(*block, packet.extensions);
    }
  }

  ByteSpan rest = reader.rest();
  if ((first & kPaddingFlag) != 0) {
    // RFC 3550 section 5.1: the last byte counts the padding, itself included.
    if (rest.empty() || rest.back() == 0 || rest.back() > rest.size())
      return std::nullopt;
    packet.padding = rest.back();
    rest = rest.first(rest.size() - packet.padding);
  }
  packet.payload = toBytes(rest);
  return packet;
}

Bytes writePacket(const Packet& packet, size_t reserve) {
  const ExtensionLayout layout = layOut(packet.extensions);
  const size_t csrcs = csrcCount(packet);
  ByteWriter writer(sizeWith(packet, layout) + reserve);
  writer.u8(static_cast<uint8_t>(kVersion << 6 | (packet.padding != 0 ? kPaddingFlag : 0) |
                                 (layout.empty() ? 0 : kExtensionFlag) | csrcs));
  writer.u8(static_cast<uint8_t>((packet.marker ? kMarkerFlag : 0) |
                                 (packet.payloadType.value() & 0x7f)));
  writer.u16(packet.sequenceNumber.value());
  writer.u32(packet.timestamp.value());
  writer.u32(packet.ssrc.value());
  for (size_t i = 0; i < csrcs; ++i)
    writer.u32(packet.csrcs[i].value());

  if (!layout.empty()) {
    writer.u16(layout.isOneByte ? kOneByteProfile : kTwoByteProfile);
    writer.u16(static_cast<uint16_t>(layout.paddedBytes() / 4));
    for (size_t i = 0; i < layout.count; ++i) {
      const Extension& extension = packet.extensions[i];
      if (!canTravel(extension))
        continue;
      if (layout.isOneByte) {
        writer.u8(static_cast<uint8_t>(extension.id << 4 | (extension.data.size() - 1)));
      } else {
        writer.u8(extension.id);
        writer.u8(static_cast<uint8_t>(extension.data.size()));
      }
      writer.bytes(extension.data);
    }
    writer.align(4);
  }

  writer.bytes(packet.payload);
  if (packet.padding != 0) {
    writer.zeros(packet.padding - size_t{1});
    writer.u8(packet.padding);
  }
  return writer.take();
}

size_t packetSize(const Packet& packet) {
  return sizeWith(packet, layOut(packet.extensions));
}

bool isRtcp(ByteSpan datagram) {
  return datagram.size() >= 2 && datagram[1] >= 192 && datagram[1] <= 223;
}

}  // namespace rtc::rtp
