#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/dtls/certificate.h"
#include "cpp/dtls/endpoint.h"
#include "cpp/ice/agent.h"
#include "cpp/peer/output.h"

namespace rtc::peer {

/// A DTLS record of application data, decrypted.
struct DtlsPayload {
  Bytes data;
};

/// A datagram of SRTP or SRTCP (RFC 7983), as it came.
struct RtpDatagram {
  Bytes data;
};

/// Bytes and datagrams between the two DTLS or SRTP ends, for RTCTransportStats.
struct TransportCounters {
  uint64_t packetsSent = 0;
  uint64_t packetsReceived = 0;
  uint64_t bytesSent = 0;
  uint64_t bytesReceived = 0;
};

/// Whether ICE has a pair that carries data and is answered.
constexpr bool hasPath(ice::IceTransportState state) {
  return state == ice::IceTransportState::kConnected || state == ice::IceTransportState::kCompleted;
}

/// One ICE transport with the DTLS transport on top of it (webrtc-pc sections 5.5 and 5.6): what
/// one BUNDLE group shares. The agent's own inputs are called on `ice()`.
class Transport {
 public:
  using Output = std::variant<ice::Output, DtlsStateChanged, DtlsPayload, RtpDatagram>;

  /// `random` must outlive the transport, and so must `arithmetic`, which may be null. Without
  /// `carriesMedia` DTLS agrees on no keys for RTP.
  Transport(ice::AgentConfig config, RandomSource& random, dtls::P256Arithmetic* arithmetic,
            bool carriesMedia);

  ice::Agent& ice() { return ice_; }
  const ice::Agent& ice() const { return ice_; }

  /// The DTLS parameters are negotiated. The handshake begins when ICE has a working pair.
  /// Fingerprints that do not fit the peer's certificate are those of another peer, which takes the
  /// place of the first: a new DTLS association is established with it (RFC 8842 section 4), over a
  /// pair of its own when it has ICE credentials of its own. Nothing that comes is delivered before
  /// its certificate has proved to fit.
  void setDtlsParameters(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints,
                         std::shared_ptr<const dtls::Certificate> certificate, Timestamp now);
  /// An interface of the agent's whose packets, IP header included, may have `mtu` bytes.
  void addInterface(ice::InterfaceId id, const Endpoint& local, ice::InterfaceKind kind, size_t mtu,
                    Timestamp now);
  /// The most that is worth a try as the payload of one record on the selected pair; 0 without one.
  /// What really passes is for the sender to find out.
  size_t payloadCeiling() const { return payloadCeiling_; }

  /// Seals one record. False when DTLS is not connected or `data` is too large.
  bool send(ByteSpan data, Timestamp now);
  /// Sends a datagram of SRTP or SRTCP. False when DTLS is not connected.
  bool sendRtp(Bytes datagram, Timestamp now);
  /// As `dtls::Endpoint::exportKeyingMaterial`.
  Bytes exportKeyingMaterial(std::string_view label, size_t length) const;
  /// close_notify, then the end of ICE. Drain afterwards.
  void close(Timestamp now);
  /// The same without close_notify, for a transport that another one has replaced: the peer may not
  /// know yet that it is to leave as well, and Firefox would close its channels.
  void leave(Timestamp now);

  DtlsState dtlsState() const { return dtlsState_; }
  /// Why it is `kFailed`.
  const std::optional<DtlsError>& dtlsError() const { return dtlsError_; }
  std::optional<dtls::Role> dtlsRole() const { return dtlsRole_; }
  /// Set while connected.
  const std::optional<dtls::Connected>& dtlsDetails() const { return dtlsDetails_; }
  const Bytes& remoteCertificate() const;
  /// The DTLS association, for what diagnosis asks of it; null before the handshake begins.
  const dtls::Endpoint* dtls() const { return dtls_.get(); }
  const TransportCounters& counters() const { return counters_; }

  std::optional<Output> poll(Timestamp now);
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

 private:
  void handleIce(ice::Output output, Timestamp now);
  void notePath(ice::IceTransportState state, Timestamp now);
  size_t ceilingFor(const ice::SelectedPairChanged& pair) const;
  void handlePayload(Bytes datagram, Timestamp now);
  bool sendOverIce(Bytes datagram, Timestamp now);
  void handleDtls(dtls::Output output, Timestamp now);
  bool isPeer(const std::vector<dtls::Fingerprint>& fingerprints) const;
  void beginAnew();
  bool awaitsHandshake() const {
    return dtlsState_ == DtlsState::kNew || dtlsState_ == DtlsState::kConnecting;
  }
  void maybeStartDtls(Timestamp now);
  void setDtlsState(DtlsState state, std::optional<DtlsError> error = std::nullopt);

  RandomSource& random_;
  dtls::P256Arithmetic* arithmetic_;
  const bool carriesMedia_;
  ice::Agent ice_;
  bool writable_ = false;
  /// The generation of ICE in which the peer took the place of another; 0: of none. What comes by
  /// earlier credentials is that one's.
  uint32_t peerSince_ = 0;
  /// The path was lost after the handshake began, and has not come back.
  bool wasInterrupted_ = false;
  struct LocalLink {
    IpAddress address;
    size_t mtu = 0;
  };
  std::vector<LocalLink> links_;
  size_t payloadCeiling_ = 0;

  std::optional<dtls::Role> dtlsRole_;
  std::vector<dtls::Fingerprint> fingerprints_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  std::unique_ptr<dtls::Endpoint> dtls_;
  DtlsState dtlsState_ = DtlsState::kNew;
  std::optional<DtlsError> dtlsError_;
  std::optional<dtls::Connected> dtlsDetails_;
  /// DTLS datagrams that came before the answer told us what to do with them.
  std::vector<Bytes> early_;

  TransportCounters counters_;
  Queue<Output> outputs_;
};

}  // namespace rtc::peer
