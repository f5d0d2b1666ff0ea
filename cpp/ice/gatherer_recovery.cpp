// Attempts at an allocation, and the way back to one that was lost: with its stream, with the
// server that forgot it, or with the path to the server.

#include <algorithm>

#include "cpp/ice/gatherer.h"
#include "cpp/ice/reach.h"

namespace rtc::ice {

std::unique_ptr<turn::Client> Gatherer::makeClient(const Relay& relay) {
  turn::ClientConfig config;
  config.username = relay.server.username;
  config.password = relay.server.password;
  config.software = config_.software;
  // A relayed address of each family, where the server has both.
  config.family = std::nullopt;
  if (relay.overStream) {
    config.transport = turn::ClientConfig::Transport::kStream;
    config.timings.reliableTimeout = config_.timings.serverTimeout;
  } else {
    config.transport = turn::ClientConfig::Transport::kDatagram;
    config.timings.rto = config_.timings.gatherRto;
    config.timings.requestCount = config_.timings.gatherTransmissions;
    config.timings.lastWaitFactor = config_.timings.gatherFinalWait;
  }
  return std::make_unique<turn::Client>(std::move(config), random_);
}

void Gatherer::attempt(Relay& relay, Timestamp now) {
  relay.retryAt = Timestamp::never();
  relay.client = makeClient(relay);
  if (relay.overStream) {
    relay.stream = StreamId(++lastStream_);
    relay.openDeadline = now + config_.timings.serverTimeout;
    events_.push_back(StreamOpen{*relay.stream, relay.contact, relay.attempt});
    return;
  }
  relay.opened = true;
  relay.client->start(now);
  drain(relay, now);
}

// An ICE restart, or a server's address that is known again, does not wait for the next attempt.
void Gatherer::hurry(Relay& relay, const Server& server, Timestamp now) {
  if (relay.isAllocated() || relay.dead)
    return;
  relay.pending = true;
  if (relay.retryAt.isNever())
    return;
  relay.server.username = server.username;
  relay.server.password = server.password;
  relay.beginAtConfigured();
  relay.lostAt = now;
  attempt(relay, now);
}

// 300 Try Alternate (RFC 8489 section 10): the same request, with the same credentials, to another
// address of the same family, over the same transport. Over a relay's WebSocket no other server can
// be named. False when there is nowhere to go, or there was: "If the client has been redirected to
// a server to which it has already sent this request within the last five minutes, it MUST ignore
// the redirection and consider the transaction to have failed."
bool Gatherer::redirect(Relay& relay, const turn::Client::Failed& failure, Timestamp now) {
  constexpr size_t kMostRedirections = 5;
  if (failure.code != stun::kTryAlternate || !failure.alternateServer || closed_ || relay.dead ||
      relay.server.transport == Server::Transport::kRelaySocket)
    return false;
  // An IPv4 address in IPv6 form leads where the plain one leads.
  const IpAddress address = failure.alternateServer->address.unmapped();
  const Endpoint next{address, failure.alternateServer->port};
  const bool isVisited =
      std::find(relay.visited.begin(), relay.visited.end(), next) != relay.visited.end();
  if (next.port == 0 || address.isUnspecified() || address.isMulticast() || isVisited ||
      relay.visited.size() >= kMostRedirections)
    return false;
  const auto current = IpAddress::parse(relay.contact.host);
  if (relay.overStream) {
    // A server elsewhere has no business with what listens on this machine alone.
    if (address.isLoopback() && !(current && current->isLoopback()))
      return false;
    if (current && current->family() != address.family())
      return false;
    relay.visited.push_back(next);
    if (!failure.alternateDomain.empty()) {
      relay.contact.tlsName = failure.alternateDomain;
    } else if (relay.contact.tlsName.empty() && !current) {
      relay.contact.tlsName = relay.contact.host;
    }
    relay.contact.host = address.toString();
    relay.contact.port = next.port;
    events_.push_back(StreamClose{*std::exchange(relay.stream, std::nullopt)});
    relay.opened = false;
  } else {
    const Interface* interface = find(relay.interface);
    if (interface == nullptr || isAsked(*interface, next, &relay) ||
        !canReach(interface->local, address) ||
        (address.isLoopback() && !relay.serverEndpoint.address.isLoopback()))
      return false;
    relay.visited.push_back(next);
    relay.serverEndpoint = next;
  }
  // It may be a Refresh that was sent on.
  forgetBases(relay);
  attempt(relay, now);
  return true;
}

// Only what was there once is asked for again: a server that never gave anything is the business of
// the next restart. True when another attempt follows.
bool Gatherer::retry(Relay& relay, int code, const std::string& reason, Timestamp now) {
  const bool wasAllocated = !relay.allocatedAt.isNever();
  if (closed_ || !wasAllocated)
    return false;
  if (relay.lostAt.isNever()) {
    relay.lostAt = now;
    if (now >= relay.allocatedAt + config_.timings.recoverySettled)
      relay.attempt = 0;
  }
  const Duration delay = recoveryDelay(relay.attempt);
  ++relay.attempt;
  const bool isOver = now + delay >= relay.lostAt + config_.timings.recoveryTime;
  RelayRecovery told{
      RelayRecovery::Step::kRetrying, relay.server.url, relay.attempt, delay, code, reason};
  if (isOver || isFinal(code)) {
    told.step = RelayRecovery::Step::kFailed;
    told.delay = Duration::zero();
    events_.push_back(std::move(told));
    return false;
  }
  relay.pending = false;
  relay.beginAtConfigured();
  relay.retryAt = now + delay;
  events_.push_back(std::move(told));
  return true;
}

Duration Gatherer::recoveryDelay(uint32_t attempt) {
  const Timings& timings = config_.timings;
  const Duration doubled = timings.recoveryDelay * (int64_t{1} << std::min<uint32_t>(attempt, 16));
  const Duration longest = std::min(doubled, timings.recoveryLongestDelay);
  return longest * (50 + int64_t{random_.below(51)}) / 100;
}

// What the server will say again: it does not let us in, or does not understand us. It may be out
// of room (486, 508) only until it has noticed that the old allocation has no owner.
bool Gatherer::isFinal(int code) {
  switch (code) {
    case kServerUnreachable:
    case stun::kAllocationMismatch:
    case stun::kStaleNonce:
    case stun::kAllocationQuotaReached:
    case stun::kServerError:
    case stun::kInsufficientCapacity:
      return false;
    default:
      return true;
  }
}

bool Gatherer::isRecovering() const {
  return std::any_of(relays_.begin(), relays_.end(),
                     [](const auto& relay) { return !relay->dead && !relay->lostAt.isNever(); });
}

}  // namespace rtc::ice
