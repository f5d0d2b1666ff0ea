#include "cpp/peer/stats.h"

#include "cpp/base/base64.h"
#include "cpp/ice/agent.h"
#include "cpp/peer/peer.h"
#include "cpp/peer/stats_record.h"

namespace rtc::peer {
namespace {

const char* stateName(datachannel::ChannelState state) {
  switch (state) {
    case datachannel::ChannelState::kConnecting:
      return "connecting";
    case datachannel::ChannelState::kOpen:
      return "open";
    case datachannel::ChannelState::kClosing:
      return "closing";
    case datachannel::ChannelState::kClosed:
      return "closed";
  }
  return "connecting";
}

const char* stateName(ice::PairState state) {
  switch (state) {
    case ice::PairState::kFrozen:
      return "frozen";
    case ice::PairState::kWaiting:
      return "waiting";
    case ice::PairState::kInProgress:
      return "in-progress";
    case ice::PairState::kSucceeded:
      return "succeeded";
    case ice::PairState::kFailed:
      return "failed";
  }
  return "frozen";
}

std::string idOf(const char* prefix, uint32_t number) {
  return prefix + std::to_string(number);
}

/// Each agent counts for itself, and until an answer bundles them there are several.
std::string idOn(const std::string& transportId, const char* prefix, uint32_t number) {
  return transportId + idOf(prefix, number);
}

// RTCIceCandidateStats (webrtc-stats section 8.23).
StatsRecord candidateRecord(std::string id, const char* type, const std::string& transportId,
                            const ice::Candidate& candidate) {
  RecordBuilder record(std::move(id), type);
  record.text("transportId", transportId);
  // What the application does not know of the peer's addresses it does not learn here: those behind
  // mDNS names, and those that only the peer's packets have shown.
  const bool isHidden =
      !candidate.hostname.empty() || (type == std::string_view("remote-candidate") &&
                                      candidate.type == ice::CandidateType::kPeerReflexive);
  if (!isHidden)
    record.text("address", candidate.endpoint.address.toString());
  record.number("port", candidate.endpoint.port)
      .text("protocol", candidate.transport == ice::TransportProtocol::kUdp ? "udp" : "tcp")
      .text("candidateType", ice::toString(candidate.type))
      .number("priority", candidate.priority)
      .text("foundation", candidate.foundation);
  if (candidate.tcpType)
    record.text("tcpType", ice::toString(*candidate.tcpType));
  if (!candidate.ufrag.empty())
    record.text("usernameFragment", candidate.ufrag);
  if (!candidate.url.empty())
    record.text("url", candidate.url);
  if (!candidate.relayProtocol.empty())
    record.text("relayProtocol", candidate.relayProtocol);
  if (candidate.related) {
    record.text("relatedAddress", candidate.related->address.toString())
        .number("relatedPort", candidate.related->port);
  }
  return record.take();
}

// RTCIceCandidatePairStats (webrtc-stats section 8.24).
StatsRecord pairRecord(const ice::PairInfo& pair, const std::string& transportId,
                       std::optional<int64_t> availableOutgoing) {
  const ice::PairCounters& counters = pair.counters;
  RecordBuilder record(idOn(transportId, "CP", pair.id.value()), "candidate-pair");
  record.text("transportId", transportId)
      .text("localCandidateId", idOn(transportId, "IL", pair.local.value()))
      .text("remoteCandidateId", idOn(transportId, "IR", pair.remote.value()))
      .text("state", stateName(pair.state))
      .flag("nominated", pair.nominated)
      .number("packetsSent", counters.packetsSent)
      .number("packetsReceived", counters.packetsReceived)
      .number("bytesSent", counters.bytesSent)
      .number("bytesReceived", counters.bytesReceived)
      .number("requestsSent", counters.requestsSent)
      .number("requestsReceived", counters.requestsReceived)
      .number("responsesSent", counters.responsesSent)
      .number("responsesReceived", counters.responsesReceived)
      .number("consentRequestsSent", counters.consentRequestsSent)
      .number("totalRoundTripTime", counters.totalRoundTripTime.seconds());
  if (availableOutgoing)
    record.number("availableOutgoingBitrate", *availableOutgoing);
  if (counters.currentRoundTripTime) {
    record.number("currentRoundTripTime", counters.currentRoundTripTime->seconds());
  }
  return record.take();
}

// The profile's name in the IANA registry "DTLS-SRTP Protection Profiles", without "SRTP_" in
// front, as RTCTransportStats.srtpCipher has it.
const char* cipherName(dtls::SrtpProfile profile) {
  switch (profile) {
    case dtls::SrtpProfile::kAes128CmSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
    case dtls::SrtpProfile::kAes128CmSha1_32:
      return "AES_CM_128_HMAC_SHA1_32";
    case dtls::SrtpProfile::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case dtls::SrtpProfile::kAeadAes256Gcm:
      return "AEAD_AES_256_GCM";
  }
  return "";
}

// RTCCertificateStats (webrtc-stats section 8.26).
StatsRecord certificateRecord(std::string id, ByteSpan der) {
  const dtls::Fingerprint fingerprint = dtls::fingerprintOf(der, dtls::HashAlgorithm::kSha256);
  return RecordBuilder(std::move(id), "certificate")
      .text("fingerprint", fingerprint.value)
      .text("fingerprintAlgorithm", fingerprint.algorithm)
      .text("base64Certificate", base64(der))
      .take();
}

}  // namespace

std::vector<StatsRecord> Peer::stats() const {
  std::vector<StatsRecord> records;
  records.push_back(RecordBuilder("P", "peer-connection")
                        .number("dataChannelsOpened", data_.channelsOpened())
                        .number("dataChannelsClosed", data_.channelsClosed())
                        .take());

  for (const auto& [channel, entry] : data_.records()) {
    RecordBuilder record(idOf("D", channel.value()), "data-channel");
    record.text("label", entry.options.label)
        .text("protocol", entry.options.protocol)
        .text("state", stateName(entry.state))
        .number("messagesSent", entry.counters.messagesSent)
        .number("bytesSent", entry.counters.bytesSent)
        .number("messagesReceived", entry.counters.messagesReceived)
        .number("bytesReceived", entry.counters.bytesReceived);
    if (entry.options.id)
      record.number("dataChannelIdentifier", *entry.options.id);
    records.push_back(record.take());
  }

  for (const TransportSlot& slot : transports_) {
    if (slot.isPooled)
      continue;
    const Transport& transport = *slot.transport;
    const ice::Agent& agent = transport.ice();
    const std::string transportId = idOf("T", slot.id.value());
    // Set when there is a certificate, so that the record can be referred to.
    const std::string localCertificate = idOf("CF-local-", slot.id.value());
    const std::string remoteCertificate = idOf("CF-remote-", slot.id.value());

    RecordBuilder record(transportId, "transport");
    record.number("packetsSent", transport.counters().packetsSent)
        .number("packetsReceived", transport.counters().packetsReceived)
        .number("bytesSent", transport.counters().bytesSent)
        .number("bytesReceived", transport.counters().bytesReceived)
        .text("iceRole", ice::toString(agent.role()))
        .text("iceLocalUsernameFragment", agent.localCredentials().ufrag)
        .text("iceState", ice::toString(agent.state()))
        .text("dtlsState", toString(transport.dtlsState()))
        .number("selectedCandidatePairChanges", agent.counters().selectedPairChanges);
    if (const auto pair = agent.selectedPair()) {
      record.text("selectedCandidatePairId", idOn(transportId, "CP", pair->id.value()));
    }
    if (const auto role = transport.dtlsRole()) {
      record.text("dtlsRole", *role == dtls::Role::kClient ? "client" : "server");
    }
    if (const auto& details = transport.dtlsDetails()) {
      static constexpr char kHex[] = "0123456789ABCDEF";
      std::string version;
      for (int shift = 12; shift >= 0; shift -= 4) {
        version += kHex[(details->protocolVersion >> shift) & 15];
      }
      record.text("tlsVersion", version).text("dtlsCipher", details->cipherSuite);
      if (details->srtpProfile)
        record.text("srtpCipher", cipherName(*details->srtpProfile));
    }
    if (!configuration_.certificates.empty()) {
      record.text("localCertificateId", localCertificate);
      records.push_back(
          certificateRecord(localCertificate, configuration_.certificates.front()->der()));
    }
    if (!transport.remoteCertificate().empty()) {
      record.text("remoteCertificateId", remoteCertificate);
      records.push_back(certificateRecord(remoteCertificate, transport.remoteCertificate()));
    }
    records.push_back(record.take());

    for (const auto& local : agent.localCandidates()) {
      if (local.removed)
        continue;
      records.push_back(candidateRecord(idOn(transportId, "IL", local.id.value()),
                                        "local-candidate", transportId, local.candidate));
    }
    for (const auto& remote : agent.remoteCandidates()) {
      records.push_back(candidateRecord(idOn(transportId, "IR", remote.id.value()),
                                        "remote-candidate", transportId, remote.candidate));
    }
    std::optional<int64_t> available;
    if (media_)
      available = media_->availableOutgoing(slot.id);
    const auto selected = agent.selectedPair();
    for (const auto& pair : agent.pairs()) {
      const bool isSelected = selected && selected->id == pair.id;
      records.push_back(pairRecord(pair, transportId, isSelected ? available : std::nullopt));
    }
    if (media_)
      media_->addStats(slot.id, transportId, records);
  }
  return records;
}

}  // namespace rtc::peer
