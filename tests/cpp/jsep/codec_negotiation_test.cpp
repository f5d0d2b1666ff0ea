#include "cpp/jsep/codec_negotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cpp/jsep/codec_matching.h"
#include "tests/cpp/jsep/codec_lists.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Codecs = std::vector<RtpCodec>;

const std::string kH264Parameters = h264("42e01f", 1).fmtp;

Codecs offer(MediaKind kind, const Codecs& preferences = {}, const Codecs& negotiated = {},
             bool voiceActivityDetection = true) {
  PayloadTypes numbers;
  numbers.learn(negotiated);
  return offerCodecs(kind, preferences, negotiated, voiceActivityDetection, numbers);
}

Codecs answer(const Codecs& offered, const Codecs& preferences = {},
              bool voiceActivityDetection = true) {
  return answerCodecs(offered.empty() ? MediaKind::kVideo : offered[0].kind, offered, preferences,
                      voiceActivityDetection);
}

Codecs preferred(MediaKind kind, const Codecs& codecs) {
  auto checked = checkCodecPreferences(kind, codecs);
  EXPECT_TRUE(checked.ok());
  return checked.ok() ? *checked : Codecs{};
}

// As Firefox orders: all rtx at the end, red and ulpfec among the media.
const char* const kFirefoxVideo =
    "m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 126 127 97 98 123 122 119\n"
    "a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1\n"
    "a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1\n"
    "a=fmtp:120 max-fs=12288;max-fr=60\n"
    "a=fmtp:124 apt=120\n"
    "a=fmtp:121 max-fs=12288;max-fr=60\n"
    "a=fmtp:125 apt=121\n"
    "a=fmtp:127 apt=126\n"
    "a=fmtp:98 apt=97\n"
    "a=fmtp:119 apt=122\n"
    "a=rtcp-fb:120 nack\na=rtcp-fb:120 nack pli\na=rtcp-fb:120 ccm fir\na=rtcp-fb:120 goog-remb\n"
    "a=rtcp-fb:120 transport-cc\n"
    "a=rtcp-fb:121 nack\n"
    "a=rtcp-fb:126 nack pli\n"
    "a=rtpmap:120 VP8/90000\na=rtpmap:124 rtx/90000\na=rtpmap:121 VP9/90000\n"
    "a=rtpmap:125 rtx/90000\na=rtpmap:126 H264/90000\na=rtpmap:127 rtx/90000\n"
    "a=rtpmap:97 H264/90000\na=rtpmap:98 rtx/90000\na=rtpmap:123 ulpfec/90000\n"
    "a=rtpmap:122 red/90000\na=rtpmap:119 rtx/90000\n";

const char* const kFirefoxAudio =
    "m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101\n"
    "a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\n"
    "a=fmtp:101 0-15\n"
    "a=rtpmap:109 opus/48000/2\na=rtpmap:9 G722/8000/1\na=rtpmap:0 PCMU/8000\n"
    "a=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000/1\n";

// --- offers --------------------------------------------------------------------------------------

TEST(OfferCodecs, ListAllWeHaveWithTheNumbersOfBrowsers) {
  EXPECT_THAT(describe(offer(MediaKind::kAudio)),
              ElementsAre("111 opus/48000/2 minptime=10;useinbandfec=1", "63 red/48000/2 111/111",
                          "9 G722/8000", "0 PCMU/8000", "8 PCMA/8000", "13 CN/8000",
                          "110 telephone-event/48000", "126 telephone-event/8000"));
  const auto video = describe(offer(MediaKind::kVideo));
  EXPECT_THAT((std::vector<std::string>(video.begin(), video.begin() + 4)),
              ElementsAre("96 VP8/90000", "97 rtx/90000 apt=96", "98 VP9/90000 profile-id=0",
                          "99 rtx/90000 apt=98"));
  EXPECT_THAT((std::vector<std::string>(video.end() - 3, video.end())),
              ElementsAre("118 red/90000", "119 rtx/90000 apt=118", "120 ulpfec/90000"));
}

TEST(OfferCodecs, HaveAnRtxBehindEveryCodecThatCanBeRepeated) {
  const auto codecs = offer(MediaKind::kVideo);
  for (size_t i = 0; i < codecs.size(); ++i) {
    if (!isRepeated(codecs[i]))
      continue;
    ASSERT_LT(i + 1, codecs.size());
    EXPECT_EQ(repeatedPayloadType(codecs[i + 1]), codecs[i].payloadType) << describe(codecs[i]);
  }
}

TEST(OfferCodecs, LeaveOutComfortNoiseWithoutVoiceActivityDetection) {
  for (const RtpCodec& codec : offer(MediaKind::kAudio, {}, {}, false))
    EXPECT_NE(codec.name, "CN");
  const auto preferences = preferred(MediaKind::kAudio, {audio("CN", 8000), audio("PCMU", 8000)});
  EXPECT_THAT(describe(offer(MediaKind::kAudio, preferences)),
              ElementsAre("13 CN/8000", "0 PCMU/8000"));
  EXPECT_THAT(describe(offer(MediaKind::kAudio, preferences, {}, false)),
              ElementsAre("0 PCMU/8000"));
}

TEST(OfferCodecs, FollowPreferencesAndNothingElse) {
  const auto preferences =
      preferred(MediaKind::kVideo, {h264("42e01f", 1), video("rtx"), video("VP8")});
  EXPECT_THAT(describe(offer(MediaKind::kVideo, preferences)),
              ElementsAre("108 H264/90000 " + kH264Parameters, "109 rtx/90000 apt=108",
                          "96 VP8/90000", "97 rtx/90000 apt=96"));
  EXPECT_THAT(describe(offer(MediaKind::kVideo, preferred(MediaKind::kVideo, {video("VP8")}))),
              ElementsAre("96 VP8/90000"));
}

TEST(OfferCodecs, LeaveOutPreferencesThatServeNothing) {
  const auto preferences = preferred(
      MediaKind::kAudio, {audio("red", 48000, 2), audio("PCMU", 8000), audio("CN", 8000),
                          audio("telephone-event", 48000), audio("telephone-event", 8000)});
  EXPECT_THAT(describe(offer(MediaKind::kAudio, preferences)),
              ElementsAre("0 PCMU/8000", "13 CN/8000", "126 telephone-event/8000"));
}

TEST(OfferCodecs, PutRedWhereItIsPreferred) {
  EXPECT_THAT(describe(offer(MediaKind::kAudio,
                             preferred(MediaKind::kAudio, {audio("red", 48000, 2), opus()}))),
              ElementsAre("63 red/48000/2 111/111", "111 opus/48000/2 minptime=10;useinbandfec=1"));
}

TEST(OfferCodecs, ContinueTheMostRecentAnswerInItsOrderAndAddTheRest) {
  const auto negotiated = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 126 127 120\n"
      "a=rtpmap:126 H264/90000\n"
      "a=fmtp:126 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\n"
      "a=rtpmap:127 rtx/90000\na=fmtp:127 apt=126\n"
      "a=rtpmap:120 VP8/90000\n");
  const auto codecs = offer(MediaKind::kVideo, {}, negotiated);
  const auto texts = describe(codecs);
  EXPECT_THAT(
      (std::vector<std::string>(texts.begin(), texts.begin() + 3)),
      ElementsAre("126 H264/90000 " + kH264Parameters, "127 rtx/90000 apt=126", "120 VP8/90000"));
  EXPECT_EQ(repeatedPayloadType(codecs[3]), 120);
  EXPECT_EQ(codecs.size(), offer(MediaKind::kVideo).size());
}

TEST(OfferCodecs, LetPreferencesOverruleTheOrderOfTheAnswerButNotItsNumbers) {
  const auto negotiated = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 120 121\na=rtpmap:120 VP8/90000\na=rtpmap:121 VP9/90000\n");
  const auto preferences =
      preferred(MediaKind::kVideo, {video("VP9", "profile-id=0"), video("VP8")});
  EXPECT_THAT(describe(offer(MediaKind::kVideo, preferences, negotiated)),
              ElementsAre("121 VP9/90000 profile-id=0", "120 VP8/90000"));
}

TEST(OfferCodecs, AreTheSameForEverySectionOfAnOffer) {
  PayloadTypes numbers;
  const auto first = offerCodecs(MediaKind::kVideo, {}, {}, true, numbers);
  const auto sound = offerCodecs(MediaKind::kAudio, {}, {}, true, numbers);
  EXPECT_EQ(offerCodecs(MediaKind::kVideo, {}, {}, true, numbers), first);
  EXPECT_EQ(conflictingPayloadType({first, sound}), std::nullopt);
}

TEST(OfferCodecs, GiveWayToThePeersNumbers) {
  PayloadTypes numbers;
  numbers.learn(codecsFrom(kFirefoxVideo));
  numbers.learn(codecsFrom(kFirefoxAudio));
  const auto picture = offerCodecs(MediaKind::kVideo, {}, {}, true, numbers);
  const auto sound = offerCodecs(MediaKind::kAudio, {}, {}, true, numbers);
  EXPECT_EQ(conflictingPayloadType(
                {picture, sound, codecsFrom(kFirefoxVideo), codecsFrom(kFirefoxAudio)}),
            std::nullopt);
  EXPECT_THAT(describe(sound), Contains("109 opus/48000/2 minptime=10;useinbandfec=1"));
  EXPECT_THAT(describe(sound), Contains("63 red/48000/2 109/109"));
  EXPECT_THAT(describe(picture), Contains("120 VP8/90000"));
  EXPECT_THAT(describe(picture), Contains("124 rtx/90000 apt=120"));
}

TEST(OfferCodecs, KeepMediaBeforeRtxWhenNumbersAreShort) {
  PayloadTypes numbers;
  for (int i = 0; i < 57; ++i)
    numbers.assign(video("rtx", "apt=" + std::to_string(i)));
  const auto codecs = offerCodecs(MediaKind::kVideo, {}, {}, true, numbers);
  EXPECT_THAT(describe(codecs).size(), 4u);
  for (const RtpCodec& codec : codecs)
    EXPECT_EQ(roleOf(codec), CodecRole::kMedia);
}

TEST(OfferCodecs, CanBeEmptyWhenAllNumbersAreTaken) {
  PayloadTypes numbers;
  for (int i = 0; i < 61; ++i)
    numbers.assign(video("rtx", "apt=" + std::to_string(i)));
  EXPECT_THAT(offerCodecs(MediaKind::kVideo, {}, {}, true, numbers), IsEmpty());
  EXPECT_THAT(describe(offerCodecs(MediaKind::kAudio, {}, {}, true, numbers)),
              ElementsAre("9 G722/8000", "0 PCMU/8000", "8 PCMA/8000", "13 CN/8000"));
}

// --- answers -------------------------------------------------------------------------------------

TEST(AnswerCodecs, MirrorOurOwnOffer) {
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const auto offered = offer(kind);
    EXPECT_EQ(answer(offered), offered);
  }
}

TEST(AnswerCodecs, HaveTheOffersNumbersInTheOffersOrder) {
  EXPECT_THAT(describe(answer(codecsFrom(kFirefoxVideo))),
              ElementsAre("120 VP8/90000", "124 rtx/90000 apt=120", "121 VP9/90000 profile-id=0",
                          "125 rtx/90000 apt=121", "126 H264/90000 " + kH264Parameters,
                          "127 rtx/90000 apt=126", "97 H264/90000 " + h264("42e01f", 0).fmtp,
                          "98 rtx/90000 apt=97", "123 ulpfec/90000", "122 red/90000",
                          "119 rtx/90000 apt=122"));
  EXPECT_THAT(describe(answer(codecsFrom(kFirefoxAudio))),
              ElementsAre("109 opus/48000/2 minptime=10;useinbandfec=1", "9 G722/8000",
                          "0 PCMU/8000", "8 PCMA/8000", "101 telephone-event/8000"));
}

TEST(AnswerCodecs, HaveTheFeedbackThatBothKnow) {
  const auto codecs = answer(codecsFrom(kFirefoxVideo));
  EXPECT_THAT(codecs[0].feedback,
              ElementsAre("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"));
  EXPECT_THAT(codecs[1].feedback, IsEmpty());
  EXPECT_THAT(codecs[2].feedback, ElementsAre("nack"));
  EXPECT_THAT(codecs[4].feedback, ElementsAre("nack pli"));
}

TEST(AnswerCodecs, FollowOurPreferencesWhereThereAreAny) {
  const auto preferences =
      preferred(MediaKind::kVideo, {h264("42e01f", 1), video("VP8"), video("rtx")});
  EXPECT_THAT(describe(answer(codecsFrom(kFirefoxVideo), preferences)),
              ElementsAre("126 H264/90000 " + kH264Parameters, "127 rtx/90000 apt=126",
                          "120 VP8/90000", "124 rtx/90000 apt=120"));
  EXPECT_THAT(describe(answer(codecsFrom(kFirefoxVideo),
                              preferred(MediaKind::kVideo, {video("VP8"), video("ulpfec")}))),
              ElementsAre("120 VP8/90000", "123 ulpfec/90000"));
}

TEST(AnswerCodecs, AreEmptyWhenNoMediaIsCommon) {
  EXPECT_THAT(answer({}), IsEmpty());
  EXPECT_THAT(answer(codecsFrom("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\n"
                                "a=rtpmap:96 H265/90000\n"
                                "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
                                "a=rtpmap:98 red/90000\na=rtpmap:99 ulpfec/90000\n")),
              IsEmpty());
  EXPECT_THAT(answer(codecsFrom("m=audio 9 RTP/AVP 13 101 18\n"
                                "a=rtpmap:101 telephone-event/8000\n")),
              IsEmpty());
  EXPECT_THAT(answer(codecsFrom(kFirefoxVideo),
                     preferred(MediaKind::kVideo, {video("AV1", "level-idx=5;profile=0;tier=0")})),
              IsEmpty());
}

TEST(AnswerCodecs, DropWhatServesAnotherCodecThatIsNotTaken) {
  EXPECT_THAT(
      describe(answer(codecsFrom("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100\n"
                                 "a=rtpmap:96 H265/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
                                 "a=rtpmap:98 VP8/90000\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\n"
                                 "a=rtpmap:100 rtx/90000\na=fmtp:100 apt=42\n"))),
      ElementsAre("98 VP8/90000", "99 rtx/90000 apt=98"));
  EXPECT_THAT(describe(answer(codecsFrom(
                  "m=audio 9 UDP/TLS/RTP/SAVPF 0 13 110 96 97\n"
                  "a=rtpmap:110 telephone-event/48000\n"
                  "a=rtpmap:96 L16/48000/2\na=rtpmap:97 red/48000/2\na=fmtp:97 96/96\n"))),
              ElementsAre("0 PCMU/8000", "13 CN/8000"));
}

// It would be answered, and then be used by neither side.
TEST(AnswerCodecs, DropAnRtxThatIsNotOfOurFormat) {
  for (const char* format : {"rtx/90000/9", "rtx/48000"}) {
    const auto offered = codecsFrom(std::string("m=video 9 UDP/TLS/RTP/SAVPF 45 46\n"
                                                "a=rtpmap:45 AV1/90000\na=fmtp:46 apt=45\n"
                                                "a=rtpmap:46 ") +
                                    format + "\n");
    const auto answered = answer(offered);
    EXPECT_EQ(answered.size(), 1u) << format;
    EXPECT_EQ(receiveCodecs(answered, offered), answered) << format;
  }
}

TEST(AnswerCodecs, TakeRedWithOrWithoutParameters) {
  EXPECT_THAT(describe(answer(codecsFrom("m=audio 9 UDP/TLS/RTP/SAVPF 109 63 64\n"
                                         "a=rtpmap:109 opus/48000/2\n"
                                         "a=rtpmap:63 red/48000/2\na=fmtp:63 109/109\n"))),
              ElementsAre("109 opus/48000/2 minptime=10;useinbandfec=1", "63 red/48000/2 109/109"));
  EXPECT_THAT(describe(answer(codecsFrom("m=audio 9 UDP/TLS/RTP/SAVPF 109 63\n"
                                         "a=rtpmap:109 opus/48000/2\na=rtpmap:63 red/48000/2\n"))),
              ElementsAre("109 opus/48000/2 minptime=10;useinbandfec=1", "63 red/48000/2"));
}

TEST(AnswerCodecs, TakeEachFormatOnce) {
  EXPECT_THAT(describe(answer(codecsFrom("m=video 9 UDP/TLS/RTP/SAVPF 96 100 101 102\n"
                                         "a=rtpmap:96 VP8/90000\na=rtpmap:100 vp8/90000\n"
                                         "a=rtpmap:101 rtx/90000\na=fmtp:101 apt=96\n"
                                         "a=rtpmap:102 rtx/90000\na=fmtp:102 apt=96\n"))),
              ElementsAre("96 VP8/90000", "101 rtx/90000 apt=96"));
}

TEST(AnswerCodecs, HaveComfortNoiseOnlyWhenBothSidesWantIt) {
  const auto offered = codecsFrom("m=audio 9 RTP/AVP 0 13\n");
  EXPECT_THAT(describe(answer(offered)), ElementsAre("0 PCMU/8000", "13 CN/8000"));
  EXPECT_THAT(describe(answer(offered, {}, false)), ElementsAre("0 PCMU/8000"));
  EXPECT_THAT(describe(answer(codecsFrom("m=audio 9 RTP/AVP 0\n"))), ElementsAre("0 PCMU/8000"));
}

TEST(AnswerCodecs, NegotiateTheLevelOfH264) {
  const auto answered = [](const std::string& parameters) {
    const auto codecs = answer(codecsFrom(
        "m=video 9 UDP/TLS/RTP/SAVPF 96\na=rtpmap:96 H264/90000\na=fmtp:96 " + parameters + "\n"));
    return codecs.empty() ? "" : codecs[0].fmtp;
  };
  const std::string ours = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e0";
  // With asymmetry, each side says what it can decode.
  EXPECT_EQ(answered("profile-level-id=42e00a;packetization-mode=1;level-asymmetry-allowed=1"),
            ours + "1f");
  // Without, the lower level counts, and level 1b is one of them.
  EXPECT_EQ(answered("profile-level-id=42e00d;packetization-mode=1"), ours + "0d");
  EXPECT_EQ(answered("profile-level-id=42e034;packetization-mode=1"), ours + "1f");
  EXPECT_EQ(answered("profile-level-id=42f00b;packetization-mode=1"),
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42f00b");
  // What says nothing is Baseline at level 1 in single NAL unit mode.
  EXPECT_EQ(answered("max-mbps=40500"),
            "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42000a");
  EXPECT_EQ(answered("profile-level-id=64001f;packetization-mode=1"), "");
  EXPECT_EQ(answered("profile-level-id=junk"), "");
}

// --- after the exchange --------------------------------------------------------------------------

TEST(SendCodecs, AreTheRemotesNumbersParametersAndOrder) {
  const auto remote = codecsFrom(kFirefoxAudio);
  const auto local = answer(remote);
  EXPECT_THAT(
      describe(sendCodecs(local, remote)),
      ElementsAre("109 opus/48000/2 maxplaybackrate=48000;stereo=1;useinbandfec=1", "9 G722/8000",
                  "0 PCMU/8000", "8 PCMA/8000", "101 telephone-event/8000 0-15"));
}

TEST(SendCodecs, KeepToWhatTheAnswerHas) {
  const auto local = offer(MediaKind::kVideo);
  const auto remote = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 98 99 96 111\n"
      "a=rtpmap:98 VP9/90000\na=rtcp-fb:98 nack\na=rtpmap:99 rtx/90000\na=fmtp:99 apt=98\n"
      "a=rtpmap:96 VP8/90000\na=rtpmap:111 H265/90000\n");
  const auto send = sendCodecs(local, remote);
  EXPECT_THAT(describe(send), ElementsAre("98 VP9/90000", "99 rtx/90000 apt=98", "96 VP8/90000"));
  EXPECT_THAT(send[0].feedback, ElementsAre("nack"));
  const auto receive = receiveCodecs(local, remote);
  EXPECT_THAT(describe(receive),
              ElementsAre("96 VP8/90000", "98 VP9/90000 profile-id=0", "99 rtx/90000 apt=98"));
  EXPECT_THAT(receive[1].feedback, ElementsAre("nack"));
}

TEST(SendCodecs, HaveTheRemotesNumbersWhereAnAnswerRenumbers) {
  const auto local = offer(MediaKind::kVideo, preferred(MediaKind::kVideo, {video("VP8")}));
  const auto remote = codecsFrom("m=video 9 UDP/TLS/RTP/SAVPF 101\na=rtpmap:101 vp8/90000\n");
  EXPECT_THAT(describe(sendCodecs(local, remote)), ElementsAre("101 VP8/90000"));
  EXPECT_THAT(describe(receiveCodecs(local, remote)), ElementsAre("96 VP8/90000"));
}

TEST(SendCodecs, TakeEachLocalFormatOnce) {
  const auto remote = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 100\na=rtpmap:96 VP8/90000\na=rtpmap:100 VP8/90000\n");
  EXPECT_THAT(describe(sendCodecs(answer(remote), remote)), ElementsAre("96 VP8/90000"));
}

TEST(SendCodecs, LeaveOutWhatBothHaveAndWeDoNotImplement) {
  const auto both = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\na=rtpmap:96 H265/90000\n"
      "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\na=rtpmap:98 VP8/90000\n");
  EXPECT_THAT(describe(sendCodecs(both, both)), ElementsAre("98 VP8/90000"));
  EXPECT_THAT(describe(receiveCodecs(both, both)), ElementsAre("98 VP8/90000"));
}

TEST(ReceiveCodecs, AreAllOfTheOfferBeforeThereIsAnAnswer) {
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const auto local = offer(kind);
    EXPECT_EQ(receiveCodecs(local, {}), local);
  }
}

// --- setCodecPreferences() -----------------------------------------------------------------------

ErrorKind refused(MediaKind kind, const Codecs& codecs) {
  const auto result = checkCodecPreferences(kind, codecs);
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorKind::kOperationError : result.error().kind;
}

TEST(CheckCodecPreferences, TakesCapabilitiesInAnyOrderAndDropsRepetitions) {
  auto codecs = supportedCodecs(MediaKind::kVideo);
  std::reverse(codecs.begin(), codecs.end());
  EXPECT_EQ(preferred(MediaKind::kVideo, codecs), codecs);
  auto twice = codecs;
  twice.insert(twice.end(), codecs.begin(), codecs.end());
  EXPECT_EQ(preferred(MediaKind::kVideo, twice), codecs);
}

TEST(CheckCodecPreferences, TakesAnEmptyListAsNone) {
  EXPECT_THAT(preferred(MediaKind::kVideo, {}), IsEmpty());
  EXPECT_EQ(offer(MediaKind::kVideo, preferred(MediaKind::kVideo, {})), offer(MediaKind::kVideo));
}

TEST(CheckCodecPreferences, GivesTheCapabilityThatWasMeant) {
  const auto codecs =
      preferred(MediaKind::kAudio, {audio("OPUS", 48000, 2, "useinbandfec=1;minptime=10")});
  EXPECT_EQ(codecs, Codecs{supportedCodecs(MediaKind::kAudio)[0]});
}

TEST(CheckCodecPreferences, RefusesWhatIsNotACapability) {
  const Codecs wrong[] = {
      {opus(), audio("piepiper", 2000, 2, "0-15")},
      {audio("opus", 24000, 2, "minptime=10;useinbandfec=1")},
      {audio("opus", 48000, 13, "minptime=10;useinbandfec=1")},
      {audio("opus", 48000, 2, "modifiedparameter=1")},
      {audio("opus", 48000, 2)},
      {video("VP8")},
  };
  for (const Codecs& codecs : wrong) {
    EXPECT_EQ(refused(MediaKind::kAudio, codecs), ErrorKind::kInvalidModificationError)
        << describe(codecs.back());
  }
  EXPECT_EQ(refused(MediaKind::kVideo, supportedCodecs(MediaKind::kAudio)),
            ErrorKind::kInvalidModificationError);
}

TEST(CheckCodecPreferences, RefusesAListWithoutMedia) {
  EXPECT_EQ(refused(MediaKind::kVideo, {video("rtx")}), ErrorKind::kInvalidModificationError);
  EXPECT_EQ(refused(MediaKind::kVideo, {video("red"), video("ulpfec"), video("rtx")}),
            ErrorKind::kInvalidModificationError);
  EXPECT_EQ(refused(MediaKind::kAudio, {audio("CN", 8000), audio("red", 48000, 2)}),
            ErrorKind::kInvalidModificationError);
  EXPECT_EQ(refused(MediaKind::kAudio, {audio("telephone-event", 8000)}),
            ErrorKind::kInvalidModificationError);
}

}  // namespace
}  // namespace rtc::jsep
