// Relayed candidates: allocations on TURN servers, over datagrams and over streams (RFC 8656).

#include <algorithm>
#include <utility>

#include "cpp/ice/gatherer.h"
#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

constexpr size_t kMaxRelays = 32;

std::string relayProtocolOf(const Server& server) {
  switch (server.transport) {
    case Server::Transport::kUdp:
      return "udp";
    case Server::Transport::kTcp:
      return "tcp";
    case Server::Transport::kTls:
      return "tls";
    case Server::Transport::kRelaySocket:
      break;
  }
  return server.url.starts_with("wss:") || server.url.starts_with("https:") ? "tls" : "tcp";
}

// Among relayed candidates a datagram path to the server is better than a stream, and among equals
// the server that was faster: `index` counts allocations.
uint16_t relayPreference(const Server& server, size_t index) {
  const bool datagram = server.transport == Server::Transport::kUdp;
  const bool secure = server.transport == Server::Transport::kTls;
  const uint16_t rank = datagram ? 2 : secure ? 0 : 1;
  return static_cast<uint16_t>((rank << 14) + 0x3fff - std::min<size_t>(index, 0x3fff));
}

}  // namespace

// Of one socket, a server keeps one allocation, and what comes from there is read by one client.
bool Gatherer::isAsked(const Interface& interface, const Endpoint& server, const Relay* but) const {
  return std::any_of(relays_.begin(), relays_.end(), [&](const auto& relay) {
    return relay.get() != but && !relay->dead && !relay->overStream &&
           relay->interface == interface.id && relay->serverEndpoint == server;
  });
}

void Gatherer::startDatagramRelay(const Interface& interface, const Server& server,
                                  const Endpoint& endpoint, Timestamp now) {
  for (const auto& relay : relays_) {
    if (relay->dead || relay->overStream || relay->interface != interface.id ||
        relay->configured != endpoint) {
      continue;
    }
    hurry(*relay, server, now);
    return;
  }
  // Another one may have been sent there.
  if (relays_.size() >= kMaxRelays || isAsked(interface, endpoint, nullptr))
    return;
  auto relay = std::make_unique<Relay>();
  relay->server = server;
  relay->interface = interface.id;
  relay->configured = endpoint;
  relay->beginAtConfigured();
  relays_.push_back(std::move(relay));
  attempt(*relays_.back(), now);
}

void Gatherer::startStreamRelay(const Server& server, Timestamp now) {
  if (relays_.size() >= kMaxRelays)
    return;
  auto relay = std::make_unique<Relay>();
  relay->server = server;
  relay->overStream = true;
  relay->beginAtConfigured();
  relays_.push_back(std::move(relay));
  attempt(*relays_.back(), now);
}

void Gatherer::drain(Relay& relay, Timestamp now) {
  while (auto output = relay.client->poll()) {
    if (auto* transmit = std::get_if<turn::Client::Transmit>(&*output)) {
      if (relay.stream) {
        events_.push_back(StreamTransmit{*relay.stream, std::move(transmit->data)});
      } else if (!relay.overStream) {
        events_.push_back(
            Transmit{relay.interface, relay.serverEndpoint, std::move(transmit->data)});
      }
    } else if (auto* success = std::get_if<turn::Client::Allocated>(&*output)) {
      allocated(relay, *success, now);
      // Whoever has an allocation at the same server comes from its address. With that permitted,
      // two pages connect when only one of them knows the other's candidates.
      for (const Endpoint& relayed : success->relayed)
        relay.client->permit(relayed.address, now);
    } else if (auto* received = std::get_if<turn::Client::Received>(&*output)) {
      if (const auto base = relay.base(received->peer.address.family()))
        events_.push_back(RelayReceived{*base, received->peer, std::move(received->data)});
    } else if (auto* refused = std::get_if<turn::Client::PermissionRefused>(&*output)) {
      if (const auto base = relay.base(refused->peer.family()))
        events_.push_back(PeerRefused{*base, refused->peer});
    } else if (auto* failure = std::get_if<turn::Client::Failed>(&*output)) {
      if (!redirect(relay, *failure, now))
        failed(relay, failure->code, std::move(failure->reason), now);
    }
  }
}

void Gatherer::allocated(Relay& relay, const turn::Client::Allocated& success, Timestamp now) {
  relay.pending = false;
  relay.allocatedAt = now;
  relay.lostAt = Timestamp::never();
  for (const Endpoint& relayed : success.relayed)
    addRelayBase(relay, relayed, success.mapped);
  // A UDP allocation tells what a STUN server would (RFC 8445 section 5.1.1.2).
  const Interface* interface = relay.overStream ? nullptr : find(relay.interface);
  if (interface != nullptr && config_.policy == TransportPolicy::kAll) {
    foundReflexive(*interface, success.mapped, relay.server.url, relay.serverEndpoint.toString());
  }
}

void Gatherer::addRelayBase(Relay& relay, const Endpoint& relayed, const Endpoint& mapped) {
  const std::string protocol = relayProtocolOf(relay.server);
  Base base;
  base.id = BaseId(++lastBase_);
  base.address = relayed;
  base.isRelay = true;
  base.interface = relay.interface;
  base.localPreference = relayPreference(relay.server, relaysStarted_++);
  relay.base(relayed.address.family()) = base.id;

  Candidate candidate;
  candidate.type = CandidateType::kRelay;
  candidate.endpoint = relayed;
  candidate.priority = candidatePriority(CandidateType::kRelay, base.localPreference);
  const std::string server = relay.server.host + ":" + std::to_string(relay.server.port);
  candidate.foundation = foundation(CandidateType::kRelay, relayed.address, server, protocol);
  candidate.url = relay.server.url;
  candidate.relayProtocol = protocol;
  // The mapped address is ours; who relays in order not to be seen must not tell it, and behind a
  // stream it means nothing. Nor does one of the other family to whoever reads it.
  const bool discloses = !relay.overStream && config_.policy == TransportPolicy::kAll &&
                         mapped.address.family() == relayed.address.family();
  const IpAddress unspecified =
      relayed.address.isV6() ? IpAddress::v6(std::array<uint8_t, 16>{}) : IpAddress();
  candidate.related = discloses ? mapped : Endpoint{unspecified, 0};
  events_.push_back(BaseAdded{base, std::move(candidate)});
}

void Gatherer::forgetBases(Relay& relay) {
  for (std::optional<BaseId>& base : relay.bases) {
    if (base)
      events_.push_back(BaseRemoved{*std::exchange(base, std::nullopt)});
  }
}

// The end of an attempt, or of an allocation. What can be had again is asked for again.
void Gatherer::failed(Relay& relay, int code, std::string reason, Timestamp now) {
  if (relay.dead || !relay.retryAt.isNever())
    return;
  forgetBases(relay);
  if (relay.stream)
    events_.push_back(StreamClose{*std::exchange(relay.stream, std::nullopt)});
  relay.opened = false;
  relay.openDeadline = Timestamp::never();
  // That an allocation is lost is told at once, what comes of it at the end.
  const bool isNews = relay.lostAt.isNever();
  const bool retries = retry(relay, code, reason, now);
  if (!closed_ && (isNews || !retries)) {
    error(relay.overStream ? nullptr : find(relay.interface), relay.server.url, code,
          std::move(reason));
  }
  if (retries)
    return;
  relay.dead = true;
  relay.pending = false;
}

void Gatherer::setStreamCredentials(StreamId id, std::string username, std::string password) {
  Relay* relay = find(id);
  if (relay == nullptr || relay->opened || relay->dead)
    return;
  relay->server.username = std::move(username);
  relay->server.password = std::move(password);
  relay->client = makeClient(*relay);
}

void Gatherer::handleStreamOpened(StreamId id, Timestamp now) {
  Relay* relay = find(id);
  if (relay == nullptr || relay->opened || relay->dead)
    return;
  relay->opened = true;
  relay->openDeadline = Timestamp::never();
  relay->client->start(now);
  drain(*relay, now);
}

void Gatherer::handleStreamData(StreamId id, ByteSpan data, Timestamp now) {
  Relay* relay = find(id);
  if (relay == nullptr || !relay->opened || relay->dead)
    return;
  relay->client->handleStreamData(data, now);
  drain(*relay, now);
}

void Gatherer::handleStreamClosed(StreamId id, Timestamp now) {
  Relay* relay = find(id);
  if (relay == nullptr || relay->dead)
    return;
  if (relay->opened) {
    relay->client->handleTransportClosed(now);
    drain(*relay, now);
  }
  // Unless the client has said so.
  if (relay->stream == id)
    failed(*relay, kServerUnreachable, "the connection to the TURN server was closed", now);
}

bool Gatherer::sendThroughRelay(BaseId base, const Endpoint& peer, ByteSpan data, Timestamp now) {
  Relay* relay = find(base);
  if (relay == nullptr || relay->dead)
    return false;
  const bool sent = relay->client->send(peer, data, now);
  drain(*relay, now);
  return sent;
}

void Gatherer::permit(BaseId base, const IpAddress& peer, Timestamp now) {
  Relay* relay = find(base);
  if (relay == nullptr || relay->dead)
    return;
  relay->client->permit(peer, now);
  drain(*relay, now);
}

void Gatherer::probe(BaseId base, Timestamp now) {
  Relay* relay = find(base);
  if (relay == nullptr || relay->dead)
    return;
  relay->client->probe(now);
  drain(*relay, now);
}

void Gatherer::sweep() {
  std::erase_if(relays_, [](const auto& relay) { return relay->dead; });
}

Gatherer::Relay* Gatherer::find(BaseId base) {
  for (const auto& relay : relays_) {
    if (relay->bases[0] == base || relay->bases[1] == base)
      return relay.get();
  }
  return nullptr;
}

Gatherer::Relay* Gatherer::find(StreamId stream) {
  for (const auto& relay : relays_) {
    if (relay->stream == stream)
      return relay.get();
  }
  return nullptr;
}

}  // namespace rtc::ice
