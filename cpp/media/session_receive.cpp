#include <algorithm>
#include <string_view>
#include <utility>

#include "cpp/media/lip_sync.h"
#include "cpp/media/session_parts.h"
#include "cpp/rtp/extension_values.h"

// From packets to frames.
namespace rtc::media {

void Session::Parts::rebuildExtensions() {
  receiveExtensions = {};
  for (const auto& receiver : receivers) {
    for (size_t i = 0; i < rtp::kExtensionKinds; ++i) {
      const auto kind = static_cast<rtp::ExtensionKind>(i);
      if (const uint8_t id = receiver->config.extensions.id(kind))
        receiveExtensions.set(kind, id);
    }
  }
}

void Session::Parts::handleRtp(ByteSpan datagram, Timestamp now) {
  auto packet = rtp::readPacket(datagram);
  if (!packet)
    return;
  const auto extension = [&](rtp::ExtensionKind kind) -> std::optional<ByteSpan> {
    const uint8_t id = receiveExtensions.id(kind);
    return id == 0 ? std::nullopt : packet->extension(id);
  };
  // Of padding and of what nobody wants as well: all of it has come over the path.
  if (const auto data = extension(rtp::ExtensionKind::kTransportSequenceNumber)) {
    if (const auto sequence = rtp::readTransportSequenceNumber(*data)) {
      arrivals.received(rtp::SequenceNumber(sequence->value()), datagram.size() + kSrtpTag, now);
      lastReceived = packet->ssrc;
    }
  } else if (const auto sentAt = extension(rtp::ExtensionKind::kAbsoluteSendTime)) {
    if (const auto time = rtp::readAbsoluteSendTime(*sentAt)) {
      if (!receiverEstimate)
        receiverEstimate.emplace(limits);
      receiverEstimate->setRoundTrip(roundTrip());
      receiverEstimate->received(time->value(), datagram.size() + kSrtpTag, now);
    }
  }
  std::optional<std::string> mid;
  if (const auto data = extension(rtp::ExtensionKind::kMid))
    mid = rtp::readMid(*data);
  const auto id =
      demuxer.route(*packet, mid ? std::optional<std::string_view>(*mid) : std::nullopt);
  Receiver* owner = id ? receiver(*id) : nullptr;
  if (owner == nullptr || !owner->config.receives)
    return;
  ReceiveStream* stream = streamFor(*owner, *packet, now);
  if (stream == nullptr)
    return;
  // webrtc-pc section 5.3: packets unmute a track, padding does not.
  if (!packet->payload.empty() && !std::exchange(owner->isActive, true))
    emit(ReceivingChanged{owner->id, true});
  stream->handlePacket(std::move(*packet), receiveExtensions, now);
  drain(*owner, now);
  boundHeld();
  sendTransportFeedback(now);
  sendRemb(now);
}

// A packet of retransmissions goes to the stream that it repeats (RFC 4588 section 5.3 leaves it to
// signalling or to guessing; with one stream in a section there is nothing to guess).
ReceiveStream* Session::Parts::streamFor(Receiver& owner, const rtp::Packet& packet,
                                         Timestamp now) {
  const bool isRtx =
      std::any_of(owner.config.codecs.begin(), owner.config.codecs.end(),
                  [&](const Codec& codec) { return codec.rtxPayloadType == packet.payloadType; });
  for (const AnnouncedStream& announced : owner.config.announced) {
    if (announced.rtxSsrc != packet.ssrc || announced.rtxSsrc == rtp::Ssrc(0))
      continue;
    for (const auto& stream : owner.streams) {
      if (stream->ssrc() == announced.ssrc)
        return stream.get();
    }
    return nullptr;
  }
  if (isRtx)
    return owner.streams.empty() ? nullptr : owner.streams.back().get();
  const auto known =
      std::find_if(owner.streams.begin(), owner.streams.end(),
                   [&](const auto& stream) { return stream->ssrc() == packet.ssrc; });
  if (known != owner.streams.end())
    return known->get();
  const bool isOurs =
      std::any_of(owner.config.codecs.begin(), owner.config.codecs.end(),
                  [&](const Codec& codec) { return codec.payloadType == packet.payloadType; });
  if (!isOurs)
    return nullptr;
  if (owner.streams.size() == kMaxReceiveStreams) {
    owner.streams.erase(
        std::min_element(owner.streams.begin(), owner.streams.end(),
                         [](const auto& a, const auto& b) { return a->heardAt() < b->heardAt(); }));
  }
  owner.streams.push_back(std::make_unique<ReceiveStream>(
      ReceiveStreamConfig{owner.config.kind, packet.ssrc, owner.config.codecs}, now));
  owner.streams.back()->setJitterBufferTarget(owner.jitterBufferTarget);
  return owner.streams.back().get();
}

// Each stream has bounds of its own, but a peer may have as many as it describes sections. Where
// all together hold too much, the one that holds most begins anew.
void Session::Parts::boundHeld() {
  if (++packetsSinceBound < kPacketsPerBound)
    return;
  packetsSinceBound = 0;
  size_t held = 0;
  size_t most = 0;
  Receiver* owner = nullptr;
  const ReceiveStream* largest = nullptr;
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams) {
      const size_t bytes = stream->heldBytes();
      held += bytes;
      if (bytes > most) {
        most = bytes;
        owner = receiver.get();
        largest = stream.get();
      }
    }
  }
  if (held > maxHeldBytes && owner != nullptr)
    std::erase_if(owner->streams, [&](const auto& one) { return one.get() == largest; });
}

void Session::Parts::drain(Receiver& owner, Timestamp now) {
  const bool reducedSize = owner.config.reducedSize;
  for (const auto& stream : owner.streams) {
    stream->setRoundTrip(roundTrip());
    while (auto output = stream->poll(now)) {
      if (auto* frame = std::get_if<ReceiveStream::Frame>(&*output)) {
        noteForSync(owner, *stream, *frame);
        emit(FrameReceived{owner.id, stream->ssrc(), std::move(frame->frame), frame->playAt,
                           frame->receivedAt});
      } else if (auto* lost = std::get_if<ReceiveStream::Lost>(&*output)) {
        emit(FramesLost{owner.id, lost->count, lost->duration});
      } else if (auto* nack = std::get_if<ReceiveStream::NackDue>(&*output)) {
        sendFeedback({rtp::Nack{reportingSsrc(), stream->ssrc(), std::move(nack->lost)}},
                     reducedSize);
      } else if (auto* key = std::get_if<ReceiveStream::KeyFrameDue>(&*output)) {
        if (key->byFir) {
          sendFeedback({rtp::Fir{reportingSsrc(), {{stream->ssrc(), key->firNumber}}}},
                       reducedSize);
        } else {
          sendFeedback({rtp::Pli{reportingSsrc(), stream->ssrc()}}, reducedSize);
        }
      }
    }
  }
}

void Session::Parts::sendTransportFeedback(Timestamp now) {
  while (auto feedback = arrivals.next(now)) {
    sendFeedback({rtp::TransportFeedbackBody{reportingSsrc(), lastReceived,
                                             rtp::writeTransportFeedback(*feedback)}},
                 usesReducedSize());
  }
}

// The sound and the picture that are of one sender. Which belong together a=msid says; here it is
// the first of each that plays, as all of what one peer sends at a time is mostly one person.
void Session::Parts::synchronize(Timestamp now) {
  const auto delays = lipSync.update(now);
  if (!delays)
    return;
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams) {
      stream->setSyncDelay(receiver->config.kind == Kind::kAudio ? delays->audio : delays->video);
    }
  }
}

bool Session::Parts::isReceived(Kind kind, rtp::Ssrc ssrc) const {
  return std::any_of(receivers.begin(), receivers.end(), [&](const auto& receiver) {
    return receiver->config.kind == kind &&
           std::any_of(receiver->streams.begin(), receiver->streams.end(),
                       [&](const auto& stream) { return stream->ssrc() == ssrc; });
  });
}

// What plays, and the reports that say when it was captured.
void Session::Parts::noteForSync(const Receiver& owner, const ReceiveStream& stream,
                                 const ReceiveStream::Frame& frame) {
  const Kind kind = owner.config.kind;
  std::optional<Synced>& leader = kind == Kind::kAudio ? syncedAudio : syncedVideo;
  // Until it is gone, others of its kind do not take its place.
  if (leader && leader->ssrc != stream.ssrc() && isReceived(kind, leader->ssrc))
    return;
  const Synced synced{stream.ssrc(), stream.codec()->clockRate};
  if (leader != synced) {
    leader = synced;
    lipSync = LipSync(syncedAudio ? syncedAudio->clockRate : 48000,
                      syncedVideo ? syncedVideo->clockRate : 90000);
  }
  if (owner.config.kind == Kind::kAudio) {
    lipSync.audioPlayed(frame.frame.timestamp, frame.playAt);
  } else {
    lipSync.videoPlayed(frame.frame.timestamp, frame.playAt);
  }
}

}  // namespace rtc::media
