#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"

/// What an exchange settled about RTP: RTCRtpParameters.
namespace rtc::jsep {

/// RTCRtpHeaderExtensionParameters.
struct RtpHeaderExtension {
  std::string uri;
  uint16_t id = 0;
  bool encrypted = false;
  bool operator==(const RtpHeaderExtension&) const = default;
};

/// The parts of RTCRtpSendParameters and RTCRtpReceiveParameters that are negotiated.
struct RtpParameters {
  /// In the order of preference that was negotiated; empty before.
  std::vector<RtpCodec> codecs;
  std::vector<RtpHeaderExtension> headerExtensions;
  /// RTCP CNAME of the sender; empty for a receiver.
  std::string cname;
  /// RFC 5506.
  bool reducedSize = false;
};

}  // namespace rtc::jsep
