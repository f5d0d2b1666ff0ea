#include "cpp/jsep/codecs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cpp/jsep/codec_lists.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// --- what we have --------------------------------------------------------------------------------

TEST(SupportedCodecs, HaveTheMandatoryOnesOfBothKinds) {
  // RFC 7874 section 3 and RFC 7742 section 5.
  EXPECT_THAT(describe(supportedCodecs(MediaKind::kAudio)),
              ::testing::IsSupersetOf({"- opus/48000/2 minptime=10;useinbandfec=1", "- PCMU/8000",
                                       "- PCMA/8000", "- CN/8000", "- telephone-event/8000"}));
  EXPECT_THAT(describe(supportedCodecs(MediaKind::kVideo)),
              ::testing::IsSupersetOf({"- VP8/90000",
                                       "- H264/90000 level-asymmetry-allowed=1;packetization-mode="
                                       "1;profile-level-id=42e01f"}));
}

TEST(SupportedCodecs, NameRtxOnceWithoutParameters) {
  size_t count = 0;
  for (const RtpCodec& codec : supportedCodecs(MediaKind::kVideo)) {
    if (codec.name == "rtx") {
      ++count;
      EXPECT_EQ(codec.fmtp, "");
      EXPECT_FALSE(codec.payloadType);
    }
  }
  EXPECT_EQ(count, 1u);
}

TEST(SupportedCodecs, AreAllDifferentAndSupported) {
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    const auto codecs = supportedCodecs(kind);
    for (size_t i = 0; i < codecs.size(); ++i) {
      EXPECT_TRUE(isSupported(codecs[i])) << describe(codecs[i]);
      EXPECT_EQ(codecs[i].kind, kind);
      for (size_t j = 0; j < i; ++j)
        EXPECT_NE(codecs[i], codecs[j]);
    }
  }
}

TEST(SupportedCodecs, HaveUsualPayloadTypesThatDoNotCollide) {
  std::vector<uint8_t> numbers;
  for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    for (RtpCodec codec : supportedCodecs(kind)) {
      const auto number = usualPayloadType(codec);
      if (!number) {
        EXPECT_EQ(codec.name, "rtx");
        continue;
      }
      numbers.push_back(*number);
      if (isRepeated(codec)) {
        const auto rtx = usualPayloadType(video("rtx", "apt=" + std::to_string(*number)));
        ASSERT_TRUE(rtx) << describe(codec);
        numbers.push_back(*rtx);
      }
    }
  }
  auto unique = numbers;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::unique(unique.begin(), unique.end()), unique.end());
  for (uint8_t number : numbers)
    EXPECT_TRUE(number < 64 || (number >= 96 && number < 128)) << int(number);
}

TEST(Codec, HasTheMimeTypeOfItsKind) {
  EXPECT_EQ(mimeType(opus()), "audio/opus");
  EXPECT_EQ(mimeType(video("VP8")), "video/VP8");
}

TEST(Codec, HasItsRoleByNameInAnyCase) {
  EXPECT_EQ(roleOf(video("RTX")), CodecRole::kRetransmission);
  EXPECT_EQ(roleOf(video("red")), CodecRole::kRedundancy);
  EXPECT_EQ(roleOf(video("ULPFEC")), CodecRole::kErrorCorrection);
  EXPECT_EQ(roleOf(video("flexfec-03")), CodecRole::kErrorCorrection);
  EXPECT_EQ(roleOf(audio("cn", 8000)), CodecRole::kComfortNoise);
  EXPECT_EQ(roleOf(audio("telephone-event", 8000)), CodecRole::kTelephoneEvent);
  EXPECT_EQ(roleOf(video("AV1")), CodecRole::kMedia);
  EXPECT_EQ(roleOf(video("")), CodecRole::kMedia);
}

// --- reading a section ---------------------------------------------------------------------------

TEST(CodecsOf, FollowTheOrderOfTheMediaLine) {
  const auto codecs = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 98 96\n"
      "a=rtpmap:96 VP8/90000\n"
      "a=rtpmap:98 VP9/90000\n"
      "a=fmtp:98 profile-id=0\n");
  EXPECT_THAT(describe(codecs), ElementsAre("98 VP9/90000 profile-id=0", "96 VP8/90000"));
}

TEST(CodecsOf, GiveChromiumsOfferAsItWasWritten) {
  auto parsed = sdp::parse(sdp::samples::chromiumMediaOffer());
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(describe(codecsOf(parsed->media[0])),
              ElementsAre("111 opus/48000/2 minptime=10;useinbandfec=1", "63 red/48000/2 111/111",
                          "9 G722/8000", "0 PCMU/8000", "8 PCMA/8000", "13 CN/8000",
                          "110 telephone-event/48000", "126 telephone-event/8000"));
  const auto video = codecsOf(parsed->media[1]);
  EXPECT_THAT(describe(video), ElementsAre("96 VP8/90000", "97 rtx/90000 apt=96"));
  EXPECT_THAT(video[0].feedback, ElementsAre("goog-remb", "ccm fir", "nack pli"));
  EXPECT_THAT(codecsOf(parsed->media[2]), IsEmpty());
}

TEST(CodecsOf, KnowTheStaticNumbersWithoutRtpmap) {
  EXPECT_THAT(describe(codecsFrom("m=audio 9 RTP/AVP 0 8 9 13\na=fmtp:8 x=1\n")),
              ElementsAre("0 PCMU/8000", "8 PCMA/8000 x=1", "9 G722/8000", "13 CN/8000"));
}

TEST(CodecsOf, LetRtpmapRedefineAStaticNumber) {
  EXPECT_THAT(describe(codecsFrom("m=audio 9 RTP/AVP 0\na=rtpmap:0 opus/48000/2\n")),
              ElementsAre("0 opus/48000/2"));
}

TEST(CodecsOf, KeepUnknownFormatsUnderTheirNamesOrWithoutOne) {
  const auto codecs = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 100 101 0\n"
      "a=rtpmap:100 piedpiper/90000\n");
  EXPECT_THAT(describe(codecs), ElementsAre("100 piedpiper/90000", "101 /0", "0 /0"));
  for (const RtpCodec& codec : codecs)
    EXPECT_FALSE(isSupported(codec));
}

TEST(CodecsOf, SpreadWildcardFeedbackAndListEachOnce) {
  const auto codecs = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 98\n"
      "a=rtcp-fb:* nack\n"
      "a=rtpmap:96 VP8/90000\n"
      "a=rtcp-fb:96 nack\n"
      "a=rtcp-fb:96 nack pli\n"
      "a=rtpmap:98 VP9/90000\n"
      "a=rtcp-fb:* ccm fir\n"
      "a=rtcp-fb:77 goog-remb\n");
  EXPECT_THAT(codecs[0].feedback, ElementsAre("nack", "nack pli", "ccm fir"));
  EXPECT_THAT(codecs[1].feedback, ElementsAre("nack", "ccm fir"));
}

TEST(CodecsOf, TolerateNonsense) {
  const auto codecs = codecsFrom(
      "m=video 9 UDP/TLS/RTP/SAVPF 96 96 128 300 x 97 -1 99999999999\n"
      "a=rtpmap:96 VP8/90000\n"
      "a=rtpmap:96 VP9/90000\n"
      "a=rtpmap:90 AV1/90000\n"
      "a=fmtp:foo bar\n"
      "a=fmtp:97\n"
      "a=rtcp-fb:foo nack\n"
      "a=rtcp-fb:97\n");
  EXPECT_THAT(describe(codecs), ElementsAre("96 VP8/90000", "97 /0"));
}

TEST(CodecsOf, JoinSeveralLinesOfParameters) {
  EXPECT_THAT(describe(codecsFrom("m=audio 9 RTP/AVP 111\na=rtpmap:111 opus/48000/2\n"
                                  "a=fmtp:111 minptime=10\na=fmtp:111 stereo=1\n")),
              ElementsAre("111 opus/48000/2 minptime=10;stereo=1"));
}

TEST(CodecsOf, AreEmptyOutsideOfAudioAndVideo) {
  EXPECT_THAT(codecsFrom("m=text 9 RTP/AVP 96\na=rtpmap:96 t140/1000\n"), IsEmpty());
  EXPECT_THAT(codecsFrom("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"), IsEmpty());
}

// --- writing a section ---------------------------------------------------------------------------

TEST(WriteCodecs, WritesEachCodecAsChromiumDoes) {
  sdp::MediaSection section;
  section.kind = "video";
  section.formats = {"1", "2"};
  RtpCodec vp8 = supportedCodecs(MediaKind::kVideo)[0];
  vp8.payloadType = 96;
  RtpCodec rtx = video("rtx", "apt=96");
  rtx.payloadType = 97;
  writeCodecs(section, {vp8, rtx, video("VP9")});
  EXPECT_THAT(section.formats, ElementsAre("96", "97"));
  std::vector<std::string> lines;
  for (const sdp::Line& line : section.lines())
    lines.push_back(line.text());
  EXPECT_THAT(lines, ElementsAre("rtpmap:96 VP8/90000", "rtcp-fb:96 goog-remb",
                                 "rtcp-fb:96 transport-cc", "rtcp-fb:96 ccm fir", "rtcp-fb:96 nack",
                                 "rtcp-fb:96 nack pli", "rtpmap:97 rtx/90000", "fmtp:97 apt=96"));
}

TEST(WriteCodecs, WritesWhatCodecsOfReads) {
  for (const auto& sample : sdp::samples::all()) {
    auto parsed = sdp::parse(sample.text);
    ASSERT_TRUE(parsed.ok());
    for (const sdp::MediaSection& section : parsed->media) {
      const auto codecs = codecsOf(section);
      if (codecs.empty())
        continue;
      sdp::MediaSection written;
      written.kind = section.kind;
      writeCodecs(written, codecs);
      EXPECT_EQ(codecsOf(written), codecs) << sample.name;
      EXPECT_EQ(written.formats, section.formats) << sample.name;
    }
  }
}

}  // namespace
}  // namespace rtc::jsep
