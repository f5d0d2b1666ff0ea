#pragma once

// What the two peers of call_peers_fuzz.cpp are on: datagrams and streams with a delay, a TURN
// server that takes both, TCP candidates that lead to the other peer, names, and one clock.

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/ice/tcp_framing.h"
#include "cpp/turn/server.h"
#include "tests/cpp/peer/peer_pair.h"
#include "tests/fuzz/require.h"

namespace rtc::fuzz {

class PeerNetwork {
 public:
  using End = peer::End;
  /// How those answer to whom streams are opened, and who knows names.
  enum class Manner : uint8_t {
    kHonest,
    kRefuses,
    kSilent,
    /// Streams open, and nothing that comes over them is heard.
    kDeaf,
    kCount,
  };
  enum class StreamState : uint8_t { kAsked, kOpen, kClosed };
  struct Stream {
    StreamState state = StreamState::kAsked;
    /// At the TURN server.
    std::optional<turn::ClientId> client;
    /// Where the other peer sees who connected to its TCP candidate.
    std::optional<Endpoint> gate;
    jsep::TransportId gateTo;
    ice::TcpFrameReader frames;
  };

  PeerNetwork(peer::Configuration configurationOfA, peer::Configuration configurationOfB,
              bool hasServer, peer::MediaFactory mediaOfB)
      : a("10.0.0.1", 1, std::move(configurationOfA), now),
        b("10.0.0.2", 1001, std::move(configurationOfB), now, mediaOfB) {
    if (hasServer)
      restartServer();
  }

  /// Offer from one end, answer from the other, and then the candidates.
  Status<Error> negotiate(End& offerer, End& answerer) {
    auto offer = offerer.peer.createOffer({}, now);
    if (!offer)
      return fail(offer.error());
    auto status = offerer.peer.setLocalDescription({offer->type, offer->sdp}, now);
    if (!status)
      return status;
    settle();
    status = answerer.peer.setRemoteDescription(*offer, now);
    if (!status)
      return status;
    auto answer = answerer.peer.createAnswer({}, now);
    if (!answer)
      return fail(answer.error());
    status = answerer.peer.setLocalDescription({answer->type, answer->sdp}, now);
    if (!status)
      return status;
    settle();
    status = offerer.peer.setRemoteDescription(*answer, now);
    if (!status)
      return status;
    settle();
    exchangeCandidates(offerer, answerer);
    exchangeCandidates(answerer, offerer);
    return Done{};
  }
  void exchangeCandidates(End& from, End& to) {
    for (const auto& candidate : std::exchange(from.candidates, {})) {
      (void)to.peer.addIceCandidate(
          {candidate.candidate, candidate.mid, candidate.mLineIndex, candidate.usernameFragment},
          now);
    }
    settle();
  }

  /// Drains both ends without letting time pass.
  void settle() {
    drain(a);
    drain(b);
  }

  /// Lets virtual time pass.
  void run(Duration time) {
    const Timestamp end = now + time;
    settle();
    while (true) {
      Timestamp next = earlier(a.peer.deadline(), b.peer.deadline());
      if (server_)
        next = earlier(next, server_->deadline());
      if (!events_.empty())
        next = earlier(next, events_.front().at);
      if (next > end || next.isNever()) {
        now = end;
        return;
      }
      now = std::max(now, next);
      while (!events_.empty() && events_.front().at <= now) {
        const auto happens = std::move(events_.front().happens);
        events_.pop_front();
        happens();
        settle();
      }
      for (End* one : {&a, &b}) {
        if (one->peer.deadline() <= now)
          one->peer.handleTimeout(now);
      }
      if (server_ && server_->deadline() <= now) {
        server_->handleTimeout(now);
        drainServer();
      }
      settle();
    }
  }

  bool connected() const {
    return a.sctp == peer::SctpState::kConnected && b.sctp == peer::SctpState::kConnected;
  }

  // --- what befalls streams

  std::map<peer::StreamId, Stream>& streamsOf(const End& end) { return streams_[indexOf(end)]; }
  /// From whoever is at the other end of a stream, or for one that is not there (any more).
  void streamOpens(End& end, peer::StreamId id) {
    if (Stream* stream = find(end, id)) {
      if (stream->state != StreamState::kAsked)
        return;
      stream->state = StreamState::kOpen;
    }
    end.peer.handleStreamOpened(id, now);
  }
  void streamCloses(End& end, peer::StreamId id) {
    if (Stream* stream = find(end, id))
      leave(*stream);
    end.peer.handleStreamClosed(id, now);
  }
  void streamsClose() {
    for (End* end : {&a, &b}) {
      for (auto& [id, stream] : streamsOf(*end)) {
        if (stream.state == StreamState::kOpen)
          streamCloses(*end, id);
      }
    }
    drainServer();
  }
  /// One that remembers nothing takes its place.
  void restartServer() {
    clients_.clear();
    relays_.clear();
    turn::ServerConfig config;
    config.users["secret"] = "secret";
    config.ipv6 = false;
    config.policy = turn::PeerPolicy({*turn::Cidr::parse("0.0.0.0/0")});
    server_.emplace(std::move(config), serverRandom_);
    streamsClose();
  }
  bool hasServer() const { return server_.has_value(); }

  static Endpoint serverEndpoint() { return {*IpAddress::parse("10.0.0.8"), 3478}; }
  static constexpr const char* kServerName = "relay.example";
  static constexpr const char* kPeerName = "there.local";

  Timestamp now = Timestamp::milliseconds(1000);
  Duration delay = Duration::milliseconds(5);
  Manner manner = Manner::kHonest;
  /// Of the ends' datagrams; false loses one.
  std::function<bool(End& from, Bytes& datagram)> filter;
  /// Sees what a peer tells before anything is done about it.
  std::function<void(End& from, const peer::Output& output)> listener;
  End a;
  End b;

 private:
  struct Event {
    Timestamp at;
    std::function<void()> happens;
  };

  size_t indexOf(const End& end) const { return &end == &a ? 0 : 1; }
  End& otherThan(const End& end) { return &end == &a ? b : a; }
  void later(std::function<void()> happens) {
    events_.push_back({now + delay, std::move(happens)});
  }
  Stream* find(const End& end, peer::StreamId id) {
    auto& streams = streamsOf(end);
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }

  void drain(End& end) {
    while (auto output = end.peer.poll()) {
      if (listener)
        listener(end, *output);
      handle(end, std::move(*output));
    }
  }

  void handle(End& end, peer::Output output) {
    if (auto* open = std::get_if<peer::OpenInterfaces>(&output)) {
      if (end.interfaces.insert(open->transport).second) {
        end.peer.addInterface(open->transport, End::interfaceOf(open->transport),
                              end.endpointOf(open->transport), ice::InterfaceKind::kVirtual, 0,
                              now);
      }
      end.peer.interfacesComplete(open->transport, now);
    } else if (auto* close = std::get_if<peer::CloseInterfaces>(&output)) {
      end.interfaces.erase(close->transport);
      ++end.interfacesClosed;
    } else if (auto* datagram = std::get_if<peer::SendDatagram>(&output)) {
      ++end.datagramsSent;
      if (filter && !filter(end, datagram->data))
        return;
      const jsep::TransportId from(datagram->interface.value() - 1);
      route(end.endpointOf(from), datagram->destination, std::move(datagram->data));
    } else if (auto* toServer = std::get_if<peer::OpenStream>(&output)) {
      openToServer(end, toServer->stream);
    } else if (auto* toPeer = std::get_if<peer::OpenPeerStream>(&output)) {
      openToPeer(end, *toPeer);
    } else if (auto* sent = std::get_if<peer::SendStream>(&output)) {
      takeStreamData(end, sent->stream, std::move(sent->data));
    } else if (auto* closed = std::get_if<peer::CloseStream>(&output)) {
      Stream* stream = find(end, closed->stream);
      require(stream && stream->state != StreamState::kClosed, "a stream is closed twice");
      leave(*stream);
    } else if (auto* asked = std::get_if<peer::ResolveName>(&output)) {
      require(resolved_[indexOf(end)].insert(asked->id).second, "an id of a name comes twice");
      resolve(end, asked->id, asked->hostname);
    } else {
      end.record(std::move(output));
    }
  }

  // --- datagrams

  /// To whoever is there when it is sent.
  void route(const Endpoint& source, const Endpoint& destination, Bytes data) {
    for (End* end : {&a, &b}) {
      for (const jsep::TransportId to : end->interfaces) {
        if (destination == end->endpointOf(to)) {
          deliver(*end, to, source, std::move(data));
          return;
        }
      }
    }
    if (server_ && destination == serverEndpoint()) {
      later([this, source, data = std::move(data)] { askServer(source, data); });
    } else if (const auto relay = relays_.find(destination); relay != relays_.end()) {
      later([this, socket = relay->second, source, data = std::move(data)] {
        server_->relayDatagram(socket, source, data, now);
        drainServer();
      });
    } else {
      leaveThroughGate(destination, data);
    }
  }
  void deliver(End& end, jsep::TransportId to, const Endpoint& source, Bytes data) {
    later([this, &end, to, source, data = std::move(data)]() mutable {
      end.peer.handleDatagram(End::interfaceOf(to), source, std::move(data), now);
    });
  }

  // --- streams

  Stream& addStream(const End& end, peer::StreamId id) {
    const auto [entry, isNew] = streamsOf(end).try_emplace(id);
    require(isNew, "an id of a stream is given twice");
    return entry->second;
  }
  void openToServer(End& end, peer::StreamId id) {
    addStream(end, id);
    if (manner == Manner::kSilent)
      return;
    later([this, &end, id] {
      Stream& stream = *find(end, id);
      if (stream.state != StreamState::kAsked)
        return;
      if (manner == Manner::kRefuses || !server_)
        return streamCloses(end, id);
      stream.client = turn::ClientId(++lastClient_);
      const Endpoint source{end.address, static_cast<uint16_t>(20000 + lastClient_ % 10000)};
      server_->clientConnected(*stream.client, turn::ClientKind::kTcp, source, now);
      streamOpens(end, id);
      drainServer();
    });
  }
  /// Whoever answers for the other peer's TCP candidates hands on what comes, as datagrams.
  void openToPeer(End& end, const peer::OpenPeerStream& open) {
    Stream& stream = addStream(end, open.stream);
    require(end.interfaces.contains(jsep::TransportId(open.interface.value() - 1)),
            "a stream from an interface that is not there");
    if (manner == Manner::kSilent)
      return;
    const End& other = otherThan(end);
    for (const jsep::TransportId to : other.interfaces) {
      if (open.destination != other.endpointOf(to))
        continue;
      stream.gate = Endpoint{*IpAddress::parse("10.0.0.7"), ++lastGate_};
      stream.gateTo = to;
    }
    later([this, &end, id = open.stream] {
      const Stream& opened = *find(end, id);
      if (opened.state != StreamState::kAsked)
        return;
      if (manner == Manner::kRefuses || !opened.gate)
        return streamCloses(end, id);
      streamOpens(end, id);
    });
  }
  void takeStreamData(End& end, peer::StreamId id, Bytes data) {
    Stream* stream = find(end, id);
    require(stream && stream->state == StreamState::kOpen, "bytes for a stream that is not open");
    require(!data.empty(), "no bytes for a stream");
    if (manner == Manner::kDeaf)
      return;
    if (stream->client) {
      later([this, client = *stream->client, data = std::move(data)] {
        server_->clientStreamData(client, data, now, kUnixSeconds);
        drainServer();
      });
    } else if (stream->gate) {
      stream->frames.push(data);
      while (const auto packet = stream->frames.next())
        deliver(otherThan(end), stream->gateTo, *stream->gate, toBytes(*packet));
    }
  }
  void leaveThroughGate(const Endpoint& gate, ByteSpan datagram) {
    for (End* end : {&a, &b}) {
      for (auto& [id, stream] : streamsOf(*end)) {
        if (stream.gate == gate && stream.state == StreamState::kOpen)
          give(*end, id, ice::tcpFrame(datagram));
      }
    }
  }
  void give(End& end, peer::StreamId id, Bytes data) {
    later([this, &end, id, data = std::move(data)] {
      if (find(end, id)->state == StreamState::kOpen)
        end.peer.handleStreamData(id, data, now);
    });
  }
  void leave(Stream& stream) {
    stream.state = StreamState::kClosed;
    if (server_ && stream.client)
      server_->clientClosed(*stream.client, now);
  }

  // --- the server

  void askServer(const Endpoint& source, ByteSpan data) {
    const auto [known, isNew] = clients_.try_emplace(source, turn::ClientId(lastClient_ + 1));
    if (isNew) {
      ++lastClient_;
      server_->clientConnected(known->second, turn::ClientKind::kUdp, source, now);
    }
    server_->clientDatagram(known->second, data, now, kUnixSeconds);
    drainServer();
  }
  void drainServer() {
    while (auto output = server_ ? server_->poll() : std::nullopt) {
      if (auto* reply = std::get_if<turn::Server::ToClient>(&*output)) {
        answer(reply->client, std::move(reply->data));
      } else if (auto* close = std::get_if<turn::Server::CloseClient>(&*output)) {
        hangUp(close->client);
      } else if (auto* open = std::get_if<turn::Server::OpenRelaySocket>(&*output)) {
        const Endpoint relayed{serverEndpoint().address, ++lastRelay_};
        relays_[relayed] = open->socket;
        server_->relaySocketOpened(open->socket, relayed, now);
      } else if (auto* closed = std::get_if<turn::Server::CloseRelaySocket>(&*output)) {
        std::erase_if(relays_, [&](const auto& relay) { return relay.second == closed->socket; });
      } else if (auto* toPeer = std::get_if<turn::Server::ToPeer>(&*output)) {
        for (const auto& [relayed, socket] : relays_) {
          if (socket == toPeer->socket) {
            route(relayed, toPeer->peer, std::move(toPeer->data));
            break;
          }
        }
      }
    }
  }
  void answer(turn::ClientId client, Bytes data) {
    for (const auto& [source, id] : clients_) {
      if (id == client)
        return route(serverEndpoint(), source, std::move(data));
    }
    for (End* end : {&a, &b}) {
      for (auto& [id, stream] : streamsOf(*end)) {
        if (stream.client == client && stream.state == StreamState::kOpen)
          return give(*end, id, std::move(data));
      }
    }
  }
  void hangUp(turn::ClientId client) {
    std::erase_if(clients_, [&](const auto& known) { return known.second == client; });
    for (End* end : {&a, &b}) {
      for (auto& [id, stream] : streamsOf(*end)) {
        if (stream.client != client || stream.state != StreamState::kOpen)
          continue;
        later([this, end, id = id] {
          if (find(*end, id)->state == StreamState::kOpen)
            streamCloses(*end, id);
        });
      }
    }
  }

  // --- names

  void resolve(End& end, peer::ResolveId id, const std::string& hostname) {
    if (manner == Manner::kSilent)
      return;
    std::vector<IpAddress> addresses;
    if (manner == Manner::kHonest && hostname == kServerName)
      addresses.push_back(serverEndpoint().address);
    if (manner == Manner::kHonest && hostname == kPeerName)
      addresses.push_back(otherThan(end).address);
    later([this, &end, id, addresses = std::move(addresses)] {
      end.peer.handleResolved(id, addresses, now);
    });
  }

  static constexpr int64_t kUnixSeconds = 1'760'000'000;

  // All take the same time.
  std::deque<Event> events_;
  std::array<std::map<peer::StreamId, Stream>, 2> streams_;
  std::array<std::set<peer::ResolveId>, 2> resolved_;
  SeededRandom serverRandom_{77};
  std::optional<turn::Server> server_;
  /// Of datagrams.
  std::map<Endpoint, turn::ClientId> clients_;
  std::map<Endpoint, turn::RelaySocketId> relays_;
  uint32_t lastClient_ = 0;
  uint16_t lastRelay_ = 50000;
  uint16_t lastGate_ = 6000;
};

}  // namespace rtc::fuzz
