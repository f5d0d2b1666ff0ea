#pragma once

#include <optional>

#include "cpp/rtp/header_extension.h"
#include "cpp/rtp/packet.h"

// Retransmission in a stream of its own, RFC 4588 section 4:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         RTP Header                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            OSN                |                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
//   |                  Original RTP Packet Payload                  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::media {

/// Of the original sequence number.
inline constexpr size_t kRtxHeaderSize = 2;

/// Which stream a retransmission travels in.
struct RtxStream {
  rtp::Ssrc ssrc;
  rtp::PayloadType payloadType;
};

/// The packet as the retransmission stream carries it: timestamp, marker, CSRCs and extensions are
/// the original's (RFC 4588 section 4); what names the stream (RFC 8852 section 3.1) turns into
/// what names the repaired one, and padding is left out.
rtp::Packet wrapRtx(const rtp::Packet& original, const RtxStream& stream,
                    rtp::SequenceNumber number, const rtp::ExtensionIds& ids);

/// The reverse: the packet as it would have come the first time. `original` is the stream that is
/// repaired, with the payload type that `apt` names. Nullopt for one without an original: padding.
std::optional<rtp::Packet> unwrapRtx(const rtp::Packet& rtx, const RtxStream& original,
                                     const rtp::ExtensionIds& ids);

}  // namespace rtc::media
