// What the schedule does to the network, the machines and the relay, and what the enemy does.

#include <algorithm>
#include <optional>
#include <utility>

#include "cpp/call/call_media.h"
#include "tests/sim/whole/enemy.h"
#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {
namespace {

const Endpoint kRelayEndpoint = at("198.51.100.2", 3478);

/// As many as the process gets between two looks at its clock.
constexpr Duration kPace = Duration::milliseconds(2);
/// DTLS gives up after a minute or so in which nothing passes; some of it may be over already.
constexpr Duration kHandshakePatience = Duration::seconds(15);

/// Protected as the other end expects it, so that it is looked into.
std::optional<Bytes> hostileMedia(const peer::Transport& transport, bool isRtcp,
                                  SeededRandom& random) {
  const auto keys = call::srtpKeysOf(transport);
  const auto srtp = keys ? call::srtpSessionOf(*keys) : nullptr;
  if (!srtp)
    return std::nullopt;
  if (!isRtcp) {
    Bytes packet = hostileRtp(random);
    return srtp->protectRtp(packet) ? std::optional(std::move(packet)) : std::nullopt;
  }
  // RTCP is numbered by who protects it: beyond what the peer has seen, or it is a replay.
  const Bytes packet = hostileRtcp(random);
  for (size_t skipped = random.below(400);; --skipped) {
    Bytes datagram = packet;
    if (!srtp->protectRtcp(datagram))
      return std::nullopt;
    if (skipped == 0)
      return datagram;
  }
}

}  // namespace

void World::begin(const Event& event) {
  if (failure_ || isFinishing_ || node(event.end).isClosed())
    return;
  trace([&] { return "begins: " + describe(event); });
  if (event.length > Duration::zero()) {
    active_.push_back(&event);
    network_.after(event.length, [this, &event] {
      std::erase(active_, &event);
      trace([&] { return "ends: " + describe(event); });
      if (event.act == Act::kNoChance)
        node(event.end).chance().isBroken = false;
      if (event.act == Act::kRelayCrash && relay_->isDown())
        relay_->rise(TurnNode::openConfig());
      if (event.act == Act::kRelayFull && !relay_->isDown()) {
        relay_->fall();
        relay_->rise(TurnNode::openConfig());
      }
      if (event.act == Act::kRelayDeaf)
        relay_->isDeaf = false;
      applyLinks();
    });
  }
  SeededRandom random(event.seed);
  switch (event.act) {
    case Act::kSend:
      return sendSome(event.end, event.amount, random);
    case Act::kFillBuffer:
      return fillBuffer(event.end);
    case Act::kOpenChannel:
      return openChannel(event.end, random);
    case Act::kCloseChannel:
      return closeChannel(event.end, random);
    case Act::kTalk:
      return talk(event.end, event.length, random);
    case Act::kMisuse:
      return misuse(event.end, random);
    case Act::kRestartIce:
      node(event.end).whenRunning([this, end = event.end] {
        if (node(end).isClosed())
          return;
        node(end).call([](peer::Peer& peer, Timestamp now) { peer.restartIce(now); });
      });
      return negotiate(event.end);
    case Act::kGlare:
      glares_ = true;
      return negotiate(0);
    case Act::kSwallow:
      swallows_ = true;
      return;
    case Act::kReplay:
    case Act::kForge:
      return forge(event);
    case Act::kFlood:
    case Act::kRelayFlood:
      return flood(event);
    case Act::kBadChunks:
    case Act::kBadRecords:
    case Act::kBadRtp:
    case Act::kBadRtcp:
    case Act::kBadDatagrams:
    case Act::kBadCandidates:
    case Act::kBadDescription:
      return beginHostile(event);
    case Act::kStall:
    case Act::kClockJump:
    case Act::kNoChance:
      return beginAtMachine(event);
    case Act::kRelayCrash:
    case Act::kRelayCut:
    case Act::kRelayDeaf:
    case Act::kRelayFull:
      return beginAtRelay(event);
    default:
      return beginAtNetwork(event);
  }
}

// --- the network

void World::applyLinks() {
  for (size_t end = 0; end < 2; ++end) {
    LinkOptions link = plan_.link;
    for (const Event* event : active_) {
      if (event->end != end)
        continue;
      const double share = event->amount / 1000.0;
      switch (event->act) {
        case Act::kLoss:
          link.loss = std::max(link.loss, share);
          break;
        case Act::kSlow:
          link.rate = uint64_t{event->amount} * 1000;
          link.queue = 64 * 1024;
          break;
        case Act::kDelay:
          link.latency = link.latency + Duration::milliseconds(event->amount);
          break;
        case Act::kReorder:
          link.reorder = share;
          break;
        case Act::kDuplicate:
          link.duplicate = share;
          break;
        default:
          break;
      }
    }
    network_.setLink(node(end).address(), link);
  }
}

void World::beginAtNetwork(const Event& event) {
  // What is damaged while nothing is encrypted yet can end the handshake: no protocol can tell it
  // from what the peer has said.
  if (event.act == Act::kCorrupt)
    mayEnd_ = mayEnd_ || isShakingHands();
  if (event.act == Act::kPartition || event.act == Act::kOneWay)
    mayEnd_ = mayEnd_ || (isShakingHands() && event.length > kHandshakePatience);
  if (event.act == Act::kNatReset && nats_[event.end] != nullptr)
    nats_[event.end]->reset();
  if (event.act == Act::kMove) {
    const IpAddress next =
        ip((event.end == 0 ? "10.1.0." : "10.2.0.") + std::to_string(10 + moves_++));
    if (nats_[event.end] != nullptr)
      network_.addNat(next, outside_[event.end], nats_[event.end]->options());
    else if (plan_.access[event.end] == Access::kStreamsOnly)
      network_.blockUdp(next);
    if (nats_[event.end] == nullptr)
      outside_[event.end] = next;
    node(event.end).whenRunning([this, end = event.end, next] {
      if (!node(end).isClosed())
        node(end).move(next);
      applyLinks();
    });
  }
  applyLinks();
}

// --- the machines

void World::beginAtMachine(const Event& event) {
  Node& machine = node(event.end);
  if (event.act == Act::kStall) {
    mayEnd_ = mayEnd_ || (isShakingHands() && event.length > kHandshakePatience);
    machine.standStill(event.length);
  } else if (event.act == Act::kClockJump) {
    mayEnd_ =
        mayEnd_ || (isShakingHands() && Duration::milliseconds(event.amount) > kHandshakePatience);
    machine.jump(Duration::milliseconds(event.amount));
  } else {
    chanceWasBroken_ = true;
    mayEnd_ = true;
    machine.chance().isBroken = true;
  }
}

void World::beginAtRelay(const Event& event) {
  if (!relay_)
    return;
  switch (event.act) {
    case Act::kRelayCrash:
      if (!relay_->isDown())
        relay_->fall();
      if (event.length == Duration::zero())
        relay_->rise(TurnNode::openConfig());
      break;
    case Act::kRelayCut:
      relay_->dropStreams();
      break;
    case Act::kRelayDeaf:
      relay_->isDeaf = true;
      break;
    default:
      // Whoever needs a new allocation gets none.
      relay_->server().stopAllocating();
      mayEnd_ = true;
  }
}

// --- the enemy on the path

void World::inject(Packet packet) {
  ++figures_.forged;
  network_.inject(std::move(packet));
}

void World::forge(const Event& event) {
  // Before the handshake is over, a forged part of it cannot be told from the peer's.
  if (event.act == Act::kForge)
    mayEnd_ = mayEnd_ || isShakingHands();
  auto random = std::make_shared<SeededRandom>(event.seed);
  for (uint32_t i = 0; i < event.amount; ++i) {
    network_.after(kPace * i, [this, random, act = event.act] {
      if (seen_.empty())
        return;
      Packet packet = seen_[random->below(static_cast<uint32_t>(seen_.size()))];
      if (act == Act::kForge) {
        switch (random->below(5)) {
          case 0:
            packet.data = forgedStun(*random);
            break;
          case 1:
            packet.data = forgedRecord(*random);
            break;
          case 2:
            packet.data = forgedChannelData(*random);
            break;
          default:
            packet.data = damaged(std::move(packet.data), *random);
        }
      }
      inject(std::move(packet));
    });
  }
}

void World::flood(const Event& event) {
  auto random = std::make_shared<SeededRandom>(event.seed);
  const bool atRelay = event.act == Act::kRelayFlood;
  for (uint32_t i = 0; i < event.amount; ++i) {
    network_.after(kPace * (i / 8), [this, random, atRelay] {
      if (seen_.empty())
        return;
      Packet packet;
      packet.source = {ip("192.0.2." + std::to_string(1 + random->below(200))),
                       static_cast<uint16_t>(1 + random->below(65535))};
      packet.destination = atRelay ? kRelayEndpoint : seen_.back().destination;
      switch (random->below(4)) {
        case 0:
          packet.data = noise(*random, 200);
          break;
        case 1:
          packet.data = forgedRecord(*random);
          break;
        case 2:
          packet.data = atRelay ? forgedChannelData(*random) : hostileRtp(*random);
          break;
        default:
          packet.data = forgedStun(*random);
      }
      inject(std::move(packet));
    });
  }
}

// --- the hostile end, which has the keys

void World::beginHostile(const Event& event) {
  if (!plan_.isHostile)
    return;
  mayEnd_ = true;
  if (event.act == Act::kBadDescription) {
    badDescription_ = &event;
    return negotiate(0);
  }
  auto random = std::make_shared<SeededRandom>(event.seed);
  if (event.act == Act::kBadCandidates) {
    for (uint32_t i = 0; i < event.amount; ++i) {
      signal(0, [this, line = hostileCandidate(*random), index = random->below(3)] {
        (void)node(0).call([&](peer::Peer& peer, Timestamp now) {
          return peer.addIceCandidate({line, {}, static_cast<uint16_t>(index), {}}, now);
        });
      });
    }
    return;
  }
  for (uint32_t i = 0; i < event.amount; ++i) {
    network_.after(kPace * (i / 4), [this, random, act = event.act] {
      ++figures_.forged;
      node(1).whenRunning([this, random, act] {
        node(1).call([&](peer::Peer& peer, Timestamp now) {
          for (const auto& slot : peer.transports()) {
            switch (act) {
              case Act::kBadChunks:
                slot.transport->send(hostileSctp(*random, tagOfFirst_, tsnOfSecond_), now);
                break;
              case Act::kBadRecords:
                slot.transport->send(noise(*random, 100), now);
                break;
              case Act::kBadRtp:
              case Act::kBadRtcp:
                if (auto datagram = hostileMedia(*slot.transport, act == Act::kBadRtcp, *random))
                  slot.transport->sendRtp(std::move(*datagram), now);
                break;
              default:
                slot.transport->ice().send(
                    random->below(2) == 0 ? forgedRecord(*random) : forgedStun(*random), now);
            }
          }
          // What was sealed leaves with what is due.
          peer.handleTimeout(now);
        });
      });
    });
  }
}

}  // namespace rtc::sim::whole
