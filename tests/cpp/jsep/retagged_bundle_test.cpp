// A bundle that gets another section to speak for it moves to a new transport, as in browsers.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cpp/jsep/media_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;
using ::testing::ElementsAre;
constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;

/// Audio, then data, negotiated; what came of it is drained.
class RetaggedBundle : public ::testing::Test {
 protected:
  RetaggedBundle() {
    audio = addTransceiver(a, kAudio);
    a->requestDataChannels();
    negotiate(a, b);
    a.drain();
    b.drain();
    before = a->sctp()->transport;
    beforeAtPeer = b->sctp()->transport;
    ufrag = ufragAt(a->localDescription(), 1);
    ufragOfPeer = ufragAt(b->localDescription(), 1);
  }

  template <typename T>
  static std::vector<TransportId> transportsIn(const std::vector<Output>& outputs) {
    std::vector<TransportId> ids;
    for (const Output& output : outputs) {
      if (const T* wanted = std::get_if<T>(&output))
        ids.push_back(wanted->transport);
    }
    return ids;
  }

  Side a{1};
  Side b{2};
  TransceiverId audio;
  TransportId before;
  TransportId beforeAtPeer;
  std::string ufrag;
  std::string ufragOfPeer;
};

TEST_F(RetaggedBundle, GathersAnewWithTheOfferAndTakesTheDataAlongWithTheAnswer) {
  a->stopTransceiver(audio);
  const Description offer = offerOf(a);
  EXPECT_EQ(bundle(offer), "BUNDLE 1");
  EXPECT_NE(ufragAt(offer, 1), ufrag);
  EXPECT_EQ(parsed(offer.sdp).media[1].find<sdp::Setup>()->role, sdp::Setup::Role::kActpass);
  EXPECT_OK(setLocal(a, offer));
  const auto gathering = a.drain<StartGathering>();
  ASSERT_EQ(gathering.size(), 1u);
  const TransportId next = gathering[0].transport;
  EXPECT_NE(next, before);
  EXPECT_EQ(gathering[0].reason, StartGathering::Reason::kFirst);
  EXPECT_EQ(a->candidateTarget(next)->mid, "1");
  EXPECT_TRUE(a->dataLeaves(before));
  EXPECT_EQ(a->sctp()->transport, before) << "until it is answered";

  EXPECT_OK(b->setRemote(offer));
  EXPECT_TRUE(b->dataLeaves(beforeAtPeer));
  const Description answer = answerOf(b);
  EXPECT_OK(setLocal(b, answer));
  EXPECT_OK(a->setRemote(answer));
  EXPECT_FALSE(a->dataLeaves(before));
  EXPECT_EQ(a->sctp()->transport, next);
  const auto told = a.drain();
  EXPECT_THAT(transportsIn<RemoteIce>(told), ElementsAre(next));
  EXPECT_THAT(transportsIn<DtlsParameters>(told), ElementsAre(next));
  EXPECT_THAT(transportsIn<SctpParameters>(told), ElementsAre(next));
  EXPECT_THAT(transportsIn<TransportDiscarded>(told), ElementsAre(before));
  EXPECT_TRUE(std::holds_alternative<TransportDiscarded>(told.back()))
      << "the association knows where to go by then";
  EXPECT_NE(ufragAt(b->localDescription(), 1), ufragOfPeer) << "a restart is answered with one";
  EXPECT_THAT(transportsIn<TransportDiscarded>(b.drain()), ElementsAre(beforeAtPeer));
}

TEST_F(RetaggedBundle, KeepsItsCredentialsWhenThePeerKeepsThem) {
  // As browsers offer it.
  a->stopTransceiver(audio);
  Description offer = offerOf(a);
  offer.sdp = replaced(offer.sdp, "a=ice-ufrag:" + ufragAt(offer, 1), "a=ice-ufrag:" + ufrag);
  offer.sdp =
      replaced(offer.sdp, "a=ice-pwd:" + section(offer, 1).find<sdp::IcePwd>()->password,
               "a=ice-pwd:" + section(a->localDescription(), 1).find<sdp::IcePwd>()->password);
  EXPECT_OK(b->setRemote(offer));
  const Description answer = answerOf(b);
  EXPECT_EQ(ufragAt(answer, 1), ufragOfPeer);
  EXPECT_EQ(answerOf(b), answer);
  EXPECT_OK(setLocal(b, answer));
  const auto told = b.drain();
  EXPECT_THAT(transportsIn<StartGathering>(told), ElementsAre(b->sctp()->transport));
  EXPECT_THAT(transportsIn<TransportDiscarded>(told), ElementsAre(beforeAtPeer));
}

TEST_F(RetaggedBundle, TakesItsIceRoleAlongAndChoosesItsDtlsRoleAnew) {
  b->stopTransceiver(b->transceivers().at(0).id);
  const Description offer = offerOf(b);
  EXPECT_OK(setLocal(b, offer));
  EXPECT_THAT(b.drain<IceRole>(), ::testing::Each(::testing::Field(&IceRole::controlling, false)));
  EXPECT_OK(a->setRemote(offer));
  const Description answer = answerOf(a);
  EXPECT_EQ(section(answer, 1).find<sdp::Setup>()->role, sdp::Setup::Role::kActive);
  EXPECT_OK(setLocal(a, answer));
  EXPECT_THAT(a.drain<IceRole>(), ::testing::Each(::testing::Field(&IceRole::controlling, true)));
  EXPECT_OK(b->setRemote(answer));
  const auto told = b.drain<DtlsParameters>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].role, DtlsRole::kServer);
}

TEST_F(RetaggedBundle, IsAsBeforeAfterARollback) {
  a->stopTransceiver(audio);
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  const TransportId next = a.drain<StartGathering>().at(0).transport;
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->rollback());
  EXPECT_OK(a->rollback());
  EXPECT_FALSE(a->dataLeaves(before));
  EXPECT_FALSE(b->dataLeaves(beforeAtPeer));
  EXPECT_EQ(a->sctp()->transport, before);
  EXPECT_EQ(b->sctp()->transport, beforeAtPeer);
  EXPECT_THAT(transportsIn<TransportDiscarded>(a.drain()), ElementsAre(next));
  EXPECT_TRUE(b.drain<TransportDiscarded>().empty());
  negotiate(a, b);
  EXPECT_NE(a->sctp()->transport, before);
  EXPECT_NE(b->sctp()->transport, beforeAtPeer);
}

TEST_F(RetaggedBundle, AnOfferThatIsMadeOrSetAgainKeepsTheNewTransport) {
  a->stopTransceiver(audio);
  EXPECT_OK(a->setLocal());
  const TransportId next = a.drain<StartGathering>().at(0).transport;
  const Description again = offerOf(a);
  EXPECT_EQ(ufragAt(again, 1), ufragAt(a->localDescription(), 1));
  EXPECT_OK(setLocal(a, again));
  EXPECT_OK(setLocal(a, again));
  EXPECT_TRUE(a.drain().empty());
  EXPECT_OK(b->setRemote(again));
  EXPECT_OK(b->setRemote(again));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(b.drain<StartGathering>().size(), 1u);
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(a->sctp()->transport, next);
  a.drain();
  negotiate(b, a);
  EXPECT_EQ(a->sctp()->transport, next);
  EXPECT_TRUE(a.drain<TransportDiscarded>().empty());
}

TEST_F(RetaggedBundle, MovesWhenAnOfferLetsARecycledSectionSpeakForIt) {
  a->stopTransceiver(audio);
  negotiate(a, b);
  addTransceiver(a, kVideo);
  // As browsers have it: the first section that is free, and groups in the order of sections.
  const Description ours = offerOf(a);
  const std::string video = textAt(ours.sdp, 2);
  std::string offer = withSection(ours.sdp.substr(0, ours.sdp.find(video)), 0, video);
  offer = replaced(offer, "BUNDLE 1 2", "BUNDLE 2 1");
  const TransportId settled = b->sctp()->transport;
  b.drain();
  EXPECT_OK(b->setRemote({SdpType::kOffer, offer}));
  EXPECT_TRUE(b->dataLeaves(settled));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(bundle(b->localDescription()), "BUNDLE 2 1");
  EXPECT_NE(b->sctp()->transport, settled);
  EXPECT_EQ(b->candidateTarget(b->sctp()->transport)->mid, "2");
  EXPECT_EQ(infoAt(b).transport, b->sctp()->transport);
  EXPECT_THAT(transportsIn<TransportDiscarded>(b.drain()), ElementsAre(settled));
}

TEST_F(RetaggedBundle, IsLeftAloneWhereOtherSectionsComeAndGo) {
  const auto video = addTransceiver(a, kVideo);
  negotiate(a, b);
  a->stopTransceiver(video);
  negotiate(a, b);
  addTransceiver(b, kVideo);
  negotiate(b, a);
  EXPECT_EQ(a->sctp()->transport, before);
  EXPECT_EQ(b->sctp()->transport, beforeAtPeer);
  for (Side* side : {&a, &b}) {
    for (const Output& output : side->drain())
      EXPECT_TRUE(std::holds_alternative<SignalingStateChanged>(output)) << output.index();
  }
}

TEST_F(RetaggedBundle, LeavesTheTransportToASectionThatGoesOnAlone) {
  Description offer = offerOf(a);
  addTransceiver(a, kVideo);
  negotiate(a, b);
  const TransportId shared = b->sctp()->transport;
  offer = offerOf(a);
  offer.sdp = replaced(offer.sdp, "BUNDLE 0 1 2", "BUNDLE 1 2");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(infoAt(b, 0).transport, shared);
  EXPECT_NE(b->sctp()->transport, shared);
  EXPECT_EQ(infoAt(b, 1).transport, b->sctp()->transport);
}

}  // namespace
}  // namespace rtc::jsep
