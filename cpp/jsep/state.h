#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/offer_plan.h"
#include "cpp/jsep/payload_types.h"
#include "cpp/jsep/takes_media.h"
#include "cpp/jsep/transceiver.h"
#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// What a session knows. A plain value: calls work on a copy and commit it whole, a rollback
/// returns to an earlier one.
namespace rtc::jsep {

/// A description that was applied; candidates are folded in as they come.
struct AppliedDescription {
  SdpType type = SdpType::kOffer;
  sdp::SessionDescription sdp;
};

/// The SCTP association's parameters, once an answer settled them.
struct SctpState {
  std::string mid;
  uint16_t localPort = 5000;
  uint16_t remotePort = 5000;
  uint64_t maxMessageSize = 65536;
  /// Of the peer, when both ends announced INIT; else empty.
  Bytes remoteInit;
  bool operator==(const SctpState&) const = default;
};

struct DtlsState {
  DtlsRole role = DtlsRole::kClient;
  std::vector<sdp::Fingerprint> fingerprints;
  bool operator==(const DtlsState&) const = default;
};

/// One ICE + DTLS transport and what has been negotiated for it.
struct Transport {
  TransportId id;
  /// The m-section that speaks for it: the tagged one of its BUNDLE group (RFC 9143 section 7.2.2).
  size_t section = 0;
  bool controlling = false;
  /// While the exchange is pending that lets this one take over a bundle: the transport that the
  /// bundle leaves, because it has got another section to speak for it.
  std::optional<TransportId> replaces;
  /// From the last local description; absent while only a remote offer has been applied.
  std::optional<IceCredentials> local;
  uint32_t generation = 0;
  uint32_t nextGeneration = 0;
  /// Of the local generation.
  std::vector<std::string> gathered;
  bool gatheringComplete = false;
  std::optional<DtlsState> dtls;
  /// The handshake is over: from then on the roles stay (RFC 8842 section 5).
  bool dtlsEstablished = false;
};

/// One m-section in its place: what it carries, and over which transport.
struct MSection {
  SectionUse use = SectionUse::kNone;
  /// As described, or drawn up by us when the peer leaves a=mid out (`midIsOurs`).
  std::string mid;
  bool midIsOurs = false;
  /// With `kTransceiver`.
  TransceiverId transceiver;
  /// Absent with `kNone`. While an answer is provisional this is what it says; the final one starts
  /// from `offered` again.
  std::optional<TransportId> transport;
  std::optional<TransportId> offered;
};

struct State {
  SignalingState signaling = SignalingState::kStable;
  bool dataRequested = false;

  std::optional<AppliedDescription> currentLocal;
  std::optional<AppliedDescription> pendingLocal;
  std::optional<AppliedDescription> currentRemote;
  std::optional<AppliedDescription> pendingRemote;
  /// The remote offer that is pending, without the candidates that were folded in since.
  std::string pendingOffer;
  /// webrtc-pc [[LastCreatedOffer]], [[LastCreatedAnswer]].
  std::string lastCreatedOffer;
  std::string lastCreatedAnswer;
  /// The offer, as it was set, that this answers: it may come back after a rollback.
  std::string answeredOffer;
  /// What stands behind the m-sections of the last created offer.
  OfferPlan lastPlan;
  /// Whether something changed since that they would not say.
  bool createdIsStale = false;
  /// webrtc-pc [[LocalIceCredentialsToReplace]].
  std::vector<IceCredentials> credentialsToReplace;
  /// Drawn for the next description that needs fresh ones, so that creating twice gives the same.
  std::vector<IceCredentials> prepared;

  std::string sessionId;
  /// RTCP CNAME of all that we send (RFC 8834 section 4.9).
  std::string cname;
  /// Of the last local description that was applied; never goes back.
  uint64_t sessionVersion = 1;
  uint32_t nextTransport = 0;
  uint32_t nextTransceiver = 0;
  /// Ours are numbers that count up, and none is used twice: the next one, and those beyond it that
  /// the peer has used.
  uint32_t nextMid = 0;
  std::vector<uint32_t> foreignMids;

  std::vector<Transport> transports;
  std::vector<MSection> sections;
  /// In the order of creation.
  std::vector<Transceiver> transceivers;
  std::optional<SctpState> sctp;
  PayloadTypes payloadTypes;
  HeaderExtensionIds extensionIds;

  /// What a rollback returns to; null in stable.
  std::shared_ptr<const State> stable;

  Transport* transport(TransportId id) {
    for (Transport& transport : transports) {
      if (transport.id == id)
        return &transport;
    }
    return nullptr;
  }
  const Transport* transport(TransportId id) const {
    return const_cast<State*>(this)->transport(id);
  }
  const Transport* transport(std::optional<TransportId> id) const {
    return id ? transport(*id) : nullptr;
  }

  Transceiver* transceiver(TransceiverId id) {
    if (!kTakesMedia)
      return nullptr;
    for (Transceiver& transceiver : transceivers) {
      if (transceiver.id == id)
        return &transceiver;
    }
    return nullptr;
  }
  const Transceiver* transceiver(TransceiverId id) const {
    return const_cast<State*>(this)->transceiver(id);
  }
  Transceiver* transceiverOf(const MSection& section) {
    return section.use == SectionUse::kTransceiver ? transceiver(section.transceiver) : nullptr;
  }
  const Transceiver* transceiverOf(const MSection& section) const {
    return const_cast<State*>(this)->transceiverOf(section);
  }

  /// The m-section of a transceiver, `std::nullopt` while it has none.
  std::optional<size_t> sectionOf(TransceiverId id) const {
    for (size_t i = 0; i < sections.size(); ++i) {
      if (sections[i].use == SectionUse::kTransceiver && sections[i].transceiver == id)
        return i;
    }
    return std::nullopt;
  }
  /// The application section in force.
  std::optional<size_t> dataSection() const {
    for (size_t i = 0; i < sections.size(); ++i) {
      if (sections[i].use == SectionUse::kData)
        return i;
    }
    return std::nullopt;
  }

  const AppliedDescription* local() const {
    return pendingLocal ? &*pendingLocal : currentLocal ? &*currentLocal : nullptr;
  }
  const AppliedDescription* remote() const {
    return pendingRemote ? &*pendingRemote : currentRemote ? &*currentRemote : nullptr;
  }
  /// The answer of the last exchange that is complete, whichever side gave it; null before.
  const AppliedDescription* lastAnswer() const {
    if (!currentLocal || !currentRemote)
      return nullptr;
    return currentLocal->type == SdpType::kAnswer ? &*currentLocal : &*currentRemote;
  }
};

}  // namespace rtc::jsep
