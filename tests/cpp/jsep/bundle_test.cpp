#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cpp/jsep/media_pair.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
using ::testing::ElementsAre;
constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;

SessionConfig with(BundlePolicy policy) {
  SessionConfig config;
  config.bundlePolicy = policy;
  return config;
}

/// Two audio and two video sections and one for data.
void fill(Side& side) {
  addTransceiver(side, kAudio);
  addTransceiver(side, kAudio);
  addTransceiver(side, kVideo);
  addTransceiver(side, kVideo);
  side->requestDataChannels();
}

std::set<std::string> ufragsOf(const Description& description) {
  std::set<std::string> ufrags;
  for (size_t i = 0; i < lines(description).size(); ++i)
    ufrags.insert(ufragAt(description, i));
  return ufrags;
}

std::set<TransportId> transportsOf(Side& side) {
  std::set<TransportId> transports;
  for (const TransceiverInfo& info : side->transceivers()) {
    if (info.transport)
      transports.insert(*info.transport);
  }
  if (side->sctp())
    transports.insert(side->sctp()->transport);
  return transports;
}

class Bundle : public ::testing::Test {
 protected:
  /// b's answer to an offer of theirs, of which nothing is bundled any more.
  std::string answerWithoutGroups(Side& offerer) {
    EXPECT_OK(offerer->setLocal());
    EXPECT_OK(b->setRemote(*offerer->localDescription()));
    EXPECT_OK(b->setLocal());
    offerer.drain();
    return without(b->localDescription()->sdp, "a=group");
  }
  /// a offers and b answers; what b's answer becomes on its way is `edit`'s affair.
  template <typename Edit>
  Status<Error> answered(Side& offerer, Edit edit) {
    EXPECT_OK(offerer->setLocal());
    EXPECT_OK(b->setRemote(*offerer->localDescription()));
    EXPECT_OK(b->setLocal());
    return offerer->setRemote({SdpType::kAnswer, edit(b->localDescription()->sdp)});
  }
  Side b{2};
};

// --- policies ------------------------------------------------------------------------------------

TEST_F(Bundle, BalancedOffersOneTransportForEachKind) {
  Side a(1, with(BundlePolicy::kBalanced));
  fill(a);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer),
              ElementsAre("audio 9", "audio 0", "video 9", "video 0", "application 9"));
  EXPECT_EQ(bundle(offer), "BUNDLE 0 1 2 3 4");
  EXPECT_EQ(ufragsOf(offer).size(), 1u) << "they are to be bundled";
  EXPECT_FALSE(section(offer, 0).has<sdp::BundleOnly>());
  EXPECT_TRUE(section(offer, 1).has<sdp::BundleOnly>());
  EXPECT_TRUE(section(offer, 3).has<sdp::BundleOnly>());
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(a.drain<StartGathering>().size(), 3u);
}

TEST_F(Bundle, MaxCompatOffersOneTransportForEachSection) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  fill(a);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer),
              ElementsAre("audio 9", "audio 9", "video 9", "video 9", "application 9"));
  EXPECT_EQ(ufragsOf(offer).size(), 1u) << "they are to be bundled";
  EXPECT_EQ(bundle(offer), "BUNDLE 0 1 2 3 4");
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(a.drain<StartGathering>().size(), 5u);
}

TEST_F(Bundle, MaxBundleOffersOneTransportForAll) {
  Side a(1, with(BundlePolicy::kMaxBundle));
  fill(a);
  const Description offer = offerOf(a);
  EXPECT_THAT(lines(offer),
              ElementsAre("audio 9", "audio 0", "video 0", "video 0", "application 0"));
  EXPECT_EQ(ufragsOf(offer).size(), 1u);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(a.drain<StartGathering>().size(), 1u);
}

class EachPolicy : public Bundle, public ::testing::WithParamInterface<BundlePolicy> {};

TEST_P(EachPolicy, EndsInOneTransportWhenThePeerBundles) {
  Side a(1, with(GetParam()));
  fill(a);
  negotiate(a, b);
  EXPECT_EQ(transportsOf(a).size(), 1u);
  EXPECT_EQ(transportsOf(b).size(), 1u);
  std::set<TransportId> alive;
  for (const Output& output : a.drain()) {
    if (const auto* start = std::get_if<StartGathering>(&output))
      alive.insert(start->transport);
    if (const auto* gone = std::get_if<TransportDiscarded>(&output))
      alive.erase(gone->transport);
    if (const auto* dtls = std::get_if<DtlsParameters>(&output)) {
      EXPECT_TRUE(alive.contains(dtls->transport));
    }
    if (const auto* sctp = std::get_if<SctpParameters>(&output)) {
      EXPECT_EQ(sctp->transport, *transportsOf(a).begin());
    }
  }
  EXPECT_EQ(alive, transportsOf(a));
  EXPECT_EQ(b.drain<StartGathering>().size(), 1u);
  // Later offers show it: no section is bundle-only, all have the credentials of the first.
  const Description again = offerOf(a);
  EXPECT_EQ(ufragsOf(again).size(), 1u);
  for (const auto& media : parsed(again.sdp).media) {
    EXPECT_EQ(media.port, 9);
    EXPECT_FALSE(media.has<sdp::BundleOnly>());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EachPolicy,
                         ::testing::Values(BundlePolicy::kBalanced, BundlePolicy::kMaxCompat,
                                           BundlePolicy::kMaxBundle));

// --- what answers do
// ------------------------------------------------------------------------------

TEST_F(Bundle, StaysApartWhenTheAnswerDoesNotBundle) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  // The answerer bundled, so its sections share an address; one that does not has two.
  EXPECT_OK(answered(a, [](const std::string& sdp) { return without(sdp, "a=group"); }));
  EXPECT_EQ(transportsOf(a).size(), 2u);
  EXPECT_EQ(a.drain<DtlsParameters>().size(), 2u);
  EXPECT_EQ(bundle(offerOf(a)), "") << "unbundled sections stay so";
}

TEST_F(Bundle, NewSectionsAreOfferedAsAGroupOfTheirOwnWhereThePeerDidNotBundle) {
  Side a(1);
  addTransceiver(a, kAudio);
  EXPECT_OK(answered(a, [](const std::string& sdp) { return without(sdp, "a=group"); }));
  addTransceiver(a, kVideo);
  addTransceiver(a, kVideo);
  const Description offer = offerOf(a);
  EXPECT_EQ(bundle(offer), "BUNDLE 1 2");
  EXPECT_EQ(ufragAt(offer, 0), ufragAt(a->localDescription(), 0));
  EXPECT_EQ(ufragsOf(offer).size(), 2u);
  EXPECT_THAT(lines(offer), ElementsAre("audio 9", "video 9", "video 9"));
}

TEST_F(Bundle, TakesTheSubsetThatTheAnswerAccepts) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  a->requestDataChannels();
  EXPECT_OK(answered(
      a, [](const std::string& sdp) { return replaced(sdp, "BUNDLE 0 1 2", "BUNDLE 1 2"); }));
  EXPECT_EQ(transportsOf(a).size(), 2u);
  EXPECT_NE(infoAt(a, 0).transport, infoAt(a, 1).transport);
  EXPECT_EQ(a->sctp()->transport, infoAt(a, 1).transport);
  EXPECT_EQ(a->candidateTarget(*infoAt(a, 1).transport)->mid, "1");
  // New sections join the group.
  addTransceiver(a, kAudio);
  const Description offer = offerOf(a);
  EXPECT_EQ(bundle(offer), "BUNDLE 1 2 3");
  EXPECT_EQ(ufragAt(offer, 3), ufragAt(offer, 1));
}

TEST_F(Bundle, GoesOnWithTheNextSectionWhenTheTaggedOneIsRejected) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  a->requestDataChannels();
  EXPECT_OK(answered(a, [](const std::string& sdp) {
    return replaced(rejecting(sdp, 0), "BUNDLE 0 1 2", "BUNDLE 1 2");
  }));
  EXPECT_EQ(a->transceivers().size(), 1u);
  EXPECT_EQ(transportsOf(a).size(), 1u);
  EXPECT_EQ(a->candidateTarget(*infoAt(a).transport)->mid, "1");
}

TEST_F(Bundle, IsWholeAgainAfterTheFinalAnswerWhateverAProvisionalOneSaid) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const std::string answer = b->localDescription()->sdp;
  EXPECT_OK(a->setRemote({SdpType::kPranswer, answer}));
  EXPECT_EQ(transportsOf(a).size(), 1u);
  EXPECT_TRUE(a.drain<TransportDiscarded>().empty()) << "the other one may still be needed";
  EXPECT_OK(a->setRemote({SdpType::kAnswer, without(answer, "a=group")}));
  EXPECT_EQ(transportsOf(a).size(), 2u);
}

TEST_F(Bundle, BundleOnlySectionsCannotBeAcceptedAlone) {
  Side a(1, with(BundlePolicy::kMaxBundle));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string answer = answerWithoutGroups(a);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, answer}), kInvalidAccessError);
  // A peer that does not bundle sees a port of zero, and rejects.
  EXPECT_OK(a->setRemote({SdpType::kAnswer, rejecting(answer, 1)}));
  EXPECT_EQ(a->transceivers().size(), 1u);
}

TEST_F(Bundle, NorCanThoseThatABalancedOfferHas) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string answer = answerWithoutGroups(a);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, answer}), kInvalidAccessError);
  EXPECT_OK(a->setRemote({SdpType::kAnswer, rejecting(answer, 1)}));
  EXPECT_EQ(transportsOf(a).size(), 2u);
}

TEST_F(Bundle, WhatSharesATransportCannotBeTakenApart) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  negotiate(a, b);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  a.drain();
  const std::string answer = b->localDescription()->sdp;
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, without(answer, "a=group")}),
                 kInvalidAccessError);
  EXPECT_OK(a->setRemote({SdpType::kAnswer, answer}));
}

TEST_F(Bundle, AnAnswerMayNotMixGroups) {
  Side a(1);
  addTransceiver(a, kAudio);
  EXPECT_OK(answered(a, [](const std::string& sdp) { return without(sdp, "a=group"); }));
  addTransceiver(a, kVideo);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  a.drain();
  const std::string answer = b->localDescription()->sdp;
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, replaced(answer, "BUNDLE 1", "BUNDLE 0 1")}),
                 kInvalidAccessError);
}

// --- what offers do
// -------------------------------------------------------------------------------

TEST_F(Bundle, OffersWithoutAGroupGetATransportForEachSection) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string offer = without(offerOf(a).sdp, "a=group");
  EXPECT_OK(b->setRemote({SdpType::kOffer, offer}));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(bundle(b->localDescription()), "");
  EXPECT_EQ(transportsOf(b).size(), 2u);
  EXPECT_EQ(b.drain<StartGathering>().size(), 2u);
}

TEST_F(Bundle, AnOfferThatGrowsBeforeItsAnswerKeepsItsCredentials) {
  Side a(1);
  addTransceiver(a, kAudio);
  EXPECT_OK(a->setLocal());
  const auto before = ufragsOf(*a->localDescription());
  addTransceiver(a, kVideo);
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(a.drain<StartGathering>().size(), 2u);
  EXPECT_EQ(ufragsOf(*a->localDescription()), before);
}

TEST_F(Bundle, ABalancedAnswererTakesSeveralSectionsOfAKindInABundleOnly) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  addTransceiver(a, kAudio);
  addTransceiver(a, kAudio);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(offer.sdp, "a=group")}));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 9", "audio 0"));
  EXPECT_EQ(b->transceivers().size(), 1u);
  Side compatible(3, with(BundlePolicy::kMaxCompat));
  EXPECT_OK(compatible->setRemote({SdpType::kOffer, without(offer.sdp, "a=group")}));
  EXPECT_OK(compatible->setLocal());
  EXPECT_THAT(lines(compatible->localDescription()), ElementsAre("audio 9", "audio 9"));
}

TEST_F(Bundle, SeveralGroupsStaySeveral) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  Side c(3, with(BundlePolicy::kMaxCompat));
  fill(a);
  const std::string offer = replaced(offerOf(a).sdp, "a=group:BUNDLE 0 1 2 3 4",
                                     "a=group:BUNDLE 0 1\r\na=group:BUNDLE 3 2 4");
  EXPECT_OK(c->setRemote({SdpType::kOffer, offer}));
  EXPECT_OK(c->setLocal());
  EXPECT_EQ(transportsOf(c).size(), 2u);
  EXPECT_EQ(infoAt(c, 0).transport, infoAt(c, 1).transport);
  EXPECT_EQ(infoAt(c, 2).transport, infoAt(c, 3).transport);
  // Each group's first mid speaks for it.
  EXPECT_EQ(c->candidateTarget(*infoAt(c, 2).transport)->mid, "3");
  const auto groups = bundleGroups(parsed(offerOf(c).sdp));
  EXPECT_THAT(groups, ElementsAre(ElementsAre("0", "1"), ElementsAre("3", "2", "4")));
}

TEST_F(Bundle, ALaterOfferMayBundleWhatWasApart) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(offer.sdp, "a=group")}));
  EXPECT_OK(b->setLocal());
  const auto first = *infoAt(b, 0).transport;
  b.drain();
  EXPECT_OK(b->setRemote(offer));
  EXPECT_EQ(transportsOf(b).size(), 2u) << "until it is answered";
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(transportsOf(b), std::set<TransportId>{first});
  EXPECT_EQ(b.drain<TransportDiscarded>().size(), 1u);
}

TEST_F(Bundle, BundledSectionsMayLeaveOutWhatTheyShare) {
  // RFC 9429 section 5.2.1: as the letter of JSEP has it.
  Side a(1, with(BundlePolicy::kMaxBundle));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const Description offer = offerOf(a);
  std::string video = textAt(offer.sdp, 1);
  for (const char* line : {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup", "a=rtcp-mux"})
    video = without(video, line);
  EXPECT_OK(b->setRemote({SdpType::kOffer, withSection(offer.sdp, 1, video)}));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 9", "video 9"));
  EXPECT_EQ(transportsOf(b).size(), 1u);
}

TEST_F(Bundle, ABundleOnlyApplicationSectionIsTaken) {
  Side a(1, with(BundlePolicy::kMaxBundle));
  addTransceiver(a, kAudio);
  a->requestDataChannels();
  negotiate(a, b);
  EXPECT_EQ(b->sctp()->transport, infoAt(b).transport);
  EXPECT_TRUE(b->sctp()->negotiated);
}

TEST_F(Bundle, ABundleOnlySectionWithoutABundleIsRejected) {
  Side a(1, with(BundlePolicy::kMaxBundle));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(offerOf(a).sdp, "a=group")}));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 9", "video 0"));
}

TEST_F(Bundle, IsRejectedAsAWholeWhenNothingIsLeftThatHasATransport) {
  Side a(1, with(BundlePolicy::kMaxBundle));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote(offer));
  // b cannot agree on a codec for the tagged section.
  std::string audio = textAt(offer.sdp, 0);
  const size_t formats = audio.find("SAVPF ") + 6;
  audio.replace(formats, audio.find("\r\n") - formats, "100");
  EXPECT_OK(b->setRemote(
      {SdpType::kOffer, withSection(offer.sdp, 0, audio + "a=rtpmap:100 nonsense/8000\r\n")}));
  EXPECT_OK(b->setLocal());
  EXPECT_THAT(lines(b->localDescription()), ElementsAre("audio 0", "video 0"));
  EXPECT_EQ(bundle(b->localDescription()), "");
  EXPECT_TRUE(b->transceivers().empty());
}

TEST_F(Bundle, ConflictingNumbersInOneGroupAreInvalidAccess) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string offer = offerOf(a).sdp;
  const auto number = section(offerOf(a), 0).formats.front();
  std::string video = textAt(offer, 1);
  video = replaced(video, "VP8/90000", "VP8/90000\r\na=rtpmap:" + number + " VP9/90000");
  video = replaced(video, " UDP/TLS/RTP/SAVPF ", " UDP/TLS/RTP/SAVPF " + number + " ");
  EXPECT_REFUSED(b, b->setRemote({SdpType::kOffer, withSection(offer, 1, video)}),
                 kInvalidAccessError);
  EXPECT_OK(b->setRemote({SdpType::kOffer, without(withSection(offer, 1, video), "a=group")}));
  EXPECT_OK(b->setLocal());
}

// --- candidates
// ------------------------------------------------------------------------------------

TEST_F(Bundle, CandidatesGoWithTheSectionThatSpeaksForTheirTransport) {
  Side a(1);
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  const std::string host = "candidate:1 1 udp 2122260223 192.0.2.1 4001 typ host";
  EXPECT_OK(a->setLocal());
  const auto video = *infoAt(a, 1).transport;
  EXPECT_EQ(a->candidateTarget(video)->mid, "1");
  a->addLocalCandidate(video, ufragAt(a->localDescription(), 1), host);
  EXPECT_FALSE(section(a->localDescription(), 0).has<sdp::Candidate>());
  EXPECT_TRUE(section(a->localDescription(), 1).has<sdp::Candidate>());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  EXPECT_OK(a->setRemote(*b->localDescription()));

  const auto both = *infoAt(b).transport;
  b->addLocalCandidate(both, ufragAt(b->localDescription(), 0), host);
  b->setGatheringComplete(both, ufragAt(b->localDescription(), 0));
  for (const auto& description : {*b->localDescription(), offerOf(b)}) {
    EXPECT_TRUE(section(description, 0).has<sdp::Candidate>());
    EXPECT_TRUE(section(description, 0).has<sdp::EndOfCandidates>());
    EXPECT_EQ(section(description, 0).port, 4001);
    EXPECT_FALSE(section(description, 1).has<sdp::Candidate>());
  }
  // Those of the peer may come with any section of the bundle.
  a.drain();
  EXPECT_OK(a->addCandidate({host, "1", {}, {}}));
  const auto told = a.drain<RemoteCandidateAdded>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].transport, infoAt(a).transport);
}

TEST_F(Bundle, AnOfferThatIsSetTwiceKeepsItsTransports) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  fill(a);
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  const auto before = transportsOf(a);
  a.drain();
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(transportsOf(a), before);
  EXPECT_TRUE(a.drain().empty());
}

TEST_F(Bundle, ARestartIsOneForEachTransport) {
  Side a(1, with(BundlePolicy::kMaxCompat));
  addTransceiver(a, kAudio);
  addTransceiver(a, kVideo);
  EXPECT_OK(answered(a, [](const std::string& sdp) { return without(sdp, "a=group"); }));
  a.drain();
  const auto before = ufragsOf(*a->localDescription());
  a->restartIce();
  const Description offer = offerOf(a);
  for (const std::string& ufrag : ufragsOf(offer))
    EXPECT_FALSE(before.contains(ufrag));
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(a.drain<StartGathering>().size(), 2u);
  EXPECT_OK(a->rollback());
  EXPECT_EQ(a.drain<StartGathering>().size(), 2u);
  EXPECT_EQ(ufragsOf(*a->localDescription()), before);
}

TEST_F(Bundle, CandidatesOfTheExchangeBeforeStillCountWhileAnOfferMovesTheTag) {
  Side a(1);
  const auto audio = addTransceiver(a, kAudio);
  negotiate(a, b);
  a->stopTransceiver(audio);
  addTransceiver(a, kVideo);
  EXPECT_OK(a->setLocal());
  a.drain();
  EXPECT_OK(a->addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", "0", {}, {}}));
  EXPECT_EQ(a.drain<RemoteCandidateAdded>().size(), 1u);
}

}  // namespace
}  // namespace rtc::jsep
