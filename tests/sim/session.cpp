#include "tests/sim/session.h"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace rtc::sim {
namespace {

constexpr const char* kStunServer = "198.51.100.1";
constexpr const char* kTurnServer = "198.51.100.2";
constexpr size_t kAhead = 1024 * 1024;

const NatOptions* natOf(Access access) {
  switch (access) {
    case Access::kFullCone:
      return &kFullCone;
    case Access::kAddressRestricted:
      return &kAddressRestricted;
    case Access::kPortRestricted:
      return &kPortRestricted;
    case Access::kSymmetric:
      return &kSymmetric;
    case Access::kOpen:
    case Access::kUdpBlocked:
      break;
  }
  return nullptr;
}

peer::Configuration configurationOf(const SessionOptions& options) {
  peer::Configuration configuration = options.configuration;
  if (options.withStun)
    configuration.iceServers.push_back(ice::test::stunServer(kStunServer));
  if (options.withTurn) {
    for (const auto transport : {ice::Server::Transport::kUdp, ice::Server::Transport::kTcp})
      configuration.iceServers.push_back(ice::test::turnServer(transport, kTurnServer));
  }
  return configuration;
}

template <typename Candidates, typename Id>
std::string typeOf(const Candidates& candidates, Id id) {
  for (const auto& entry : candidates) {
    if (entry.id == id)
      return ice::toString(entry.candidate.type);
  }
  return "?";
}

}  // namespace

const char* toString(Access access) {
  switch (access) {
    case Access::kOpen:
      return "open";
    case Access::kFullCone:
      return "full cone";
    case Access::kAddressRestricted:
      return "address-restricted";
    case Access::kPortRestricted:
      return "port-restricted";
    case Access::kSymmetric:
      return "symmetric";
    case Access::kUdpBlocked:
      return "UDP blocked";
  }
  return "";
}

// --- Party

Party::Party(Network& network, TurnNode*& turn, std::string_view text, uint64_t seed,
             peer::Configuration configuration)
    : End(text, seed, std::move(configuration), network.now()),
      network_(network),
      turn_(turn),
      addresses_{address} {}

void Party::drain() {
  while (auto output = peer.poll())
    handle(std::move(*output));
}

void Party::handleTimeoutIfDue() {
  if (peer.deadline() <= network_.now())
    peer.handleTimeout(network_.now());
}

void Party::openInterface(jsep::TransportId transport, const IpAddress& local) {
  for (const auto& [id, interface] : open_) {
    if (interface.transport == transport && interface.local.address == local)
      return;
  }
  const ice::InterfaceId id(++lastInterface_);
  const Endpoint endpoint{local, nextPort_++};
  open_[id] = {transport, endpoint};
  network_.bind(endpoint, [this, id](const Endpoint& source, Bytes data) {
    peer.handleDatagram(id, source, std::move(data), network_.now());
    drain();
  });
  peer.addInterface(transport, id, endpoint, ice::InterfaceKind::kVirtual, 0, network_.now());
}

void Party::closeInterface(ice::InterfaceId id) {
  network_.unbind(open_.at(id).local);
  open_.erase(id);
}

void Party::addAddress(const IpAddress& local) {
  addresses_.push_back(local);
  for (const jsep::TransportId transport : interfaces)
    openInterface(transport, local);
  drain();
}

void Party::removeAddress(const IpAddress& local) {
  std::erase(addresses_, local);
  std::vector<ice::InterfaceId> gone;
  for (const auto& [id, interface] : open_) {
    if (interface.local.address == local)
      gone.push_back(id);
  }
  for (const ice::InterfaceId id : gone) {
    closeInterface(id);
    peer.removeInterface(id, network_.now());
  }
  drain();
}

std::string Party::selectedTypes() const {
  const peer::Transport* transport = peer.transport();
  const auto pair = transport ? transport->ice().selectedPair() : std::nullopt;
  if (!pair)
    return "-";
  const ice::Agent& agent = transport->ice();
  return typeOf(agent.localCandidates(), pair->local) + "/" +
         typeOf(agent.remoteCandidates(), pair->remote);
}

Timestamp Party::reached(ice::IceTransportState state, Timestamp since) const {
  for (const StateAt& entry : iceStates) {
    if (entry.at >= since && entry.state == state)
      return entry.at;
  }
  return Timestamp::never();
}

void Party::note(const peer::Output& output) {
  const auto first = [this](Timestamp& at) {
    at = earlier(at, network_.now());
  };
  if (const auto* ice = std::get_if<peer::IceStateChanged>(&output)) {
    iceStates.push_back({network_.now(), ice->state});
  } else if (std::holds_alternative<peer::IceRestartNeeded>(output)) {
    first(restartNeededAt);
  } else if (const auto* dtls = std::get_if<peer::DtlsStateChanged>(&output)) {
    if (dtls->state == peer::DtlsState::kConnected)
      first(dtlsConnectedAt);
  } else if (const auto* sctp = std::get_if<peer::SctpStateChanged>(&output)) {
    if (sctp->state == peer::SctpState::kConnected)
      first(sctpConnectedAt);
  } else if (const auto* event = std::get_if<datachannel::Output>(&output)) {
    if (std::holds_alternative<datachannel::ChannelOpened>(*event) ||
        std::holds_alternative<datachannel::ChannelAnnounced>(*event))
      first(channelOpenedAt);
    else if (std::holds_alternative<datachannel::MessageReceived>(*event))
      first(firstMessageAt);
  }
}

void Party::handle(peer::Output output) {
  note(output);
  if (auto* open = std::get_if<peer::OpenInterfaces>(&output)) {
    interfaces.insert(open->transport);
    for (const IpAddress& local : addresses_)
      openInterface(open->transport, local);
    peer.interfacesComplete(open->transport, network_.now());
  } else if (auto* close = std::get_if<peer::CloseInterfaces>(&output)) {
    interfaces.erase(close->transport);
    ++interfacesClosed;
    std::vector<ice::InterfaceId> gone;
    for (const auto& [id, interface] : open_) {
      if (interface.transport == close->transport)
        gone.push_back(id);
    }
    for (const ice::InterfaceId id : gone)
      closeInterface(id);
  } else if (auto* datagram = std::get_if<peer::SendDatagram>(&output)) {
    ++datagramsSent;
    if (const auto from = open_.find(datagram->interface); from != open_.end())
      network_.send(from->second.local, datagram->destination, std::move(datagram->data));
  } else if (auto* stream = std::get_if<peer::OpenStream>(&output)) {
    const peer::StreamId id = stream->stream;
    network_.after(network_.latency * 2, [this, id] {
      if (turn_->isDown()) {
        peer.handleStreamClosed(id, network_.now());
        drain();
        return;
      }
      streams_[id] = turn_->openStream(
          {address, 1},
          [this, id](Bytes data) {
            peer.handleStreamData(id, data, network_.now());
            drain();
          },
          [this, id] {
            peer.handleStreamClosed(id, network_.now());
            drain();
          });
      peer.handleStreamOpened(id, network_.now());
      drain();
    });
  } else if (auto* bytes = std::get_if<peer::SendStream>(&output)) {
    turn_->streamData(streams_[bytes->stream], std::move(bytes->data));
  } else if (auto* shut = std::get_if<peer::CloseStream>(&output)) {
    turn_->streamClosed(streams_[shut->stream]);
  } else {
    if (onOutput)
      onOutput(output);
    record(std::move(output));
  }
}

// --- Session

Session::Session(const SessionOptions& options)
    : network(options.seed),
      a(network, turn, options.ipv6 ? "2001:db8:1::1" : "10.1.0.1", options.seed,
        configurationOf(options)),
      b(network, turn, options.ipv6 ? "2001:db8:2::1" : "10.2.0.1", options.seed + 1000,
        configurationOf(options)),
      signallingLatency_(options.signallingLatency) {
  network.latency = options.latency;
  network.addStunServer({ip(kStunServer), 3478});
  if (options.withTurn) {
    turnNode_ = std::make_unique<TurnNode>(network, Endpoint{ip(kTurnServer), 3478},
                                           TurnNode::openConfig());
    turn = turnNode_.get();
  }
  const auto place = [&](const IpAddress& host, Access access, const char* outside) {
    if (const NatOptions* kind = natOf(access)) {
      NatOptions nat = *kind;
      nat.hairpin = options.hairpin;
      nat.isolatesHosts = options.isolatesHosts;
      network.addNat(host, ip(outside), nat);
    } else if (access == Access::kUdpBlocked) {
      network.blockUdp(host);
    }
  };
  place(a.address, options.accessA, "203.0.113.1");
  place(b.address, options.sharedNat ? options.accessA : options.accessB,
        options.sharedNat ? "203.0.113.1" : "203.0.113.2");
  network.setLink(a.address, options.linkA);
  network.setLink(b.address, options.linkB);
}

void Session::start(const datachannel::ChannelOptions& channelOptions) {
  const auto opened = a.peer.createDataChannel(channelOptions, now());
  ASSERT_TRUE(opened);
  channel = *opened;
  negotiate(a, b);
}

void Session::negotiate(Party& offerer, Party& answerer) {
  const auto offer = offerer.peer.createOffer({}, now());
  ASSERT_TRUE(offer);
  ASSERT_TRUE(offerer.peer.setLocalDescription({offer->type, offer->sdp}, now()));
  signal([this, &offerer, &answerer, description = *offer] {
    ASSERT_TRUE(answerer.peer.setRemoteDescription(description, now()));
    const auto answer = answerer.peer.createAnswer({}, now());
    ASSERT_TRUE(answer);
    ASSERT_TRUE(answerer.peer.setLocalDescription({answer->type, answer->sdp}, now()));
    signal([this, &offerer, reply = *answer] {
      ASSERT_TRUE(offerer.peer.setRemoteDescription(reply, now()));
      signalledAt = earlier(signalledAt, now());
    });
  });
  settle();
}

void Session::signal(std::function<void()> deliver) {
  if (signallingLatency_ == Duration::zero())
    deliver();
  else
    network.after(signallingLatency_, std::move(deliver));
}

void Session::trickle(Party& from, Party& to) {
  for (const auto& candidate : std::exchange(from.candidates, {})) {
    if (!trickles)
      continue;
    signal([this, &to, candidate] {
      const auto status = to.peer.addIceCandidate(
          {candidate.candidate, candidate.mid, candidate.mLineIndex, candidate.usernameFragment},
          now());
      EXPECT_TRUE(status) << candidate.candidate;
    });
  }
}

void Session::settle() {
  do {
    a.drain();
    b.drain();
    trickle(a, b);
    trickle(b, a);
    a.drain();
    b.drain();
  } while (!a.candidates.empty() || !b.candidates.empty());
}

Timestamp Session::deadline() const {
  const Timestamp next =
      earlier(network.nextEvent(), earlier(a.peer.deadline(), b.peer.deadline()));
  return turn ? earlier(next, turn->deadline()) : next;
}

bool Session::runUntil(const std::function<bool()>& done, Duration limit) {
  const Timestamp end = now() + limit;
  settle();
  while (!done()) {
    const Timestamp next = deadline();
    if (next > end) {
      network.advance(end);
      settle();
      return done();
    }
    network.advance(next);
    a.handleTimeoutIfDue();
    b.handleTimeoutIfDue();
    if (turn && turn->deadline() <= now())
      turn->timeout();
    settle();
  }
  return true;
}

void Session::run(Duration time) {
  static_cast<void>(runUntil([] { return false; }, time));
}

// --- Transfer

Transfer::Transfer(Session& session, size_t bytes, size_t messageSize, uint64_t seed)
    : session_(session), messageSize_(messageSize), content_(bytes) {
  SeededRandom random(seed);
  static_cast<void>(random.fill(content_));
}

void Transfer::feed() {
  peer::Peer& peer = session_.a.peer;
  while (sent_ < content_.size() && peer.bufferedAmount(session_.channel) < kAhead) {
    const size_t size = std::min(messageSize_, content_.size() - sent_);
    const auto first = content_.begin() + static_cast<std::ptrdiff_t>(sent_);
    if (!peer.sendBinary(session_.channel, Bytes(first, first + static_cast<std::ptrdiff_t>(size)),
                         session_.now()))
      return;
    sent_ += size;
  }
}

size_t Transfer::bytesArrived() const {
  size_t bytes = 0;
  for (const auto& message : session_.b.messages)
    bytes += message.data.size();
  return bytes;
}

bool Transfer::arrived() const {
  return bytesArrived() >= content_.size();
}

bool Transfer::run(Duration limit) {
  return session_.runUntil(
      [this] {
        feed();
        return arrived();
      },
      limit);
}

bool Transfer::isIntact() const {
  Bytes all;
  all.reserve(content_.size());
  for (const auto& message : session_.b.messages)
    all.insert(all.end(), message.data.begin(), message.data.end());
  return all == content_;
}

}  // namespace rtc::sim
