// Which edits of a description that was created may be applied.

#include "cpp/jsep/munging.h"

#include <string>

#include <gtest/gtest.h>

namespace rtc::jsep {
namespace {

const std::string kSession = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const std::string kSessionAttributes = "a=group:BUNDLE 0 1\r\na=msid-semantic: WMS\r\n";
const std::string kIce = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
const std::string kAudio =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\n" + kIce +
    "a=ice-options:trickle\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
const std::string kVideo = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n" + kIce +
                           "a=mid:1\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                           "profile-level-id=42e01f;packetization-mode=1\r\n"
                           "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
const std::string kCreated = kSession + kSessionAttributes + kAudio + kVideo;

/// `kCreated` with every occurrence of one text replaced by another.
std::string edited(const std::string& from, const std::string& to) {
  std::string result = kCreated;
  for (size_t at = result.find(from); at != std::string::npos;
       at = result.find(from, at + to.size())) {
    result.replace(at, from.size(), to);
  }
  EXPECT_NE(result, kCreated) << "nothing is called " << from;
  return result;
}

bool passes(const std::string& munged) {
  return isHarmlessEdit(kCreated, munged, false);
}

TEST(Munging, TakesWhatWasCreatedAndNothingWhereNothingWas) {
  EXPECT_TRUE(passes(kCreated));
  EXPECT_FALSE(isHarmlessEdit("", kCreated, true));
  EXPECT_FALSE(passes(""));
}

TEST(Munging, TakesOtherLineEndsAndBlanks) {
  EXPECT_TRUE(passes(edited("\r\n", "\n")));
  EXPECT_TRUE(passes(kCreated + "\r\n\r\n"));
  EXPECT_TRUE(passes(edited("a=msid-semantic: WMS", "a=msid-semantic:  WMS")));
}

TEST(Munging, TakesTheLinesOfASectionInAnotherOrder) {
  EXPECT_TRUE(passes(edited(kSessionAttributes, "a=msid-semantic: WMS\r\na=group:BUNDLE 0 1\r\n")));
  EXPECT_TRUE(passes(
      edited("a=mid:1\r\na=rtpmap:96 H264/90000\r\n", "a=rtpmap:96 H264/90000\r\na=mid:1\r\n")));
}

TEST(Munging, RefusesLinesThatMoveToAnotherSection) {
  EXPECT_FALSE(passes(kSession + kSessionAttributes + kVideo + kAudio));
  std::string moved = edited("a=rtpmap:63 red/48000/2\r\n", "");
  EXPECT_FALSE(passes(moved + "a=rtpmap:63 red/48000/2\r\n"));
}

TEST(Munging, TakesBandwidthAndMissingCandidates) {
  EXPECT_TRUE(passes(edited("a=mid:1\r\n", "b=AS:500\r\na=mid:1\r\n")));
  EXPECT_TRUE(passes(edited("a=ice-options:trickle\r\n", "")));
  EXPECT_TRUE(
      isHarmlessEdit(kCreated + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", kCreated, false));
  EXPECT_FALSE(passes(kCreated + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"));
}

TEST(Munging, TakesCandidatesWithoutTheirExtensions) {
  const std::string candidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host generation 0";
  EXPECT_TRUE(isHarmlessEdit(kCreated + candidate + " ufrag abcd\r\n",
                             kCreated + candidate + "\r\n", false));
  EXPECT_FALSE(isHarmlessEdit(kCreated + candidate + "\r\n",
                              kCreated + "a=candidate:1 1 udp 1 192.0.2.2 9 typ host\r\n", false));
}

TEST(Munging, TakesWishesOfAReceiverInFormatParameters) {
  EXPECT_TRUE(passes(edited("minptime=10;useinbandfec=1", "stereo=1; maxaveragebitrate=64000")));
  EXPECT_TRUE(passes(edited("a=fmtp:111 minptime=10;useinbandfec=1\r\n", "")));
  EXPECT_TRUE(
      passes(edited("packetization-mode=1", "packetization-mode=1;x-google-start-bitrate=800")));
  EXPECT_TRUE(passes(edited("profile-level-id=42e01f;packetization-mode=1",
                            "packetization-mode=1;profile-level-id=42e01f")));
}

TEST(Munging, RefusesFormatParametersThatAreNegotiated) {
  EXPECT_FALSE(passes(edited("profile-level-id=42e01f", "profile-level-id=640c1f")));
  EXPECT_FALSE(passes(edited("packetization-mode=1", "packetization-mode=0")));
  EXPECT_FALSE(passes(edited("apt=96", "apt=111")));
  EXPECT_FALSE(passes(edited("111/111", "111")));
}

TEST(Munging, RefusesWhatIsNegotiated) {
  EXPECT_FALSE(passes(edited("a=mid:1", "a=mid:2")));
  EXPECT_FALSE(passes(edited("111 63", "63 111")));
  EXPECT_FALSE(passes(edited("opus", "other")));
  EXPECT_FALSE(passes(edited("a=rtpmap:97 rtx/90000\r\n", "")));
  EXPECT_FALSE(passes(kSession + kSessionAttributes + kAudio));
  EXPECT_FALSE(passes(kCreated + "a=sendonly\r\n"));
}

TEST(Munging, TakesChosenCredentialsWhereTheyMayBeChosen) {
  const std::string chosen = edited(kIce,
                                    "a=ice-ufrag:libp2p+webrtc+v1/0123456789\r\n"
                                    "a=ice-pwd:libp2p+webrtc+v1/0123456789\r\n");
  EXPECT_TRUE(isHarmlessEdit(kCreated, chosen, true));
  EXPECT_FALSE(isHarmlessEdit(kCreated, chosen, false));
}

TEST(Munging, RefusesCredentialsThatAreHalfChosenOrNone) {
  const auto mayBe = [](const std::string& munged) {
    return isHarmlessEdit(kCreated, munged, true);
  };
  EXPECT_FALSE(mayBe(edited("a=ice-ufrag:abcd", "a=ice-ufrag:mine")));
  EXPECT_FALSE(mayBe(edited(kIce, "")));
  EXPECT_FALSE(mayBe(edited(kIce, "a=ice-ufrag:abc\r\na=ice-pwd:1123456789012345678901\r\n")));
  EXPECT_FALSE(mayBe(edited(kIce, "a=ice-ufrag:mine\r\na=ice-pwd:tooshort\r\n")));
  EXPECT_FALSE(mayBe(edited(kIce, "a=ice-ufrag:mi ne\r\na=ice-pwd:1123456789012345678901\r\n")));
  std::string ofOneSection = kSession + kSessionAttributes + kAudio + kVideo;
  ofOneSection.replace(ofOneSection.find(kIce), kIce.size(),
                       "a=ice-ufrag:mine\r\na=ice-pwd:1123456789012345678901\r\n");
  EXPECT_FALSE(mayBe(ofOneSection));
}

}  // namespace
}  // namespace rtc::jsep
