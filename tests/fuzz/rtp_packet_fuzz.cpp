// Reads any bytes as an RTP packet with its extensions; what is accepted survives being written. So
// do the values of extensions: what is read of one comes back from what is written of it, and what
// the bytes are taken for as values comes back from what is written of those.

#include <algorithm>

#include "cpp/base/bytes.h"
#include "cpp/rtp/extension_values.h"
#include "cpp/rtp/packet.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::rtp;
using rtc::fuzz::require;

namespace {

/// What reads, reads the same again; in bytes as well, but for those that have no meaning.
void readAgain(ByteSpan data) {
  if (const auto level = readAudioLevel(data))
    require(std::ranges::equal(writeAudioLevel(*level), data), "another level");
  if (const auto offset = readTransmissionOffset(data))
    require(std::ranges::equal(writeTransmissionOffset(*offset), data), "another offset");
  if (const auto time = readAbsoluteSendTime(data))
    require(std::ranges::equal(writeAbsoluteSendTime(*time), data), "another time");
  if (const auto orientation = readVideoOrientation(data))
    require(writeVideoOrientation(*orientation)[0] == (data[0] & 15), "another orientation");
  if (const auto space = readColorSpace(data)) {
    const auto again = writeColorSpace(*space);
    require(
        std::ranges::equal(ByteSpan(again).first(3), data.first(3)) && again[3] == (data[3] & 0xf0),
        "another colour space");
  }
  if (const auto number = readTransportSequenceNumber(data))
    require(std::ranges::equal(writeTransportSequenceNumber(*number), data), "another number");
  if (const auto mid = readMid(data))
    require(readMid(asBytes(*mid)) == mid, "another mid");
  if (const auto id = readStreamId(data))
    require(readStreamId(asBytes(*id)) == id && readMid(asBytes(*id)) == id, "another stream id");
  if (const auto time = readAbsoluteCaptureTime(data))
    require(readAbsoluteCaptureTime(writeAbsoluteCaptureTime(*time)) == time,
            "another time of capture");
}

/// Values of any kind are written as themselves, or as the nearest that can be said.
void writeAndRead(ByteReader in) {
  const uint8_t flags = in.u8().value_or(0);
  const uint64_t number = in.u64().value_or(0);
  const auto low = static_cast<uint32_t>(number);

  const AudioLevel level{static_cast<uint8_t>(number), (flags & 1) != 0};
  require(readAudioLevel(writeAudioLevel(level)) ==
              AudioLevel{std::min<uint8_t>(level.level, 127), level.isVoice},
          "a level is written wrong");

  const auto offset = static_cast<int32_t>(low);
  require(readTransmissionOffset(writeTransmissionOffset(offset)) ==
              std::clamp(offset, -(1 << 23), (1 << 23) - 1),
          "an offset is written wrong");

  // Microseconds on any clock; what is told is within half a unit of them.
  const Timestamp sentAt = Timestamp::microseconds(static_cast<int64_t>(number));
  const AbsoluteSendTime time = absoluteSendTime(sentAt);
  require(readAbsoluteSendTime(writeAbsoluteSendTime(time)) == time, "a time is written wrong");
  const Duration step = Duration::microseconds(static_cast<int64_t>(low % 31'000'000));
  if (number < uint64_t{1} << 62) {
    const Duration between = absoluteSendTimeBetween(time, absoluteSendTime(sentAt + step));
    require(between >= step - Duration::microseconds(5) &&
                between <= step + Duration::microseconds(5) &&
                absoluteSendTimeBetween(absoluteSendTime(sentAt + step), time) <=
                    Duration::microseconds(5) - step,
            "times lie apart otherwise");
  }

  const VideoOrientation orientation{static_cast<uint16_t>((flags & 3) * 90), (flags & 4) != 0,
                                     (flags & 8) != 0};
  require(readVideoOrientation(writeVideoOrientation(orientation)) == orientation,
          "an orientation is written wrong");

  const ColorSpace space{static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number >> 16),
                         static_cast<uint8_t>(number >> 24),
                         static_cast<ColorSpace::Range>(flags >> 4 & 3)};
  require(readColorSpace(writeColorSpace(space)) == space, "a colour space is written wrong");

  const TransportSequenceNumber sequence(static_cast<uint16_t>(number));
  require(readTransportSequenceNumber(writeTransportSequenceNumber(sequence)) == sequence,
          "a number is written wrong");

  // Whole seconds have 32 bits.
  AbsoluteCaptureTime captured{NtpTime(number), std::nullopt};
  if ((flags & 0x40) != 0) {
    constexpr int64_t kRange = (int64_t{1} << 32) * 1'000'000;
    captured.clockOffset = Duration::microseconds(
        static_cast<int64_t>(in.u64().value_or(0) % static_cast<uint64_t>(kRange)) - kRange / 2);
  }
  require(readAbsoluteCaptureTime(writeAbsoluteCaptureTime(captured)) == captured,
          "a time of capture is written wrong");

  // The wall clock in the years of which NTP's era is known.
  const Duration since =
      Duration::microseconds(static_cast<int64_t>(number % (uint64_t{3'200'000'000} * 1'000'000)));
  require(NtpTime::fromUnix(since).toUnix() == since, "another time of day");
  const NtpClock clock(Timestamp::microseconds(static_cast<int64_t>(low)), since);
  const Timestamp at =
      Timestamp::microseconds(static_cast<int64_t>(number % (uint64_t{1'000'000'000} * 1'000'000)));
  require(clock.timeOf(clock.at(at)) == at, "a clock that does not run back");
  const CompactNtp compact(low);
  require(CompactNtp::fromDuration(compact.toDuration()) == compact ||
              compact.toDuration() >= Duration::seconds(0xffff),
          "a span of time is written wrong");
}

/// A packet of the extensions that the input has, set one by one: the last of each id stays, in the
/// place of the first, and all of it comes back.
void setAndRead(ByteReader in) {
  Packet packet;
  packet.payloadType = PayloadType(96);
  packet.padding = in.u8().value_or(0) % 4;
  packet.csrcs.resize(in.u8().value_or(0) % (kMaxCsrcs + 1), Ssrc(7));
  packet.payload = {1, 2, 3};
  for (int count = 0; count < 40 && !in.atEnd(); ++count) {
    const uint8_t id = in.u8().value_or(0);
    const size_t length = std::min<size_t>(in.u8().value_or(0), in.remaining());
    const ByteSpan data = *in.bytes(length);
    const size_t before = packet.extensions.size();
    const bool isNew = id != 0 && !packet.extension(id);
    packet.setExtension(id, data);
    require(packet.extensions.size() == before + (isNew ? 1 : 0), "an extension more or less");
    const auto kept = packet.extension(id);
    require(id == 0 || (kept && std::ranges::equal(*kept, data)), "an extension is another");
  }
  const Bytes bytes = writePacket(packet);
  require(bytes.size() == packetSize(packet), "another size");
  require(readPacket(bytes) == packet, "another packet");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input(data, size);
  (void)isRtcp(input);
  if (const auto packet = readPacket(input)) {
    for (const Extension& extension : packet->extensions)
      readAgain(extension.data);
    const Bytes again = writePacket(*packet);
    // Id 15 of the two-byte form and all others come back; only padding inside the block is gone.
    require(again.size() == packetSize(*packet), "another size");
    require(readPacket(again) == packet, "another packet");
  }
  writeAndRead(ByteReader(input));
  setAndRead(ByteReader(input));
  return 0;
}
