#pragma once

#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/strong.h"

// RFC 8656 section 12.4:
//
//      0                   1                   2                   3
//      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |         Channel Number        |            Length             |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |                                                               |
//     /                       Application Data                        /
//     /                                                               /
//     |                                                               |
//     |                               +-------------------------------+
//     |                               |
//     +-------------------------------+

namespace rtc::turn {

using ChannelNumber = StrongInt<struct ChannelNumberTag, uint16_t>;

/// RFC 8656 section 12: 0x4000 through 0x4FFF, of which a client of ours chooses. RFC 5766 section
/// 11 let clients go up to 0x7FFE, and those in the field still do; nothing else that comes to a
/// TURN server begins so, so they are taken.
inline constexpr ChannelNumber kFirstChannel{0x4000};
inline constexpr ChannelNumber kLastChannel{0x4fff};
inline constexpr ChannelNumber kLastLegacyChannel{0x7ffe};
inline constexpr size_t kChannelHeaderSize = 4;
/// No UDP datagram carries more; longer ones are refused on every path.
inline constexpr size_t kMaxDatagramSize = 65507;

constexpr bool isValidChannel(ChannelNumber number) {
  return number >= kFirstChannel && number <= kLastLegacyChannel;
}

/// True when a frame on a TURN transport is no STUN message but channel data: its first bits are
/// 01.
constexpr bool isChannelFrame(ByteSpan frame) {
  return !frame.empty() && (frame[0] & 0xc0) == 0x40;
}

/// A received ChannelData message; `data` is a view into what was parsed.
struct ChannelData {
  ChannelNumber channel;
  ByteSpan data;

  /// `std::nullopt` when the channel number is out of range or the announced length runs past the
  /// end. Bytes behind the data are padding and ignored (section 12.5).
  static std::optional<ChannelData> parse(ByteSpan bytes) {
    ByteReader reader(bytes);
    const auto number = reader.u16();
    const auto length = reader.u16();
    if (!number || !length || !isValidChannel(ChannelNumber(*number)))
      return std::nullopt;
    const auto data = reader.bytes(*length);
    if (!data)
      return std::nullopt;
    return ChannelData{ChannelNumber(*number), *data};
  }
};

/// `padded` on streams: "the ChannelData message MUST be padded to a multiple of four bytes"
/// (section 12.5). `data` is no longer than `kMaxDatagramSize`.
inline Bytes encodeChannelData(ChannelNumber channel, ByteSpan data, bool padded) {
  ByteWriter writer(kChannelHeaderSize + data.size() + 3);
  writer.u16(channel.value());
  writer.u16(static_cast<uint16_t>(data.size()));
  writer.bytes(data);
  if (padded)
    writer.align(4);
  return writer.take();
}

}  // namespace rtc::turn
