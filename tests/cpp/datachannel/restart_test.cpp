// Channels outlive an association that the peer begins anew.

#include <gtest/gtest.h>

#include "tests/cpp/datachannel/channel_pair.h"

namespace rtc::datachannel::testing {
namespace {

/// As a browser does with a new DTLS transport: another association under the same channels.
void restart(ChannelPair& pair, RandomSource& random) {
  pair.b.channels.detach();
  pair.net.b.association = std::make_unique<sctp::Association>(sctp::AssociationConfig(), random);
  pair.b.channels.attach(*pair.net.b.association, pair.net.now);
  pair.net.b->connect(pair.net.now);
  pair.settle();
  ASSERT_TRUE(pair.net.established());
}

class ChannelRestart : public ::testing::Test {
 protected:
  ChannelRestart() {
    local = pair.open(pair.a, labelled("x"));
    EXPECT_TRUE(pair.connect());
    pair.settle();
    remote = pair.announced(pair.b, 0);
  }

  ChannelPair pair;
  SeededRandom random{7};
  ChannelId local;
  ChannelId remote;
};

TEST_F(ChannelRestart, KeepsTheChannelsOpen) {
  restart(pair, random);
  EXPECT_TRUE(pair.a.all<ChannelClosed>().empty());
  EXPECT_EQ(pair.a.channels.state(local), ChannelState::kOpen);
  ASSERT_TRUE(pair.a.channels.sendString(local, "there", pair.net.now));
  ASSERT_TRUE(pair.b.channels.sendString(remote, "back", pair.net.now));
  pair.settle();
  EXPECT_EQ(pair.b.texts(remote), std::vector<std::string>{"there"});
  EXPECT_EQ(pair.a.texts(local), std::vector<std::string>{"back"});
}

TEST_F(ChannelRestart, AnnouncesOnceMoreWhatThePeerMayNotKnow) {
  pair.net.filter = [](bool, Bytes&) {
    return false;
  };
  const ChannelId early = pair.open(pair.b, labelled("early"));
  ASSERT_TRUE(pair.b.channels.sendString(early, "lost", pair.net.now));
  const ChannelId closing = pair.open(pair.b, labelled("closing"));
  pair.b.channels.close(closing, pair.net.now);
  pair.net.runFor(Duration::seconds(1));
  pair.net.filter = nullptr;
  restart(pair, random);
  ASSERT_EQ(pair.a.all<ChannelAnnounced>().size(), 2u);
  ASSERT_TRUE(pair.b.channels.sendString(early, "hello", pair.net.now));
  pair.settle();
  EXPECT_EQ(pair.a.texts(pair.announced(pair.a, 1)), std::vector<std::string>{"hello"});
  EXPECT_EQ(pair.a.all<ChannelClosed>().size(), 1u);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
}

TEST_F(ChannelRestart, TakesWhatIsLostOutOfTheBufferedAmount) {
  pair.net.filter = [](bool, Bytes&) {
    return false;
  };
  ASSERT_TRUE(pair.b.channels.sendBinary(remote, Bytes(50'000), pair.net.now));
  pair.net.runFor(Duration::seconds(1));
  EXPECT_GT(pair.b.channels.bufferedAmount(remote), 0u);
  pair.net.filter = nullptr;
  restart(pair, random);
  EXPECT_EQ(pair.b.channels.bufferedAmount(remote), 0u);
  size_t released = 0;
  for (const auto& event : pair.b.all<BufferedAmountDecreased>())
    released += event.bytes;
  EXPECT_EQ(released, 50'000u);
}

TEST_F(ChannelRestart, ClosesAtBothEndsWhatIsClosedBeforeTheNewAssociationIsEstablished) {
  pair.b.channels.detach();
  pair.net.b.association = std::make_unique<sctp::Association>(sctp::AssociationConfig(), random);
  pair.b.channels.attach(*pair.net.b.association, pair.net.now);
  pair.net.b->connect(pair.net.now);
  pair.b.channels.close(remote, pair.net.now);
  EXPECT_EQ(pair.b.channels.state(remote), ChannelState::kClosing);
  pair.settle();
  EXPECT_EQ(pair.a.all<ChannelClosed>().size(), 1u);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
}

TEST_F(ChannelRestart, FinishesWhatWasBeingClosed) {
  pair.net.filter = [](bool, Bytes&) {
    return false;
  };
  pair.a.channels.close(local, pair.net.now);
  pair.net.runFor(Duration::seconds(1));
  EXPECT_EQ(pair.a.channels.state(local), ChannelState::kClosing);
  pair.net.filter = nullptr;
  restart(pair, random);
  EXPECT_EQ(pair.a.all<ChannelClosed>().size(), 1u);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
  const ChannelId next = pair.open(pair.a, labelled("next"));
  pair.settle();
  EXPECT_EQ(pair.a.channels.state(next), ChannelState::kOpen);
  EXPECT_EQ(pair.b.all<ChannelAnnounced>().size(), 2u);
}

TEST_F(ChannelRestart, DoesNotGiveOutAStreamAgainThatThePeerHasStillToReset) {
  // The peer, which knows of no closing yet, has so much queued that its own reset takes a while.
  pair.net.filter = [](bool, Bytes&) {
    return false;
  };
  pair.a.channels.close(local, pair.net.now);
  pair.net.runFor(Duration::seconds(1));
  pair.net.filter = nullptr;
  pair.b.channels.detach();
  pair.net.b.association = std::make_unique<sctp::Association>(sctp::AssociationConfig(), random);
  pair.b.channels.attach(*pair.net.b.association, pair.net.now);
  pair.net.b->connect(pair.net.now);
  ASSERT_TRUE(pair.b.channels.sendBinary(remote, Bytes(60'000), pair.net.now));
  ASSERT_TRUE(pair.net.runUntil([&] { return pair.a.all<ChannelClosed>().size() == 1; }));
  ASSERT_TRUE(pair.b.all<ChannelClosed>().empty());
  const ChannelId next = pair.open(pair.a, labelled("next"));
  pair.settle();
  EXPECT_EQ(pair.a.channels.state(next), ChannelState::kOpen);
  EXPECT_EQ(pair.b.all<ChannelAnnounced>().size(), 2u);
  EXPECT_EQ(pair.b.all<ChannelClosed>().size(), 1u);
  // Then it is free.
  const ChannelId again = pair.open(pair.a, labelled("again"));
  EXPECT_EQ(*pair.a.channels.options(again)->id, 0);
}

}  // namespace
}  // namespace rtc::datachannel::testing
