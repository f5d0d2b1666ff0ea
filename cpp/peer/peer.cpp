#include "cpp/peer/peer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace rtc::peer {
namespace {

jsep::SessionConfig sessionConfig(const Configuration& configuration) {
  jsep::SessionConfig config;
  config.bundlePolicy = configuration.bundlePolicy;
  config.rtcpMuxPolicy = configuration.rtcpMuxPolicy;
  config.maxMessageSize = configuration.maxMessageSize;
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

datachannel::DtlsRole channelRole(dtls::Role role) {
  return role == dtls::Role::kClient ? datachannel::DtlsRole::kClient
                                     : datachannel::DtlsRole::kServer;
}

/// SDP's 0 stands for "any size" (RFC 8841 section 6.1).
size_t messageSizeLimit(uint64_t sdpValue) {
  constexpr size_t kAny = std::numeric_limits<size_t>::max();
  return sdpValue == 0 || sdpValue > kAny ? kAny : static_cast<size_t>(sdpValue);
}

bool concernsSockets(const Output& output) {
  return std::holds_alternative<SendDatagram>(output) ||
         std::holds_alternative<SendStream>(output) ||
         std::holds_alternative<CloseStream>(output) ||
         std::holds_alternative<CloseInterfaces>(output);
}

}  // namespace

Peer::Peer(Configuration configuration, RandomSource& random, Timestamp)
    : configuration_(std::move(configuration)),
      random_(random),
      session_(sessionConfig(configuration_), random),
      data_(random) {
  if (!configuration_.certificates.empty()) {
    session_.setFingerprints(fingerprintsOf(configuration_.certificates));
  }
}

// --- offer/answer

bool Peer::ensureCertificate() {
  if (!configuration_.certificates.empty() || closed_)
    return true;
  auto certificate = dtls::Certificate::generate(
      dtls::KeyType::kEcdsaP256, random_, configuration_.unixSeconds + kCertificateLifetimeSeconds,
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
  if (result)
    noteNegotiation();
  return result;
}

Status<Error> Peer::setLocalDescription(const jsep::LocalDescription& description, Timestamp now) {
  (void)ensureCertificate();
  return settle(session_.setLocal(description), now);
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
  pump(now);
  closed_ = true;
  session_.close();
  while (!transports_.empty())
    discard(transports_.back().id, now);
  std::erase_if(outputs_, [](const Output& output) { return !concernsSockets(output); });
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
  pump(now);
  return result;
}

Status<Error> Peer::sendBinary(datachannel::ChannelId channel, Bytes data, Timestamp now) {
  auto result = data_.sendBinary(channel, std::move(data), now);
  pump(now);
  return result;
}

void Peer::closeDataChannel(datachannel::ChannelId channel, Timestamp now) {
  data_.closeChannel(channel, now);
  pump(now);
}

size_t Peer::bufferedAmount(datachannel::ChannelId channel) const {
  return data_.bufferedAmount(channel);
}

// --- the sockets' side

void Peer::addInterface(jsep::TransportId transport, ice::InterfaceId id, const Endpoint& local,
                        ice::InterfaceKind kind, Timestamp now) {
  Transport* owner = find(transport);
  if (!owner)
    return;
  interfaces_[id] = transport;
  owner->ice().addInterface(id, local, kind, now);
  pump(now);
}

void Peer::removeInterface(ice::InterfaceId id, Timestamp now) {
  const auto entry = interfaces_.find(id);
  if (entry == interfaces_.end())
    return;
  if (Transport* owner = find(entry->second))
    owner->ice().removeInterface(id, now);
  interfaces_.erase(entry);
  pump(now);
}

void Peer::interfacesComplete(jsep::TransportId transport, Timestamp now) {
  if (Transport* owner = find(transport))
    owner->ice().interfacesComplete(now);
  pump(now);
}

void Peer::handleDatagram(ice::InterfaceId id, const Endpoint& source, Bytes datagram,
                          Timestamp now) {
  const auto entry = interfaces_.find(id);
  if (entry == interfaces_.end())
    return;
  if (Transport* owner = find(entry->second)) {
    owner->ice().handleDatagram(id, source, std::move(datagram), now);
  }
  pump(now);
}

void Peer::handleStreamOpened(StreamId id, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  if (Transport* owner = find(entry->second.first)) {
    owner->ice().handleStreamOpened(entry->second.second, now);
  }
  pump(now);
}

void Peer::handleStreamData(StreamId id, ByteSpan data, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  if (Transport* owner = find(entry->second.first)) {
    owner->ice().handleStreamData(entry->second.second, data, now);
  }
  pump(now);
}

void Peer::handleStreamClosed(StreamId id, Timestamp now) {
  const auto entry = streams_.find(id);
  if (entry == streams_.end())
    return;
  const auto [transport, stream] = entry->second;
  streams_.erase(entry);
  if (Transport* owner = find(transport))
    owner->ice().handleStreamClosed(stream, now);
  pump(now);
}

void Peer::handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now) {
  const auto entry = resolutions_.find(id);
  if (entry == resolutions_.end())
    return;
  const auto [transport, resolution] = entry->second;
  resolutions_.erase(entry);
  if (Transport* owner = find(transport))
    owner->ice().handleResolved(resolution, addresses, now);
  pump(now);
}

void Peer::handleTimeout(Timestamp now) {
  for (auto& slot : transports_)
    slot.transport->handleTimeout(now);
  data_.handleTimeout(now);
  pump(now);
}

std::optional<Output> Peer::poll() {
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
  return deadline;
}

// --- what the session asks of the transports

Transport* Peer::find(jsep::TransportId id) {
  for (auto& slot : transports_) {
    if (slot.id == id)
      return slot.transport.get();
  }
  return nullptr;
}

const Transport* Peer::transport() const {
  const auto sctp = session_.sctp();
  for (const auto& slot : transports_) {
    if (!sctp || slot.id == sctp->transport)
      return slot.transport.get();
  }
  return nullptr;
}

Transport& Peer::obtain(jsep::TransportId id) {
  if (Transport* existing = find(id))
    return *existing;
  ice::AgentConfig config;
  config.servers = configuration_.iceServers;
  config.policy = configuration_.iceTransportPolicy;
  config.timings = configuration_.iceTimings;
  transports_.push_back({id, std::make_unique<Transport>(std::move(config), random_)});
  return *transports_.back().transport;
}

void Peer::discard(jsep::TransportId id, Timestamp now) {
  Transport* transport = find(id);
  if (!transport)
    return;
  transport->close(now);
  while (auto output = transport->poll(now))
    handleTransport(id, std::move(*output), now);
  std::erase_if(transports_, [id](const TransportSlot& slot) { return slot.id == id; });
  std::erase_if(interfaces_, [id](const auto& entry) { return entry.second == id; });
  std::erase_if(resolutions_, [id](const auto& entry) { return entry.second.first == id; });
  std::erase_if(streams_, [id](const auto& entry) { return entry.second.first == id; });
  emit(CloseInterfaces{id});
  emit(TransportClosed{id});
}

void Peer::execute(jsep::Output command, Timestamp now) {
  if (auto* role = std::get_if<jsep::IceRole>(&command)) {
    obtain(role->transport)
        .ice()
        .setRole(role->controlling ? ice::Role::kControlling : ice::Role::kControlled, now);
    emit(IceRoleChanged{role->transport, obtain(role->transport).ice().role()});
  } else if (auto* gathering = std::get_if<jsep::StartGathering>(&command)) {
    ice::Agent& agent = obtain(gathering->transport).ice();
    ice::Credentials credentials{gathering->local.ufrag, gathering->local.password};
    switch (gathering->reason) {
      case jsep::StartGathering::Reason::kFirst:
        agent.setLocalCredentials(std::move(credentials), now);
        agent.gather(now);
        emit(OpenInterfaces{gathering->transport});
        break;
      case jsep::StartGathering::Reason::kRestart:
        agent.restart(std::move(credentials), now);
        emit(OpenInterfaces{gathering->transport});
        break;
      case jsep::StartGathering::Reason::kRolledBack:
        agent.cancelRestart(now);
        break;
    }
  } else if (auto* remote = std::get_if<jsep::RemoteIce>(&command)) {
    ice::Agent& agent = obtain(remote->transport).ice();
    agent.setRemoteCredentials({remote->remote.ufrag, remote->remote.password}, remote->lite, now);
    for (const std::string& line : remote->candidates) {
      if (auto candidate = ice::Candidate::parse(line)) {
        agent.addRemoteCandidate(std::move(*candidate), now);
      }
    }
    if (remote->endOfCandidates)
      agent.endOfRemoteCandidates(now);
  } else if (auto* added = std::get_if<jsep::RemoteCandidateAdded>(&command)) {
    if (auto candidate = ice::Candidate::parse(added->candidate)) {
      obtain(added->transport).ice().addRemoteCandidate(std::move(*candidate), now);
    }
  } else if (auto* ended = std::get_if<jsep::RemoteCandidatesEnded>(&command)) {
    obtain(ended->transport).ice().endOfRemoteCandidates(now);
  } else if (auto* parameters = std::get_if<jsep::DtlsParameters>(&command)) {
    if (configuration_.certificates.empty())
      return;
    std::vector<dtls::Fingerprint> fingerprints;
    for (const auto& fingerprint : parameters->remoteFingerprints) {
      fingerprints.push_back({fingerprint.algorithm, fingerprint.digest});
    }
    obtain(parameters->transport)
        .setDtlsParameters(
            parameters->role == jsep::DtlsRole::kClient ? dtls::Role::kClient : dtls::Role::kServer,
            std::move(fingerprints), configuration_.certificates.front(), now);
  } else if (auto* sctp = std::get_if<jsep::SctpParameters>(&command)) {
    sctp_ = *sctp;
    data_.setMaxSendMessageSize(messageSizeLimit(sctp->maxMessageSize));
    if (const auto role = obtain(sctp->transport).dtlsRole())
      data_.setRole(channelRole(*role), now);
    maybeStartData(now);
  } else if (std::holds_alternative<jsep::DataRejected>(command)) {
    data_.close(std::nullopt, now);
  } else if (auto* discarded = std::get_if<jsep::TransportDiscarded>(&command)) {
    discard(discarded->transport, now);
  }
}

void Peer::maybeStartData(Timestamp now) {
  if (!sctp_ || data_.started())
    return;
  Transport* transport = find(sctp_->transport);
  if (!transport || transport->dtlsState() != DtlsState::kConnected)
    return;
  sctp::AssociationConfig config;
  config.localPort = sctp_->localPort;
  config.remotePort = sctp_->remotePort;
  config.maxSendMessageSize = messageSizeLimit(sctp_->maxMessageSize);
  config.maxReceiveMessageSize = configuration_.maxMessageSize;
  data_.start(config, channelRole(*transport->dtlsRole()), now);
}

// --- what the transports report

void Peer::handleIce(jsep::TransportId id, ice::Output output) {
  if (auto* transmit = std::get_if<ice::Transmit>(&output)) {
    emit(SendDatagram{transmit->interface, transmit->destination, std::move(transmit->data)});
  } else if (auto* open = std::get_if<ice::StreamOpen>(&output)) {
    if (open->serverIndex >= configuration_.iceServers.size())
      return;
    const StreamId stream(++lastStream_);
    streams_[stream] = {id, open->stream};
    emit(OpenStream{stream, configuration_.iceServers[open->serverIndex]});
  } else if (auto* data = std::get_if<ice::StreamTransmit>(&output)) {
    for (const auto& [stream, owner] : streams_) {
      if (owner == std::pair(id, data->stream))
        emit(SendStream{stream, std::move(data->data)});
    }
  } else if (auto* close = std::get_if<ice::StreamClose>(&output)) {
    for (auto entry = streams_.begin(); entry != streams_.end(); ++entry) {
      if (entry->second != std::pair(id, close->stream))
        continue;
      emit(CloseStream{entry->first});
      streams_.erase(entry);
      break;
    }
  } else if (auto* resolve = std::get_if<ice::Resolve>(&output)) {
    const ResolveId resolution(++lastResolution_);
    resolutions_[resolution] = {id, resolve->id};
    emit(ResolveName{resolution, std::move(resolve->hostname)});
  } else if (auto* local = std::get_if<ice::LocalCandidate>(&output)) {
    const std::string line = local->candidate.toString();
    session_.addLocalCandidate(id, local->candidate.ufrag, line);
    if (const auto target = session_.candidateTarget(id)) {
      emit(LocalCandidate{id, line, target->mid, target->mLineIndex, local->candidate.ufrag,
                          local->candidate.url, local->candidate.relayProtocol});
    }
  } else if (auto* gathering = std::get_if<ice::GatheringStateChanged>(&output)) {
    if (gathering->state == ice::GatheringState::kComplete) {
      const Transport* transport = find(id);
      const std::string ufrag = transport ? transport->ice().localCredentials().ufrag : "";
      session_.setGatheringComplete(id, ufrag);
      if (const auto target = session_.candidateTarget(id)) {
        emit(LocalCandidate{id, "", target->mid, target->mLineIndex, ufrag, "", ""});
      }
    }
    emit(IceGatheringStateChanged{id, gathering->state});
  } else if (auto* state = std::get_if<ice::ConnectionStateChanged>(&output)) {
    emit(IceStateChanged{id, state->state});
  } else if (auto* pair = std::get_if<ice::SelectedPairChanged>(&output)) {
    emit(SelectedPairChanged{id, pair->local.toString(), pair->remote.toString()});
  } else if (auto* role = std::get_if<ice::RoleChanged>(&output)) {
    emit(IceRoleChanged{id, role->role});
  } else if (auto* error = std::get_if<ice::CandidateError>(&output)) {
    emit(CandidateError{error->address, error->port, error->url, error->code, error->text});
  }
}

void Peer::handleDtlsState(jsep::TransportId id, const DtlsStateChanged& change, Timestamp now) {
  if (!sctp_ || sctp_->transport != id)
    return;
  if (change.state == DtlsState::kConnected) {
    maybeStartData(now);
  } else if (change.state == DtlsState::kClosed) {
    data_.close(std::nullopt, now);
  } else if (change.state == DtlsState::kFailed) {
    const std::string why = change.error ? change.error->message : "DTLS failed";
    data_.close(Error{ErrorKind::kOperationError, why, RtcErrorDetail::kDtlsFailure, std::nullopt},
                now);
  }
}

void Peer::handleTransport(jsep::TransportId id, Transport::Output output, Timestamp now) {
  if (auto* payload = std::get_if<DtlsPayload>(&output)) {
    if (sctp_ && sctp_->transport == id)
      data_.handlePacket(payload->data, now);
  } else if (auto* change = std::get_if<DtlsStateChanged>(&output)) {
    handleDtlsState(id, *change, now);
    change->transport = id;
    emit(std::move(*change));
  } else if (auto* event = std::get_if<ice::Output>(&output)) {
    handleIce(id, std::move(*event));
  }
}

// --- the loop

bool Peer::pumpSession(Timestamp now) {
  bool progress = false;
  while (auto command = session_.poll()) {
    progress = true;
    execute(std::move(*command), now);
  }
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

bool Peer::pumpData(Timestamp now) {
  bool progress = false;
  while (auto output = data_.poll(now)) {
    progress = true;
    if (auto* packet = std::get_if<DataTransport::Packet>(&*output)) {
      Transport* transport = sctp_ ? find(sctp_->transport) : nullptr;
      if (transport)
        transport->send(packet->data, now);
    } else if (auto* change = std::get_if<SctpStateChanged>(&*output)) {
      emit(*change);
    } else if (auto* event = std::get_if<datachannel::Output>(&*output)) {
      emit(std::move(*event));
    }
  }
  return progress;
}

void Peer::pump(Timestamp now) {
  // In this order, every time: outputs repeat themselves from run to run.
  bool progress = true;
  while (progress) {
    progress = pumpSession(now);
    progress = pumpTransports(now) || progress;
    progress = pumpData(now) || progress;
  }
}

void Peer::emit(Output output) {
  if (closed_ && !concernsSockets(output))
    return;
  outputs_.push_back(std::move(output));
}

}  // namespace rtc::peer
