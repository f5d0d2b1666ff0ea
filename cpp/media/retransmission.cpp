#include "cpp/media/retransmission.h"

namespace rtc::media {
namespace {

using rtp::ExtensionKind;

/// `from` becomes `to`; without an id for `to` it is left out, for it would name another stream.
void rename(rtp::Packet& packet, uint8_t from, uint8_t to) {
  if (from == 0)
    return;
  const auto data = packet.extension(from);
  if (!data)
    return;
  const Bytes name = toBytes(*data);
  std::erase_if(packet.extensions,
                [from](const rtp::Extension& extension) { return extension.id == from; });
  packet.setExtension(to, name);
}

}  // namespace

rtp::Packet wrapRtx(const rtp::Packet& original, const RtxStream& stream,
                    rtp::SequenceNumber number, const rtp::ExtensionIds& ids) {
  rtp::Packet rtx;
  rtx.marker = original.marker;
  rtx.payloadType = stream.payloadType;
  rtx.sequenceNumber = number;
  rtx.timestamp = original.timestamp;
  rtx.ssrc = stream.ssrc;
  rtx.csrcs = original.csrcs;
  rtx.extensions = original.extensions;
  rename(rtx, ids.id(ExtensionKind::kRtpStreamId), ids.id(ExtensionKind::kRepairedRtpStreamId));
  ByteWriter payload(kRtxHeaderSize + original.payload.size());
  payload.u16(original.sequenceNumber.value());
  payload.bytes(original.payload);
  rtx.payload = payload.take();
  return rtx;
}

std::optional<rtp::Packet> unwrapRtx(const rtp::Packet& rtx, const RtxStream& original,
                                     const rtp::ExtensionIds& ids) {
  ByteReader payload(rtx.payload);
  const auto number = payload.u16();
  if (!number)
    return std::nullopt;
  rtp::Packet packet;
  packet.marker = rtx.marker;
  packet.payloadType = original.payloadType;
  packet.sequenceNumber = rtp::SequenceNumber(*number);
  packet.timestamp = rtx.timestamp;
  packet.ssrc = original.ssrc;
  packet.csrcs = rtx.csrcs;
  packet.extensions = rtx.extensions;
  rename(packet, ids.id(ExtensionKind::kRepairedRtpStreamId), ids.id(ExtensionKind::kRtpStreamId));
  packet.payload = toBytes(payload.rest());
  return packet;
}

}  // namespace rtc::media
