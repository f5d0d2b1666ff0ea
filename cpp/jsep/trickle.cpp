#include "cpp/jsep/trickle.h"

#include <algorithm>

#include "cpp/jsep/candidates.h"
#include "cpp/jsep/ice_credentials.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

void foldInto(MediaSection& section, std::string_view candidate) {
  if (candidate.empty()) {
    foldEndOfCandidates(section);
  } else {
    foldCandidate(section, candidate);
  }
}

bool hasRoom(const MediaSection& section) {
  const auto count =
      std::count_if(section.lines().begin(), section.lines().end(),
                    [](const sdp::Line& line) { return line.as<sdp::Candidate>() != nullptr; });
  return static_cast<size_t>(count) < kMaxCandidates;
}

/// Changes the section of that generation in each local description that has one.
template <typename Change>
void forEachOfGeneration(State& state, TransportId id, std::string_view ufrag, Change&& change) {
  const auto apply = [&](std::optional<AppliedDescription>& applied, const State& of) {
    if (!applied)
      return;
    if (const auto index = sectionOfGeneration(of, applied->sdp, id, ufrag)) {
      change(applied->sdp.media[*index]);
      updateDefaultCandidate(applied->sdp.media[*index]);
    }
  };
  apply(state.currentLocal, state.stable ? *state.stable : state);
  apply(state.pendingLocal, state);
}

}  // namespace

bool foldRemoteCandidate(State& state, std::optional<size_t> index,
                         const std::optional<std::string>& ufrag, std::string_view candidate) {
  AppliedDescription* newest = state.pendingRemote   ? &*state.pendingRemote
                               : state.currentRemote ? &*state.currentRemote
                                                     : nullptr;
  bool found = false;
  for (auto* applied : {&state.pendingRemote, &state.currentRemote}) {
    if (!*applied)
      continue;
    SessionDescription& description = (*applied)->sdp;
    for (size_t i = 0; i < description.media.size(); ++i) {
      if (index && i != *index)
        continue;
      const auto credentials = iceCredentials(description, i);
      if (ufrag) {
        if (!credentials || credentials->ufrag != *ufrag)
          continue;
      } else if (newest != &**applied) {
        // The most recent generation; an older description may be of the same one.
        if (i >= newest->sdp.media.size() || iceCredentials(newest->sdp, i) != credentials)
          continue;
      }
      found = true;
      // A peer may go on for ever; what is beyond the bound is known to nobody, and so passed over.
      if (!isRejected(description.media[i]) && (candidate.empty() || hasRoom(description.media[i])))
        foldInto(description.media[i], candidate);
    }
  }
  // Ending the candidates of a description without sections ends nothing, and is no mistake.
  return found || (!index && !ufrag);
}

void foldLocalCandidate(State& state, TransportId id, std::string_view ufrag,
                        std::string_view candidate) {
  Transport* transport = state.transport(id);
  if (transport == nullptr)
    return;
  if (transport->local && transport->local->ufrag == ufrag) {
    if (candidate.empty()) {
      transport->gatheringComplete = true;
    } else if (std::find(transport->gathered.begin(), transport->gathered.end(), candidate) ==
               transport->gathered.end()) {
      transport->gathered.emplace_back(candidate);
    }
  }
  forEachOfGeneration(state, id, ufrag,
                      [&](MediaSection& section) { foldInto(section, candidate); });
}

void unfoldLocalCandidate(State& state, TransportId id, std::string_view ufrag,
                          std::string_view candidate) {
  Transport* transport = state.transport(id);
  if (transport == nullptr)
    return;
  if (transport->local && transport->local->ufrag == ufrag)
    std::erase(transport->gathered, candidate);
  forEachOfGeneration(state, id, ufrag,
                      [&](MediaSection& section) { removeCandidate(section, candidate); });
}

}  // namespace rtc::jsep
