#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cpp/turn/client.h"
#include "cpp/turn/server.h"

namespace rtc::turn {

inline IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}
inline Endpoint at(std::string_view address, uint16_t port) {
  return {ip(address), port};
}
inline Bytes text(std::string_view content) {
  return toBytes(asBytes(content));
}

inline const Endpoint kClientSource = at("203.0.113.7", 40000);
inline const Endpoint kPeer = at("203.0.113.50", 5000);
inline constexpr int64_t kUnixStart = 1700000000;

inline ServerConfig testServerConfig() {
  ServerConfig config;
  config.realm = "example.org";
  config.users = {{"alice", "wonderland"}, {"bob", "builder"}};
  config.secrets = {"old secret", "new secret"};
  return config;
}

inline ClientConfig testClientConfig(ClientConfig::Transport transport) {
  ClientConfig config;
  config.transport = transport;
  config.username = "alice";
  config.password = "wonderland";
  config.software = "turn test";
  return config;
}

struct LinkConfig {
  Duration delay = Duration::milliseconds(20);
  Duration jitter = Duration::zero();
  uint32_t lossPercent = 0;
};

/// One client and one server in virtual time, over a datagram link that loses and reorders, or over
/// a byte stream that is cut at random places. A peer at `kPeer` echoes when told to.
class TurnPair {
 public:
  TurnPair(ClientConfig clientConfig, ServerConfig serverConfig, const LinkConfig& link = {},
           uint64_t seed = 1)
      : random_(seed),
        linkRandom_(seed + 1000),
        link_(link),
        stream_(clientConfig.transport == ClientConfig::Transport::kStream),
        client(std::move(clientConfig), random_),
        server(std::move(serverConfig), random_) {
    server.clientConnected(kId, stream_ ? ClientKind::kWebSocket : ClientKind::kUdp, kClientSource,
                           now_);
  }

  void start() {
    client.start(now_);
    drain();
  }
  void permit(std::string_view peer) {
    client.permit(ip(peer), now_);
    drain();
  }
  bool send(const Endpoint& peer, std::string_view data) {
    const bool sent = client.send(peer, asBytes(data), now_);
    drain();
    return sent;
  }
  void close() {
    client.close(now_);
    drain();
  }
  void disconnect() {
    client.handleTransportClosed(now_);
    server.clientClosed(kId, now_);
    drain();
  }
  /// A datagram from a peer to the first relayed address.
  void fromPeer(const Endpoint& peer, std::string_view data) {
    if (!sockets_.empty())
      server.relayDatagram(*sockets_.begin(), peer, asBytes(data), now_);
    drain();
  }

  /// Lets virtual time pass.
  void run(Duration duration) {
    const Timestamp end = now_ + duration;
    while (true) {
      Timestamp next = earlier(client.deadline(), server.deadline());
      if (!events_.empty())
        next = earlier(next, events_.begin()->first);
      if (next > end)
        break;
      now_ = std::max(now_, next);
      while (!events_.empty() && events_.begin()->first <= now_) {
        const auto event = events_.extract(events_.begin());
        event.mapped()();
        drain();
      }
      client.handleTimeout(now_);
      server.handleTimeout(now_);
      drain();
    }
    now_ = end;
  }
  bool runUntil(const std::function<bool()>& done, Duration limit = Duration::seconds(120)) {
    const Timestamp end = now_ + limit;
    while (!done()) {
      if (now_ >= end)
        return false;
      run(Duration::milliseconds(10));
    }
    return true;
  }
  Timestamp now() const { return now_; }
  void dropEverything() { link_.lossPercent = 100; }
  void repairLink() { link_.lossPercent = 0; }

  static constexpr ClientId kId{7};

  // What came out, in order.
  std::optional<Client::Allocated> allocated;
  std::vector<std::pair<Endpoint, std::string>> received;
  std::set<IpAddress> granted;
  int grants = 0;
  std::vector<Client::PermissionRefused> refused;
  std::optional<Client::Failed> failed;
  bool closed = false;
  std::vector<std::pair<Endpoint, std::string>> atPeer;
  std::vector<Server::Event> events;
  std::optional<std::string> clientClosedByServer;
  bool echo = false;
  int framesFromClient = 0;
  int channelFramesFromClient = 0;
  int sendIndications = 0;
  int requests = 0;
  size_t openSockets() const { return sockets_.size(); }

 private:
  void drain() {
    bool progress = true;
    while (progress) {
      progress = false;
      while (auto output = client.poll()) {
        progress = true;
        handle(std::move(*output));
      }
      while (auto output = server.poll()) {
        progress = true;
        handle(std::move(*output));
      }
    }
  }

  void handle(Client::Output output) {
    if (auto* transmit = std::get_if<Client::Transmit>(&output)) {
      ++framesFromClient;
      if (stun::classify(transmit->data) == stun::PacketKind::kTurnChannel) {
        ++channelFramesFromClient;
      } else if (auto message = stun::Message::parse(transmit->data); message.ok()) {
        if (message->messageClass() == stun::MessageClass::kIndication) {
          ++sendIndications;
        } else {
          ++requests;
        }
      }
      toServer(std::move(transmit->data));
    } else if (auto* a = std::get_if<Client::Allocated>(&output)) {
      allocated = *a;
    } else if (auto* r = std::get_if<Client::Received>(&output)) {
      received.emplace_back(r->peer, std::string(asText(r->data)));
    } else if (auto* g = std::get_if<Client::PermissionGranted>(&output)) {
      granted.insert(g->peer);
      ++grants;
    } else if (auto* p = std::get_if<Client::PermissionRefused>(&output)) {
      refused.push_back(*p);
    } else if (auto* f = std::get_if<Client::Failed>(&output)) {
      failed = *f;
    } else {
      closed = true;
    }
  }

  void handle(Server::Output output) {
    if (auto* data = std::get_if<Server::ToClient>(&output)) {
      toClient(std::move(data->data));
    } else if (auto* open = std::get_if<Server::OpenRelaySocket>(&output)) {
      const bool v6 = open->family == AddressFamily::kIpv6;
      const uint16_t port = nextPort_;
      nextPort_ = static_cast<uint16_t>(nextPort_ + 2);
      sockets_.insert(open->socket);
      server.relaySocketOpened(open->socket, at(v6 ? "2001:db8:5::1" : "198.51.100.1", port), now_);
    } else if (auto* close = std::get_if<Server::CloseRelaySocket>(&output)) {
      sockets_.erase(close->socket);
    } else if (auto* toPeer = std::get_if<Server::ToPeer>(&output)) {
      const std::string content(asText(toPeer->data));
      atPeer.emplace_back(toPeer->peer, content);
      if (echo) {
        const RelaySocketId socket = toPeer->socket;
        const Endpoint peer = toPeer->peer;
        at_(now_ + Duration::milliseconds(5), [this, socket, peer, content] {
          server.relayDatagram(socket, peer, asBytes("echo " + content), now_);
        });
      }
    } else if (auto* event = std::get_if<Server::Event>(&output)) {
      events.push_back(*event);
    } else if (auto* gone = std::get_if<Server::CloseClient>(&output)) {
      clientClosedByServer = gone->reason;
    }
  }

  void at_(Timestamp when, std::function<void()> what) { events_.emplace(when, std::move(what)); }

  Timestamp arrival() {
    Duration delay = link_.delay;
    if (link_.jitter > Duration::zero()) {
      delay += Duration::microseconds(linkRandom_.below(static_cast<uint32_t>(link_.jitter.us())));
    }
    return now_ + delay;
  }
  int64_t unix() const { return kUnixStart + now_.us() / 1000000; }

  void toServer(Bytes data) {
    if (!stream_) {
      if (linkRandom_.below(100) < link_.lossPercent)
        return;
      at_(arrival(),
          [this, data = std::move(data)] { server.clientDatagram(kId, data, now_, unix()); });
      return;
    }
    if (link_.lossPercent == 100)
      return;
    cut(std::move(data), toServerQueue_,
        [this](ByteSpan piece) { server.clientStreamData(kId, piece, now_, unix()); });
  }
  void toClient(Bytes data) {
    if (!stream_) {
      if (linkRandom_.below(100) < link_.lossPercent)
        return;
      at_(arrival(), [this, data = std::move(data)] { client.handleDatagram(data, now_); });
      return;
    }
    if (link_.lossPercent == 100)
      return;
    cut(std::move(data), toClientQueue_,
        [this](ByteSpan piece) { client.handleStreamData(piece, now_); });
  }

  /// A stream keeps its order but not its boundaries: what is in flight joins, and is cut anew.
  void cut(Bytes data, Bytes& queue, std::function<void(ByteSpan)> deliver) {
    queue.insert(queue.end(), data.begin(), data.end());
    at_(now_ + link_.delay, [this, &queue, deliver = std::move(deliver)] {
      while (!queue.empty()) {
        const size_t size = 1 + linkRandom_.below(static_cast<uint32_t>(queue.size()));
        const Bytes piece(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(size));
        queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(size));
        deliver(piece);
        if (linkRandom_.below(4) == 0)
          break;  // the rest comes with what comes next
      }
      if (!queue.empty())
        cut({}, queue, deliver);
    });
  }

  Timestamp now_ = Timestamp::milliseconds(1000);
  SeededRandom random_;
  SeededRandom linkRandom_;
  LinkConfig link_;
  bool stream_;
  std::multimap<Timestamp, std::function<void()>> events_;
  Bytes toServerQueue_;
  Bytes toClientQueue_;
  std::set<RelaySocketId> sockets_;
  uint16_t nextPort_ = 49152;

 public:
  Client client;
  Server server;
};

}  // namespace rtc::turn
