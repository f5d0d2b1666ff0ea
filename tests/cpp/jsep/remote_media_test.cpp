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

class RemoteMedia : public ::testing::Test {
 protected:
  Status<Error> offered(const std::string& sdp) { return b->setRemote({SdpType::kOffer, sdp}); }
  /// a has offered `sdp`'s like, b's answer comes back edited.
  template <typename Edit>
  Status<Error> answered(Edit edit) {
    EXPECT_OK(a->setLocal());
    EXPECT_OK(b->setRemote(*a->localDescription()));
    EXPECT_OK(b->setLocal());
    a.drain();
    return a->setRemote({SdpType::kAnswer, edit(b->localDescription()->sdp)});
  }
  Side a{1};
  Side b{2};
};

// --- offers: which transceiver
// ---------------------------------------------------------------------

TEST_F(RemoteMedia, EachSectionThatIsOfferedMakesATransceiverThatReceives) {
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo, Direction::kSendOnly);
  EXPECT_OK(offered(offerOf(a).sdp));
  const auto all = b->transceivers();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].kind, kAudio);
  EXPECT_EQ(all[1].kind, kVideo);
  for (const TransceiverInfo& info : all) {
    EXPECT_EQ(info.direction, Direction::kRecvOnly);
    EXPECT_TRUE(info.remoteSends);
  }
}

TEST_F(RemoteMedia, TracksThatWereAddedBeforeAreTakenInOrder) {
  const auto first = addTrack(b, kVideo, "one").transceiver;
  addTransceiver(b, kAudio);
  const auto second = addTrack(b, kVideo, "two").transceiver;
  for (int i = 0; i < 3; ++i)
    addTransceiver(a, kVideo);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(infoOf(b, first).mid, "0");
  EXPECT_EQ(infoOf(b, second).mid, "1");
  EXPECT_EQ(b->transceivers().size(), 4u);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(infoOf(b, first).currentDirection, Direction::kSendRecv);
}

TEST_F(RemoteMedia, WhatAddTransceiverMadeIsNotTaken) {
  const auto own = addTransceiver(b, kAudio);
  addTransceiver(a, kAudio);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(infoOf(b, own).mid, std::nullopt);
  EXPECT_EQ(b->transceivers().size(), 2u);
}

TEST_F(RemoteMedia, WhatAddTransceiverMadeIsTakenOnceAddTrackUsedIt) {
  const auto own = addTransceiver(b, kAudio);
  EXPECT_EQ(addTrack(b, kAudio).transceiver, own);
  addTransceiver(a, kAudio);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(infoOf(b, own).mid, "0");
}

TEST_F(RemoteMedia, ATrackIsNotTakenForASectionThatDoesNotWantToReceive) {
  const auto own = addTrack(b, kAudio).transceiver;
  addTransceiver(a, kAudio, Direction::kSendOnly);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(infoOf(b, own).mid, std::nullopt);
  EXPECT_EQ(b->transceivers().size(), 2u);
}

TEST_F(RemoteMedia, ATrackThatIsBeingStoppedIsNotTaken) {
  const auto own = addTrack(b, kAudio).transceiver;
  b->stopTransceiver(own);
  addTransceiver(a, kAudio);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(infoOf(b, own).mid, std::nullopt);
}

TEST_F(RemoteMedia, ARecycledSectionStandsForAnotherTransceiver) {
  const auto first = addTransceiver(a, kAudio);
  negotiate(a, b);
  const auto before = infoAt(b).id;
  a->stopTransceiver(first);
  negotiate(a, b);
  addTransceiver(a, kVideo);
  negotiate(a, b);
  ASSERT_EQ(b->transceivers().size(), 1u);
  EXPECT_GT(infoAt(b).id, before);
  EXPECT_EQ(infoAt(b).kind, kVideo);
  EXPECT_EQ(infoAt(b).mLineIndex, 0);
  EXPECT_EQ(infoAt(b).mid, "1");
}

TEST_F(RemoteMedia, ASectionWithoutAMidGetsOne) {
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string offer = without(without(offerOf(a).sdp, "a=mid"), "a=group");
  EXPECT_OK(offered(offer));
  EXPECT_EQ(infoAt(b, 0).mid, "0");
  EXPECT_EQ(infoAt(b, 1).mid, "1");
  EXPECT_OK(b->setLocal());
  EXPECT_FALSE(section(b->localDescription()).has<sdp::Mid>());
  EXPECT_EQ(b->candidateTarget(*infoAt(b, 1).transport)->mid, "1");
  EXPECT_OK(b->addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", "1", {}, {}}));
  // The same offer again continues; so does one that has mids by now.
  EXPECT_OK(offered(offer));
  EXPECT_EQ(b->transceivers().size(), 2u);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_EQ(b->transceivers().size(), 2u);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(midAt(b->localDescription(), 1), "1");
}

TEST_F(RemoteMedia, BackToBackOffersKeepTheirTransceivers) {
  addTransceiver(a, kAudio);
  EXPECT_OK(offered(offerOf(a).sdp));
  const auto id = infoAt(b).id;
  addTransceiver(a, kVideo);
  EXPECT_OK(offered(offerOf(a).sdp));
  ASSERT_EQ(b->transceivers().size(), 2u);
  EXPECT_EQ(infoAt(b).id, id);
}

// --- offers: the peer's tracks
// ----------------------------------------------------------------------

TEST_F(RemoteMedia, StreamsAndTracksAreThoseOfMsid) {
  addTrack(a, kAudio, "track", {"s1", "s2"});
  addTrack(a, kVideo, "other", {});
  addTransceiver(a, kVideo, Direction::kRecvOnly);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_THAT(infoAt(b, 0).remoteStreams, ElementsAre("s1", "s2"));
  EXPECT_EQ(infoAt(b, 0).remoteTrackId, "track");
  EXPECT_THAT(infoAt(b, 1).remoteStreams, ElementsAre());
  EXPECT_EQ(infoAt(b, 1).remoteTrackId, "other");
  EXPECT_TRUE(infoAt(b, 1).remoteSends);
  EXPECT_FALSE(infoAt(b, 2).remoteSends);
}

TEST_F(RemoteMedia, WithoutMsidTheSsrcsTell) {
  addTrack(a, kAudio, "track", {"s1"});
  EXPECT_OK(offered(without(offerOf(a).sdp, "a=msid:")));
  EXPECT_THAT(infoAt(b).remoteStreams, ElementsAre("s1"));
  EXPECT_EQ(infoAt(b).remoteTrackId, "track");
}

TEST_F(RemoteMedia, WithoutAnyMsidThereIsADefaultStream) {
  addTrack(a, kAudio);
  EXPECT_OK(offered(without(without(offerOf(a).sdp, "a=msid:"), "a=ssrc")));
  EXPECT_THAT(infoAt(b).remoteStreams, ElementsAre("default"));
  EXPECT_EQ(infoAt(b).remoteTrackId, "");
}

TEST_F(RemoteMedia, StreamsChangeWithLaterOffers) {
  const auto id = addTrack(a, kAudio, "track", {"s1", "s2"}).transceiver;
  negotiate(a, b);
  a->setSenderStreams(id, {"s2", "s3"});
  negotiate(a, b);
  EXPECT_THAT(infoAt(b).remoteStreams, ElementsAre("s2", "s3"));
  a->setDirection(id, Direction::kInactive);
  negotiate(a, b);
  EXPECT_THAT(infoAt(b).remoteStreams, ElementsAre());
  EXPECT_FALSE(infoAt(b).remoteSends);
  EXPECT_EQ(infoAt(b).currentDirection, Direction::kInactive);
}

TEST_F(RemoteMedia, PlanBIsRefusedByItsName) {
  addTrack(a, kVideo, "one");
  const std::string offer = offerOf(a).sdp;
  const std::string planB =
      without(offer, "a=msid:") + "a=ssrc:77 cname:x\r\na=ssrc:77 msid:stream two\r\n";
  const auto result = offered(planB);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("Plan B"), std::string::npos);
  EXPECT_REFUSED(b, offered(planB), kInvalidAccessError);
  EXPECT_REFUSED(b, offered(offer + "a=msid:stream two\r\n"), kInvalidAccessError);
  EXPECT_OK(offered(offer + "a=msid:another one\r\n"));
}

// --- offers: directions
// -------------------------------------------------------------------------------

struct DirectionCase {
  Direction offered;
  Direction wanted;
  Direction answered;
};

class AnsweredDirection : public ::testing::TestWithParam<DirectionCase> {};

TEST_P(AnsweredDirection, IsWhatBothWant) {
  Side a(1);
  Side b(2);
  const auto id = addTransceiver(a, kAudio, GetParam().offered);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  b->setDirection(infoAt(b).id, GetParam().wanted);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(directionAt(b->localDescription(), 0), GetParam().answered);
  EXPECT_EQ(infoAt(b).currentDirection, GetParam().answered);
  EXPECT_EQ(infoAt(b).direction, GetParam().wanted);
  EXPECT_OK(a->setRemote(*b->localDescription()));
  const bool send =
      GetParam().answered == Direction::kSendRecv || GetParam().answered == Direction::kRecvOnly;
  const bool receive =
      GetParam().answered == Direction::kSendRecv || GetParam().answered == Direction::kSendOnly;
  const auto current = *infoOf(a, id).currentDirection;
  EXPECT_EQ(current == Direction::kSendRecv || current == Direction::kSendOnly, send);
  EXPECT_EQ(current == Direction::kSendRecv || current == Direction::kRecvOnly, receive);
  EXPECT_FALSE(b->negotiationNeeded());
}

INSTANTIATE_TEST_SUITE_P(
    All, AnsweredDirection,
    ::testing::Values(
        DirectionCase{Direction::kSendRecv, Direction::kSendRecv, Direction::kSendRecv},
        DirectionCase{Direction::kSendRecv, Direction::kRecvOnly, Direction::kRecvOnly},
        DirectionCase{Direction::kSendRecv, Direction::kSendOnly, Direction::kSendOnly},
        DirectionCase{Direction::kSendRecv, Direction::kInactive, Direction::kInactive},
        DirectionCase{Direction::kSendOnly, Direction::kSendRecv, Direction::kRecvOnly},
        DirectionCase{Direction::kSendOnly, Direction::kSendOnly, Direction::kInactive},
        DirectionCase{Direction::kRecvOnly, Direction::kSendRecv, Direction::kSendOnly},
        DirectionCase{Direction::kRecvOnly, Direction::kRecvOnly, Direction::kInactive},
        DirectionCase{Direction::kInactive, Direction::kSendRecv, Direction::kInactive}));

TEST_F(RemoteMedia, ADirectionOfTheSessionCountsForItsSections) {
  addTransceiver(a, kAudio);
  std::string offer = without(offerOf(a).sdp, "a=sendrecv");
  EXPECT_OK(offered(replaced(offer, "t=0 0\r\n", "t=0 0\r\na=recvonly\r\n")));
  EXPECT_FALSE(infoAt(b).remoteSends);
  EXPECT_OK(b->rollback());
  EXPECT_OK(offered(offer));
  EXPECT_TRUE(infoAt(b).remoteSends) << "without any it is sendrecv";
}

// --- offers: what is rejected
// -------------------------------------------------------------------------

TEST_F(RemoteMedia, SectionsWithoutACommonCodecAreRejected) {
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  std::string audio = textAt(offerOf(a).sdp, 0);
  const size_t formats = audio.find("SAVPF ") + 6;
  audio.replace(formats, audio.find("\r\n") - formats, "100");
  audio += "a=rtpmap:100 nonsense/8000\r\n";
  EXPECT_OK(offered(withSection(offerOf(a).sdp, 0, audio)));
  EXPECT_EQ(b->transceivers().size(), 2u);
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 0", "video 9"));
  EXPECT_EQ(bundle(b->localDescription()), "BUNDLE 1");
  EXPECT_EQ(b->transceivers().size(), 1u);
}

TEST_F(RemoteMedia, ASectionThatGoesOnUnderAProtocolThatIsNotRtpIsRejected) {
  addTransceiver(a, kAudio);
  negotiate(a, b);
  const std::string offer =
      replaced(without(offerOf(a).sdp, "a=ice-"), "UDP/TLS/RTP/SAVPF", "UDP/OTHER");
  EXPECT_OK(offered(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 0"));
}

TEST_F(RemoteMedia, PreferencesWithoutACommonCodecRejectToo) {
  const auto id = addTransceiver(a, kAudio);
  auto codecs = supportedCodecs(kAudio);
  EXPECT_OK(a->setCodecPreferences(id, {codecs.front()}));
  EXPECT_OK(offered(offerOf(a).sdp));
  codecs.erase(codecs.begin());
  EXPECT_OK(b->setCodecPreferences(infoAt(b).id, codecs));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 0"));
}

TEST_F(RemoteMedia, SectionsWithoutRtcpMuxAreRejectedWhereTheyAreNotRefused) {
  SessionConfig config;
  config.rtcpMuxPolicy = RtcpMuxPolicy::kNegotiate;
  Side lenient(3, config);
  addTransceiver(a, kAudio);
  const std::string offer = without(offerOf(a).sdp, "a=rtcp-mux");
  EXPECT_REFUSED(b, offered(offer), kInvalidAccessError);
  EXPECT_OK(lenient->setRemote({SdpType::kOffer, offer}));
  EXPECT_OK(lenient->setLocal());
  EXPECT_THAT(lines(lenient->localDescription()), ElementsAre("audio 0"));
}

TEST_F(RemoteMedia, MixedExtensionHeadersAreAnsweredAtTheLevelAtWhichTheyAreOffered) {
  addTransceiver(a, kAudio);
  const std::string offer = offerOf(a).sdp;
  EXPECT_OK(offered(offer));
  EXPECT_TRUE(parsed(answerOf(b).sdp).session.has<sdp::ExtmapAllowMixed>());
  EXPECT_OK(offered(without(offer, "a=extmap-allow-mixed") + "a=extmap-allow-mixed\r\n"));
  EXPECT_FALSE(parsed(answerOf(b).sdp).session.has<sdp::ExtmapAllowMixed>());
  EXPECT_TRUE(section(answerOf(b)).has<sdp::ExtmapAllowMixed>());
  EXPECT_OK(offered(without(offer, "a=extmap-allow-mixed")));
  EXPECT_EQ(answerOf(b).sdp.find("allow-mixed"), std::string::npos);
}

TEST_F(RemoteMedia, ReducedSizeIsAnsweredWhereItIsOffered) {
  addTrack(a, kAudio);
  EXPECT_OK(offered(without(offerOf(a).sdp, "a=rtcp-rsize")));
  EXPECT_OK(b->setLocal());
  EXPECT_FALSE(section(b->localDescription()).has<sdp::RtcpRsize>());
  EXPECT_FALSE(b->receiveParameters(infoAt(b).id).reducedSize);
}

TEST_F(RemoteMedia, AnAnswerLeavesComfortNoiseOutOnRequest) {
  addTrack(a, kAudio);
  EXPECT_OK(offered(offerOf(a).sdp));
  EXPECT_NE(answerOf(b).sdp.find("CN/8000"), std::string::npos);
  auto answer = b->createAnswer({.voiceActivityDetection = false});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->sdp.find("CN/8000"), std::string::npos);
}

// --- answers
// -------------------------------------------------------------------------------------------

TEST_F(RemoteMedia, ARejectedSectionStopsItsTransceiver) {
  addTransceiver(a, kAudio);
  const auto video = addTransceiver(a, kVideo);
  EXPECT_OK(answered([](const std::string& sdp) {
    return replaced(rejecting(sdp, 0), "BUNDLE 0 1", "BUNDLE 1");
  }));
  ASSERT_EQ(a->transceivers().size(), 1u);
  EXPECT_EQ(infoAt(a).id, video);
  EXPECT_FALSE(a->negotiationNeeded());
}

TEST_F(RemoteMedia, AnswersThatTheOfferDoesNotAllowAreInvalidAccess) {
  addTransceiver(a, kAudio, Direction::kRecvOnly);
  addTransceiver(a, kVideo);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  a.drain();
  const std::string good = b->localDescription()->sdp;
  const auto refused = [&](const std::string& sdp) {
    EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, sdp}), kInvalidAccessError);
  };
  refused(withSection(good, 0, replaced(textAt(good, 0), "a=inactive", "a=sendrecv")));
  refused(withSection(good, 0, replaced(textAt(good, 0), "a=inactive", "a=recvonly")));
  refused(without(good, "a=rtcp-mux\r"));
  refused(withSection(good, 1, replaced(textAt(good, 1), "m=video", "m=audio")));
  refused(withSection(good, 1, replaced(textAt(good, 1), "UDP/TLS/RTP/SAVPF", "UDP/OTHER")));
  std::string foreign = textAt(good, 1);
  const size_t formats = foreign.find("SAVPF ") + 6;
  foreign.replace(formats, foreign.find("\r\n") - formats, "7");
  refused(withSection(good, 1, foreign + "a=rtpmap:7 nonsense/90000\r\n"));
  EXPECT_OK(a->setRemote({SdpType::kAnswer, good}));
}

TEST_F(RemoteMedia, AnAnswerMayTakeLess) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(
      answered([](const std::string& sdp) { return replaced(sdp, "a=recvonly", "a=inactive"); }));
  EXPECT_EQ(infoOf(a, id).currentDirection, Direction::kInactive);
  EXPECT_FALSE(infoOf(a, id).remoteSends);
}

TEST_F(RemoteMedia, AnAnswerMayComeWithoutMids) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(
      answered([](const std::string& sdp) { return without(without(sdp, "a=mid"), "a=group"); }));
  EXPECT_EQ(infoOf(a, id).mid, "0");
  EXPECT_EQ(infoOf(a, id).currentDirection, Direction::kSendOnly);
}

TEST_F(RemoteMedia, TheAnswerersTrackIsTheOneItNames) {
  const auto id = addTrack(a, kAudio).transceiver;
  addTrack(b, kAudio, "theirs", {"home"});
  EXPECT_OK(answered([](const std::string& sdp) { return sdp; }));
  EXPECT_EQ(infoOf(a, id).remoteTrackId, "theirs");
  EXPECT_THAT(infoOf(a, id).remoteStreams, ElementsAre("home"));
  EXPECT_TRUE(infoOf(a, id).remoteSends);
}

TEST_F(RemoteMedia, AProvisionalAnswerSettlesDirectionsAndRejectsNothing) {
  const auto audio = addTrack(a, kAudio).transceiver;
  const auto video = addTrack(a, kVideo).transceiver;
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const std::string answer = b->localDescription()->sdp;
  const std::string half = replaced(rejecting(answer, 1), "BUNDLE 0 1", "BUNDLE 0");
  EXPECT_OK(a->setRemote({SdpType::kPranswer, half}));
  EXPECT_EQ(infoOf(a, audio).currentDirection, Direction::kSendOnly);
  EXPECT_FALSE(infoOf(a, video).stopping);
  EXPECT_OK(a->setRemote({SdpType::kAnswer, answer}));
  EXPECT_EQ(infoOf(a, video).currentDirection, Direction::kSendOnly);
}

}  // namespace
}  // namespace rtc::jsep
