// What the two applications say to each other beside the connection: one offers at a time.

#include <utility>

#include "tests/sim/whole/enemy.h"
#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {

void World::signal(size_t to, std::function<void()> deliver) {
  network_.after(plan_.signalling, [this, to, deliver = std::move(deliver)]() mutable {
    node(to).whenRunning([this, to, deliver = std::move(deliver)] {
      if (!node(to).isClosed())
        deliver();
    });
  });
}

/// webrtc-pc fires the candidates of a description after the promise of setLocalDescription is
/// fulfilled: an application has told the description by then.
class World::HoldsCandidates {
 public:
  HoldsCandidates(World& world, size_t end) : world_(world), end_(end) {
    world_.holds_[end_] = true;
  }
  ~HoldsCandidates() {
    world_.holds_[end_] = false;
    for (const peer::LocalCandidate& candidate : std::exchange(world_.held_[end_], {}))
      world_.trickle(end_, candidate);
  }
  HoldsCandidates(const HoldsCandidates&) = delete;
  HoldsCandidates& operator=(const HoldsCandidates&) = delete;

 private:
  World& world_;
  size_t end_;
};

void World::negotiate(size_t offerer) {
  if (isFinishing_ || failure_)
    return;
  if (negotiating_) {
    wantsNegotiation_[offerer] = true;
    return;
  }
  if (negotiationsLeft_ == 0)
    return;
  --negotiationsLeft_;
  negotiating_ = true;
  wantsNegotiation_[offerer] = false;
  node(offerer).whenRunning([this, offerer] { offer(offerer); });
}

void World::offer(size_t offerer) {
  if (node(offerer).isClosed())
    return;
  const auto description =
      node(offerer).call([](peer::Peer& peer, Timestamp now) { return peer.createOffer({}, now); });
  if (!description)
    return negotiationFailed("createOffer", description.error());
  const HoldsCandidates held(*this, offerer);
  const auto status = node(offerer).call([&](peer::Peer& peer, Timestamp now) {
    return peer.setLocalDescription({description->type, description->sdp}, now);
  });
  if (!status)
    return negotiationFailed("setLocalDescription(offer)", status.error());
  signal(1 - offerer, [this, offerer, offered = *description] { takeOffer(1 - offerer, offered); });
}

/// Whether one of several damaged ones was taken for the answer.
bool World::takeDamaged(size_t end, const jsep::Description& description) {
  const Event* bad = end == 0 ? std::exchange(badDescription_, nullptr) : nullptr;
  if (bad == nullptr)
    return false;
  const bool isOffer = description.type == jsep::SdpType::kOffer;
  node(end).watch().meetsAnother();
  SeededRandom random(bad->seed);
  for (int i = 0; i < 8; ++i) {
    const bool isProvisional = !isOffer && random.below(4) == 0;
    const jsep::Description damaged{isProvisional ? jsep::SdpType::kPranswer : description.type,
                                    damagedText(description.sdp, random)};
    const auto status = node(end).call(
        [&](peer::Peer& peer, Timestamp now) { return peer.setRemoteDescription(damaged, now); });
    if (status && damaged.type == jsep::SdpType::kAnswer)
      return true;
  }
  return false;
}

void World::takeOffer(size_t answerer, const jsep::Description& description) {
  if (tap)
    tap(Seen::kDescription, asBytes(description.sdp));
  if (std::exchange(glares_, false)) {
    // Its own offer never arrives: the other end would ignore it, and this one gives way.
    (void)node(answerer).call(
        [](peer::Peer& peer, Timestamp now) { return peer.setLocalDescription({}, now); });
  }
  takeDamaged(answerer, description);
  auto status = node(answerer).call(
      [&](peer::Peer& peer, Timestamp now) { return peer.setRemoteDescription(description, now); });
  if (!status)
    return negotiationFailed("setRemoteDescription(offer)", status.error());
  if (plan_.withMedia)
    addTracks(answerer);
  const auto answer = node(answerer).call(
      [](peer::Peer& peer, Timestamp now) { return peer.createAnswer({}, now); });
  if (!answer)
    return negotiationFailed("createAnswer", answer.error());
  const HoldsCandidates held(*this, answerer);
  status = node(answerer).call([&](peer::Peer& peer, Timestamp now) {
    return peer.setLocalDescription({answer->type, answer->sdp}, now);
  });
  if (!status)
    return negotiationFailed("setLocalDescription(answer)", status.error());
  signal(1 - answerer,
         [this, answerer, answered = *answer] { takeAnswer(1 - answerer, answered); });
}

void World::takeAnswer(size_t offerer, const jsep::Description& description) {
  if (tap)
    tap(Seen::kDescription, asBytes(description.sdp));
  if (takeDamaged(offerer, description))
    return negotiated();
  const auto status = node(offerer).call(
      [&](peer::Peer& peer, Timestamp now) { return peer.setRemoteDescription(description, now); });
  if (!status)
    return negotiationFailed("setRemoteDescription(answer)", status.error());
  negotiated();
}

void World::negotiated() {
  ++figures_.negotiations;
  negotiating_ = false;
  trace([] { return std::string("negotiated"); });
  for (const size_t end : {0, 1}) {
    if (wantsNegotiation_[end])
      negotiate(end);
  }
}

void World::negotiationFailed(const std::string& what, const Error& error) {
  trace([&] { return what + ": " + error.message; });
  require(chanceWasBroken_ || !isHonest(1),
          [&] { return "[negotiation] " + what + " fails: " + error.message; });
  for (size_t end = 0; end < 2; ++end) {
    node(end).whenRunning([this, end] {
      const auto state = node(end).peer().session().signalingState();
      if (state == jsep::SignalingState::kStable || state == jsep::SignalingState::kClosed)
        return;
      const bool isLocal = state == jsep::SignalingState::kHaveLocalOffer ||
                           state == jsep::SignalingState::kHaveLocalPranswer;
      (void)node(end).call([&](peer::Peer& peer, Timestamp now) {
        return isLocal ? peer.setLocalDescription({jsep::SdpType::kRollback, ""}, now)
                       : peer.setRemoteDescription({jsep::SdpType::kRollback, ""}, now);
      });
    });
  }
  network_.after(Duration::seconds(1), [this] {
    negotiating_ = false;
    negotiate(0);
  });
}

void World::trickle(size_t from, const peer::LocalCandidate& candidate) {
  if (holds_[from]) {
    held_[from].push_back(candidate);
    return;
  }
  if (tap && !candidate.candidate.empty())
    tap(Seen::kCandidate, asBytes(candidate.candidate));
  signal(1 - from, [this, to = 1 - from, candidate] {
    // One that comes late belongs to a generation that is gone, or to no section any more.
    (void)node(to).call([&](peer::Peer& peer, Timestamp now) {
      return peer.addIceCandidate(
          {candidate.candidate, candidate.mid, candidate.mLineIndex, candidate.usernameFragment},
          now);
    });
  });
}

// What an application does that wants its session to go on.
void World::wantRestart() {
  if (std::exchange(wantsRestart_, true) || isFinishing_)
    return;
  signal(0, [this] {
    network_.after(Duration::seconds(2), [this] {
      wantsRestart_ = false;
      if (isFinishing_ || node(0).isClosed() || hasEnded(0) || hasEnded(1))
        return;
      const auto isUp = [](const Node& node) {
        return node.watch().ice() == ice::IceTransportState::kConnected ||
               node.watch().ice() == ice::IceTransportState::kCompleted;
      };
      if (isUp(node(0)) && isUp(node(1)))
        return;
      node(0).whenRunning([this] {
        ++figures_.restarts;
        trace([] { return std::string("ICE restart"); });
        node(0).call([](peer::Peer& peer, Timestamp now) { peer.restartIce(now); });
        negotiate(0);
      });
    });
  });
}

}  // namespace rtc::sim::whole
