// Local and remote candidates, and the pairs that they form (RFC 8445 sections 5.1 and 6.1.2).

#include <algorithm>

#include "cpp/ice/agent.h"
#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

bool isMdnsName(const std::string& name) {
  constexpr std::string_view kSuffix = ".local";
  if (name.size() <= kSuffix.size())
    return false;
  const std::string_view end = std::string_view(name).substr(name.size() - kSuffix.size());
  return std::equal(end.begin(), end.end(), kSuffix.begin(),
                    [](char a, char b) { return (a | 0x20) == b || a == b; });
}

}  // namespace

// --- local candidates

// Peer-reflexive candidates are what the peer found itself, and active TCP candidates have nothing
// that it could connect to.
bool Agent::isSignalled(const Candidate& candidate) {
  return candidate.type != CandidateType::kPeerReflexive && !isActiveTcp(candidate);
}

LocalCandidateId Agent::addLocal(BaseId base, Candidate candidate) {
  LocalCandidateInfo info;
  info.id = LocalCandidateId(++lastLocal_);
  info.base = base;
  info.candidate = std::move(candidate);
  locals_.push_back(std::move(info));
  return locals_.back().id;
}

void Agent::emitLocal(const LocalCandidateInfo& info) {
  // Without credentials of our own (the peer restarted and waits for our answer) there is nothing
  // to signal it with; `restart` emits everything again.
  if (current_->local.empty())
    return;
  Candidate candidate = info.candidate;
  candidate.ufrag = current_->local.ufrag;
  candidate.generation = current_->generation;
  current_->told.push_back(info.id);
  outputs_.push_back(LocalCandidate{std::move(candidate)});
}

// What was found while there were no credentials, or others, to tell it with.
void Agent::emitUntold() {
  for (const LocalCandidateInfo& info : locals_) {
    const bool isTold =
        std::find(current_->told.begin(), current_->told.end(), info.id) != current_->told.end();
    if (!isTold && !info.removed && isSignalled(info.candidate))
      emitLocal(info);
  }
  if (gatheringState_ == GatheringState::kComplete)
    emitEnd();
}

// In each generation that it was told in.
void Agent::emitRemoved(const LocalCandidateInfo& info) {
  for (const Session* session : sessions()) {
    if (session == nullptr ||
        std::find(session->told.begin(), session->told.end(), info.id) == session->told.end())
      continue;
    Candidate candidate = info.candidate;
    candidate.ufrag = session->local.ufrag;
    candidate.generation = session->generation;
    outputs_.push_back(LocalCandidateRemoved{std::move(candidate)});
  }
}

void Agent::emitEnd() {
  if (current_->local.empty() || current_->toldEnd)
    return;
  current_->toldEnd = true;
  outputs_.push_back(LocalCandidatesEnded{current_->local.ufrag});
}

void Agent::addBase(const Base& base, Candidate candidate, Timestamp now) {
  bases_.push_back(base);
  baseAddedAt_ = now;
  addLocal(base.id, std::move(candidate));
  emitLocal(locals_.back());
  if (!isUsable(base))
    return;
  for (const RemoteCandidate& remote : current_->remotes) {
    if (remote.candidate.transport != TransportProtocol::kUdp) {
      formTcpPair(*current_, base, remote, now);
      continue;
    }
    Pair* pair = formPair(*current_, base, remote, now);
    // A network or an allocation that came later: it stands by before the pair in use is lost.
    if (pair != nullptr && gatheringState_ == GatheringState::kComplete)
      standBy(*pair);
  }
}

void Agent::addReflexive(BaseId base, Candidate candidate) {
  if (findBase(base) == nullptr)
    return;
  for (LocalCandidateInfo& info : locals_) {
    if (info.removed || info.base != base || info.candidate.endpoint != candidate.endpoint) {
      continue;
    }
    // A check may have found the address before the STUN server did.
    if (info.candidate.type == CandidateType::kPeerReflexive) {
      info.candidate = std::move(candidate);
      emitLocal(info);
    }
    return;
  }
  addLocal(base, std::move(candidate));
  emitLocal(locals_.back());
}

void Agent::removeBase(BaseId base, Timestamp now) {
  for (LocalCandidateInfo& info : locals_) {
    if (info.base != base || info.removed)
      continue;
    info.removed = true;
    emitRemoved(info);
  }
  std::erase_if(bases_, [base](const Base& b) { return b.id == base; });
  const auto hasValid = [&] {
    return bestValid(*current_, Nominated::kAny, Healthy::kAny, now) != nullptr;
  };
  const bool before = hasValid();
  Timestamp consentEnds;
  for (const auto& pair : current_->checks.pairs()) {
    if (pair->base == base && pair->valid())
      consentEnds = std::max(consentEnds, consentEnd(*pair));
  }
  for (Session* session : sessions()) {
    if (session != nullptr)
      session->checks.removeBase(base);
  }
  forgetRemoved();
  if (before && !hasValid()) {
    // What failed when there was a better pair deserves another try.
    lostAt_ = now;
    returnBy_ = consentEnds;
    restartTold_ = false;
    current_->checks.reviveFailed();
  }
}

// Restarts and new allocations leave some behind, as many as there are. Pairs may still name them.
void Agent::forgetRemoved() {
  const auto all = sessions();
  std::erase_if(locals_, [&](const LocalCandidateInfo& info) {
    return info.removed && std::none_of(all.begin(), all.end(), [&](const Session* session) {
             return session != nullptr && session->checks.names(info.id);
           });
  });
}

// RFC 8656 section 9.2: a 403 is about the address, so every pair to it is hopeless.
void Agent::refusePeer(BaseId base, const IpAddress& peer) {
  for (Session* session : sessions()) {
    if (session == nullptr)
      continue;
    for (const auto& pair : session->checks.pairs()) {
      if (pair->base != base || pair->remoteEndpoint.address != peer)
        continue;
      session->checks.untrigger(*pair);
      pair->state = PairState::kFailed;
      pair->nominated = false;
      pair->check.reset();
      if (session->nominating == pair->id)
        session->nominating.reset();
    }
  }
}

const Base* Agent::findBase(BaseId id) const {
  for (const Base& base : bases_) {
    if (base.id == id)
      return &base;
  }
  return nullptr;
}

bool Agent::isUsable(const Base& base) const {
  return base.isRelay || config_.policy == TransportPolicy::kAll;
}

const LocalCandidateInfo* Agent::findLocal(LocalCandidateId id) const {
  for (const LocalCandidateInfo& info : locals_) {
    if (info.id == id)
      return &info;
  }
  return nullptr;
}

// --- remote candidates and pairs

void Agent::addRemoteCandidate(Candidate candidate, Timestamp now) {
  if (isOver() || candidate.component != 1)
    return;
  if (!candidate.ufrag.empty() && !current_->remote.empty() &&
      candidate.ufrag != current_->remote.ufrag) {
    return;
  }
  if (candidate.hostname.empty()) {
    addResolvedCandidate(*current_, std::move(candidate), now);
  } else if (isMdnsName(candidate.hostname) && resolving_.size() < config_.limits.pendingNames &&
             (candidate.transport == TransportProtocol::kUdp ||
              (config_.connectsTcp && candidate.tcpType == TcpType::kPassive))) {
    // Only names that mDNS answers: a peer must not make us ask the DNS for names it chose.
    const ResolveId id = gatherer_.nextResolveId();
    outputs_.push_back(Resolve{id, candidate.hostname});
    resolving_[id] = Resolving{current_->generation, std::move(candidate)};
  }
  needsUpdate_ = true;
  settle(now);
}

void Agent::addResolvedCandidate(Session& session, Candidate candidate, Timestamp now) {
  const Endpoint& endpoint = candidate.endpoint;
  const bool isReached =
      candidate.transport == TransportProtocol::kUdp || candidate.tcpType == TcpType::kPassive;
  if (isReached &&
      (endpoint.port == 0 || endpoint.address.isUnspecified() || endpoint.address.isMulticast())) {
    return;
  }
  session.lastActivity = now;
  for (RemoteCandidate& known : session.remotes) {
    if (known.candidate.endpoint != endpoint || known.candidate.transport != candidate.transport ||
        known.candidate.tcpType != candidate.tcpType) {
      continue;
    }
    if (known.candidate.type != CandidateType::kPeerReflexive)
      return;
    // A check was faster than signalling; now the candidate has its name (RFC 8838 section 11.4).
    known.candidate = std::move(candidate);
    if (session.peerReflexive > 0)
      --session.peerReflexive;
    for (const auto& pair : session.checks.pairs()) {
      if (pair->remote != known.id)
        continue;
      pair->remotePriority = known.candidate.priority;
    }
    session.checks.recomputePriorities(role_);
    return;
  }
  if (session.remotes.size() >= config_.limits.remoteCandidates) {
    // A peer that loses its relay now and then has a new one for each that is dead.
    const auto dead =
        std::find_if(session.remotes.begin(), session.remotes.end(), [&](const auto& remote) {
          return remote.candidate.transport == TransportProtocol::kUdp &&
                 session.checks.removeHopeless(remote.id);
        });
    if (dead == session.remotes.end())
      return;
    if (dead->candidate.type == CandidateType::kPeerReflexive && session.peerReflexive > 0)
      --session.peerReflexive;
    session.remotes.erase(dead);
  }
  session.remotes.push_back(
      RemoteCandidate{RemoteCandidateId(++lastRemote_), std::move(candidate)});
  const RemoteCandidate added = session.remotes.back();
  // Of TCP candidates that nothing can connect to, statistics tell.
  if (added.candidate.transport == TransportProtocol::kUdp)
    formPairs(session, added, now);
  else
    formTcpPairs(session, added, now);
  // After the end of all, or long after a pair was there: in place of another that the peer has
  // lost.
  const bool isLate = session.remoteEnded || !lostAt_.isNever() ||
                      (!session.firstValidAt.isNever() &&
                       now >= session.firstValidAt + config_.timings.failurePatience);
  if (!isLate)
    return;
  for (const auto& pair : session.checks.pairs()) {
    if (pair->remote == added.id)
      standBy(*pair);
  }
}

// It waits for no pair of its foundation: that is often the one with the candidate that is dead.
void Agent::standBy(Pair& pair) {
  pair.standsBy = true;
  if (pair.state == PairState::kFrozen)
    pair.state = PairState::kWaiting;
}

void Agent::formPairs(Session& session, const RemoteCandidate& remote, Timestamp now) {
  for (const Base& base : bases_) {
    if (isUsable(base) && !base.isTcp)
      formPair(session, base, remote, now);
  }
}

Pair* Agent::formPair(Session& session, const Base& base, const RemoteCandidate& remote,
                      Timestamp now) {
  const IpAddress& address = remote.candidate.endpoint.address;
  // RFC 8445 section 6.1.2.2: same family, and link-local only among themselves.
  if (address.family() != base.address.address.family())
    return nullptr;
  if (address.isV6() && address.isLinkLocal() != base.address.address.isLinkLocal()) {
    return nullptr;
  }
  if (Pair* known = session.checks.find(base.id, remote.candidate.endpoint))
    return known;
  const auto own = std::find_if(locals_.begin(), locals_.end(), [&](const auto& info) {
    return info.base == base.id && isOwnBase(info.candidate.type);
  });
  if (own == locals_.end())
    return nullptr;
  auto pair = std::make_unique<Pair>();
  pair->id = PairId(++lastPair_);
  pair->base = base.id;
  pair->remoteEndpoint = remote.candidate.endpoint;
  pair->local = own->id;
  pair->remote = remote.id;
  pair->localPriority = own->candidate.priority;
  pair->remotePriority = remote.candidate.priority;
  pair->priority = role_ == Role::kControlling
                       ? pairPriority(pair->localPriority, pair->remotePriority)
                       : pairPriority(pair->remotePriority, pair->localPriority);
  pair->foundation = own->candidate.foundation + ":" + remote.candidate.foundation;
  Pair* added = session.checks.add(std::move(pair));
  if (added != nullptr && base.isRelay)
    gatherer_.permit(base.id, address, now);
  return added;
}

void Agent::endOfRemoteCandidates(Timestamp now) {
  if (isOver())
    return;
  current_->remoteEnded = true;
  needsUpdate_ = true;
  settle(now);
}

}  // namespace rtc::ice
