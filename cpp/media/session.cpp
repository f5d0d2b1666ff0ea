#include "cpp/media/session.h"

#include <algorithm>
#include <utility>

#include "cpp/media/bitrate_allocation.h"
#include "cpp/media/session_parts.h"

namespace rtc::media {
namespace {

using congestion::Bitrate;

/// Below this, speech in Opus is not understood any more.
constexpr Bitrate kMinAudio = 16'000;
constexpr Bitrate kMaxAudio = 64'000;
/// What one picture a second in stamp size takes.
constexpr Bitrate kMinVideo = 30'000;
/// 720p in VP8 gains little from more; an application that wants more says so (maxBitrate).
constexpr Bitrate kMaxVideo = 2'500'000;
/// A change by less is not worth setting up an encoder anew.
constexpr double kNotableChange = 0.05;

Bitrate maxOf(const Sender& sender, const Encoding& encoding) {
  if (encoding.wish.maxBitrate)
    return std::max<Bitrate>(*encoding.wish.maxBitrate, 1);
  if (sender.config.kind == Kind::kAudio)
    return kMaxAudio;
  const double scale = std::max(1.0, encoding.wish.scaleDownBy);
  return std::max<Bitrate>(static_cast<Bitrate>(kMaxVideo / (scale * scale)), 5 * kMinVideo);
}

bool isNotable(Bitrate before, Bitrate after) {
  if ((before == 0) != (after == 0))
    return true;
  const auto change = static_cast<double>(std::abs(after - before));
  return change > kNotableChange * static_cast<double>(before);
}

}  // namespace

const Codec* Sender::codecWith(rtp::PayloadType type) const {
  for (const Codec& codec : config.codecs) {
    if (codec.payloadType == type)
      return &codec;
  }
  return nullptr;
}

const Codec* Sender::redFor(const Codec& codec) const {
  const Codec& first = config.codecs.front();
  return config.kind == Kind::kAudio && first.role == CodecRole::kRed &&
                 first.clockRate == codec.clockRate
             ? &first
             : nullptr;
}

const Codec* Sender::telephoneEvents(uint32_t clockRate) const {
  const Codec* found = nullptr;
  for (const Codec& codec : config.codecs) {
    if (codec.role != CodecRole::kMedia || codec.format != payload::Format::kTelephoneEvent)
      continue;
    if (found == nullptr || codec.clockRate == clockRate)
      found = &codec;
  }
  return found;
}

Session::Parts::Parts(const SessionSettings& theSettings, RandomSource& theRandom)
    : random(theRandom),
      clock(theSettings.start, Duration::microseconds(theSettings.unixMicrosecondsAtStart)),
      controller(theSettings.limits, theSettings.start),
      limits(theSettings.limits),
      maxHeldBytes(theSettings.maxHeldBytes),
      ownSsrc(theRandom.u32()) {}

Sender* Session::Parts::sender(StreamId id) {
  for (const auto& one : senders) {
    if (one->id == id)
      return one.get();
  }
  return nullptr;
}

Receiver* Session::Parts::receiver(StreamId id) {
  for (const auto& one : receivers) {
    if (one->id == id)
      return one.get();
  }
  return nullptr;
}

Encoding* Session::Parts::encodingOf(const Outgoing& outgoing) {
  Sender* owner = sender(outgoing.sender);
  return owner != nullptr && outgoing.encoding < owner->encodings.size()
             ? &owner->encodings[outgoing.encoding]
             : nullptr;
}

Duration Session::Parts::roundTrip() const {
  if (const auto measured = controller.targets().roundTrip)
    return *measured;
  return pathRoundTrip.value_or(Duration::milliseconds(100));
}

// --- what each encoding may use

void Session::Parts::allocate(Timestamp now) {
  std::vector<AllocationRequest> requests;
  std::vector<std::pair<Sender*, size_t>> askers;
  Bitrate needed = 0;
  for (const auto& sender : senders) {
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      const Encoding& encoding = sender->encodings[i];
      if (!sender->config.sends || !encoding.wish.active)
        continue;
      const bool isAudio = sender->config.kind == Kind::kAudio;
      AllocationRequest request;
      request.kind = sender->config.kind;
      request.weight = encoding.wish.weight;
      request.max = maxOf(*sender, encoding);
      request.min = std::min(isAudio ? kMinAudio : kMinVideo, request.max);
      request.track = sender->id.value();
      request.size = 1 / std::max(1.0, encoding.wish.scaleDownBy);
      needed += request.max;
      requests.push_back(request);
      askers.emplace_back(sender.get(), i);
    }
  }
  controller.setNeeded(needed, now);
  const Bitrate allowed = isConnected ? controller.targets().bitrate : 0;
  // Half of it at least is for what is new, whatever is asked for again.
  const Bitrate total = std::max(allowed / 2, allowed - overhead.rate(now).value_or(0));
  const auto shares =
      isConnected ? allocateBitrate(total, requests) : std::vector<Bitrate>(requests.size(), 0);

  for (const auto& sender : senders) {
    std::vector<Bitrate> bitrates(sender->encodings.size(), 0);
    for (size_t i = 0; i < askers.size(); ++i) {
      if (askers[i].first == sender.get())
        bitrates[askers[i].second] = shares[i];
    }
    bool isNews = !sender->hasTold && isConnected;
    for (size_t i = 0; i < bitrates.size(); ++i)
      isNews = isNews || isNotable(sender->encodings[i].told, bitrates[i]);
    if (!isNews)
      continue;
    sender->hasTold = true;
    for (size_t i = 0; i < bitrates.size(); ++i)
      sender->encodings[i].told = bitrates[i];
    tellTargets(*sender);
  }
  updateBacklog();
}

void Session::Parts::tellTargets(const Sender& sender) {
  SendTargets targets{sender.id, {}, backlog.isHeld() && sender.config.kind == Kind::kVideo, {}};
  for (const Encoding& encoding : sender.encodings) {
    targets.bitrates.push_back(encoding.told);
    targets.firstTimestamps.push_back(encoding.stream ? encoding.stream->wireTime(rtp::RtpTime(0))
                                                      : rtp::RtpTime(0));
  }
  emit(std::move(targets));
}

void Session::Parts::updateBacklog() {
  const congestion::Targets targets = controller.targets();
  const bool wasHeld = backlog.isHeld();
  backlog.update(pacer.queuedBytes(), targets.bitrate);
  if (backlog.isOverdue()) {
    discardOverdue();
    backlog.update(pacer.queuedBytes(), targets.bitrate);
  }
  pacer.setRates(backlog.isFromBefore() ? targets.bitrate : targets.pacing, targets.padding);
  if (backlog.isHeld() == wasHeld)
    return;
  for (const auto& sender : senders) {
    if (sender->config.kind == Kind::kVideo && sender->hasTold)
      tellTargets(*sender);
  }
}

void Session::Parts::discardOverdue() {
  for (const auto& sender : senders) {
    if (sender->config.kind != Kind::kVideo)
      continue;
    for (size_t i = 0; i < sender->encodings.size(); ++i) {
      if (discardWaiting(sender->encodings[i]))
        emit(KeyFrameRequested{sender->id, i});
    }
  }
}

bool Session::Parts::discardWaiting(Encoding& encoding) {
  const auto waiting = pacer.discard(encoding.ids.ssrc.value());
  if (!encoding.stream)
    return false;
  encoding.stream->forgetSent();
  const auto first = std::find_if(waiting.begin(), waiting.end(),
                                  [](const Outgoing& one) { return one.use == PacketUse::kMedia; });
  if (first == waiting.end())
    return false;
  encoding.stream->takeBack(first->packet.sequenceNumber, first->packet.timestamp);
  return true;
}

// --- the loop

Timestamp Session::Parts::deadline() const {
  Timestamp due = earlier(reportAt, arrivals.deadline());
  if (receiverEstimate)
    due = earlier(due, receiverEstimate->deadline());
  due = earlier(due, controller.deadline());
  if (isConnected)
    due = earlier(due, pacer.deadline());
  for (const auto& sender : senders) {
    due = earlier(due, sender->tones.deadline());
    for (const Encoding& encoding : sender->encodings) {
      if (encoding.stream)
        due = earlier(due, encoding.stream->deadline());
    }
  }
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams)
      due = earlier(due, stream->deadline());
  }
  return due;
}

void Session::Parts::handleTimeout(Timestamp now) {
  controller.handleTimeout(now);
  sendTones(now);
  askForKeyFrames(now);
  for (const auto& receiver : receivers) {
    for (const auto& stream : receiver->streams)
      stream->handleTimeout(now);
    drain(*receiver, now);
  }
  sendTransportFeedback(now);
  sendRemb(now);
  if (now >= reportAt)
    sendReports(now);
  allocate(now);
}

// --- the session

Session::Session(const SessionSettings& settings, RandomSource& random)
    : parts_(std::make_unique<Parts>(settings, random)) {}
Session::~Session() = default;

void Session::setSender(StreamId id, SenderConfig config, Timestamp now) {
  Sender* sender = parts_->sender(id);
  if (sender == nullptr) {
    parts_->senders.push_back(std::make_unique<Sender>());
    sender = parts_->senders.back().get();
    sender->id = id;
  }
  const bool didSend = sender->config.sends;
  sender->config = std::move(config);
  parts_->configureEncodings(*sender);
  if (didSend && !sender->config.sends) {
    sender->tones.cancel();
    for (Encoding& encoding : sender->encodings)
      parts_->discardWaiting(encoding);
    if (sender->config.ends)
      parts_->endStreams(*sender);
  }
  parts_->allocate(now);
}

void Session::setReceiver(StreamId id, ReceiverConfig config) {
  Receiver* receiver = parts_->receiver(id);
  if (receiver == nullptr) {
    parts_->receivers.push_back(std::make_unique<Receiver>());
    receiver = parts_->receivers.back().get();
    receiver->id = id;
  }
  receiver->config = std::move(config);
  const ReceiverConfig& known = receiver->config;
  if (!known.receives) {
    // Those who see the track know from the description that it is silent.
    receiver->streams.clear();
    receiver->isActive = false;
    parts_->demuxer.remove(id);
  } else {
    std::vector<rtp::PayloadType> types;
    for (const Codec& codec : known.codecs) {
      types.push_back(codec.payloadType);
      if (codec.rtxPayloadType)
        types.push_back(*codec.rtxPayloadType);
    }
    std::vector<rtp::Ssrc> ssrcs;
    for (const AnnouncedStream& stream : known.announced) {
      ssrcs.push_back(stream.ssrc);
      if (stream.rtxSsrc != rtp::Ssrc(0))
        ssrcs.push_back(stream.rtxSsrc);
    }
    parts_->demuxer.set(id, known.mid, types, ssrcs);
    for (const auto& stream : receiver->streams)
      stream->setCodecs(known.codecs);
  }
  parts_->rebuildExtensions();
}

void Session::remove(StreamId id, Timestamp now) {
  if (Sender* sender = parts_->sender(id)) {
    for (const Encoding& encoding : sender->encodings)
      parts_->pacer.discard(encoding.ids.ssrc.value());
    parts_->endStreams(*sender);
  }
  std::erase_if(parts_->senders, [&](const auto& one) { return one->id == id; });
  std::erase_if(parts_->receivers, [&](const auto& one) { return one->id == id; });
  parts_->demuxer.remove(id);
  parts_->rebuildExtensions();
  parts_->allocate(now);
}

bool Session::knows(StreamId id) const {
  return parts_->sender(id) != nullptr || parts_->receiver(id) != nullptr;
}

std::vector<StreamId> Session::streams() const {
  std::vector<StreamId> ids;
  for (const auto& sender : parts_->senders)
    ids.push_back(sender->id);
  for (const auto& receiver : parts_->receivers) {
    if (std::find(ids.begin(), ids.end(), receiver->id) == ids.end())
      ids.push_back(receiver->id);
  }
  return ids;
}

void Session::setConnected(bool connected, Timestamp now) {
  if (connected == parts_->isConnected)
    return;
  parts_->isConnected = connected;
  parts_->reportAt = connected ? now + kReportInterval / 2 : Timestamp::never();
  parts_->allocate(now);
}

void Session::setRoundTrip(Duration roundTrip) {
  parts_->pathRoundTrip = roundTrip;
}

void Session::pathChanged(Timestamp now) {
  parts_->controller.pathChanged(now);
  parts_->receiverEstimate.reset();
  parts_->allocate(now);
}

void Session::close() {
  for (const auto& sender : parts_->senders)
    parts_->endStreams(*sender);
  parts_->senders.clear();
  parts_->receivers.clear();
  parts_->isConnected = false;
  parts_->reportAt = Timestamp::never();
}

void Session::setEncodings(StreamId id, const std::vector<EncodingWish>& wishes, Timestamp now) {
  Sender* sender = parts_->sender(id);
  if (sender == nullptr)
    return;
  for (size_t i = 0; i < sender->encodings.size() && i < wishes.size(); ++i)
    sender->encodings[i].wish = wishes[i];
  parts_->allocate(now);
}

void Session::setJitterBufferTarget(StreamId id, std::optional<Duration> target, Timestamp) {
  Receiver* receiver = parts_->receiver(id);
  if (receiver == nullptr)
    return;
  receiver->jitterBufferTarget = target;
  for (const auto& stream : receiver->streams)
    stream->setJitterBufferTarget(target);
}

void Session::requestKeyFrame(StreamId id, Timestamp now) {
  Receiver* receiver = parts_->receiver(id);
  if (receiver == nullptr)
    return;
  for (const auto& stream : receiver->streams)
    stream->requestKeyFrame();
  parts_->drain(*receiver, now);
}

void Session::sendFrame(StreamId id, size_t encoding, payload::EncodedFrame frame, Timestamp now) {
  if (Sender* sender = parts_->sender(id))
    parts_->sendFrame(*sender, encoding, std::move(frame), now);
}

bool Session::sendTone(StreamId id, uint8_t event, Duration duration, Timestamp now) {
  Sender* sender = parts_->sender(id);
  if (sender == nullptr || !sender->config.sends || !parts_->isConnected)
    return false;
  const bool isBegun = parts_->beginTone(*sender, event, duration, now);
  parts_->sendTones(now);
  return isBegun;
}

void Session::handleRtp(ByteSpan packet, Timestamp now) {
  parts_->handleRtp(packet, now);
}

void Session::handleRtcp(ByteSpan packet, Timestamp now) {
  parts_->handleRtcp(packet, now);
}

std::optional<Output> Session::poll(Timestamp now) {
  if (parts_->outputs.empty()) {
    parts_->depart(now);
    parts_->updateBacklog();
  }
  if (parts_->outputs.empty())
    return std::nullopt;
  Output output = std::move(parts_->outputs.front());
  parts_->outputs.pop_front();
  return output;
}

Timestamp Session::deadline() const {
  return parts_->deadline();
}

void Session::handleTimeout(Timestamp now) {
  parts_->handleTimeout(now);
}

}  // namespace rtc::media
