#include "cpp/ice/gatherer.h"

#include <algorithm>

#include "cpp/ice/priority.h"
#include "cpp/ice/reach.h"

namespace rtc::ice {
namespace {

constexpr size_t kMaxInterfaces = 64;
constexpr size_t kMaxReflexives = 128;

bool isStream(const Server& server) {
  return server.transport != Server::Transport::kUdp;
}

}  // namespace

Gatherer::Gatherer(const AgentConfig& config, RandomSource& random)
    : config_(config), random_(random) {}

void Gatherer::start(Timestamp now) {
  if (closed_)
    return;
  started_ = true;
  contactServers(now);
}

void Gatherer::restart(Timestamp now) {
  if (closed_)
    return;
  // Whose time is up, in a page that slept, is not what this restart waits for.
  handleTimeout(now);
  sweep();
  keepReflexive_ = true;
  const bool first = !started_;
  started_ = true;
  if (!first && config_.policy == TransportPolicy::kAll) {
    for (Reflexive& reflexive : reflexives_)
      restartReflexive(reflexive, now);
  }
  contactServers(now);
}

void Gatherer::addInterface(InterfaceId id, const Endpoint& local, Timestamp now) {
  if (closed_ || find(id) != nullptr || interfaces_.size() >= kMaxInterfaces)
    return;
  sweep();
  Interface added;
  added.id = id;
  added.local = local;
  size_t& count = local.address.isV6() ? interfacesV6_ : interfacesV4_;
  added.localPreference = localPreference(local.address.family(), count++);
  interfaces_.push_back(added);
  if (!started_)
    return;
  announceHost(interfaces_.back());
  for (KnownServer& known : servers_) {
    if (known.isGivenUp)
      locate(known, now);
    serveInterface(interfaces_.back(), known, now);
  }
}

void Gatherer::removeInterface(InterfaceId id, Timestamp now) {
  Interface* interface = find(id);
  if (interface == nullptr)
    return;
  std::erase_if(reflexives_, [id](const Reflexive& r) { return r.interface == id; });
  for (const auto& relay : relays_) {
    if (relay->dead || relay->overStream || relay->interface != id)
      continue;
    relay->dead = true;
    relay->pending = false;
    forgetBases(*relay);
  }
  if (interface->base)
    events_.push_back(BaseRemoved{*interface->base});
  std::erase_if(interfaces_, [id](const Interface& i) { return i.id == id; });
  static_cast<void>(now);
}

void Gatherer::interfacesComplete(Timestamp) {
  interfacesComplete_ = true;
  if (started_ && interfaces_.empty())
    giveUpDatagramServers();
}

// Where nothing sends datagrams (a page), nobody will ever ask these.
void Gatherer::giveUpDatagramServers() {
  for (KnownServer& known : servers_) {
    const bool isForbidden =
        known.server.kind == Server::Kind::kStun && config_.policy == TransportPolicy::kRelay;
    if (isStream(known.server) || isForbidden || known.isGivenUp)
      continue;
    known.isGivenUp = true;
    known.resolving.reset();
    known.deadline = Timestamp::never();
    error(nullptr, known.server.url, kServerUnreachable, "there is no UDP socket here to ask it");
  }
}

void Gatherer::contactServers(Timestamp now) {
  std::vector<KnownServer> servers;
  for (const Server& server : config_.servers) {
    const auto known = std::find_if(servers_.begin(), servers_.end(), [&](const KnownServer& k) {
      return k.server.isSamePlace(server);
    });
    if (known != servers_.end()) {
      servers.push_back(std::move(*known));
      servers.back().server = server;
      servers_.erase(known);
    } else {
      KnownServer fresh;
      fresh.server = server;
      servers.push_back(std::move(fresh));
      // RFC 7064 has stuns:, but what a stream's other end sees is no address for datagrams.
      const bool isStuns = isStream(server) && server.kind == Server::Kind::kStun;
      if (isStuns && config_.policy == TransportPolicy::kAll)
        error(nullptr, server.url, kServerUnreachable, "STUN is asked over UDP alone");
    }
  }
  servers_ = std::move(servers);
  for (KnownServer& known : servers_)
    locate(known, now);
  // On a restart, a server whose stream was lost gets another one.
  for (const KnownServer& known : servers_) {
    if (!isStream(known.server) || known.server.kind != Server::Kind::kTurn)
      continue;
    const auto served = std::find_if(relays_.begin(), relays_.end(), [&](const auto& relay) {
      return relay->overStream && !relay->dead && relay->server.isSamePlace(known.server);
    });
    if (served == relays_.end()) {
      startStreamRelay(known.server, now);
    } else {
      hurry(**served, known.server, now);
    }
  }
  for (Interface& interface : interfaces_) {
    announceHost(interface);
    for (const KnownServer& known : servers_)
      serveInterface(interface, known, now);
  }
}

// Also again: one that had no address when it was asked for may have one now, and what the policy
// has kept us from may be allowed.
void Gatherer::locate(KnownServer& known, Timestamp now) {
  const bool isForbidden =
      known.server.kind == Server::Kind::kStun && config_.policy == TransportPolicy::kRelay;
  if (isStream(known.server) || isForbidden || known.resolving || !known.addresses.empty() ||
      (known.isGivenUp && interfaces_.empty()))
    return;
  if (const auto address = IpAddress::parse(known.server.host)) {
    known.addresses = {*address};
    return;
  }
  known.resolving = nextResolveId();
  known.deadline = now + config_.timings.serverTimeout;
  events_.push_back(Resolve{*known.resolving, known.server.host});
}

void Gatherer::serveInterface(const Interface& interface, const KnownServer& known, Timestamp now) {
  if (isStream(known.server))
    return;
  const auto address =
      std::find_if(known.addresses.begin(), known.addresses.end(),
                   [&](const IpAddress& a) { return canReach(interface.local, a); });
  if (address == known.addresses.end())
    return;
  const Endpoint endpoint{*address, known.server.port};
  if (known.server.kind == Server::Kind::kTurn) {
    startDatagramRelay(interface, known.server, endpoint, now);
  } else if (config_.policy == TransportPolicy::kAll) {
    startReflexive(interface, endpoint, known.server.url, now);
  }
}

void Gatherer::announceHost(Interface& interface) {
  if (interface.base || config_.policy == TransportPolicy::kRelay)
    return;
  Base base;
  base.id = BaseId(++lastBase_);
  base.address = interface.local;
  base.interface = interface.id;
  base.localPreference = interface.localPreference;
  interface.base = base.id;
  Candidate candidate;
  candidate.type = CandidateType::kHost;
  candidate.endpoint = interface.local;
  candidate.priority = candidatePriority(CandidateType::kHost, interface.localPreference);
  candidate.foundation = foundation(CandidateType::kHost, interface.local.address, "", "");
  events_.push_back(BaseAdded{base, std::move(candidate)});
}

// --- server-reflexive candidates

void Gatherer::startReflexive(const Interface& interface, const Endpoint& server,
                              const std::string& url, Timestamp now) {
  for (const Reflexive& known : reflexives_) {
    if (known.interface == interface.id && known.server == server)
      return;
  }
  if (reflexives_.size() >= kMaxReflexives)
    return;
  Reflexive reflexive;
  reflexive.interface = interface.id;
  reflexive.server = server;
  reflexive.url = url;
  reflexives_.push_back(std::move(reflexive));
  restartReflexive(reflexives_.back(), now);
}

// Gathering transactions start Ta apart (RFC 8445 section 14.2).
void Gatherer::restartReflexive(Reflexive& reflexive, Timestamp now) {
  reflexive.pending = true;
  reflexive.answered = false;
  reflexive.transaction.reset();
  reflexive.timer.reset();
  reflexive.keepaliveAt = Timestamp::never();
  const Timestamp earliest =
      lastReflexiveStart_.isNever() ? now : lastReflexiveStart_ + config_.timings.pacing;
  reflexive.startAt = std::max(now, earliest);
  lastReflexiveStart_ = reflexive.startAt;
  if (reflexive.startAt <= now)
    sendReflexive(reflexive, now);
}

void Gatherer::sendReflexive(Reflexive& reflexive, Timestamp now) {
  reflexive.startAt = Timestamp::never();
  reflexive.keepaliveAt = Timestamp::never();
  const auto id = stun::TransactionId::random(random_);
  if (!id) {
    reflexive.pending = false;
    return;
  }
  reflexive.transaction = *id;
  reflexive.request =
      stun::MessageBuilder(stun::MessageClass::kRequest, stun::Method::kBinding, *id)
          .fingerprint()
          .build();
  stun::TransactionTimings timings;
  timings.rto = config_.timings.gatherRto;
  timings.requestCount = config_.timings.gatherTransmissions;
  timings.lastWaitFactor = config_.timings.gatherFinalWait;
  reflexive.timer.emplace(now, stun::TransactionTimer::Transport::kDatagram, timings);
  events_.push_back(Transmit{reflexive.interface, reflexive.server, reflexive.request});
}

bool Gatherer::handleReflexiveResponse(InterfaceId id, const Endpoint& source, const Bytes& data,
                                       Timestamp now) {
  const bool expected = std::any_of(
      reflexives_.begin(), reflexives_.end(),
      [&](const Reflexive& r) { return r.transaction && r.interface == id && r.server == source; });
  if (!expected || !stun::isStun(data))
    return false;
  const auto message = stun::Message::parse(data);
  if (!message.ok() || message->method() != stun::Method::kBinding)
    return false;
  for (Reflexive& reflexive : reflexives_) {
    if (reflexive.transaction != message->transactionId() || reflexive.interface != id ||
        reflexive.server != source) {
      continue;
    }
    const Interface* interface = find(id);
    if (message->messageClass() == stun::MessageClass::kError) {
      const auto code = message->errorCode();
      if (reflexive.pending) {
        error(interface, reflexive.url, code ? code->code : stun::kServerError,
              code ? code->reason : "malformed error response");
      }
      reflexive.pending = false;
    } else if (message->messageClass() == stun::MessageClass::kSuccess) {
      const auto mapped = message->mappedAddress();
      if (!mapped || !message->unknownRequired().empty())
        return true;
      const bool first = !reflexive.answered;
      reflexive.pending = false;
      reflexive.answered = true;
      reflexive.keepaliveAt = now + config_.timings.keepaliveInterval;
      if (first && interface != nullptr) {
        foundReflexive(*interface, *mapped, reflexive.url, source.toString());
      }
    } else {
      return false;
    }
    reflexive.transaction.reset();
    reflexive.timer.reset();
    return true;
  }
  return false;
}

void Gatherer::foundReflexive(const Interface& interface, const Endpoint& mapped,
                              const std::string& url, const std::string& server) {
  // Not behind a NAT: redundant with the host candidate (RFC 8445 section 5.1.3).
  if (!interface.base || mapped == interface.local)
    return;
  if (mapped.address.family() != interface.local.address.family())
    return;
  Candidate candidate;
  candidate.type = CandidateType::kServerReflexive;
  candidate.endpoint = mapped;
  candidate.related = interface.local;
  candidate.priority =
      candidatePriority(CandidateType::kServerReflexive, interface.localPreference);
  candidate.foundation =
      foundation(CandidateType::kServerReflexive, interface.local.address, server, "udp");
  candidate.url = url;
  events_.push_back(ReflexiveFound{*interface.base, std::move(candidate)});
}

bool Gatherer::handleDatagram(InterfaceId id, const Endpoint& source, Bytes& data, Timestamp now) {
  if (handleReflexiveResponse(id, source, data, now))
    return true;
  for (const auto& relay : relays_) {
    if (relay->overStream || relay->dead || !relay->opened || relay->interface != id ||
        relay->serverEndpoint != source) {
      continue;
    }
    relay->client->handleDatagram(data, now);
    drain(*relay, now);
    return true;
  }
  return false;
}

bool Gatherer::handleResolved(ResolveId id, const std::vector<IpAddress>& addresses,
                              Timestamp now) {
  for (KnownServer& known : servers_) {
    if (known.resolving != id)
      continue;
    known.resolving.reset();
    known.deadline = Timestamp::never();
    known.addresses = addresses;
    if (addresses.empty()) {
      error(nullptr, known.server.url, kServerUnreachable, "the server's name has no address");
    }
    for (const Interface& interface : interfaces_)
      serveInterface(interface, known, now);
    return true;
  }
  return false;
}

void Gatherer::close(Timestamp now) {
  if (closed_)
    return;
  closed_ = true;
  reflexives_.clear();
  for (const auto& relay : relays_) {
    if (relay->dead)
      continue;
    if (relay->opened) {
      relay->client->close(now);
      drain(*relay, now);
    }
    if (relay->stream && !relay->dead)
      events_.push_back(StreamClose{*relay->stream});
    relay->dead = true;
    relay->pending = false;
  }
}

std::optional<BaseId> Gatherer::baseOf(InterfaceId id) const {
  for (const Interface& interface : interfaces_) {
    if (interface.id == id)
      return interface.base;
  }
  return std::nullopt;
}

bool Gatherer::isComplete() const {
  return started_ && interfacesComplete_ &&
         std::none_of(servers_.begin(), servers_.end(),
                      [](const KnownServer& k) { return k.resolving.has_value(); }) &&
         std::none_of(reflexives_.begin(), reflexives_.end(),
                      [](const Reflexive& r) { return r.pending; }) &&
         std::none_of(relays_.begin(), relays_.end(), [](const auto& r) { return r->pending; });
}

std::optional<Gatherer::Event> Gatherer::poll() {
  if (events_.empty())
    return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

Timestamp Gatherer::deadline() const {
  Timestamp result = Timestamp::never();
  for (const KnownServer& known : servers_)
    result = earlier(result, known.deadline);
  for (const Reflexive& reflexive : reflexives_) {
    result = earlier(result, reflexive.startAt);
    if (keepReflexive_)
      result = earlier(result, reflexive.keepaliveAt);
    if (reflexive.timer)
      result = earlier(result, reflexive.timer->deadline());
  }
  for (const auto& relay : relays_) {
    if (relay->dead)
      continue;
    result = earlier(result, earlier(relay->openDeadline, relay->retryAt));
    if (relay->opened)
      result = earlier(result, relay->client->deadline());
  }
  return result;
}

void Gatherer::handleTimeout(Timestamp now) {
  for (KnownServer& known : servers_) {
    if (now < known.deadline)
      continue;
    known.deadline = Timestamp::never();
    known.resolving.reset();
    error(nullptr, known.server.url, kServerUnreachable, "the server's name was not resolved");
  }
  for (Reflexive& reflexive : reflexives_) {
    if (now >= reflexive.startAt || (keepReflexive_ && now >= reflexive.keepaliveAt)) {
      sendReflexive(reflexive, now);
    } else if (reflexive.timer) {
      const auto due = reflexive.timer->handle(now);
      if (due == stun::TransactionTimer::Due::kRetransmit) {
        events_.push_back(Transmit{reflexive.interface, reflexive.server, reflexive.request});
      } else if (due == stun::TransactionTimer::Due::kTimedOut) {
        if (reflexive.pending) {
          error(find(reflexive.interface), reflexive.url, kServerUnreachable,
                "the STUN server did not answer");
        } else {
          reflexive.keepaliveAt = now + config_.timings.keepaliveInterval;
        }
        reflexive.pending = false;
        reflexive.transaction.reset();
        reflexive.timer.reset();
      }
    }
  }
  for (const auto& relay : relays_) {
    if (relay->dead)
      continue;
    if (now >= relay->retryAt) {
      attempt(*relay, now);
    } else if (now >= relay->openDeadline) {
      failed(*relay, kServerUnreachable, "the connection to the TURN server did not open", now);
    } else if (relay->opened) {
      relay->client->handleTimeout(now);
      drain(*relay, now);
    }
  }
}

Gatherer::Interface* Gatherer::find(InterfaceId id) {
  for (Interface& interface : interfaces_) {
    if (interface.id == id)
      return &interface;
  }
  return nullptr;
}

void Gatherer::error(const Interface* interface, const std::string& url, int code,
                     std::string text) {
  CandidateError report;
  if (interface != nullptr && config_.policy == TransportPolicy::kAll) {
    report.address = interface->local.address.toString();
    report.port = interface->local.port;
  }
  report.url = url;
  report.code = code;
  report.text = std::move(text);
  events_.push_back(std::move(report));
}

}  // namespace rtc::ice
