// Connectivity checks (RFC 8445 section 7) and consent (RFC 7675): what is sent, how it is
// answered.

#include <algorithm>

#include "cpp/ice/agent.h"
#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

using stun::AttributeType;
using stun::MessageClass;

// Addresses of ours that peers have seen and no server told; a symmetric NAT makes one per peer.
constexpr size_t kMaxLocalPeerReflexive = 32;

}  // namespace

void Agent::handleStun(BaseId base, const Endpoint& source, const Bytes& data, Timestamp now) {
  const auto message = stun::Message::parse(data);
  if (!message.ok() || message->method() != stun::Method::kBinding) {
    ++counters_.refusedMessages;
    return;
  }
  switch (message->messageClass()) {
    case MessageClass::kRequest:
      handleRequest(base, source, *message, now);
      break;
    case MessageClass::kSuccess:
    case MessageClass::kError:
      handleResponse(base, source, *message, now);
      break;
    case MessageClass::kIndication:
      // A keepalive (section 11): it was received, and that is all.
      break;
  }
}

// --- requests from the peer (section 7.3)

void Agent::handleRequest(BaseId base, const Endpoint& source, const stun::Message& request,
                          Timestamp now) {
  const auto username = request.text(AttributeType::kUsername);
  const auto refuse = [&](int code) {
    ++counters_.refusedMessages;
    respond(base, source, stun::MessageBuilder::errorTo(request, code).fingerprint().build(), now);
  };
  // RFC 8489 section 9.1.3: first that the attributes are there, then that they are right.
  if (!username || !request.integrity())
    return refuse(stun::kBadRequest);
  const size_t colon = username->find(':');
  if (colon == std::string_view::npos)
    return refuse(stun::kUnauthenticated);
  Session* session = nullptr;
  for (Session* candidate : sessions()) {
    if (candidate == nullptr || candidate->local.empty())
      continue;
    if (username->substr(0, colon) != candidate->local.ufrag)
      continue;
    // The other half is the peer's own; while it is unknown anything goes (section 7.3).
    if (!candidate->remote.empty() && username->substr(colon + 1) != candidate->remote.ufrag) {
      continue;
    }
    session = candidate;
    break;
  }
  if (session == nullptr || !request.verifyIntegrity(asBytes(session->local.password))) {
    return refuse(stun::kUnauthenticated);
  }
  const std::string& password = session->local.password;
  const auto unknown = request.unknownRequired();
  if (!unknown.empty()) {
    ++counters_.refusedMessages;
    respond(base, source,
            stun::MessageBuilder::errorTo(request, stun::kUnknownAttribute)
                .unknownAttributes(unknown)
                .integrity(asBytes(password))
                .fingerprint()
                .build(),
            now);
    return;
  }

  needsUpdate_ = true;
  session->lastActivity = now;
  // Who was the peer, and may be another than who is, has no say in the role any more.
  if (!isPast(*session) && loses(request)) {
    respond(base, source,
            stun::MessageBuilder::errorTo(request, stun::kRoleConflict)
                .integrity(asBytes(password))
                .fingerprint()
                .build(),
            now);
    return;
  }
  respond(base, source,
          stun::MessageBuilder::successTo(request)
              .xorAddress(AttributeType::kXorMappedAddress, source)
              .integrity(asBytes(password))
              .fingerprint()
              .build(),
          now);

  EarlyCheck check;
  check.base = base;
  check.source = source;
  check.priority = request.u32(AttributeType::kPriority).value_or(1);
  check.useCandidate = request.has(AttributeType::kUseCandidate);
  if (session->canCheck()) {
    handleCheckFrom(*session, check, now);
  } else {
    const auto known =
        std::find_if(session->earlyChecks.begin(), session->earlyChecks.end(),
                     [&](const EarlyCheck& c) { return c.base == base && c.source == source; });
    if (known != session->earlyChecks.end()) {
      known->useCandidate = known->useCandidate || check.useCandidate;
    } else if (session->earlyChecks.size() < config_.limits.earlyChecks) {
      session->earlyChecks.push_back(check);
    }
  }
  if (Pair* pair = session->checks.find(base, source))
    ++pair->counters.responsesSent;
}

void Agent::respond(BaseId base, const Endpoint& source, Bytes response, Timestamp now) {
  if (!response.empty())
    transmit(base, source, std::move(response), now);
}

// Section 7.3.1.1. True when the peer is the one to change its role; it learns so from a 487.
bool Agent::loses(const stun::Message& request) {
  const bool controlling = role_ == Role::kControlling;
  const auto theirs =
      request.u64(controlling ? AttributeType::kIceControlling : AttributeType::kIceControlled);
  if (!theirs)
    return false;
  const bool weAreLarger = tieBreaker_ >= *theirs;
  if (controlling == weAreLarger)
    return true;
  switchRole(controlling ? Role::kControlled : Role::kControlling);
  return false;
}

// Sections 7.3.1.3 to 7.3.1.5: learn the candidate, check in the other direction, note nomination.
void Agent::handleCheckFrom(Session& session, const EarlyCheck& check, Timestamp now) {
  const Base* base = findBase(check.base);
  if (base == nullptr || !isUsable(*base))
    return;
  Pair* pair = session.checks.find(check.base, check.source);
  if (pair == nullptr && !base->isTcp) {
    RemoteCandidate* remote = session.find(check.source);
    if (remote == nullptr) {
      if (session.peerReflexive >= config_.limits.peerReflexive ||
          session.remotes.size() >= config_.limits.remoteCandidates) {
        return;
      }
      ++session.peerReflexive;
      Candidate candidate;
      candidate.type = CandidateType::kPeerReflexive;
      candidate.endpoint = check.source;
      // Signalled priorities are below 2^31; an attribute could say anything.
      candidate.priority = std::clamp<uint32_t>(check.priority, 1, 0x7fffffff);
      // Different from every other remote candidate's: '/' begins none that anybody signals.
      candidate.foundation = "/" + std::to_string(lastRemote_ + 1);
      session.remotes.push_back(
          RemoteCandidate{RemoteCandidateId(++lastRemote_), std::move(candidate)});
      remote = &session.remotes.back();
    }
    pair = formPair(session, *base, *remote, now);
    // What is past is checked no more. But the peer has our answer, and with it consent to send
    // from there.
    if (pair != nullptr && isPast(session))
      pair->state = PairState::kFailed;
  }
  if (pair == nullptr)
    return;
  pair->authenticated = true;
  ++pair->counters.requestsReceived;
  session.lastActivity = now;
  const bool nominates = check.useCandidate && role_ == Role::kControlled;
  if (&session == current_.get() && (!pair->valid() || (nominates && !pair->nominated)))
    doubtCarrier(*pair, now);
  if (pair->valid()) {
    if (nominates)
      markNominated(session, *pair, now);
    return;
  }
  if (isPast(session))
    return;
  if (nominates)
    pair->nominateOnSuccess = true;
  if (pair->state == PairState::kInProgress) {
    for (Transaction& transaction : session.transactions) {
      if (transaction.id != pair->check)
        continue;
      transaction.cancelled = true;
      transaction.forgetAt = now + config_.timings.checkRto * config_.timings.checkFinalWait;
    }
    pair->check.reset();
  }
  pair->state = PairState::kWaiting;
  session.checks.trigger(*pair);
}

// --- answers from the peer (section 7.2.5)

void Agent::handleResponse(BaseId base, const Endpoint& source, const stun::Message& response,
                           Timestamp now) {
  for (Session* session : sessions()) {
    if (session == nullptr)
      continue;
    auto& transactions = session->transactions;
    const auto found =
        std::find_if(transactions.begin(), transactions.end(),
                     [&](const Transaction& t) { return t.id == response.transactionId(); });
    if (found == transactions.end())
      continue;
    // Without the right integrity it is as if nothing had come (RFC 8489 section 9.1.4); that
    // includes the errors that cannot have any, so that nobody else can fail a check.
    if (!response.verifyIntegrity(asBytes(session->remote.password)) ||
        !response.unknownRequired().empty()) {
      break;
    }
    const auto mapped = response.mappedAddress();
    const auto error = response.errorCode();
    const bool success = response.messageClass() == MessageClass::kSuccess;
    if (success ? !mapped.has_value() : !error.has_value())
      break;

    const Transaction transaction = std::move(*found);
    transactions.erase(found);
    needsUpdate_ = true;
    Pair* pair = session->checks.find(transaction.pair);
    if (pair == nullptr)
      return;
    ++pair->counters.responsesReceived;
    if (pair->check == transaction.id)
      pair->check.reset();
    if (session->nominating == pair->id && transaction.kind == Transaction::Kind::kNomination) {
      session->nominating.reset();
    }

    const bool symmetric = pair->base == base && pair->remoteEndpoint == source;
    if (success && symmetric) {
      handleSuccess(*session, transaction, *pair, *mapped, now);
    } else if (!success && error->code == stun::kRoleConflict) {
      handleRoleConflict(*session, transaction, *pair);
    } else if (transaction.kind != Transaction::Kind::kConsent && !transaction.cancelled) {
      // Section 7.2.5.2.1: an answer from elsewhere is a failure. So is any other error.
      session->checks.untrigger(*pair);
      pair->state = PairState::kFailed;
      pair->nominated = false;
    }
    return;
  }
  ++counters_.refusedMessages;
}

void Agent::handleSuccess(Session& session, const Transaction& transaction, Pair& pair,
                          const Endpoint& mapped, Timestamp now) {
  const bool wasValid = pair.valid();
  const Duration roundTrip = now - transaction.lastSent;
  pair.counters.currentRoundTripTime = roundTrip;
  pair.counters.totalRoundTripTime += roundTrip;
  session.lastActivity = now;

  pair.consent.lastResponse = now;
  pair.consent.unanswered = 0;
  pair.consent.firstUnanswered = Timestamp::never();
  pair.consent.secondUnanswered = Timestamp::never();
  pair.consent.doubted = false;
  if (!wasValid) {
    pair.local = localSeenAs(pair, mapped, transaction.priority);
    pair.state = PairState::kSucceeded;
    if (pair.check) {
      for (Transaction& other : session.transactions) {
        if (other.id == pair.check)
          other.cancelled = true, other.forgetAt = now;
      }
      pair.check.reset();
    }
    session.checks.untrigger(pair);
    session.checks.unfreeze(pair.foundation);
    pair.consent.nextRequest = now + consentDelay(pair);
    if (session.firstValidAt.isNever())
      session.firstValidAt = now;
    if (&session == current_.get())
      forgetLoss();
  }
  const bool nominates = role_ == Role::kControlling
                             ? transaction.kind == Transaction::Kind::kNomination &&
                                   transaction.role == Role::kControlling
                             : pair.nominateOnSuccess;
  if (nominates)
    markNominated(session, pair, now);
}

// Section 7.2.5.3.1: the candidate of ours that the peer saw, a new one if nobody told us before.
LocalCandidateId Agent::localSeenAs(const Pair& pair, const Endpoint& mapped, uint32_t priority) {
  size_t peerReflexive = 0;
  for (const LocalCandidateInfo& info : locals_) {
    if (info.removed)
      continue;
    if (info.base == pair.base && info.candidate.endpoint == mapped)
      return info.id;
    // An active candidate has no port to compare.
    if (info.base == pair.base && isActiveTcp(info.candidate) &&
        info.candidate.endpoint.address == mapped.address) {
      return info.id;
    }
    if (info.candidate.type == CandidateType::kPeerReflexive)
      ++peerReflexive;
  }
  const Base* base = findBase(pair.base);
  if (base == nullptr || peerReflexive >= kMaxLocalPeerReflexive)
    return pair.local;
  Candidate candidate;
  candidate.type = CandidateType::kPeerReflexive;
  candidate.endpoint = mapped;
  candidate.priority = priority;
  candidate.related = base->address;
  if (base->isTcp) {
    candidate.transport = TransportProtocol::kTcp;
    candidate.tcpType = TcpType::kActive;
  }
  candidate.foundation = gatherer_.foundation(CandidateType::kPeerReflexive, base->address.address,
                                              "", base->isTcp ? "tcp" : "udp");
  return addLocal(pair.base, std::move(candidate));
}

// Section 7.2.5.1: change sides, unless that has happened since, and check again.
void Agent::handleRoleConflict(Session& session, const Transaction& transaction, Pair& pair) {
  if (transaction.role == role_ && !isPast(session)) {
    switchRole(role_ == Role::kControlling ? Role::kControlled : Role::kControlling);
    tieBreaker_ = random_.u64();
  }
  if (transaction.kind == Transaction::Kind::kConsent || pair.valid())
    return;
  if (pair.check)
    return;
  pair.state = PairState::kWaiting;
  session.checks.trigger(pair);
}

void Agent::switchRole(Role role) {
  role_ = role;
  outputs_.push_back(RoleChanged{role});
  for (Session* session : sessions()) {
    if (session == nullptr)
      continue;
    session->checks.recomputePriorities(role);
    session->nominating.reset();
  }
}

void Agent::markNominated(Session& session, Pair& pair, Timestamp now) {
  pair.nominated = true;
  pair.nominateOnSuccess = false;
  if (&session == current_.get() && previous_ && previousExpiry_.isNever()) {
    previousExpiry_ = now + config_.timings.restartOverlap;
  }
}

// --- requests to the peer (section 7.2.4)

std::optional<Transaction> Agent::startTransaction(const Session& session, Pair& pair,
                                                   Transaction::Kind kind, Timestamp now) {
  const Base* base = findBase(pair.base);
  const auto id = stun::TransactionId::random(random_);
  if (base == nullptr || !id)
    return std::nullopt;
  // Section 7.1.1: what a peer-reflexive candidate of this base would have.
  const uint32_t priority =
      candidatePriority(CandidateType::kPeerReflexive, base->localPreference,
                        base->isTcp ? TransportProtocol::kTcp : TransportProtocol::kUdp);
  stun::MessageBuilder builder(MessageClass::kRequest, stun::Method::kBinding, *id);
  builder.text(AttributeType::kUsername, session.remote.ufrag + ":" + session.local.ufrag)
      .u32(AttributeType::kPriority, priority)
      .u64(role_ == Role::kControlling ? AttributeType::kIceControlling
                                       : AttributeType::kIceControlled,
           tieBreaker_);
  if (kind == Transaction::Kind::kNomination)
    builder.flag(AttributeType::kUseCandidate);
  builder.integrity(asBytes(session.remote.password)).fingerprint();

  // Section 14.3.
  stun::TransactionTimings timings;
  timings.rto =
      std::max(config_.timings.checkRto,
               config_.timings.pacing * static_cast<int64_t>(session.checks.countActive()));
  timings.requestCount = config_.timings.checkTransmissions;
  timings.lastWaitFactor = config_.timings.checkFinalWait;
  // A reliable transport repeats by itself; the check is lost when a datagram's would be.
  timings.reliableTimeout =
      timings.rto * ((int64_t{1} << (timings.requestCount - 1)) - 1 + timings.lastWaitFactor);
  using Transport = stun::TransactionTimer::Transport;
  const Transport transport = base->isTcp ? Transport::kReliable : Transport::kDatagram;
  Transaction transaction{*id,
                          pair.id,
                          kind,
                          role_,
                          priority,
                          builder.build(),
                          false,
                          stun::TransactionTimer(now, transport, timings),
                          Timestamp::never(),
                          now};
  if (transaction.request.empty())
    return std::nullopt;
  ++pair.counters.requestsSent;
  transmit(pair.base, pair.remoteEndpoint, transaction.request, now);
  return transaction;
}

void Agent::sendCheck(Session& session, Pair& pair, Timestamp now) {
  const bool nominates = session.nominating == pair.id && pair.valid();
  auto transaction = startTransaction(
      session, pair, nominates ? Transaction::Kind::kNomination : Transaction::Kind::kCheck, now);
  if (!transaction) {
    // Without randomness there are no requests, and a path that works is none the worse for it: it
    // is nominated when there is again.
    if (nominates)
      session.checks.trigger(pair);
    else
      pair.state = PairState::kFailed;
    // What was to be nominated once this pair is through is due now.
    needsUpdate_ = true;
    return;
  }
  if (!nominates) {
    pair.state = PairState::kInProgress;
    pair.isSlow = false;
    pair.check = transaction->id;
  }
  session.transactions.push_back(std::move(*transaction));
}

void Agent::sendDueChecks(Timestamp now) {
  if (!current_->canCheck() || now < nextCheckAt_)
    return;
  while (Pair* pair = current_->checks.next(checksOrdinarily(now))) {
    if (pair->valid() && current_->nominating != pair->id)
      continue;
    sendCheck(*current_, *pair, now);
    nextCheckAt_ = now + config_.timings.pacing;
    return;
  }
}

void Agent::runTransactions(Session& session, Timestamp now) {
  auto& transactions = session.transactions;
  for (size_t i = 0; i < transactions.size();) {
    Transaction& transaction = transactions[i];
    Pair* pair = session.checks.find(transaction.pair);
    bool done = pair == nullptr || now >= transaction.forgetAt;
    if (!done && !transaction.cancelled && transaction.kind != Transaction::Kind::kConsent) {
      const auto due = transaction.timer.handle(now);
      if (due == stun::TransactionTimer::Due::kRetransmit) {
        transaction.lastSent = now;
        // RFC 8445 section 6.1.4.2 has others wait until it has failed: a quarter of a minute for
        // each relayed address that a peer has lost.
        pair->isSlow = pair->check == transaction.id;
        ++pair->counters.requestsSent;
        transmit(pair->base, pair->remoteEndpoint, transaction.request, now);
      } else if (due == stun::TransactionTimer::Due::kTimedOut) {
        done = true;
        if (pair->check == transaction.id)
          pair->check.reset();
        if (session.nominating == pair->id)
          session.nominating.reset();
        if (!pair->queuedForTriggeredCheck)
          pair->state = PairState::kFailed;
        pair->nominated = false;
      }
    }
    if (done) {
      transactions.erase(transactions.begin() + static_cast<ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

// --- consent (RFC 7675)

// Randomised between 0.8 and 1.2 of the interval (section 5.1), so that nothing synchronises.
Duration Agent::consentDelay(const Pair& pair) {
  if (pair.consent.doubted && pair.consent.unanswered < 2)
    return config_.timings.checkRto;
  const bool carries = isCarrier(pair) || pair.consent.unanswered > 0;
  const Duration interval =
      carries ? config_.timings.consentInterval : config_.timings.keepaliveInterval;
  return interval * (80 + int64_t{random_.below(41)}) / 100;
}

// The peer checks or nominates another pair long after one was nominated: its own path may be gone,
// or ours to it. Whether the pair in use still answers is asked now, not within the next seconds.
void Agent::doubtCarrier(const Pair& other, Timestamp now) {
  Pair* pair = carrier();
  if (pair == nullptr || carrierInPrevious_ || isCarrier(other) || !pair->nominated)
    return;
  doubt(*pair, now);
}

void Agent::doubt(Pair& pair, Timestamp from) {
  if (pair.consent.doubted)
    return;
  pair.consent.doubted = true;
  pair.consent.nextRequest = earlier(pair.consent.nextRequest, from);
}

void Agent::sendConsent(Session& session, Pair& pair, Timestamp now) {
  Consent& consent = pair.consent;
  if (++consent.unanswered == 1)
    consent.firstUnanswered = now;
  if (consent.unanswered == 2) {
    consent.secondUnanswered = now;
    // What ended it may have ended others, which were asked a quarter of a minute ago. One that
    // answers is to take its place, and not these one after another.
    if (isCarrier(pair)) {
      Timestamp turn = now;
      for (const auto& other : session.checks.pairs()) {
        if (!other->valid() || isCarrier(*other))
          continue;
        turn = turn + config_.timings.pacing;
        doubt(*other, turn);
      }
    }
  }
  consent.nextRequest = now + consentDelay(pair);
  auto transaction = startTransaction(session, pair, Transaction::Kind::kConsent, now);
  if (!transaction)
    return;
  ++pair.counters.consentRequestsSent;
  transaction->forgetAt = now + config_.timings.consentExpiry;
  session.transactions.push_back(std::move(*transaction));
}

void Agent::sendDueConsents(Session& session, Timestamp now) {
  if (!session.canCheck())
    return;
  for (const auto& pair : session.checks.pairs()) {
    if (!pair->valid())
      continue;
    if (now >= consentEnd(*pair)) {
      // Section 5.1: transmission must cease.
      pair->state = PairState::kFailed;
      pair->nominated = false;
      if (session.nominating == pair->id)
        session.nominating.reset();
      session.checks.untrigger(*pair);
    } else if (now >= pair->consent.nextRequest) {
      sendConsent(session, *pair, now);
    }
  }
}

}  // namespace rtc::ice
