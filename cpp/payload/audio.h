#pragma once

#include <memory>

#include "cpp/payload/format.h"

// Opus (RFC 7587 section 4.2), G.711 and G.722 (RFC 3551 section 4.5), comfort noise (RFC 3389):
// one frame of the codec, or several that it has put together itself, are the payload as they are.

namespace rtc::payload {

/// Audio is never cut: a frame that is longer than a packet may be is refused.
std::unique_ptr<Packetizer> createAudioPacketizer();
std::unique_ptr<Depacketizer> createAudioDepacketizer();

}  // namespace rtc::payload
