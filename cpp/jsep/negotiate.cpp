#include "cpp/jsep/negotiate.h"

#include <algorithm>

#include "cpp/jsep/candidates.h"
#include "cpp/jsep/media.h"
#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

using sdp::MediaSection;
using sdp::SessionDescription;

bool isLive(const SessionDescription& description, size_t index) {
  return index < description.media.size() && isUsableData(description.media[index]);
}

void rememberStable(State& state) {
  if (state.signaling != SignalingState::kStable)
    return;
  auto stable = std::make_shared<State>(state);
  stable->stable.reset();
  state.stable = std::move(stable);
}

// Transports that neither the data section nor a rollback needs.
void dropIdleTransports(State& state) {
  std::erase_if(state.transports, [&](const Transport& transport) {
    const bool inUse = state.data && state.data->transport == transport.id;
    const bool kept = state.stable && state.stable->transport(transport.id) != nullptr;
    return !inUse && !kept;
  });
}

// The transport of the offer's data section: the one that runs it already, or a new one.
void startDataSection(State& state, const SessionDescription& offer) {
  const auto index = findData(offer);
  if (!index) {
    // An association that exists stays until an answer closes it; one that was only offered goes.
    const bool exists = state.stable && state.stable->data;
    state.data = exists ? state.stable->data : std::nullopt;
    dropIdleTransports(state);
    return;
  }
  const auto mid = midOf(offer.media[*index]);
  if (!state.data || state.data->index != *index || state.data->mid != mid) {
    Transport transport;
    transport.id = TransportId(state.nextTransport++);
    state.data = DataSection{*index, mid, transport.id};
    state.transports.push_back(std::move(transport));
  }
  dropIdleTransports(state);
}

void foldInto(MediaSection& section, std::string_view candidate) {
  if (candidate.empty()) {
    foldEndOfCandidates(section);
  } else {
    foldCandidate(section, candidate);
  }
}

// Takes over the credentials of a local description; new ones begin a new generation.
void startLocalIce(State& state, SessionDescription& description) {
  Transport* transport = state.dataTransport();
  if (transport == nullptr || !isLive(description, state.data->index))
    return;
  MediaSection& section = description.media[state.data->index];
  const auto credentials = iceCredentials(description, state.data->index);
  if (credentials && transport->local != credentials) {
    // Back to the generation before a restart that was offered and then offered away.
    const Transport* before = state.stable ? state.stable->transport(transport->id) : nullptr;
    if (before != nullptr && before->local == credentials) {
      transport->generation = before->generation;
      transport->gathered = before->gathered;
      transport->gatheringComplete = before->gatheringComplete;
    } else {
      transport->generation = transport->nextGeneration++;
      transport->gathered.clear();
      transport->gatheringComplete = false;
    }
    transport->local = credentials;
  }
  // Candidates that came since the description was created (RFC 9429 section 4.1.9.1).
  for (const std::string& candidate : transport->gathered)
    foldCandidate(section, candidate);
  if (transport->gatheringComplete)
    foldEndOfCandidates(section);
  updateDefaultCandidate(section);
}

// webrtc-pc "update the data max message size"; 0 is infinite on all sides.
uint64_t combineMessageSizes(uint64_t remote, uint64_t canSend) {
  if (remote == 0 || canSend == 0)
    return std::max(remote, canSend);
  return std::min(remote, canSend);
}

// What an answer decides for the data section. True when it decided against it.
bool settleData(State& state, const SessionConfig& config, bool localIsOfferer, bool final) {
  if (!state.data)
    return false;
  const size_t index = state.data->index;
  const SessionDescription& local = state.local()->sdp;
  const SessionDescription& remote = state.remote()->sdp;
  if (!isLive(local, index) || !isLive(remote, index)) {
    if (!final)
      return false;
    state.data.reset();
    return true;
  }
  Transport& transport = *state.dataTransport();
  // RFC 4145 section 4: without a=setup an answer means active.
  const auto answered = setupRole(localIsOfferer ? remote : local, index);
  const bool answererIsServer = answered == sdp::Setup::Role::kPassive;
  transport.dtls =
      DtlsState{answererIsServer == localIsOfferer ? DtlsRole::kClient : DtlsRole::kServer,
                fingerprints(remote, index)};
  const MediaSection& localSection = local.media[index];
  const MediaSection& remoteSection = remote.media[index];
  transport.sctp =
      SctpState{state.data->mid.value_or(""), sctpPort(localSection), sctpPort(remoteSection),
                combineMessageSizes(maxMessageSize(remoteSection), config.maxSendSize)};
  return false;
}

void finishExchange(State& state) {
  state.signaling = SignalingState::kStable;
  state.lastCreatedOffer.clear();
  state.lastCreatedAnswer.clear();
  state.stable.reset();
  // webrtc-pc: the restart that was asked for has happened when none of the old credentials is
  // left.
  const auto now = localCredentials(state);
  const bool anyLeft =
      std::any_of(state.credentialsToReplace.begin(), state.credentialsToReplace.end(),
                  [&](const IceCredentials& old) {
                    return std::find(now.begin(), now.end(), old) != now.end();
                  });
  if (!anyLeft)
    state.credentialsToReplace.clear();
}

bool answer(State& state, const SessionConfig& config, SdpType type, bool localIsOfferer) {
  const bool final = type == SdpType::kAnswer;
  const bool rejected = settleData(state, config, localIsOfferer, final);
  if (!final) {
    state.signaling =
        localIsOfferer ? SignalingState::kHaveRemotePranswer : SignalingState::kHaveLocalPranswer;
    return false;
  }
  finishExchange(state);
  dropIdleTransports(state);
  // The channels that wanted the section close with it; new ones ask anew.
  if (rejected)
    state.dataRequested = false;
  return rejected;
}

}  // namespace

std::vector<IceCredentials> localCredentials(const State& state) {
  std::vector<IceCredentials> result;
  for (const auto* applied : {&state.currentLocal, &state.pendingLocal}) {
    if (!*applied)
      continue;
    const SessionDescription& description = (*applied)->sdp;
    for (size_t i = 0; i < description.media.size(); ++i) {
      if (auto credentials = iceCredentials(description, i)) {
        result.push_back(std::move(*credentials));
      }
    }
  }
  return result;
}

bool remoteRestartsIce(const State& state) {
  if (!state.data || !state.currentRemote || !state.pendingRemote)
    return false;
  const size_t index = state.data->index;
  if (!isLive(state.currentRemote->sdp, index))
    return false;
  return iceCredentials(state.currentRemote->sdp, index) !=
         iceCredentials(state.pendingRemote->sdp, index);
}

bool negotiateLocal(State& state, AppliedDescription description, const SessionConfig& config) {
  if (description.type == SdpType::kOffer) {
    rememberStable(state);
    startDataSection(state, description.sdp);
    Transport* transport = state.dataTransport();
    // RFC 8445 section 6.1.1: who offers first controls; the role stays over restarts.
    if (transport != nullptr && !transport->local)
      transport->controlling = true;
  }
  startLocalIce(state, description.sdp);
  state.prepared.reset();
  // A munged version is not trusted to grow.
  state.sessionVersion =
      std::max(state.sessionVersion,
               sdp::parseNumber<uint64_t>(description.sdp.origin.sessionVersion).value_or(0));

  const SdpType type = description.type;
  if (type == SdpType::kOffer) {
    state.pendingLocal = std::move(description);
    state.signaling = SignalingState::kHaveLocalOffer;
    return false;
  }
  if (type == SdpType::kPranswer) {
    state.pendingLocal = std::move(description);
  } else {
    state.currentLocal = std::move(description);
    state.currentRemote = std::move(state.pendingRemote);
    state.pendingLocal.reset();
    state.pendingRemote.reset();
  }
  return answer(state, config, type, /*localIsOfferer=*/false);
}

bool negotiateRemote(State& state, AppliedDescription description, const SessionConfig& config) {
  if (description.type == SdpType::kOffer) {
    rememberStable(state);
    startDataSection(state, description.sdp);
    Transport* transport = state.dataTransport();
    // RFC 8445 section 6.1.1: facing a lite agent, the full one controls.
    if (transport != nullptr && !transport->local) {
      transport->controlling = isLite(description.sdp);
    }
    // What was created before answers another offer.
    state.lastCreatedAnswer.clear();
    state.pendingRemote = std::move(description);
    state.signaling = SignalingState::kHaveRemoteOffer;
    return false;
  }
  const SdpType type = description.type;
  if (type == SdpType::kPranswer) {
    state.pendingRemote = std::move(description);
  } else {
    state.currentRemote = std::move(description);
    state.currentLocal = std::move(state.pendingLocal);
    state.pendingLocal.reset();
    state.pendingRemote.reset();
  }
  return answer(state, config, type, /*localIsOfferer=*/true);
}

State rolledBack(const State& state) {
  State result = *state.stable;
  result.dataRequested = state.dataRequested;
  // These two have not moved, but candidates may have been folded in.
  result.currentLocal = state.currentLocal;
  result.currentRemote = state.currentRemote;
  result.lastCreatedOffer = state.lastCreatedOffer;
  result.lastCreatedAnswer = state.lastCreatedAnswer;
  result.credentialsToReplace = state.credentialsToReplace;
  result.sessionId = state.sessionId;
  result.sessionVersion = state.sessionVersion;
  result.nextTransport = state.nextTransport;
  for (Transport& transport : result.transports) {
    if (const Transport* live = state.transport(transport.id)) {
      transport.nextGeneration = live->nextGeneration;
    }
    if (result.data && result.data->transport == transport.id && result.currentLocal &&
        isLive(result.currentLocal->sdp, result.data->index)) {
      transport.gathered = candidates(result.currentLocal->sdp, result.data->index);
      transport.gatheringComplete = endOfCandidates(result.currentLocal->sdp, result.data->index);
    }
  }
  return result;
}

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
      if (!isRejected(description.media[i]))
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
  for (auto* applied : {&state.currentLocal, &state.pendingLocal}) {
    if (!*applied)
      continue;
    SessionDescription& description = (*applied)->sdp;
    for (size_t i = 0; i < description.media.size(); ++i) {
      const auto credentials = iceCredentials(description, i);
      if (!credentials || credentials->ufrag != ufrag || isRejected(description.media[i]))
        continue;
      foldInto(description.media[i], candidate);
      updateDefaultCandidate(description.media[i]);
    }
  }
}

}  // namespace rtc::jsep
