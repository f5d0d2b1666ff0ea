#include "tests/sim/whole/world.h"

#include <algorithm>
#include <utility>

#include "cpp/base/base64.h"
#include "cpp/call/call_media.h"
#include "cpp/dtls/certificate.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/packet.h"

namespace rtc::sim::whole {
namespace {

constexpr const char* kStunServer = "198.51.100.1";
constexpr const char* kTurnServer = "198.51.100.2";
constexpr int64_t kUnixSeconds = 1'700'000'000;
/// Events at one instant: more is a loop that does not end.
constexpr uint32_t kStepsAtInstant = 20'000;
/// How long after the last event the ends may take to be what they will be: consent and checks give
/// up within 30 s, a restart takes a few, and messages are sent again at least every 3 s.
constexpr Duration kTimeToSettle = Duration::seconds(120);
/// After one end has closed, and its last words may be lost: consent ends after 30 s, and then
/// nobody holds the connection (RFC 7675 section 5.1).
constexpr Duration kTimeToEnd = Duration::seconds(60);
/// What a connection may hold beside what its application has sent: what a peer can make it hold
/// is bounded by the receive window (8 MiB) with a message in delivery, and per received stream of
/// media by what `media::Session` says of itself.
constexpr size_t kMostBytes = 12 * 1024 * 1024;
/// A chunk that is kept until it is acknowledged, with what is noted of it.
constexpr size_t kMostOfChunk = 1600;

std::shared_ptr<const dtls::Certificate> certificateOf(size_t end) {
  static const auto make = [](uint64_t seed) {
    SeededRandom random(seed);
    auto made = dtls::Certificate::generate(dtls::KeyType::kEcdsaP256, random,
                                            kUnixSeconds + 100'000'000, kUnixSeconds);
    return made.ok() ? *made : nullptr;
  };
  static const std::array<std::shared_ptr<const dtls::Certificate>, 2> both = {make(11), make(12)};
  return both[end];
}

peer::Configuration configurationOf(const Plan& plan, size_t end) {
  peer::Configuration configuration;
  configuration.media = &call::makeMedia;
  configuration.certificates = {certificateOf(end)};
  configuration.unixSeconds = kUnixSeconds;
  configuration.iceServers.push_back(ice::test::stunServer(kStunServer));
  if (plan.withRelay) {
    for (const auto transport : {ice::Server::Transport::kUdp, ice::Server::Transport::kTcp})
      configuration.iceServers.push_back(ice::test::turnServer(transport, kTurnServer));
  }
  return configuration;
}

const NatOptions* natOf(Access access) {
  switch (access) {
    case Access::kFullCone:
      return &kFullCone;
    case Access::kPortRestricted:
      return &kPortRestricted;
    case Access::kSymmetric:
      return &kSymmetric;
    case Access::kOpen:
    case Access::kStreamsOnly:
      break;
  }
  return nullptr;
}

/// What the engine makes once in a process and keeps is nobody's leak.
void makeWhatIsMadeOnce() {
  static const bool isMade = [] {
    const Timestamp now = Timestamp::milliseconds(1);
    SeededRandom random(1);
    const Plan plan;
    peer::Peer offerer(configurationOf(plan, 0), random, now);
    peer::Peer answerer(configurationOf(plan, 1), random, now);
    for (const auto kind : {jsep::MediaKind::kAudio, jsep::MediaKind::kVideo}) {
      for (peer::Peer* one : {&offerer, &answerer}) {
        (void)one->change(
            [&](jsep::Session& session) { return session.addTrack(kind, "", {"stream"}); }, now);
      }
    }
    const auto offer = offerer.createOffer({}, now);
    return offer.ok() && offerer.setLocalDescription({}, now).ok() &&
           answerer.setRemoteDescription(*offer, now).ok() &&
           answerer.setLocalDescription({}, now).ok();
  }();
  (void)isMade;
}

uint64_t seedOf(const Plan& plan, size_t end) {
  return plan.seed * 2 + end + 1;
}

}  // namespace

void Figures::add(const Figures& other) {
  worlds += other.worlds;
  connected += other.connected;
  lasting += other.lasting;
  events += other.events;
  packets += other.packets;
  forged += other.forged;
  messagesSent += other.messagesSent;
  messagesArrived += other.messagesArrived;
  framesSent += other.framesSent;
  framesArrived += other.framesArrived;
  negotiations += other.negotiations;
  restarts += other.restarts;
  virtualSeconds += other.virtualSeconds;
  mostBytes = std::max(mostBytes, other.mostBytes);
}

World::World(const Plan& plan, Trace trace)
    : plan_(plan), trace_(std::move(trace)), random_(plan.seed + 77), network_(plan.seed) {}

World::~World() = default;

// --- the verdict

void World::fail(std::string what) {
  if (failure_)
    return;
  failure_ = std::to_string(now().ms()) + " ms: " + std::move(what);
  trace([&] { return "VIOLATION " + *failure_; });
}

void World::note(Verdict verdict) {
  if (verdict)
    fail(std::move(*verdict));
}

void World::require(bool holds, const std::function<std::string()>& what) {
  if (!holds && !failure_)
    fail(what());
}

void World::trace(const std::function<std::string()>& line) {
  if (trace_)
    trace_(now(), line());
}

void World::digest(ByteSpan bytes) {
  for (const uint8_t byte : bytes)
    digest_ = (digest_ ^ byte) * 1099511628211u;
}

void World::digest(uint64_t value) {
  for (int i = 0; i < 8; ++i)
    digest_ = (digest_ ^ (value >> (8 * i) & 0xff)) * 1099511628211u;
}

// --- building it

void World::makeNode(size_t end) {
  const IpAddress address = ip(end == 0 ? "10.1.0.1" : "10.2.0.1");
  Node::Environment environment{
      network_, relay_.get(), plan_.timerLag,
      [this](Node& from, peer::Output output) { handle(endOf(from), std::move(output)); },
      [this, end](const std::string& what) {
        fail((end == 0 ? "a: " : "b: ") + what);
      }};
  const auto owner = end == 0 ? memory::Owner::kFirst : memory::Owner::kSecond;
  baseline_[end] = memory::bytesOf(owner);
  nodes_[end] = std::make_unique<Node>(environment, owner, address, seedOf(plan_, end),
                                       configurationOf(plan_, end));
}

void World::build() {
  makeWhatIsMadeOnce();
  network_.logs = false;
  network_.addStunServer({ip(kStunServer), 3478});
  if (plan_.withRelay) {
    relay_ = std::make_unique<TurnNode>(network_, Endpoint{ip(kTurnServer), 3478},
                                        TurnNode::openConfig());
  }
  for (size_t end = 0; end < 2; ++end)
    makeNode(end);
  for (size_t end = 0; end < 2; ++end) {
    const IpAddress address = node(end).address();
    outside_[end] = address;
    if (const NatOptions* nat = natOf(plan_.access[end])) {
      outside_[end] = ip(end == 0 ? "203.0.113.1" : "203.0.113.2");
      nats_[end] = &network_.addNat(address, outside_[end], *nat);
    } else if (plan_.access[end] == Access::kStreamsOnly) {
      network_.blockUdp(address);
    }
  }
  network_.drop = [this](const Packet& packet) {
    return !passes(packet);
  };
  applyLinks();
  if (plan_.isHostile)
    learnIdentities();
}

// What the hostile end needs to know to be taken for a peer. An association's tag and TSN are drawn
// when a connection is made, so those of a twin that tells them are the same.
void World::learnIdentities() {
  static constexpr std::string_view kAttribute = "a=sctp-init:";
  for (size_t end = 0; end < 2; ++end) {
    peer::Configuration configuration = configurationOf(plan_, end);
    configuration.offersSctpInit = true;
    Chance chance(seedOf(plan_, end));
    peer::Peer twin(configuration, chance, now());
    (void)twin.createDataChannel({}, now());
    const auto offer = twin.createOffer({}, now());
    const size_t at = offer ? offer->sdp.find(kAttribute) : std::string::npos;
    if (at == std::string::npos)
      return fail("[simulation] a twin tells no INIT");
    const size_t from = at + kAttribute.size();
    const auto chunk =
        fromBase64(std::string_view(offer->sdp).substr(from, offer->sdp.find('\r', from) - from));
    const auto init = chunk && chunk->size() > sctp::kChunkHeaderSize
                          ? sctp::InitChunk::parse(ByteSpan(*chunk).subspan(sctp::kChunkHeaderSize))
                          : std::nullopt;
    if (!init)
      return fail("[simulation] a twin's INIT cannot be read");
    if (end == 0)
      tagOfFirst_ = init->tag;
    else
      tsnOfSecond_ = init->initialTsn.value();
  }
}

// --- its laws

bool World::passes(const Packet& packet) {
  ++figures_.packets;
  digest(packet.data);
  digest(static_cast<uint64_t>(now().us()));
  if (tap)
    tap(Seen::kDatagram, packet.data);
  seen_.push_back(packet);
  if (seen_.size() > 48)
    seen_.pop_front();
  for (const Event* event : active_) {
    const IpAddress& end = outside_[event->end];
    const bool isFrom = packet.source.address == end;
    const bool isTo = packet.destination.address == end;
    if (event->act == Act::kPartition && (isFrom || isTo))
      return false;
    if (event->act == Act::kOneWay && isFrom)
      return false;
    if (event->act == Act::kCorrupt && isFrom && random_.below(1000) < event->amount) {
      Packet copy = packet;
      copy.data = [&] {
        Bytes data = copy.data;
        for (uint32_t i = 0, n = 1 + random_.below(3); i < n && !data.empty(); ++i)
          data[random_.below(static_cast<uint32_t>(data.size()))] ^=
              static_cast<uint8_t>(1 + random_.below(255));
        return data;
      }();
      inject(std::move(copy));
      return false;
    }
  }
  return true;
}

size_t World::bufferedBytes(size_t end) const {
  size_t bytes = 0;
  for (const auto& [handle, life] : byHandle_[end])
    bytes += node(end).peer().bufferedAmount(handle);
  return bytes;
}

size_t World::unacknowledgedChunks(size_t end) const {
  if (!node(end).exists())
    return 0;
  const sctp::Association* association = node(end).peer().association();
  return association == nullptr ? 0 : association->statistics().chunksUnacknowledged;
}

void World::check() {
  for (size_t end = 0; end < 2; ++end) {
    const size_t held = memory::bytesOf(node(end).owner()) - baseline_[end];
    if (held <= kMostBytes / 8) {
      figures_.mostBytes = std::max(figures_.mostBytes, held);
      continue;
    }
    const size_t queued = bufferedBytes(end);
    const size_t sent = 2 * queued + kMostOfChunk * unacknowledgedChunks(end);
    const size_t own = held > sent ? held - sent : 0;
    figures_.mostBytes = std::max(figures_.mostBytes, own);
    require(own <= kMostBytes, [&] {
      return "[memory] end " + std::to_string(end) + " holds " + std::to_string(held) +
             " bytes, of which " + std::to_string(queued) + " are queued";
    });
  }
  if (++steps_ % 256 == 0)
    lookAtStats();
}

bool World::step(Timestamp limit) {
  Timestamp next = network_.nextEvent();
  for (const auto& one : nodes_)
    next = earlier(next, one->deadline());
  if (relay_)
    next = earlier(next, relay_->deadline());
  if (next > limit)
    return false;
  network_.advance(next);
  for (const auto& one : nodes_)
    one->handleTimeoutIfDue();
  if (relay_ && relay_->deadline() <= now()) {
    relay_->timeout();
    require(relay_->deadline() > now(),
            [] { return std::string("[timers] the relay's deadline is in the past"); });
  }
  check();
  if (now() != std::exchange(lastInstant_, now()))
    stepsAtInstant_ = 0;
  require(++stepsAtInstant_ < kStepsAtInstant,
          [] { return std::string("[progress] time stands still"); });
  return true;
}

bool World::runUntil(const std::function<bool()>& done, Timestamp limit) {
  while (!failure_) {
    if (done())
      return true;
    if (!step(limit)) {
      network_.advance(limit);
      return done();
    }
  }
  return false;
}

// --- from the beginning to the end

bool World::hasEnded(size_t end) const {
  const Watch& watch = node(end).watch();
  return node(end).isClosed() || watch.sctp() == peer::SctpState::kClosed ||
         watch.dtls() == peer::DtlsState::kFailed || watch.dtls() == peer::DtlsState::kClosed;
}

bool World::isShakingHands() const {
  return !node(0).watch().hasConnected() || !node(1).watch().hasConnected();
}

bool World::isWorking() const {
  for (size_t end = 0; end < 2; ++end) {
    const Watch& watch = node(end).watch();
    const bool isUp = watch.ice() == ice::IceTransportState::kConnected ||
                      watch.ice() == ice::IceTransportState::kCompleted;
    if (!isUp || watch.sctp() != peer::SctpState::kConnected || bufferedBytes(end) > 0)
      return false;
    for (const auto& life : lives_) {
      if (life->flows[end].complete())
        return false;
    }
  }
  return true;
}

Verdict World::run() {
  build();
  SeededRandom random(plan_.seed + 5);
  openChannel(0, random);
  if (plan_.withMedia)
    addTracks(0);
  for (const Event& event : plan_.events) {
    network_.after(event.at - now(), [this, &event] {
      begin(event);
      lookAtStats();
    });
  }
  negotiate(0);
  const Timestamp end = whole::endOf(plan_);
  runUntil([] { return false; }, end);
  finish();
  figures_.worlds = 1;
  figures_.events = plan_.events.size();
  figures_.virtualSeconds = static_cast<uint64_t>(now().ms() / 1000);
  digest(figures_.messagesArrived);
  digest(figures_.framesArrived);
  return failure_;
}

void World::finish() {
  for (const auto& one : nodes_)
    figures_.connected += one->watch().hasConnected() && one == nodes_[0] ? 1 : 0;
  expectOutcome();
  closeBoth();
  expectNothingLeft();
}

void World::expectOutcome() {
  if (failure_)
    return;
  const Duration transfer = Duration::milliseconds(static_cast<int64_t>(extraBytes_ / 50));
  const Timestamp limit = now() + kTimeToSettle + transfer;
  const bool settled =
      runUntil([&] { return (isHonest(1) && isWorking()) || hasEnded(0) || hasEnded(1); }, limit);
  lookAtStats();
  if (failure_)
    return;
  if (!isHonest(1)) {
    // Whatever the enemy did, this end knows in the end what it has: it is connected, or has given
    // up.
    const bool knows = runUntil(
        [&] { return hasEnded(0) || node(0).watch().ice() != ice::IceTransportState::kChecking; },
        now() + kTimeToEnd);
    require(knows, [] { return std::string("[outcome] a still checks"); });
    return;
  }
  const auto describeEnd = [&](size_t end) {
    const Watch& watch = node(end).watch();
    std::string text = std::string(end == 0 ? "a" : "b") + " is " + ice::toString(watch.ice()) +
                       "/" + peer::toString(watch.dtls()) + "/" + peer::toString(watch.sctp()) +
                       " with " + std::to_string(bufferedBytes(end)) + " bytes queued";
    for (const auto& life : lives_) {
      if (const auto missing = life->flows[end].complete())
        text += ", " + *missing;
    }
    return text;
  };
  require(settled, [&] { return "[outcome] " + describeEnd(0) + "; " + describeEnd(1); });
  const bool lasts = settled && !hasEnded(0) && !hasEnded(1);
  figures_.lasting = lasts ? 1 : 0;
  require(lasts || mayEnd_, [&] {
    return "[outcome] ended for no reason: " + describeEnd(0) + "; " + describeEnd(1);
  });
}

void World::closeBoth() {
  if (failure_)
    return;
  isFinishing_ = true;
  const size_t first = hasEnded(1) && !hasEnded(0) ? 1 : 0;
  trace([&] { return std::string(first == 0 ? "a" : "b") + " closes"; });
  node(first).close();
  cutAll();
  const size_t second = 1 - first;
  const auto isOver = [&] {
    const auto state = node(second).watch().ice();
    return hasEnded(second) || state == ice::IceTransportState::kFailed ||
           state == ice::IceTransportState::kNew;
  };
  const bool over = runUntil(isOver, now() + kTimeToEnd);
  require(over || !isHonest(first), [&] {
    return "[outcome] the other end has closed, and this one is " +
           std::string(ice::toString(node(second).watch().ice()));
  });
  trace([&] { return std::string(second == 0 ? "a" : "b") + " closes"; });
  if (!failure_)
    node(second).close();
  // What comes now is for nobody.
  runUntil([] { return false; }, now() + Duration::seconds(5));
  for (size_t end = 0; end < 2 && !failure_; ++end) {
    require(node(end).deadline().isNever(),
            [] { return std::string("[nothing after close] a closed end waits for something"); });
    require(node(end).openSockets() == 0,
            [] { return std::string("[sockets] a closed end has open sockets"); });
    require(node(end).openStreams() == 0,
            [] { return std::string("[streams] a closed end has open streams"); });
    (void)node(end).peer().stats();
  }
}

void World::expectNothingLeft() {
  if (failure_)
    return;
  for (size_t end = 0; end < 2; ++end)
    node(end).destroy();
  if (relay_) {
    // RFC 8656 section 7.2: an allocation that nobody refreshes lives for ten minutes.
    runUntil([&] { return relay_->server().stats().allocations == 0; },
             now() + Duration::seconds(3700));
    const auto stats = relay_->server().stats();
    require(stats.allocations == 0 && relay_->openRelays() == 0 && stats.permissions == 0 &&
                stats.channels == 0,
            [&] {
              return "[relay] it still has " + std::to_string(stats.allocations) +
                     " allocations, " + std::to_string(relay_->openRelays()) + " sockets, " +
                     std::to_string(stats.permissions) + " permissions, " +
                     std::to_string(stats.channels) + " channels";
            });
  }
  // Datagrams that wait in the network were the ends' before.
  runUntil([] { return false; }, now() + Duration::seconds(2));
  seen_.clear();
  for (size_t end = 0; end < 2; ++end) {
    const size_t left = memory::bytesOf(node(end).owner()) - baseline_[end];
    require(left == 0, [&] {
      return "[leaks] end " + std::to_string(end) + " left " + std::to_string(left) + " bytes";
    });
  }
}

Verdict runPlan(const Plan& plan) {
  return World(plan).run();
}

}  // namespace rtc::sim::whole
