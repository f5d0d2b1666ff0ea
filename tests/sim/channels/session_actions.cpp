// What the two applications, and fate, do in a session.

#include <algorithm>
#include <string_view>

#include "tests/sim/channels/session.h"

namespace rtc::sim::channels {

using datachannel::ChannelOptions;
using datachannel::DtlsRole;

namespace {

constexpr uint32_t kFirstNegotiatedId = 130;
constexpr uint32_t kNegotiatedIds = 60;

}  // namespace

void Session::connect() {
  ends_[0].channels.setRole(DtlsRole::kClient, now_);
  ends_[1].channels.setRole(DtlsRole::kServer, now_);
  if (scenario_.knowsInit) {
    for (size_t i = 0; i < 2; ++i) {
      const End& other = ends_[1 - i];
      const Bytes init = sctp::initChunk(other.config, *other.config.identity);
      require(ends_[i].association->establishWith(init, now_),
              [] { return std::string("an INIT chunk of ours is not taken"); });
    }
  } else {
    ends_[0].association->connect(now_);
    if (scenario_.bothConnect)
      ends_[1].association->connect(now_);
  }
  expectWithin(longestSilence(scenario_, worst_) * 2, "connecting", [&] { return established(); });
}

void Session::act() {
  const uint32_t kind = random_.below(40);
  if (kind < 3) {
    openChannel();
  } else if (kind < 4) {
    openNegotiated();
  } else if (kind < 7) {
    closeOne();
  } else if (kind < 9 && scenario_.linksChange) {
    changeLink();
  } else if (kind < 11 && restartsLeft_ > 0) {
    replaceAssociation();
  } else {
    sendSome();
  }
  if (oneIn(2))
    runFor(Duration::microseconds(
        random_.below(static_cast<uint32_t>(scenario_.longestPause.us()) + 1)));
  checkBuffered();
}

// ---- channels

ChannelOptions Session::randomOptions() {
  ChannelOptions options;
  if (oneIn(2))
    options.protocol = std::string(random_.below(40), 'p');
  options.ordered = !oneIn(2);
  if (oneIn(3)) {
    options.maxRetransmits = static_cast<uint16_t>(random_.below(4));
  } else if (oneIn(3)) {
    options.maxPacketLifeTime = static_cast<uint16_t>(random_.below(oneIn(2) ? 50 : 1000));
  }
  static constexpr uint16_t kPriorities[] = {128, 256, 512, 1024};
  options.priority = kPriorities[random_.below(4)];
  return options;
}

Session::Life& Session::newLife(const ChannelOptions& options) {
  const auto number = static_cast<uint32_t>(lives_.size());
  lives_.push_back(std::make_unique<Life>(
      Life{number, options, {}, {Flow(2 * number, options), Flow(2 * number + 1, options)}}));
  Life& life = *lives_.back();
  for (uint32_t sender = 0; sender < 2; ++sender)
    flows_[2 * number + sender] = &life.flows[sender];
  ++figures_.channels;
  return life;
}

void Session::openChannel() {
  const auto live =
      static_cast<uint32_t>(std::max(ends_[0].channels.size(), ends_[1].channels.size()));
  if (live >= scenario_.maxChannels)
    return;
  const size_t end = randomEnd();
  ChannelOptions options = randomOptions();
  options.label = std::to_string(lives_.size());
  const auto opened = ends_[end].channels.open(options, now_);
  require(opened.ok(), [&] { return "open() failed: " + opened.error().message; });
  if (!opened.ok())
    return;
  Life& life = newLife(options);
  life.sides[end] = Side{*opened, ChannelState::kConnecting, 0, false};
  ends_[end].lives[*opened] = &life;
  trace([&] { return std::string(end == 0 ? "a" : "b") + " opens channel " + options.label; });
  drain();
}

// Both ends at once: what arrives before the receiving end has opened its channel is lost.
void Session::openNegotiated() {
  ChannelOptions options = randomOptions();
  options.negotiated = true;
  options.id = static_cast<uint16_t>(kFirstNegotiatedId + random_.below(kNegotiatedIds));
  const bool isTaken = std::any_of(lives_.begin(), lives_.end(), [&](const auto& life) {
    return life->options.negotiated && life->options.id == options.id &&
           std::any_of(life->sides.begin(), life->sides.end(),
                       [](const auto& side) { return side->state != ChannelState::kClosed; });
  });
  if (isTaken || !established())
    return;
  options.label = std::to_string(lives_.size());
  Life& life = newLife(options);
  trace([&] { return "both open channel " + options.label; });
  for (size_t end = 0; end < 2; ++end) {
    const auto opened = ends_[end].channels.open(options, now_);
    require(opened.ok(), [&] { return "open() failed: " + opened.error().message; });
    if (!opened.ok())
      return;
    life.sides[end] = Side{*opened, ChannelState::kConnecting, 0, false};
    ends_[end].lives[*opened] = &life;
  }
  drain();
}

Session::Life* Session::randomLife(const std::function<bool(const Life&)>& suitable) {
  std::vector<Life*> found;
  for (const auto& life : lives_) {
    if (suitable(*life))
      found.push_back(life.get());
  }
  return found.empty() ? nullptr : found[random_.below(static_cast<uint32_t>(found.size()))];
}

void Session::closeOne() {
  const size_t end = randomEnd();
  Life* life = randomLife([&](const Life& candidate) {
    const auto& side = candidate.sides[end];
    return side && side->state != ChannelState::kClosed;
  });
  if (life)
    close(*life, end);
}

void Session::close(Life& life, size_t end) {
  Side& side = *life.sides[end];
  trace([&] {
    return std::string(end == 0 ? "a" : "b") + " closes channel " + std::to_string(life.number);
  });
  ends_[end].channels.close(side.handle, now_);
  side.closedHere = true;
  life.flows[1 - end].receiverClosed();
  side.state = ends_[end].channels.state(side.handle);
  if (side.state == ChannelState::kClosed)
    side.state = ChannelState::kConnecting;  // the event has not been taken yet
  drain();
}

// ---- messages

void Session::sendSome() {
  const size_t end = randomEnd();
  Life* life = randomLife([&](const Life& candidate) {
    const auto& side = candidate.sides[end];
    return side && side->state == ChannelState::kOpen;
  });
  if (!life)
    return;
  if (oneIn(40)) {
    const Message huge = life->flows[end].make(ends_[end].config.maxSendMessageSize + 1);
    const auto refused = ends_[end].channels.sendBinary(life->sides[end]->handle, huge.data, now_);
    require(!refused.ok() && refused.error().kind == ErrorKind::kTypeError,
            [] { return std::string("a message beyond the maximum is taken"); });
  }
  for (uint32_t count = 1 + random_.below(oneIn(4) ? 20 : 3); count > 0; --count) {
    // Most messages are short, and a few fill what may be.
    static constexpr uint32_t kLimits[] = {1, 12, 200, 200, 1300, 1300, 5000, 20000};
    size_t size = random_.below(kLimits[random_.below(8)]);
    if (oneIn(30))
      size = scenario_.maxMessage - random_.below(2) * random_.below(1000);
    sendOne(*life, end, std::min({size, scenario_.maxMessage, budget_}));
  }
  if (!oneIn(4))
    drain();
}

void Session::sendOne(Life& life, size_t end, size_t size) {
  Flow& flow = life.flows[end];
  Side& side = *life.sides[end];
  End& sender = ends_[end];
  const Message message = flow.make(size);
  const auto* options = sender.channels.options(side.handle);
  const size_t queued = sender.association->bufferedAmount(sctp::StreamId(*options->id));
  const size_t limit = sender.config.sendBufferLimit;
  const size_t room = limit - std::min(limit, queued);
  const bool fits = queued == 0 || std::max<size_t>(size, 1) <= room;
  const auto sent = message.binary
                        ? sender.channels.sendBinary(side.handle, message.data, now_)
                        : sender.channels.sendString(side.handle, asText(message.data), now_);
  if (!sent.ok()) {
    ++figures_.refusals;
    require(!fits && sent.error().kind == ErrorKind::kOperationError, [&] {
      return "send() on channel " + std::to_string(life.number) +
             " failed: " + sent.error().message;
    });
    return;
  }
  require(fits, [] { return std::string("the send buffer takes more than its limit"); });
  flow.sent(message, now_);
  side.buffered += size;
  budget_ -= size;
  ++figures_.messagesSent;
}

// ---- fate

void Session::changeLink() {
  if (outageEnds_ > now_)
    return;
  const size_t i = randomEnd();
  LinkOptions link = links_[i].options();
  const size_t packetSize = sctp::saneConfig(ends_[i].config).maxPacketSize;
  switch (random_.below(5)) {
    case 0:    // nothing passes
    case 1: {  // a shorter MTU: what is small passes
      afterOutage_ = {links_[0].options(), links_[1].options()};
      const bool isSilence = oneIn(2);
      for (Link& each : links_) {
        LinkOptions out = each.options();
        out.mtu = isSilence ? 0 : 100 + random_.below(400);
        each.configure(out);
      }
      outageEnds_ = now_ + Duration::milliseconds(1 + random_.below(8000));
      trace([&] { return std::string(isSilence ? "an outage" : "the MTU shrinks for a while"); });
      return;
    }
    case 2:
      link.mtu = packetSize + random_.below(oneIn(2) ? 400 : 17'000);
      break;
    case 3:
      link.loss = random_.below(31) / 100.0;
      break;
    default:
      link.latency = Duration::microseconds(200 + random_.below(250'000));
      break;
  }
  trace([&] { return std::string("a link changes"); });
  links_[i].configure(link);
  worst_[i].loss = std::max(worst_[i].loss, link.loss);
  worst_[i].latency = std::max(worst_[i].latency, link.latency);
}

// As a peer does with a new DTLS transport: another association under the same channels. What was
// on the way does not fit the new keys; with the old ones the verification tag gives it away.
void Session::replaceAssociation() {
  // The ends agree on their channels, but for what they say from now on: a closing that has gone
  // half its way is not told again.
  const size_t index = randomEnd();
  const bool isAgreed = std::all_of(lives_.begin(), lives_.end(), [&](const auto& life) {
    return life->sides[1 - index].has_value();
  });
  if (!established() || anyClosing() || !isAgreed)
    return;
  --restartsLeft_;
  ++figures_.restarts;
  End& end = ends_[index];
  trace([&] { return std::string(index == 0 ? "a" : "b") + " begins its association anew"; });
  end.channels.detach();
  drainAssociation(index);
  if (scenario_.knowsInit || oneIn(2))
    wire_.clear();
  if (scenario_.knowsInit)
    end.config.identity = sctp::drawIdentity(end.random);
  end.association = std::make_unique<sctp::Association>(end.config, end.random);
  end.association->setPath(end.pathCeiling);
  end.watch->restart();
  for (const auto& life : lives_) {
    life->flows[index].senderReplaced();
    life->flows[1 - index].receiverReplaced();
  }
  end.channels.attach(*end.association, now_);
  if (scenario_.knowsInit) {
    const End& other = ends_[1 - index];
    const bool isTaken =
        end.association->establishWith(sctp::initChunk(other.config, *other.config.identity),
                                       now_) &&
        other.association->establishWith(sctp::initChunk(end.config, *end.config.identity), now_);
    require(isTaken, [] { return std::string("an INIT chunk of ours is not taken"); });
  } else {
    end.association->connect(now_);
  }
  drain();
  lastProgress_ = now_;
}

// ---- the end

void Session::checkComplete() {
  for (const auto& life : lives_) {
    for (const Flow& flow : life->flows) {
      if (const auto verdict = flow.complete())
        fail(*verdict);
    }
  }
}

void Session::finish() {
  // The bound holds for what is left at most, were nothing sent yet.
  const Duration limit = longestTransfer(scenario_, worst_, scenario_.budget,
                                         figures_.messagesSent + 4 * figures_.channels);
  if (!established())
    expectWithin(limit, "connecting again", [&] { return established(); });
  if (oneIn(2)) {
    expectWithin(limit, "delivering everything", [&] { return !outstanding(); });
    runFor(Duration::seconds(10));
    checkBuffered();
    checkComplete();
    for (const auto& life : lives_) {
      for (const auto& side : life->sides)
        require(!side || side->buffered == 0, [] { return std::string("bytes stay buffered"); });
    }
  }
  if (failure_)
    return;
  switch (scenario_.ending) {
    case Ending::kCloseChannels:
      finishChannels();
      break;
    case Ending::kShutdown:
      finishByShutdown();
      break;
    case Ending::kAbort:
      finishByAbort();
      break;
    case Ending::kSilence:
      finishBySilence();
      break;
  }
  checkComplete();
  for (const End& end : ends_) {
    require(end.channels.size() == 0, [] { return std::string("a channel is left"); });
    require(end.association->bufferedAmount() == 0, [] { return std::string("bytes are left"); });
    require(end.association->statistics().reassemblyBytes == 0,
            [] { return std::string("fragments are left"); });
  }
}

void Session::finishChannels() {
  for (size_t i = 0; i < lives_.size() && !failure_; ++i) {
    Life& life = *lives_[i];
    for (size_t end = 0; end < 2; ++end) {
      // Seldom by both ends at once.
      const bool isOnlyOne =
          !life.sides[1 - end] || life.sides[1 - end]->state == ChannelState::kClosed;
      const bool isTheirTurn = end == 1 && life.sides[0] && !life.sides[0]->closedHere;
      if (life.sides[end] && life.sides[end]->state != ChannelState::kClosed &&
          !life.sides[end]->closedHere && (isOnlyOne || isTheirTurn || oneIn(2)))
        close(life, end);
    }
    if (oneIn(3))
      runFor(Duration::milliseconds(random_.below(200)));
  }
  const Duration limit = longestTransfer(scenario_, worst_, scenario_.budget,
                                         figures_.messagesSent + 4 * figures_.channels);
  expectWithin(limit, "closing all channels", [&] {
    // A channel whose opening was still on its way is closed by its opener alone.
    return ends_[0].channels.size() + ends_[1].channels.size() == 0 && drained();
  });
}

void Session::finishByShutdown() {
  const size_t end = randomEnd();
  shuttingDown_ = true;
  // An end that shuts down cannot answer DATA_CHANNEL_OPEN any more.
  for (const auto& life : lives_) {
    if (!life->sides[end])
      life->flows[1 - end].cut();
  }
  trace([&] { return std::string(end == 0 ? "a" : "b") + " shuts down"; });
  ends_[end].association->shutdown(now_);
  const Duration limit = longestTransfer(scenario_, worst_, scenario_.budget,
                                         figures_.messagesSent + 4 * figures_.channels);
  expectWithin(limit, "shutting down", [&] { return ends_[0].closed && ends_[1].closed; });
}

void Session::finishByAbort() {
  for (const auto& life : lives_) {
    for (Flow& flow : life->flows)
      flow.cut();
  }
  const size_t end = randomEnd();
  errorsExpected_ = true;
  trace([&] { return std::string(end == 0 ? "a" : "b") + " aborts"; });
  ends_[end].channels.closeAll(std::nullopt);
  ends_[end].association->abort({}, now_);
  drain();
  // An ABORT that was lost is sent again when the peer is heard: its heartbeat at the latest.
  const sctp::AssociationConfig& config = ends_[1 - end].config;
  const Duration heartbeat = config.heartbeatInterval > Duration::zero() ? config.heartbeatInterval
                                                                         : Duration::seconds(30);
  const auto isClosed = [&] {
    return ends_[1 - end].closed;
  };
  if (config.heartbeatInterval == Duration::zero()) {
    runFor(Duration::seconds(120));
    if (!isClosed()) {
      ends_[1 - end].channels.closeAll(std::nullopt);
      ends_[1 - end].association->abort({}, now_);
      drain();
    }
  } else {
    expectWithin(longestSilence(scenario_, worst_) * 2 + heartbeat * 12, "noticing the abort",
                 isClosed);
  }
}

void Session::finishBySilence() {
  for (const auto& life : lives_) {
    for (Flow& flow : life->flows)
      flow.cut();
  }
  errorsExpected_ = true;
  silent_ = true;
  wire_.clear();
  trace([] { return std::string("nothing arrives any more"); });
  for (End& end : ends_) {
    if (end.config.heartbeatInterval == Duration::zero()) {
      end.channels.closeAll(std::nullopt);
      end.association->abort({}, now_);
    }
  }
  drain();
  expectWithin(Duration::seconds(3600), "noticing the silence",
               [&] { return ends_[0].closed && ends_[1].closed; });
}

}  // namespace rtc::sim::channels
