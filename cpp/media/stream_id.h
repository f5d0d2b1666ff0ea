#pragma once

#include <cstdint>

#include "cpp/base/strong.h"

namespace rtc::media {

/// An RTCRtpSender or RTCRtpReceiver, by the number that the embedding gives its transceiver.
using StreamId = StrongInt<struct StreamIdTag, uint32_t>;

}  // namespace rtc::media
