#include "cpp/rtp/extension_values.h"

#include <algorithm>

namespace rtc::rtp {
namespace {

constexpr uint32_t k24Bits = 0xffffff;

std::array<uint8_t, 3> threeBytes(uint32_t value) {
  return {static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value)};
}

std::optional<uint32_t> fromThreeBytes(ByteSpan data) {
  if (data.size() != 3)
    return std::nullopt;
  return ByteReader(data).u24();
}

int32_t signedFrom24(uint32_t value) {
  return static_cast<int32_t>(value << 8) >> 8;
}

/// The text without the zeros behind it; nullopt when there is none, or when `allowed` refuses a
/// character.
template <typename Allowed>
std::optional<std::string> readText(ByteSpan data, Allowed allowed) {
  while (!data.empty() && data.back() == 0)
    data = data.first(data.size() - 1);
  if (data.empty() || !std::all_of(data.begin(), data.end(), allowed))
    return std::nullopt;
  return std::string(asText(data));
}

bool isAlphanumeric(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::optional<AudioLevel> readAudioLevel(ByteSpan data) {
  if (data.size() != 1)
    return std::nullopt;
  return AudioLevel{static_cast<uint8_t>(data[0] & 0x7f), (data[0] & 0x80) != 0};
}

std::array<uint8_t, 1> writeAudioLevel(const AudioLevel& level) {
  return {static_cast<uint8_t>((level.isVoice ? 0x80 : 0) | std::min<uint8_t>(level.level, 127))};
}

std::optional<int32_t> readTransmissionOffset(ByteSpan data) {
  const auto value = fromThreeBytes(data);
  if (!value)
    return std::nullopt;
  return signedFrom24(*value);
}

std::array<uint8_t, 3> writeTransmissionOffset(int32_t offset) {
  return threeBytes(static_cast<uint32_t>(std::clamp(offset, -0x800000, 0x7fffff)));
}

AbsoluteSendTime absoluteSendTime(Timestamp sentAt) {
  // The seconds that matter first, so that nothing overflows however late it is.
  constexpr int64_t kWrap = int64_t{64} * 1'000'000;
  const int64_t us = ((sentAt.us() % kWrap) + kWrap) % kWrap;
  return AbsoluteSendTime(static_cast<uint32_t>(((us << 18) + 500'000) / 1'000'000) & k24Bits);
}

Duration absoluteSendTimeBetween(AbsoluteSendTime earlier, AbsoluteSendTime later) {
  const int64_t difference = signedFrom24((later.value() - earlier.value()) & k24Bits);
  return Duration::microseconds(difference * 1'000'000 / (1 << 18));
}

std::optional<AbsoluteSendTime> readAbsoluteSendTime(ByteSpan data) {
  const auto value = fromThreeBytes(data);
  if (!value)
    return std::nullopt;
  return AbsoluteSendTime(*value);
}

std::array<uint8_t, 3> writeAbsoluteSendTime(AbsoluteSendTime time) {
  return threeBytes(time.value());
}

std::optional<VideoOrientation> readVideoOrientation(ByteSpan data) {
  if (data.size() != 1)
    return std::nullopt;
  return VideoOrientation{static_cast<uint16_t>((data[0] & 3) * 90), (data[0] & 4) != 0,
                          (data[0] & 8) != 0};
}

std::array<uint8_t, 1> writeVideoOrientation(const VideoOrientation& orientation) {
  return {static_cast<uint8_t>((orientation.fromBackCamera ? 8 : 0) |
                               (orientation.isFlipped ? 4 : 0) |
                               ((orientation.rotation / 90) & 3))};
}

std::optional<ColorSpace> readColorSpace(ByteSpan data) {
  constexpr size_t kSize = 4;
  constexpr size_t kSizeWithHdr = 28;
  if (data.size() != kSize && data.size() != kSizeWithHdr)
    return std::nullopt;
  const uint8_t range = data[3] >> 4;
  if (range > static_cast<uint8_t>(ColorSpace::Range::kDerived))
    return std::nullopt;
  return ColorSpace{data[0], data[1], data[2], static_cast<ColorSpace::Range>(range)};
}

std::array<uint8_t, 4> writeColorSpace(const ColorSpace& space) {
  return {space.primaries, space.transfer, space.matrix,
          static_cast<uint8_t>(static_cast<uint8_t>(space.range) << 4)};
}

std::optional<TransportSequenceNumber> readTransportSequenceNumber(ByteSpan data) {
  if (data.size() != 2)
    return std::nullopt;
  return TransportSequenceNumber(*ByteReader(data).u16());
}

std::array<uint8_t, 2> writeTransportSequenceNumber(TransportSequenceNumber number) {
  return {static_cast<uint8_t>(number.value() >> 8), static_cast<uint8_t>(number.value())};
}

std::optional<std::string> readMid(ByteSpan data) {
  return readText(data, [](uint8_t c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::string> readStreamId(ByteSpan data) {
  return readText(data, [](uint8_t c) { return isAlphanumeric(c) || c == '-' || c == '_'; });
}

std::optional<AbsoluteCaptureTime> readAbsoluteCaptureTime(ByteSpan data) {
  if (data.size() != 8 && data.size() != 16)
    return std::nullopt;
  ByteReader reader(data);
  AbsoluteCaptureTime time;
  time.capturedAt = NtpTime(*reader.u64());
  if (const auto offset = reader.u64()) {
    // Seconds and fraction apart: all 64 bits times a million would overflow.
    const auto seconds = static_cast<int32_t>(*offset >> 32);
    const uint64_t fraction = *offset & 0xffffffff;
    time.clockOffset =
        Duration::seconds(seconds) +
        Duration::microseconds(static_cast<int64_t>((fraction * uint64_t{1'000'000}) >> 32));
  }
  return time;
}

Bytes writeAbsoluteCaptureTime(const AbsoluteCaptureTime& time) {
  ByteWriter writer(16);
  writer.u64(time.capturedAt.value());
  if (time.clockOffset) {
    int64_t seconds = time.clockOffset->us() / 1'000'000;
    int64_t rest = time.clockOffset->us() % 1'000'000;
    if (rest < 0) {
      rest += 1'000'000;
      --seconds;
    }
    const uint64_t fraction = ((static_cast<uint64_t>(rest) << 32) + 999'999) / 1'000'000;
    writer.u32(static_cast<uint32_t>(seconds));
    writer.u32(static_cast<uint32_t>(fraction));
  }
  return writer.take();
}

}  // namespace rtc::rtp
