#include "cpp/rtp/extension_values.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/header_extension.h"

namespace rtc::rtp {
namespace {

TEST(RtpExtensions, KnowsTheirUris) {
  EXPECT_EQ(extensionKindFromUri("urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
            ExtensionKind::kAudioLevel);
  EXPECT_EQ(extensionKindFromUri("urn:ietf:params:rtp-hdrext:sdes:mid"), ExtensionKind::kMid);
  EXPECT_EQ(extensionKindFromUri(
                "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-"
                "extension"),
            ExtensionKind::kDependencyDescriptor);
  EXPECT_EQ(extensionKindFromUri("urn:ietf:params:rtp-hdrext:csrc-audio-level"), std::nullopt);
  EXPECT_EQ(extensionKindFromUri(""), std::nullopt);
}

TEST(RtpExtensions, FindsIdAndKindOfEachOther) {
  ExtensionIds ids;
  ids.set(ExtensionKind::kMid, 4);
  EXPECT_EQ(ids.kind(4), ExtensionKind::kMid);
  EXPECT_EQ(ids.id(ExtensionKind::kRtpStreamId), 0);
  EXPECT_EQ(ids.kind(0), std::nullopt);
  ids.set(ExtensionKind::kMid, 0);
  EXPECT_EQ(ids.kind(4), std::nullopt);
}

TEST(RtpExtensions, ReadsAndWritesAudioLevelAsRfc6464) {
  EXPECT_EQ(writeAudioLevel({30, true})[0], 0x80 | 30);
  EXPECT_EQ(readAudioLevel(Bytes{0x80 | 30}), (AudioLevel{30, true}));
  EXPECT_EQ(readAudioLevel(Bytes{127}), (AudioLevel{127, false}));
  EXPECT_EQ(writeAudioLevel({200, false})[0], 127);
  EXPECT_FALSE(readAudioLevel(Bytes{}));
  EXPECT_FALSE(readAudioLevel(Bytes{1, 2}));
}

TEST(RtpExtensions, ReadsAndWritesSignedTransmissionOffsets) {
  for (const int32_t offset : {0, 1, -1, 90000, -90000, 0x7fffff, -0x800000})
    EXPECT_EQ(readTransmissionOffset(writeTransmissionOffset(offset)), offset);
  EXPECT_EQ(readTransmissionOffset(writeTransmissionOffset(0x1000000)), 0x7fffff);
  EXPECT_EQ(writeTransmissionOffset(-2), (std::array<uint8_t, 3>{0xff, 0xff, 0xfe}));
  EXPECT_FALSE(readTransmissionOffset(Bytes{1, 2}));
}

TEST(RtpExtensions, CountsAbsoluteSendTimeInFractionsOfASecondThatWrapAfter64) {
  EXPECT_EQ(absoluteSendTime(Timestamp::milliseconds(1000)).value(), 1u << 18);
  EXPECT_EQ(absoluteSendTime(Timestamp::milliseconds(65'500)).value(), (1u << 18) * 3 / 2);
  EXPECT_EQ(readAbsoluteSendTime(writeAbsoluteSendTime(AbsoluteSendTime(0x123456))),
            AbsoluteSendTime(0x123456));
  EXPECT_FALSE(readAbsoluteSendTime(Bytes{1, 2, 3, 4}));
  const auto before = absoluteSendTime(Timestamp::milliseconds(63'990));
  const auto after = absoluteSendTime(Timestamp::milliseconds(64'010));
  EXPECT_NEAR(static_cast<double>(absoluteSendTimeBetween(before, after).us()), 20'000, 4);
  EXPECT_NEAR(static_cast<double>(absoluteSendTimeBetween(after, before).us()), -20'000, 4);
}

TEST(RtpExtensions, ReadsColorSpaces) {
  using Range = ColorSpace::Range;
  EXPECT_EQ(readColorSpace(Bytes{1, 13, 1, 0x20}), (ColorSpace{1, 13, 1, Range::kFull}));
  EXPECT_EQ(readColorSpace(Bytes{6, 6, 6, 0x15}), (ColorSpace{6, 6, 6, Range::kLimited}))
      << "wherever chroma samples lie";
  Bytes withHdr(28);
  withHdr[0] = 9;
  EXPECT_EQ(readColorSpace(withHdr)->primaries, 9);
  EXPECT_FALSE(readColorSpace(Bytes{1, 13, 1}));
  EXPECT_FALSE(readColorSpace(Bytes(5)));
  EXPECT_FALSE(readColorSpace(Bytes{1, 13, 1, 0x40}));
  const ColorSpace written{9, 16, 9, Range::kLimited};
  EXPECT_EQ(readColorSpace(writeColorSpace(written)), written);
}

TEST(RtpExtensions, ReadsAndWritesVideoOrientation) {
  for (const uint16_t rotation : {0, 90, 180, 270}) {
    const VideoOrientation orientation{rotation, rotation == 90, rotation > 90};
    EXPECT_EQ(readVideoOrientation(writeVideoOrientation(orientation)), orientation);
  }
  EXPECT_EQ(writeVideoOrientation({270, true, true})[0], 0x0f);
  EXPECT_FALSE(readVideoOrientation(Bytes{}));
}

TEST(RtpExtensions, ReadsAndWritesTransportSequenceNumbers) {
  EXPECT_EQ(writeTransportSequenceNumber(TransportSequenceNumber(0x1234)),
            (std::array<uint8_t, 2>{0x12, 0x34}));
  EXPECT_EQ(readTransportSequenceNumber(Bytes{0x12, 0x34}), TransportSequenceNumber(0x1234));
  EXPECT_FALSE(readTransportSequenceNumber(Bytes{1}));
}

TEST(RtpExtensions, ReadsNamesAndNothingThatIsNone) {
  EXPECT_EQ(readMid(asBytes("audio0")), "audio0");
  EXPECT_EQ(readMid(Bytes{'0', 0, 0}), "0");
  EXPECT_FALSE(readMid(Bytes{}));
  EXPECT_FALSE(readMid(Bytes{0, 0}));
  EXPECT_FALSE(readMid(Bytes{'a', 0, 'b'}));
  EXPECT_FALSE(readMid(Bytes{0xc3, 0xa4}));
  EXPECT_EQ(readStreamId(asBytes("hi-1_x")), "hi-1_x");
  EXPECT_FALSE(readStreamId(asBytes("hi/1")));
}

TEST(RtpExtensions, ReadsAndWritesCaptureTimesWithAndWithoutOffset) {
  const AbsoluteCaptureTime plain{NtpTime(0x0123456789abcdef), std::nullopt};
  EXPECT_EQ(writeAbsoluteCaptureTime(plain), (Bytes{1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}));
  EXPECT_EQ(readAbsoluteCaptureTime(writeAbsoluteCaptureTime(plain)), plain);
  for (const int64_t us : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1'500'000},
                           int64_t{-1'500'000}, int64_t{2'000'000'000'000'000}}) {
    const AbsoluteCaptureTime time{NtpTime(5), Duration::microseconds(us)};
    EXPECT_EQ(readAbsoluteCaptureTime(writeAbsoluteCaptureTime(time)), time) << us;
  }
  EXPECT_FALSE(readAbsoluteCaptureTime(Bytes(15)));
}

TEST(RtpNtpTime, CountsSecondsSince1900) {
  // RFC 5905 figure 4: 1 January 1970.
  EXPECT_EQ(NtpTime::fromUnix(Duration::zero()), NtpTime(2'208'988'800, 0));
  EXPECT_EQ(NtpTime::fromUnix(Duration::milliseconds(1500)), NtpTime(2'208'988'801, 1u << 31));
  // 7 February 2036, 6:28:16: the era after.
  EXPECT_EQ(NtpTime::fromUnix(Duration::seconds(2'085'978'496)), NtpTime(0, 0));
}

TEST(RtpNtpTime, GivesTheSameMicrosecondBack) {
  SeededRandom random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto time = Duration::microseconds(static_cast<int64_t>(random.u64() >> 13));
    EXPECT_EQ(NtpTime::fromUnix(time).toUnix(), time) << time.us();
  }
  const NtpClock clock(Timestamp::milliseconds(5), Duration::seconds(1'700'000'000));
  EXPECT_EQ(clock.timeOf(clock.at(Timestamp::milliseconds(1234))), Timestamp::milliseconds(1234));
}

TEST(RtpNtpTime, CutsOutTheMiddle) {
  EXPECT_EQ(NtpTime(0x11223344, 0x55667788).compact().value(), 0x33445566u);
  EXPECT_EQ(CompactNtp::fromDuration(Duration::milliseconds(500)).value(), 0x8000u);
  EXPECT_EQ(CompactNtp(0x18000).toDuration(), Duration::milliseconds(1500));
  EXPECT_EQ(CompactNtp::fromDuration(Duration::milliseconds(-1)).value(), 0u);
  EXPECT_EQ(CompactNtp::fromDuration(Duration::infinite()).value(), 0xffffffffu);
  EXPECT_EQ((CompactNtp(1) - CompactNtp(0xffffffff)).value(), 2u);
}

}  // namespace
}  // namespace rtc::rtp
