// The two applications: what they do with their connections, and what they keep a record of.

#include <algorithm>
#include <cstring>
#include <utility>

#include "cpp/call/media_config.h"
#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {
namespace {

constexpr size_t kMaxChannels = 12;
/// Where a frame has its number, behind what a VP8 key frame begins with.
constexpr size_t kNumberAt = 10;
constexpr Duration kFrameTime = Duration::milliseconds(20);

size_t drawSize(SeededRandom& random) {
  switch (random.below(8)) {
    case 0:
      return random.below(8) + 1;
    case 1:
      return random.below(40'000) + 8;
    case 2:
      return random.below(4000) + 8;
    default:
      return random.below(600) + 8;
  }
}

}  // namespace

// --- what the connections say

void World::handle(size_t end, peer::Output output) {
  digest(output.index());
  if (const auto* candidate = std::get_if<peer::LocalCandidate>(&output)) {
    trickle(end, *candidate);
  } else if (const auto* ice = std::get_if<peer::IceStateChanged>(&output)) {
    trace([&] { return std::string(end == 0 ? "a" : "b") + " ICE " + ice::toString(ice->state); });
    if (ice->state == ice::IceTransportState::kFailed)
      wantRestart();
  } else if (std::holds_alternative<peer::IceRestartNeeded>(output)) {
    wantRestart();
  } else if (const auto* dtls = std::get_if<peer::DtlsStateChanged>(&output)) {
    trace([&] {
      return std::string(end == 0 ? "a" : "b") + " DTLS " + peer::toString(dtls->state) +
             (dtls->error ? ": " + dtls->error->message : "");
    });
  } else if (const auto* sctp = std::get_if<peer::SctpStateChanged>(&output)) {
    trace(
        [&] { return std::string(end == 0 ? "a" : "b") + " SCTP " + peer::toString(sctp->state); });
    if (sctp->state == peer::SctpState::kClosed)
      cutAll();
  } else if (std::holds_alternative<peer::NegotiationNeeded>(output)) {
    if (node(end).peer().session().signalingState() == jsep::SignalingState::kStable)
      negotiate(end);
  } else if (const auto* channel = std::get_if<datachannel::Output>(&output)) {
    handleChannel(end, *channel);
  } else if (const auto* media = std::get_if<media::Event>(&output)) {
    handleMedia(end, *media);
  }
}

void World::handleChannel(size_t end, const datachannel::Output& output) {
  const auto find = [&](datachannel::ChannelId id) -> Life* {
    const auto found = byHandle_[end].find(id);
    return found == byHandle_[end].end() ? nullptr : found->second;
  };
  if (const auto* announced = std::get_if<datachannel::ChannelAnnounced>(&output)) {
    Life* life = nullptr;
    for (const auto& one : lives_) {
      if (one->options.label == announced->options.label && !one->sides[end])
        life = one.get();
    }
    require(life != nullptr || !isHonest(1 - end), [&] {
      return "[messages] a channel is announced that nobody opened: " + announced->options.label;
    });
    if (life == nullptr)
      return;
    require(announced->options.ordered == life->options.ordered &&
                announced->options.maxRetransmits == life->options.maxRetransmits &&
                announced->options.maxPacketLifeTime == life->options.maxPacketLifeTime &&
                announced->options.protocol == life->options.protocol,
            [&] { return "[messages] channel " + life->options.label + " has other options"; });
    life->sides[end] = Side{announced->channel, true};
    byHandle_[end][announced->channel] = life;
  } else if (const auto* opened = std::get_if<datachannel::ChannelOpened>(&output)) {
    if (Life* life = find(opened->channel))
      life->sides[end]->isOpen = true;
  } else if (const auto* message = std::get_if<datachannel::MessageReceived>(&output)) {
    ++figures_.messagesArrived;
    Life* life = find(message->channel);
    if (life == nullptr || !isHonest(1 - end) || !isHonest(end))
      return;
    if (std::exchange(swallows_, false))
      return;
    if (auto wrong = life->flows[1 - end].arrived(message->binary, message->data))
      fail("[messages] " + *wrong);
  } else if (const auto* closing = std::get_if<datachannel::ChannelClosing>(&output)) {
    if (Life* life = find(closing->channel))
      life->sides[end]->isOpen = false;
  } else if (const auto* closed = std::get_if<datachannel::ChannelClosed>(&output)) {
    Life* life = find(closed->channel);
    if (life == nullptr)
      return;
    life->sides[end]->isOpen = false;
    byHandle_[end].erase(closed->channel);
    if (closed->error) {
      for (channels::Flow& flow : life->flows)
        flow.cut();
    }
  }
}

void World::cutAll() {
  for (const auto& life : lives_) {
    for (channels::Flow& flow : life->flows)
      flow.cut();
  }
}

void World::handleMedia(size_t end, const media::Event& event) {
  if (const auto* wanted = std::get_if<media::KeyFrameRequested>(&event)) {
    for (Talk& talk : talks_[end])
      talk.wantsKey = talk.wantsKey || call::streamIdOf(talk.transceiver) == wanted->sender;
    return;
  }
  const auto* received = std::get_if<media::FrameReceived>(&event);
  if (received == nullptr)
    return;
  ++figures_.framesArrived;
  if (!isHonest(0) || !isHonest(1))
    return;
  const auto info =
      node(end).peer().session().transceiver(call::transceiverIdOf(received->receiver));
  require(info.has_value(), [] { return std::string("[frames] for no transceiver"); });
  if (!info)
    return;
  Talk& talk = talks_[1 - end][info->kind == jsep::MediaKind::kAudio ? kAudio : kVideo];
  uint32_t number = 0;
  const Bytes& data = received->frame.data;
  if (data.size() >= kNumberAt + sizeof number)
    std::memcpy(&number, data.data() + kNumberAt, sizeof number);
  require(number < talk.sent.size() && talk.sent[number] == data, [&] {
    return "[frames] " + std::string(toString(info->kind)) + " frame " + std::to_string(number) +
           " of " + std::to_string(data.size()) + " bytes is not what was sent";
  });
  require(number >= talk.next, [&] {
    return "[frames] " + std::string(toString(info->kind)) + " frame " + std::to_string(number) +
           " after " + std::to_string(talk.next - 1);
  });
  talk.next = number + 1;
}

// --- data channels

void World::openChannel(size_t end, SeededRandom& random) {
  if (lives_.size() >= kMaxChannels)
    return;
  datachannel::ChannelOptions options;
  options.label = std::to_string(lives_.size());
  // The first is the usual one.
  if (!lives_.empty()) {
    options.ordered = random.below(2) == 0;
    if (random.below(4) == 0)
      options.maxRetransmits = static_cast<uint16_t>(random.below(4));
    else if (random.below(4) == 0)
      options.maxPacketLifeTime = static_cast<uint16_t>(random.below(2000));
    options.protocol = std::string(random.below(20), 'p');
  }
  node(end).whenRunning([this, end, options] {
    const auto number = static_cast<uint32_t>(lives_.size());
    datachannel::ChannelOptions named = options;
    named.label = std::to_string(number);
    const auto opened = node(end).call(
        [&](peer::Peer& peer, Timestamp now) { return peer.createDataChannel(named, now); });
    if (!opened)
      return;
    lives_.push_back(std::make_unique<Life>(
        Life{number,
             named,
             {},
             {channels::Flow(2 * number, named), channels::Flow(2 * number + 1, named)}}));
    lives_.back()->sides[end] = Side{*opened, false};
    byHandle_[end][*opened] = lives_.back().get();
  });
}

void World::closeChannel(size_t end, SeededRandom& random) {
  if (lives_.size() < 2)
    return;
  Life* life = lives_[1 + random.below(static_cast<uint32_t>(lives_.size()) - 1)].get();
  node(end).whenRunning([this, end, life] {
    if (!life->sides[end] || !life->sides[end]->isOpen || node(end).isClosed())
      return;
    life->sides[end]->isOpen = false;
    life->flows[1 - end].receiverClosed();
    node(end).call([&](peer::Peer& peer, Timestamp now) {
      peer.closeDataChannel(life->sides[end]->handle, now);
    });
  });
}

bool World::sendOne(Life& life, size_t end, size_t size) {
  channels::Flow& flow = life.flows[end];
  channels::Message message = flow.make(size);
  const datachannel::ChannelId handle = life.sides[end]->handle;
  const channels::Message copy = message;
  // On the record first: what is sent may arrive before the call returns.
  const auto status = node(end).call([&](peer::Peer& peer, Timestamp now) {
    auto result = message.binary ? peer.sendBinary(handle, Bytes(message.data), now)
                                 : peer.sendString(handle, asText(message.data), now);
    const memory::For record(memory::Owner::kSimulation);
    if (result)
      flow.sent(copy, now);
    return result;
  });
  figures_.messagesSent += status ? 1 : 0;
  return status.ok();
}

void World::sendSome(size_t end, uint32_t count, SeededRandom& random) {
  std::vector<std::pair<uint32_t, size_t>> draws;
  for (uint32_t i = 0; i < count; ++i)
    draws.emplace_back(random.u32(), drawSize(random));
  node(end).whenRunning([this, end, draws] {
    for (const auto& [which, size] : draws) {
      if (node(end).isClosed() || lives_.empty())
        return;
      Life& life = *lives_[which % lives_.size()];
      if (life.sides[end] && life.sides[end]->isOpen)
        sendOne(life, end, size);
    }
  });
}

// What the engine refuses it has not taken, and what it took arrives.
void World::fillBuffer(size_t end) {
  node(end).whenRunning([this, end] {
    Life& life = *lives_[0];
    if (!life.sides[end] || !life.sides[end]->isOpen)
      return;
    constexpr size_t kSize = 200'000;
    for (int i = 0; i < 200; ++i) {
      if (!sendOne(life, end, kSize))
        return;
      extraBytes_ += kSize;
    }
    fail("[memory] the send buffer takes all that there is");
  });
}

// Calls that webrtc-pc has errors for: each is refused, and nothing else happens.
void World::misuse(size_t end, SeededRandom& random) {
  const uint32_t what = random.below(6);
  node(end).whenRunning([this, end, what] {
    if (node(end).isClosed())
      return;
    const bool refused = node(end).call([&](peer::Peer& peer, Timestamp now) {
      const datachannel::ChannelId nobody(1'000'000);
      switch (what) {
        case 0:
          return !peer.sendString(nobody, "x", now).ok();
        case 1:
          peer.closeDataChannel(nobody, now);
          return peer.bufferedAmount(nobody) == 0;
        case 2: {
          datachannel::ChannelOptions options;
          options.negotiated = true;
          return !peer.createDataChannel(options, now).ok();
        }
        case 3:
          return !peer.setRemoteDescription({jsep::SdpType::kAnswer, "v=1\r\n"}, now).ok();
        case 4:
          return !peer.addIceCandidate({"candidate:x", "nothing", 900, {}}, now).ok();
        default:
          peer.handleStreamData(peer::StreamId(900'000), Bytes(3), now);
          peer.handleDatagram(ice::InterfaceId(900'000), Endpoint{}, Bytes(3), now);
          peer.handleResolved(peer::ResolveId(900'000), {}, now);
          return true;
      }
    });
    require(refused, [&] { return "[misuse] call " + std::to_string(what) + " is not refused"; });
  });
}

// --- audio and video

void World::addTracks(size_t end) {
  for (const Kind kind : {kAudio, kVideo}) {
    Talk& talk = talks_[end][kind];
    if (talk.exists || node(end).isClosed())
      continue;
    const auto media = kind == kAudio ? jsep::MediaKind::kAudio : jsep::MediaKind::kVideo;
    const auto added = node(end).call([&](peer::Peer& peer, Timestamp now) {
      return peer.change(
          [&](jsep::Session& session) { return session.addTrack(media, "", {"stream"}); }, now);
    });
    require(added.ok() || chanceWasBroken_,
            [] { return std::string("[negotiation] no track can be added"); });
    if (!added)
      continue;
    talk.exists = true;
    talk.transceiver = added->transceiver;
  }
}

void World::talk(size_t end, Duration length, SeededRandom& random) {
  node(end).whenRunning([this, end] { addTracks(end); });
  auto chance = std::make_shared<SeededRandom>(random.u64());
  for (Duration at = Duration::zero(); at < length; at += kFrameTime) {
    network_.after(at, [this, end, chance, at] {
      node(end).whenRunning([this, end, chance, at] {
        if (node(end).isClosed())
          return;
        sendFrame(end, kAudio, *chance);
        if (at.ms() % 40 == 0)
          sendFrame(end, kVideo, *chance);
      });
    });
  }
}

void World::sendFrame(size_t end, Kind kind, SeededRandom& random) {
  Talk& talk = talks_[end][kind];
  // Frames count on whether they can be sent or not, as those of a camera.
  talk.timestamp += kind == kAudio ? 960 : 3600;
  if (!talk.exists)
    return;
  payload::EncodedFrame frame;
  for (const jsep::MediaFlow& flow : node(end).peer().session().mediaFlows()) {
    if (flow.transceiver != talk.transceiver || !flow.sends)
      continue;
    for (const auto& codec : flow.send.codecs) {
      const bool isIt = codec.name == (kind == kAudio ? "opus" : "VP8");
      if (isIt && codec.payloadType)
        frame.payloadType = rtp::PayloadType(*codec.payloadType);
    }
  }
  if (frame.payloadType == rtp::PayloadType())
    return;
  frame.timestamp = rtp::RtpTime(talk.timestamp);
  frame.capturedAt = node(end).now();
  const bool isKey = kind == kVideo && std::exchange(talk.wantsKey, false);
  const size_t size =
      kind == kAudio ? 20 + random.below(100) : 200 + random.below(isKey ? 6000 : 1500);
  frame.data = Bytes(size, static_cast<uint8_t>(random.below(256)));
  if (kind == kVideo) {
    frame.video.isKey = isKey;
    frame.data[0] = isKey ? 0x10 : 0x11;
    static constexpr uint8_t kHead[] = {0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1};
    if (isKey)
      std::copy(std::begin(kHead), std::end(kHead), frame.data.begin() + 3);
  }
  const auto number = static_cast<uint32_t>(talk.sent.size());
  std::memcpy(frame.data.data() + kNumberAt, &number, sizeof number);
  talk.sent.push_back(frame.data);
  ++figures_.framesSent;
  node(end).call([&](peer::Peer& peer, Timestamp now) {
    peer.sendFrame(talk.transceiver, 0, payload::EncodedFrame(frame), now);
  });
}

void World::lookAtStats() {
  for (size_t end = 0; end < 2; ++end) {
    if (!node(end).exists())
      continue;
    if (auto wrong = node(end).watch().noteStats(node(end).peer().stats(), isHonest(1 - end)))
      fail((end == 0 ? "a: " : "b: ") + *wrong);
  }
}

}  // namespace rtc::sim::whole
