#pragma once

#include <span>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/rtcp_bye.h"
#include "cpp/rtp/rtcp_extended_report.h"
#include "cpp/rtp/rtcp_feedback.h"
#include "cpp/rtp/rtcp_fir.h"
#include "cpp/rtp/rtcp_nack.h"
#include "cpp/rtp/rtcp_pli.h"
#include "cpp/rtp/rtcp_receiver_report.h"
#include "cpp/rtp/rtcp_remb.h"
#include "cpp/rtp/rtcp_sdes.h"
#include "cpp/rtp/rtcp_sender_report.h"

namespace rtc::rtp {

using RtcpMessage = std::variant<SenderReport, ReceiverReport, SourceDescription, Bye, Nack, Pli,
                                 Fir, Remb, ExtendedReport, TransportFeedbackBody>;

/// The packets of a compound (RFC 3550 section 6.1), or of one of reduced size (RFC 5506), in their
/// order. Types and formats that we do not know are skipped; one that is broken ends the reading,
/// and what stood before it counts.
std::vector<RtcpMessage> readRtcp(ByteSpan datagram);

/// One compound of all of them, in their order; that it begins with a report, where reduced size
/// was not negotiated, is the caller's business. `reserve` bytes of capacity are kept behind it for
/// what SRTCP appends.
Bytes writeRtcp(std::span<const RtcpMessage> messages, size_t reserve = 0);

/// As few compounds of at most `maxSize` bytes as they fill in their order. A message is not
/// divided: one that is longer goes alone. Each compound but the first is of reduced size unless
/// its first message is a report.
std::vector<Bytes> writeRtcpCompounds(std::span<const RtcpMessage> messages, size_t maxSize,
                                      size_t reserve = 0);

}  // namespace rtc::rtp
