#include "cpp/media/audio_duration.h"

#include <algorithm>
#include <string_view>

namespace rtc::media {
namespace {

bool equals(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

// RFC 6716 table 2, at RTP's clock of 48 kHz: SILK has 10 to 60 ms, the hybrid mode 10 and 20 ms,
// CELT 2.5 to 20 ms.
uint32_t opusFrameDuration(uint8_t toc) {
  constexpr uint32_t kSilk[] = {480, 960, 1920, 2880};
  constexpr uint32_t kHybrid[] = {480, 960};
  constexpr uint32_t kCelt[] = {120, 240, 480, 960};
  const uint8_t config = toc >> 3;
  if (config < 12)
    return kSilk[config % 4];
  if (config < 16)
    return kHybrid[config % 2];
  return kCelt[config % 4];
}

std::optional<uint32_t> opusDuration(ByteSpan payload) {
  // "MUST NOT contain ... more than 120 ms" (RFC 6716 section 3.2.5).
  constexpr uint32_t kMax = 5760;
  if (payload.empty())
    return std::nullopt;
  const uint8_t code = payload[0] & 0x03;
  uint32_t frames = code == 0 ? 1 : 2;
  if (code == 3) {
    if (payload.size() < 2)
      return std::nullopt;
    frames = payload[1] & 0x3f;
  }
  const uint32_t duration = frames * opusFrameDuration(payload[0]);
  if (duration == 0 || duration > kMax)
    return std::nullopt;
  return duration;
}

}  // namespace

std::optional<uint32_t> audioDuration(const Codec& codec, ByteSpan payload) {
  if (equals(codec.name, "opus"))
    return opusDuration(payload);
  // A sample a byte; two for G.722, whose clock runs at half of its sampling rate.
  if (!equals(codec.name, "pcmu") && !equals(codec.name, "pcma") && !equals(codec.name, "g722"))
    return std::nullopt;
  const size_t channels = std::max<uint32_t>(codec.channels, 1);
  const size_t duration = payload.size() / channels;
  if (duration == 0)
    return std::nullopt;
  return static_cast<uint32_t>(duration);
}

}  // namespace rtc::media
