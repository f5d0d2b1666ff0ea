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

}  // namespace
}  // namespace rtc::datachannel::testing
