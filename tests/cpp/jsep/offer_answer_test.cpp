#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cpp/jsep/session_pair.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
namespace samples = sdp::samples;

class OfferAnswer : public ::testing::Test {
 protected:
  Side a{1};
  Side b{2};
};

TEST_F(OfferAnswer, AnOfferWithoutDataChannelsHasNoSections) {
  const Description offer = offerOf(a);
  EXPECT_EQ(offer.type, SdpType::kOffer);
  EXPECT_TRUE(parsed(offer.sdp).media.empty());
  EXPECT_FALSE(parsed(offer.sdp).session.has<sdp::Group>());
}

TEST_F(OfferAnswer, AnOfferWithDataChannelsLooksLikeABrowsers) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  const auto description = parsed(offer.sdp);
  EXPECT_EQ(description.origin.username, "-");
  EXPECT_EQ(description.session.find<sdp::Group>()->value(), "BUNDLE 0");
  EXPECT_TRUE(description.session.has<sdp::ExtmapAllowMixed>());
  ASSERT_EQ(description.media.size(), 1u);
  const auto& data = description.media[0];
  EXPECT_EQ(data.port, 9);
  EXPECT_EQ(data.protocol, "UDP/DTLS/SCTP");
  EXPECT_EQ(data.formats, std::vector<std::string>{"webrtc-datachannel"});
  EXPECT_EQ(*data.other('c'), "IN IP4 0.0.0.0");
  EXPECT_EQ(data.find<sdp::IceUfrag>()->ufrag.size(), 4u);
  EXPECT_EQ(data.find<sdp::IcePwd>()->password.size(), 24u);
  EXPECT_TRUE(data.find<sdp::IceOptions>()->has("trickle"));
  EXPECT_EQ(*data.find<sdp::Fingerprint>(), fingerprintOf('B'));
  EXPECT_EQ(data.find<sdp::Setup>()->role, sdp::Setup::Role::kActpass);
  EXPECT_EQ(data.find<sdp::Mid>()->id, "0");
  EXPECT_EQ(data.find<sdp::SctpPort>()->port, 5000);
  EXPECT_EQ(data.find<sdp::MaxMessageSize>()->size, 262144u);
}

TEST_F(OfferAnswer, EveryFingerprintIsOffered) {
  a->setFingerprints({fingerprintOf('1'), fingerprintOf('2')});
  a->requestDataChannels();
  EXPECT_EQ(section(offerOf(a)).all<sdp::Fingerprint>().size(), 2u);
}

TEST_F(OfferAnswer, OfferingTwiceGivesTheSameOffer) {
  a->requestDataChannels();
  EXPECT_EQ(offerOf(a), offerOf(a));
}

TEST_F(OfferAnswer, CreatingChangesNoState) {
  a->requestDataChannels();
  const Visible before = visible(a.session);
  offerOf(a);
  EXPECT_TRUE(before == visible(a.session));
  EXPECT_FALSE(a->poll());
}

TEST_F(OfferAnswer, AFirstExchangeEndsInStableWithBothDescriptionsCurrent) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_EQ(a->signalingState(), SignalingState::kHaveLocalOffer);
  EXPECT_EQ(a->pendingLocalDescription(), offer);
  EXPECT_EQ(a->currentLocalDescription(), std::nullopt);
  EXPECT_EQ(a->localDescription(), offer);

  EXPECT_OK(b->setRemote(offer));
  EXPECT_EQ(b->signalingState(), SignalingState::kHaveRemoteOffer);
  EXPECT_EQ(b->pendingRemoteDescription(), offer);

  const Description answer = answerOf(b);
  EXPECT_EQ(answer.type, SdpType::kAnswer);
  EXPECT_OK(setLocal(b, answer));
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
  EXPECT_EQ(b->currentLocalDescription(), answer);
  EXPECT_EQ(b->currentRemoteDescription(), offer);
  EXPECT_EQ(b->pendingRemoteDescription(), std::nullopt);
  EXPECT_EQ(b->pendingLocalDescription(), std::nullopt);

  EXPECT_OK(a->setRemote(answer));
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
  EXPECT_EQ(a->currentLocalDescription(), offer);
  EXPECT_EQ(a->currentRemoteDescription(), answer);
  EXPECT_EQ(a->pendingLocalDescription(), std::nullopt);
}

TEST_F(OfferAnswer, TheOffererIsToldEachStepInOrder) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  auto told = a.drain();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(std::get<SignalingStateChanged>(told[0]).state, SignalingState::kHaveLocalOffer);
  EXPECT_TRUE(std::get<IceRole>(told[1]).controlling);
  const auto gathering = std::get<StartGathering>(told[2]);
  EXPECT_EQ(gathering.local.ufrag, section(offer).find<sdp::IceUfrag>()->ufrag);
  EXPECT_EQ(gathering.local.password, section(offer).find<sdp::IcePwd>()->password);
  EXPECT_EQ(gathering.generation, 0u);
  EXPECT_EQ(gathering.reason, StartGathering::Reason::kFirst);

  EXPECT_OK(b->setRemote(offer));
  const Description answer = answerOf(b);
  EXPECT_OK(a->setRemote(answer));
  told = a.drain();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(std::get<SignalingStateChanged>(told[0]).state, SignalingState::kStable);
  const auto remote = std::get<RemoteIce>(told[1]);
  EXPECT_EQ(remote.transport, gathering.transport);
  EXPECT_EQ(remote.remote.ufrag, section(answer).find<sdp::IceUfrag>()->ufrag);
  EXPECT_TRUE(remote.trickle);
  EXPECT_FALSE(remote.lite);
  EXPECT_TRUE(remote.candidates.empty());
  EXPECT_FALSE(remote.endOfCandidates);
  const auto dtls = std::get<DtlsParameters>(told[2]);
  EXPECT_EQ(dtls.role, DtlsRole::kServer);
  EXPECT_EQ(dtls.remoteFingerprints, std::vector<sdp::Fingerprint>{fingerprintOf('C')});
  const auto sctp = std::get<SctpParameters>(told[3]);
  EXPECT_EQ(sctp.mid, "0");
  EXPECT_EQ(sctp.localPort, 5000);
  EXPECT_EQ(sctp.remotePort, 5000);
  EXPECT_EQ(sctp.maxMessageSize, 262144u);
}

TEST_F(OfferAnswer, TheAnswererIsControlledAndDtlsClient) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  EXPECT_OK(b->setRemote(offer));
  // Until the answer is set, the transport has nothing to do.
  auto told = b.drain();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<SignalingStateChanged>(told[0]));
  EXPECT_OK(setLocal(b, answerOf(b)));
  told = b.drain();
  ASSERT_EQ(told.size(), 6u);
  EXPECT_FALSE(std::get<IceRole>(told[1]).controlling);
  EXPECT_TRUE(std::holds_alternative<StartGathering>(told[2]));
  EXPECT_TRUE(std::holds_alternative<RemoteIce>(told[3]));
  EXPECT_EQ(std::get<DtlsParameters>(told[4]).role, DtlsRole::kClient);
  EXPECT_TRUE(std::holds_alternative<SctpParameters>(told[5]));
}

TEST_F(OfferAnswer, ImplicitDescriptionsDoTheSame) {
  a->requestDataChannels();
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(a->signalingState(), SignalingState::kHaveLocalOffer);
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
  EXPECT_EQ(b->localDescription()->type, SdpType::kAnswer);
  EXPECT_OK(a->setRemote(*b->localDescription()));
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
}

TEST_F(OfferAnswer, AnEmptySdpStandsForTheLastCreatedDescription) {
  a->requestDataChannels();
  const Description offer = offerOf(a, {.iceRestart = true});
  EXPECT_OK(a->setLocal({SdpType::kOffer, ""}));
  EXPECT_EQ(a->localDescription(), offer);
}

TEST_F(OfferAnswer, AnEmptySdpIsMadeAnewWhenTheLastOneNoLongerFits) {
  offerOf(a);
  a->requestDataChannels();
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(parsed(a->localDescription()->sdp).media.size(), 1u);
}

TEST_F(OfferAnswer, AnEmptySdpServesAsPranswerToo) {
  a->requestDataChannels();
  EXPECT_OK(b->setRemote(offerOf(a)));
  EXPECT_OK(b->setLocal({SdpType::kPranswer, ""}));
  EXPECT_EQ(b->signalingState(), SignalingState::kHaveLocalPranswer);
}

TEST_F(OfferAnswer, ProvisionalAnswersStartTheTransportAndStayPending) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_OK(b->setRemote(offer));
  Description answer = answerOf(b);
  answer.type = SdpType::kPranswer;
  EXPECT_OK(setLocal(b, answer));
  EXPECT_EQ(b->signalingState(), SignalingState::kHaveLocalPranswer);
  EXPECT_EQ(b->pendingLocalDescription()->type, SdpType::kPranswer);
  EXPECT_EQ(b->currentLocalDescription(), std::nullopt);
  EXPECT_OK(a->setRemote(answer));
  EXPECT_OK(a->setRemote(answer));
  EXPECT_EQ(a->signalingState(), SignalingState::kHaveRemotePranswer);
  auto dtls = a.drain<DtlsParameters>();
  ASSERT_EQ(dtls.size(), 1u);
  EXPECT_EQ(dtls[0].role, DtlsRole::kServer);
  b.drain();

  answer = answerOf(b);
  EXPECT_OK(setLocal(b, answer));
  EXPECT_OK(a->setRemote(answer));
  EXPECT_EQ(a->signalingState(), SignalingState::kStable);
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
  EXPECT_EQ(a.drain().size(), 1u) << "only the signalling state was new";
  EXPECT_EQ(b.drain().size(), 1u);
}

TEST_F(OfferAnswer, TheSessionIdStaysAndTheVersionGrowsWithEachDescriptionThatWasSet) {
  a->requestDataChannels();
  std::string id;
  for (int round = 0; round < 3; ++round) {
    negotiate(a, b);
    const auto origin = parsed(a->localDescription()->sdp).origin;
    if (round > 0) {
      EXPECT_EQ(origin.sessionId, id);
    }
    id = origin.sessionId;
    EXPECT_EQ(origin.sessionVersion, std::to_string(2 + round));
  }
  negotiate(b, a);
  EXPECT_EQ(parsed(a->localDescription()->sdp).origin.sessionVersion, "5");
}

TEST_F(OfferAnswer, RenegotiationKeepsTheTransportAsItIs) {
  a->requestDataChannels();
  negotiate(a, b);
  const auto before = section(a->localDescription());
  a.drain();
  b.drain();
  for (auto [offerer, answerer] : {std::pair{&a, &b}, std::pair{&b, &a}, std::pair{&b, &a}}) {
    negotiate(*offerer, *answerer);
    for (Side* side : {&a, &b}) {
      for (const Output& output : side->drain()) {
        EXPECT_TRUE(std::holds_alternative<SignalingStateChanged>(output)) << output.index();
      }
    }
  }
  const auto after = section(a->localDescription());
  EXPECT_EQ(after.find<sdp::IceUfrag>()->ufrag, before.find<sdp::IceUfrag>()->ufrag);
  EXPECT_EQ(after.find<sdp::Mid>()->id, "0");
}

TEST_F(OfferAnswer, DtlsRolesStayWhoeverOffersNext) {
  a->requestDataChannels();
  negotiate(a, b);  // b is the client
  negotiate(b, a);
  EXPECT_EQ(section(a->localDescription()).find<sdp::Setup>()->role, sdp::Setup::Role::kPassive);
  negotiate(a, b);
  EXPECT_EQ(section(b->localDescription()).find<sdp::Setup>()->role, sdp::Setup::Role::kActive);
}

TEST_F(OfferAnswer, AnActiveOfferIsAnsweredPassive) {
  a->requestDataChannels();
  Description offer = offerOf(a);
  offer.sdp = replaced(offer.sdp, "a=setup:actpass", "a=setup:active");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(section(b->localDescription()).find<sdp::Setup>()->role, sdp::Setup::Role::kPassive);
  EXPECT_EQ(b.drain<DtlsParameters>().at(0).role, DtlsRole::kServer);
}

TEST_F(OfferAnswer, APassiveOfferIsAnsweredActive) {
  a->requestDataChannels();
  Description offer = offerOf(a);
  offer.sdp = replaced(offer.sdp, "a=setup:actpass", "a=setup:passive");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_EQ(b.drain<DtlsParameters>().at(0).role, DtlsRole::kClient);
}

TEST_F(OfferAnswer, APassiveAnswerMakesTheOffererTheClient) {
  a->requestDataChannels();
  const Description offer = offerOf(a);
  EXPECT_OK(setLocal(a, offer));
  EXPECT_OK(b->setRemote(offer));
  Description answer = answerOf(b);
  answer.sdp = replaced(answer.sdp, "a=setup:active", "a=setup:passive");
  EXPECT_OK(a->setRemote(answer));
  EXPECT_EQ(a.drain<DtlsParameters>().at(0).role, DtlsRole::kClient);
}

TEST_F(OfferAnswer, DataChannelsMayComeWithALaterOffer) {
  negotiate(a, b);
  EXPECT_TRUE(a.drain<StartGathering>().empty());
  a->requestDataChannels();
  EXPECT_TRUE(a->negotiationNeeded());
  negotiate(a, b);
  EXPECT_FALSE(a->negotiationNeeded());
  EXPECT_EQ(a.drain<SctpParameters>().size(), 1u);
  EXPECT_EQ(b.drain<SctpParameters>().size(), 1u);
}

TEST_F(OfferAnswer, AnAnswererThatWantsChannelsToAnOfferWithoutThemStillNeedsNegotiation) {
  b->requestDataChannels();
  negotiate(a, b);
  EXPECT_TRUE(b->negotiationNeeded());
  negotiate(b, a);
  EXPECT_FALSE(b->negotiationNeeded());
}

TEST_F(OfferAnswer, ALiteOffererIsControlledByUs) {
  a->requestDataChannels();
  Description offer = offerOf(a);
  offer.sdp = replaced(offer.sdp, "t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  const auto told = b.drain();
  EXPECT_TRUE(std::get<IceRole>(told.at(2)).controlling);
  EXPECT_TRUE(std::get<RemoteIce>(told.at(4)).lite);
}

// --- max-message-size --------------------------------------------------------------------------

struct SizeCase {
  const char* name;
  const char* remote;
  uint64_t canSend;
  uint64_t result;
};

class MaxMessageSize : public ::testing::TestWithParam<SizeCase> {};

TEST_P(MaxMessageSize, IsCombinedAsWebrtcPcSays) {
  SessionConfig config;
  config.maxSendSize = GetParam().canSend;
  Side a(1, config);
  Side b(2);
  a->requestDataChannels();
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  Description answer = *b->localDescription();
  answer.sdp = replaced(answer.sdp, "a=max-message-size:262144\r\n", GetParam().remote);
  EXPECT_EQ(a->sctp()->maxMessageSize, 65536u);
  EXPECT_FALSE(a->sctp()->negotiated);
  EXPECT_OK(a->setRemote(answer));
  EXPECT_TRUE(a->sctp()->negotiated);
  EXPECT_EQ(a->sctp()->maxMessageSize, GetParam().result);
  EXPECT_EQ(a.drain<SctpParameters>().at(0).maxMessageSize, GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    All, MaxMessageSize,
    ::testing::Values(SizeCase{"Absent", "", 0, 65536},
                      SizeCase{"ZeroBoth", "a=max-message-size:0\r\n", 0, 0},
                      SizeCase{"ZeroRemote", "a=max-message-size:0\r\n", 1000, 1000},
                      SizeCase{"ZeroLocal", "a=max-message-size:77\r\n", 0, 77},
                      SizeCase{"SmallerRemote", "a=max-message-size:77\r\n", 1000, 77},
                      SizeCase{"SmallerLocal", "a=max-message-size:4000\r\n", 1000, 1000}),
    [](const auto& info) { return info.param.name; });

// --- real peers --------------------------------------------------------------------------------

class RealOffer : public ::testing::TestWithParam<size_t> {};

TEST_P(RealOffer, IsAcceptedAndAnsweredInKind) {
  const auto sample = samples::all()[GetParam()];
  Side us(3);
  EXPECT_OK(us->setRemote({SdpType::kOffer, sample.text}));
  EXPECT_EQ(us->remoteDescription()->sdp, sample.text);
  EXPECT_OK(us->setLocal());
  const auto offer = parsed(sample.text);
  const auto answer = parsed(us->localDescription()->sdp);
  ASSERT_EQ(answer.media.size(), offer.media.size());
  for (size_t i = 0; i < offer.media.size(); ++i) {
    EXPECT_EQ(answer.media[i].kind, offer.media[i].kind);
    EXPECT_EQ(answer.media[i].protocol, offer.media[i].protocol);
    EXPECT_EQ(answer.media[i].find<sdp::Mid>()->id, offer.media[i].find<sdp::Mid>()->id);
    EXPECT_EQ(answer.media[i].port, 9);
  }
  EXPECT_EQ(us.drain<SctpParameters>().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Samples, RealOffer, ::testing::Values(0, 1, 2, 3, 5, 6, 7, 8, 9),
                         [](const auto& info) {
                           std::string name;
                           for (const char* c = samples::all()[info.param].name; *c != 0; ++c) {
                             if (std::isalnum(static_cast<unsigned char>(*c)))
                               name += *c;
                           }
                           return name;
                         });

TEST_F(OfferAnswer, AFirefoxAnswerIsAccepted) {
  a->requestDataChannels();
  EXPECT_OK(a->setLocal());
  EXPECT_OK(a->setRemote({SdpType::kAnswer, samples::firefoxDataAnswer()}));
  EXPECT_EQ(a->sctp()->maxMessageSize, 1073741823u);
  EXPECT_EQ(a.drain<DtlsParameters>().at(0).role, DtlsRole::kServer);
}

TEST_F(OfferAnswer, OldSctpMapOffersAreAnsweredInTheOldForm) {
  EXPECT_OK(a->setRemote({SdpType::kOffer, samples::aiortcSctpMapOffer()}));
  EXPECT_OK(a->setLocal());
  const auto answer = section(a->localDescription());
  EXPECT_EQ(answer.protocol, "DTLS/SCTP");
  EXPECT_EQ(answer.formats, std::vector<std::string>{"5000"});
  EXPECT_EQ(answer.find<sdp::SctpMap>()->value(), "5000 webrtc-datachannel 1024");
  EXPECT_FALSE(answer.has<sdp::SctpPort>());
  EXPECT_FALSE(parsed(a->localDescription()->sdp).session.has<sdp::Group>());
  const auto ice = a.drain<RemoteIce>();
  EXPECT_EQ(ice.at(0).candidates.size(), 1u);
  EXPECT_TRUE(ice.at(0).endOfCandidates);
  EXPECT_FALSE(ice.at(0).trickle);
  EXPECT_EQ(a->canTrickleIceCandidates(), false);
  EXPECT_EQ(a->sctp()->maxMessageSize, 65536u);
  // And the next offer keeps the form.
  EXPECT_EQ(section(offerOf(a)).protocol, "DTLS/SCTP");
}

TEST_F(OfferAnswer, AnOfferWithoutMidsIsAnsweredWithout) {
  a->requestDataChannels();
  Description offer = offerOf(a);
  offer.sdp = without(without(offer.sdp, "a=mid"), "a=group");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  EXPECT_FALSE(section(b->localDescription()).has<sdp::Mid>());
  EXPECT_EQ(b.drain<SctpParameters>().size(), 1u);
  EXPECT_OK(b->addCandidate({"candidate:1 1 udp 1 192.0.2.1 1 typ host", {}, 0, {}}));
  EXPECT_EQ(b.drain<RemoteCandidateAdded>().size(), 1u);
}

// --- sections that we do not take ----------------------------------------------------------------

TEST_F(OfferAnswer, SectionsOfUnknownKindsAndProtocolsAreRejectedAndTheRestIsBundled) {
  for (const char* kind : {"text", "image"}) {
    Side side(3);
    const std::string offer =
        replaced(samples::chromiumMediaOffer(), "m=audio", std::string("m=") + kind);
    EXPECT_OK(side->setRemote({SdpType::kOffer, offer}));
    EXPECT_OK(side->setLocal());
    const auto answer = parsed(side->localDescription()->sdp);
    EXPECT_EQ(answer.session.find<sdp::Group>()->value(), "BUNDLE 1 2");
    EXPECT_EQ(answer.media[0].kind, kind);
    EXPECT_EQ(answer.media[0].port, 0);
    EXPECT_EQ(answer.media[0].protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(answer.media[0].find<sdp::Mid>()->id, "0");
    EXPECT_EQ(answer.media[1].port, 9);
    EXPECT_EQ(answer.media[2].port, 9);
    EXPECT_EQ(side->sctp()->mid, "2");
    // What speaks for the bundle is the first section that is left.
    const auto target = side->candidateTarget(side->sctp()->transport);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->mid, "1");
    EXPECT_EQ(target->mLineIndex, 1);

    const auto next = parsed(offerOf(side).sdp);
    ASSERT_EQ(next.media.size(), 3u);
    EXPECT_EQ(next.media[0].port, 0);
    EXPECT_EQ(next.media[2].find<sdp::Mid>()->id, "2");
    EXPECT_EQ(next.session.find<sdp::Group>()->value(), "BUNDLE 1 2");
  }
}

TEST_F(OfferAnswer, ASecondApplicationSectionIsRejected) {
  a->requestDataChannels();
  Description offer = offerOf(a);
  const size_t at = offer.sdp.find("m=application");
  offer.sdp += replaced(offer.sdp.substr(at), "a=mid:0", "a=mid:1");
  EXPECT_OK(b->setRemote(offer));
  EXPECT_OK(b->setLocal());
  const auto answer = parsed(b->localDescription()->sdp);
  EXPECT_EQ(answer.media[0].port, 9);
  EXPECT_EQ(answer.media[1].port, 0);
}

TEST_F(OfferAnswer, AnApplicationSectionThatIsNotForDataChannelsIsRejected) {
  const std::string offer =
      "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      "m=application 9 UDP/BFCP *\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n";
  EXPECT_OK(a->setRemote({SdpType::kOffer, offer}));
  EXPECT_OK(a->setLocal());
  EXPECT_EQ(section(a->localDescription()).port, 0);
  EXPECT_FALSE(a->sctp());
  EXPECT_TRUE(a.drain<DataRejected>().empty());
}

TEST_F(OfferAnswer, ARejectedApplicationSectionClosesDataAndItsTransport) {
  a->requestDataChannels();
  EXPECT_OK(a->setLocal());
  const auto transport = a.drain<StartGathering>().at(0).transport;
  EXPECT_TRUE(a->sctp());
  Description answer = *a->localDescription();
  answer.type = SdpType::kAnswer;
  answer.sdp = replaced(answer.sdp, "m=application 9", "m=application 0");
  answer.sdp = without(answer.sdp, "a=group");
  EXPECT_OK(a->setRemote(answer));
  const auto told = a.drain();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(std::get<TransportDiscarded>(told[1]).transport, transport);
  EXPECT_TRUE(std::holds_alternative<DataRejected>(told[2]));
  EXPECT_FALSE(a->sctp());
  EXPECT_FALSE(a->negotiationNeeded());

  // A new channel asks anew: the section is recycled under another mid, on another transport.
  a->requestDataChannels();
  EXPECT_TRUE(a->negotiationNeeded());
  const auto offer = parsed(offerOf(a).sdp);
  ASSERT_EQ(offer.media.size(), 1u);
  EXPECT_EQ(offer.media[0].port, 9);
  EXPECT_EQ(offer.media[0].find<sdp::Mid>()->id, "1");
  EXPECT_OK(a->setLocal());
  EXPECT_NE(a.drain<StartGathering>().at(0).transport, transport);
}

TEST_F(OfferAnswer, AnOfferThatClosesTheSectionClosesDataOnceItIsAnswered) {
  for (const char* how : {"port", "sctp-port", "none"}) {
    Side x(4);
    Side y(5);
    x->requestDataChannels();
    negotiate(x, y);
    y.drain();
    Description offer = offerOf(x);
    if (std::string(how) == "port")
      offer.sdp = replaced(offer.sdp, "m=application 9", "m=application 0");
    else if (std::string(how) == "sctp-port")
      offer.sdp = replaced(offer.sdp, "a=sctp-port:5000", "a=sctp-port:0");
    else
      offer.sdp = without(offer.sdp, "a=sctp-port");
    EXPECT_OK(y->setRemote(offer));
    EXPECT_TRUE(y->sctp());
    EXPECT_OK(y->setLocal());
    EXPECT_EQ(section(y->localDescription()).port, 0);
    EXPECT_FALSE(y->sctp());
    const auto told = y.drain();
    EXPECT_TRUE(std::holds_alternative<TransportDiscarded>(told.at(2)));
    EXPECT_TRUE(std::holds_alternative<DataRejected>(told.at(3)));
  }
}

}  // namespace
}  // namespace rtc::jsep
