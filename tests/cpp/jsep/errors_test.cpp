#include <gtest/gtest.h>

#include "tests/cpp/jsep/session_pair.h"
#include "tests/cpp/sdp/samples.h"

namespace rtc::jsep {
namespace {

using namespace testing;  // NOLINT: this folder's helpers
namespace samples = sdp::samples;

/// A random source that has run dry.
class NoRandom final : public RandomSource {
 public:
  bool fill(MutableByteSpan) override { return false; }
};

class SessionErrors : public ::testing::Test {
 protected:
  SessionErrors() {
    a->requestDataChannels();
    b->requestDataChannels();
  }
  /// a has offered, b has the offer.
  void exchangeOffer() {
    offer = offerOf(a);
    EXPECT_OK(setLocal(a, offer));
    EXPECT_OK(b->setRemote(offer));
    a.drain();
    b.drain();
  }
  Status<Error> answerWith(const std::string& sdp) { return a->setRemote({SdpType::kAnswer, sdp}); }

  Side a{1};
  Side b{2};
  Description offer;
};

// --- states --------------------------------------------------------------------------------------

TEST_F(SessionErrors, AnswersInStableAreInvalidState) {
  const std::string answer = samples::firefoxDataAnswer();
  EXPECT_REFUSED(a, a->setRemote({SdpType::kAnswer, answer}), kInvalidStateError);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kPranswer, answer}), kInvalidStateError);
  EXPECT_REFUSED(a, a->createAnswer(), kInvalidStateError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kAnswer, ""}), kInvalidStateError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kPranswer, ""}), kInvalidStateError);
}

TEST_F(SessionErrors, TheStateIsCheckedBeforeTheSdpOfAProvisionalAnswerIs) {
  const Description created = offerOf(a);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kPranswer, created.sdp}), kInvalidStateError);
}

TEST_F(SessionErrors, RollbackInStableIsInvalidState) {
  EXPECT_REFUSED(a, a->rollback(), kInvalidStateError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kRollback, ""}), kInvalidStateError);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kRollback, ""}), kInvalidStateError);
}

TEST_F(SessionErrors, EachSideRollsItsOwnOfferBack) {
  exchangeOffer();
  EXPECT_REFUSED(a, a->setRemote({SdpType::kRollback, ""}), kInvalidStateError);
  EXPECT_REFUSED(b, b->setLocal({SdpType::kRollback, ""}), kInvalidStateError);
}

TEST_F(SessionErrors, CreatingOffersWhileTheRemoteOfferWaitsIsInvalidState) {
  exchangeOffer();
  EXPECT_REFUSED(b, b->createOffer(), kInvalidStateError);
  EXPECT_REFUSED(b, b->setLocal({SdpType::kOffer, ""}), kInvalidStateError);
  EXPECT_REFUSED(a, a->createAnswer(), kInvalidStateError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kAnswer, ""}), kInvalidStateError);
}

TEST_F(SessionErrors, OffersAndRollbacksInPranswerStatesAreInvalidState) {
  exchangeOffer();
  Description answer = answerOf(b);
  answer.type = SdpType::kPranswer;
  EXPECT_OK(setLocal(b, answer));
  EXPECT_OK(a->setRemote(answer));
  a.drain();
  b.drain();
  for (Side* side : {&a, &b}) {
    Side& one = *side;
    EXPECT_REFUSED(one, one->rollback(), kInvalidStateError);
    EXPECT_REFUSED(one, one->setRemote(offer), kInvalidStateError);
    EXPECT_REFUSED(one, one->createOffer(), kInvalidStateError);
  }
  EXPECT_REFUSED(a, a->setLocal(), kInvalidStateError);
}

TEST_F(SessionErrors, AClosedSessionRefusesEverything) {
  exchangeOffer();
  b->close();
  EXPECT_EQ(b->signalingState(), SignalingState::kClosed);
  EXPECT_REFUSED(b, b->createOffer(), kInvalidStateError);
  EXPECT_REFUSED(b, b->createAnswer(), kInvalidStateError);
  EXPECT_REFUSED(b, b->setLocal(), kInvalidStateError);
  EXPECT_REFUSED(b, b->setRemote(offer), kInvalidStateError);
  EXPECT_REFUSED(b, b->rollback(), kInvalidStateError);
  EXPECT_REFUSED(b, b->addCandidate({"", "0", {}, {}}), kInvalidStateError);
  EXPECT_FALSE(b->negotiationNeeded());
}

// --- resources -----------------------------------------------------------------------------------

TEST_F(SessionErrors, WithoutACertificateNothingCanBeCreated) {
  exchangeOffer();
  a->setFingerprints({});
  b->setFingerprints({});
  EXPECT_REFUSED(a, a->createOffer(), kNotReadableError);
  EXPECT_REFUSED(b, b->createAnswer(), kNotReadableError);
}

TEST(SessionResources, AFailingRandomSourceIsAnOperationError) {
  NoRandom none;
  SessionConfig config;
  config.fingerprints = {fingerprintOf('A')};
  Session session(config, none);
  session.requestDataChannels();
  auto offer = session.createOffer();
  ASSERT_FALSE(offer.ok());
  EXPECT_EQ(offer.error().kind, ErrorKind::kOperationError);
}

// --- syntax and content
// ----------------------------------------------------------------------------

TEST_F(SessionErrors, SyntaxErrorsTellTheLine) {
  const auto result = a->setRemote({SdpType::kOffer, "v=0\r\no=broken\r\n"});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kRtcError);
  EXPECT_EQ(result.error().detail, RtcErrorDetail::kSdpSyntaxError);
  EXPECT_EQ(result.error().sdpLineNumber, 2);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, ""}), kRtcError);
}

TEST_F(SessionErrors, OffersLackingWhatATransportNeedsAreInvalidAccess) {
  const std::string good = samples::chromiumDataOffer();
  for (const char* line : {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"}) {
    EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, without(good, line)}), kInvalidAccessError);
  }
  EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, replaced(good, "actpass", "holdconn")}),
                 kInvalidAccessError);
}

TEST_F(SessionErrors, AHeaderExtensionWithTheIdOfPaddingIsInvalidAccess) {
  const std::string good = samples::chromiumMediaOffer();
  const std::string zero = replaced(good, "a=extmap:1 ", "a=extmap:0 ");
  ASSERT_NE(zero, good);
  EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, zero}), kInvalidAccessError);
}

TEST_F(SessionErrors, APayloadTypeThatRtcpIsTakenForIsInvalidAccess) {
  const std::string good = samples::chromiumMediaOffer();
  for (const char* number : {"64", "72", "95"}) {
    std::string taken = good;
    for (const char* where : {"SAVPF ", "a=rtpmap:", "a=rtcp-fb:", "a=fmtp:"})
      taken = replaced(taken, std::string(where) + "111 ", std::string(where) + number + " ");
    ASSERT_NE(taken, good);
    EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, taken}), kInvalidAccessError);
  }
}

TEST_F(SessionErrors, FingerprintsOfUnknownHashesAreInvalidAccessWhenThereIsNoOther) {
  const std::string good = samples::chromiumDataOffer();
  const std::string known = "a=fingerprint:sha-256";
  EXPECT_REFUSED(a,
                 a->setRemote({SdpType::kOffer, replaced(good, known, "a=fingerprint:sha3-256")}),
                 kInvalidAccessError);
  EXPECT_OK(a->setRemote(
      {SdpType::kOffer, replaced(good, known, "a=fingerprint:sha3-256 AA:BB\r\n" + known)}));
}

TEST_F(SessionErrors, MediaWithoutRtcpMuxIsInvalidAccessWhenItIsRequired) {
  const std::string sdp = without(samples::chromiumMediaOffer(), "a=rtcp-mux");
  EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, sdp}), kInvalidAccessError);
  SessionConfig config;
  config.rtcpMuxPolicy = RtcpMuxPolicy::kNegotiate;
  Side lenient(3, config);
  EXPECT_OK(lenient->setRemote({SdpType::kOffer, sdp}));
}

TEST_F(SessionErrors, MediaIsTakenUnderAnyRtpProfileAsLongAsItHasAFingerprint) {
  for (const char* profile : {"RTP/AVPF", "RTP/SAVPF", "UDP/TLS/RTP/SAVP"}) {
    Side side{5};
    const std::string sdp = replaced(samples::chromiumMediaOffer(), "UDP/TLS/RTP/SAVPF", profile);
    EXPECT_OK(side->setRemote({SdpType::kOffer, sdp}));
  }
}

TEST_F(SessionErrors, MediaWithoutDtlsIsInvalidAccess) {
  const std::string sdp = replaced(samples::chromiumMediaOffer(), "UDP/TLS/RTP/SAVPF", "RTP/AVPF");
  EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, without(sdp, "a=fingerprint")}),
                 kInvalidAccessError);
}

TEST_F(SessionErrors, IceCredentialsOfOtherCharactersAreInvalidAccess) {
  const std::string good = samples::chromiumDataOffer();
  for (const char* name : {"a=ice-ufrag:", "a=ice-pwd:"}) {
    const std::string sdp = replaced(good, name, std::string(name) + "~");
    EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, sdp}), kInvalidAccessError);
  }
}

TEST_F(SessionErrors, BrokenMidsAndGroupsAreInvalidAccess) {
  const std::string good = samples::chromiumMediaOffer();
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {"a=mid:1", "a=mid:0"},
           {"a=mid:1", "a=mid:1\r\na=mid:5"},
           {"BUNDLE 0 1 2", "BUNDLE 0 1 2 3"},
           {"BUNDLE 0 1 2", "BUNDLE 0 1 2 0"},
           {"a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 1\r\na=group:BUNDLE 1 2"},
       }) {
    EXPECT_REFUSED(a, a->setRemote({SdpType::kOffer, replaced(good, from, to)}),
                   kInvalidAccessError);
  }
}

TEST_F(SessionErrors, UnbundledSectionsAreInvalidAccessUnderMaxBundle) {
  SessionConfig config;
  config.bundlePolicy = BundlePolicy::kMaxBundle;
  Side strict(3, config);
  const std::string sdp = without(samples::chromiumMediaOffer(), "a=group");
  EXPECT_REFUSED(strict, strict->setRemote({SdpType::kOffer, sdp}), kInvalidAccessError);
  EXPECT_OK(strict->setRemote({SdpType::kOffer, samples::chromiumMediaOffer()}));
}

TEST_F(SessionErrors, AnswersThatDoNotMatchTheOfferAreInvalidAccess) {
  exchangeOffer();
  const std::string good = answerOf(b).sdp;
  const std::string section = good.substr(good.find("m=application"));
  const std::string head = good.substr(0, good.find("m=application"));
  EXPECT_REFUSED(a, answerWith(without(head, "a=group")), kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(good + replaced(section, "a=mid:0", "a=mid:1")),
                 kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(replaced(without(good, "a=group"), "a=mid:0", "a=mid:1")),
                 kInvalidAccessError);
  EXPECT_REFUSED(
      a,
      answerWith(replaced(replaced(good, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                                   "m=audio 9 UDP/TLS/RTP/SAVPF 0"),
                          "a=mid:0", "a=mid:0\r\na=rtcp-mux")),
      kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(replaced(good, "webrtc-datachannel", "something-else")),
                 kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(replaced(good, "a=setup:active", "a=setup:actpass")),
                 kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(without(good, "a=fingerprint")), kInvalidAccessError);
  EXPECT_REFUSED(a, answerWith(without(good, "a=ice-pwd")), kInvalidAccessError);
  EXPECT_OK(answerWith(good));
}

TEST_F(SessionErrors, AnAnswerMayNotBundleAnUnknownMid) {
  exchangeOffer();
  const std::string good = answerOf(b).sdp;
  EXPECT_REFUSED(a, answerWith(replaced(good, "BUNDLE 0", "BUNDLE 0 1")), kInvalidAccessError);
}

TEST_F(SessionErrors, AnAnswerMayNotAcceptWhatTheOfferRejected) {
  a->setBundlePolicy(BundlePolicy::kMaxCompat);
  auto audio = a->addTransceiver({});
  ASSERT_TRUE(audio.ok());
  negotiate(a, b);
  EXPECT_OK(a->setLocal());
  EXPECT_OK(b->setRemote(*a->localDescription()));
  EXPECT_OK(b->setLocal());
  const std::string accepting = b->localDescription()->sdp;
  EXPECT_OK(a->setRemote({SdpType::kAnswer, accepting}));
  a->stopTransceiver(*audio);
  EXPECT_OK(a->setLocal());
  a.drain();
  const auto refused = answerWith(without(accepting, "a=group"));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("rejected"), std::string::npos) << refused.error().message;
  EXPECT_REFUSED(a, answerWith(without(accepting, "a=group")), kInvalidAccessError);
}

TEST_F(SessionErrors, LaterOffersMayNotDropOrSwapSections) {
  negotiate(a, b);
  a.drain();
  b.drain();
  const std::string good = offerOf(a).sdp;
  const std::string head = good.substr(0, good.find("m=application"));
  EXPECT_REFUSED(b, b->setRemote({SdpType::kOffer, without(head, "a=group")}), kInvalidAccessError);
  EXPECT_REFUSED(
      b, b->setRemote({SdpType::kOffer, replaced(without(good, "a=group"), "a=mid:0", "a=mid:7")}),
      kInvalidAccessError);
  EXPECT_OK(b->setRemote({SdpType::kOffer, good}));
  b.drain();
  // Back to back, as if the first had been answered.
  EXPECT_REFUSED(b, b->setRemote({SdpType::kOffer, without(head, "a=group")}), kInvalidAccessError);
}

TEST_F(SessionErrors, AnOfferCannotSwapTheRolesOfADtlsAssociation) {
  negotiate(a, b);  // b is the client
  a.drain();
  b.drain();
  for (Side* side : {&a, &b})
    (*side)->setDtlsEstablished(TransportId(0));
  const std::string again = offerOf(a).sdp;
  EXPECT_REFUSED(b, b->setRemote({SdpType::kOffer, replaced(again, "actpass", "active")}),
                 kInvalidAccessError);
  EXPECT_OK(b->setRemote({SdpType::kOffer, replaced(again, "actpass", "passive")}));
}

TEST_F(SessionErrors, AnAnswerThatWouldSwapTheRolesOfADtlsAssociationLeavesThem) {
  negotiate(a, b);  // b is the client
  for (Side* side : {&a, &b}) {
    (*side)->setDtlsEstablished(TransportId(0));
    side->drain();
  }
  // The server of the association answers as if there were none.
  const std::string offer = offerOf(b).sdp;
  EXPECT_OK(b->setLocal({SdpType::kOffer, offer}));
  EXPECT_OK(a->setRemote({SdpType::kOffer, offer}));
  const std::string answer = answerOf(a).sdp;
  EXPECT_OK(
      b->setRemote({SdpType::kAnswer, replaced(answer, "a=setup:passive", "a=setup:active")}));
  EXPECT_EQ(b.drain<DtlsParameters>().size(), 0u);
  // Its next offer is answered with the role that we have.
  EXPECT_OK(a->setLocal({SdpType::kAnswer, answer}));
  const std::string again = offerOf(a).sdp;
  EXPECT_OK(b->setRemote({SdpType::kOffer, again}));
  EXPECT_NE(answerOf(b).sdp.find("a=setup:active"), std::string::npos);
}

TEST_F(SessionErrors, BeforeTheHandshakeIsOverTheRolesMayStillChange) {
  negotiate(a, b);
  a.drain();
  b.drain();
  const std::string again = offerOf(a).sdp;
  EXPECT_OK(a->setLocal({SdpType::kOffer, again}));
  EXPECT_OK(b->setRemote({SdpType::kOffer, again}));
  const std::string answer = answerOf(b).sdp;
  EXPECT_OK(answerWith(replaced(answer, "a=setup:active", "a=setup:passive")));
  const auto parameters = a.drain<DtlsParameters>();
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].role, DtlsRole::kClient);
}

// --- munging -------------------------------------------------------------------------------------

TEST_F(SessionErrors, LocalDescriptionsThatWereNotCreatedAreInvalidModification) {
  const Description mine = offerOf(a);
  EXPECT_REFUSED(a, setLocal(a, offerOf(b)), kInvalidModificationError);
  EXPECT_REFUSED(b, setLocal(b, mine), kInvalidModificationError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kOffer, "nonsense"}), kInvalidModificationError);
  EXPECT_REFUSED(a, a->setLocal({SdpType::kAnswer, mine.sdp}), kInvalidModificationError);
  for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
           {"a=setup:actpass", "a=setup:active"},
           {"a=mid:0", "a=mid:1"},
           {"a=ice-ufrag:", "a=ice-ufrag:X"},
           {"a=sctp-port:5000", "a=sctp-port:5001"},
           {"a=max-message-size:262144", "a=max-message-size:262145"},
           {"s=-", "s=x"},
           {"m=application 9", "m=application 0"},
       }) {
    EXPECT_REFUSED(a, a->setLocal({SdpType::kOffer, replaced(mine.sdp, from, to)}),
                   kInvalidModificationError);
  }
  EXPECT_REFUSED(a, a->setLocal({SdpType::kOffer, mine.sdp + "a=more\r\n"}),
                 kInvalidModificationError);
}

TEST_F(SessionErrors, AnOfferIsStaleOnceAnExchangeHasEnded) {
  const Description old = offerOf(a);
  negotiate(a, b);
  a.drain();
  EXPECT_REFUSED(a, setLocal(a, old), kInvalidModificationError);
}

TEST_F(SessionErrors, AnAnswerToAnEarlierOfferIsInvalidModification) {
  exchangeOffer();
  const Description answer = answerOf(b);
  EXPECT_OK(
      b->setRemote({SdpType::kOffer, replaced(offer.sdp, "m=application 9", "m=application 0")}));
  b.drain();
  EXPECT_REFUSED(b, setLocal(b, answer), kInvalidModificationError);
  EXPECT_OK(b->setLocal());
}

TEST_F(SessionErrors, MungedAnswersAreInvalidModification) {
  exchangeOffer();
  const Description answer = answerOf(b);
  EXPECT_REFUSED(
      b, b->setLocal({SdpType::kAnswer, replaced(answer.sdp, "a=setup:active", "a=setup:passive")}),
      kInvalidModificationError);
  EXPECT_REFUSED(b, b->setLocal({SdpType::kPranswer, "x"}), kInvalidModificationError);
  EXPECT_OK(b->setLocal({SdpType::kPranswer, answer.sdp}));
}

TEST_F(SessionErrors, EditsThatChangeNothingPass) {
  const std::string sdp = offerOf(a).sdp;
  for (const std::string& edited :
       {without(sdp, "a=ice-options"), replaced(sdp, "\r\n", "\n"), sdp + "\r\n",
        replaced(sdp, "c=IN IP4 0.0.0.0\r\n", "c=IN IP4 0.0.0.0\r\nb=AS:30\r\n")}) {
    Side x(1);
    x->requestDataChannels();
    offerOf(x);
    EXPECT_OK(x->setLocal({SdpType::kOffer, edited}));
  }
}

}  // namespace
}  // namespace rtc::jsep
