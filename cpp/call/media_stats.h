#pragma once

#include <string>
#include <vector>

#include "cpp/media/session.h"
#include "cpp/peer/stats.h"

namespace rtc::call {

/// The records of what goes over one transport as RTP: outbound-rtp, inbound-rtp, what the peer
/// reports of both, and their codecs. What encoders, decoders and tracks know is not among it.
void addMediaStats(const media::Session& session, const std::string& transportId,
                   std::vector<peer::StatsRecord>& records);

}  // namespace rtc::call
