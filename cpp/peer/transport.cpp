#include "cpp/peer/transport.h"

#include <algorithm>
#include <utility>

namespace rtc::peer {
namespace {

/// A ClientHello in a few fragments, and one retransmission of it.
constexpr size_t kMaxEarlyDatagrams = 8;
/// RFC 8899 section 4.1 has the interface's MTU as the bound of a search, and this is the one that
/// is common to paths (Ethernet).
constexpr size_t kUsualMtu = 1500;
/// IPv6 40, UDP 8, TURN ChannelData 4, and the record's own.
constexpr size_t kHeaders = 40 + 8 + 4 + dtls::kMaxRecordOverhead;

/// RFC 7983 section 7.
bool isDtls(ByteSpan datagram) {
  return !datagram.empty() && datagram[0] >= 20 && datagram[0] <= 63;
}

bool isRtpOrRtcp(ByteSpan datagram) {
  return !datagram.empty() && datagram[0] >= 128 && datagram[0] <= 191;
}

DtlsError errorFrom(const dtls::Failed& failed) {
  DtlsError error;
  if (failed.reason == dtls::FailureReason::kFingerprintMismatch) {
    error.detail = RtcErrorDetail::kFingerprintFailure;
  }
  error.receivedAlert = failed.receivedAlert;
  error.sentAlert = failed.sentAlert;
  error.message = failed.text;
  return error;
}

}  // namespace

Transport::Transport(ice::AgentConfig config, RandomSource& random,
                     dtls::P256Arithmetic* arithmetic, bool carriesMedia)
    : random_(random),
      arithmetic_(arithmetic),
      carriesMedia_(carriesMedia),
      ice_(std::move(config), random) {}

const Bytes& Transport::remoteCertificate() const {
  static const Bytes kNone;
  return dtls_ ? dtls_->remoteCertificate() : kNone;
}

void Transport::setDtlsParameters(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints,
                                  std::shared_ptr<const dtls::Certificate> certificate,
                                  Timestamp now) {
  if (dtlsState_ == DtlsState::kClosed || dtlsState_ == DtlsState::kFailed)
    return;
  // The role may change until the handshake has come to its end.
  const bool hasOtherRole = dtls_ && dtlsState_ == DtlsState::kConnecting && role != dtlsRole_;
  if (dtlsRole_ && (hasOtherRole || !isPeer(fingerprints))) {
    beginAnew();
  } else if (dtls_) {
    return;
  }
  dtlsRole_ = role;
  fingerprints_ = std::move(fingerprints);
  certificate_ = std::move(certificate);
  maybeStartDtls(now);
}

bool Transport::isPeer(const std::vector<dtls::Fingerprint>& fingerprints) const {
  if (remoteCertificate().empty())
    return fingerprints == fingerprints_;
  return dtls::checkFingerprints(remoteCertificate(), fingerprints) ==
         dtls::FingerprintCheck::kMatch;
}

// Nothing is said to the peer that was: by now ICE may lead to the new one.
void Transport::beginAnew() {
  const bool hadBegun = dtls_ != nullptr;
  dtls_.reset();
  dtlsDetails_.reset();
  early_.clear();
  // Who was the peer still passes the checks of the credentials before.
  peerSince_ = ice_.generation();
  writable_ = ice_.selectedPair() && !ice_.carriesPrevious();
  if (hadBegun)
    setDtlsState(DtlsState::kConnecting);
}

void Transport::maybeStartDtls(Timestamp now) {
  if (dtls_ || !dtlsRole_ || !writable_ || !awaitsHandshake())
    return;
  dtls::EndpointConfig config;
  config.role = *dtlsRole_;
  config.certificate = certificate_;
  config.expected = fingerprints_;
  config.arithmetic = arithmetic_;
  if (!carriesMedia_)
    config.srtpProfiles.clear();
  // A round trip in which a process stood still says nothing: never longer than what RFC 6347 has
  // for paths that nobody has measured (section 4.2.4.1).
  if (const auto pair = ice_.selectedPair(); pair && pair->counters.currentRoundTripTime) {
    config.initialRetransmit = std::clamp(*pair->counters.currentRoundTripTime * 2,
                                          Duration::milliseconds(50), Duration::seconds(1));
  }
  dtls_ = dtls::createMbedtlsEndpoint(std::move(config), random_);
  if (!dtls_) {
    setDtlsState(DtlsState::kFailed, DtlsError{RtcErrorDetail::kDtlsFailure, std::nullopt,
                                               std::nullopt, "no DTLS endpoint could be created"});
    return;
  }
  setDtlsState(DtlsState::kConnecting);
  dtls_->start(now);
  for (Bytes& datagram : std::exchange(early_, {})) {
    dtls_->handleDatagram(std::move(datagram), now);
  }
}

void Transport::addInterface(ice::InterfaceId id, const Endpoint& local, ice::InterfaceKind kind,
                             size_t mtu, Timestamp now) {
  std::erase_if(links_, [&](const LocalLink& link) { return link.address == local.address; });
  links_.push_back({local.address, mtu});
  ice_.addInterface(id, local, kind, now);
}

// What is no datagram has no MTU, nor have datagrams that stay on one machine, be it ours or the
// relay's. Behind a relay that leads elsewhere is a path that nobody here knows.
size_t Transport::ceilingFor(const ice::SelectedPairChanged& pair) const {
  constexpr size_t kRecord = dtls::kMaxPayload;
  if (pair.local.transport == ice::TransportProtocol::kTcp)
    return kRecord;
  const bool hasBase = !ice::isOwnBase(pair.local.type) && pair.local.related;
  const IpAddress& local = (hasBase ? *pair.local.related : pair.local.endpoint).address;
  if (local == pair.remote.endpoint.address)
    return kRecord;
  size_t mtu = kUsualMtu;
  for (const LocalLink& link : links_) {
    if (link.address == local && link.mtu > 0)
      mtu = link.mtu;
  }
  return std::min(mtu - std::min(mtu, kHeaders), kRecord);
}

bool Transport::sendOverIce(Bytes datagram, Timestamp now) {
  const size_t size = datagram.size();
  if (!ice_.send(std::move(datagram), now))
    return false;
  ++counters_.packetsSent;
  counters_.bytesSent += size;
  return true;
}

bool Transport::sendRtp(Bytes datagram, Timestamp now) {
  return dtlsState_ == DtlsState::kConnected && sendOverIce(std::move(datagram), now);
}

Bytes Transport::exportKeyingMaterial(std::string_view label, size_t length) const {
  return dtls_ ? dtls_->exportKeyingMaterial(label, length) : Bytes();
}

bool Transport::send(ByteSpan data, Timestamp now) {
  return dtls_ && dtls_->send(data, now);
}

void Transport::close(Timestamp now) {
  if (dtls_) {
    dtls_->close(now);
    while (auto output = dtls_->poll())
      handleDtls(std::move(*output), now);
  }
  leave(now);
}

void Transport::leave(Timestamp now) {
  if (dtlsState_ != DtlsState::kFailed)
    setDtlsState(DtlsState::kClosed);
  ice_.close(now);
}

void Transport::setDtlsState(DtlsState state, std::optional<DtlsError> error) {
  if (state == dtlsState_)
    return;
  dtlsState_ = state;
  dtlsError_ = error;
  DtlsStateChanged change{state, std::move(error), {}, {}};
  if (state == DtlsState::kConnected)
    change.remoteCertificates.push_back(remoteCertificate());
  outputs_.emplace_back(std::move(change));
}

void Transport::handleIce(ice::Output output, Timestamp now) {
  if (auto* received = std::get_if<ice::Received>(&output)) {
    if (received->generation >= peerSince_)
      handlePayload(std::move(received->data), now);
    return;
  }
  if (const auto* pair = std::get_if<ice::SelectedPairChanged>(&output)) {
    payloadCeiling_ = ceilingFor(*pair);
    outputs_.emplace_back(std::move(output));
    writable_ = writable_ || peerSince_ == 0 || !ice_.carriesPrevious();
    if (dtls_)
      dtls_->pathReturned(now);
    maybeStartDtls(now);
    return;
  }
  if (const auto* change = std::get_if<ice::ConnectionStateChanged>(&output))
    notePath(change->state, now);
  outputs_.emplace_back(std::move(output));
}

void Transport::notePath(ice::IceTransportState state, Timestamp now) {
  if (!hasPath(state))
    wasInterrupted_ = dtls_ != nullptr;
  else if (std::exchange(wasInterrupted_, false) && dtls_)
    dtls_->pathReturned(now);
}

void Transport::handlePayload(Bytes datagram, Timestamp now) {
  ++counters_.packetsReceived;
  counters_.bytesReceived += datagram.size();
  if (isRtpOrRtcp(datagram)) {
    outputs_.emplace_back(RtpDatagram{std::move(datagram)});
    return;
  }
  if (!isDtls(datagram))
    return;
  if (dtls_) {
    dtls_->handleDatagram(std::move(datagram), now);
  } else if (early_.size() < kMaxEarlyDatagrams && awaitsHandshake()) {
    early_.push_back(std::move(datagram));
  }
}

void Transport::handleDtls(dtls::Output output, Timestamp now) {
  if (auto* transmit = std::get_if<dtls::Transmit>(&output)) {
    sendOverIce(std::move(transmit->data), now);
  } else if (auto* received = std::get_if<dtls::Received>(&output)) {
    outputs_.emplace_back(DtlsPayload{std::move(received->data)});
  } else if (auto* connected = std::get_if<dtls::Connected>(&output)) {
    dtlsDetails_ = std::move(*connected);
    setDtlsState(DtlsState::kConnected);
  } else if (auto* failed = std::get_if<dtls::Failed>(&output)) {
    setDtlsState(DtlsState::kFailed, errorFrom(*failed));
  } else if (std::holds_alternative<dtls::Closed>(output)) {
    if (dtlsState_ != DtlsState::kFailed)
      setDtlsState(DtlsState::kClosed);
  }
}

std::optional<Transport::Output> Transport::poll(Timestamp now) {
  while (outputs_.empty()) {
    bool progress = false;
    while (auto output = ice_.poll()) {
      progress = true;
      handleIce(std::move(*output), now);
    }
    while (dtls_) {
      auto output = dtls_->poll();
      if (!output)
        break;
      progress = true;
      handleDtls(std::move(*output), now);
    }
    if (!progress)
      return std::nullopt;
  }
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Timestamp Transport::deadline() const {
  return earlier(ice_.deadline(), dtls_ ? dtls_->deadline() : Timestamp::never());
}

void Transport::handleTimeout(Timestamp now) {
  ice_.handleTimeout(now);
  if (dtls_)
    dtls_->handleTimeout(now);
}

}  // namespace rtc::peer
