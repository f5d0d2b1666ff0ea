#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cpp/jsep/codecs.h"
#include "tests/cpp/jsep/media_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using ::testing::ElementsAre;
constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;

class OfferSections : public ::testing::Test {
 protected:
  Side a{1};
  Side b{2};
};

TEST_F(OfferSections, FollowTheOrderOfTheTransceiversWithDataLast) {
  a->requestDataChannels();
  addTransceiver(a, kVideo);
  addTransceiver(a, kAudio);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer), ElementsAre("video 9", "audio 9", "application 9"));
  EXPECT_EQ(bundle(offer), "BUNDLE 0 1 2");
}

TEST_F(OfferSections, BeginWithDataWhenItIsAlwaysNegotiated) {
  SessionConfig config;
  config.alwaysNegotiateDataChannels = true;
  Side always(3, config);
  EXPECT_THAT(lines(offerOf(always)), ElementsAre("application 9"));
  addTransceiver(always, kAudio);
  EXPECT_THAT(lines(offerOf(always)), ElementsAre("application 9", "audio 9"));
  negotiate(always, b);
  always->requestDataChannels();
  EXPECT_FALSE(always->negotiationNeeded());
}

TEST_F(OfferSections, AreAskedForByAnAnswererWhoAlwaysNegotiatesData) {
  SessionConfig config;
  config.alwaysNegotiateDataChannels = true;
  Side always(3, config);
  addTransceiver(a, kAudio);
  negotiate(a, always);
  EXPECT_TRUE(always->negotiationNeeded());
  negotiate(always, a);
  EXPECT_THAT(lines(offerOf(always)), ElementsAre("audio 9", "application 9"));
  EXPECT_FALSE(always->negotiationNeeded());
}

TEST_F(OfferSections, SayOfUsualCodecsWhatTheySayOfTheSameOnesThatAreAskedFor) {
  Side asked(1);
  for (const MediaKind kind : {kAudio, kVideo, kAudio}) {
    addTransceiver(a, kind);
    EXPECT_OK(asked->setCodecPreferences(addTransceiver(asked, kind), supportedCodecs(kind)));
  }
  EXPECT_EQ(offerOf(a).sdp, offerOf(asked).sdp);
}

TEST_F(OfferSections, KeepTheirUsualExtensionsBesideOneThatHasOthers) {
  const auto audio = addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string usual = offerOf(a).sdp;
  auto extensions = supportedHeaderExtensions(kAudio);
  for (auto& extension : extensions) {
    if (extension.uri == "urn:ietf:params:rtp-hdrext:ssrc-audio-level")
      extension.direction = Direction::kRecvOnly;
  }
  EXPECT_OK(a->setHeaderExtensionsToNegotiate(audio, extensions));
  const std::string offer = offerOf(a).sdp;
  EXPECT_EQ(textAt(offer, 0),
            replaced(textAt(usual, 0), "a=extmap:1 urn", "a=extmap:1/recvonly urn"));
  EXPECT_EQ(textAt(offer, 1), textAt(usual, 1));
}

TEST_F(OfferSections, OfMediaLookLikeABrowsers) {
  addTrack(a, kVideo, "camera", {"s1", "s2"});
  const auto video = section(offerOf(a));
  EXPECT_EQ(video.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(*video.other('c'), "IN IP4 0.0.0.0");
  EXPECT_EQ(video.lines()[1].text(), "rtcp:9 IN IP4 0.0.0.0");
  EXPECT_EQ(video.find<sdp::Setup>()->role, sdp::Setup::Role::kActpass);
  EXPECT_TRUE(video.has<sdp::RtcpMux>());
  EXPECT_TRUE(video.has<sdp::RtcpRsize>());
  EXPECT_TRUE(video.has<sdp::Extmap>());
  EXPECT_EQ(video.find<sdp::Direction>()->direction, Direction::kSendRecv);
  const auto msids = video.all<sdp::Msid>();
  ASSERT_EQ(msids.size(), 2u);
  EXPECT_EQ(msids[0].value(), "s1 camera");
  EXPECT_EQ(msids[1].value(), "s2 camera");
  const auto* group = video.find<sdp::SsrcGroup>();
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->semantics, "FID");
  ASSERT_EQ(group->ssrcs.size(), 2u);
  EXPECT_NE(group->ssrcs[0], group->ssrcs[1]);
  for (const auto& ssrc : video.all<sdp::Ssrc>()) {
    if (ssrc.attribute == "msid") {
      EXPECT_EQ(ssrc.text, "s1 camera");
    }
  }
}

TEST_F(OfferSections, NameTheTrackAlsoWithoutAStream) {
  addTrack(a, kAudio, "", {});
  const auto audio = section(offerOf(a));
  const auto* msid = audio.find<sdp::Msid>();
  ASSERT_NE(msid, nullptr);
  EXPECT_EQ(msid->stream, "-");
  EXPECT_EQ(msid->track->size(), 36u) << "a UUID";
  EXPECT_FALSE(audio.has<sdp::SsrcGroup>()) << "audio has no retransmissions";
}

TEST_F(OfferSections, OfReceiversNameNoTrack) {
  addTransceiver(a, kVideo, Direction::kRecvOnly);
  const auto video = section(offerOf(a));
  EXPECT_FALSE(video.has<sdp::Msid>());
  EXPECT_FALSE(video.has<sdp::Ssrc>());
}

TEST_F(OfferSections, KeepTheSsrcsOfASender) {
  addTrack(a, kVideo);
  const auto before = section(offerOf(a)).find<sdp::SsrcGroup>()->ssrcs;
  negotiate(a, b);
  EXPECT_EQ(section(offerOf(a)).find<sdp::SsrcGroup>()->ssrcs, before);
}

TEST_F(OfferSections, LeaveComfortNoiseOutWithoutVoiceActivityDetection) {
  addTransceiver(a, kAudio);
  EXPECT_NE(offerOf(a).sdp.find("CN/8000"), std::string::npos);
  EXPECT_EQ(offerOf(a, {.iceRestart = false, .voiceActivityDetection = false}).sdp.find("CN/8000"),
            std::string::npos);
}

TEST_F(OfferSections, AreAddedBehindThoseThatExist) {
  a->requestDataChannels();
  addTransceiver(a, kAudio);
  negotiate(a, b);
  addTransceiver(a, kVideo);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer), ElementsAre("audio 9", "application 9", "video 9"));
  EXPECT_EQ(bundle(offer), "BUNDLE 0 1 2");
}

TEST_F(OfferSections, KeepTheirNumbersWhoeverOffers) {
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  negotiate(a, b);
  const auto before = section(a->localDescription(), 1).formats;
  negotiate(b, a);
  EXPECT_EQ(section(b->localDescription(), 1).formats, before);
  EXPECT_EQ(section(offerOf(a), 1).formats, before);
  const auto extmaps = [](const sdp::MediaSection& media) {
    std::vector<std::string> all;
    for (const auto& extmap : media.all<sdp::Extmap>())
      all.push_back(*extmap.value());
    return all;
  };
  EXPECT_EQ(extmaps(section(a->currentLocalDescription(), 1)), extmaps(section(offerOf(a), 1)));
}

// --- recycling -----------------------------------------------------------------------------------

TEST_F(OfferSections, AreRecycledUnderAnotherMidOnceTheRejectionIsNegotiated) {
  addTransceiver(a, kVideo);
  const auto first = addTransceiver(a, kAudio);
  negotiate(a, b);
  a->stopTransceiver(first);
  const auto second = addTransceiver(a, kVideo);
  const Description early = offerOf(a);
  EXPECT_THAT(lines(early), ElementsAre("video 9", "audio 0", "video 9"));
  EXPECT_EQ(bundle(early), "BUNDLE 0 2");
  negotiate(a, b);
  EXPECT_EQ(infoOf(a, second).mid, "2");

  const auto third = addTransceiver(a, kVideo);
  const Description late = offerOf(a);
  EXPECT_THAT(lines(late), ElementsAre("video 9", "video 9", "video 9"));
  EXPECT_EQ(midAt(late, 1), "3");
  EXPECT_EQ(bundle(late), "BUNDLE 0 2 3");
  negotiate(a, b);
  EXPECT_EQ(infoOf(a, third).mLineIndex, 1);
  EXPECT_EQ(b->transceivers().size(), 3u);
}

TEST_F(OfferSections, AreNotRecycledBeforeTheSectionThatSpeaksForTheBundle) {
  const auto first = addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  negotiate(a, b);
  a->stopTransceiver(first);
  negotiate(a, b);
  addTransceiver(a, kAudio);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer), ElementsAre("audio 0", "video 9", "audio 9"));
  EXPECT_EQ(bundle(offer), "BUNDLE 1 2");
}

TEST_F(OfferSections, AreNotRecycledWhileTheRejectionIsPending) {
  const auto first = addTransceiver(a, kAudio);
  negotiate(a, b);
  a->stopTransceiver(first);
  EXPECT_OK(a->setLocal());
  addTransceiver(a, kAudio);
  EXPECT_THAT(lines(offerOf(a)), ElementsAre("audio 0", "audio 9"));
}

TEST_F(OfferSections, OfTheOthersAreRecycledToo) {
  const auto first = addTransceiver(a, kAudio);
  negotiate(a, b);
  a->stopTransceiver(first);
  negotiate(a, b);
  b->requestDataChannels();
  addTransceiver(b, kVideo);
  const Description offer = offerOf(b);
  EXPECT_THAT(lines(offer), ElementsAre("video 9", "application 9"));
  negotiate(b, a);
  EXPECT_EQ(infoAt(a).mid, "1");
  EXPECT_TRUE(a->sctp());
}

TEST_F(OfferSections, NeverReuseAMid) {
  for (int round = 0; round < 3; ++round) {
    const auto id = addTransceiver(a, kAudio);
    negotiate(a, b);
    EXPECT_EQ(infoOf(a, id).mid, std::to_string(round));
    a->stopTransceiver(id);
    negotiate(a, b);
  }
  // Nor one that the peer has chosen.
  addTransceiver(b, kAudio);
  const Description offer = offerOf(b);
  EXPECT_EQ(midAt(offer, 0), "3");
  EXPECT_OK(a->setRemote({SdpType::kOffer, replaced(replaced(offer.sdp, "a=mid:3", "a=mid:4"),
                                                    "BUNDLE 3", "BUNDLE 4")}));
  EXPECT_OK(a->setLocal());
  addTransceiver(a, kVideo);
  EXPECT_EQ(midAt(offerOf(a), 1), "3");
  addTransceiver(a, kVideo);
  EXPECT_EQ(midAt(offerOf(a), 2), "5");
}

TEST_F(OfferSections, HaveMidsOfTheirOwnThoughThePeerGivesTheNameOfOneToAnother) {
  a->requestDataChannels();
  const std::string named = offerOf(a).sdp;
  const std::string unnamed = without(without(named, "a=mid"), "a=group");
  const std::string section = named.substr(named.find("m="));
  // Of one that had the name before, in an offer that this one replaces; and of one that we named.
  for (const std::string& first : {named, unnamed}) {
    Side side(4);
    EXPECT_OK(side->setRemote({SdpType::kOffer, first}));
    if (first == unnamed)
      EXPECT_OK(side->setLocal());
    const std::string second = unnamed + replaced(section, "m=application 9", "m=application 0");
    EXPECT_OK(side->setRemote({SdpType::kOffer, second}));
    EXPECT_OK(side->setLocal());
    const Description offer = offerOf(side);
    EXPECT_EQ(lines(offer).size(), 2u);
    EXPECT_NE(midAt(offer, 0), midAt(offer, 1));
  }
}

TEST_F(OfferSections, OfDataThatAnAnswerClosedAreOpenedAgainByALaterOffer) {
  a->requestDataChannels();
  addTransceiver(a, kAudio);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const std::string answer =
      replaced(rejecting(b->localDescription()->sdp, 1), "BUNDLE 0 1", "BUNDLE 0");
  EXPECT_OK(a->setRemote({SdpType::kAnswer, answer}));
  EXPECT_EQ(a.drain<DataRejected>().size(), 1u);
  EXPECT_FALSE(a->sctp());
  EXPECT_FALSE(a->negotiationNeeded());
  a->requestDataChannels();
  EXPECT_TRUE(a->negotiationNeeded());
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer), ElementsAre("audio 9", "application 9"));
  EXPECT_EQ(midAt(offer, 1), "2");
  EXPECT_EQ(ufragAt(offer, 1), ufragAt(offer, 0)) << "it joins the bundle";
}

}  // namespace
}  // namespace rtc::jsep
