#include "cpp/rtp/header_extension.h"

namespace rtc::rtp {
namespace {

struct Known {
  std::string_view uri;
  ExtensionKind kind;
};

// URIs are compared as they stand (RFC 8285 section 5 has no equivalence for them).
constexpr std::array<Known, kExtensionKinds> kKnown = {{
    {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", ExtensionKind::kAudioLevel},
    {"urn:ietf:params:rtp-hdrext:toffset", ExtensionKind::kTransmissionOffset},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
     ExtensionKind::kAbsoluteSendTime},
    {"urn:3gpp:video-orientation", ExtensionKind::kVideoOrientation},
    {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
     ExtensionKind::kTransportSequenceNumber},
    {"urn:ietf:params:rtp-hdrext:sdes:mid", ExtensionKind::kMid},
    {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", ExtensionKind::kRtpStreamId},
    {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", ExtensionKind::kRepairedRtpStreamId},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
     ExtensionKind::kAbsoluteCaptureTime},
    {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
     ExtensionKind::kDependencyDescriptor},
    {"http://www.webrtc.org/experiments/rtp-hdrext/color-space", ExtensionKind::kColorSpace},
}};

}  // namespace

std::optional<ExtensionKind> extensionKindFromUri(std::string_view uri) {
  for (const Known& known : kKnown) {
    if (known.uri == uri)
      return known.kind;
  }
  return std::nullopt;
}

}  // namespace rtc::rtp
