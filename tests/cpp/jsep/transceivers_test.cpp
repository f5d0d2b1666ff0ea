#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cpp/jsep/codecs.h"
#include "tests/cpp/jsep/media_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;

class Transceivers : public ::testing::Test {
 protected:
  Side a{1};
  Side b{2};
};

TEST_F(Transceivers, AreListedInTheOrderInWhichTheyWereAdded) {
  const auto video = addTransceiver(a, kVideo, Direction::kRecvOnly);
  const auto audio = addTrack(a, kAudio).transceiver;
  const auto all = a->transceivers();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, video);
  EXPECT_EQ(all[0].kind, kVideo);
  EXPECT_EQ(all[0].direction, Direction::kRecvOnly);
  EXPECT_EQ(all[1].id, audio);
  EXPECT_EQ(all[1].direction, Direction::kSendRecv);
  for (const TransceiverInfo& info : all) {
    EXPECT_EQ(info.mid, std::nullopt);
    EXPECT_EQ(info.mLineIndex, std::nullopt);
    EXPECT_EQ(info.currentDirection, std::nullopt);
    EXPECT_EQ(info.transport, std::nullopt);
    EXPECT_FALSE(info.stopping);
  }
}

TEST_F(Transceivers, GetTheirMidWithTheDescriptionAndTheirDirectionWithTheAnswer) {
  const auto id = addTrack(a, kAudio).transceiver;
  offerOf(a);
  EXPECT_EQ(infoOf(a, id).mid, std::nullopt);
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(infoOf(a, id).mid, "0");
  EXPECT_EQ(infoOf(a, id).mLineIndex, 0);
  EXPECT_EQ(infoOf(a, id).currentDirection, std::nullopt);
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_EQ(infoAt(b).mid, "0");
  EXPECT_EQ(infoAt(b).direction, Direction::kRecvOnly);
  EXPECT_EQ(infoAt(b).currentDirection, std::nullopt);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(infoAt(b).currentDirection, Direction::kRecvOnly);
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(infoOf(a, id).currentDirection, Direction::kSendOnly);
}

TEST_F(Transceivers, GetTheirTransportWithTheLocalOfferOrWithTheAnswer) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(a->setLocal());
  EXPECT_TRUE(infoOf(a, id).transport);
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_FALSE(infoAt(b).transport) << "webrtc-pc: a remote offer gives none";
  EXPECT_OK(b->setLocal());
  EXPECT_TRUE(infoAt(b).transport);
}

// --- addTrack ------------------------------------------------------------------------------------

TEST_F(Transceivers, AddTrackTakesTheFirstSenderOfTheKindThatNeverHadSomethingToSend) {
  addTransceiver(a, kVideo);
  const auto first = addTransceiver(a, kAudio, Direction::kRecvOnly);
  const auto second = addTransceiver(a, kAudio, Direction::kInactive);
  const auto added = addTrack(a, kAudio, "one");
  EXPECT_EQ(added.transceiver, first);
  EXPECT_FALSE(added.created);
  EXPECT_EQ(infoOf(a, first).direction, Direction::kSendRecv);
  EXPECT_EQ(addTrack(a, kAudio, "two").transceiver, second);
  EXPECT_EQ(infoOf(a, second).direction, Direction::kSendOnly);
  EXPECT_TRUE(addTrack(a, kAudio, "three").created);
}

TEST_F(Transceivers, AddTrackLeavesASenderAloneThatHasSent) {
  const auto id = addTrack(a, kAudio).transceiver;
  negotiate(a, b);
  a->removeTrack(id);
  EXPECT_EQ(infoOf(a, id).direction, Direction::kRecvOnly);
  EXPECT_TRUE(addTrack(a, kAudio).created);
  negotiate(a, b);
  EXPECT_TRUE(addTrack(a, kAudio).created) << "nor later, when it does not send";
}

TEST_F(Transceivers, AddTrackTakesASenderBackThatHasOnlyBeenOffered) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_OK(a->setLocal());
  a->removeTrack(id);
  EXPECT_EQ(addTrack(a, kAudio).transceiver, id);
}

TEST_F(Transceivers, AddTrackLeavesASenderAloneThatIsBeingStopped) {
  const auto id = addTransceiver(a, kAudio);
  a->stopTransceiver(id);
  EXPECT_TRUE(addTrack(a, kAudio).created);
}

TEST_F(Transceivers, AddTrackTakesWhatARemoteOfferMade) {
  addTrack(a, kAudio);
  EXPECT_OK(b->setRemote(offerOf(a)));
  const auto added = addTrack(b, kAudio);
  EXPECT_FALSE(added.created);
  EXPECT_EQ(infoOf(b, added.transceiver).direction, Direction::kSendRecv);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(infoOf(b, added.transceiver).currentDirection, Direction::kSendRecv);
}

TEST_F(Transceivers, ReplacingATrackNeedsNoNegotiation) {
  const auto id = addTrack(a, kAudio).transceiver;
  negotiate(a, b);
  a->setSenderTrack(id, false);
  EXPECT_FALSE(a->negotiationNeeded());
  EXPECT_EQ(infoOf(a, id).direction, Direction::kSendRecv);
}

// --- stop ----------------------------------------------------------------------------------------

TEST_F(Transceivers, AStoppedOneLeavesBothListsAfterTheNextExchange) {
  const auto id = addTrack(a, kAudio).transceiver;
  negotiate(a, b);
  a->stopTransceiver(id);
  EXPECT_TRUE(infoOf(a, id).stopping);
  EXPECT_FALSE(infoOf(a, id).stopped);
  EXPECT_EQ(infoOf(a, id).direction, Direction::kInactive);
  EXPECT_EQ(infoOf(a, id).currentDirection, Direction::kSendOnly);
  EXPECT_TRUE(a->negotiationNeeded());
  const Description offer = offerOf(a);
  EXPECT_EQ(lines(offer), std::vector<std::string>{"audio 0"});
  EXPECT_EQ(directionAt(offer, 0), Direction::kInactive);
  EXPECT_FALSE(section(offer).has<sdp::Msid>());
  EXPECT_OK(setLocal(a, offer));
  EXPECT_OK(b->setRemote(offer));
  EXPECT_TRUE(infoAt(b).stopped);
  EXPECT_EQ(infoAt(b).currentDirection, std::nullopt);
  EXPECT_OK(b->setLocal());
  EXPECT_TRUE(b->transceivers().empty());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_TRUE(a->transceivers().empty());
  EXPECT_FALSE(a->negotiationNeeded());
  EXPECT_FALSE(b->negotiationNeeded());
}

TEST_F(Transceivers, OneThatIsBeingStoppedIsAnsweredInactiveNotRejected) {
  addTrack(a, kAudio);
  EXPECT_OK(b->setRemote(offerOf(a)));
  b->stopTransceiver(infoAt(b).id);
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(lines(b->localDescription()), std::vector<std::string>{"audio 9"});
  EXPECT_EQ(infoAt(b).currentDirection, Direction::kInactive);
  EXPECT_TRUE(b->negotiationNeeded());
}

TEST_F(Transceivers, OneThatWasStoppedBeforeAnyOfferHasNoSectionAndGoesWithTheNextExchange) {
  const auto id = addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  a->stopTransceiver(id);
  EXPECT_TRUE(infoOf(a, id).stopping);
  EXPECT_EQ(lines(offerOf(a)), std::vector<std::string>{"video 9"});
  negotiate(a, b);
  EXPECT_FALSE(a->transceiver(id));
  EXPECT_FALSE(a->negotiationNeeded());
}

TEST_F(Transceivers, OneThatIsStoppedAfterItsOfferWasCreatedIsStillNegotiated) {
  const auto id = addTrack(a, kAudio).transceiver;
  const Description offer = offerOf(a);
  a->stopTransceiver(id);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(infoOf(a, id).mid, "0");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_TRUE(infoOf(a, id).stopping);
  EXPECT_EQ(infoOf(a, id).currentDirection, Direction::kSendOnly);
  EXPECT_TRUE(a->negotiationNeeded());
  negotiate(a, b);
  EXPECT_TRUE(a->transceivers().empty());
}

TEST_F(Transceivers, OneThatIsBeingStoppedKeepsItsDirectionInactive) {
  const auto id = addTransceiver(a, kAudio);
  a->stopTransceiver(id);
  a->setDirection(id, Direction::kSendRecv);
  EXPECT_EQ(infoOf(a, id).direction, Direction::kInactive);
}

TEST_F(Transceivers, OnesThatAreUnknownAreLeftAlone) {
  const TransceiverId none(77);
  a->removeTrack(none);
  a->setDirection(none, Direction::kInactive);
  a->setSenderStreams(none, {"x"});
  a->stopTransceiver(none);
  EXPECT_OK(a->setCodecPreferences(none, supportedCodecs(kAudio)));
  EXPECT_OK(a->setHeaderExtensionsToNegotiate(none, {}));
  EXPECT_FALSE(a->transceiver(none));
  EXPECT_TRUE(a->sendParameters(none).codecs.empty());
  EXPECT_TRUE(a->receiveParameters(none).codecs.empty());
  EXPECT_TRUE(a->headerExtensionsToNegotiate(none).empty());
  EXPECT_TRUE(a->negotiatedHeaderExtensions(none).empty());
}

TEST_F(Transceivers, AClosedSessionTakesNone) {
  const auto id = addTransceiver(a, kAudio);
  a->close();
  EXPECT_FALSE(a->addTransceiver({}).ok());
  EXPECT_FALSE(a->addTrack(kAudio, "", {}).ok());
  a->stopTransceiver(id);
  EXPECT_FALSE(infoOf(a, id).stopping);
}

// --- parameters ----------------------------------------------------------------------------------

TEST_F(Transceivers, ParametersAreWhatTheAnswerSettled) {
  const auto id = addTrack(a, kAudio).transceiver;
  EXPECT_TRUE(a->sendParameters(id).codecs.empty());
  negotiate(a, b);
  const auto sends = a->sendParameters(id);
  const auto receives = b->receiveParameters(infoAt(b).id);
  ASSERT_FALSE(sends.codecs.empty());
  EXPECT_EQ(sends.codecs[0].name, "opus");
  EXPECT_EQ(sends.codecs[0].payloadType, receives.codecs[0].payloadType);
  EXPECT_EQ(sends.headerExtensions, receives.headerExtensions);
  EXPECT_FALSE(sends.headerExtensions.empty());
  EXPECT_TRUE(sends.reducedSize);
  EXPECT_EQ(sends.cname, section(a->localDescription()).find<sdp::Ssrc>()->text);
  EXPECT_TRUE(a->receiveParameters(id).codecs.empty()) << "the peer sends nothing";
}

TEST_F(Transceivers, AReceiverKnowsItsCodecsFromTheOfferOn) {
  const auto id = addTransceiver(a, kAudio);
  EXPECT_OK(a->setLocal());
  EXPECT_FALSE(a->receiveParameters(id).codecs.empty());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_EQ(b->receiveParameters(infoAt(b).id).codecs.at(0).payloadType, 111);
  EXPECT_TRUE(b->sendParameters(infoAt(b).id).codecs.empty());
  EXPECT_OK(a->rollback());
  EXPECT_TRUE(a->receiveParameters(id).codecs.empty());
}

TEST_F(Transceivers, CodecPreferencesOrderAndLimitTheSection) {
  const auto id = addTransceiver(a, kAudio);
  auto codecs = supportedCodecs(kAudio);
  const auto named = [&](const char* name) {
    return *std::find_if(codecs.begin(), codecs.end(),
                         [&](const RtpCodec& codec) { return codec.name == name; });
  };
  EXPECT_OK(a->setCodecPreferences(id, {named("PCMU"), named("opus")}));
  EXPECT_EQ(section(offerOf(a)).formats, (std::vector<std::string>{"0", "111"}));
  EXPECT_OK(a->setCodecPreferences(id, {}));
  EXPECT_GT(section(offerOf(a)).formats.size(), 2u);
  RtpCodec unknown = named("opus");
  unknown.name = "nonsense";
  EXPECT_REFUSED(a, a->setCodecPreferences(id, {unknown}), kInvalidModificationError);
}

TEST_F(Transceivers, HeaderExtensionsAreOfferedAsWantedAndStayAsAnswered) {
  const auto id = addTransceiver(a, kAudio);
  auto extensions = a->headerExtensionsToNegotiate(id);
  const std::string level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
  for (auto& extension : extensions) {
    if (extension.uri == level)
      extension.direction.reset();
  }
  EXPECT_TRUE(a->negotiatedHeaderExtensions(id).empty());
  EXPECT_OK(a->setHeaderExtensionsToNegotiate(id, extensions));
  EXPECT_EQ(offerOf(a).sdp.find(level), std::string::npos);
  negotiate(a, b);
  EXPECT_EQ(a->headerExtensionsToNegotiate(id), a->negotiatedHeaderExtensions(id));
  for (const auto& extension : b->negotiatedHeaderExtensions(infoAt(b).id)) {
    if (extension.uri == level) {
      EXPECT_FALSE(extension.direction);
    }
  }
  // Those that come later agree with the first of the kind.
  const auto later = addTransceiver(b, kAudio);
  EXPECT_EQ(b->headerExtensionsToNegotiate(later), b->headerExtensionsToNegotiate(infoAt(b).id));
}

const std::string kLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

std::optional<Direction> levelIn(const std::vector<HeaderExtensionCapability>& extensions) {
  for (const HeaderExtensionCapability& extension : extensions) {
    if (extension.uri == kLevel)
      return extension.direction;
  }
  ADD_FAILURE() << "no audio level in the list";
  return std::nullopt;
}

/// As an application does it: the list that it reads, with one direction changed.
void setLevel(Side& side, std::optional<Direction> direction) {
  const TransceiverId id = infoAt(side).id;
  auto extensions = side->headerExtensionsToNegotiate(id);
  for (HeaderExtensionCapability& extension : extensions) {
    if (extension.uri == kLevel)
      extension.direction = direction;
  }
  EXPECT_OK(side->setHeaderExtensionsToNegotiate(id, extensions));
}

std::optional<Direction> levelToNegotiate(Side& side) {
  return levelIn(side->headerExtensionsToNegotiate(infoAt(side).id));
}

std::optional<Direction> negotiatedLevel(Side& side) {
  return levelIn(side->negotiatedHeaderExtensions(infoAt(side).id));
}

TEST_F(Transceivers, AnExtensionThatWasNotNegotiatedIsAnsweredWhenItIsOfferedLater) {
  addTransceiver(a, kAudio);
  setLevel(a, std::nullopt);
  negotiate(a, b);
  EXPECT_EQ(levelToNegotiate(b), std::nullopt);
  EXPECT_EQ(offerOf(b).sdp.find(kLevel), std::string::npos) << "an offer brings nothing new";
  setLevel(a, Direction::kSendRecv);
  negotiate(a, b);
  EXPECT_EQ(negotiatedLevel(a), Direction::kSendRecv);
  EXPECT_EQ(negotiatedLevel(b), Direction::kSendRecv);
}

TEST_F(Transceivers, AnExtensionThatWasNarrowedIsAnsweredAsWideAsItIsOfferedLater) {
  addTransceiver(a, kAudio);
  setLevel(a, Direction::kSendOnly);
  negotiate(a, b);
  EXPECT_EQ(levelToNegotiate(b), Direction::kRecvOnly);
  setLevel(a, Direction::kSendRecv);
  negotiate(a, b);
  EXPECT_EQ(negotiatedLevel(b), Direction::kSendRecv);
}

TEST_F(Transceivers, AnExtensionThatTheApplicationStoppedIsNotAnswered) {
  addTransceiver(a, kAudio);
  negotiate(a, b);
  setLevel(b, std::nullopt);
  negotiate(a, b);
  EXPECT_EQ(negotiatedLevel(a), std::nullopt);
  setLevel(a, Direction::kSendRecv);
  negotiate(a, b);
  EXPECT_EQ(negotiatedLevel(b), std::nullopt) << "offered again or not";
  setLevel(b, Direction::kSendRecv);
  setLevel(a, Direction::kSendRecv);
  negotiate(a, b);
  EXPECT_EQ(negotiatedLevel(b), Direction::kSendRecv);
}

/// b has an offer of a's before it with the extension that the one before left out.
void offerAgainWhatWasLeftOut(Side& a, Side& b) {
  addTransceiver(a, kAudio);
  setLevel(a, std::nullopt);
  negotiate(a, b);
  setLevel(a, Direction::kSendRecv);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
}

TEST_F(Transceivers, AnExtensionThatAnOfferBringsBackCanBeStoppedBeforeTheAnswer) {
  offerAgainWhatWasLeftOut(a, b);
  EXPECT_EQ(levelToNegotiate(b), Direction::kSendRecv);
  setLevel(b, std::nullopt);
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(negotiatedLevel(a), std::nullopt);
  EXPECT_EQ(levelToNegotiate(b), std::nullopt);
}

TEST_F(Transceivers, AnExtensionThatAnOfferBringsBackGoesWithItsRollback) {
  offerAgainWhatWasLeftOut(a, b);
  EXPECT_OK(b->rollback());
  EXPECT_EQ(levelToNegotiate(b), std::nullopt);
}

}  // namespace
}  // namespace rtc::jsep
