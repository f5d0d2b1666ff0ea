#include "cpp/jsep/codec_matching.h"

#include <gtest/gtest.h>

#include "tests/cpp/jsep/codec_lists.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using Profile = H264ProfileLevel::Profile;

std::optional<H264ProfileLevel> level(const std::string& id) {
  return h264ProfileLevel("profile-level-id=" + id);
}

// --- H264 ----------------------------------------------------------------------------------------

TEST(H264ProfileLevel, KnowsTheFormsOfEachProfile) {
  const std::pair<const char*, Profile> known[] = {
      {"42e01f", Profile::kConstrainedBaseline},
      {"42c01f", Profile::kConstrainedBaseline},
      {"42401f", Profile::kConstrainedBaseline},
      {"42F01F", Profile::kConstrainedBaseline},
      {"4d801f", Profile::kConstrainedBaseline},
      {"4de01f", Profile::kConstrainedBaseline},
      {"58c01f", Profile::kConstrainedBaseline},
      {"58f01f", Profile::kConstrainedBaseline},
      {"42001f", Profile::kBaseline},
      {"42a01f", Profile::kBaseline},
      {"58801f", Profile::kBaseline},
      {"58a01f", Profile::kBaseline},
      {"4d001f", Profile::kMain},
      {"4d401f", Profile::kMain},
      {"64001f", Profile::kHigh},
      {"640c1f", Profile::kConstrainedHigh},
      {"f4001f", Profile::kHigh444Predictive},
  };
  for (const auto& [id, profile] : known) {
    ASSERT_TRUE(level(id)) << id;
    EXPECT_EQ(level(id)->profile, profile) << id;
  }
}

TEST(H264ProfileLevel, IsAbsentForWhatIsUnknownOrMalformed) {
  for (const char* id : {"42011f", "58001f", "64081f", "00001f", "42e01", "42e01f0", "42e0zz",
                         "x2e01f", "42x01f", ""}) {
    EXPECT_FALSE(level(id)) << id;
  }
}

TEST(H264ProfileLevel, IsBaselineAtLevelOneByDefault) {
  for (const char* parameters : {"", "packetization-mode=1", "foo"}) {
    const auto result = h264ProfileLevel(parameters);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->profile, Profile::kBaseline);
    EXPECT_EQ(result->level, 20);
  }
}

TEST(H264ProfileLevel, PutsLevel1bBetween1And1_1) {
  EXPECT_EQ(level("42e00a")->level, 20);
  EXPECT_EQ(level("42f00b")->level, 21);
  EXPECT_EQ(level("42100b")->level, 21);
  EXPECT_EQ(level("640009")->level, 21);
  EXPECT_EQ(level("42e00b")->level, 22);
  EXPECT_EQ(level("64000b")->level, 22);
  EXPECT_EQ(level("42e01f")->level, 62);
  EXPECT_EQ(level("42e034")->level, 104);
}

TEST(H264ProfileLevel, IsWrittenAndReadAlike) {
  const std::string parameters = h264("42e01f", 1).fmtp;
  for (uint16_t wanted : {20, 21, 22, 24, 26, 40, 62, 104, 510}) {
    const auto written = withH264Level(parameters, wanted);
    ASSERT_TRUE(h264ProfileLevel(written)) << written;
    EXPECT_EQ(h264ProfileLevel(written)->level, wanted);
    EXPECT_EQ(h264ProfileLevel(written)->profile, Profile::kConstrainedBaseline);
    EXPECT_EQ(written.size(), parameters.size());
  }
  EXPECT_EQ(withH264Level("a=1;profile-level-id=42e01f;b=2", 21),
            "a=1;profile-level-id=42f00b;b=2");
  EXPECT_EQ(withH264Level("packetization-mode=1", 21), "packetization-mode=1");
}

// --- offer/answer --------------------------------------------------------------------------------

TEST(IsSameFormat, ComparesNamesWithoutRegardToCase) {
  EXPECT_TRUE(isSameFormat(video("VP8"), video("vp8")));
  EXPECT_FALSE(isSameFormat(video("VP8"), video("VP9")));
}

TEST(IsSameFormat, WantsKindClockRateAndChannelsAlike) {
  EXPECT_FALSE(isSameFormat(video("red"), audio("red", 90000)));
  EXPECT_FALSE(isSameFormat(audio("CN", 8000), audio("CN", 16000)));
  EXPECT_FALSE(isSameFormat(audio("opus", 48000, 2), audio("opus", 48000)));
  EXPECT_FALSE(isSameFormat(audio("PCMU", 8000), audio("PCMU", 8000, 2)));
}

TEST(IsSameFormat, LeavesOutParametersThatOneSideSetsForItself) {
  EXPECT_TRUE(isSameFormat(opus(), audio("opus", 48000, 2, "stereo=1;usedtx=1")));
  EXPECT_TRUE(isSameFormat(video("VP8", "max-fs=12288;max-fr=60"), video("VP8")));
  EXPECT_TRUE(isSameFormat(video("AV1", "profile=0;level-idx=13;tier=1"), video("AV1")));
}

TEST(IsSameFormat, ComparesTheProfilesOfVp9AndAv1WithTheirDefaults) {
  EXPECT_TRUE(isSameFormat(video("VP9"), video("VP9", "profile-id=0")));
  EXPECT_TRUE(isSameFormat(video("VP9", "max-fs=1; Profile-Id=0"), video("VP9")));
  EXPECT_FALSE(isSameFormat(video("VP9"), video("VP9", "profile-id=2")));
  EXPECT_FALSE(isSameFormat(video("AV1", "profile=1"), video("AV1")));
}

TEST(IsSameFormat, ComparesH264ByProfileAndPacketizationMode) {
  EXPECT_TRUE(isSameFormat(h264("42e01f", 1), h264("4d8028", 1)));
  EXPECT_TRUE(isSameFormat(h264("42e01f", 0), video("H264", "profile-level-id=42c00a")));
  EXPECT_FALSE(isSameFormat(h264("42e01f", 1), h264("42e01f", 0)));
  EXPECT_FALSE(isSameFormat(h264("42e01f", 1), h264("42001f", 1)));
  EXPECT_FALSE(isSameFormat(h264("42e01f", 1), h264("64001f", 1)));
  EXPECT_TRUE(isSameFormat(video("H264"), h264("42001f", 0)));
  EXPECT_FALSE(isSameFormat(video("H264", "profile-level-id=zz"), h264("42e01f", 0)));
}

TEST(IsSameFormat, IsFalseForFormatsWithoutAName) {
  EXPECT_FALSE(isSameFormat(video(""), video("")));
}

TEST(FindSame, FollowsRtxToWhatItRepeats) {
  const auto own = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\n"
      "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
      "a=rtpmap:98 VP9/90000\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\n");
  const auto others = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 120 121 122 123\n"
      "a=rtpmap:120 rtx/90000\na=fmtp:120 apt=121\na=rtpmap:121 vp9/90000\n"
      "a=rtpmap:122 rtx/90000\na=fmtp:122 apt=123;rtx-time=3000\na=rtpmap:123 vp8/90000\n");
  ASSERT_NE(findSame(own[1], own, others), nullptr);
  EXPECT_EQ(findSame(own[0], own, others)->payloadType, 123);
  EXPECT_EQ(findSame(own[1], own, others)->payloadType, 122);
  EXPECT_EQ(findSame(own[3], own, others)->payloadType, 120);
}

TEST(FindSame, FindsNothingForRtxThatRepeatsNothing) {
  const auto own = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\n"
      "a=rtpmap:96 rtx/90000\na=fmtp:96 apt=96\n"
      "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=50\n"
      "a=rtpmap:98 rtx/90000\n");
  for (const RtpCodec& codec : own)
    EXPECT_EQ(findSame(codec, own, own), nullptr) << describe(codec);
}

TEST(FindSame, ComparesWhatRedWraps) {
  const auto own = codecsFrom(
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\n"
      "a=rtpmap:111 opus/48000/2\na=rtpmap:63 red/48000/2\na=fmtp:63 111/111\n");
  const auto same = codecsFrom(
      "m=audio 9 UDP/TLS/RTP/SAVPF 109 121\n"
      "a=rtpmap:109 opus/48000/2\na=rtpmap:121 red/48000/2\na=fmtp:121 109/109\n");
  const auto another = codecsFrom(
      "m=audio 9 UDP/TLS/RTP/SAVPF 109 121\n"
      "a=rtpmap:109 L16/48000/2\na=rtpmap:121 red/48000/2\na=fmtp:121 109/109\n");
  const auto silent = codecsFrom("m=audio 9 UDP/TLS/RTP/SAVPF 121\na=rtpmap:121 red/48000/2\n");
  EXPECT_NE(findSame(own[1], own, same), nullptr);
  EXPECT_EQ(findSame(own[1], own, another), nullptr);
  EXPECT_NE(findSame(own[1], own, silent), nullptr);
}

// --- the algorithm that script meets -------------------------------------------------------------

TEST(CodecDictionaryMatch, ComparesTypeRateAndChannels) {
  EXPECT_TRUE(matchesDictionary(opus(), audio("OPUS", 48000, 2, opus().fmtp)));
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 24000, 2, opus().fmtp)));
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 48000, 13, opus().fmtp)));
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 48000, 1, opus().fmtp)));
}

TEST(CodecDictionaryMatch, ComparesParametersInAnyOrder) {
  EXPECT_TRUE(matchesDictionary(opus(), audio("opus", 48000, 2, "useinbandfec=1; minptime=10")));
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 48000, 2, "minptime=10")));
  EXPECT_FALSE(
      matchesDictionary(opus(), audio("opus", 48000, 2, "minptime=10;useinbandfec=1;stereo=1")));
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 48000, 2, "modifiedparameter=1")));
}

TEST(CodecDictionaryMatch, WantsParametersOnBothSidesOrNeither) {
  EXPECT_FALSE(matchesDictionary(opus(), audio("opus", 48000, 2)));
  EXPECT_FALSE(matchesDictionary(video("VP8", "max-fs=1"), video("VP8")));
  EXPECT_FALSE(matchesDictionary(video("VP9", "profile-id=0"), video("VP9")));
}

TEST(CodecDictionaryMatch, InfersParametersThatMayBeLeftOut) {
  EXPECT_TRUE(
      matchesDictionary(video("AV1", "level-idx=5;profile=0;tier=0"), video("AV1", "profile=0")));
  EXPECT_FALSE(
      matchesDictionary(video("AV1", "level-idx=5;profile=0;tier=0"), video("AV1", "level-idx=8")));
  EXPECT_FALSE(matchesDictionary(video("H264", "profile-level-id=42e01f;packetization-mode=1"),
                                 h264("42e01f", 1)));
  EXPECT_TRUE(matchesDictionary(video("H264", "level-asymmetry-allowed=1;profile-level-id=42E01F"),
                                h264("42e01f", 0)));
}

TEST(CodecDictionaryMatch, ComparesOtherFormsOfParametersAsText) {
  EXPECT_TRUE(matchesDictionary(audio("telephone-event", 8000, 1, "0-15"),
                                audio("telephone-event", 8000, 1, "0-15")));
  EXPECT_FALSE(matchesDictionary(audio("telephone-event", 8000, 1, "0-15"),
                                 audio("telephone-event", 8000, 1, "0-16")));
}

TEST(CodecDictionaryMatch, CanLeaveOutAsymmetricalParameters) {
  EXPECT_FALSE(matchesDictionary(h264("42e01f", 1), h264("42e034", 1)));
  EXPECT_TRUE(matchesDictionary(h264("42e01f", 1), h264("42e034", 1), true));
  EXPECT_FALSE(matchesDictionary(h264("42e01f", 1), h264("42e01f", 0), true));
  EXPECT_FALSE(matchesDictionary(h264("42e01f", 1), h264("42001f", 1), true));
  EXPECT_TRUE(
      matchesDictionary(video("AV1", "level-idx=5"), video("AV1", "level-idx=8;tier=1"), true));
}

}  // namespace
}  // namespace rtc::jsep
