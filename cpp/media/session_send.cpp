#include <algorithm>
#include <string_view>
#include <utility>

#include "cpp/media/session_parts.h"
#include "cpp/rtp/extension_values.h"

// From encoded frames to packets on the wire.
namespace rtc::media {
namespace {

/// Those of the start; what is asked later takes their place.
constexpr size_t kMaxHeldProbes = 2;

congestion::Priority priorityOf(Kind kind, PacketUse use) {
  switch (use) {
    case PacketUse::kRetransmission:
      return congestion::Priority::kRetransmission;
    case PacketUse::kPadding:
      return congestion::Priority::kPadding;
    case PacketUse::kMedia:
      return kind == Kind::kAudio ? congestion::Priority::kAudio : congestion::Priority::kVideo;
  }
  return congestion::Priority::kVideo;
}

/// What is written as a packet leaves: three bytes of time and two of the transport's sequence
/// number, each with a byte in front.
constexpr size_t kDepartureExtensions = 4 + 3;

bool wantsRtx(const SenderConfig& config) {
  return std::any_of(config.codecs.begin(), config.codecs.end(),
                     [](const Codec& codec) { return codec.rtxPayloadType.has_value(); });
}

/// RFC 6184 section 8.1: without the parameter it is mode 0.
bool isSingleNalUnit(std::string_view fmtp) {
  return fmtp.find("packetization-mode=1") == std::string_view::npos;
}

}  // namespace

rtp::Ssrc Session::Parts::drawSsrc() {
  // 0 stands for none in SDP of old, 1 for RTCP of browsers that send nothing.
  const uint32_t drawn = random.u32();
  // A source that is broken draws zeros; an SSRC is no secret.
  return rtp::Ssrc(drawn > 1 ? drawn : spareSsrc++);
}

void Session::Parts::configureEncodings(Sender& sender) {
  const auto& wanted = sender.config.encodings;
  // By rid; without simulcast there is one, whatever it was called.
  std::vector<Encoding> next;
  for (const SendEncoding& ids : wanted) {
    const auto old =
        std::find_if(sender.encodings.begin(), sender.encodings.end(), [&](const Encoding& one) {
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
      encoding.ids.ssrc = ssrc == rtp::Ssrc(0) ? drawSsrc() : ssrc;
    if (ids.rtxSsrc == rtp::Ssrc(0))
      encoding.ids.rtxSsrc = rtxSsrc == rtp::Ssrc(0) ? drawSsrc() : rtxSsrc;
    next.push_back(std::move(encoding));
  }
  for (const Encoding& gone : sender.encodings)
    pacer.discard(gone.ids.ssrc.value());
  sender.encodings = std::move(next);
  for (Encoding& encoding : sender.encodings) {
    if (!encoding.stream && !sender.config.codecs.empty()) {
      SendStreamOptions options;
      options.ssrc = encoding.ids.ssrc;
      options.mid = sender.config.mid;
      options.rid = encoding.ids.rid;
      encoding.stream = std::make_unique<SendStream>(options, sender.config.codecs[0], random);
    }
    if (encoding.stream) {
      encoding.stream->setExtensions(sender.config.extensions);
      encoding.stream->setRtxSsrc(wantsRtx(sender.config) ? std::optional(encoding.ids.rtxSsrc)
                                                          : std::nullopt);
    }
  }
}

void Session::Parts::sendFrame(Sender& sender, size_t index, payload::EncodedFrame frame,
                               Timestamp now) {
  using ExtensionKind = rtp::ExtensionKind;
  if (!isConnected || !sender.config.sends || index >= sender.encodings.size())
    return;
  Encoding& encoding = sender.encodings[index];
  if (!encoding.stream)
    return;
  const Codec* codec = sender.codecWith(frame.payloadType);
  if (codec == nullptr || codec->role != CodecRole::kMedia || !encoding.wish.active)
    return;
  if (encoding.packetizes != codec->payloadType) {
    payload::PacketizerOptions options;
    options.format = codec->format;
    options.singleNalUnits =
        codec->format == payload::Format::kH264 && isSingleNalUnit(codec->fmtp);
    options.seed = random.u32();
    encoding.packetizer = payload::createPacketizer(options);
    encoding.packetizes = codec->payloadType;
  }
  sender.codec = codec->payloadType;
  encoding.lastTimestamp = frame.timestamp;
  encoding.lastFrameAt = now;

  const rtp::ExtensionIds& ids = sender.config.extensions;
  OutgoingFrame outgoing;
  outgoing.timestamp = frame.timestamp;
  outgoing.capturedAt = frame.capturedAt.value_or(now);
  outgoing.csrcs = frame.csrcs;
  outgoing.isKey = sender.config.kind == Kind::kVideo && frame.video.isKey;
  outgoing.marksLast = sender.config.kind == Kind::kVideo;
  const auto put = [&](std::vector<rtp::Extension>& list, ExtensionKind kind, ByteSpan data) {
    if (ids.id(kind) != 0)
      list.push_back({ids.id(kind), toBytes(data)});
  };
  if (sender.config.kind == Kind::kAudio && frame.audio.level) {
    put(outgoing.extensions, ExtensionKind::kAudioLevel,
        rtp::writeAudioLevel({*frame.audio.level, frame.audio.isVoice}));
  }
  // 3GPP TS 26.114 section 7.4.5: with key frames and where it changes; upright to begin with.
  if (sender.config.kind == Kind::kVideo &&
      (frame.video.rotation != 0 || encoding.lastRotation != 0)) {
    put(outgoing.lastExtensions, ExtensionKind::kVideoOrientation,
        rtp::writeVideoOrientation({frame.video.rotation, false, false}));
  }
  // A receiver keeps to it until the next key frame, which begins without one.
  if (const auto& space = frame.video.colorSpace;
      space && (outgoing.isKey || space != encoding.lastColorSpace)) {
    put(outgoing.lastExtensions, ExtensionKind::kColorSpace, rtp::writeColorSpace(*space));
  }

  const Codec* red = sender.redFor(*codec);
  encoding.stream->setCodec(red == nullptr ? *codec : *red);
  payload::PayloadLimits room;
  room.max = kMaxRtpPacket -
             std::min(encoding.stream->overhead(outgoing, kDepartureExtensions), kMaxRtpPacket / 2);
  if (red == nullptr) {
    outgoing.payloads = encoding.packetizer->packetize(frame, room);
  } else if (!frame.data.empty()) {
    outgoing.payloads.push_back(encoding.red.wrap(frame.data, frame.timestamp, codec->payloadType));
  }
  if (!outgoing.payloads.empty()) {
    encoding.lastRotation = frame.video.rotation;
    encoding.lastColorSpace = frame.video.colorSpace;
  }
  const bool isKey = outgoing.isKey && !outgoing.payloads.empty();
  enqueue(sender, index, encoding.stream->packetize(std::move(outgoing), now), PacketUse::kMedia,
          now, isKey);
}

void Session::Parts::enqueue(Sender& sender, size_t encoding, std::vector<rtp::Packet> packets,
                             PacketUse use, Timestamp now, bool isKey) {
  for (size_t i = 0; i < packets.size(); ++i) {
    rtp::Packet& packet = packets[i];
    congestion::Pacer<Outgoing>::Item item;
    item.bytes = rtp::packetSize(packet) + kSrtpTag;
    item.priority = priorityOf(sender.config.kind, use);
    item.stream = sender.encodings[encoding].ids.ssrc.value();
    item.packet =
        Outgoing{std::move(packet), sender.id, encoding, use, isKey && i + 1 == packets.size()};
    pacer.enqueue(std::move(item), now);
  }
}

// --- tones

bool Session::Parts::beginTone(Sender& sender, uint8_t event, Duration duration, Timestamp now) {
  if (sender.encodings.empty() || !sender.encodings[0].stream)
    return false;
  const Codec* media = sender.codec ? sender.codecWith(*sender.codec) : nullptr;
  if (media == nullptr) {
    const auto first = std::find_if(sender.config.codecs.begin(), sender.config.codecs.end(),
                                    [](const Codec& codec) {
                                      return codec.role == CodecRole::kMedia &&
                                             codec.format != payload::Format::kTelephoneEvent;
                                    });
    media = first == sender.config.codecs.end() ? nullptr : &*first;
  }
  const Codec* tones = sender.telephoneEvents(media == nullptr ? 0 : media->clockRate);
  if (tones == nullptr)
    return false;
  // RFC 4733 section 2.5.1.1: on the clock of the sound, which the first tone begins where no sound
  // has.
  Encoding& encoding = sender.encodings[0];
  if (!encoding.lastFrameAt)
    encoding.lastFrameAt = now;
  const int64_t since = (now - *encoding.lastFrameAt).us() * tones->clockRate / 1'000'000;
  const rtp::RtpTime begin(encoding.lastTimestamp.value() + static_cast<uint32_t>(since));
  return sender.tones.start(event, duration, tones->clockRate, begin, now);
}

// RFC 4733 section 2.5.1: one timestamp, one sequence number more for each packet.
void Session::Parts::sendTones(Timestamp now) {
  for (const auto& sender : senders) {
    while (auto step = sender->tones.poll(now)) {
      if (sender->encodings.empty() || !sender->encodings[0].stream || !isConnected)
        continue;
      const Codec* media = sender->codec ? sender->codecWith(*sender->codec) : nullptr;
      const Codec* tones = sender->telephoneEvents(media == nullptr ? 0 : media->clockRate);
      if (tones == nullptr)
        continue;
      SendStream& stream = *sender->encodings[0].stream;
      OutgoingFrame outgoing;
      outgoing.payloads.push_back(std::move(step->payload));
      outgoing.timestamp = step->timestamp;
      // All of a tone is told with the time of its beginning; the sound tells more exactly.
      if (!sender->codec)
        outgoing.capturedAt = step->beganAt;
      outgoing.marksFirst = step->isFirst;
      const Codec before = stream.codec();
      stream.setCodec(*tones);
      enqueue(*sender, 0, stream.packetize(std::move(outgoing), now), PacketUse::kMedia, now);
      stream.setCodec(before);
      sender->encodings[0].red.interrupt();
    }
  }
}

// --- departure

void Session::Parts::depart(Timestamp now) {
  if (!isConnected)
    return;
  while (auto probe = controller.nextProbe()) {
    heldProbes.push_back(*probe);
    if (heldProbes.size() > kMaxHeldProbes)
      heldProbes.pop_front();
  }
  if (!heldProbes.empty() && canPad()) {
    for (const congestion::Probe& probe : std::exchange(heldProbes, {}))
      pacer.addProbe(probe, now);
  }
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
  if (outgoing.use == PacketUse::kPadding)
    encoding->stream->numberPadding(packet);
  // What is kept for those who ask again is without these.
  rtp::Packet leaving = packet;
  const rtp::ExtensionIds& ids = owner->config.extensions;
  leaving.setExtension(ids.id(rtp::ExtensionKind::kAbsoluteSendTime),
                       rtp::writeAbsoluteSendTime(rtp::absoluteSendTime(now)));
  std::optional<rtp::SequenceNumber> sequence;
  if (const uint8_t id = ids.id(rtp::ExtensionKind::kTransportSequenceNumber)) {
    sequence = rtp::SequenceNumber(nextTransportSequence++);
    leaving.setExtension(
        id, rtp::writeTransportSequenceNumber(rtp::TransportSequenceNumber(sequence->value())));
  }
  Bytes datagram = rtp::writePacket(leaving, kSrtpTag);
  controller.onPacketSent(sequence, datagram.size() + kSrtpTag, probe, now);
  if (outgoing.use != PacketUse::kPadding) {
    const size_t payload = outgoing.use == PacketUse::kMedia ? packet.payload.size() : 0;
    overhead.add(datagram.size() + kSrtpTag - payload, now);
  }
  if (outgoing.use == PacketUse::kMedia)
    encoding->packetSendDelay = encoding->packetSendDelay + waited;
  encoding->stream->sent(packet, outgoing.use, now);
  if (outgoing.endsKeyFrame)
    encoding->stream->keyFrameLeft(now);
  outputs.emplace_back(TransmitRtp{std::move(datagram)});
}

// Sound alone is too little for a probe, and has no stream to pad.
bool Session::Parts::canPad() const {
  return std::any_of(senders.begin(), senders.end(), [](const auto& sender) {
    return sender->config.kind == Kind::kVideo && sender->config.sends &&
           std::any_of(sender->encodings.begin(), sender->encodings.end(),
                       [](const Encoding& one) { return one.hasSent() && one.stream->canPad(); });
  });
}

// Padding tells the path's capacity when there is nothing to say.
bool Session::Parts::pad(size_t bytes, Timestamp now) {
  for (const auto& sender : senders) {
    if (sender->config.kind != Kind::kVideo || !sender->config.sends)
      continue;
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      Encoding& encoding = sender->encodings[i];
      if (!encoding.hasSent())
        continue;
      auto packets = encoding.stream->padding(bytes);
      if (packets.empty())
        continue;
      enqueue(*sender, i, std::move(packets), PacketUse::kPadding, now);
      return true;
    }
  }
  return false;
}

}  // namespace rtc::media
