#include "cpp/rtp/rtcp_packet.h"

namespace rtc::rtp {
namespace {

enum class Reading : uint8_t { kTaken, kSkipped, kBroken };

template <typename Message>
Reading take(std::optional<Message> message, std::vector<RtcpMessage>& messages) {
  if (!message)
    return Reading::kBroken;
  messages.emplace_back(std::move(*message));
  return Reading::kTaken;
}

Reading readTransportFeedback(const RtcpView& view, std::vector<RtcpMessage>& messages) {
  switch (static_cast<TransportFeedbackFormat>(view.count)) {
    case TransportFeedbackFormat::kNack:
      return take(Nack::parse(view.body), messages);
    case TransportFeedbackFormat::kTransportCc:
      return take(TransportFeedbackBody::parse(view.body), messages);
  }
  return Reading::kSkipped;
}

Reading readPayloadFeedback(const RtcpView& view, std::vector<RtcpMessage>& messages) {
  switch (static_cast<PayloadFeedbackFormat>(view.count)) {
    case PayloadFeedbackFormat::kPli:
      return take(Pli::parse(view.body), messages);
    case PayloadFeedbackFormat::kFir:
      return take(Fir::parse(view.body), messages);
    case PayloadFeedbackFormat::kApplicationLayer:
      return Remb::isRemb(view.body) ? take(Remb::parse(view.body), messages) : Reading::kSkipped;
  }
  return Reading::kSkipped;
}

Reading readOne(const RtcpView& view, std::vector<RtcpMessage>& messages) {
  switch (static_cast<RtcpType>(view.type)) {
    case RtcpType::kSenderReport:
      return take(SenderReport::parse(view.count, view.body), messages);
    case RtcpType::kReceiverReport:
      return take(ReceiverReport::parse(view.count, view.body), messages);
    case RtcpType::kSourceDescription:
      return take(SourceDescription::parse(view.count, view.body), messages);
    case RtcpType::kBye:
      return take(Bye::parse(view.count, view.body), messages);
    case RtcpType::kTransportFeedback:
      return readTransportFeedback(view, messages);
    case RtcpType::kPayloadFeedback:
      return readPayloadFeedback(view, messages);
    case RtcpType::kExtendedReport:
      return take(ExtendedReport::parse(view.body), messages);
  }
  return Reading::kSkipped;
}

void writeOne(const RtcpMessage& message, ByteWriter& writer) {
  std::visit([&](const auto& known) { known.writeTo(writer); }, message);
}

}  // namespace

std::vector<RtcpMessage> readRtcp(ByteSpan datagram) {
  std::vector<RtcpMessage> messages;
  RtcpIterator packets(datagram);
  while (const auto view = packets.next()) {
    if (readOne(*view, messages) == Reading::kBroken)
      break;
  }
  return messages;
}

Bytes writeRtcp(std::span<const RtcpMessage> messages, size_t reserve) {
  ByteWriter writer(128 + reserve);
  for (const RtcpMessage& message : messages)
    writeOne(message, writer);
  Bytes bytes = writer.take();
  bytes.reserve(bytes.size() + reserve);
  return bytes;
}

std::vector<Bytes> writeRtcpCompounds(std::span<const RtcpMessage> messages, size_t maxSize,
                                      size_t reserve) {
  std::vector<Bytes> compounds;
  for (const RtcpMessage& message : messages) {
    ByteWriter writer;
    writeOne(message, writer);
    if (compounds.empty() || compounds.back().size() + writer.size() > maxSize) {
      compounds.emplace_back();
      compounds.back().reserve(std::max(maxSize, writer.size()) + reserve);
    }
    const ByteSpan bytes = writer.view();
    compounds.back().insert(compounds.back().end(), bytes.begin(), bytes.end());
  }
  return compounds;
}

}  // namespace rtc::rtp
