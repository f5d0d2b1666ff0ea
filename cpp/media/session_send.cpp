#include <algorithm>
#include <string_view>
#include <utility>

#include "cpp/media/session_parts.h"
#include "cpp/rtp/extension_values.h"

// From encoded frames to packets on the wire.
namespace rtc::media {
namespace {

congestion::Priority priorityOf(Kind kind, SendPurpose purpose) {
  switch (purpose) {
    case SendPurpose::kRetransmission:
      return congestion::Priority::kRetransmission;
    case SendPurpose::kPadding:
      return congestion::Priority::kPadding;
    case SendPurpose::kMedia:
      return kind == Kind::kAudio ? congestion::Priority::kAudio : congestion::Priority::kVideo;
  }
  return congestion::Priority::kVideo;
}

/// RFC 4588 section 4: the original sequence number, in front of the payload.
constexpr size_t kRtxHeader = 2;

bool wantsRtx(const SenderConfig& config) {
  return std::any_of(config.codecs.begin(), config.codecs.end(),
                     [](const Codec& codec) { return codec.rtxPayloadType.has_value(); });
}

/// RFC 6184 section 8.1: without the parameter it is mode 0.
bool isSingleNalUnit(std::string_view fmtp) {
  return fmtp.find("packetization-mode=1") == std::string_view::npos;
}

rtp::Ssrc drawSsrc(RandomSource& random) {
  for (;;) {
    const uint32_t drawn = random.u32();
    // 0 stands for none in SDP of old, 1 for RTCP of browsers that send nothing.
    if (drawn > 1)
      return rtp::Ssrc(drawn);
  }
}

}  // namespace

void Session::Parts::configureEncodings(Sender& sender, Timestamp) {
  const auto& wanted = sender.config.encodings;
  // By rid; without simulcast there is one, whatever it was called.
  std::vector<Encoding> next;
  for (const SendEncoding& ids : wanted) {
    const auto old = std::find_if(
        sender.encodings.begin(), sender.encodings.end(), [&](const Encoding& one) {
          return one.ids.rid == ids.rid || (wanted.size() == 1 && sender.encodings.size() == 1);
        });
    Encoding encoding;
    if (old != sender.encodings.end()) {
      encoding = std::move(*old);
      sender.encodings.erase(old);
    }
    const bool isOther = ids.ssrc != rtp::Ssrc(0) && ids.ssrc != encoding.ids.ssrc;
    if (isOther)
      encoding.stream.reset();
    const rtp::Ssrc ssrc = encoding.ids.ssrc;
    const rtp::Ssrc rtxSsrc = encoding.ids.rtxSsrc;
    encoding.ids = ids;
    if (ids.ssrc == rtp::Ssrc(0))
      encoding.ids.ssrc = ssrc == rtp::Ssrc(0) ? drawSsrc(random) : ssrc;
    if (ids.rtxSsrc == rtp::Ssrc(0))
      encoding.ids.rtxSsrc = rtxSsrc == rtp::Ssrc(0) ? drawSsrc(random) : rtxSsrc;
    next.push_back(std::move(encoding));
  }
  for (const Encoding& gone : sender.encodings)
    pacer.discard(gone.ids.ssrc.value());
  sender.encodings = std::move(next);
  for (Encoding& encoding : sender.encodings) {
    if (!encoding.stream) {
      SendStreamConfig config;
      config.ssrc = encoding.ids.ssrc;
      if (wantsRtx(sender.config))
        config.rtxSsrc = encoding.ids.rtxSsrc;
      encoding.stream = std::make_unique<SendStream>(config, random);
    }
    encoding.packetizes.reset();
  }
}

// What the packets of an encoding have in common, as long as they will be at most.
rtp::Packet Session::Parts::templateFor(const Sender& sender, const Encoding& encoding) const {
  using Kind = rtp::ExtensionKind;
  const rtp::ExtensionIds& ids = sender.config.extensions;
  rtp::Packet packet;
  packet.ssrc = encoding.ids.ssrc;
  const auto add = [&](Kind kind, ByteSpan data) {
    if (ids.id(kind) != 0)
      packet.setExtension(ids.id(kind), data);
  };
  if (encoding.stream->needsIdentification()) {
    add(Kind::kMid, asBytes(sender.config.mid));
    if (!encoding.ids.rid.empty())
      add(Kind::kRtpStreamId, asBytes(encoding.ids.rid));
  }
  // Filled in as they leave.
  add(Kind::kAbsoluteSendTime, rtp::writeAbsoluteSendTime(rtp::AbsoluteSendTime(0)));
  add(Kind::kTransportSequenceNumber,
      rtp::writeTransportSequenceNumber(rtp::TransportSequenceNumber(0)));
  return packet;
}

void Session::Parts::sendFrame(Sender& sender, size_t index, payload::EncodedFrame frame,
                               Timestamp now) {
  using ExtensionKind = rtp::ExtensionKind;
  if (!isConnected || !sender.config.sends || index >= sender.encodings.size())
    return;
  Encoding& encoding = sender.encodings[index];
  const Codec* codec = sender.codecWith(frame.payloadType);
  if (codec == nullptr || codec->role != CodecRole::kMedia || !encoding.wish.active)
    return;
  if (encoding.packetizes != codec->payloadType) {
    payload::PacketizerOptions options;
    options.format = codec->format;
    options.singleNalUnits = codec->format == payload::Format::kH264 && isSingleNalUnit(codec->fmtp);
    options.seed = random.u32();
    encoding.packetizer = payload::createPacketizer(options);
    encoding.packetizes = codec->payloadType;
  }
  sender.codec = codec->payloadType;

  rtp::Packet base = templateFor(sender, encoding);
  const rtp::ExtensionIds& ids = sender.config.extensions;
  if (sender.config.kind == Kind::kAudio && frame.audio.level)
    base.setExtension(ids.id(ExtensionKind::kAudioLevel),
                      rtp::writeAudioLevel({*frame.audio.level, frame.audio.isVoice}));
  if (frame.video.rotation != 0)
    base.setExtension(ids.id(ExtensionKind::kVideoOrientation),
                      rtp::writeVideoOrientation({frame.video.rotation, false, false}));
  base.csrcs = frame.csrcs;

  payload::PayloadLimits limits;
  limits.max = kMaxRtpPacket - rtp::packetSize(base) - kRtxHeader;
  auto payloads = encoding.packetizer->packetize(frame, limits);
  if (payloads.empty())
    return;
  SendStream::Frame sent;
  sent.payloadType = codec->payloadType;
  sent.rtxPayloadType = codec->rtxPayloadType;
  sent.clockRate = codec->clockRate;
  sent.timestamp = frame.timestamp;
  sent.capturedAt = frame.capturedAt.value_or(now);
  // A spurt of sound begins with a marker (RFC 3551 section 4.1), a picture ends with one.
  sent.isVideo = sender.config.kind == Kind::kVideo;
  auto packets = encoding.stream->packetize(std::move(payloads), base, sent, now);
  ++encoding.framesSent;
  enqueue(sender, index, std::move(packets), SendPurpose::kMedia, now);
}

void Session::Parts::enqueue(Sender& sender, size_t encoding, std::vector<rtp::Packet> packets,
                             SendPurpose purpose, Timestamp now) {
  for (rtp::Packet& packet : packets) {
    congestion::Pacer<Outgoing>::Item item;
    item.bytes = rtp::packetSize(packet) + kSrtpTag;
    item.priority = priorityOf(sender.config.kind, purpose);
    item.stream = sender.encodings[encoding].ids.ssrc.value();
    item.packet = Outgoing{std::move(packet), sender.id, encoding, purpose};
    pacer.enqueue(std::move(item), now);
  }
}

// --- tones

bool Session::Parts::beginTone(Sender& sender, uint8_t event, Duration duration, Timestamp now) {
  if (sender.encodings.empty())
    return false;
  const Codec* media = sender.codec ? sender.codecWith(*sender.codec) : nullptr;
  if (media == nullptr) {
    const auto first = std::find_if(
        sender.config.codecs.begin(), sender.config.codecs.end(), [](const Codec& codec) {
          return codec.role == CodecRole::kMedia &&
                 codec.format != payload::Format::kTelephoneEvent;
        });
    media = first == sender.config.codecs.end() ? nullptr : &*first;
  }
  const Codec* tones = sender.telephoneEvents(media == nullptr ? 0 : media->clockRate);
  if (tones == nullptr)
    return false;
  return sender.tones.start(event, duration, tones->clockRate,
                            sender.encodings[0].stream->timestampAt(tones->clockRate, now), now);
}

// RFC 4733 section 2.5.1: one timestamp, one sequence number more for each packet.
void Session::Parts::sendTones(Timestamp now) {
  for (const auto& sender : senders) {
    while (auto step = sender->tones.poll(now)) {
      if (sender->encodings.empty() || !isConnected)
        continue;
      const Codec* media = sender->codec ? sender->codecWith(*sender->codec) : nullptr;
      const Codec* tones = sender->telephoneEvents(media == nullptr ? 0 : media->clockRate);
      if (tones == nullptr)
        continue;
      Encoding& encoding = sender->encodings[0];
      std::vector<Bytes> payloads;
      payloads.push_back(std::move(step->payload));
      auto packets = encoding.stream->packetizeAt(std::move(payloads),
                                                  templateFor(*sender, encoding),
                                                  tones->payloadType, step->timestamp,
                                                  step->isFirst, now);
      enqueue(*sender, 0, std::move(packets), SendPurpose::kMedia, now);
    }
  }
}

// --- departure

void Session::Parts::depart(Timestamp now) {
  if (!isConnected)
    return;
  while (auto probe = controller.nextProbe())
    pacer.addProbe(*probe, now);
  for (;;) {
    bool hasLeft = false;
    while (auto departure = pacer.next(now)) {
      hasLeft = true;
      transmit(std::move(departure->item.packet), departure->probe, departure->waited, now);
    }
    const size_t padding = pacer.paddingDue(now);
    if (padding == 0 || !pad(padding, now))
      return;
    if (!hasLeft && pacer.queuedPackets() == 0)
      return;
  }
}

void Session::Parts::transmit(Outgoing outgoing, std::optional<congestion::ProbeId> probe,
                              Duration waited, Timestamp now) {
  Encoding* encoding = encodingOf(outgoing);
  const Sender* owner = sender(outgoing.sender);
  if (encoding == nullptr || !encoding->stream)
    return;
  rtp::Packet& packet = outgoing.packet;
  const rtp::ExtensionIds& ids = owner->config.extensions;
  const uint8_t sendTime = ids.id(rtp::ExtensionKind::kAbsoluteSendTime);
  if (packet.extension(sendTime))
    packet.setExtension(sendTime, rtp::writeAbsoluteSendTime(rtp::absoluteSendTime(now)));
  std::optional<rtp::SequenceNumber> sequence;
  const uint8_t transport = ids.id(rtp::ExtensionKind::kTransportSequenceNumber);
  if (packet.extension(transport)) {
    sequence = rtp::SequenceNumber(nextTransportSequence++);
    packet.setExtension(transport, rtp::writeTransportSequenceNumber(
                                       rtp::TransportSequenceNumber(sequence->value())));
  }
  Bytes datagram = rtp::writePacket(packet, kSrtpTag);
  controller.onPacketSent(sequence, datagram.size() + kSrtpTag, probe, now);
  if (outgoing.purpose == SendPurpose::kMedia)
    encoding->packetSendDelay += waited;
  encoding->stream->packetLeft(packet, outgoing.purpose, now);
  outputs.emplace_back(TransmitRtp{std::move(datagram)});
}

// Padding tells the path's capacity when there is nothing to say. What was sent lately is worth
// more than zeros: it mends losses that nobody has reported yet.
bool Session::Parts::pad(size_t bytes, Timestamp now) {
  for (const auto& sender : senders) {
    if (sender->config.kind != Kind::kVideo || !sender->config.sends)
      continue;
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      Encoding& encoding = sender->encodings[i];
      if (!encoding.stream || !encoding.stream->hasSent())
        continue;
      auto packets = encoding.stream->makePadding(bytes, now);
      if (packets.empty())
        continue;
      enqueue(*sender, i, std::move(packets), SendPurpose::kPadding, now);
      return true;
    }
  }
  return false;
}

}  // namespace rtc::media
