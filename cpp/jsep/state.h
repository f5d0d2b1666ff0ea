#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
  bool controlling = false;
  /// From the last local description; absent while only a remote offer has been applied.
  std::optional<IceCredentials> local;
  uint32_t generation = 0;
  uint32_t nextGeneration = 0;
  /// Of the local generation.
  std::vector<std::string> gathered;
  bool gatheringComplete = false;
  std::optional<DtlsState> dtls;
  std::optional<SctpState> sctp;
};

/// The application section in force: which m-line it is, and over which transport it runs.
struct DataSection {
  size_t index = 0;
  std::optional<std::string> mid;
  TransportId transport;
};

struct State {
  SignalingState signaling = SignalingState::kStable;
  bool dataRequested = false;

  std::optional<AppliedDescription> currentLocal;
  std::optional<AppliedDescription> pendingLocal;
  std::optional<AppliedDescription> currentRemote;
  std::optional<AppliedDescription> pendingRemote;
  /// webrtc-pc [[LastCreatedOffer]], [[LastCreatedAnswer]].
  std::string lastCreatedOffer;
  std::string lastCreatedAnswer;
  /// Whether something changed since that they would not say.
  bool createdIsStale = false;
  /// webrtc-pc [[LocalIceCredentialsToReplace]].
  std::vector<IceCredentials> credentialsToReplace;
  /// Drawn for the next description that needs fresh ones, so that creating twice gives the same.
  std::optional<IceCredentials> prepared;

  std::string sessionId;
  /// Of the last local description that was applied; never goes back.
  uint64_t sessionVersion = 1;
  uint32_t nextTransport = 0;
  uint32_t nextMid = 0;

  std::vector<Transport> transports;
  std::optional<DataSection> data;

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
  Transport* dataTransport() { return data ? transport(data->transport) : nullptr; }
  const Transport* dataTransport() const { return data ? transport(data->transport) : nullptr; }

  const AppliedDescription* local() const {
    return pendingLocal ? &*pendingLocal : currentLocal ? &*currentLocal : nullptr;
  }
  const AppliedDescription* remote() const {
    return pendingRemote ? &*pendingRemote : currentRemote ? &*currentRemote : nullptr;
  }
};

}  // namespace rtc::jsep
