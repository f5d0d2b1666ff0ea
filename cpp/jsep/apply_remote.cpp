#include <algorithm>

#include "cpp/jsep/apply.h"
#include "cpp/jsep/bundling.h"
#include "cpp/jsep/codec_negotiation.h"
#include "cpp/jsep/direction.h"
#include "cpp/jsep/learning.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/mids.h"
#include "cpp/jsep/settle.h"
#include "cpp/jsep/simulcast.h"
#include "cpp/jsep/tracks.h"
#include "cpp/jsep/transceivers.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

// --- what the sections of an offer stand for -----------------------------------------------------

// Lets go of what a section carried before it is recycled (RFC 9429 section 5.10).
void vacate(State& state, MSection& section) {
  if (Transceiver* transceiver = state.transceiverOf(section))
    transceiver->negotiated.mid.reset();
  section = {};
}

// Without a=mid (RFC 9429 section 5.10) the section keeps the one that it has, or gets one: also
// where the peer has given its name to another.
void nameSection(State& state, MSection& section, const SessionDescription& offer, size_t index) {
  if (auto mid = midOf(offer.media[index])) {
    section.mid = std::move(*mid);
    section.midIsOurs = false;
    return;
  }
  std::vector<std::string> taken;
  taken.reserve(offer.media.size());
  for (const MediaSection& other : offer.media)
    taken.push_back(midOf(other).value_or(""));
  if (std::find(taken.begin(), taken.end(), section.mid) == taken.end())
    return;
  section.mid = freshMid(state, taken);
  section.midIsOurs = true;
  useMid(state, section.mid);
}

// A use for a section that has none, if it is one that we understand.
void findUse(State& state, MSection& section, const SessionDescription& offer, size_t index,
             bool takesMedia) {
  if (isRejected(offer, index))
    return;
  if (const auto kind = rtpKind(offer.media[index])) {
    if (!kTakesMedia || !takesMedia)
      return;
    const TransceiverId id = transceiverForOffered(state, *kind, directionOf(offer, index)).id;
    section.use = SectionUse::kTransceiver;
    section.transceiver = id;
  } else if (isUsableData(offer, index) && !state.dataSection()) {
    // A second one is rejected: a connection has one association.
    section.use = SectionUse::kData;
  }
}

void readSections(State& state, const SessionDescription& offer, bool takesMedia) {
  state.sections.resize(std::max(state.sections.size(), offer.media.size()));
  for (size_t i = 0; i < offer.media.size(); ++i) {
    MSection& section = state.sections[i];
    const auto mid = midOf(offer.media[i]);
    const bool continues =
        section.use != SectionUse::kNone && (!mid || section.midIsOurs || *mid == section.mid);
    if (!continues) {
      vacate(state, section);
      findUse(state, section, offer, i, takesMedia);
    }
    nameSection(state, section, offer, i);
    Transceiver* transceiver = state.transceiverOf(section);
    if (transceiver == nullptr)
      continue;
    transceiver->negotiated.mid = section.mid;
    if (isRejected(offer, i) && !transceiver->wishes.stopped)
      stop(*transceiver);
  }
}

// --- the peer's tracks and layers ----------------------------------------------------------------

void readTrack(Transceiver& transceiver, const SessionDescription& description, size_t index) {
  TransceiverNegotiated& negotiated = transceiver.negotiated;
  negotiated.remoteSends =
      !isRejected(description, index) && sends(directionOf(description, index));
  negotiated.remoteStreams.clear();
  if (!negotiated.remoteSends)
    return;
  AnnouncedTrack track = announcedTrack(description.media[index]);
  negotiated.remoteStreams = std::move(track.streams);
  negotiated.remoteTrackId = std::move(track.id);
}

// webrtc-pc: the layers that an offer asks for are proposed to a sender that has none.
void proposeRids(Transceiver& transceiver, const MediaSection& offered) {
  if (transceiver.kind != MediaKind::kVideo || !transceiver.negotiated.rids.empty())
    return;
  auto rids = receivedRids(offered);
  if (rids.empty())
    return;
  if (rids.size() > kMaxSendEncodings)
    rids.resize(kMaxSendEncodings);
  transceiver.negotiated.rids = std::move(rids);
  transceiver.negotiated.ridsAreOffered = true;
}

// webrtc-pc [[ReceiveCodecs]]: from the offer on, what both know may arrive.
void readCodecs(Transceiver& transceiver, const SessionDescription& offer, size_t index) {
  transceiver.negotiated.receiveCodecs =
      transceiver.negotiated.remoteSends
          ? answerCodecs(transceiver.kind, codecsOf(offer.media[index]),
                         transceiver.wishes.codecPreferences, /*voiceActivityDetection=*/true)
          : std::vector<RtpCodec>{};
}

void readMedia(State& state, const SessionDescription& description, SdpType type) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    Transceiver* transceiver = state.transceiverOf(state.sections[i]);
    if (transceiver == nullptr)
      continue;
    if (transceiver->wishes.stopped)
      continue;
    readTrack(*transceiver, description, i);
    if (type == SdpType::kOffer) {
      readCodecs(*transceiver, description, i);
      proposeRids(*transceiver, description.media[i]);
    }
  }
}

}  // namespace

bool applyRemote(State& state, AppliedDescription description, const SessionConfig& config) {
  const SdpType type = description.type;
  if (type == SdpType::kOffer) {
    rememberStable(state);
    readSections(state, description.sdp, config.takesMedia);
    assignOfferedTransports(state, description.sdp);
    tagTransports(state, description.sdp);
    dropIdleTransports(state);
    for (Transport& transport : state.transports) {
      // RFC 8445 section 6.1.1: facing a lite agent, the full one controls.
      if (!transport.local)
        transport.controlling =
            isLite(description.sdp) || (transport.replaces && transport.controlling);
    }
  }
  readMedia(state, description.sdp, type);
  learnFrom(state, description.sdp);

  switch (type) {
    case SdpType::kOffer:
      state.pendingOffer = sdp::serialize(description.sdp);
      // What was created before answers another offer, unless a rollback came between.
      if (state.pendingOffer != state.answeredOffer)
        state.lastCreatedAnswer.clear();
      state.pendingRemote = std::move(description);
      state.signaling = SignalingState::kHaveRemoteOffer;
      return false;
    case SdpType::kPranswer:
      state.pendingRemote = std::move(description);
      break;
    default:
      state.currentRemote = std::move(description);
      state.currentLocal = std::move(state.pendingLocal);
      state.pendingLocal.reset();
      state.pendingRemote.reset();
      break;
  }
  return settle(state, config, type, /*localIsOfferer=*/true);
}

}  // namespace rtc::jsep
