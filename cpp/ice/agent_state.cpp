// Which pair is nominated and which carries data, what state the transport is in, what is due next.

#include <algorithm>

#include "cpp/ice/agent.h"

namespace rtc::ice {
namespace {

// A peer or server can cause work that causes work only so often in one input.
constexpr int kMaxRounds = 16;

}  // namespace

// Ends every input: takes what the gatherer has, and unless only data passed, brings nomination,
// selection and state up to date and sends what is due.
void Agent::settle(Timestamp now) {
  for (int round = 0; round < kMaxRounds; ++round) {
    drainGatherer(now);
    if (!needsUpdate_)
      return;
    needsUpdate_ = false;
    update(now);
  }
}

void Agent::update(Timestamp now) {
  lastUpdate_ = now;
  if (gatheringState_ == GatheringState::kGathering && gatherer_.isComplete()) {
    emitEnd();
    setGatheringState(GatheringState::kComplete);
  }
  if (isOver())
    return;
  if (now >= previousExpiry_) {
    if (carrierInPrevious_) {
      carrier_.reset();
      carrierInPrevious_ = false;
    }
    previous_.reset();
    previousExpiry_ = Timestamp::never();
    forgetRemoved();
  }
  if (current_->checkingSince.isNever() && current_->canCheck() &&
      (!current_->remotes.empty() || current_->remoteEnded)) {
    current_->checkingSince = now;
  }
  for (Session* session : sessions()) {
    if (session == nullptr)
      continue;
    runTransactions(*session, now);
    sendDueConsents(*session, now);
  }
  nominate(now);
  sendDueChecks(now);
  selectCarrier(now);
  sweepTcp(now);
  const CheckList& checks = current_->checks;
  if (checks.empty() || checks.hasUnfinished())
    current_->hopelessSince = Timestamp::never();
  else if (current_->hopelessSince.isNever())
    current_->hopelessSince = now;
  const IceTransportState before = state_;
  setState(computeState(now));
  if (now >= restartNeededAt()) {
    restartTold_ = true;
    outputs_.push_back(IceRestartNeeded{});
  }
  if (state_ == IceTransportState::kDisconnected && before != state_)
    probeRelays(now);
  if (state_ == IceTransportState::kCompleted)
    gatherer_.stopKeepingReflexive();
}

void Agent::handleTimeout(Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  gatherer_.handleTimeout(now);
  needsUpdate_ = true;
  settle(now);
}

// --- nomination (RFC 8445 section 8)

Pair* Agent::bestValid(const Session& session, Nominated nominated, Healthy healthy,
                       Timestamp now) const {
  for (const auto& pair : session.checks.pairs()) {
    if (!pair->valid())
      continue;
    if (nominated == Nominated::kRequired && !pair->nominated)
      continue;
    if (healthy != Healthy::kAny && now >= doubtfulAt(*pair))
      continue;
    if (healthy == Healthy::kCertain && pair->consent.doubted)
      continue;
    return pair.get();
  }
  return nullptr;
}

bool Agent::awaitsNomination(Timestamp now) const {
  if (role_ != Role::kControlling || !current_->canCheck())
    return false;
  // One that does not answer any more is given up, long before the check that nominates it is.
  const Pair* nominee =
      current_->nominating ? current_->checks.find(*current_->nominating) : nullptr;
  return (nominee == nullptr || now >= doubtfulAt(*nominee)) &&
         bestValid(*current_, Nominated::kRequired, Healthy::kRequired, now) == nullptr;
}

// The criterion of section 8.1.1: at once when nothing better can come of the list and the path is
// direct; otherwise a moment after the first success, so that a slow good pair may beat a relay.
Timestamp Agent::nominationTime(const Pair& best) const {
  const LocalCandidateInfo* local = findLocal(best.local);
  const RemoteCandidate* remote = current_->find(best.remote);
  // Whatever a direct datagram may still beat.
  const auto isSecondBest = [](const Candidate& candidate) {
    return candidate.type == CandidateType::kRelay ||
           candidate.transport == TransportProtocol::kTcp;
  };
  const bool isPatient = (local != nullptr && isSecondBest(local->candidate)) ||
                         (remote != nullptr && isSecondBest(remote->candidate));
  bool betterPending = false;
  for (const auto& pair : current_->checks.pairs()) {
    if (pair->priority <= best.priority)
      break;
    betterPending = betterPending || (!pair->valid() && pair->state != PairState::kFailed);
  }
  const bool allKnown = gatheringState_ == GatheringState::kComplete && current_->remoteEnded;
  if (!betterPending && (allKnown || !isPatient))
    return Timestamp();
  return current_->firstValidAt +
         (isPatient ? config_.timings.relayNominationPatience : config_.timings.nominationPatience);
}

void Agent::nominate(Timestamp now) {
  if (!awaitsNomination(now))
    return;
  Pair* best = bestValid(*current_, Nominated::kAny, Healthy::kCertain, now);
  if (best == nullptr || now < nominationTime(*best))
    return;
  current_->nominating = best->id;
  current_->checks.trigger(*best);
}

// Section 8.1.2: with a nominated pair nothing more is tried, but what the peer triggers.
bool Agent::checksOrdinarily(Timestamp now) const {
  return bestValid(*current_, Nominated::kRequired, Healthy::kRequired, now) == nullptr;
}

// --- the pair that carries data

Pair* Agent::carrier() const {
  if (!carrier_)
    return nullptr;
  const Session* session = carrierInPrevious_ ? previous_.get() : current_.get();
  return session == nullptr ? nullptr : session->checks.find(*carrier_);
}

void Agent::selectCarrier(Timestamp now) {
  const Session* old = previous_.get();
  Pair* best = bestValid(*current_, Nominated::kRequired, Healthy::kRequired, now);
  bool inPrevious = false;
  // After a restart the old pair goes on until the new one is nominated (section 9).
  if (best == nullptr && old != nullptr) {
    best = bestValid(*old, Nominated::kRequired, Healthy::kRequired, now);
    if (best == nullptr)
      best = bestValid(*old, Nominated::kAny, Healthy::kRequired, now);
    inPrevious = best != nullptr;
  }
  if (best == nullptr)
    best = bestValid(*current_, Nominated::kAny, Healthy::kCertain, now);
  if (best == nullptr)
    best = bestValid(*current_, Nominated::kAny, Healthy::kRequired, now);
  if (best == nullptr)
    best = bestValid(*current_, Nominated::kRequired, Healthy::kAny, now);
  if (best == nullptr)
    best = bestValid(*current_, Nominated::kAny, Healthy::kAny, now);
  if (best == nullptr && old != nullptr) {
    best = bestValid(*old, Nominated::kAny, Healthy::kAny, now);
    inPrevious = best != nullptr;
  }
  if (best == nullptr) {
    carrier_.reset();
    carrierInPrevious_ = false;
    return;
  }
  const bool changed = carrier_ != best->id;
  carrier_ = best->id;
  carrierInPrevious_ = inPrevious;
  if (!changed)
    return;
  ++counters_.selectedPairChanges;
  best->consent.nextRequest = earlier(best->consent.nextRequest, now + consentDelay(*best));
  const Session& session = inPrevious ? *old : *current_;
  const LocalCandidateInfo* local = findLocal(best->local);
  const RemoteCandidate* remote = session.find(best->remote);
  if (local != nullptr && remote != nullptr) {
    // The address outlives restarts; the candidate is of the session that the pair is in.
    Candidate candidate = local->candidate;
    candidate.ufrag = session.local.ufrag;
    candidate.generation = session.generation;
    outputs_.push_back(SelectedPairChanged{best->id, std::move(candidate), remote->candidate});
  }
}

// --- states

Timestamp Agent::unhealthyAt(const Pair& pair) const {
  if (pair.consent.unanswered < 2)
    return Timestamp::never();
  return std::max(pair.consent.firstUnanswered + config_.timings.disconnectedAfter,
                  pair.consent.secondUnanswered + config_.timings.checkRto);
}

// When another pair is preferred to this one, though the state does not suffer from it yet.
Timestamp Agent::doubtfulAt(const Pair& pair) const {
  if (!pair.consent.doubted || pair.consent.unanswered < 2)
    return unhealthyAt(pair);
  const Duration roundTrip = pair.counters.currentRoundTripTime.value_or(Duration::zero());
  return pair.consent.secondUnanswered + std::max(config_.timings.checkRto, roundTrip * 2);
}

bool Agent::hasLocalCandidate() const {
  return std::any_of(locals_.begin(), locals_.end(),
                     [](const LocalCandidateInfo& info) { return !info.removed; });
}

bool Agent::allCandidatesAreKnown() const {
  return current_->remoteEnded && gatheringState_ == GatheringState::kComplete;
}

// An allocation that is asked for again is a candidate to come, whatever was told.
bool Agent::mayGainCandidates() const {
  return !allCandidatesAreKnown() || gatherer_.isRecovering();
}

void Agent::forgetLoss() {
  lostAt_ = Timestamp::never();
  returnBy_ = Timestamp::never();
}

// never() while there is nothing to restart with, or what there is may still do.
Timestamp Agent::restartNeededAt() const {
  const bool hasBase = std::any_of(bases_.begin(), bases_.end(),
                                   [this](const Base& base) { return isUsable(base); });
  if (lostAt_.isNever() || restartTold_ || carrier_ || !hasBase || !current_->canCheck())
    return Timestamp::never();
  const Duration patience = role_ == Role::kControlling ? config_.timings.restartPatience
                                                        : config_.timings.controlledRestartPatience;
  return std::max(lostAt_ + patience, baseAddedAt_ + config_.timings.restartGrace);
}

// A server that forgot its allocation says so only when it is asked.
void Agent::probeRelays(Timestamp now) {
  std::vector<BaseId> relays;
  for (const Base& base : bases_) {
    if (base.isRelay)
      relays.push_back(base.id);
  }
  for (const BaseId base : relays)
    gatherer_.probe(base, now);
}

// When a list without hope means failure. never() while there is hope.
Timestamp Agent::failureTime() const {
  const Session& session = *current_;
  // A restart whose answer does not come leaves it at the loss of all that there was, until the
  // answer brings it to life. Where there was nothing yet, nothing is lost by waiting.
  const bool awaitsPeer = session.remotes.empty() && !session.remoteEnded;
  if (session.generation > 0 && awaitsPeer) {
    const bool hasHadPath = counters_.selectedPairChanges > 0;
    const bool isAnswered = session.canCheck() && state_ != IceTransportState::kNew;
    return isAnswered || hasHadPath ? session.lastActivity + config_.timings.restartFailurePatience
                                    : Timestamp::never();
  }
  if (session.checkingSince.isNever() || session.checks.hasUnfinished())
    return Timestamp::never();
  if (!mayGainCandidates()) {
    // webrtc-pc, RTCIceTransportState: patience is for the peer's checks, and they have no address
    // to arrive at.
    if (!hasLocalCandidate())
      return session.checkingSince;
    if (!session.checks.empty())
      return session.checkingSince + config_.timings.concludedPatience;
  }
  const Timestamp patient =
      std::max(session.checkingSince, session.lastActivity) + config_.timings.failurePatience;
  if (session.hopelessSince.isNever())
    return patient;
  return std::max(patient, session.hopelessSince + config_.timings.concludedPatience);
}

// When a list without hope means `disconnected`: all is checked, and candidates may still come
// (webrtc-pc, RTCIceTransportState). Not at once, so that a first candidate that no route leads to
// does not show while others are on their way.
Timestamp Agent::resignationTime() const {
  const Session& session = *current_;
  if (session.hopelessSince.isNever() || !mayGainCandidates()) {
    return Timestamp::never();
  }
  return std::max(session.hopelessSince, std::max(session.checkingSince, session.lastActivity) +
                                             config_.timings.disconnectedAfter);
}

IceTransportState Agent::computeState(Timestamp now) const {
  const Session& session = *current_;
  if (const Pair* pair = carrier()) {
    if (!isHealthy(*pair, now)) {
      // A restart forgets that connectivity was lost (webrtc-pc, RTCIceTransportState).
      return carrierInPrevious_ ? IceTransportState::kChecking : IceTransportState::kDisconnected;
    }
    const bool completed = role_ == Role::kControlling && !carrierInPrevious_ && pair->nominated &&
                           allCandidatesAreKnown();
    return completed ? IceTransportState::kCompleted : IceTransportState::kConnected;
  }
  if (session.checkingSince.isNever()) {
    // A restart, or one that is taken back, makes nothing of it (webrtc-pc, RTCIceTransportState).
    if (state_ == IceTransportState::kNew)
      return IceTransportState::kNew;
    return now >= failureTime() ? IceTransportState::kFailed : IceTransportState::kChecking;
  }
  if (session.firstValidAt.isNever()) {
    if (now >= failureTime())
      return IceTransportState::kFailed;
    return now >= resignationTime() ? IceTransportState::kDisconnected
                                    : IceTransportState::kChecking;
  }
  // There was a connection. Consent that expired is final; a base that vanished may be replaced.
  if (session.checks.hasUnfinished())
    return IceTransportState::kDisconnected;
  const bool mayReturn = !returnBy_.isNever() && now < returnBy_;
  return mayReturn ? IceTransportState::kDisconnected : IceTransportState::kFailed;
}

void Agent::setState(IceTransportState state) {
  if (state == state_)
    return;
  state_ = state;
  outputs_.push_back(ConnectionStateChanged{state});
  if (state == IceTransportState::kFailed) {
    for (TcpPath& path : tcpPaths_)
      closeTcp(path);
  }
}

void Agent::setGatheringState(GatheringState state) {
  if (state == gatheringState_)
    return;
  gatheringState_ = state;
  outputs_.push_back(GatheringStateChanged{state});
}

// --- time

Timestamp Agent::deadline() const {
  if (state_ == IceTransportState::kClosed)
    return Timestamp::never();
  Timestamp result = gatherer_.deadline();
  if (isOver())
    return result;
  result = earlier(result, previousExpiry_);
  for (const Session* session : sessions()) {
    if (session == nullptr || !session->canCheck())
      continue;
    for (const Transaction& transaction : session->transactions) {
      const bool silent = transaction.cancelled || transaction.kind == Transaction::Kind::kConsent;
      result = earlier(result, silent ? transaction.forgetAt : transaction.timer.deadline());
    }
    for (const auto& pair : session->checks.pairs()) {
      if (!pair->valid())
        continue;
      result = earlier(result, pair->consent.nextRequest);
      result = earlier(result, consentEnd(*pair));
      const Timestamp unhealthy = unhealthyAt(*pair);
      if (unhealthy > lastUpdate_)
        result = earlier(result, unhealthy);
      const Timestamp doubtful = doubtfulAt(*pair);
      if (doubtful > lastUpdate_)
        result = earlier(result, doubtful);
    }
  }
  if (current_->canCheck()) {
    if (current_->checks.hasNext(checksOrdinarily(lastUpdate_))) {
      result = earlier(result, nextCheckAt_);
    }
    if (awaitsNomination(lastUpdate_)) {
      const Pair* best = bestValid(*current_, Nominated::kAny, Healthy::kCertain, lastUpdate_);
      if (best != nullptr)
        result = earlier(result, nominationTime(*best));
    }
    if (!carrier_ && current_->firstValidAt.isNever() && state_ != IceTransportState::kDisconnected)
      result = earlier(result, resignationTime());
  }
  if (!carrier_ && current_->firstValidAt.isNever())
    result = earlier(result, failureTime());
  result = earlier(result, restartNeededAt());
  if (returnBy_ > lastUpdate_)
    result = earlier(result, returnBy_);
  return result;
}

}  // namespace rtc::ice
