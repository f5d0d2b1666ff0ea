#include <gtest/gtest.h>

#include "tests/cpp/jsep/session_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using Reason = StartGathering::Reason;

std::string ufragOf(const std::optional<Description>& description) {
  return section(description).find<sdp::IceUfrag>()->ufrag;
}

class Exchange : public ::testing::Test {
 protected:
  Exchange() {
    a->requestDataChannels();
    b->requestDataChannels();
  }
  void connect() {
    negotiate(a, b);
    a.drain();
    b.drain();
  }
  Side a{1};
  Side b{2};
};

// --- rollback ------------------------------------------------------------------------------------

class Rollback : public Exchange {};

TEST_F(Rollback, OfAFirstLocalOfferDiscardsItsTransport) {
  EXPECT_OK(a->setLocal());
  const auto id = a.drain<StartGathering>().at(0).transport;
  EXPECT_OK(a->setLocal({SdpType::kRollback, "whatever"}));
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
  EXPECT_EQ(a->localDescription(), std::nullopt);
  EXPECT_FALSE(a->sctp());
  EXPECT_TRUE(a->negotiationNeeded());
  const auto told = a.drain();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(std::get<SignalingStateChanged>(told[0]).state, SignalingState::kStable);
  EXPECT_EQ(std::get<TransportDiscarded>(told[1]).transport, id);
  EXPECT_FALSE(a->candidateTarget(id));
  EXPECT_OK(a->setLocal());
  EXPECT_NE(a.drain<StartGathering>().at(0).transport, id);
}

TEST_F(Rollback, OfARemoteOfferForgetsIt) {
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_TRUE(b->sctp());
  EXPECT_OK(b->setRemote({SdpType::kRollback, ""}));
  EXPECT_EQ(b->remoteDescription(), std::nullopt);
  EXPECT_FALSE(b->sctp());
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
}

TEST_F(Rollback, OfALaterOfferTouchesNoTransport) {
  connect();
  const auto before = visible(a.session);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(a->rollback());
  EXPECT_TRUE(before == visible(a.session));
  for (const Output& output : a.drain()) {
    EXPECT_TRUE(std::holds_alternative<SignalingStateChanged>(output));
  }
}

TEST_F(Rollback, OfARestartGoesBackToTheCredentialsBefore) {
  connect();
  const std::string before = ufragOf(a->localDescription());
  EXPECT_OK(setLocal(a, offerOf(a, {.iceRestart = true})));
  auto gathering = a.drain<StartGathering>();
  ASSERT_EQ(gathering.size(), 1u);
  EXPECT_EQ(gathering[0].reason, Reason::kRestart);
  EXPECT_EQ(gathering[0].generation, 1u);
  EXPECT_OK(a->rollback());
  EXPECT_EQ(ufragOf(a->localDescription()), before);
  const auto told = a.drain();
  ASSERT_EQ(told.size(), 3u);
  const auto back = std::get<StartGathering>(told[1]);
  EXPECT_EQ(back.reason, Reason::kRolledBack);
  EXPECT_EQ(back.local.ufrag, before);
  EXPECT_EQ(back.generation, 0u);
  EXPECT_EQ(std::get<RemoteIce>(told[2]).remote.ufrag, ufragOf(b->localDescription()));
  // The next restart is a new generation, not the one that was taken back.
  EXPECT_OK(setLocal(a, offerOf(a, {.iceRestart = true})));
  EXPECT_EQ(a.drain<StartGathering>().at(0).generation, 2u);
}

TEST_F(Rollback, HappensByItselfWhenARemoteOfferMeetsOurs) {
  EXPECT_OK(a->setLocal());
  a.drain();
  EXPECT_OK(a->setRemote(offerOf(b)));
  EXPECT_EQ(a->signalingState(), SignalingState::kHaveRemoteOffer);
  EXPECT_EQ(a->pendingLocalDescription(), std::nullopt);
  const auto told = a.drain();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(std::get<SignalingStateChanged>(told[0]).state, SignalingState::kStable);
  EXPECT_TRUE(std::holds_alternative<TransportDiscarded>(told[1]));
  EXPECT_EQ(std::get<SignalingStateChanged>(told[2]).state, SignalingState::kHaveRemoteOffer);
  EXPECT_OK(a->setLocal());
  EXPECT_FALSE(a->negotiationNeeded());
  EXPECT_FALSE(std::get<IceRole>(a.drain().at(1)).controlling);
}

TEST_F(Rollback, StaysWhenTheRemoteOfferThatCausedItIsInvalid) {
  EXPECT_OK(a->setLocal());
  const auto result = a->setRemote({SdpType::kOffer, "garbage"});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kRtcError);
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
  EXPECT_EQ(a->pendingLocalDescription(), std::nullopt);
}

TEST_F(Rollback, KeepsWishesAndVersions) {
  EXPECT_OK(a->setLocal());
  const auto first = parsed(a->localDescription()->sdp).origin;
  EXPECT_OK(a->rollback());
  EXPECT_OK(a->setLocal());
  const auto second = parsed(a->localDescription()->sdp).origin;
  EXPECT_EQ(second.sessionId, first.sessionId);
  EXPECT_EQ(second.sessionVersion, "3");
}

TEST_F(Rollback, GlareEndsInOneConnection) {
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setLocal());
  const Description fromA = *a->localDescription();
  // b is polite: it takes a's offer, a ignores b's.
  EXPECT_OK(b->setRemote(fromA));
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
  EXPECT_EQ(a.drain<DtlsParameters>().at(0).role, DtlsRole::kServer);
  EXPECT_EQ(b.drain<DtlsParameters>().at(0).role, DtlsRole::kClient);
}

TEST_F(Rollback, ARemoteOfferMayReplaceTheOneBefore) {
  EXPECT_OK(b->setRemote(offerOf(a)));
  Side c(3);
  c->requestDataChannels();
  EXPECT_OK(b->setRemote(offerOf(c)));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(b.drain<DtlsParameters>().at(0).remoteFingerprints.at(0), fingerprintOf('D'));
}

TEST_F(Rollback, ALocalOfferMayReplaceTheOneBefore) {
  EXPECT_OK(a->setLocal());
  const auto id = a.drain<StartGathering>().at(0).transport;
  const std::string ufrag = ufragOf(a->localDescription());
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(ufragOf(a->localDescription()), ufrag);
  EXPECT_TRUE(a.drain().empty());
  EXPECT_OK(setLocal(a, offerOf(a, {.iceRestart = true})));
  const auto again = a.drain<StartGathering>();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].transport, id);
  EXPECT_EQ(again[0].reason, Reason::kRestart);
}

// --- ICE restart ---------------------------------------------------------------------------------

class IceRestart : public Exchange {};

TEST_F(IceRestart, TheOptionGivesFreshCredentialsAndItsAbsenceKeepsThem) {
  connect();
  const std::string before = ufragOf(a->localDescription());
  EXPECT_EQ(ufragOf(offerOf(a)), before);
  EXPECT_NE(ufragOf(offerOf(a, {.iceRestart = true})), before);
  EXPECT_EQ(ufragOf(offerOf(a)), before);
}

TEST_F(IceRestart, BothEndsRestartAndDtlsGoesOn) {
  connect();
  const std::string oldA = ufragOf(a->localDescription());
  const std::string oldB = ufragOf(b->localDescription());
  negotiate(a, b, {.iceRestart = true});
  EXPECT_NE(ufragOf(a->localDescription()), oldA);
  EXPECT_NE(ufragOf(b->localDescription()), oldB);
  for (Side* side : {&a, &b}) {
    int gathering = 0;
    int remote = 0;
    for (const Output& output : side->drain()) {
      if (const auto* start = std::get_if<StartGathering>(&output)) {
        EXPECT_EQ(start->reason, Reason::kRestart);
        EXPECT_EQ(start->generation, 1u);
        ++gathering;
      } else if (std::holds_alternative<RemoteIce>(output)) {
        ++remote;
      } else {
        EXPECT_TRUE(std::holds_alternative<SignalingStateChanged>(output)) << output.index();
      }
    }
    EXPECT_EQ(gathering, 1);
    EXPECT_EQ(remote, 1);
  }
}

TEST_F(IceRestart, AnOfferWithoutRestartKeepsTheAnswerersCredentials) {
  connect();
  const std::string before = ufragOf(b->localDescription());
  negotiate(a, b);
  EXPECT_EQ(ufragOf(b->localDescription()), before);
}

TEST_F(IceRestart, ARemoteRestartIsHeldBackUntilItIsAnswered) {
  connect();
  EXPECT_OK(b->setRemote(offerOf(a, {.iceRestart = true})));
  EXPECT_EQ(b.drain().size(), 1u) << "only the signalling state";
  EXPECT_OK(b->addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", "0", {}, {}}));
  EXPECT_TRUE(b.drain().empty());
  EXPECT_OK(b->setLocal());
  const auto told = b.drain();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<StartGathering>(told[1]));
  EXPECT_EQ(std::get<RemoteIce>(told[2]).candidates.size(), 1u);
}

TEST_F(IceRestart, CandidatesOfTheOldGenerationStillCountWhileTheAnswerIsOut) {
  connect();
  const std::string old = ufragOf(a->localDescription());
  EXPECT_OK(b->setRemote(offerOf(a, {.iceRestart = true})));
  b.drain();
  EXPECT_OK(b->addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", "0", {}, old}));
  EXPECT_EQ(b.drain<RemoteCandidateAdded>().size(), 1u);
  EXPECT_TRUE(section(b->currentRemoteDescription()).has<sdp::Candidate>());
  EXPECT_FALSE(section(b->pendingRemoteDescription()).has<sdp::Candidate>());
}

TEST_F(IceRestart, RestartIceMakesTheNextOfferRestart) {
  connect();
  EXPECT_FALSE(a->negotiationNeeded());
  a->restartIce();
  EXPECT_TRUE(a->negotiationNeeded());
  const std::string before = ufragOf(a->localDescription());
  EXPECT_NE(ufragOf(offerOf(a)), before);
  EXPECT_EQ(offerOf(a), offerOf(a));
  negotiate(a, b);
  EXPECT_NE(ufragOf(a->localDescription()), before);
  EXPECT_FALSE(a->negotiationNeeded());
  const std::string after = ufragOf(a->localDescription());
  negotiate(a, b);
  EXPECT_EQ(ufragOf(a->localDescription()), after);
}

TEST_F(IceRestart, RestartIceBeforeAnyNegotiationDoesNothing) {
  Side c(3);
  c->restartIce();
  EXPECT_FALSE(c->negotiationNeeded());
}

TEST_F(IceRestart, RestartIceWhileOurOfferIsOutAsksForAnotherRound) {
  connect();
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  a->restartIce();
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_TRUE(a->negotiationNeeded());
  negotiate(a, b);
  EXPECT_FALSE(a->negotiationNeeded());
}

TEST_F(IceRestart, RestartIceSurvivesARollback) {
  connect();
  const std::string before = ufragOf(a->localDescription());
  a->restartIce();
  EXPECT_OK(a->setLocal());
  EXPECT_NE(ufragOf(a->localDescription()), before);
  EXPECT_OK(a->rollback());
  EXPECT_TRUE(a->negotiationNeeded());
  EXPECT_NE(ufragOf(offerOf(a)), before);
}

TEST_F(IceRestart, ARestartByThePeerFulfilsOurs) {
  connect();
  a->restartIce();
  negotiate(b, a, {.iceRestart = true});
  EXPECT_FALSE(a->negotiationNeeded());
}

TEST_F(IceRestart, ANewCertificateOfThePeerMeansANewDtlsAssociation) {
  connect();
  Description offer = offerOf(a, {.iceRestart = true});
  offer.sdp = replaced(offer.sdp, fingerprintOf('B').digest, fingerprintOf('9').digest);
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  const auto dtls = b.drain<DtlsParameters>();
  ASSERT_EQ(dtls.size(), 1u);
  EXPECT_EQ(dtls[0].remoteFingerprints.at(0), fingerprintOf('9'));
}

}  // namespace
}  // namespace rtc::jsep
