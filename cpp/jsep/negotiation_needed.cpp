#include "cpp/jsep/negotiation_needed.h"

#include <algorithm>

#include "cpp/jsep/direction.h"
#include "cpp/jsep/media.h"
#include "cpp/jsep/tracks.h"

namespace rtc::jsep {
namespace {

// Whether the section's a=msid lines are there and name these streams, in whatever order.
bool names(const sdp::MediaSection& section, std::vector<std::string> streams) {
  auto signaled = signaledStreams(section);
  if (!signaled)
    return false;
  std::sort(signaled->begin(), signaled->end());
  std::sort(streams.begin(), streams.end());
  return *signaled == streams;
}

// Whether the section says something else than the transceiver wants.
bool differs(const State& state, const Transceiver& transceiver, size_t index) {
  const AppliedDescription& local = *state.currentLocal;
  const AppliedDescription& remote = *state.currentRemote;
  const Direction direction = transceiver.wishes.direction;
  if (sends(direction) && !names(local.sdp.media[index], transceiver.wishes.streams))
    return true;
  const Direction described = directionOf(local.sdp, index);
  const Direction fromPeer = reversed(directionOf(remote.sdp, index));
  if (local.type == SdpType::kOffer)
    return described != direction && fromPeer != direction;
  return described != intersection(direction, fromPeer);
}

bool needsNegotiation(const State& state, const State& settled, const Transceiver& transceiver) {
  // Stopped by the peer's offer, which was rolled back or waits for its answer.
  if (transceiver.wishes.stopped)
    return settled.sectionOf(transceiver.id).has_value();
  if (transceiver.wishes.stopping)
    return true;
  const auto index = settled.sectionOf(transceiver.id);
  if (!index || !state.currentLocal || !state.currentRemote ||
      *index >= state.currentLocal->sdp.media.size()) {
    return true;
  }
  return differs(state, transceiver, *index);
}

}  // namespace

bool isNegotiationNeeded(const State& state) {
  if (!state.credentialsToReplace.empty())
    return true;
  const State& settled = state.stable ? *state.stable : state;
  if (state.dataRequested && !settled.dataSection())
    return true;
  for (const Transceiver& transceiver : state.transceivers) {
    if (needsNegotiation(state, settled, transceiver))
      return true;
  }
  return false;
}

}  // namespace rtc::jsep
