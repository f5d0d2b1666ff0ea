#include "tests/cpp/ice/network.h"

#include <algorithm>

namespace rtc::ice::test {

// --- TurnNode

turn::ServerConfig TurnNode::openConfig() {
  turn::ServerConfig config;
  config.users["user"] = "pass";
  config.ipv6 = false;
  config.policy = turn::PeerPolicy({*turn::Cidr::parse("0.0.0.0/0"), *turn::Cidr::parse("::/0")});
  return config;
}

TurnNode::TurnNode(Network& network, const Endpoint& address, turn::ServerConfig config)
    : network_(network), address_(address), config_(std::move(config)) {
  server_.emplace(config_, random_);
  listen();
}

void TurnNode::listen() {
  network_.bind(address_, [this](const Endpoint& source, Bytes data) {
    auto [known, fresh] = datagramClients_.try_emplace(source, turn::ClientId(lastClient_ + 1));
    if (fresh) {
      ++lastClient_;
      sources_[known->second] = source;
      server_->clientConnected(known->second, turn::ClientKind::kUdp, source, network_.now());
    }
    server_->clientDatagram(known->second, data, network_.now(), 1000);
    drain();
  });
}

turn::ClientId TurnNode::openStream(const Endpoint& source, std::function<void(Bytes)> onData,
                                    std::function<void()> onClose) {
  const turn::ClientId id(++lastClient_);
  streams_[id] = Stream{std::move(onData), std::move(onClose)};
  server_->clientConnected(id, turn::ClientKind::kWebSocket, source, network_.now());
  drain();
  return id;
}

void TurnNode::streamData(turn::ClientId id, Bytes data) {
  if (isDeaf)
    return;
  network_.after(network_.latency, [this, id, data = std::move(data)] {
    server_->clientStreamData(id, data, network_.now(), 1000);
    drain();
  });
}

void TurnNode::streamClosed(turn::ClientId id) {
  network_.after(network_.latency, [this, id] {
    if (streams_.erase(id) == 0)
      return;
    server_->clientClosed(id, network_.now());
    drain();
  });
}

void TurnNode::dropStreams() {
  auto streams = std::exchange(streams_, {});
  for (auto& [id, stream] : streams) {
    server_->clientClosed(id, network_.now());
    stream.onClose();
  }
  drain();
}

void TurnNode::fall() {
  isDown_ = true;
  network_.unbind(address_);
  for (const auto& [socket, relayed] : relays_)
    network_.unbind(relayed);
  relays_.clear();
  datagramClients_.clear();
  sources_.clear();
  server_.emplace(config_, random_);
  for (auto& [id, stream] : std::exchange(streams_, {}))
    stream.onClose();
}

void TurnNode::rise(turn::ServerConfig config) {
  config_ = std::move(config);
  server_.emplace(config_, random_);
  rise();
}

void TurnNode::rise() {
  isDown_ = false;
  listen();
}

void TurnNode::timeout() {
  server_->handleTimeout(network_.now());
  drain();
}

void TurnNode::drain() {
  while (auto output = server_->poll()) {
    if (auto* reply = std::get_if<turn::Server::ToClient>(&*output)) {
      if (const auto source = sources_.find(reply->client); source != sources_.end()) {
        network_.send(address_, source->second, std::move(reply->data));
      } else if (const auto stream = streams_.find(reply->client); stream != streams_.end()) {
        network_.after(network_.latency,
                       [onData = stream->second.onData, data = std::move(reply->data)]() mutable {
                         onData(std::move(data));
                       });
      }
    } else if (auto* close = std::get_if<turn::Server::CloseClient>(&*output)) {
      if (const auto source = sources_.find(close->client); source != sources_.end()) {
        datagramClients_.erase(source->second);
        sources_.erase(source);
      }
    } else if (auto* open = std::get_if<turn::Server::OpenRelaySocket>(&*output)) {
      const Endpoint relayed{
          open->family == AddressFamily::kIpv4 ? ip("198.51.100.9") : ip("2001:db8::9"),
          nextRelayPort_++};
      relays_[open->socket] = relayed;
      network_.bind(relayed, [this, socket = open->socket](const Endpoint& source, Bytes data) {
        server_->relayDatagram(socket, source, data, network_.now());
        drain();
      });
      server_->relaySocketOpened(open->socket, relayed, network_.now());
    } else if (auto* closed = std::get_if<turn::Server::CloseRelaySocket>(&*output)) {
      network_.unbind(relays_[closed->socket]);
      relays_.erase(closed->socket);
    } else if (auto* toPeer = std::get_if<turn::Server::ToPeer>(&*output)) {
      network_.send(relays_[toPeer->socket], toPeer->peer, std::move(toPeer->data));
    }
  }
}

// --- Peer

Peer::Peer(Network& n, AgentConfig config, uint64_t seed)
    : network(n), random(seed), agent(std::move(config), random) {}

void Peer::addInterface(uint32_t id, const Endpoint& local) {
  interfaces_[id] = local;
  network.bind(local, [this, id](const Endpoint& source, Bytes data) {
    agent.handleDatagram(InterfaceId(id), source, std::move(data), network.now());
  });
  agent.addInterface(InterfaceId(id), local, InterfaceKind::kVirtual, network.now());
}

void Peer::removeInterface(uint32_t id) {
  network.unbind(interfaces_[id]);
  interfaces_.erase(id);
  agent.removeInterface(InterfaceId(id), network.now());
}

void Peer::pump() {
  while (auto output = agent.poll()) {
    if (auto* sent = std::get_if<Transmit>(&*output)) {
      const auto local = interfaces_.find(sent->interface.value());
      if (local != interfaces_.end()) {
        network.send(local->second, sent->destination, std::move(sent->data));
      }
    } else if (auto* candidate = std::get_if<LocalCandidate>(&*output)) {
      candidates.push_back(candidate->candidate);
      if (onCandidate)
        onCandidate(candidate->candidate);
    } else if (auto* end = std::get_if<LocalCandidatesEnded>(&*output)) {
      ended.push_back(end->ufrag);
    } else if (auto* gathering = std::get_if<GatheringStateChanged>(&*output)) {
      gatheringStates.push_back(gathering->state);
      if (gathering->state == GatheringState::kComplete && onGathered)
        onGathered();
    } else if (auto* state = std::get_if<ConnectionStateChanged>(&*output)) {
      states.push_back(state->state);
    } else if (auto* selected = std::get_if<SelectedPairChanged>(&*output)) {
      selections.push_back(*selected);
    } else if (auto* role = std::get_if<RoleChanged>(&*output)) {
      roles.push_back(role->role);
    } else if (auto* error = std::get_if<CandidateError>(&*output)) {
      errors.push_back(*error);
    } else if (auto* data = std::get_if<Received>(&*output)) {
      received.emplace_back(asText(data->data));
    } else if (auto* resolve = std::get_if<Resolve>(&*output)) {
      resolves.push_back(resolve->hostname);
      const auto name = names.find(resolve->hostname);
      if (name == names.end())
        continue;
      network.after(network.latency, [this, id = resolve->id, addresses = name->second] {
        agent.handleResolved(id, addresses, network.now());
      });
    } else if (auto* gone = std::get_if<LocalCandidateRemoved>(&*output)) {
      removed.push_back(gone->candidate);
    } else if (auto* recovery = std::get_if<RelayRecovery>(&*output)) {
      recoveries.push_back(*recovery);
    } else if (std::holds_alternative<IceRestartNeeded>(*output)) {
      ++restartsNeeded;
    } else if (auto* open = std::get_if<StreamOpen>(&*output)) {
      ++streamsOpened;
      opens.push_back(*open);
      if (onOpen)
        onOpen(*open);
      if (turn == nullptr)
        continue;
      const StreamId id = open->stream;
      network.after(network.latency, [this, id] {
        if (turn->isDown()) {
          agent.handleStreamClosed(id, network.now());
          return;
        }
        streams_[id] = turn->openStream(
            at("192.0.2.77", 1000),
            [this, id](Bytes data) { agent.handleStreamData(id, data, network.now()); },
            [this, id] { agent.handleStreamClosed(id, network.now()); });
        agent.handleStreamOpened(id, network.now());
      });
    } else if (auto* toPeer = std::get_if<PeerStreamOpen>(&*output)) {
      peerStreams_.insert(toPeer->stream);
      onPeerStream(*toPeer);
    } else if (auto* streamed = std::get_if<StreamTransmit>(&*output)) {
      if (peerStreams_.contains(streamed->stream))
        onPeerData(streamed->stream, std::move(streamed->data));
      else if (turn != nullptr)
        turn->streamData(streams_[streamed->stream], std::move(streamed->data));
    } else if (auto* closed = std::get_if<StreamClose>(&*output)) {
      ++streamsClosed;
      if (peerStreams_.contains(closed->stream))
        onPeerClose(closed->stream);
      else if (turn != nullptr)
        turn->streamClosed(streams_[closed->stream]);
    }
  }
}

// --- Pair2

Credentials credentials(char letter) {
  return Credentials{std::string(4, letter), std::string(22, letter)};
}

namespace {

AgentConfig configFor(const Pair2::Options& options, bool isA) {
  AgentConfig config;
  config.servers = isA ? options.serversA : options.serversB;
  config.policy = isA ? options.policyA : options.policyB;
  config.role = isA ? options.roleA : options.roleB;
  if (options.tweak)
    options.tweak(config);
  return config;
}

}  // namespace

Pair2::Pair2(const Options& options)
    : a(network, configFor(options, true), 1), b(network, configFor(options, false), 2) {
  a.agent.setLocalCredentials(credentials('a'), now());
  b.agent.setLocalCredentials(credentials('b'), now());
}

void Pair2::addHosts() {
  a.addInterface(1, at("10.0.0.1", 5000));
  b.addInterface(1, at("10.0.0.2", 5000));
}

TurnNode& Pair2::addTurn(turn::ServerConfig config) {
  turn = std::make_unique<TurnNode>(network, at("198.51.100.2", 3478), std::move(config));
  a.turn = turn.get();
  b.turn = turn.get();
  return *turn;
}

void Pair2::trickleAToB() {
  a.onCandidate = [this](const Candidate& c) {
    b.agent.addRemoteCandidate(*Candidate::parse(c.toString()), now());
  };
  a.onGathered = [this] {
    b.agent.endOfRemoteCandidates(now());
  };
}

void Pair2::trickleBToA() {
  b.onCandidate = [this](const Candidate& c) {
    a.agent.addRemoteCandidate(*Candidate::parse(c.toString()), now());
  };
  b.onGathered = [this] {
    a.agent.endOfRemoteCandidates(now());
  };
}

void Pair2::exchangeCredentials() {
  a.agent.setRemoteCredentials(b.agent.localCredentials(), false, now());
  b.agent.setRemoteCredentials(a.agent.localCredentials(), false, now());
}

void Pair2::gather() {
  for (Peer* peer : {&a, &b}) {
    peer->agent.gather(now());
    peer->agent.interfacesComplete(now());
  }
}

void Pair2::start() {
  exchangeCredentials();
  trickleAToB();
  trickleBToA();
  gather();
}

void Pair2::pump() {
  a.pump();
  b.pump();
  // What one emitted may have made the other emit.
  a.pump();
}

Timestamp Pair2::deadline() const {
  Timestamp next = earlier(network.nextEvent(), earlier(a.agent.deadline(), b.agent.deadline()));
  return turn ? earlier(next, turn->deadline()) : next;
}

bool Pair2::runUntil(const std::function<bool()>& done, Duration limit) {
  const Timestamp end = now() + limit;
  pump();
  // A deadline that does not move is a busy loop; no scenario needs so many steps.
  for (int step = 0; step < 200000; ++step) {
    if (done())
      return true;
    const Timestamp next = deadline();
    if (next > end) {
      network.advance(end);
      pump();
      return done();
    }
    network.advance(next);
    pump();
    for (Peer* peer : {&a, &b}) {
      if (peer->agent.deadline() <= now())
        peer->agent.handleTimeout(now());
    }
    if (turn && turn->deadline() <= now())
      turn->timeout();
    pump();
  }
  return false;
}

void Pair2::runFor(Duration time) {
  const Timestamp end = now() + time;
  static_cast<void>(runUntil([&] { return now() >= end; }, time));
}

bool Pair2::isConnected() const {
  const auto connected = [](const Peer& peer) {
    return peer.agent.state() == IceTransportState::kConnected ||
           peer.agent.state() == IceTransportState::kCompleted;
  };
  return connected(a) && connected(b);
}

bool Pair2::runUntilConnected() {
  return runUntil([this] { return isConnected(); });
}

bool Pair2::delivers(Peer& from, Peer& to, const std::string& text) {
  if (!from.agent.send(toBytes(asBytes(text)), now()))
    return false;
  return runUntil(
      [&] { return std::find(to.received.begin(), to.received.end(), text) != to.received.end(); },
      Duration::seconds(2));
}

}  // namespace rtc::ice::test
