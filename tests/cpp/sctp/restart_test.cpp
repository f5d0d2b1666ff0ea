// A peer that sets the association up anew (RFC 9260 section 5.2.4 case A), as browsers do with
// every new DTLS transport.

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp {
namespace {

using testing::Pair;
using testing::Peer;

constexpr Ppid kBinary(53);

class SctpRestart : public ::testing::Test {
 protected:
  SctpRestart() { EXPECT_TRUE(pair.connect()); }

  Status<SendError> send(Bytes message, SendOptions options = {}, uint16_t stream = 0) {
    return pair.a->send(StreamId(stream), kBinary, std::move(message), options, pair.now);
  }
  /// From now on nothing reaches the other end.
  void cut() {
    pair.filter = [](bool, Bytes&) {
      return false;
    };
  }
  /// The peer begins with nothing, over a network that works.
  void restartPeer() {
    pair.filter = nullptr;
    pair.b = Peer();
    pair.b.association = std::make_unique<Association>(AssociationConfig(), random_);
    pair.b->connect(pair.now);
    const size_t before = pair.a.all<Restarted>().size();
    ASSERT_TRUE(pair.runUntil(
        [&] { return pair.a.all<Restarted>().size() > before && pair.established(); }));
    pair.settle();
    EXPECT_FALSE(pair.a.has<Closed>());
  }
  std::vector<Bytes> receivedOn(uint16_t stream = 0) {
    std::vector<Bytes> messages;
    for (const Received& received : pair.b.received) {
      if (received.stream == StreamId(stream))
        messages.push_back(received.message);
    }
    return messages;
  }

  Pair pair;

 private:
  SeededRandom random_{99};
};

TEST_F(SctpRestart, SendsAgainWhatWasNotAcknowledgedAndThenWhatIsQueued) {
  ASSERT_TRUE(send({1}).ok());
  pair.settle();
  cut();
  // More than the window: part of it is in flight, one message is partly sent, the rest waits.
  std::vector<Bytes> lost;
  for (uint8_t i = 2; i < 12; ++i)
    lost.push_back(Bytes(20'000, i));
  for (const Bytes& message : lost)
    ASSERT_TRUE(send(message).ok());
  pair.runFor(Duration::seconds(3));
  EXPECT_GT(pair.a->bufferedAmount(), 0u);
  restartPeer();
  EXPECT_EQ(receivedOn(), lost);
  EXPECT_EQ(pair.a->bufferedAmount(), 0u);
  EXPECT_EQ((pair.a.sentBytes[{0, 53}]), 200'001u) << "each byte is counted once";
}

TEST_F(SctpRestart, SendsNothingAgainThatWasAcknowledged) {
  for (uint8_t i = 1; i < 4; ++i) {
    ASSERT_TRUE(send({i}).ok());
    // No longer than it takes to get there and back.
    pair.runFor(Duration::milliseconds(25));
    restartPeer();
    EXPECT_TRUE(receivedOn().empty());
    ASSERT_TRUE(send({9}).ok());
    pair.settle();
    EXPECT_EQ(receivedOn(), std::vector<Bytes>{{9}});
  }
}

TEST_F(SctpRestart, SendsAgainWhatArrivedBehindAGap) {
  const std::vector<Bytes> messages{Bytes(1000, 1), Bytes(1000, 2), Bytes(1000, 3)};
  SendOptions unordered;
  unordered.ordered = false;
  bool isFirst = true;
  pair.filter = [&](bool fromA, Bytes& packet) {
    return !fromA || !testing::hasData(packet) || !std::exchange(isFirst, false);
  };
  for (const Bytes& message : messages)
    ASSERT_TRUE(send(message).ok());
  pair.drain();
  ASSERT_TRUE(send({4}, unordered, 1).ok());
  // The gap blocks are there, the retransmission is not.
  pair.runFor(Duration::milliseconds(21));
  ASSERT_EQ(pair.b.received.size(), 1u);
  cut();
  pair.runFor(Duration::seconds(1));
  restartPeer();
  EXPECT_EQ(receivedOn(), messages);
  EXPECT_TRUE(receivedOn(1).empty()) << "what was delivered does not come again";
}

TEST_F(SctpRestart, GivesUpWhatMayNotBeSentAgain) {
  cut();
  SendOptions once;
  once.maxRetransmits = 0;
  SendOptions brief;
  brief.lifetime = Duration::milliseconds(100);
  ASSERT_TRUE(send({1}, once).ok());
  ASSERT_TRUE(send({2}, brief).ok());
  ASSERT_TRUE(send({3}).ok());
  pair.runFor(Duration::milliseconds(150));
  restartPeer();
  EXPECT_EQ(receivedOn(), std::vector<Bytes>{{3}});
}

TEST_F(SctpRestart, LetsStreamsBeUsedThatWereBeingReset) {
  cut();
  const StreamId stream(4);
  pair.a->resetStreams({&stream, 1}, pair.now);
  EXPECT_EQ(send({1}, {}, 4).error(), SendError::kStreamResetting);
  restartPeer();
  ASSERT_TRUE(send({2}, {}, 4).ok());
  pair.settle();
  EXPECT_EQ(receivedOn(4), std::vector<Bytes>{{2}});
}

}  // namespace
}  // namespace rtc::sctp
