#include "cpp/media/send_stream.h"

#include <algorithm>

namespace rtc::media {
namespace {

using rtp::ExtensionKind;

constexpr size_t kMaxPadding = 255;
/// What one NACK gets; who misses more asks again.
constexpr size_t kMaxAnswers = 250;

/// RFC 3711 section 3.3.1 guesses wraps from sequence numbers: beginning in the lower half, a lost
/// first packet cannot be mistaken for one before a wrap. Not at zero, which some take for unset.
uint16_t firstNumber(RandomSource& random) {
  return static_cast<uint16_t>(1 + random.below(0x7fff));
}

void addExtensions(rtp::Packet& packet, const std::vector<rtp::Extension>& extensions) {
  for (const rtp::Extension& extension : extensions)
    packet.setExtension(extension.id, extension.data);
}

}  // namespace

SendStream::SendStream(const SendStreamOptions& options, const Codec& codec, RandomSource& random)
    : options_(options),
      timestampOffset_(random.u32()),
      nextNumber_(firstNumber(random)),
      nextRtxNumber_(firstNumber(random)),
      history_(options.history) {
  setCodec(codec);
}

void SendStream::setCodec(const Codec& codec) {
  codec_ = codec;
  rtxTypes_[codec.payloadType.value() & 0x7f] = codec.rtxPayloadType;
}

void SendStream::setRtxSsrc(std::optional<rtp::Ssrc> ssrc) {
  if (ssrc != options_.rtxSsrc)
    isRtxAcknowledged_ = false;
  options_.rtxSsrc = ssrc;
}

void SendStream::addNames(rtp::Packet& packet, ExtensionKind streamId) const {
  if (!options_.mid.empty())
    packet.setExtension(options_.extensions.id(ExtensionKind::kMid), asBytes(options_.mid));
  if (!options_.rid.empty())
    packet.setExtension(options_.extensions.id(streamId), asBytes(options_.rid));
}

std::vector<rtp::Packet> SendStream::packetize(OutgoingFrame frame, Timestamp now) {
  std::vector<rtp::Packet> packets;
  if (frame.payloads.empty())
    return packets;
  packets.reserve(frame.payloads.size());
  for (size_t i = 0; i < frame.payloads.size(); ++i) {
    const bool isFirst = i == 0;
    const bool isLast = i + 1 == frame.payloads.size();
    rtp::Packet packet;
    packet.marker = (isFirst && frame.marksFirst) || (isLast && frame.marksLast);
    packet.payloadType = codec_.payloadType;
    packet.sequenceNumber = takeNumber(nextNumber_);
    packet.timestamp = wireTime(frame.timestamp);
    packet.ssrc = options_.ssrc;
    packet.csrcs = frame.csrcs;
    if (!isAcknowledged_)
      addNames(packet);
    addExtensions(packet, frame.extensions);
    if (isFirst)
      addExtensions(packet, frame.firstExtensions);
    if (isLast)
      addExtensions(packet, frame.lastExtensions);
    packet.payload = std::move(frame.payloads[i]);
    packets.push_back(std::move(packet));
  }
  if (frame.capturedAt)
    clock_ = Clock{wireTime(frame.timestamp), *frame.capturedAt, codec_.clockRate};
  ++counters_.framesSent;
  if (frame.isKey && !packets.empty()) {
    ++counters_.keyFramesSent;
    keyFrames_.made(now);
    keyFrames_.waits();
  }
  return packets;
}

size_t SendStream::overhead(const OutgoingFrame& frame, size_t others) const {
  rtp::Packet packet;
  packet.csrcs = frame.csrcs;
  addNames(packet);
  addExtensions(packet, frame.extensions);
  addExtensions(packet, frame.firstExtensions);
  addExtensions(packet, frame.lastExtensions);
  // With an extension of the caller's the block may begin here, and it may need another word.
  constexpr size_t kBlockHeader = 4;
  constexpr size_t kAlignment = 3;
  return rtp::packetSize(packet) +
         (others == 0 ? 0 : others + kAlignment + (packet.extensions.empty() ? kBlockHeader : 0)) +
         (options_.rtxSsrc ? kRtxHeaderSize : 0);
}

void SendStream::sent(const rtp::Packet& packet, PacketUse use, Timestamp now) {
  ++counters_.packetsSent;
  counters_.bytesSent += packet.payload.size();
  counters_.headerBytesSent += rtp::packetSize(packet) - packet.payload.size();
  counters_.lastPacketAt = now;
  if (packet.ssrc == options_.ssrc) {
    if (use == PacketUse::kMedia) {
      sentTimestamp_ = packet.timestamp;
      hasSentWhole_ = packet.marker;
    }
    ++ownPackets_;
    ownBytes_ += static_cast<uint32_t>(packet.payload.size());
  }
  if (use == PacketUse::kRetransmission) {
    ++counters_.retransmittedPacketsSent;
    counters_.retransmittedBytesSent += packet.payload.size();
    if (const auto number = repeatedNumber(packet))
      history_.left(*number, now);
  } else if (packet.ssrc == options_.ssrc && codec_.hasNack) {
    history_.insert(packet, now);
  }
}

// RFC 4588 section 4: the number of what it repeats stands first in the payload.
std::optional<rtp::SequenceNumber> SendStream::repeatedNumber(const rtp::Packet& packet) const {
  if (packet.ssrc == options_.ssrc)
    return packet.sequenceNumber;
  const auto number = ByteReader(packet.payload).u16();
  return number ? std::optional(rtp::SequenceNumber(*number)) : std::nullopt;
}

bool SendStream::canPad() const {
  const bool hasRtx = options_.rtxSsrc && codec_.rtxPayloadType;
  const bool isMeasured = options_.extensions.id(ExtensionKind::kTransportSequenceNumber) != 0 ||
                          options_.extensions.id(ExtensionKind::kAbsoluteSendTime) != 0;
  return hasRtx || (hasSentWhole_ && isMeasured);
}

void SendStream::numberPadding(rtp::Packet& packet) {
  if (packet.ssrc == options_.ssrc)
    packet.sequenceNumber = takeNumber(nextNumber_);
}

void SendStream::takeBack(rtp::SequenceNumber number, rtp::RtpTime timestamp) {
  // The rest of a frame that has left in part stays missing, or that part would look whole.
  const bool isCut = sentTimestamp_ == timestamp;
  nextNumber_ = static_cast<uint16_t>(number.value() + (isCut ? 1 : 0));
  keyFrames_.discarded();
}

std::vector<rtp::Packet> SendStream::handleNack(const rtp::Nack& nack, Timestamp now) {
  std::vector<rtp::Packet> packets;
  if (nack.media != options_.ssrc)
    return packets;
  ++counters_.nackCount;
  for (const rtp::SequenceNumber number : nack.lost) {
    if (packets.size() == kMaxAnswers)
      break;
    const rtp::Packet* kept = history_.retransmit(number, now);
    if (kept == nullptr)
      continue;
    rtp::Packet original = *kept;
    const auto rtxType = rtxTypes_[original.payloadType.value() & 0x7f];
    const bool inItsOwn = options_.rtxSsrc && rtxType;
    if (!(inItsOwn ? isRtxAcknowledged_ : isAcknowledged_))
      addNames(original);
    if (inItsOwn) {
      packets.push_back(wrapRtx(original, {*options_.rtxSsrc, *rtxType}, takeNumber(nextRtxNumber_),
                                options_.extensions));
    } else {
      packets.push_back(std::move(original));
    }
  }
  return packets;
}

void SendStream::handlePli(Timestamp now) {
  ++counters_.pliCount;
  keyFrames_.requested(now);
}

void SendStream::handleFir(const rtp::Fir::Entry& entry, Timestamp now) {
  ++counters_.firCount;
  keyFrames_.requested(entry.number, now);
}

void SendStream::handleReportBlock(const rtp::ReportBlock& block, const rtp::NtpClock& clock,
                                   Timestamp now) {
  if (block.source == options_.rtxSsrc) {
    isRtxAcknowledged_ = true;
    return;
  }
  if (block.source != options_.ssrc)
    return;
  isAcknowledged_ = true;
  RemoteReceiver remote;
  remote.fractionLost = block.fractionLost / 256.0;
  remote.packetsLost = block.cumulativeLost;
  remote.jitterUnits = block.jitter;
  remote.jitter = codec_.clockRate == 0 ? 0 : block.jitter / static_cast<double>(codec_.clockRate);
  remote.extendedHighest = block.extendedHighest;
  remote.receivedAt = now;
  remoteReceiver_ = remote;
  const auto trip =
      roundTripOf(block.lastSenderReport, block.delaySinceSenderReport, clock.at(now).compact());
  if (!trip)
    return;
  roundTrip_.measured(*trip);
  if (const auto smoothed = roundTrip_.smoothed()) {
    history_.setRoundTrip(*smoothed);
    keyFrames_.setRoundTrip(*smoothed);
  }
}

std::optional<rtp::SenderReport> SendStream::senderReport(const rtp::NtpClock& clock,
                                                          Timestamp now) const {
  if (!clock_ || ownPackets_ == 0)
    return std::nullopt;
  rtp::SenderReport report;
  report.sender = options_.ssrc;
  report.ntpTime = clock.at(now);
  // RFC 3550 section 6.4.1 wants the timestamp of this very moment, not that of the last frame.
  const int64_t since = (now - clock_->capturedAt).us() * clock_->rate / 1'000'000;
  report.rtpTime = rtp::RtpTime(clock_->timestamp.value() + static_cast<uint32_t>(since));
  report.packetCount = ownPackets_;
  report.octetCount = ownBytes_;
  return report;
}

std::vector<rtp::Packet> SendStream::padding(size_t bytes) {
  std::vector<rtp::Packet> packets;
  const bool hasRtx = options_.rtxSsrc && codec_.rtxPayloadType;
  if (!clock_ || !canPad())
    return packets;
  while (bytes > 0) {
    rtp::Packet packet;
    packet.timestamp = clock_->timestamp;
    if (hasRtx) {
      packet.payloadType = *codec_.rtxPayloadType;
      packet.sequenceNumber = takeNumber(nextRtxNumber_);
      packet.ssrc = *options_.rtxSsrc;
      if (!isRtxAcknowledged_)
        addNames(packet, ExtensionKind::kRepairedRtpStreamId);
    } else {
      packet.payloadType = codec_.payloadType;
      packet.ssrc = options_.ssrc;
      if (!isAcknowledged_)
        addNames(packet);
    }
    packet.padding = static_cast<uint8_t>(std::min(bytes, kMaxPadding));
    bytes -= std::min(bytes, rtp::packetSize(packet));
    packets.push_back(std::move(packet));
  }
  return packets;
}

}  // namespace rtc::media
