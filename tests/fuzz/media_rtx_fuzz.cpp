// Unwraps any RTP packet as a retransmission, and wraps it again.

#include <cstdlib>

#include "cpp/media/retransmission.h"

using namespace rtc;
using namespace rtc::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto packet = rtp::readPacket(ByteSpan(data, size));
  if (!packet)
    return 0;
  rtp::ExtensionIds ids;
  ids.set(rtp::ExtensionKind::kRtpStreamId, 10);
  ids.set(rtp::ExtensionKind::kRepairedRtpStreamId, 11);
  const RtxStream original{rtp::Ssrc(1), rtp::PayloadType(96)};
  const auto unwrapped = unwrapRtx(*packet, original, ids);
  if (unwrapped.has_value() != (packet->payload.size() >= kRtxHeaderSize))
    std::abort();
  if (!unwrapped)
    return 0;
  const rtp::Packet again =
      wrapRtx(*unwrapped, {packet->ssrc, packet->payloadType}, packet->sequenceNumber, ids);
  if (again.payload != packet->payload || again.timestamp != packet->timestamp ||
      unwrapRtx(again, original, ids)->payload != unwrapped->payload) {
    std::abort();
  }
  return 0;
}
