#include "cpp/jsep/transports.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "cpp/jsep/bundling.h"
#include "cpp/jsep/media.h"

namespace rtc::jsep {
namespace {

// While an offer waits for its answer, the credentials of the two sides need not belong together.
bool isSettled(SignalingState state) {
  return state == SignalingState::kStable || state == SignalingState::kHaveLocalPranswer ||
         state == SignalingState::kHaveRemotePranswer;
}

// What the peer says of a transport, by the exchange that is in force: while an offer is pending,
// that is the one before it.
std::optional<RemoteIce> remoteIce(const State& state, const Transport& transport) {
  const State& inForce = isSettled(state.signaling) || !state.stable ? state : *state.stable;
  const Transport* known = inForce.transport(transport.id);
  const AppliedDescription* remote = isSettled(state.signaling) ? state.remote()
                                     : state.currentRemote      ? &*state.currentRemote
                                                                : nullptr;
  if (known == nullptr || remote == nullptr)
    return std::nullopt;
  const size_t index = known->section;
  if (!isAlive(inForce, remote->sdp, index) || inForce.sections[index].transport != known->id)
    return std::nullopt;
  const auto credentials = iceCredentials(remote->sdp, index);
  if (!credentials)
    return std::nullopt;
  return RemoteIce{transport.id,
                   *credentials,
                   isLite(remote->sdp),
                   canTrickle(remote->sdp, index),
                   candidates(remote->sdp, index),
                   endOfCandidates(remote->sdp, index)};
}

// What was told stays told, though a later description may list fewer candidates.
void keepTold(const RemoteIce& told, RemoteIce& next) {
  std::vector<std::string>& all = next.candidates;
  const std::vector<std::string> own = all;
  const std::unordered_set<std::string_view> known(own.begin(), own.end());
  for (const std::string& candidate : told.candidates) {
    // One that is told again does no harm; a list that grows with each description would.
    if (all.size() < 2 * kMaxCandidates && !known.contains(candidate))
      all.push_back(candidate);
  }
  next.endOfCandidates = next.endOfCandidates || told.endOfCandidates;
}

// The association's parameters and the transport that it is on.
std::optional<SctpParameters> sctpParameters(const State& state) {
  const auto index = state.dataSection();
  // A pending offer may put the section elsewhere; the association moves with the answer.
  if (!index || !state.sctp || !isSettled(state.signaling))
    return std::nullopt;
  const auto transport = state.sections[*index].transport;
  if (state.transport(transport) == nullptr)
    return std::nullopt;
  return SctpParameters{*transport,
                        state.sctp->mid,
                        state.sctp->localPort,
                        state.sctp->remotePort,
                        state.sctp->maxMessageSize,
                        state.sctp->remoteInit};
}

}  // namespace

void TransportCommands::update(const State& state, Queue<Output>& out) {
  for (const Transport& transport : state.transports) {
    // A transport that only a remote offer mentions begins with our answer.
    if (!transport.local)
      continue;
    auto at = std::find_if(told_.begin(), told_.end(),
                           [&](const Told& told) { return told.id == transport.id; });
    if (at == told_.end()) {
      Told fresh;
      fresh.id = transport.id;
      at = told_.insert(told_.end(), std::move(fresh));
    }
    updateTransport(state, transport, *at, out);
  }
  if (auto sctp = sctpParameters(state); sctp && sctp != sctp_) {
    out.push_back(*sctp);
    sctp_ = std::move(sctp);
  } else if (!state.sctp) {
    sctp_.reset();
  }
  // Last, so that the association knows its next transport by then.
  for (const Told& told : told_) {
    if (state.transport(told.id) == nullptr)
      out.push_back(TransportDiscarded{told.id});
  }
  std::erase_if(told_, [&](const Told& told) { return state.transport(told.id) == nullptr; });
}

void TransportCommands::updateTransport(const State& state, const Transport& transport, Told& told,
                                        Queue<Output>& out) {
  if (told.controlling != transport.controlling) {
    out.push_back(IceRole{transport.id, transport.controlling});
    told.controlling = transport.controlling;
  }
  if (told.local != transport.local) {
    using Reason = StartGathering::Reason;
    const Reason reason = !told.local                              ? Reason::kFirst
                          : transport.generation < told.generation ? Reason::kRolledBack
                                                                   : Reason::kRestart;
    out.push_back(StartGathering{transport.id, *transport.local, transport.generation, reason});
    // Whoever gathers anew has let go of the remote side as well.
    told.remoteFor.reset();
    told.local = transport.local;
    told.generation = transport.generation;
  }
  updateRemote(state, transport, told, out);
  if (transport.dtls && told.dtls != transport.dtls) {
    out.push_back(DtlsParameters{transport.id, transport.dtls->role, transport.dtls->fingerprints});
    told.dtls = transport.dtls;
  }
}

void TransportCommands::updateRemote(const State& state, const Transport& transport, Told& told,
                                     Queue<Output>& out) {
  auto remote = remoteIce(state, transport);
  if (!remote)
    return;
  // Candidates belong to the credentials that they were told with. A peer that answers our restart
  // with the credentials it has, as webrtcbin does, does not tell them again.
  const bool goesOn = told.remote && told.remote->remote == remote->remote;
  if (!goesOn || told.remoteFor != transport.local) {
    if (!isSettled(state.signaling))
      return;
    if (goesOn)
      keepTold(*told.remote, *remote);
    out.push_back(*remote);
    told.remoteFor = transport.local;
  } else {
    const std::unordered_set<std::string_view> known(told.remote->candidates.begin(),
                                                     told.remote->candidates.end());
    for (const std::string& candidate : remote->candidates) {
      if (!known.contains(candidate))
        out.push_back(RemoteCandidateAdded{transport.id, candidate});
    }
    if (remote->endOfCandidates && !told.remote->endOfCandidates) {
      out.push_back(RemoteCandidatesEnded{transport.id});
    }
    keepTold(*told.remote, *remote);
  }
  told.remote = std::move(remote);
}

}  // namespace rtc::jsep
