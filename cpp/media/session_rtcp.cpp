#include <algorithm>
#include <utility>
#include <variant>

#include "cpp/media/session_parts.h"
#include "cpp/rtp/rtcp_transport_feedback.h"

// RTCP: what the peer reports of our streams, and what we report of its.
namespace rtc::media {
namespace {

/// RFC 3550 section 6.4.1: a report has room for 31 blocks.
constexpr size_t kMaxBlocks = 31;

}  // namespace

// --- from the peer

void Session::Parts::handleRtcp(ByteSpan datagram, Timestamp now) {
  for (const rtp::RtcpMessage& message : rtp::readRtcp(datagram))
    std::visit([&](const auto& one) { handle(one, now); }, message);
  answerReferenceTimes();
  for (const auto& receiver : receivers)
    drain(*receiver, now);
  allocate(now);
}

std::pair<Sender*, Encoding*> Session::Parts::encodingWith(rtp::Ssrc ssrc) {
  for (const auto& sender : senders) {
    for (Encoding& encoding : sender->encodings) {
      if (encoding.ids.ssrc == ssrc || encoding.ids.rtxSsrc == ssrc)
        return {sender.get(), &encoding};
    }
  }
  return {nullptr, nullptr};
}

void Session::Parts::handle(const rtp::SenderReport& report, Timestamp now) {
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams) {
      if (stream->ssrc() != report.sender || !stream->handleSenderReport(report, now))
        continue;
      if (syncedAudio && syncedAudio->ssrc == report.sender)
        lipSync.audioReport(report.ntpTime.value(), report.rtpTime);
      if (syncedVideo && syncedVideo->ssrc == report.sender)
        lipSync.videoReport(report.ntpTime.value(), report.rtpTime);
    }
  }
  handleBlocks(report.blocks, now);
  synchronize(now);
}

void Session::Parts::handle(const rtp::ReceiverReport& report, Timestamp now) {
  handleBlocks(report.blocks, now);
}

// The loss of all streams together, each by what it sends; the round trip of whichever tells it.
void Session::Parts::handleBlocks(const std::vector<rtp::ReportBlock>& blocks, Timestamp now) {
  double lost = 0;
  double packets = 0;
  std::optional<Duration> roundTrip;
  for (const rtp::ReportBlock& block : blocks) {
    const auto [sender, encoding] = encodingWith(block.source);
    if (encoding == nullptr || !encoding->stream)
      continue;
    SendStream& stream = *encoding->stream;
    const uint64_t measured = stream.roundTrip().measurements();
    stream.handleReportBlock(block, clock, now);
    if (stream.roundTrip().measurements() > measured)
      roundTrip = stream.roundTrip().latest();
    if (block.source != encoding->ids.ssrc)
      continue;
    const uint64_t sent = stream.counters().packetsSent;
    const auto weight = static_cast<double>(sent - encoding->reportedPackets);
    encoding->reportedPackets = sent;
    lost += static_cast<double>(block.fractionLost) / 256 * weight;
    packets += weight;
  }
  if (packets > 0 || roundTrip)
    controller.onReceiverReport(packets > 0 ? lost / packets : 0, roundTrip, now);
}

// RFC 3550 section 6.6. The stream is over; the track that it fed falls silent.
void Session::Parts::handle(const rtp::Bye& bye, Timestamp) {
  for (const rtp::Ssrc ssrc : bye.sources) {
    for (const auto& receiver : receivers) {
      const size_t before = receiver->streams.size();
      std::erase_if(receiver->streams, [&](const auto& one) { return one->ssrc() == ssrc; });
      if (receiver->streams.size() == before)
        continue;
      if (receiver->streams.empty() && std::exchange(receiver->isActive, false))
        emit(ReceivingChanged{receiver->id, false});
    }
  }
}

void Session::Parts::handle(const rtp::Nack& nack, Timestamp now) {
  const auto [sender, encoding] = encodingWith(nack.media);
  if (encoding == nullptr || !encoding->stream)
    return;
  enqueue(*sender, static_cast<size_t>(encoding - sender->encodings.data()),
          encoding->stream->handleNack(nack, now), PacketUse::kRetransmission, now);
}

void Session::Parts::handle(const rtp::Pli& pli, Timestamp now) {
  const auto [sender, encoding] = encodingWith(pli.media);
  if (encoding != nullptr && encoding->stream && sender->config.kind == Kind::kVideo)
    encoding->stream->handlePli(now);
  askForKeyFrames(now);
}

void Session::Parts::handle(const rtp::Fir& fir, Timestamp now) {
  for (const rtp::Fir::Entry& entry : fir.entries) {
    const auto [sender, encoding] = encodingWith(entry.source);
    if (encoding != nullptr && encoding->stream && sender->config.kind == Kind::kVideo)
      encoding->stream->handleFir(entry, now);
  }
  askForKeyFrames(now);
}

void Session::Parts::askForKeyFrames(Timestamp now) {
  for (const auto& sender : senders) {
    if (sender->config.kind != Kind::kVideo)
      continue;
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      Encoding& encoding = sender->encodings[i];
      if (!encoding.stream || !encoding.stream->takeKeyFrameRequest(now))
        continue;
      // Who wants a key frame has no use for what comes before it.
      if (backlog.isHeld())
        discardWaiting(encoding);
      emit(KeyFrameRequested{sender->id, i});
    }
  }
}

void Session::Parts::handle(const rtp::Remb& remb, Timestamp now) {
  controller.onRemb(remb.bitsPerSecond, now);
}

// RFC 3611 section 4.5: whoever sends nothing measures round trips by it.
void Session::Parts::handle(const rtp::ExtendedReport& report, Timestamp) {
  if (report.referenceTime && isConnected && dlrrs.size() < kMaxBlocks)
    dlrrs.push_back({report.sender, report.referenceTime->compact(), rtp::CompactNtp(0)});
}

// One answer to a datagram, however many it asks for.
void Session::Parts::answerReferenceTimes() {
  if (dlrrs.empty())
    return;
  rtp::ExtendedReport answer;
  answer.sender = reportingSsrc();
  answer.dlrrs = std::exchange(dlrrs, {});
  sendFeedback({std::move(answer)}, usesReducedSize());
}

void Session::Parts::handle(const rtp::TransportFeedbackBody& body, Timestamp now) {
  if (const auto feedback = rtp::readTransportFeedback(body.fci))
    controller.onTransportFeedback(*feedback, now);
}

// --- to the peer

rtp::Ssrc Session::Parts::reportingSsrc() const {
  for (const auto& sender : senders) {
    for (const Encoding& encoding : sender->encodings) {
      if (encoding.hasSent())
        return encoding.ids.ssrc;
    }
  }
  return ownSsrc;
}

std::string Session::Parts::cname() const {
  for (const auto& sender : senders) {
    if (!sender->config.cname.empty())
      return sender->config.cname;
  }
  return {};
}

bool Session::Parts::usesReducedSize() const {
  return std::any_of(senders.begin(), senders.end(),
                     [](const auto& one) { return one->config.reducedSize; }) ||
         std::any_of(receivers.begin(), receivers.end(),
                     [](const auto& one) { return one->config.reducedSize; });
}

void Session::Parts::sendReports(Timestamp now) {
  // RFC 3550 section 6.2: randomised, so that reports of many do not fall together.
  reportAt = now + kReportInterval / 2 +
             Duration::microseconds(random.below(static_cast<uint32_t>(kReportInterval.us())));
  if (!isConnected)
    return;
  std::vector<rtp::ReportBlock> blocks;
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams) {
      if (auto block = stream->takeReportBlock(now))
        blocks.push_back(*block);
    }
  }
  const auto takeBlocks = [&] {
    const auto end =
        blocks.begin() + static_cast<std::ptrdiff_t>(std::min(blocks.size(), kMaxBlocks));
    std::vector<rtp::ReportBlock> taken(blocks.begin(), end);
    blocks.erase(blocks.begin(), end);
    return taken;
  };
  std::vector<rtp::RtcpMessage> messages;
  rtp::SourceDescription description;
  for (const auto& sender : senders) {
    for (const Encoding& encoding : sender->encodings) {
      auto report = encoding.stream ? encoding.stream->senderReport(clock, now) : std::nullopt;
      if (!report)
        continue;
      report->blocks = takeBlocks();
      messages.emplace_back(std::move(*report));
      description.chunks.push_back({encoding.ids.ssrc, sender->config.cname});
    }
  }
  if (messages.empty()) {
    if (blocks.empty())
      return;
    messages.emplace_back(rtp::ReceiverReport{ownSsrc, takeBlocks()});
    description.chunks.push_back({ownSsrc, cname()});
  }
  // "additional RR packets SHOULD follow the initial SR or RR packet" (section 6.4.2).
  while (!blocks.empty())
    messages.emplace_back(rtp::ReceiverReport{reportingSsrc(), takeBlocks()});
  messages.emplace_back(std::move(description));
  for (Bytes& compound : rtp::writeRtcpCompounds(messages, kMaxRtpPacket))
    outputs.emplace_back(TransmitRtcp{std::move(compound)});
}

// RFC 4585 section 3.1: a compound packet begins with a report and has a CNAME; RFC 5506 lets both
// be left out.
void Session::Parts::sendFeedback(std::vector<rtp::RtcpMessage> messages, bool reducedSize) {
  if (!isConnected || messages.empty())
    return;
  if (!reducedSize) {
    std::vector<rtp::RtcpMessage> front;
    front.emplace_back(rtp::ReceiverReport{reportingSsrc(), {}});
    front.emplace_back(rtp::SourceDescription{{{reportingSsrc(), cname()}}});
    messages.insert(messages.begin(), front.begin(), front.end());
  }
  outputs.emplace_back(TransmitRtcp{rtp::writeRtcp(messages)});
}

// draft-alvestrand-rmcat-remb-03: one bitrate for all of the streams that it names.
void Session::Parts::sendRemb(Timestamp now) {
  const auto bitrate = receiverEstimate ? receiverEstimate->next(now) : std::nullopt;
  if (!bitrate)
    return;
  rtp::Remb remb{reportingSsrc(), *bitrate, {}};
  for (const auto& receiver : receivers) {
    const bool hasRemb = std::any_of(receiver->config.codecs.begin(), receiver->config.codecs.end(),
                                     [](const Codec& codec) { return codec.hasRemb; });
    for (const auto& stream : receiver->streams) {
      if (hasRemb)
        remb.sources.push_back(stream->ssrc());
    }
  }
  if (!remb.sources.empty())
    sendFeedback({std::move(remb)}, usesReducedSize());
}

// RFC 3550 section 6.6; those who never sent have nothing to say it with (section 6.3.7).
void Session::Parts::endStreams(Sender& sender) {
  rtp::Bye bye;
  for (Encoding& encoding : sender.encodings) {
    if (encoding.hasSent())
      bye.sources.push_back(encoding.ids.ssrc);
    encoding.stream.reset();
  }
  if (!bye.sources.empty())
    sendFeedback({std::move(bye)}, false);
}

}  // namespace rtc::media
