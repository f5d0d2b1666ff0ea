#include <algorithm>

#include "cpp/jsep/apply.h"
#include "cpp/jsep/bundling.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

const Transceiver* find(const State& state, TransceiverId id) {
  return state.transceiver(id);
}

// RFC 9429 section 5.7 and webrtc-pc "set a session description": what the application asked for
// stays; sections, transports and the peer's streams are as they were. A transceiver that the offer
// made goes, unless addTrack() has used it.
std::vector<Transceiver> transceiversBefore(const State& state) {
  std::vector<Transceiver> result;
  for (const Transceiver& live : state.transceivers) {
    const Transceiver* before = find(*state.stable, live.id);
    if (before == nullptr && live.fromOffer && !live.wishes.fromAddTrack)
      continue;
    Transceiver& transceiver = result.emplace_back(live);
    transceiver.fromOffer = false;
    if (before != nullptr) {
      transceiver.negotiated = before->negotiated;
    } else {
      transceiver.negotiated = {};
      if (!live.negotiated.ridsAreOffered)
        transceiver.negotiated.rids = live.negotiated.rids;
    }
    if (live.wishes.stopped) {
      transceiver.negotiated.currentDirection.reset();
      transceiver.negotiated.remoteStreams.clear();
      transceiver.negotiated.remoteSends = false;
    }
  }
  return result;
}

}  // namespace

State rolledBack(const State& state) {
  State result = *state.stable;
  result.dataRequested = state.dataRequested;
  result.transceivers = transceiversBefore(state);
  // These two have not moved, but candidates may have been folded in.
  result.currentLocal = state.currentLocal;
  result.currentRemote = state.currentRemote;
  result.lastCreatedOffer = state.lastCreatedOffer;
  result.lastCreatedAnswer = state.lastCreatedAnswer;
  result.answeredOffer = state.answeredOffer;
  result.lastPlan = state.lastPlan;
  result.credentialsToReplace = state.credentialsToReplace;
  result.prepared.clear();
  result.sessionId = state.sessionId;
  result.cname = state.cname;
  result.sessionVersion = state.sessionVersion;
  result.nextTransport = state.nextTransport;
  result.nextTransceiver = state.nextTransceiver;
  result.nextMid = state.nextMid;
  result.foreignMids = state.foreignMids;
  for (Transport& transport : result.transports) {
    if (const Transport* live = state.transport(transport.id)) {
      transport.nextGeneration = live->nextGeneration;
      transport.dtlsEstablished = live->dtlsEstablished;
    }
    if (result.currentLocal && isAlive(result, result.currentLocal->sdp, transport.section)) {
      transport.gathered = candidates(result.currentLocal->sdp, transport.section);
      transport.gatheringComplete = endOfCandidates(result.currentLocal->sdp, transport.section);
    }
  }
  return result;
}

}  // namespace rtc::jsep
