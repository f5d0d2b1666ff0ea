#include "cpp/jsep/ice_credentials.h"

#include <algorithm>

#include "cpp/jsep/bundling.h"
#include "cpp/jsep/candidates.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

void startTransport(Transport& transport, SessionDescription& description) {
  const auto credentials = iceCredentials(description, transport.section);
  if (!credentials)
    return;
  if (transport.local != credentials) {
    transport.generation = transport.nextGeneration++;
    transport.gathered.clear();
    transport.gatheringComplete = false;
    transport.local = credentials;
  }
  // RFC 9429 section 4.1.9.1.
  MediaSection& section = description.media[transport.section];
  for (const std::string& candidate : transport.gathered)
    foldCandidate(section, candidate);
  if (transport.gatheringComplete)
    foldEndOfCandidates(section);
  updateDefaultCandidate(section);
}

}  // namespace

std::vector<IceCredentials> localCredentials(const State& state) {
  std::vector<IceCredentials> result;
  for (const auto* applied : {&state.currentLocal, &state.pendingLocal}) {
    if (!*applied)
      continue;
    const SessionDescription& description = (*applied)->sdp;
    for (size_t i = 0; i < description.media.size(); ++i) {
      auto credentials = iceCredentials(description, i);
      if (credentials && std::find(result.begin(), result.end(), *credentials) == result.end())
        result.push_back(std::move(*credentials));
    }
  }
  return result;
}

bool remoteRestartsIce(const State& state, const Transport& transport) {
  if (!state.currentRemote || !state.pendingRemote || !state.stable)
    return false;
  const Transport* before = state.stable->transport(transport.replaces.value_or(transport.id));
  if (before == nullptr || !isAlive(*state.stable, state.currentRemote->sdp, before->section))
    return false;
  return iceCredentials(state.currentRemote->sdp, before->section) !=
         iceCredentials(state.pendingRemote->sdp, transport.section);
}

void startLocalIce(State& state, SessionDescription& description) {
  for (Transport& transport : state.transports) {
    const bool isDescribed = isAlive(state, description, transport.section) &&
                             state.sections[transport.section].transport == transport.id;
    if (isDescribed)
      startTransport(transport, description);
  }
}

std::optional<size_t> sectionOfGeneration(const State& state, const SessionDescription& description,
                                          TransportId id, std::string_view ufrag) {
  const auto has = [&](size_t index) {
    if (description.media[index].port == 0 || index >= state.sections.size())
      return false;
    const MSection& section = state.sections[index];
    if (section.transport != id && section.offered != id)
      return false;
    const auto credentials = iceCredentials(description, index);
    return credentials && credentials->ufrag == ufrag;
  };
  for (size_t i = 0; i < description.media.size(); ++i) {
    if (!has(i))
      continue;
    for (const std::string& mid : bundleGroup(description, i)) {
      const auto member = findMid(description, mid);
      if (member && has(*member))
        return member;
    }
    return i;
  }
  return std::nullopt;
}

}  // namespace rtc::jsep
