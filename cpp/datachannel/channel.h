#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cpp/base/strong.h"

namespace rtc::datachannel {

/// Names a channel towards the owner of a `ChannelSet`; never used twice by one set. Not the stream
/// id, which is unknown at first and may be reused.
using ChannelId = StrongInt<struct ChannelIdTag, uint32_t>;

/// RFC 8832 section 5.1 and RTCDataChannelInit. At most one of the two limits is set.
struct ChannelOptions {
  /// UTF-8, at most 65535 bytes.
  std::string label;
  /// UTF-8, at most 65535 bytes.
  std::string protocol;
  bool ordered = true;
  std::optional<uint16_t> maxRetransmits;
  /// Milliseconds.
  std::optional<uint16_t> maxPacketLifeTime;
  /// Both ends open the channel with the same `id`, and no DCEP message is sent.
  bool negotiated = false;
  /// The SCTP stream, 0 to 65534. Required with `negotiated`.
  std::optional<uint16_t> id;
  /// RFC 8831 section 6.4: 128 below normal, 256 normal, 512 high, 1024 extra high. Channels with
  /// something to send share what can be sent in proportion.
  uint16_t priority = 256;

  bool operator==(const ChannelOptions&) const = default;
};

/// RTCDataChannelState. A channel that is closed is forgotten.
enum class ChannelState : uint8_t { kConnecting, kOpen, kClosing, kClosed };

}  // namespace rtc::datachannel
