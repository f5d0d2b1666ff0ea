#include "cpp/jsep/payload_types.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/cpp/jsep/codec_lists.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers

RtpCodec numbered(RtpCodec codec, uint8_t number) {
  codec.payloadType = number;
  return codec;
}

// Formats that we do not have on all dynamic numbers but those of `except`.
std::vector<RtpCodec> everythingElse(const std::set<int>& except) {
  std::vector<RtpCodec> codecs;
  for (int number = 35; number < 128; ++number) {
    if (!except.contains(number))
      codecs.push_back(numbered(video("foreign" + std::to_string(number)), uint8_t(number)));
  }
  return codecs;
}

TEST(PayloadTypes, AreThoseThatBrowsersUse) {
  PayloadTypes numbers;
  EXPECT_EQ(numbers.assign(opus()), 111);
  EXPECT_EQ(numbers.assign(audio("red", 48000, 2, "111/111")), 63);
  EXPECT_EQ(numbers.assign(audio("telephone-event", 48000)), 110);
  EXPECT_EQ(numbers.assign(audio("telephone-event", 8000)), 126);
  EXPECT_EQ(numbers.assign(video("VP8")), 96);
  EXPECT_EQ(numbers.assign(video("rtx", "apt=96")), 97);
  EXPECT_EQ(numbers.assign(h264("42e01f", 1)), 108);
}

TEST(PayloadTypes, AreFixedForStaticCodecs) {
  PayloadTypes numbers;
  numbers.learn({numbered(audio("PCMU", 8000), 110)});
  EXPECT_EQ(numbers.assign(audio("PCMU", 8000)), 0);
  EXPECT_EQ(numbers.assign(audio("PCMA", 8000)), 8);
  EXPECT_EQ(numbers.assign(audio("G722", 8000)), 9);
  EXPECT_EQ(numbers.assign(audio("CN", 8000)), 13);
  EXPECT_GE(*numbers.assign(audio("CN", 32000)), 96);
}

TEST(PayloadTypes, AreNoneThatWouldBeTakenForRtcpWhoeverUsedThem) {
  PayloadTypes numbers;
  numbers.learn({numbered(video("VP8"), 64), numbered(video("VP9", "profile-id=0"), 95)});
  EXPECT_EQ(numbers.assign(video("VP8")), 96);
  EXPECT_EQ(numbers.assign(video("VP9", "profile-id=0")), 98);
  numbers.learn({numbered(video("VP8"), 63)});
  EXPECT_EQ(numbers.assign(video("VP8")), 63);
}

TEST(PayloadTypes, StayAsTheyWereGiven) {
  PayloadTypes numbers;
  const auto first = numbers.assign(video("VP8"));
  numbers.assign(video("VP9"));
  EXPECT_EQ(numbers.assign(video("VP8")), first);
  const auto rtx = numbers.assign(video("rtx", "apt=100"));
  EXPECT_EQ(numbers.assign(video("rtx", "apt=100")), rtx);
  EXPECT_NE(numbers.assign(video("rtx", "apt=101")), rtx);
}

TEST(PayloadTypes, AreTakenOverFromThePeer) {
  PayloadTypes numbers;
  EXPECT_EQ(numbers.assign(video("VP8")), 96);
  numbers.learn({numbered(video("vp8"), 120), numbered(video("rtx", "apt=120"), 124)});
  EXPECT_EQ(numbers.assign(video("VP8")), 120);
  EXPECT_EQ(numbers.assign(video("rtx", "apt=120")), 124);
}

TEST(PayloadTypes, PreferTheFirstOfTwoNumbersForOneCodec) {
  PayloadTypes numbers;
  numbers.learn({numbered(video("VP8"), 120), numbered(video("VP8"), 121)});
  EXPECT_EQ(numbers.assign(video("VP8")), 120);
}

TEST(PayloadTypes, NeverMeanTwoCodecs) {
  PayloadTypes numbers;
  numbers.learn({numbered(opus(), 96)});
  EXPECT_EQ(numbers.assign(opus()), 96);
  const auto vp8 = numbers.assign(video("VP8"));
  EXPECT_NE(vp8, 96);
  // Neither does a number that was used once come back for another codec.
  numbers.learn({numbered(video("VP8"), 100)});
  EXPECT_NE(numbers.assign(video("VP9")), vp8);
}

TEST(PayloadTypes, ThatAreAmbiguousAreGivenToNone) {
  PayloadTypes numbers;
  numbers.learn({numbered(opus(), 96)});
  numbers.learn({numbered(video("VP8"), 96)});
  const auto audioNumber = numbers.assign(opus());
  const auto videoNumber = numbers.assign(video("VP8"));
  EXPECT_EQ(audioNumber, 111);
  EXPECT_TRUE(videoNumber && videoNumber != 96 && videoNumber != 111);
  EXPECT_EQ(numbers.assign(opus()), audioNumber);
  EXPECT_EQ(numbers.assign(video("VP8")), videoNumber);
}

TEST(PayloadTypes, GoOnBelow64When96To127AreTaken) {
  PayloadTypes numbers;
  std::set<int> upper;
  for (int number = 35; number < 64; ++number)
    upper.insert(number);
  numbers.learn(everythingElse(upper));
  EXPECT_EQ(numbers.assign(video("VP8")), 35);
  EXPECT_EQ(numbers.assign(video("VP9")), 36);
}

TEST(PayloadTypes, LeaveTheNumbersOfRtcpAlone) {
  PayloadTypes numbers;
  std::set<uint8_t> given;
  for (int i = 0; i < 200; ++i) {
    const auto number = numbers.assign(video("rtx", "apt=" + std::to_string(i)));
    if (!number)
      continue;
    EXPECT_TRUE(*number >= 96 || (*number >= 35 && *number < 64)) << int(*number);
    EXPECT_TRUE(given.insert(*number).second) << int(*number);
  }
  EXPECT_EQ(given.size(), 61u);
}

TEST(PayloadTypes, RunOutWithoutHarm) {
  PayloadTypes numbers;
  for (int i = 0; i < 61; ++i)
    ASSERT_TRUE(numbers.assign(video("rtx", "apt=" + std::to_string(i))));
  EXPECT_FALSE(numbers.assign(video("VP8")));
  EXPECT_EQ(numbers.assign(audio("PCMU", 8000)), 0);
  EXPECT_TRUE(numbers.assign(video("rtx", "apt=60")));
}

TEST(PayloadTypes, AreTakenFromUnknownFormatsWhenThereAreNoOthers) {
  PayloadTypes numbers;
  numbers.learn(everythingElse({}));
  const auto vp8 = numbers.assign(video("VP8"));
  ASSERT_TRUE(vp8);
  EXPECT_EQ(numbers.assign(video("VP8")), vp8);
  const auto vp9 = numbers.assign(video("VP9"));
  ASSERT_TRUE(vp9);
  EXPECT_NE(vp9, vp8);
}

TEST(PayloadTypes, AreNotLostByHowOftenThePeerRenumbers) {
  PayloadTypes numbers;
  for (int round = 0; round < 50; ++round) {
    std::vector<RtpCodec> codecs;
    for (int number = 96; number < 128; ++number) {
      codecs.push_back(
          numbered(video("foreign" + std::to_string(round) + "-" + std::to_string(number)),
                   uint8_t(number)));
    }
    numbers.learn(codecs);
  }
  EXPECT_TRUE(numbers.assign(video("VP8")));
}

TEST(ConflictingPayloadType, IsOneThatMeansTwoCodecs) {
  const std::vector<RtpCodec> sound = {numbered(opus(), 96), numbered(audio("PCMU", 8000), 0)};
  const std::vector<RtpCodec> picture = {numbered(video("VP8"), 96)};
  EXPECT_EQ(conflictingPayloadType({sound, picture}), 96);
  EXPECT_EQ(conflictingPayloadType({sound, sound, {}}), std::nullopt);
  EXPECT_EQ(conflictingPayloadType({picture, {numbered(video("vp8", "max-fs=1"), 96)}}),
            std::nullopt);
  EXPECT_EQ(conflictingPayloadType({picture, {numbered(video(""), 96)}}), std::nullopt);
  const std::vector<RtpCodec> odd = {numbered(video("H264", "profile-level-id=6e001f"), 100)};
  EXPECT_EQ(conflictingPayloadType({odd, odd}), std::nullopt);
  EXPECT_EQ(conflictingPayloadType({}), std::nullopt);
}

}  // namespace
}  // namespace rtc::jsep
