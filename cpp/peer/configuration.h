#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cpp/dtls/certificate.h"
#include "cpp/dtls/certificate_pool.h"
#include "cpp/dtls/p256_arithmetic.h"
#include "cpp/ice/config.h"
#include "cpp/jsep/types.h"
#include "cpp/peer/media.h"
#include "cpp/sctp/config.h"

namespace rtc::peer {

/// What RTCConfiguration (webrtc-pc section 4.2.1) comes down to once the facade has validated it.
struct Configuration {
  /// STUN and TURN servers, one per URL; the package's relay is one of them.
  std::vector<ice::Server> iceServers;
  ice::TransportPolicy iceTransportPolicy = ice::TransportPolicy::kAll;
  jsep::BundlePolicy bundlePolicy = jsep::BundlePolicy::kBalanced;
  jsep::RtcpMuxPolicy rtcpMuxPolicy = jsep::RtcpMuxPolicy::kRequire;
  /// The first is used. With none, the connection gets one when it is first needed.
  std::vector<std::shared_ptr<const dtls::Certificate>> certificates;
  /// Where that comes from, outliving the connection; null: it is generated then.
  dtls::CertificatePool* certificatePool = nullptr;
  /// What DTLS computes with, outliving the connection; null: the engine's own arithmetic.
  dtls::P256Arithmetic* arithmetic = nullptr;
  /// Audio and video; null: data channels alone.
  MediaFactory media = nullptr;
  /// Seconds since the Unix epoch at construction: the validity of a generated certificate.
  int64_t unixSeconds = 0;
  /// a=max-message-size: the largest message that is taken, in bytes. 0, SDP's "any size", and what
  /// exceeds `sctp::kLargestMessage` stand for that.
  size_t maxMessageSize = 262144;
  size_t largestMessage() const {
    return maxMessageSize == 0 ? sctp::kLargestMessage
                               : std::min(maxMessageSize, sctp::kLargestMessage);
  }
  /// webrtc-extensions: data channels are negotiated before there is one.
  bool alwaysNegotiateDataChannels = false;
  /// Offers announce the association's INIT (a=sctp-init), which spares the SCTP handshake with
  /// peers that answer in kind. Answers do so whenever an offer does.
  bool offersSctpInit = false;
  /// The embedding can connect to TCP candidates of the peer's (RFC 6544, active).
  bool connectsTcp = false;
  ice::Timings iceTimings;
};

/// How long a certificate that the connection makes for itself is valid: 30 days, the default of
/// RTCPeerConnection.generateCertificate() (webrtc-pc section 4.9.1).
inline constexpr int64_t kCertificateLifetimeSeconds = 30 * 24 * 60 * 60;

}  // namespace rtc::peer
