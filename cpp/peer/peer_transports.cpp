#include <algorithm>
#include <utility>

#include "cpp/peer/peer.h"

// What the session asks of the transports, and what they report.
namespace rtc::peer {

Peer::TransportSlot* Peer::findSlot(jsep::TransportId id) {
  for (TransportSlot& slot : transports_) {
    if (slot.id == id)
      return &slot;
  }
  return nullptr;
}

Transport* Peer::find(jsep::TransportId id) {
  TransportSlot* slot = findSlot(id);
  return slot ? slot->transport.get() : nullptr;
}

const Transport* Peer::transport() const {
  const auto sctp = session_.sctp();
  for (const auto& slot : transports_) {
    if (!slot.isPooled && (!sctp || slot.id == sctp->transport))
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
  config.connectsTcp = configuration_.connectsTcp;
  config.timings = configuration_.iceTimings;
  TransportSlot& slot = transports_.emplace_back();
  slot.id = id;
  slot.transport = std::make_unique<Transport>(std::move(config), random_,
                                               configuration_.arithmetic, media_ != nullptr);
  return *slot.transport;
}

void Peer::discard(jsep::TransportId id, Timestamp now) {
  TransportSlot* slot = findSlot(id);
  if (!slot)
    return;
  const bool isPooled = slot->isPooled;
  Transport* transport = slot->transport.get();
  if (slot->isLeft) {
    transport->leave(now);
  } else {
    transport->close(now);
  }
  while (auto output = transport->poll(now))
    handleTransport(id, std::move(*output), now);
  std::erase_if(transports_, [id](const TransportSlot& slot) { return slot.id == id; });
  if (media_)
    media_->forget(id);
  std::erase_if(interfaces_, [id](const auto& entry) { return entry.second == id; });
  std::erase_if(resolutions_, [id](const auto& entry) { return entry.second.first == id; });
  std::erase_if(streams_, [id](const auto& entry) { return entry.second.first == id; });
  emit(CloseInterfaces{id});
  if (!isPooled)
    emit(TransportClosed{id});
}

// --- gathering

void Peer::setCandidatePoolSize(size_t count, Timestamp now) {
  if (closed_ || session_.localDescription())
    return;
  discardPool(now);
  // The session counts its transports from zero, so that these are the ones it will ask for first.
  for (uint32_t i = 0; i < count; ++i) {
    const jsep::TransportId id(i);
    if (find(id))
      continue;
    obtain(id).ice().gather(now);
    transports_.back().isPooled = true;
    emit(OpenInterfaces{id});
  }
  pump(now);
}

void Peer::discardPool(Timestamp now) {
  std::vector<jsep::TransportId> pooled;
  for (const TransportSlot& slot : transports_) {
    if (slot.isPooled)
      pooled.push_back(slot.id);
  }
  for (const jsep::TransportId id : pooled)
    discard(id, now);
}

bool Peer::isPooled(jsep::TransportId id) const {
  return std::any_of(transports_.begin(), transports_.end(),
                     [id](const TransportSlot& slot) { return slot.id == id && slot.isPooled; });
}

void Peer::startGathering(const jsep::StartGathering& command, Timestamp now) {
  ice::Agent& agent = obtain(command.transport).ice();
  ice::Credentials credentials{command.local.ufrag, command.local.password};
  TransportSlot& slot = *findSlot(command.transport);
  if (slot.isPooled) {
    claimPooled(slot, std::move(credentials), now);
    return;
  }
  switch (command.reason) {
    case jsep::StartGathering::Reason::kFirst:
      agent.setLocalCredentials(std::move(credentials), now);
      agent.gather(now);
      emit(OpenInterfaces{command.transport});
      break;
    case jsep::StartGathering::Reason::kRestart:
      agent.restart(std::move(credentials), now);
      emit(OpenInterfaces{command.transport});
      break;
    case jsep::StartGathering::Reason::kRolledBack:
      agent.cancelRestart(credentials, now);
      break;
  }
}

void Peer::claimPooled(TransportSlot& slot, ice::Credentials credentials, Timestamp now) {
  slot.isPooled = false;
  const jsep::TransportId id = slot.id;
  Transport& transport = *slot.transport;
  emit(IceGatheringStateChanged{id, ice::GatheringState::kGathering});
  for (CandidateError& error : std::exchange(slot.heldErrors, {}))
    emit(std::move(error));
  // The candidates that are there already come now, and their end, before the news that they were
  // all.
  transport.ice().setLocalCredentials(std::move(credentials), now);
  while (auto output = transport.poll(now))
    handleTransport(id, std::move(*output), now);
  if (transport.ice().gatheringState() == ice::GatheringState::kComplete)
    emit(IceGatheringStateChanged{id, ice::GatheringState::kComplete});
}

// --- the session's commands

void Peer::execute(jsep::Output command, Timestamp now) {
  if (auto* role = std::get_if<jsep::IceRole>(&command)) {
    obtain(role->transport)
        .ice()
        .setRole(role->controlling ? ice::Role::kControlling : ice::Role::kControlled, now);
    emit(IceRoleChanged{role->transport, obtain(role->transport).ice().role()});
  } else if (auto* gathering = std::get_if<jsep::StartGathering>(&command)) {
    startGathering(*gathering, now);
  } else if (auto* remote = std::get_if<jsep::RemoteIce>(&command)) {
    ice::Agent& agent = obtain(remote->transport).ice();
    const ice::Credentials ours = agent.localCredentials();
    agent.setRemoteCredentials({remote->remote.ufrag, remote->remote.password}, remote->lite, now);
    // An answer may change the peer's credentials though ours go on.
    if (agent.localCredentials().empty())
      agent.setLocalCredentials(ours, now);
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
    fingerprints.reserve(parameters->remoteFingerprints.size());
    for (const auto& fingerprint : parameters->remoteFingerprints) {
      fingerprints.push_back({fingerprint.algorithm, fingerprint.digest});
    }
    obtain(parameters->transport)
        .setDtlsParameters(
            parameters->role == jsep::DtlsRole::kClient ? dtls::Role::kClient : dtls::Role::kServer,
            std::move(fingerprints), configuration_.certificates.front(), now);
  } else if (auto* sctp = std::get_if<jsep::SctpParameters>(&command)) {
    adoptSctp(*sctp, now);
  } else if (std::holds_alternative<jsep::DataRejected>(command)) {
    data_.close(std::nullopt, now);
  } else if (auto* discarded = std::get_if<jsep::TransportDiscarded>(&command)) {
    discard(discarded->transport, now);
  }
}

// --- their reports

// webrtc-pc section 4.4.1.3 "surface a candidate": a generation that no local description
// represents has no candidates.
void Peer::emitCandidate(LocalCandidate candidate) {
  const auto target = session_.candidateTarget(candidate.transport);
  if (!target || target->usernameFragment != candidate.usernameFragment)
    return;
  candidate.mid = target->mid;
  candidate.mLineIndex = target->mLineIndex;
  emit(std::move(candidate));
}

void Peer::handleIce(jsep::TransportId id, ice::Output output) {
  if (auto* transmit = std::get_if<ice::Transmit>(&output)) {
    emit(SendDatagram{transmit->interface, transmit->destination, std::move(transmit->data)});
  } else if (auto* open = std::get_if<ice::StreamOpen>(&output)) {
    const StreamId stream(++lastStream_);
    streams_[stream] = {id, open->stream};
    emit(OpenStream{stream, std::move(open->server), open->attempt});
  } else if (auto* toPeer = std::get_if<ice::PeerStreamOpen>(&output)) {
    const StreamId stream(++lastStream_);
    streams_[stream] = {id, toPeer->stream};
    emit(OpenPeerStream{stream, toPeer->interface, toPeer->destination});
  } else if (auto* data = std::get_if<ice::StreamTransmit>(&output)) {
    for (const auto& [stream, owner] : streams_) {
      if (owner != std::pair(id, data->stream))
        continue;
      emit(SendStream{stream, std::move(data->data)});
      break;
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
    emitCandidate({id, line, "", 0, local->candidate.ufrag, local->candidate.url,
                   local->candidate.relayProtocol});
  } else if (auto* removed = std::get_if<ice::LocalCandidateRemoved>(&output)) {
    const std::string line = removed->candidate.toString();
    session_.removeLocalCandidate(id, removed->candidate.ufrag, line);
    if (!isPooled(id))
      emit(LocalCandidateRemoved{id, line, removed->candidate.ufrag});
  } else if (auto* ended = std::get_if<ice::LocalCandidatesEnded>(&output)) {
    session_.setGatheringComplete(id, ended->ufrag);
    emitCandidate({id, "", "", 0, ended->ufrag, "", ""});
  } else if (auto* gathering = std::get_if<ice::GatheringStateChanged>(&output)) {
    if (!isPooled(id))
      emit(IceGatheringStateChanged{id, gathering->state});
  } else if (auto* state = std::get_if<ice::ConnectionStateChanged>(&output)) {
    if (sctp_ && sctp_->transport == id)
      followIce();
    if (!isPooled(id))
      emit(IceStateChanged{id, state->state});
  } else if (auto* pair = std::get_if<ice::SelectedPairChanged>(&output)) {
    if (sctp_ && sctp_->transport == id)
      followPath();
    emit(SelectedPairChanged{id, pair->local.toString(), pair->remote.toString()});
  } else if (auto* role = std::get_if<ice::RoleChanged>(&output)) {
    emit(IceRoleChanged{id, role->role});
  } else if (auto* recovery = std::get_if<ice::RelayRecovery>(&output)) {
    emit(std::move(*recovery));
  } else if (std::holds_alternative<ice::IceRestartNeeded>(output)) {
    emit(IceRestartNeeded{id});
  } else if (auto* error = std::get_if<ice::CandidateError>(&output)) {
    CandidateError told{error->address, error->port, error->url, error->code, error->text};
    if (isPooled(id)) {
      findSlot(id)->heldErrors.push_back(std::move(told));
    } else {
      emit(std::move(told));
    }
  }
}

void Peer::handleDtlsState(jsep::TransportId id, const DtlsStateChanged& change, Timestamp now) {
  if (change.state == DtlsState::kConnected)
    session_.setDtlsEstablished(id);
  if (const Transport* transport = media_ ? find(id) : nullptr)
    media_->followDtls(id, *transport, change.state, now);
  if (!sctp_ || sctp_->transport != id)
    return;
  followDtls(now);
  if (change.state == DtlsState::kConnected)
    followPath();
}

void Peer::handleTransport(jsep::TransportId id, Transport::Output output, Timestamp now) {
  if (auto* payload = std::get_if<DtlsPayload>(&output)) {
    handleSctpPacket(id, payload->data, now);
  } else if (auto* change = std::get_if<DtlsStateChanged>(&output)) {
    if (isPooled(id))
      return;
    handleDtlsState(id, *change, now);
    change->transport = id;
    emit(std::move(*change));
  } else if (auto* rtp = std::get_if<RtpDatagram>(&output)) {
    if (media_)
      media_->handleDatagram(id, std::move(rtp->data), now);
  } else if (auto* event = std::get_if<ice::Output>(&output)) {
    if (std::holds_alternative<ice::SelectedPairChanged>(*event))
      tellMediaOfPath(id, now);
    handleIce(id, std::move(*event));
  }
}

}  // namespace rtc::peer
