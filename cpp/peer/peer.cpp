#include "cpp/peer/peer.h"

#include <algorithm>
#include <utility>

namespace rtc::peer {
namespace {

jsep::SessionConfig sessionConfig(const Configuration& configuration) {
  jsep::SessionConfig config;
  config.bundlePolicy = configuration.bundlePolicy;
  config.rtcpMuxPolicy = configuration.rtcpMuxPolicy;
  config.maxMessageSize = configuration.largestMessage();
  config.alwaysNegotiateDataChannels = configuration.alwaysNegotiateDataChannels;
  config.offersSctpInit = configuration.offersSctpInit;
  config.isSctpInit = &sctp::isInitChunk;
  config.takesMedia = configuration.media != nullptr;
  return config;
}

/// RFC 9429 section 5.2.1: an offer carries the fingerprints of every certificate, whichever of
/// them DTLS will use.
std::vector<sdp::Fingerprint> fingerprintsOf(
    const std::vector<std::shared_ptr<const dtls::Certificate>>& certificates) {
  std::vector<sdp::Fingerprint> fingerprints;
  for (const auto& certificate : certificates) {
    for (const auto& fingerprint : certificate->fingerprints()) {
      fingerprints.push_back({fingerprint.algorithm, fingerprint.value});
    }
  }
  return fingerprints;
}

bool concernsSockets(const Output& output) {
  return std::holds_alternative<SendDatagram>(output) ||
         std::holds_alternative<SendStream>(output) ||
         std::holds_alternative<CloseStream>(output) ||
         std::holds_alternative<CloseInterfaces>(output);
}

}  // namespace

Peer::Peer(Configuration configuration, RandomSource& random, Timestamp now)
    : configuration_(std::move(configuration)),
      random_(random),
      session_(sessionConfig(configuration_), random),
      data_(random) {
  if (!configuration_.certificates.empty()) {
    session_.setFingerprints(fingerprintsOf(configuration_.certificates));
  }
  if (configuration_.media != nullptr) {
    media::SessionSettings settings;
    settings.start = now;
    settings.unixMicrosecondsAtStart = configuration_.unixSeconds * 1'000'000;
    media_ = configuration_.media(settings, random_);
  }
  // Without randomness nothing is announced, and what needs it more says so.
  sctpIdentity_ = sctp::drawIdentity(random_);
  if (sctpIdentity_)
    session_.setSctpInit(sctp::initChunk(associationConfig(), *sctpIdentity_));
}

// --- offer/answer

bool Peer::ensureCertificate() {
  if (!configuration_.certificates.empty() || closed_)
    return true;
  dtls::CertificatePool ofItsOwn(random_, nullptr);
  dtls::CertificatePool* pool =
      configuration_.certificatePool != nullptr ? configuration_.certificatePool : &ofItsOwn;
  auto certificate = pool->take(configuration_.unixSeconds + kCertificateLifetimeSeconds,
                                configuration_.unixSeconds);
  if (!certificate)
    return false;
  configuration_.certificates.push_back(std::move(*certificate));
  session_.setFingerprints(fingerprintsOf(configuration_.certificates));
  return true;
}

Result<jsep::Description, Error> Peer::createOffer(const jsep::OfferOptions& options,
                                                   Timestamp now) {
  // Without a certificate the session refuses with NotReadableError, after the checks that
  // webrtc-pc puts before it.
  (void)ensureCertificate();
  auto offer = session_.createOffer(options);
  pump(now);
  return offer;
}

Result<jsep::Description, Error> Peer::createAnswer(const jsep::AnswerOptions& options,
                                                    Timestamp now) {
  (void)ensureCertificate();
  auto answer = session_.createAnswer(options);
  pump(now);
  return answer;
}

Status<Error> Peer::settle(Status<Error> result, Timestamp now) {
  pump(now);
  if (result) {
    if (media_ && !closed_) {
      media_->update(session_, now);
      pump(now);
    }
    noteNegotiation();
  }
  return result;
}

Status<Error> Peer::setLocalDescription(const jsep::LocalDescription& description, Timestamp now) {
  (void)ensureCertificate();
  auto result = settle(session_.setLocal(description), now);
  if (result && session_.localDescription())
    discardPool(now);
  return result;
}

Status<Error> Peer::setRemoteDescription(const jsep::Description& description, Timestamp now) {
  (void)ensureCertificate();
  return settle(session_.setRemote(description), now);
}

Status<Error> Peer::addIceCandidate(const jsep::RemoteCandidate& candidate, Timestamp now) {
  auto result = session_.addCandidate(candidate);
  pump(now);
  return result;
}

void Peer::changed(Timestamp now) {
  if (media_ && !closed_)
    media_->update(session_, now);
  pump(now);
  noteNegotiation();
}

void Peer::restartIce(Timestamp now) {
  session_.restartIce();
  changed(now);
}

void Peer::setConfiguration(std::vector<ice::Server> servers, ice::TransportPolicy policy) {
  configuration_.iceServers = std::move(servers);
  configuration_.iceTransportPolicy = policy;
  for (auto& slot : transports_) {
    slot.transport->ice().configure(configuration_.iceServers, policy);
  }
}

void Peer::noteNegotiation() {
  if (session_.negotiationNeeded())
    emit(NegotiationNeeded{});
}

void Peer::close(Timestamp now) {
  if (closed_)
    return;
  data_.close(std::nullopt, now);
  if (media_)
    media_->close();
  pump(now);
  closed_ = true;
  session_.close();
  while (!transports_.empty())
    discard(transports_.back().id, now);
  outputs_.removeIf([](const Output& output) { return !concernsSockets(output); });
}

// --- data channels

Result<datachannel::ChannelId, Error> Peer::createDataChannel(
    const datachannel::ChannelOptions& options, Timestamp now) {
  if (closed_)
    return failWith(ErrorKind::kInvalidStateError, "the connection is closed");
  auto channel = data_.open(options, now);
  if (channel) {
    session_.requestDataChannels();
    changed(now);
  }
  return channel;
}

Status<Error> Peer::sendString(datachannel::ChannelId channel, std::string_view utf8,
                               Timestamp now) {
  auto result = data_.sendString(channel, utf8, now);
  sentAt_ = now;
  return result;
}

Status<Error> Peer::sendBinary(datachannel::ChannelId channel, Bytes data, Timestamp now) {
  auto result = data_.sendBinary(channel, std::move(data), now);
  sentAt_ = now;
  return result;
}

Result<sctp::SourceId, Error> Peer::sendFrom(datachannel::ChannelId channel, bool binary,
                                             size_t size, Timestamp now) {
  auto source = data_.sendFrom(channel, binary, size, now);
  sentAt_ = now;
  return source;
}

void Peer::supply(sctp::SourceId source, size_t offset, Bytes bytes, Timestamp now) {
  data_.supply(source, offset, std::move(bytes), now);
  sentAt_ = now;
}

void Peer::giveUp(sctp::SourceId source, Timestamp now) {
  data_.giveUp(source, now);
  pump(now);
}

void Peer::closeDataChannel(datachannel::ChannelId channel, Timestamp now) {
  data_.closeChannel(channel, now);
  pump(now);
}

size_t Peer::bufferedAmount(datachannel::ChannelId channel) const {
  return data_.bufferedAmount(channel);
}

void Peer::handleTimeout(Timestamp now) {
  for (auto& slot : transports_)
    slot.transport->handleTimeout(now);
  if (media_)
    media_->handleTimeout(now);
  data_.handleTimeout(now);
  pump(now);
}

std::optional<Output> Peer::poll() {
  if (outputs_.empty() && sentAt_)
    pump(*sentAt_);
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Timestamp Peer::deadline() const {
  if (closed_)
    return Timestamp::never();
  Timestamp deadline = data_.deadline();
  for (const auto& slot : transports_)
    deadline = earlier(deadline, slot.transport->deadline());
  return media_ ? earlier(deadline, media_->deadline()) : deadline;
}

// --- audio and video

void Peer::sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                     Timestamp now) {
  if (!media_)
    return;
  media_->sendFrame(id, encoding, std::move(frame), now);
  sentAt_ = now;
}

void Peer::setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes,
                        Timestamp now) {
  if (media_)
    media_->setEncodings(id, std::move(wishes), now);
  pump(now);
}

void Peer::setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target,
                                 Timestamp now) {
  if (media_)
    media_->setJitterBufferTarget(id, target, now);
  pump(now);
}

void Peer::requestKeyFrame(jsep::TransceiverId id, Timestamp now) {
  if (media_)
    media_->requestKeyFrame(id, now);
  pump(now);
}

bool Peer::sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now) {
  const bool isSent = media_ && media_->sendTone(id, tone, duration, now);
  pump(now);
  return isSent;
}

void Peer::tellMediaOfPath(jsep::TransportId id, Timestamp now) {
  const Transport* transport = media_ ? find(id) : nullptr;
  if (transport == nullptr)
    return;
  const auto pair = transport->ice().selectedPair();
  media_->pathChanged(id, pair ? pair->counters.currentRoundTripTime : std::nullopt, now);
}

bool Peer::pumpMedia(Timestamp now) {
  bool progress = false;
  while (auto output = media_ ? media_->poll(now) : std::nullopt) {
    progress = true;
    if (auto* datagram = std::get_if<MediaDatagram>(&*output)) {
      if (Transport* transport = find(datagram->transport))
        transport->sendRtp(std::move(datagram->data), now);
    } else if (auto* event = std::get_if<media::Event>(&*output)) {
      emit(std::move(*event));
    }
  }
  return progress;
}

// --- the loop

bool Peer::pumpSession(Timestamp now) {
  bool progress = false;
  while (auto command = session_.poll()) {
    progress = true;
    execute(std::move(*command), now);
  }
  if (progress)
    followDtls(now);
  return progress;
}

bool Peer::pumpTransports(Timestamp now) {
  bool progress = false;
  for (size_t i = 0; i < transports_.size(); ++i) {
    const jsep::TransportId id = transports_[i].id;
    while (auto output = transports_[i].transport->poll(now)) {
      progress = true;
      handleTransport(id, std::move(*output), now);
    }
  }
  return progress;
}

void Peer::pump(Timestamp now) {
  // In this order, every time: outputs repeat themselves from run to run.
  sentAt_.reset();
  bool progress = true;
  while (progress) {
    progress = pumpSession(now);
    progress = pumpTransports(now) || progress;
    progress = pumpData(now) || progress;
    progress = pumpMedia(now) || progress;
  }
}

void Peer::emit(Output output) {
  if (closed_ && !concernsSockets(output))
    return;
  outputs_.push_back(std::move(output));
}

}  // namespace rtc::peer