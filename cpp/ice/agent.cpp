#include "cpp/ice/agent.h"

#include <algorithm>

#include "cpp/stun/demux.h"

namespace rtc::ice {
Agent::Agent(AgentConfig config, RandomSource& random)
    : config_(std::move(config)),
      random_(random),
      gatherer_(config_, random),
      role_(config_.role),
      tieBreaker_(random.u64()),
      current_(std::make_unique<Session>(config_.limits.pairs)) {}

// --- configuration

void Agent::setLocalCredentials(Credentials credentials, Timestamp now) {
  if (isOver())
    return;
  current_->local = std::move(credentials);
  // Gathered ahead of the description that they are for.
  emitUntold();
  flushEarly(now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::setRemoteCredentials(Credentials credentials, bool lite, Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  if (!current_->remote.empty() && current_->remote != credentials) {
    // Until `restart` changes them, our credentials and what was told under them stay.
    auto told = current_->told;
    const bool toldEnd = current_->toldEnd;
    beginSession();
    current_->told = std::move(told);
    current_->toldEnd = toldEnd;
  }
  replaced_.reset();
  // A restart that had waited for too long.
  const bool isAnswered = current_->remote.empty() && !current_->local.empty();
  if (isAnswered && state_ == IceTransportState::kFailed)
    setState(IceTransportState::kChecking);
  current_->remote = std::move(credentials);
  current_->remoteLite = lite;
  current_->lastActivity = now;
  // A lite agent cannot control (RFC 8445 section 6.1.1).
  if (lite && role_ == Role::kControlled)
    switchRole(Role::kControlling);
  flushEarly(now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::setRole(Role role, Timestamp now) {
  if (role == role_ || isOver())
    return;
  if (current_->remoteLite && role == Role::kControlled)
    return;
  switchRole(role);
  needsUpdate_ = true;
  settle(now);
}

void Agent::configure(std::vector<Server> servers, TransportPolicy policy) {
  config_.servers = std::move(servers);
  config_.policy = policy;
}

// --- gathering

void Agent::gather(Timestamp now) {
  if (gatheringState_ != GatheringState::kNew || isOver())
    return;
  setGatheringState(GatheringState::kGathering);
  gatherer_.start(now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::beginSession() {
  auto next = std::make_unique<Session>(config_.limits.pairs);
  next->generation = ++lastGeneration_;
  // A restart that the peer has not answered is replaced by the next, and both stand for the same
  // session before them.
  const bool isUnanswered = previous_ && current_->remote.empty();
  if (!isUnanswered) {
    // The session whose pair carries data stays.
    if (previous_ && carrierInPrevious_) {
      replaced_ = std::move(current_);
    } else {
      previous_ = std::move(current_);
      carrierInPrevious_ = carrier_.has_value();
    }
  }
  previousExpiry_ = Timestamp::never();
  current_ = std::move(next);
  resolving_.clear();
  forgetLoss();
}

void Agent::restart(Credentials local, Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  // The peer restarted first: its session waits for our half.
  const bool answers = current_->local.empty() && !current_->remote.empty();
  if (!answers)
    beginSession();
  current_->local = std::move(local);
  current_->told.clear();
  current_->toldEnd = false;
  current_->lastActivity = now;
  if (state_ == IceTransportState::kFailed)
    setState(IceTransportState::kChecking);

  if (gatheringState_ != GatheringState::kNew) {
    setGatheringState(GatheringState::kGathering);
    for (LocalCandidateInfo& info : locals_) {
      if (info.removed)
        continue;
      if (!isOwnBase(info.candidate.type)) {
        info.removed = true;
        continue;
      }
      if (!isSignalled(info.candidate))
        continue;
      const Base* base = findBase(info.base);
      if (base != nullptr && isUsable(*base))
        emitLocal(info);
    }
    forgetRemoved();
    gatherer_.restart(now);
  }
  flushEarly(now);
  needsUpdate_ = true;
  settle(now);
}

bool Agent::cancelRestart(const Credentials& local, Timestamp now) {
  if (state_ == IceTransportState::kClosed || current_->hasNominated())
    return false;
  if (replaced_ && replaced_->local == local) {
    current_ = std::move(replaced_);
  } else if (previous_ && previous_->local == local) {
    current_ = std::move(previous_);
    replaced_.reset();
    previousExpiry_ = Timestamp::never();
    if (!carrierInPrevious_)
      carrier_.reset();
    carrierInPrevious_ = false;
  } else {
    return false;
  }
  emitUntold();
  needsUpdate_ = true;
  settle(now);
  return true;
}

void Agent::addInterface(InterfaceId id, const Endpoint& local, InterfaceKind, Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  gatherer_.addInterface(id, local, now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::removeInterface(InterfaceId id, Timestamp now) {
  gatherer_.removeInterface(id, now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::interfacesComplete(Timestamp now) {
  gatherer_.interfacesComplete(now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  needsUpdate_ = true;
  if (!gatherer_.handleResolved(id, addresses, now)) {
    const auto found = resolving_.find(id);
    if (found == resolving_.end())
      return;
    const Resolving resolving = std::move(found->second);
    resolving_.erase(found);
    // One address of each family: a name with more is not a peer hiding its addresses.
    bool seen[2] = {false, false};
    for (const IpAddress& address : addresses) {
      bool& known = seen[address.isV6() ? 1 : 0];
      if (known || resolving.generation != current_->generation)
        continue;
      known = true;
      Candidate candidate = resolving.candidate;
      candidate.endpoint.address = address;
      addResolvedCandidate(*current_, std::move(candidate), now);
    }
  }
  settle(now);
}

void Agent::drainGatherer(Timestamp now) {
  if (draining_)
    return;
  draining_ = true;
  while (auto event = gatherer_.poll()) {
    if (auto* received = std::get_if<Gatherer::RelayReceived>(&*event)) {
      handleFromBase(received->base, received->peer, std::move(received->data), now);
    } else if (auto* sent = std::get_if<Transmit>(&*event)) {
      outputs_.push_back(std::move(*sent));
    } else if (auto* streamed = std::get_if<StreamTransmit>(&*event)) {
      outputs_.push_back(std::move(*streamed));
    } else {
      needsUpdate_ = true;
      if (auto* added = std::get_if<Gatherer::BaseAdded>(&*event)) {
        addBase(added->base, std::move(added->candidate), now);
      } else if (auto* removed = std::get_if<Gatherer::BaseRemoved>(&*event)) {
        if (const Base* base = findBase(removed->base); base != nullptr && !base->isRelay)
          removeTcpOf(base->interface, now);
        removeBase(removed->base, now);
      } else if (auto* reflexive = std::get_if<Gatherer::ReflexiveFound>(&*event)) {
        addReflexive(reflexive->base, std::move(reflexive->candidate));
      } else if (auto* refused = std::get_if<Gatherer::PeerRefused>(&*event)) {
        refusePeer(refused->base, refused->peer);
      } else if (auto* open = std::get_if<StreamOpen>(&*event)) {
        outputs_.push_back(std::move(*open));
      } else if (auto* closed = std::get_if<StreamClose>(&*event)) {
        outputs_.push_back(*closed);
      } else if (auto* recovery = std::get_if<RelayRecovery>(&*event)) {
        outputs_.push_back(std::move(*recovery));
      } else if (auto* resolve = std::get_if<Resolve>(&*event)) {
        outputs_.push_back(std::move(*resolve));
      } else if (auto* error = std::get_if<CandidateError>(&*event)) {
        outputs_.push_back(std::move(*error));
      }
    }
  }
  draining_ = false;
}

// --- transport

void Agent::handleDatagram(InterfaceId id, const Endpoint& source, Bytes data, Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  if (gatherer_.handleDatagram(id, source, data, now)) {
    if (gatheringState_ == GatheringState::kGathering)
      needsUpdate_ = true;
  } else if (const auto base = gatherer_.baseOf(id)) {
    handleFromBase(*base, source, std::move(data), now);
  } else {
    ++counters_.droppedDatagrams;
  }
  settle(now);
}

void Agent::handleFromBase(BaseId base, const Endpoint& source, Bytes data, Timestamp now) {
  const Base* known = findBase(base);
  if (known == nullptr || !isUsable(*known) || isOver()) {
    ++counters_.droppedDatagrams;
  } else if (stun::isStun(data)) {
    handleStun(base, source, data, now);
  } else {
    handleData(base, source, std::move(data), now);
  }
}

void Agent::handleData(BaseId base, const Endpoint& source, Bytes data, Timestamp now) {
  for (Session* session : sessions()) {
    Pair* pair = session == nullptr ? nullptr : session->checks.find(base, source);
    if (pair == nullptr || !(pair->valid() || pair->authenticated))
      continue;
    ++pair->counters.packetsReceived;
    pair->counters.bytesReceived += data.size();
    pair->counters.lastPacketReceived = now;
    outputs_.push_back(Received{std::move(data), session->generation});
    return;
  }
  const bool early =
      !current_->canCheck() && current_->earlyDatagrams.size() < config_.limits.earlyDatagrams &&
      std::any_of(current_->earlyChecks.begin(), current_->earlyChecks.end(),
                  [&](const EarlyCheck& c) { return c.base == base && c.source == source; });
  if (early) {
    current_->earlyDatagrams.push_back(EarlyDatagram{base, source, std::move(data)});
  } else {
    ++counters_.droppedDatagrams;
  }
}

// The peer knew our credentials before we knew its own: what it sent counts now.
void Agent::flushEarly(Timestamp now) {
  if (!current_->canCheck())
    return;
  const auto checks = std::exchange(current_->earlyChecks, {});
  auto datagrams = std::exchange(current_->earlyDatagrams, {});
  for (const EarlyCheck& check : checks)
    handleCheckFrom(*current_, check, now);
  for (EarlyDatagram& datagram : datagrams) {
    handleData(datagram.base, datagram.source, std::move(datagram.data), now);
  }
}

void Agent::transmit(BaseId base, const Endpoint& destination, Bytes data, Timestamp now) {
  const Base* known = findBase(base);
  if (known == nullptr)
    return;
  if (known->isTcp) {
    sendTcp(base, data);
  } else if (known->isRelay) {
    gatherer_.sendThroughRelay(base, destination, data, now);
  } else {
    outputs_.push_back(Transmit{known->interface, destination, std::move(data)});
  }
}

bool Agent::send(Bytes data, Timestamp now) {
  Pair* pair = carrier();
  // Consent ends on time though the timer for it may be late, as in a page that is hidden.
  if (pair != nullptr && now >= consentEnd(*pair)) {
    needsUpdate_ = true;
    settle(now);
    pair = carrier();
  }
  if (pair == nullptr || isOver())
    return false;
  ++pair->counters.packetsSent;
  pair->counters.bytesSent += data.size();
  pair->counters.lastPacketSent = now;
  transmit(pair->base, pair->remoteEndpoint, std::move(data), now);
  settle(now);
  return true;
}

void Agent::setStreamCredentials(StreamId id, std::string username, std::string password) {
  gatherer_.setStreamCredentials(id, std::move(username), std::move(password));
}

void Agent::handleStreamOpened(StreamId id, Timestamp now) {
  if (TcpPath* path = findTcp(id))
    handleTcpOpened(*path);
  else
    gatherer_.handleStreamOpened(id, now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::handleStreamData(StreamId id, ByteSpan data, Timestamp now) {
  if (findTcp(id) != nullptr)
    handleTcpData(id, data, now);
  else
    gatherer_.handleStreamData(id, data, now);
  if (gatheringState_ == GatheringState::kGathering)
    needsUpdate_ = true;
  settle(now);
}

void Agent::handleStreamClosed(StreamId id, Timestamp now) {
  if (TcpPath* path = findTcp(id))
    handleTcpClosed(*path);
  else
    gatherer_.handleStreamClosed(id, now);
  needsUpdate_ = true;
  settle(now);
}

void Agent::close(Timestamp now) {
  if (state_ == IceTransportState::kClosed)
    return;
  for (TcpPath& path : tcpPaths_)
    closeTcp(path);
  tcpPaths_.clear();
  gatherer_.close(now);
  drainGatherer(now);
  carrier_.reset();
  previous_.reset();
  replaced_.reset();
  resolving_.clear();
  setState(IceTransportState::kClosed);
}

std::optional<Output> Agent::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

// --- inspection

PairInfo Agent::infoOf(const Pair& pair, bool inPrevious) const {
  PairInfo info;
  info.id = pair.id;
  info.local = pair.local;
  info.remote = pair.remote;
  info.state = pair.state;
  info.nominated = pair.nominated;
  info.selected = carrier_ == pair.id && carrierInPrevious_ == inPrevious;
  info.priority = pair.priority;
  info.counters = pair.counters;
  return info;
}

std::vector<PairInfo> Agent::pairs() const {
  std::vector<PairInfo> result;
  for (const auto& pair : current_->checks.pairs())
    result.push_back(infoOf(*pair, false));
  if (previous_) {
    for (const auto& pair : previous_->checks.pairs())
      result.push_back(infoOf(*pair, true));
  }
  return result;
}

std::vector<RemoteCandidateInfo> Agent::remoteCandidates() const {
  std::vector<RemoteCandidateInfo> result;
  for (const Session* session : sessions()) {
    if (session == nullptr)
      continue;
    for (const RemoteCandidate& remote : session->remotes) {
      result.push_back(RemoteCandidateInfo{remote.id, remote.candidate});
    }
  }
  return result;
}

std::optional<PairInfo> Agent::selectedPair() const {
  const Pair* pair = carrier();
  if (pair == nullptr)
    return std::nullopt;
  return infoOf(*pair, carrierInPrevious_);
}

}  // namespace rtc::ice
