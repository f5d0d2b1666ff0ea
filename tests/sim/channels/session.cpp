#include "tests/sim/channels/session.h"

#include <algorithm>
#include <iterator>

#include "cpp/sctp/packet.h"

namespace rtc::sim::channels {

using datachannel::BufferedAmountDecreased;
using datachannel::ChannelAnnounced;
using datachannel::ChannelClosed;
using datachannel::ChannelClosing;
using datachannel::ChannelOpened;
using datachannel::ChannelOptions;
using datachannel::IdAssigned;
using datachannel::MessageReceived;

void Figures::add(const Figures& other) {
  sessions += other.sessions;
  channels += other.channels;
  messagesSent += other.messagesSent;
  messagesArrived += other.messagesArrived;
  bytesArrived += other.bytesArrived;
  packets += other.packets;
  packetsLost += other.packetsLost;
  restarts += other.restarts;
  refusals += other.refusals;
  virtualSeconds += other.virtualSeconds;
  longestSilence = std::max(longestSilence, other.longestSilence);
  silencePercent = std::max(silencePercent, other.silencePercent);
  transferPercent = std::max(transferPercent, other.transferPercent);
  reassemblyBytes = std::max(reassemblyBytes, other.reassemblyBytes);
}

Session::Session(const Scenario& scenario, Trace trace)
    : scenario_(scenario),
      trace_(std::move(trace)),
      random_(scenario.seed * 4 + 1),
      wireRandom_(scenario.seed * 4 + 2),
      links_{Link(wireRandom_, scenario.links[0]), Link(wireRandom_, scenario.links[1])},
      worst_(scenario.links),
      afterOutage_(scenario.links),
      ends_{End(scenario.seed * 4 + 3), End(scenario.seed * 4 + 4)},
      budget_(scenario.budget),
      restartsLeft_(scenario.restarts) {
  for (size_t i = 0; i < 2; ++i) {
    End& end = ends_[i];
    end.config = scenario.configs[i];
    if (scenario.knowsInit)
      end.config.identity = sctp::drawIdentity(end.random);
    end.association = std::make_unique<sctp::Association>(end.config, end.random);
    end.pathCeiling = scenario_.pathCeilings[i];
    end.association->setPath(end.pathCeiling);
    end.channels.attach(*end.association, now_);
    end.watch = std::make_unique<WireWatch>([this](uint32_t id) -> const Flow* {
      const auto flow = flows_.find(id);
      return flow == flows_.end() ? nullptr : flow->second;
    });
  }
  lastProgress_ = now_;
}

Session::~Session() = default;

Verdict Session::run() {
  figures_.sessions = 1;
  const Timestamp begin = now_;
  for (uint32_t i = 0; i < scenario_.channelsAtStart; ++i)
    openChannel();
  connect();
  for (uint32_t i = 0; i < scenario_.actions && !failure_; ++i)
    act();
  if (!failure_)
    finish();
  figures_.virtualSeconds = static_cast<uint64_t>((now_ - begin).seconds());
  return failure_;
}

// ---- the world

void Session::put(size_t from, Bytes packet) {
  digest(packet);
  ++figures_.packets;
  if (const auto verdict = ends_[from].watch->sending(packet, now_))
    fail(*verdict);
  if (silent_)
    return;
  const auto transfer = links_[from].transfer(packet.size(), now_);
  trace([&] {
    std::string line = from == 0 ? "  a >" : "  b >";
    sctp::ChunkIterator chunks(ByteSpan(packet).subspan(sctp::kPacketHeaderSize));
    while (const auto chunk = chunks.next())
      line += " " + std::to_string(chunk->type);
    for (const Timestamp arrival : transfer.arrivals)
      line += ", arrives " + std::to_string((arrival - now_).us() / 1000) + " ms later";
    return transfer.arrivals.empty() ? line + ", lost" : line;
  });
  if (transfer.arrivals.empty())
    ++figures_.packetsLost;
  for (const Timestamp arrival : transfer.arrivals)
    wire_.emplace(std::pair(arrival, sequence_++), Packet{from, packet});
}

void Session::drain() {
  for (size_t end = 0; end < 2; ++end)
    drainAssociation(end);
  checkBounds();
}

void Session::drainAssociation(size_t end) {
  for (bool more = true; more;) {
    more = false;
    while (auto output = ends_[end].association->poll()) {
      more = true;
      if (auto* transmit = std::get_if<sctp::Transmit>(&*output)) {
        put(end, std::move(transmit->packet));
      } else {
        handleAssociation(end, *output);
        ends_[end].channels.handle(std::move(*output), now_);
      }
    }
    while (auto output = ends_[end].channels.poll()) {
      more = true;
      ++eventCount_;
      handle(end, std::move(*output));
    }
  }
}

bool Session::step(Timestamp limit) {
  Timestamp next = earlier(ends_[0].association->deadline(), ends_[1].association->deadline());
  if (!wire_.empty())
    next = earlier(next, wire_.begin()->first.first);
  const bool isOutage = outageEnds_ > now_;
  if (isOutage)
    next = earlier(next, outageEnds_);
  if (next.isNever() || next > limit) {
    now_ = std::max(now_, limit);
    watchProgress();
    return false;
  }
  now_ = std::max(now_, next);
  if (isOutage && outageEnds_ <= now_) {
    for (size_t i = 0; i < 2; ++i)
      links_[i].configure(afterOutage_[i]);
    trace([] { return std::string("the outage ends"); });
  }
  for (End& end : ends_) {
    if (end.association->deadline() <= now_)
      end.association->handleTimeout(now_);
  }
  drain();
  while (!wire_.empty() && wire_.begin()->first.first <= now_) {
    const auto node = wire_.extract(wire_.begin());
    const size_t to = 1 - node.mapped().from;
    ends_[to].association->handlePacket(node.mapped().bytes, now_);
    drainAssociation(to);
    checkBounds();
  }
  watchProgress();
  return !failure_;
}

void Session::runFor(Duration time) {
  const Timestamp limit = now_ + time;
  drain();
  while (!failure_ && step(limit)) {
  }
}

void Session::expectWithin(Duration limit, const std::string& what,
                           const std::function<bool()>& done) {
  // Outages are nobody's fault.
  const Timestamp begin = std::max(now_, outageEnds_);
  const Timestamp end = begin + limit;
  drain();
  while (!failure_ && !done()) {
    if (!step(end) && !failure_ && !done()) {
      fail(what + " took longer than " + std::to_string(limit.seconds()) + " s");
      return;
    }
  }
  if (!failure_ && limit > Duration::zero() && now_ > begin) {
    const auto percent = static_cast<uint64_t>(100 * (now_ - begin).us() / limit.us());
    figures_.transferPercent = std::max(figures_.transferPercent, percent);
  }
}

// ---- what must hold all the time

bool Session::established() const {
  return std::all_of(ends_.begin(), ends_.end(), [](const End& end) {
    return end.association->state() == sctp::State::kEstablished;
  });
}

bool Session::anyClosing() const {
  return std::any_of(lives_.begin(), lives_.end(), [](const auto& life) {
    return std::any_of(life->sides.begin(), life->sides.end(), [](const auto& side) {
      return side && side->state == ChannelState::kClosing;
    });
  });
}

bool Session::drained() const {
  return std::all_of(ends_.begin(), ends_.end(), [](const End& end) {
    return end.association->bufferedAmount() == 0 &&
           end.association->statistics().bytesInFlight == 0 &&
           end.association->statistics().reassemblyBytes == 0;
  });
}

bool Session::outstanding() const {
  return !established() || !drained() || anyClosing();
}

// Progress is what arrives, what is sent for the first time, and what is told; not what is sent
// once more.
void Session::watchProgress() {
  if (failure_)
    return;
  std::array<uint64_t, 6> signature{};
  for (size_t i = 0; i < 2; ++i) {
    const sctp::Statistics statistics = ends_[i].association->statistics();
    signature[3 * i] = statistics.messagesReceived;
    signature[3 * i + 1] = statistics.reassemblyBytes;
    signature[3 * i + 2] = ends_[i].association->bufferedAmount();
  }
  signature[0] += eventCount_;
  const bool isQuiet = silent_ || errorsExpected_ || !outstanding();
  if (signature == signature_ && !isQuiet && now_ > outageEnds_) {
    const Duration silence = now_ - std::max(lastProgress_, outageEnds_);
    const Duration allowed = longestSilence(scenario_, worst_);
    figures_.longestSilence = std::max(figures_.longestSilence, silence);
    const auto percent = static_cast<uint64_t>(100 * silence.us() / allowed.us());
    figures_.silencePercent = std::max(figures_.silencePercent, percent);
    if (silence > allowed) {
      fail("a stall of " + std::to_string(silence.seconds()) + " s where " +
           std::to_string(allowed.seconds()) + " s may be");
    }
    return;
  }
  signature_ = signature;
  lastProgress_ = now_;
}

void Session::checkBounds() {
  for (const End& end : ends_) {
    const size_t held = end.association->statistics().reassemblyBytes;
    figures_.reassemblyBytes = std::max(figures_.reassemblyBytes, held);
    // What fills gaps may exceed the window once over, and what comes next in turn always passes.
    const size_t window = sctp::saneConfig(end.config).receiveWindow;
    require(held <= 2 * window + end.config.maxReceiveMessageSize, [&] {
      return std::to_string(held) + " bytes wait in a window of " + std::to_string(window);
    });
    const size_t limit = std::max(end.config.sendBufferLimit, end.config.maxSendMessageSize);
    for (const auto& [handle, life] : end.lives) {
      const size_t buffered = end.channels.bufferedAmount(handle);
      require(buffered <= limit, [&] {
        return std::to_string(buffered) + " bytes are queued where " + std::to_string(limit) +
               " may be";
      });
    }
  }
}

void Session::checkBuffered() {
  for (const auto& life : lives_) {
    for (size_t end = 0; end < 2; ++end) {
      const auto& side = life->sides[end];
      if (!side || side->state == ChannelState::kClosed)
        continue;
      const auto& channels = ends_[end].channels;
      require(channels.bufferedAmount(side->handle) == side->buffered, [&] {
        return "channel " + std::to_string(life->number) + " tells a bufferedAmount of " +
               std::to_string(channels.bufferedAmount(side->handle)) + ", its events " +
               std::to_string(side->buffered);
      });
      require(channels.state(side->handle) == side->state, [&] {
        return "channel " + std::to_string(life->number) + " is in a state without an event";
      });
    }
  }
}

// ---- what the ends say

void Session::handleAssociation(size_t end, const sctp::Output& output) {
  const std::string who = end == 0 ? "a" : "b";
  if (std::holds_alternative<sctp::Restarted>(output)) {
    ends_[end].watch->restart();
    trace([&] { return who + " sees a restart"; });
  } else if (std::holds_alternative<sctp::Connected>(output)) {
    ends_[end].watch->restart();
    trace([&] { return who + " is connected"; });
  } else if (const auto* closed = std::get_if<sctp::Closed>(&output)) {
    ends_[end].closed = true;
    ends_[end].reason = closed->reason;
    const bool isAsked = shuttingDown_ && closed->reason == sctp::CloseReason::kShutdown;
    trace([&] { return who + "'s association is closed: " + closed->text; });
    require(errorsExpected_ || isAsked, [&] {
      return who + "'s association ended, reason " +
             std::to_string(static_cast<int>(closed->reason)) + ": " + closed->text;
    });
  }
}

Session::Side* Session::sideOf(size_t end, ChannelId channel, const char* event) {
  const auto life = ends_[end].lives.find(channel);
  if (life == ends_[end].lives.end()) {
    fail(std::string(event) + " of an unknown channel");
    return nullptr;
  }
  Side& side = *life->second->sides[end];
  digest(life->second->number);
  if (side.state == ChannelState::kClosed) {
    fail(std::string(event) + " of closed channel " + std::to_string(life->second->number));
    return nullptr;
  }
  return &side;
}

void Session::handle(size_t end, datachannel::Output output) {
  const std::string who = end == 0 ? "a: " : "b: ";
  digest(output.index());
  if (const auto* announced = std::get_if<ChannelAnnounced>(&output)) {
    const ChannelOptions& options = announced->options;
    const size_t number = static_cast<size_t>(std::stoul(options.label));
    if (number >= lives_.size()) {
      fail(who + "an unknown channel was announced");
      return;
    }
    Life& life = *lives_[number];
    trace([&] { return who + "channel " + options.label + " is announced"; });
    require(!life.sides[end] && life.sides[1 - end] && !life.options.negotiated,
            [&] { return who + "channel " + options.label + " was announced again"; });
    ChannelOptions expected = life.options;
    expected.id = options.id;
    require(options == expected,
            [&] { return who + "channel " + options.label + " has other options"; });
    if (failure_)
      return;
    const ChannelOptions* theirs = ends_[1 - end].channels.options(life.sides[1 - end]->handle);
    require(!theirs || theirs->id == options.id,
            [&] { return who + "channel " + options.label + " has another id"; });
    life.sides[end] = Side{announced->channel, ChannelState::kOpen, 0, false};
    ends_[end].lives[announced->channel] = &life;
    return;
  }
  if (const auto* opened = std::get_if<ChannelOpened>(&output)) {
    if (Side* side = sideOf(end, opened->channel, "opened")) {
      require(side->state == ChannelState::kConnecting, [&] { return who + "opened twice"; });
      side->state = ChannelState::kOpen;
    }
  } else if (const auto* assigned = std::get_if<IdAssigned>(&output)) {
    if (sideOf(end, assigned->channel, "id"))
      require(assigned->id % 2 == end, [&] { return who + "an id of the other end's"; });
  } else if (const auto* message = std::get_if<MessageReceived>(&output)) {
    Side* side = sideOf(end, message->channel, "message");
    if (!side)
      return;
    require(side->state == ChannelState::kOpen,
            [&] { return who + "a message on a channel that is not open"; });
    Life& life = *ends_[end].lives[message->channel];
    ++figures_.messagesArrived;
    figures_.bytesArrived += message->data.size();
    digest(message->data.size());
    if (const auto verdict = life.flows[1 - end].arrived(message->binary, message->data))
      fail(who + *verdict);
  } else if (const auto* sent = std::get_if<BufferedAmountDecreased>(&output)) {
    if (Side* side = sideOf(end, sent->channel, "bufferedAmount")) {
      require(sent->bytes > 0 && side->buffered >= sent->bytes,
              [&] { return who + "more left the buffer than was in it"; });
      side->buffered -= std::min(side->buffered, sent->bytes);
    }
  } else if (const auto* closing = std::get_if<ChannelClosing>(&output)) {
    if (Side* side = sideOf(end, closing->channel, "closing")) {
      trace([&] {
        return who + "channel " + std::to_string(ends_[end].lives[closing->channel]->number) +
               " is being closed by the peer";
      });
      require(side->state == ChannelState::kOpen && !side->closedHere,
              [&] { return who + "closing of a channel that was not open"; });
      Life& life = *ends_[end].lives[closing->channel];
      require(life.sides[1 - end] && life.sides[1 - end]->closedHere, [&] {
        return who + "channel " + std::to_string(life.number) + " is closing, and nobody closed it";
      });
      side->state = ChannelState::kClosing;
    }
  } else if (const auto* closed = std::get_if<ChannelClosed>(&output)) {
    Side* side = sideOf(end, closed->channel, "closed");
    if (!side)
      return;
    Life& life = *ends_[end].lives[closed->channel];
    trace([&] { return who + "channel " + std::to_string(life.number) + " is closed"; });
    require(!closed->error || errorsExpected_, [&] {
      return who + "channel " + std::to_string(life.number) + ": " + closed->error->message;
    });
    const bool isAbrupt = errorsExpected_ || shuttingDown_;
    require(isAbrupt || side->state == ChannelState::kClosing ||
                (side->state == ChannelState::kConnecting && side->closedHere),
            [&] { return who + "closed " + std::to_string(life.number) + " without closing"; });
    require(isAbrupt || side->buffered == 0, [&] {
      return who + "channel " + std::to_string(life.number) + " was closed with " +
             std::to_string(side->buffered) + " bytes queued";
    });
    side->state = ChannelState::kClosed;
  }
}

// ---- small things

void Session::require(bool holds, const std::function<std::string()>& what) {
  if (!holds)
    fail(what());
}

void Session::fail(std::string what) {
  if (failure_)
    return;
  trace([&] { return "FAILED: " + what; });
  failure_ = "at " + std::to_string(now_.us() / 1000) + " ms: " + std::move(what);
}

void Session::trace(const std::function<std::string()>& line) {
  if (trace_)
    trace_(now_, line());
}

// FNV-1a.
void Session::digest(ByteSpan bytes) {
  for (const uint8_t byte : bytes)
    digest_ = (digest_ ^ byte) * 1099511628211u;
}

void Session::digest(uint64_t value) {
  digest_ = (digest_ ^ value) * 1099511628211u;
}

}  // namespace rtc::sim::channels
