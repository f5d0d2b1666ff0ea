#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/media/codec.h"

namespace rtc::media {

/// How much audio a payload carries, in units of the clock of its RTP stream: by the first byte of
/// Opus (RFC 6716 section 3.1), by the length of G.711 and G.722 (RFC 3551 section 4.5). Nullopt
/// for comfort noise, other codecs and what is broken.
std::optional<uint32_t> audioDuration(const Codec& codec, ByteSpan payload);

}  // namespace rtc::media
