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

class MediaRollback : public ::testing::Test {
 protected:
  Side a{1};
  Side b{2};
};

TEST_F(MediaRollback, OfALocalOfferLetsGoOfItsSections) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(a->setLocal());
  EXPECT_TRUE(infoOf(a, id).transport);
  EXPECT_OK(a->rollback());
  EXPECT_EQ(infoOf(a, id).mid, std::nullopt);
  EXPECT_EQ(infoOf(a, id).mLineIndex, std::nullopt);
  EXPECT_EQ(infoOf(a, id).transport, std::nullopt);
  EXPECT_EQ(a.drain<TransportDiscarded>().size(), 1u);
  EXPECT_TRUE(a->negotiationNeeded());
}

TEST_F(MediaRollback, KeepsWhatTheApplicationAskedFor) {
  const auto id = addTrack(a, kAudio, "track", {"s1"}).transceiver;
  EXPECT_OK(a->setLocal());
  a->setDirection(id, Direction::kSendOnly);
  a->setSenderStreams(id, {"s2"});
  EXPECT_OK(a->setCodecPreferences(id, {supportedCodecs(kAudio).front()}));
  const auto later = addTransceiver(a, kVideo, Direction::kSendRecv, {"h", "l"});
  EXPECT_OK(a->rollback());
  EXPECT_EQ(infoOf(a, id).direction, Direction::kSendOnly);
  EXPECT_THAT(infoOf(a, later).sendRids, ElementsAre("h", "l"));
  const Description offer = offerOf(a);
  EXPECT_EQ(section(offer, 0).formats.size(), 1u);
  EXPECT_EQ(section(offer, 0).find<sdp::Msid>()->stream, "s2");
  EXPECT_EQ(section(offer, 1).kind, "video");
}

TEST_F(MediaRollback, DoesNotUndoAStop) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(a->setLocal());
  a->stopTransceiver(id);
  EXPECT_OK(a->rollback());
  EXPECT_TRUE(infoOf(a, id).stopping);
  EXPECT_TRUE(lines(offerOf(a)).empty());
}

TEST_F(MediaRollback, OfARemoteOfferTakesItsTransceiversAway) {
  addTrack(a, kAudio);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote(offer));
  const auto first = infoAt(b).id;
  b->setSenderTrack(first, true);
  b->setDirection(first, Direction::kSendRecv);
  EXPECT_OK(b->rollback());
  EXPECT_TRUE(b->transceivers().empty()) << "replaceTrack() and direction do not keep it";
  EXPECT_FALSE(b->negotiationNeeded());
  EXPECT_OK(b->setRemote(offer));
  EXPECT_NE(infoAt(b).id, first);
  EXPECT_EQ(infoAt(b).mid, "0");
}

TEST_F(MediaRollback, OfARemoteOfferLeavesTransceiversThatAddTrackUsed) {
  addTrack(a, kAudio);
  EXPECT_OK(b->setRemote(offerOf(a)));
  const auto id = addTrack(b, kAudio).transceiver;
  EXPECT_OK(b->rollback());
  EXPECT_EQ(infoOf(b, id).mid, std::nullopt);
  EXPECT_EQ(infoOf(b, id).direction, Direction::kSendRecv);
  EXPECT_FALSE(infoOf(b, id).remoteSends);
  EXPECT_TRUE(b->negotiationNeeded());
  // It is taken again by the same offer, and by an offer of ours.
  EXPECT_THAT(lines(offerOf(b)), ElementsAre("audio 9"));
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_EQ(infoOf(b, id).mid, "0");
  EXPECT_EQ(b->transceivers().size(), 1u);
}

TEST_F(MediaRollback, GivesTheStreamsOfThePeerBack) {
  const auto id = addTrack(a, kAudio, "track", {"s1"}).transceiver;
  negotiate(a, b);
  const auto before = infoAt(b);
  a->setDirection(id, Direction::kInactive);
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_FALSE(infoAt(b).remoteSends);
  EXPECT_OK(b->rollback());
  EXPECT_TRUE(infoAt(b) == before);
}

TEST_F(MediaRollback, GivesSectionsAndTransportsBack) {
  addTrack(a, kAudio);
  negotiate(a, b);
  const auto before = a->transceivers();
  addTrack(a, kVideo);
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(infoAt(a, 1).transport, infoAt(a, 0).transport);
  EXPECT_OK(a->rollback());
  EXPECT_TRUE(infoAt(a, 0) == before[0]);
  EXPECT_EQ(infoAt(a, 1).transport, std::nullopt);
  EXPECT_THAT(lines(a->localDescription()), ElementsAre("audio 9"));
}

TEST_F(MediaRollback, OfAnOfferThatRejectsLeavesTheTransceiverStopped) {
  const auto id = addTrack(a, kAudio).transceiver;
  negotiate(a, b);
  a->stopTransceiver(id);
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_TRUE(infoAt(b).stopped);
  EXPECT_OK(b->rollback());
  ASSERT_EQ(b->transceivers().size(), 1u);
  EXPECT_TRUE(infoAt(b).stopped);
  EXPECT_EQ(infoAt(b).currentDirection, std::nullopt);
  EXPECT_TRUE(b->negotiationNeeded()) << "its section is still there";
  negotiate(b, a);
  EXPECT_TRUE(b->transceivers().empty());
}

TEST_F(MediaRollback, HappensByItselfInGlareAndBothGetWhatTheyWant) {
  addTrack(a, kAudio, "a");
  addTrack(b, kAudio, "b");
  addTrack(b, kVideo, "b");
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_EQ(infoAt(b, 0).mid, "0") << "the track that was offered is taken";
  EXPECT_EQ(infoAt(b, 1).mid, std::nullopt);
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(infoAt(a).currentDirection, Direction::kSendRecv);
  EXPECT_TRUE(b->negotiationNeeded());
  negotiate(b, a);
  EXPECT_FALSE(b->negotiationNeeded());
  EXPECT_EQ(infoAt(a, 1).kind, kVideo);
}

TEST_F(MediaRollback, AnOfferThatWasCreatedBeforeStillServes) {
  addTrack(a, kAudio);
  EXPECT_OK(a->setLocal());
  const Description offer = *a->localDescription();
  EXPECT_OK(a->rollback());
  a.drain();
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(infoAt(a).mid, "0");
  EXPECT_EQ(a.drain<StartGathering>().size(), 1u);
}

TEST_F(MediaRollback, AnAnswerThatWasCreatedBeforeStillServesTheSameOffer) {
  addTransceiver(a, kAudio, Direction::kRecvOnly);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote(offer));
  const Description answer = answerOf(b);
  EXPECT_OK(b->rollback());
  addTransceiver(b, kVideo);
  offerOf(b);
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(setLocal(b, answer));
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
}

TEST_F(MediaRollback, AnAnswerToAnotherOfferIsRefused) {
  addTransceiver(a, kAudio);
  EXPECT_OK(b->setRemote(offerOf(a)));
  const Description answer = answerOf(b);
  EXPECT_OK(b->rollback());
  b.drain();
  addTransceiver(a, kVideo);
  EXPECT_OK(b->setRemote(offerOf(a)));
  b.drain();
  EXPECT_REFUSED(b, setLocal(b, answer), kInvalidModificationError);
}

TEST_F(MediaRollback, ASenderHasItsCnameBeforeAnyDescription) {
  const TransceiverId id = addTransceiver(a, kAudio);
  const std::string cname = a->sendParameters(id).cname;
  EXPECT_FALSE(cname.empty());
  negotiate(a, b);
  EXPECT_EQ(a->sendParameters(id).cname, cname);
}

// --- negotiation needed
// -----------------------------------------------------------------------------

class NegotiationNeeded : public MediaRollback {
 protected:
  NegotiationNeeded() : id_(addTrack(a, kAudio, "track", {"s1", "s2"}).transceiver) {
    negotiate(a, b);
    EXPECT_FALSE(a->negotiationNeeded());
    EXPECT_FALSE(b->negotiationNeeded());
  }
  TransceiverId id_;
};

TEST_F(NegotiationNeeded, ByANewTransceiver) {
  addTransceiver(b, kVideo, Direction::kInactive);
  EXPECT_TRUE(b->negotiationNeeded());
}

TEST_F(NegotiationNeeded, ByStreamsThatChangedWhileItSends) {
  a->setSenderStreams(id_, {"s2", "s1"});
  EXPECT_FALSE(a->negotiationNeeded()) << "they are a set";
  a->setSenderStreams(id_, {"s1", "s3"});
  EXPECT_TRUE(a->negotiationNeeded());
  a->setSenderStreams(id_, {"s1"});
  EXPECT_TRUE(a->negotiationNeeded());
  a->setSenderStreams(id_, {"s1", "s2"});
  EXPECT_FALSE(a->negotiationNeeded());
}

TEST_F(NegotiationNeeded, ByADirectionThatTheOffererChanged) {
  a->setDirection(id_, Direction::kInactive);
  EXPECT_TRUE(a->negotiationNeeded());
  a->setDirection(id_, Direction::kSendOnly);
  EXPECT_FALSE(a->negotiationNeeded()) << "that is what the answer made of it";
  a->setDirection(id_, Direction::kSendRecv);
  EXPECT_FALSE(a->negotiationNeeded()) << "that is what was offered";
  a->setDirection(id_, Direction::kRecvOnly);
  EXPECT_TRUE(a->negotiationNeeded());
}

TEST_F(NegotiationNeeded, ByADirectionThatTheAnswererChanged) {
  const auto id = infoAt(b).id;
  b->setDirection(id, Direction::kInactive);
  EXPECT_TRUE(b->negotiationNeeded());
  b->setDirection(id, Direction::kRecvOnly);
  EXPECT_FALSE(b->negotiationNeeded());
  addTrack(b, kAudio);
  EXPECT_TRUE(b->negotiationNeeded());
}

TEST_F(NegotiationNeeded, NotByWhatThePeerDoesNotWant) {
  a->setDirection(id_, Direction::kInactive);
  negotiate(a, b);
  EXPECT_FALSE(b->negotiationNeeded());
  // Offered inactive, more cannot be answered; what b wants changes nothing then.
  b->setDirection(infoAt(b).id, Direction::kSendRecv);
  EXPECT_TRUE(b->negotiationNeeded()) << "it has not named its track yet";
}

TEST_F(NegotiationNeeded, ByDataUntilASectionIsThere) {
  a->requestDataChannels();
  EXPECT_TRUE(a->negotiationNeeded());
  negotiate(a, b);
  EXPECT_FALSE(a->negotiationNeeded());
  a->requestDataChannels();
  EXPECT_FALSE(a->negotiationNeeded());
}

// --- resources
// ------------------------------------------------------------------------------------

/// Random bytes for a while, then none.
class ScarceRandom final : public RandomSource {
 public:
  explicit ScarceRandom(int fills) : left_(fills) {}
  bool fill(MutableByteSpan out) override { return left_-- > 0 && random_.fill(out); }

 private:
  int left_;
  SeededRandom random_{9};
};

TEST_F(MediaRollback, ARandomSourceThatFailsAnywhereIsAnOperationErrorWithoutATrace) {
  addTrack(b, kVideo, "", {});
  b->requestDataChannels();
  const Description offer = offerOf(b);
  bool offered = false;
  bool answered = false;
  for (int fills = 0; !offered || !answered; ++fills) {
    ASSERT_LT(fills, 100);
    ScarceRandom scarce(fills);
    SessionConfig config;
    config.fingerprints = {fingerprintOf('A')};
    config.bundlePolicy = BundlePolicy::kMaxCompat;
    Session session(config, scarce);
    session.requestDataChannels();
    const auto added = session.addTrack(kAudio, "", {});
    if (!added.ok()) {
      EXPECT_EQ(added.error().kind, ErrorKind::kOperationError);
      EXPECT_TRUE(session.transceivers().empty());
      continue;
    }
    ASSERT_TRUE(session.addTrack(kVideo, "", {}).ok());
    const auto before = visible(session);
    auto made = session.createOffer();
    offered = made.ok();
    if (!offered) {
      EXPECT_EQ(made.error().kind, ErrorKind::kOperationError);
      EXPECT_TRUE(visible(session) == before);
    }
    ScarceRandom other(fills);
    Session answerer(config, other);
    EXPECT_TRUE(answerer.setRemote(offer).ok());
    ASSERT_TRUE(answerer.addTrack(kVideo, "", {}).ok());
    const auto taken = visible(answerer);
    auto answer = answerer.createAnswer();
    answered = answer.ok();
    if (!answered) {
      EXPECT_EQ(answer.error().kind, ErrorKind::kOperationError);
      EXPECT_TRUE(visible(answerer) == taken);
    }
  }
}

}  // namespace
}  // namespace rtc::jsep
