#include "cpp/jsep/transceivers.h"

#include <algorithm>

#include "cpp/jsep/direction.h"

namespace rtc::jsep {
namespace {

// webrtc-pc addTrack(): a sender that has no track, is not being stopped, and has never sent.
bool canTakeTrack(const Transceiver& transceiver, MediaKind kind) {
  return transceiver.kind == kind && !transceiver.wishes.hasTrack && !transceiver.isEnding() &&
         !transceiver.negotiated.hasSent;
}

// webrtc-extensions: as the first one of the kind has them, so that those that come later agree.
void initHeaderExtensions(const State& state, Transceiver& transceiver) {
  TransceiverWishes& wishes = transceiver.wishes;
  for (const Transceiver& other : state.transceivers) {
    if (other.kind != transceiver.kind || other.isEnding())
      continue;
    wishes.headerExtensions = other.wishes.headerExtensions;
    wishes.acceptedExtensions = other.wishes.acceptedExtensions;
    return;
  }
  wishes.headerExtensions = supportedHeaderExtensions(transceiver.kind);
  wishes.acceptedExtensions = wishes.headerExtensions;
}

}  // namespace

Transceiver& addTransceiver(State& state, TransceiverInit init) {
  Transceiver transceiver;
  transceiver.id = TransceiverId(state.nextTransceiver++);
  transceiver.kind = init.kind;
  transceiver.wishes.direction = init.direction;
  transceiver.wishes.hasTrack = init.hasTrack;
  transceiver.wishes.senderId = std::move(init.senderId);
  transceiver.wishes.streams = std::move(init.streams);
  initHeaderExtensions(state, transceiver);
  transceiver.negotiated.rids = std::move(init.rids);
  return state.transceivers.emplace_back(std::move(transceiver));
}

AddedTrack addTrack(State& state, MediaKind kind, std::string senderId,
                    std::vector<std::string> streams) {
  for (Transceiver& transceiver : state.transceivers) {
    if (!canTakeTrack(transceiver, kind))
      continue;
    TransceiverWishes& wishes = transceiver.wishes;
    wishes.hasTrack = true;
    wishes.fromAddTrack = true;
    wishes.senderId = std::move(senderId);
    wishes.streams = std::move(streams);
    wishes.direction = directionOf(/*send=*/true, receives(wishes.direction));
    return {transceiver.id, /*created=*/false};
  }
  TransceiverInit init;
  init.kind = kind;
  init.hasTrack = true;
  init.senderId = std::move(senderId);
  init.streams = std::move(streams);
  Transceiver& created = addTransceiver(state, std::move(init));
  created.wishes.fromAddTrack = true;
  return {created.id, /*created=*/true};
}

Transceiver& transceiverForOffered(State& state, MediaKind kind, Direction offered) {
  if (receives(offered)) {
    for (Transceiver& transceiver : state.transceivers) {
      if (transceiver.kind == kind && transceiver.wishes.fromAddTrack && !transceiver.isEnding() &&
          !transceiver.negotiated.mid) {
        return transceiver;
      }
    }
  }
  TransceiverInit init;
  init.kind = kind;
  init.direction = Direction::kRecvOnly;
  Transceiver& created = addTransceiver(state, std::move(init));
  created.fromOffer = true;
  return created;
}

void stopSendingAndReceiving(Transceiver& transceiver) {
  transceiver.wishes.direction = Direction::kInactive;
  transceiver.wishes.stopping = true;
}

void stop(Transceiver& transceiver) {
  stopSendingAndReceiving(transceiver);
  transceiver.wishes.stopped = true;
  transceiver.negotiated.currentDirection.reset();
  transceiver.negotiated.remoteStreams.clear();
  transceiver.negotiated.remoteSends = false;
}

void removeStopped(State& state) {
  std::erase_if(state.transceivers, [&](const Transceiver& transceiver) {
    return transceiver.isEnding() && !state.sectionOf(transceiver.id);
  });
}

std::vector<HeaderExtensionCapability> extensionsToNegotiate(const State& state,
                                                             const Transceiver& transceiver) {
  const TransceiverWishes& wishes = transceiver.wishes;
  const auto index = state.sectionOf(transceiver.id);
  const bool answers = state.signaling == SignalingState::kHaveRemoteOffer ||
                       state.signaling == SignalingState::kHaveLocalPranswer;
  if (!answers || !index)
    return wishes.headerExtensions;
  return answerableExtensions(wishes.headerExtensions, wishes.acceptedExtensions,
                              extmapsOf(state.pendingRemote->sdp, *index));
}

void setExtensionsToNegotiate(const State& state, Transceiver& transceiver,
                              std::vector<HeaderExtensionCapability> extensions) {
  TransceiverWishes& wishes = transceiver.wishes;
  const auto before = extensionsToNegotiate(state, transceiver);
  // What is given back as it was says nothing.
  for (size_t i = 0; i < extensions.size(); ++i) {
    if (extensions[i] != before[i])
      wishes.acceptedExtensions[i] = extensions[i];
  }
  wishes.headerExtensions = std::move(extensions);
}

TransceiverInfo infoOf(const State& state, const Transceiver& transceiver) {
  const TransceiverNegotiated& negotiated = transceiver.negotiated;
  TransceiverInfo info;
  info.id = transceiver.id;
  info.kind = transceiver.kind;
  info.mid = negotiated.mid;
  if (const auto index = state.sectionOf(transceiver.id))
    info.mLineIndex = static_cast<uint16_t>(*index);
  info.direction = transceiver.wishes.direction;
  info.currentDirection = negotiated.currentDirection;
  info.stopping = transceiver.isEnding();
  info.stopped = transceiver.wishes.stopped;
  info.transport = negotiated.transport;
  info.sendRids = negotiated.rids;
  info.remoteSends = negotiated.remoteSends;
  info.remoteStreams = negotiated.remoteStreams;
  info.remoteTrackId = negotiated.remoteTrackId;
  return info;
}

RtpParameters sendParametersOf(const State& state, const Transceiver& transceiver) {
  RtpParameters parameters;
  parameters.codecs = transceiver.negotiated.sendCodecs;
  parameters.headerExtensions = transceiver.negotiated.sendExtensions;
  parameters.cname = state.cname;
  parameters.reducedSize = transceiver.negotiated.reducedSize;
  return parameters;
}

RtpParameters receiveParametersOf(const Transceiver& transceiver) {
  RtpParameters parameters;
  parameters.codecs = transceiver.negotiated.receiveCodecs;
  parameters.headerExtensions = transceiver.negotiated.receiveExtensions;
  parameters.reducedSize = transceiver.negotiated.reducedSize;
  return parameters;
}

}  // namespace rtc::jsep
