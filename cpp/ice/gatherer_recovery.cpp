// Attempts at an allocation, and the way back to one that was lost: with its stream, with the server
// that forgot it, or with the path to the server.

#include <algorithm>

#include "cpp/ice/gatherer.h"

namespace rtc::ice {

std::unique_ptr<turn::Client> Gatherer::makeClient(const Relay& relay) {
  turn::ClientConfig config;
  config.username = relay.server.username;
  config.password = relay.server.password;
  config.software = config_.software;
  if (relay.overStream) {
    config.transport = turn::ClientConfig::Transport::kStream;
    config.timings.reliableTimeout = config_.timings.serverTimeout;
  } else {
    config.transport = turn::ClientConfig::Transport::kDatagram;
    config.family = relay.serverEndpoint.address.family();
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
    events_.push_back(StreamOpen{*relay.stream, relay.server, relay.attempt});
    return;
  }
  relay.opened = true;
  relay.client->start(now);
  drain(relay, now);
}

// An ICE restart, or a server's address that is known again, does not wait for the next attempt.
void Gatherer::hurry(Relay& relay, const Server& server, Timestamp now) {
  if (relay.base || relay.dead)
    return;
  relay.pending = true;
  if (relay.retryAt.isNever())
    return;
  relay.server.username = server.username;
  relay.server.password = server.password;
  relay.lostAt = now;
  attempt(relay, now);
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
  RelayRecovery told{RelayRecovery::Step::kRetrying, relay.server.url, relay.attempt, delay, code,
                     reason};
  if (isOver || isFinal(code)) {
    told.step = RelayRecovery::Step::kFailed;
    told.delay = Duration::zero();
    events_.push_back(std::move(told));
    return false;
  }
  relay.pending = false;
  relay.retryAt = now + delay;
  events_.push_back(std::move(told));
  return true;
}

Duration Gatherer::recoveryDelay(uint32_t attempt) {
  const Timings& timings = config_.timings;
  const Duration doubled = timings.recoveryDelay * (int64_t{1} << std::min<uint32_t>(attempt, 16));
  const Duration longest = std::min(doubled, timings.recoveryLongestDelay);
  return longest * static_cast<int64_t>(50 + random_.below(51)) / 100;
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
