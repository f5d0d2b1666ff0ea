// Data channels outlive the transport below them: the section that speaks for their bundle is
// stopped, and the bundle moves.

#include <gtest/gtest.h>

#include "tests/cpp/peer/peer_pair.h"

namespace rtc::peer {
namespace {

using datachannel::ChannelId;

/// Audio and one open channel, connected.
class RetaggedBundle : public ::testing::Test {
 protected:
  RetaggedBundle() {
    jsep::TransceiverInit init;
    init.kind = jsep::MediaKind::kAudio;
    const auto added = a.peer.change(
        [&](jsep::Session& session) { return session.addTransceiver(init); }, pair.now);
    EXPECT_TRUE(added);
    audio = *added;
    local = *a.peer.createDataChannel({}, pair.now);
    EXPECT_TRUE(pair.negotiate(a, b));
    EXPECT_TRUE(pair.runUntil([&] { return !a.opened.empty() && !b.channels.empty(); }));
    remote = b.channels.begin()->first;
    a.transportsClosed.clear();
    b.transportsClosed.clear();
  }

  void stop(End& end, jsep::TransceiverId id) {
    end.peer.change([&](jsep::Session& session) { session.stopTransceiver(id); }, pair.now);
  }
  Status<Error> send(End& end, const char* text) {
    return end.peer.sendString(&end == &a ? local : remote, text, pair.now);
  }
  /// A message each way, and nothing but these.
  void expectMessages(const std::string& text) {
    a.messages.clear();
    b.messages.clear();
    ASSERT_TRUE(send(a, text.c_str()));
    ASSERT_TRUE(send(b, text.c_str()));
    ASSERT_TRUE(pair.runUntil([&] { return !a.messages.empty() && !b.messages.empty(); }));
    pair.run(Duration::seconds(5));
    EXPECT_EQ(a.textsOn(local), std::vector<std::string>{text});
    EXPECT_EQ(b.textsOn(remote), std::vector<std::string>{text});
  }
  /// The transport of the data has changed, and the old one is gone, on both sides.
  void expectMoved(const Transport* before) {
    EXPECT_NE(a.peer.transport(), before);
    EXPECT_EQ(a.peer.transports().size(), 1u);
    EXPECT_EQ(b.peer.transports().size(), 1u);
    EXPECT_EQ(a.transportsClosed.size(), 1u);
    EXPECT_EQ(b.transportsClosed.size(), 1u);
    EXPECT_EQ(a.interfaces.size(), 1u);
    EXPECT_TRUE(a.closed.empty());
    EXPECT_TRUE(b.closed.empty());
    EXPECT_EQ(a.sctp, SctpState::kConnected);
    EXPECT_EQ(b.sctp, SctpState::kConnected);
  }

  PeerPair pair;
  End& a = pair.a;
  End& b = pair.b;
  jsep::TransceiverId audio;
  ChannelId local;
  ChannelId remote;
};

TEST_F(RetaggedBundle, CarriesTheChannelOverWhenTheFirstSectionIsStopped) {
  const Transport* before = a.peer.transport();
  stop(a, audio);
  ASSERT_TRUE(pair.negotiate(a, b));
  expectMessages("after the stop");
  expectMoved(before);
}

TEST_F(RetaggedBundle, CarriesTheChannelOverWhenTheAnswererOfTheFirstExchangeStops) {
  const Transport* before = a.peer.transport();
  stop(b, b.peer.session().transceivers().at(0).id);
  ASSERT_TRUE(pair.negotiate(b, a, /*trickle=*/false));
  expectMessages("after the stop");
  expectMoved(before);
}

TEST_F(RetaggedBundle, SendsAgainWhatWasOnItsWayMeanwhile) {
  stop(a, audio);
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  ASSERT_TRUE(b.peer.setRemoteDescription(*a.peer.session().localDescription(), pair.now));
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  ASSERT_TRUE(send(b, "before its new transport connects"));
  ASSERT_TRUE(send(a, "to a transport that is gone"));
  pair.run(Duration::seconds(2));
  ASSERT_TRUE(a.peer.setRemoteDescription(*b.peer.session().localDescription(), pair.now));
  pair.exchangeCandidates(a, b);
  pair.exchangeCandidates(b, a);
  ASSERT_TRUE(pair.runUntil([&] { return !a.messages.empty() && !b.messages.empty(); }));
  pair.run(Duration::seconds(5));
  EXPECT_EQ(a.textsOn(local), std::vector<std::string>{"before its new transport connects"});
  EXPECT_EQ(b.textsOn(remote), std::vector<std::string>{"to a transport that is gone"});
}

TEST_F(RetaggedBundle, BearsWithAPeerThatClosesTheOldTransportBeforeItsAnswerComes) {
  const Transport* before = a.peer.transport();
  stop(a, audio);
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  pair.settle();
  ASSERT_TRUE(b.peer.setRemoteDescription(*a.peer.session().localDescription(), pair.now));
  b.peer.transports().front().transport->close(pair.now);
  b.peer.handleTimeout(pair.now);
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  ASSERT_TRUE(pair.runUntil([&] { return before->dtlsState() == DtlsState::kClosed; }));
  EXPECT_EQ(a.sctp, SctpState::kConnected);
  ASSERT_TRUE(a.peer.setRemoteDescription(*b.peer.session().localDescription(), pair.now));
  pair.exchangeCandidates(a, b);
  pair.exchangeCandidates(b, a);
  expectMessages("after the answer");
  expectMoved(before);
}

TEST_F(RetaggedBundle, LeavesTheOldTransportWithoutTellingThePeerBeforeTheAnswerDoes) {
  const Transport* before = a.peer.transport();
  stop(a, audio);
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  ASSERT_TRUE(b.peer.setRemoteDescription(*a.peer.session().localDescription(), pair.now));
  ASSERT_TRUE(b.peer.setLocalDescription({}, pair.now));
  pair.run(Duration::seconds(1));
  EXPECT_EQ(b.transportsClosed.size(), 1u);
  EXPECT_EQ(before->dtlsState(), DtlsState::kConnected);
}

TEST_F(RetaggedBundle, EndsTheChannelWhenTheMoveIsRolledBackAndTheOldTransportIsClosed) {
  const Transport* before = a.peer.transport();
  stop(a, audio);
  ASSERT_TRUE(a.peer.setLocalDescription({}, pair.now));
  b.peer.close(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return before->dtlsState() == DtlsState::kClosed; }));
  EXPECT_EQ(a.sctp, SctpState::kConnected) << "the association's end came as well";
  ASSERT_TRUE(a.peer.setLocalDescription({jsep::SdpType::kRollback, ""}, pair.now));
  pair.settle();
  EXPECT_EQ(a.sctp, SctpState::kClosed);
  EXPECT_EQ(a.closed.size(), 1u);
}

TEST_F(RetaggedBundle, GivesNewChannelsTheIdsOfTheNewRole) {
  // The answerer of the first exchange offers now, so that the other side becomes the DTLS client.
  stop(b, b.peer.session().transceivers().at(0).id);
  ASSERT_TRUE(pair.negotiate(b, a));
  expectMessages("moved");
  EXPECT_EQ(a.peer.transport()->dtlsRole(), dtls::Role::kClient);
  const auto fromA = a.peer.createDataChannel({}, pair.now);
  const auto fromB = b.peer.createDataChannel({}, pair.now);
  ASSERT_TRUE(fromA && fromB);
  const size_t known = b.channels.size();
  ASSERT_TRUE(pair.runUntil([&] { return b.channels.size() > known && !a.channels.empty(); }));
  EXPECT_EQ(*b.channels.rbegin()->second.id % 2, 0);
  EXPECT_EQ(*a.channels.begin()->second.id % 2, 1);
}

TEST_F(RetaggedBundle, StaysWhereItIsWhenSomethingIsAdded) {
  stop(a, audio);
  ASSERT_TRUE(pair.negotiate(a, b));
  expectMessages("after the stop");
  jsep::TransceiverInit init;
  init.kind = jsep::MediaKind::kVideo;
  ASSERT_TRUE(b.peer.change([&](jsep::Session& session) { return session.addTransceiver(init); },
                            pair.now));
  const Transport* before = a.peer.transport();
  ASSERT_TRUE(pair.negotiate(b, a));
  EXPECT_EQ(a.peer.transport(), before) << "it joins the bundle that is there";
  expectMessages("after it was added");
}

}  // namespace
}  // namespace rtc::peer
