#include "cpp/jsep/simulcast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cpp/jsep/media_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using ::testing::ElementsAre;
constexpr auto kVideo = MediaKind::kVideo;

/// What a unit that forwards layers answers: ready to receive them.
std::string receiving(const std::string& answer, const std::string& rids) {
  std::string text = answer;
  std::string list;
  for (char rid : rids) {
    text += std::string("a=rid:") + rid + " recv\r\n";
    list += (list.empty() ? "" : ";") + std::string(1, rid);
  }
  return text + "a=simulcast:recv " + list + "\r\n";
}

class SimulcastLayers : public ::testing::Test {
 protected:
  Status<Error> answered(const std::string& rids) {
    EXPECT_OK(a->setLocal());
    EXPECT_OK(b->setRemote(*a->localDescription()));
    EXPECT_OK(b->setLocal());
    a.drain();
    const std::string answer = b->localDescription()->sdp;
    return a->setRemote({SdpType::kAnswer, rids.empty() ? answer : receiving(answer, rids)});
  }
  std::vector<std::string> layers() { return infoAt(a).sendRids; }
  Side a{1};
  Side b{2};
};

TEST_F(SimulcastLayers, AreOfferedInOrderAndWithoutSsrcs) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "m", "l"});
  const auto video = section(offerOf(a));
  const auto rids = video.all<sdp::Rid>();
  ASSERT_EQ(rids.size(), 3u);
  EXPECT_EQ(rids[0].id, "h");
  EXPECT_TRUE(rids[0].send);
  EXPECT_EQ(video.find<sdp::Simulcast>()->value(), "send h;m;l");
  EXPECT_FALSE(video.has<sdp::Ssrc>());
  EXPECT_FALSE(video.has<sdp::SsrcGroup>());
}

TEST_F(SimulcastLayers, AreNotOfferedByWhoDoesNotSend) {
  addTransceiver(a, kVideo, Direction::kRecvOnly, {"h", "l"});
  EXPECT_FALSE(section(offerOf(a)).has<sdp::Simulcast>());
  EXPECT_OK(answered(""));
  EXPECT_THAT(layers(), ElementsAre("h", "l")) << "nothing was said about them";
}

TEST_F(SimulcastLayers, StayThoseThatTheAnswerTakes) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "m", "l"});
  EXPECT_OK(answered("hl"));
  EXPECT_THAT(layers(), ElementsAre("h", "l"));
  EXPECT_EQ(section(offerOf(a)).find<sdp::Simulcast>()->value(), "send h;l");
}

TEST_F(SimulcastLayers, BecomeOneForAPeerThatDoesNotKnowThem) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "m", "l"});
  EXPECT_OK(answered(""));
  EXPECT_THAT(layers(), ElementsAre("h"));
  EXPECT_FALSE(section(offerOf(a)).has<sdp::Simulcast>());
}

TEST_F(SimulcastLayers, MayBePausedOrAlternatives) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "m", "l"});
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const std::string answer = receiving(b->localDescription()->sdp, "hml");
  EXPECT_OK(a->setRemote({SdpType::kAnswer, replaced(answer, "recv h;m;l", "recv ~h;l,m")}));
  EXPECT_THAT(layers(), ElementsAre("h", "l"));
}

TEST_F(SimulcastLayers, ThatWereNotOfferedAreInvalidAccess) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "l"});
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  a.drain();
  const std::string answer = b->localDescription()->sdp;
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, receiving(answer, "hx")}), kInvalidAccessError);
  EXPECT_REFUSED(
      a,
      a->setRemote({SdpType::kAnswer, replaced(receiving(answer, "hl"), "recv h;l", "recv h;m")}),
      kInvalidAccessError);
}

// --- asked for by the peer
// -------------------------------------------------------------------------

TEST_F(SimulcastLayers, ThatAnOfferAsksForAreProposedAndAnswered) {
  addTrack(a, kVideo);
  addTransceiver(b, kVideo, Direction::kRecvOnly);
  EXPECT_OK(a->setRemote({SdpType::kOffer, receiving(offerOf(b).sdp, "xyz")}));
  EXPECT_THAT(layers(), ElementsAre("x", "y", "z"));
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(section(a->localDescription()).find<sdp::Simulcast>()->value(), "send x;y;z");
  EXPECT_THAT(layers(), ElementsAre("x", "y", "z"));
}

TEST_F(SimulcastLayers, ThatAnOfferAskedForGoWithItsRollback) {
  addTrack(a, kVideo);
  addTransceiver(b, kVideo, Direction::kRecvOnly);
  const std::string offer = receiving(offerOf(b).sdp, "xy");
  EXPECT_OK(a->setRemote({SdpType::kOffer, offer}));
  EXPECT_OK(a->rollback());
  EXPECT_THAT(layers(), ElementsAre());
  // Also those of a track that was added meanwhile.
  Side c(3);
  EXPECT_OK(c->setRemote({SdpType::kOffer, offer}));
  addTrack(c, kVideo);
  EXPECT_OK(c->rollback());
  EXPECT_THAT(infoAt(c).sendRids, ElementsAre());
}

TEST_F(SimulcastLayers, AreNoMoreThanWeCanSend) {
  addTrack(a, kVideo);
  addTransceiver(b, kVideo, Direction::kRecvOnly);
  EXPECT_OK(a->setRemote({SdpType::kOffer, receiving(offerOf(b).sdp, "vwxyz")}));
  EXPECT_EQ(layers().size(), kMaxSendEncodings);
}

TEST_F(SimulcastLayers, ThatExistAreLimitedToWhatALaterOfferAsksFor) {
  addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "m", "l"});
  EXPECT_OK(answered("hml"));
  const std::string offer = receiving(offerOf(b).sdp, "lx");
  EXPECT_OK(a->setRemote({SdpType::kOffer, offer}));
  EXPECT_THAT(layers(), ElementsAre("h", "m", "l"));
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(section(a->localDescription()).find<sdp::Simulcast>()->value(), "send l");
  EXPECT_THAT(layers(), ElementsAre("l"));
}

TEST_F(SimulcastLayers, AreNotProposedForAudio) {
  addTransceiver(b, MediaKind::kAudio, Direction::kRecvOnly);
  EXPECT_OK(a->setRemote({SdpType::kOffer, receiving(offerOf(b).sdp, "xy")}));
  EXPECT_THAT(layers(), ElementsAre());
}

TEST_F(SimulcastLayers, OfThePeerAreNotReceived) {
  addTransceiver(a, kVideo, Direction::kSendOnly, {"h", "l"});
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_OK(b->setLocal());
  EXPECT_FALSE(section(b->localDescription()).has<sdp::Rid>());
}

}  // namespace
}  // namespace rtc::jsep
