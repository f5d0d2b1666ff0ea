// a=sctp-init in offers and answers (draft-hancke-tsvwg-snap).

#include <gtest/gtest.h>

#include "tests/cpp/jsep/session_pair.h"

namespace rtc::jsep::testing {
namespace {

constexpr const char* kLine = "a=sctp-init:";

SessionConfig config(const char* init, bool offers) {
  SessionConfig config;
  config.sctpInit = toBytes(asBytes(init));
  config.offersSctpInit = offers;
  config.isSctpInit = [](ByteSpan chunk) {
    return asText(chunk).starts_with("init");
  };
  return config;
}

bool announces(const std::optional<Description>& description) {
  return section(description).has<sdp::SctpInit>();
}

/// What the last SctpParameters say of the peer's chunk.
std::string remoteInit(Side& side) {
  const auto all = side.drain<SctpParameters>();
  return all.empty() ? "(none)" : std::string(asText(all.back().remoteInit));
}

class SctpInit : public ::testing::Test {
 protected:
  SctpInit() { a->requestDataChannels(); }

  Side a{1, config("init of a", true)};
  Side b{2, config("init of b", false)};
};

TEST_F(SctpInit, IsOfferedWhenToldToAndAnsweredInKind) {
  negotiate(a, b);
  EXPECT_TRUE(announces(a->currentLocalDescription()));
  EXPECT_TRUE(announces(b->currentLocalDescription()));
  EXPECT_EQ(remoteInit(a), "init of b");
  EXPECT_EQ(remoteInit(b), "init of a");
}

TEST_F(SctpInit, IsNeitherOfferedUnaskedNorAnsweredUnoffered) {
  b->requestDataChannels();
  negotiate(b, a);
  EXPECT_FALSE(announces(b->currentLocalDescription()));
  EXPECT_FALSE(announces(a->currentLocalDescription()));
  EXPECT_EQ(remoteInit(a), "");
  EXPECT_EQ(remoteInit(b), "");
}

TEST_F(SctpInit, CountsForNothingWhenTheAnswerDoesNotHaveIt) {
  const Description offer = offerOf(a);
  ASSERT_TRUE(setLocal(a, offer));
  ASSERT_TRUE(b->setRemote({SdpType::kOffer, without(offer.sdp, kLine)}));
  ASSERT_TRUE(b->setLocal());
  ASSERT_TRUE(a->setRemote(*b->localDescription()));
  EXPECT_EQ(remoteInit(a), "");
  EXPECT_EQ(remoteInit(b), "");
}

// libdatachannel up to 0.24 does so.
TEST_F(SctpInit, CountsForNothingWhenTheAnswererMerelyCopiedIt) {
  const Description offer = offerOf(a);
  ASSERT_TRUE(setLocal(a, offer));
  ASSERT_TRUE(b->setRemote(offer));
  ASSERT_TRUE(b->setLocal());
  const std::string copied = replaced(b->localDescription()->sdp, base64(asBytes("init of b")),
                                      base64(asBytes("init of a")));
  ASSERT_TRUE(a->setRemote({SdpType::kAnswer, copied}));
  EXPECT_EQ(remoteInit(a), "");
}

TEST_F(SctpInit, MayBeTakenOutOfTheOfferByTheApplication) {
  const Description offer = offerOf(a);
  ASSERT_TRUE(setLocal(a, {SdpType::kOffer, without(offer.sdp, kLine)}));
  ASSERT_TRUE(b->setRemote(offer));
  ASSERT_TRUE(b->setLocal());
  ASSERT_TRUE(a->setRemote(*b->localDescription()));
  EXPECT_EQ(remoteInit(a), "") << "ours was not set";
  EXPECT_REFUSED(
      a,
      setLocal(a, {SdpType::kOffer, replaced(offerOf(a).sdp, "a=sctp-port:5000",
                                             "a=sctp-port:5000\r\na=sctp-init:aW5pdA==")}),
      kInvalidModificationError);
}

TEST_F(SctpInit, IsRefusedWhenItIsNoBase64OrNoInitChunk) {
  const std::string offer = offerOf(a).sdp;
  const std::string ours = base64(asBytes("init of a"));
  for (const char* text : {"%%%", "", "aW5pdA="}) {
    const auto status = b->setRemote({SdpType::kOffer, replaced(offer, ours, text)});
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().detail, RtcErrorDetail::kSdpSyntaxError) << text;
  }
  const std::string junk = replaced(offer, ours, base64(asBytes("junk")));
  EXPECT_FALSE(b->setRemote({SdpType::kOffer, junk}));
  EXPECT_EQ(b->signalingState(), SignalingState::kStable);
}

TEST_F(SctpInit, StaysTheSameInLaterDescriptionsWhicheverSideOffers) {
  negotiate(a, b);
  const auto lines = [](const std::optional<Description>& description) {
    return section(description).find<sdp::SctpInit>()->chunk;
  };
  const Bytes ofA = lines(a->currentLocalDescription());
  const Bytes ofB = lines(b->currentLocalDescription());
  a.drain();
  b.drain();
  negotiate(b, a, {.iceRestart = true});
  EXPECT_EQ(lines(a->currentLocalDescription()), ofA);
  EXPECT_EQ(lines(b->currentLocalDescription()), ofB);
  EXPECT_EQ(remoteInit(a), "(none)") << "nothing about the association has changed";
  negotiate(a, b);
  EXPECT_EQ(lines(a->currentLocalDescription()), ofA);
}

TEST_F(SctpInit, ComesTooLateForAnAssociationThatBeganWithoutIt) {
  b->requestDataChannels();
  negotiate(b, a);
  EXPECT_EQ(remoteInit(b), "");
  const Description offer = offerOf(a);
  EXPECT_EQ(offer.sdp.find(kLine), std::string::npos);
  ASSERT_TRUE(setLocal(a, offer));
  const std::string late =
      replaced(offer.sdp, "a=sctp-port:5000",
               "a=sctp-port:5000\r\n" + std::string(kLine) + base64(asBytes("init of a")));
  ASSERT_TRUE(b->setRemote({SdpType::kOffer, late}));
  ASSERT_TRUE(b->setLocal());
  EXPECT_FALSE(announces(b->currentLocalDescription()));
  EXPECT_EQ(remoteInit(b), "(none)");
}

TEST_F(SctpInit, ChangesWithThePeerThatADescriptionNamesAnew) {
  negotiate(a, b);
  EXPECT_EQ(remoteInit(a), "init of b");
  Side c(3, config("init of c", false));
  negotiate(a, c);
  EXPECT_EQ(remoteInit(a), "init of c");
  EXPECT_EQ(remoteInit(c), "init of a");
}

TEST_F(SctpInit, IsForgottenWithAnOfferThatIsRolledBack) {
  ASSERT_TRUE(setLocal(a, offerOf(a)));
  ASSERT_TRUE(a->rollback());
  b->requestDataChannels();
  negotiate(b, a);
  EXPECT_EQ(remoteInit(a), "");
}

}  // namespace
}  // namespace rtc::jsep::testing
