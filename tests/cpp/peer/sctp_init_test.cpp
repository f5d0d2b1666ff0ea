// Peers that announce how SCTP begins (draft-hancke-tsvwg-snap), in all that may befall them later.

#include <gtest/gtest.h>

#include "tests/cpp/peer/peer_pair.h"

namespace rtc::peer {
namespace {

using datachannel::ChannelId;

Configuration announcing() {
  Configuration configuration;
  configuration.offersSctpInit = true;
  return configuration;
}

class SctpInitPeers : public ::testing::Test {
 protected:
  void connect() {
    const auto opened = a.peer.createDataChannel({}, pair.now);
    ASSERT_TRUE(opened);
    local = *opened;
    ASSERT_TRUE(pair.negotiate(a, b));
    ASSERT_TRUE(pair.runUntil([&] { return !a.opened.empty() && !b.channels.empty(); }));
  }
  void expectMessages(const std::string& text) {
    a.messages.clear();
    b.messages.clear();
    ASSERT_FALSE(b.channels.empty());
    ASSERT_TRUE(a.peer.sendString(local, text, pair.now));
    ASSERT_TRUE(b.peer.sendString(b.channels.rbegin()->first, text, pair.now));
    EXPECT_TRUE(pair.runUntil([&] { return !a.messages.empty() && !b.messages.empty(); }));
    pair.run(Duration::seconds(5));
    EXPECT_EQ(a.textsOn(local), std::vector<std::string>{text});
    EXPECT_EQ(b.textsOn(b.channels.rbegin()->first), std::vector<std::string>{text});
    EXPECT_TRUE(a.closed.empty());
  }
  bool isAnnounced(const End& end) {
    return end.peer.session().localDescription()->sdp.find("a=sctp-init:") != std::string::npos;
  }

  PeerPair pair{1, announcing(), announcing()};
  End& a = pair.a;
  End& b = pair.b;
  ChannelId local{0};
};

TEST_F(SctpInitPeers, CarryMessagesFromTheEndOfDtlsOn) {
  connect();
  EXPECT_TRUE(isAnnounced(a));
  EXPECT_TRUE(isAnnounced(b));
  expectMessages("soon");
}

TEST_F(SctpInitPeers, KeepTheAssociationOverAnIceRestart) {
  connect();
  a.peer.restartIce(pair.now);
  ASSERT_TRUE(pair.negotiate(a, b));
  expectMessages("restarted");
  ASSERT_TRUE(pair.negotiate(b, a));
  expectMessages("and again");
}

TEST_F(SctpInitPeers, KeepTheAssociationWhenTheirBundleMoves) {
  jsep::TransceiverInit init;
  init.kind = jsep::MediaKind::kAudio;
  const auto audio =
      a.peer.change([&](jsep::Session& session) { return session.addTransceiver(init); }, pair.now);
  connect();
  const Transport* before = a.peer.transport();
  expectMessages("before");
  a.peer.change([&](jsep::Session& session) { session.stopTransceiver(*audio); }, pair.now);
  ASSERT_TRUE(pair.negotiate(a, b));
  expectMessages("moved");
  EXPECT_NE(a.peer.transport(), before);
}

TEST_F(SctpInitPeers, BeginAnewWhenOneIsHandedOverToAnother) {
  connect();
  expectMessages("to the first");
  pair.replace(b, "10.0.0.3", 3000);
  ASSERT_TRUE(pair.negotiate(a, b));
  EXPECT_TRUE(isAnnounced(b));
  const auto back = b.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(back);
  ASSERT_TRUE(
      pair.runUntil([&] { return a.dtls == DtlsState::kConnected && !a.channels.empty(); }));
  ASSERT_TRUE(b.peer.sendString(*back, "from the second", pair.now));
  ASSERT_TRUE(a.peer.sendString(a.channels.begin()->first, "to the second", pair.now));
  ASSERT_TRUE(pair.runUntil([&] { return !b.messages.empty(); }));
  EXPECT_EQ(b.textsOn(*back), std::vector<std::string>{"to the second"});
  EXPECT_EQ(a.textsOn(a.channels.begin()->first), std::vector<std::string>{"from the second"});
}

TEST_F(SctpInitPeers, FallBackWhenOneSideOnlyCopiesTheLine) {
  const auto opened = a.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(opened);
  local = *opened;
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  pair.settle();
  std::string offer = a.peer.session().localDescription()->sdp;
  const size_t at = offer.find("a=sctp-init:");
  const std::string line = offer.substr(at, offer.find('\n', at) + 1 - at);
  offer.erase(at, line.size());
  ASSERT_TRUE(b.peer.setRemoteDescription({jsep::SdpType::kOffer, offer}, pair.now));
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  pair.settle();
  const std::string answer = b.peer.session().localDescription()->sdp + line;
  ASSERT_TRUE(a.peer.setRemoteDescription({jsep::SdpType::kAnswer, answer}, pair.now));
  pair.settle();
  ASSERT_TRUE(pair.runUntil([&] { return !a.opened.empty() && !b.channels.empty(); }));
  expectMessages("by the long way");
}

}  // namespace
}  // namespace rtc::peer
