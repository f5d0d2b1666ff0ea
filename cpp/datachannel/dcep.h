#pragma once

// DATA_CHANNEL_OPEN, RFC 8832 section 5.1:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Message Type |  Channel Type |            Priority           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                    Reliability Parameter                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |         Label Length          |       Protocol Length         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   /                             Label                             /
//   /                            Protocol                           /
//
// DATA_CHANNEL_ACK (section 5.2) is the message type alone.

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/result.h"
#include "cpp/datachannel/channel.h"
#include "cpp/sctp/types.h"

namespace rtc::datachannel {

/// RFC 8831 section 8.
namespace ppid {
constexpr sctp::Ppid kDcep{50};
constexpr sctp::Ppid kString{51};
/// Deprecated: all fragments of a large message but the last.
constexpr sctp::Ppid kBinaryPartial{52};
constexpr sctp::Ppid kBinary{53};
constexpr sctp::Ppid kStringPartial{54};
constexpr sctp::Ppid kStringEmpty{56};
constexpr sctp::Ppid kBinaryEmpty{57};
}  // namespace ppid

enum class DcepType : uint8_t { kAck = 2, kOpen = 3 };

enum class DcepError : uint8_t {
  /// The fixed part or the texts do not fit, or bytes are left over.
  kWrongLength,
  kUnknownMessageType,
  kUnknownChannelType,
  /// Label or protocol is no UTF-8.
  kInvalidText,
};

/// The type of a DCEP message, or an error for one that is empty or unknown.
Result<DcepType, DcepError> dcepType(ByteSpan message);

/// Reads a DATA_CHANNEL_OPEN. Reliability parameters beyond 65535 are cut to it, since that is all
/// that the API can show. `id` and `negotiated` stay unset.
Result<ChannelOptions, DcepError> parseOpen(ByteSpan message);

/// Label and protocol have at most 65535 bytes.
Bytes encodeOpen(const ChannelOptions& options);
Bytes encodeAck();

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool isUtf8(ByteSpan text);

}  // namespace rtc::datachannel
