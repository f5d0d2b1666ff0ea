// What any peer may say of a stream that is sent: answers stay within bounds, and are what was
// sent.

#include <cstdlib>
#include <map>

#include "cpp/media/send_stream.h"
#include "cpp/rtp/rtcp_packet.h"

using namespace rtc;
using namespace rtc::media;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

Codec codec() {
  Codec codec;
  codec.payloadType = rtp::PayloadType(96);
  codec.rtxPayloadType = rtp::PayloadType(97);
  codec.hasNack = true;
  return codec;
}

}  // namespace

/// Blocks, each behind two bytes of length, are RTCP datagrams; a frame is sent before each.
/// Numbers in NACKs count from the first packet that was sent, so that inputs can name it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SeededRandom random(1);
  SendStreamOptions options;
  options.ssrc = rtp::Ssrc(1);
  options.rtxSsrc = rtp::Ssrc(2);
  options.mid = "0";
  options.extensions.set(rtp::ExtensionKind::kMid, 4);
  SendStream stream(options, codec(), random);
  const rtp::NtpClock clock(Timestamp::microseconds(0), Duration::seconds(1'700'000'000));
  Timestamp now = Timestamp::milliseconds(10);
  std::map<uint16_t, Bytes> sent;
  std::optional<uint16_t> first;
  ByteReader input(ByteSpan(data, size));
  while (const auto length = input.u16()) {
    OutgoingFrame frame;
    for (uint8_t i = 0; i < 20; ++i)
      frame.payloads.push_back(Bytes(20, static_cast<uint8_t>(*length + i)));
    frame.capturedAt = now;
    for (const rtp::Packet& packet : stream.packetize(std::move(frame), now)) {
      stream.sent(packet, PacketUse::kMedia, now);
      sent[packet.sequenceNumber.value()] = packet.payload;
      first = first.value_or(packet.sequenceNumber.value());
    }
    now = now + Duration::milliseconds(*length & 0xff);
    const auto datagram = *input.bytes(std::min<size_t>(*length & 0x3ff, input.remaining()));
    for (const rtp::RtcpMessage& message : rtp::readRtcp(datagram)) {
      if (const auto* said = std::get_if<rtp::Nack>(&message)) {
        rtp::Nack nack = *said;
        for (rtp::SequenceNumber& number : nack.lost)
          number = rtp::SequenceNumber(static_cast<uint16_t>(number.value() + *first));
        const auto answers = stream.handleNack(nack, now);
        require(answers.size() <= 250 && answers.size() <= nack.lost.size());
        for (const rtp::Packet& answer : answers) {
          const auto original = unwrapRtx(answer, {options.ssrc, codec().payloadType}, {});
          require(original && sent.at(original->sequenceNumber.value()) == original->payload);
        }
        // Asked for again at once, before they leave or after it, nothing is given.
        require(answers.size() == 250 || stream.handleNack(nack, now).empty());
        for (const rtp::Packet& answer : answers)
          stream.sent(answer, PacketUse::kRetransmission, now);
        require(answers.size() == 250 || stream.handleNack(nack, now).empty());
      } else if (const auto* report = std::get_if<rtp::ReceiverReport>(&message)) {
        for (const rtp::ReportBlock& block : report->blocks)
          stream.handleReportBlock(block, clock, now);
      } else if (const auto* fir = std::get_if<rtp::Fir>(&message)) {
        for (const rtp::Fir::Entry& entry : fir->entries)
          stream.handleFir(entry, now);
      } else if (std::holds_alternative<rtp::Pli>(message)) {
        stream.handlePli(now);
      }
    }
    (void)stream.takeKeyFrameRequest(now);
    require(stream.deadline() > now);
    require(stream.senderReport(clock, now).has_value());
  }
  return 0;
}
