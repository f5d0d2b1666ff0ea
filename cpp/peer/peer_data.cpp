#include <limits>
#include <utility>

#include "cpp/peer/peer.h"
#include "cpp/sctp/packet.h"

// The SCTP association and the transport below it. The association may outlive that: it goes on
// over the next one that the session gives it, and what was lost meanwhile is sent again.
namespace rtc::peer {
namespace {

datachannel::DtlsRole channelRole(dtls::Role role) {
  return role == dtls::Role::kClient ? datachannel::DtlsRole::kClient
                                     : datachannel::DtlsRole::kServer;
}

/// SDP's 0 stands for "any size" (RFC 8841 section 6.1).
size_t messageSizeLimit(uint64_t sdpValue) {
  constexpr size_t kAny = std::numeric_limits<size_t>::max();
  return sdpValue == 0 || sdpValue > kAny ? kAny : static_cast<size_t>(sdpValue);
}

}  // namespace

void Peer::adoptSctp(const jsep::SctpParameters& parameters, Timestamp now) {
  const auto before = std::exchange(sctp_, parameters);
  obtain(parameters.transport);
  if (TransportSlot* slot = before ? findSlot(before->transport) : nullptr)
    slot->isLeft = true;
  findSlot(parameters.transport)->isLeft = false;
  data_.setMaxSendMessageSize(messageSizeLimit(parameters.maxMessageSize));
  if (const auto role = obtain(parameters.transport).dtlsRole())
    data_.setRole(channelRole(*role), now);
  followDtls(now);
  if (!before || before->transport != parameters.transport) {
    followPath();
    followIce();
  }
}

void Peer::followPath() {
  if (const Transport* transport = sctp_ ? find(sctp_->transport) : nullptr)
    data_.setPath(transport->payloadCeiling());
}

// Without a path nobody can answer, and what ICE has lost a restart brings back, be it after an
// hour: channels stay for that, as they do in browsers.
void Peer::followIce() {
  if (const Transport* transport = sctp_ ? find(sctp_->transport) : nullptr)
    data_.setPathWorks(hasPath(transport->ice().state()));
}

void Peer::followDtls(Timestamp now) {
  const Transport* transport = sctp_ ? find(sctp_->transport) : nullptr;
  if (transport == nullptr)
    return;
  const DtlsState state = transport->dtlsState();
  if (state == DtlsState::kConnected)
    startData(*transport, now);
  // What the pending exchange leaves behind may end. Should that be rolled back, it counts again.
  if (session_.dataLeaves(sctp_->transport))
    return;
  if (state == DtlsState::kClosed) {
    data_.close(std::nullopt, now);
  } else if (state == DtlsState::kFailed) {
    const auto& error = transport->dtlsError();
    data_.close(Error{ErrorKind::kOperationError, error ? error->message : "DTLS failed",
                      RtcErrorDetail::kDtlsFailure, std::nullopt},
                now);
  }
}

void Peer::startData(const Transport& transport, Timestamp now) {
  data_.start(associationConfig(), channelRole(*transport.dtlsRole()), sctp_->remoteInit, now);
  followIce();
}

sctp::AssociationConfig Peer::associationConfig() const {
  sctp::AssociationConfig config;
  config.maxReceiveMessageSize = configuration_.largestMessage();
  config.identity = sctpIdentity_;
  if (sctp_) {
    config.localPort = sctp_->localPort;
    config.remotePort = sctp_->remotePort;
    config.maxSendMessageSize = messageSizeLimit(sctp_->maxMessageSize);
  }
  return config;
}

void Peer::handleSctpPacket(jsep::TransportId from, ByteSpan packet, Timestamp now) {
  if (!sctp_ || sctp_->transport != from)
    return;
  // Chromium aborts its association when it leaves a transport, and begins it again on the next.
  if (session_.dataLeaves(from) && sctp::carriesAbort(packet))
    return;
  data_.handlePacket(packet, now);
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

}  // namespace rtc::peer
