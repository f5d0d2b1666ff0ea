#include <gtest/gtest.h>

#include "tests/cpp/jsep/media_pair.h"
#include "tests/cpp/jsep/session_pair.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
namespace samples = sdp::samples;

const std::string kHost = "candidate:1 1 udp 2122260223 192.0.2.1 4001 typ host generation 0";
const std::string kHostV6 = "candidate:9 1 udp 2122260300 2001:db8::1 4009 typ host generation 0";
const std::string kName = "candidate:2 1 udp 2122260224 abc.local 4002 typ host generation 0";
const std::string kReflexive =
    "candidate:3 1 udp 1677729535 203.0.113.1 4003 typ srflx raddr 0.0.0.0 rport 0";
const std::string kRelay =
    "candidate:4 1 udp 41885439 198.51.100.1 4004 typ relay raddr 0.0.0.0 rport 0";
const std::string kTcp = "candidate:5 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active";

std::vector<std::string> candidatesIn(const sdp::MediaSection& section) {
  std::vector<std::string> result;
  for (const auto& candidate : section.all<sdp::Candidate>())
    result.push_back(candidate.text);
  return result;
}

std::vector<std::string> candidatesIn(const std::optional<Description>& description) {
  return candidatesIn(section(description));
}

class Candidates : public ::testing::Test {
 protected:
  Candidates() { a->requestDataChannels(); }
  TransportId transport(Side& side) { return side->sctp()->transport; }
  std::string ufrag(const std::optional<Description>& description) {
    return section(description).find<sdp::IceUfrag>()->ufrag;
  }
  void addLocal(Side& side, const std::string& candidate) {
    side->addLocalCandidate(transport(side), ufrag(side->localDescription()), candidate);
  }

  Side a{1};
  Side b{2};
};

// --- our own -------------------------------------------------------------------------------------

TEST_F(Candidates, LocalOnesAppearInThePendingDescription) {
  EXPECT_OK(a->setLocal());
  addLocal(a, kHost);
  addLocal(a, kName);
  addLocal(a, kHost);
  EXPECT_EQ(candidatesIn(a->localDescription()), (std::vector<std::string>{kHost, kName}));
  EXPECT_FALSE(section(a->localDescription()).has<sdp::EndOfCandidates>());
  a->setGatheringComplete(transport(a), ufrag(a->localDescription()));
  EXPECT_TRUE(section(a->localDescription()).has<sdp::EndOfCandidates>());
  const std::string sdp = a->localDescription()->sdp;
  EXPECT_LT(sdp.find(kName), sdp.find("a=end-of-candidates"));
}

TEST_F(Candidates, TheDefaultCandidateIsRelayBeforeReflexiveBeforeHost) {
  EXPECT_OK(a->setLocal());
  const auto expectDefault = [&](uint16_t port, const char* connection) {
    EXPECT_EQ(section(a->localDescription()).port, port);
    EXPECT_EQ(*section(a->localDescription()).other('c'), connection);
  };
  addLocal(a, kName);
  addLocal(a, kTcp);
  expectDefault(9, "IN IP4 0.0.0.0");
  addLocal(a, kHostV6);
  expectDefault(4009, "IN IP6 2001:db8::1");
  addLocal(a, kHost);
  expectDefault(4001, "IN IP4 192.0.2.1");
  addLocal(a, kRelay);
  expectDefault(4004, "IN IP4 198.51.100.1");
  addLocal(a, kReflexive);
  expectDefault(4004, "IN IP4 198.51.100.1");
}

TEST_F(Candidates, OnesGatheredBeforeAnOfferAreInIt) {
  EXPECT_OK(a->setLocal());
  addLocal(a, kHost);
  a->setGatheringComplete(transport(a), ufrag(a->localDescription()));
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(candidatesIn(a->currentLocalDescription()), std::vector<std::string>{kHost});
  const Description again = offerOf(a);
  EXPECT_EQ(candidatesIn(again), std::vector<std::string>{kHost});
  EXPECT_TRUE(section(again).has<sdp::EndOfCandidates>());
  EXPECT_EQ(section(again).port, 4001);
  EXPECT_TRUE(candidatesIn(offerOf(a, {.iceRestart = true})).empty());
}

TEST_F(Candidates, OnesThatComeBetweenCreateAndSetAreNotLost) {
  negotiate(a, b);
  const Description offer = offerOf(a);
  addLocal(a, kHost);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(candidatesIn(a->pendingLocalDescription()), std::vector<std::string>{kHost});
}

TEST_F(Candidates, OnesOfAnotherGenerationGoWhereTheyBelong) {
  negotiate(a, b);
  const std::string old = ufrag(a->localDescription());
  EXPECT_OK(setLocal(a, offerOf(a, {.iceRestart = true})));
  a->addLocalCandidate(transport(a), old, kHost);
  a->addLocalCandidate(transport(a), "gone", kRelay);
  addLocal(a, kReflexive);
  EXPECT_EQ(candidatesIn(a->currentLocalDescription()), std::vector<std::string>{kHost});
  EXPECT_EQ(candidatesIn(a->pendingLocalDescription()), std::vector<std::string>{kReflexive});
  EXPECT_OK(a->rollback());
  EXPECT_EQ(candidatesIn(offerOf(a)), std::vector<std::string>{kHost});
}

TEST_F(Candidates, OnesThatAreGoneLeaveEachDescriptionOfTheirGenerationAndTheDefaultWithThem) {
  negotiate(a, b);
  const std::string first = ufrag(a->localDescription());
  addLocal(a, kHost);
  addLocal(a, kRelay);
  a->removeLocalCandidate(transport(a), first, kRelay);
  EXPECT_EQ(candidatesIn(a->currentLocalDescription()), std::vector<std::string>{kHost});
  EXPECT_EQ(section(a->localDescription()).port, 4001);
  EXPECT_EQ(candidatesIn(offerOf(a)), std::vector<std::string>{kHost});

  addLocal(a, kRelay);
  EXPECT_OK(setLocal(a, offerOf(a, {.iceRestart = true})));
  addLocal(a, kHost);
  a->removeLocalCandidate(transport(a), first, kHost);
  EXPECT_EQ(candidatesIn(a->currentLocalDescription()), std::vector<std::string>{kRelay});
  EXPECT_EQ(candidatesIn(a->pendingLocalDescription()), std::vector<std::string>{kHost});
  a->removeLocalCandidate(transport(a), ufrag(a->pendingLocalDescription()), kHost);
  EXPECT_EQ(section(a->pendingLocalDescription()).port, 9);
  EXPECT_EQ(*section(a->pendingLocalDescription()).other('c'), "IN IP4 0.0.0.0");
  a->removeLocalCandidate(transport(a), "gone", kRelay);
  a->removeLocalCandidate(transport(a), first, "candidate:never");
  EXPECT_OK(a->rollback());
  EXPECT_EQ(candidatesIn(a->localDescription()), std::vector<std::string>{kRelay});
  EXPECT_EQ(candidatesIn(offerOf(a)), std::vector<std::string>{kRelay});
}

TEST_F(Candidates, OnesOfTransportsThatShareCredentialsStayApart) {
  addTransceiver(a, MediaKind::kVideo);
  EXPECT_OK(a->setLocal());
  const auto begun = a.drain<StartGathering>();
  ASSERT_EQ(begun.size(), 2u);
  ASSERT_EQ(begun[0].local, begun[1].local);
  const std::string ufrag = begun[0].local.ufrag;
  a->addLocalCandidate(begun[1].transport, ufrag, kRelay);
  a->addLocalCandidate(begun[0].transport, ufrag, kHost);
  a->setGatheringComplete(begun[1].transport, ufrag);
  const auto description = parsed(a->localDescription()->sdp);
  EXPECT_EQ(candidatesIn(description.media[0]), std::vector<std::string>{kHost});
  EXPECT_EQ(candidatesIn(description.media[1]), std::vector<std::string>{kRelay});
  EXPECT_FALSE(description.media[0].has<sdp::EndOfCandidates>());
  EXPECT_TRUE(description.media[1].has<sdp::EndOfCandidates>());
}

TEST_F(Candidates, TheTargetNamesSectionAndGeneration) {
  EXPECT_OK(a->setLocal());
  const auto target = a->candidateTarget(transport(a));
  ASSERT_TRUE(target);
  EXPECT_EQ(target->mid, "0");
  EXPECT_EQ(target->mLineIndex, 0);
  EXPECT_EQ(target->usernameFragment, ufrag(a->localDescription()));
  EXPECT_FALSE(a->candidateTarget(TransportId(99)));
}

// --- the peer's ----------------------------------------------------------------------------------

TEST_F(Candidates, RemoteOnesNeedARemoteDescription) {
  EXPECT_REFUSED(a, a->addCandidate({kHost, "0", {}, {}}), kInvalidStateError);
  EXPECT_REFUSED(a, a->addCandidate({"", {}, {}, {}}), kInvalidStateError);
}

TEST_F(Candidates, RemoteOnesAreMatchedByMidThenByIndex) {
  negotiate(a, b);
  a.drain();
  EXPECT_OK(a->addCandidate({kHost, "0", {}, {}}));
  EXPECT_OK(a->addCandidate({kRelay, {}, 0, {}}));
  EXPECT_OK(a->addCandidate({kReflexive, "0", 77, {}}));
  EXPECT_OK(a->addCandidate({"a=" + kTcp + "\r\n", "0", 0, ufrag(b->localDescription())}));
  const auto told = a.drain<RemoteCandidateAdded>();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0].candidate, kHost);
  EXPECT_EQ(told[0].transport, transport(a));
  EXPECT_EQ(told[3].candidate, kTcp);
  EXPECT_EQ(candidatesIn(a->remoteDescription()),
            (std::vector<std::string>{kHost, kRelay, kReflexive, kTcp}));
}

TEST_F(Candidates, AnEmptyMidIsNoneWhereThereIsAnIndex) {
  negotiate(a, b);
  a.drain();
  EXPECT_OK(a->addCandidate({kHost, "", 0, {}}));
  EXPECT_EQ(a.drain<RemoteCandidateAdded>().size(), 1u);
  EXPECT_EQ(candidatesIn(a->remoteDescription()), std::vector<std::string>{kHost});
  EXPECT_REFUSED(a, a->addCandidate({kHost, "", 1, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({"", "", 1, {}}), kOperationError);
}

TEST_F(Candidates, ARepeatedCandidateIsTakenOnce) {
  negotiate(a, b);
  a.drain();
  EXPECT_OK(a->addCandidate({kHost, "0", {}, {}}));
  EXPECT_OK(a->addCandidate({kHost, "0", {}, {}}));
  EXPECT_EQ(a.drain<RemoteCandidateAdded>().size(), 1u);
}

TEST_F(Candidates, WhatNamesNoSectionIsRefused) {
  negotiate(a, b);
  a.drain();
  EXPECT_REFUSED(a, a->addCandidate({kHost, {}, {}, {}}), kTypeError);
  EXPECT_REFUSED(a, a->addCandidate({kHost, "1", {}, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({kHost, "", {}, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({kHost, "1", 0, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({kHost, {}, 1, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({kHost, "0", {}, "unknown"}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({kHost + " ufrag unknown", "0", {}, {}}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({"", "0", {}, "unknown"}), kOperationError);
  EXPECT_REFUSED(a, a->addCandidate({"", "1", {}, {}}), kOperationError);
}

TEST_F(Candidates, MalformedOnesAreRefused) {
  negotiate(a, b);
  a.drain();
  for (const char* bad : {"garbage", "candidate:", "candidate:1 1 udp x 192.0.2.1 1 typ host",
                          "candidate:1 1 udp 1 192.0.2.1 99999 typ host"}) {
    EXPECT_REFUSED(a, a->addCandidate({bad, "0", {}, {}}), kOperationError);
  }
}

TEST_F(Candidates, TheUfragInsideACandidateTellsItsGeneration) {
  negotiate(a, b);
  a.drain();
  const std::string own = ufrag(b->localDescription());
  EXPECT_OK(a->addCandidate({kHost + " ufrag " + own, "0", {}, {}}));
  EXPECT_EQ(a.drain<RemoteCandidateAdded>().size(), 1u);
}

TEST_F(Candidates, OnesThatComeBeforeTheAnswerWaitForIt) {
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_OK(b->addCandidate({kHost, "0", {}, {}}));
  EXPECT_OK(b->addCandidate({"", "0", {}, {}}));
  EXPECT_EQ(b.drain().size(), 1u) << "only the signalling state";
  EXPECT_EQ(candidatesIn(b->pendingRemoteDescription()), std::vector<std::string>{kHost});
  EXPECT_OK(b->setLocal());
  const auto ice = b.drain<RemoteIce>();
  ASSERT_EQ(ice.size(), 1u);
  EXPECT_EQ(ice[0].candidates, std::vector<std::string>{kHost});
  EXPECT_TRUE(ice[0].endOfCandidates);
}

TEST_F(Candidates, TheEndOfOneOrAllSectionsIsNoted) {
  for (const RemoteCandidate& end :
       {RemoteCandidate{"", "0", {}, {}}, RemoteCandidate{"", {}, 0, {}},
        RemoteCandidate{"", "", 0, {}}, RemoteCandidate{"", "", {}, {}},
        RemoteCandidate{"", {}, {}, {}}}) {
    Side x(3);
    Side y(4);
    x->requestDataChannels();
    negotiate(x, y);
    x.drain();
    EXPECT_OK(x->addCandidate(end));
    EXPECT_OK(x->addCandidate(end));
    EXPECT_EQ(x.drain<RemoteCandidatesEnded>().size(), 1u);
    EXPECT_TRUE(section(x->remoteDescription()).has<sdp::EndOfCandidates>());
  }
}

TEST_F(Candidates, TheEndOfADescriptionWithoutSectionsIsNoMistake) {
  Side x(3);
  Side y(4);
  negotiate(x, y);
  EXPECT_OK(x->addCandidate({"", {}, {}, {}}));
}

TEST_F(Candidates, OnesInALaterDescriptionAreTold) {
  negotiate(a, b);
  addLocal(a, kHost);
  b.drain();
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const auto told = b.drain<RemoteCandidateAdded>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].candidate, kHost);
}

TEST_F(Candidates, OnesOfAPeerThatDoesNotTakePartInOurRestartGoOn) {
  negotiate(a, b);
  const Description answer = *b->localDescription();
  EXPECT_OK(a->addCandidate({kHost, "0", {}, {}}));
  EXPECT_OK(a->addCandidate({"", "0", {}, {}}));
  OfferOptions restart;
  restart.iceRestart = true;
  EXPECT_OK(setLocal(a, offerOf(a, restart)));
  a.drain();
  EXPECT_OK(a->setRemote(answer));
  auto told = a.drain<RemoteIce>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].candidates, std::vector<std::string>{kHost});
  EXPECT_TRUE(told[0].endOfCandidates);

  // One that does gathers anew.
  negotiate(a, b, restart);
  told = a.drain<RemoteIce>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].candidates, std::vector<std::string>{});
  EXPECT_FALSE(told[0].endOfCandidates);
}

TEST_F(Candidates, OnesOfABundledSectionWithTheSameCredentialsCount) {
  EXPECT_OK(a->setRemote({SdpType::kOffer, samples::chromiumMediaOffer()}));
  EXPECT_OK(a->setLocal());
  a.drain();
  EXPECT_OK(a->addCandidate({kHost, "0", 0, "F7gI"}));
  EXPECT_EQ(a.drain<RemoteCandidateAdded>().size(), 1u);
}

TEST_F(Candidates, OnesOfATransportThatTheAnswerBundlesAwayDoNotCount) {
  addTransceiver(a, MediaKind::kVideo);
  EXPECT_OK(a->setLocal());
  const auto begun = a.drain<StartGathering>();
  ASSERT_EQ(begun.size(), 2u);
  a->addLocalCandidate(begun[0].transport, begun[0].local.ufrag, kHost);
  a->addLocalCandidate(begun[1].transport, begun[1].local.ufrag, kReflexive);
  a->setGatheringComplete(begun[1].transport, begun[1].local.ufrag);
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const auto told = b.drain<RemoteIce>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].candidates, std::vector<std::string>{kHost});
  EXPECT_FALSE(told[0].endOfCandidates);
  EXPECT_OK(b->addCandidate({kRelay, "1", 1, begun[1].local.ufrag}));
  EXPECT_TRUE(b.drain().empty());
  EXPECT_OK(b->addCandidate({kRelay, "0", 0, begun[0].local.ufrag}));
  EXPECT_EQ(b.drain<RemoteCandidateAdded>().size(), 1u);
}

TEST_F(Candidates, OnesOfUnbundledSectionsGoByMidWhereTheCredentialsAreTheSame) {
  addTransceiver(a, MediaKind::kVideo);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(offerOf(a).sdp, "a=group")}));
  EXPECT_OK(b->setLocal());
  const auto told = b.drain<RemoteIce>();
  ASSERT_EQ(told.size(), 2u);
  ASSERT_EQ(told[0].remote, told[1].remote);
  EXPECT_OK(b->addCandidate({kHost, "1", {}, told[1].remote.ufrag}));
  const auto added = b.drain<RemoteCandidateAdded>();
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].transport, told[1].transport);
}

TEST_F(Candidates, OnesForARejectedSectionAreIgnored) {
  EXPECT_OK(a->setLocal());
  Description answer = *a->localDescription();
  answer.type = SdpType::kAnswer;
  answer.sdp = replaced(without(answer.sdp, "a=group"), "m=application 9", "m=application 0");
  EXPECT_OK(a->setRemote(answer));
  a.drain();
  EXPECT_OK(a->addCandidate({kHost, "0", {}, {}}));
  EXPECT_TRUE(a.drain().empty());
}

TEST_F(Candidates, CanTrickleIsNullThenWhatThePeerSays) {
  EXPECT_EQ(a->canTrickleIceCandidates(), std::nullopt);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote(offer));
  EXPECT_EQ(b->canTrickleIceCandidates(), true);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(offer.sdp, "a=ice-options")}));
  EXPECT_EQ(b->canTrickleIceCandidates(), false);
  EXPECT_OK(b->rollback());
  EXPECT_EQ(b->canTrickleIceCandidates(), std::nullopt);
}

}  // namespace
}  // namespace rtc::jsep
