#include <algorithm>
#include <utility>

#include "cpp/payload/telephone_event.h"
#include "cpp/peer/media_config.h"
#include "cpp/peer/peer.h"

// Audio and video: what negotiation says of them goes to the media session of their transport, its
// packets to the transport, and its news to the application.
namespace rtc::peer {

media::Session& Peer::obtainMedia(TransportSlot& slot) {
  if (!slot.media)
    slot.media = std::make_unique<media::Session>(mediaSettings_, random_);
  return *slot.media;
}

media::Session* Peer::mediaOf(jsep::TransceiverId id) {
  for (TransportSlot& slot : transports_) {
    if (slot.media && slot.media->knows(streamIdOf(id)))
      return slot.media.get();
  }
  return nullptr;
}

void Peer::updateMedia(Timestamp now) {
  if (closed_)
    return;
  const auto flows = session_.mediaFlows();
  if (flows.empty() && !hasMedia_)
    return;
  hasMedia_ = true;
  for (TransportSlot& slot : transports_) {
    if (!slot.media)
      continue;
    for (const media::StreamId id : slot.media->streams()) {
      const bool stays = std::any_of(flows.begin(), flows.end(), [&](const jsep::MediaFlow& flow) {
        return streamIdOf(flow.transceiver) == id && flow.transport == slot.id;
      });
      if (!stays)
        slot.media->remove(id, now);
    }
  }
  for (const jsep::MediaFlow& flow : flows) {
    TransportSlot* slot = findSlot(flow.transport);
    if (slot == nullptr)
      continue;
    media::Session& session = obtainMedia(*slot);
    const media::StreamId id = streamIdOf(flow.transceiver);
    const bool isNew = !session.knows(id);
    session.setSender(id, senderConfig(flow), now);
    session.setReceiver(id, receiverConfig(flow));
    if (const auto wish = mediaWishes_.find(flow.transceiver);
        isNew && wish != mediaWishes_.end()) {
      session.setEncodings(id, wish->second.encodings, now);
      session.setJitterBufferTarget(id, wish->second.jitterBufferTarget, now);
    }
    followMediaTransport(*slot, now);
  }
  std::erase_if(mediaWishes_,
                [&](const auto& entry) { return !session_.transceiver(entry.first); });
}

void Peer::followMediaTransport(TransportSlot& slot, Timestamp now) {
  if (slot.media)
    slot.media->setConnected(slot.transport->carriesRtp(), now);
}

void Peer::tellMediaOfPath(jsep::TransportId id, Timestamp now) {
  TransportSlot* slot = findSlot(id);
  if (slot == nullptr || !slot->media)
    return;
  slot->media->pathChanged(now);
  if (const auto pair = slot->transport->ice().selectedPair();
      pair && pair->counters.currentRoundTripTime) {
    slot->media->setRoundTrip(*pair->counters.currentRoundTripTime);
  }
}

void Peer::sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                     Timestamp now) {
  if (media::Session* session = mediaOf(id)) {
    session->sendFrame(streamIdOf(id), encoding, std::move(frame), now);
    sentAt_ = now;
  }
}

void Peer::setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes,
                        Timestamp now) {
  if (media::Session* session = mediaOf(id))
    session->setEncodings(streamIdOf(id), wishes, now);
  mediaWishes_[id].encodings = std::move(wishes);
  pump(now);
}

void Peer::setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target,
                                 Timestamp now) {
  if (media::Session* session = mediaOf(id))
    session->setJitterBufferTarget(streamIdOf(id), target, now);
  mediaWishes_[id].jitterBufferTarget = target;
  pump(now);
}

void Peer::requestKeyFrame(jsep::TransceiverId id, Timestamp now) {
  if (media::Session* session = mediaOf(id))
    session->requestKeyFrame(streamIdOf(id), now);
  pump(now);
}

bool Peer::sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now) {
  media::Session* session = mediaOf(id);
  const auto event = payload::telephoneEventOf(tone);
  const bool isSent =
      session != nullptr && event && session->sendTone(streamIdOf(id), *event, duration, now);
  pump(now);
  return isSent;
}

bool Peer::pumpMedia(Timestamp now) {
  bool progress = false;
  for (size_t i = 0; i < transports_.size(); ++i) {
    if (!transports_[i].media)
      continue;
    while (auto output = transports_[i].media->poll(now)) {
      progress = true;
      if (auto* rtp = std::get_if<media::TransmitRtp>(&*output)) {
        transports_[i].transport->sendRtp(std::move(rtp->data), now);
      } else if (auto* rtcp = std::get_if<media::TransmitRtcp>(&*output)) {
        transports_[i].transport->sendRtcp(std::move(rtcp->data), now);
      } else if (auto* event = std::get_if<media::Event>(&*output)) {
        emit(std::move(*event));
      }
    }
  }
  return progress;
}

void Peer::handleRtp(jsep::TransportId id, Bytes packet, Timestamp now) {
  TransportSlot* slot = findSlot(id);
  if (slot != nullptr && slot->media)
    slot->media->handleRtp(packet, now);
}

void Peer::handleRtcp(jsep::TransportId id, Bytes packet, Timestamp now) {
  TransportSlot* slot = findSlot(id);
  if (slot != nullptr && slot->media)
    slot->media->handleRtcp(packet, now);
}

}  // namespace rtc::peer
