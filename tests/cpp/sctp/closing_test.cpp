// SHUTDOWN, ABORT, heartbeats and dead peers.

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

TEST(SctpClosing, ShutsDownAfterEverythingWasDelivered) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Pair pair(seed);
    ASSERT_TRUE(pair.connect());
    pair.network.loss = seed == 1 ? 0 : 0.2;
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(20000), {}, pair.now).ok());
      ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, pattern(20000), {}, pair.now).ok());
    }
    pair.a->shutdown(pair.now);
    EXPECT_EQ(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).error(), SendError::kClosed);
    pair.runFor(Duration::seconds(600));
    EXPECT_EQ(pair.b.received.size(), 10u) << seed;
    EXPECT_EQ(pair.a.received.size(), 10u) << seed;
    for (const Peer* peer : {&pair.a, &pair.b}) {
      ASSERT_EQ(peer->all<Closed>().size(), 1u) << seed;
    }
    EXPECT_EQ(pair.a.all<Closed>()[0].reason, CloseReason::kShutdown);
    EXPECT_TRUE(pair.a->deadline().isNever());
    EXPECT_TRUE(pair.b->deadline().isNever());
  }
}

TEST(SctpClosing, IsShutDownGracefullyWhenALatePacketMeetsAPeerThatIsDone) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  Bytes late;
  pair.filter = [&](bool fromA, Bytes& packet) {
    if (fromA && late.empty() && hasData(packet))
      late = packet;
    return fromA || !hasChunk(packet, ChunkType::kShutdownComplete);
  };
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  pair.settle();
  pair.b->shutdown(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.has<Closed>(); }));
  ASSERT_EQ(pair.a->state(), State::kShutdownAckSent);
  pair.b->handlePacket(late, pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.has<Closed>(); }));
  EXPECT_EQ(pair.a.all<Closed>()[0].reason, CloseReason::kShutdown);
}

TEST(SctpClosing, ShutsDownFromBothEndsAtOnce) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.a->shutdown(pair.now);
  pair.b->shutdown(pair.now);
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.all<Closed>().at(0).reason, CloseReason::kShutdown);
  EXPECT_EQ(pair.b.all<Closed>().at(0).reason, CloseReason::kShutdown);
}

TEST(SctpClosing, TellsThePeerOfAnAbortAndWhy) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.a->abort("enough", pair.now);
  EXPECT_EQ(pair.a->state(), State::kClosed);
  pair.runFor(Duration::seconds(1));
  ASSERT_EQ(pair.b.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.b.all<Closed>()[0].reason, CloseReason::kPeerAbort);
  EXPECT_EQ(pair.b.all<Closed>()[0].causeCode, 12);
  EXPECT_EQ(pair.b.all<Closed>()[0].text, "enough");
  EXPECT_EQ(pair.a.all<Closed>().at(0).reason, CloseReason::kLocalAbort);
}

TEST(SctpClosing, TellsAPeerThatMissedTheAbortWhenItGoesOn) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.settle();
  pair.filter = [](bool fromA, Bytes&) {
    return !fromA;
  };
  pair.a->abort("", pair.now);
  pair.drain();
  pair.filter = nullptr;
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  pair.runFor(Duration::seconds(1));
  ASSERT_EQ(pair.b.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.b.all<Closed>()[0].reason, CloseReason::kPeerAbort);
}

TEST(SctpClosing, GivesUpOnAPeerThatFallsSilentWithDataOutstanding) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.network.loss = 1;
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  pair.runFor(Duration::seconds(120));
  ASSERT_EQ(pair.a.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.a.all<Closed>()[0].reason, CloseReason::kTimeout);
}

// The reset of a stream that waits for its answer beside them says nothing more about the peer.
TEST(SctpClosing, WaitsForASilentPeerAsLongThoughAStreamIsBeingResetMeanwhile) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.network.loss = 1;
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  const StreamId other(1);
  pair.a->resetStreams({&other, 1}, pair.now);
  pair.runFor(Duration::seconds(45));
  EXPECT_FALSE(pair.a.has<Closed>());
  pair.runFor(Duration::seconds(75));
  ASSERT_EQ(pair.a.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.a.all<Closed>()[0].reason, CloseReason::kTimeout);
}

TEST(SctpClosing, NoticesADeadIdlePeerByHeartbeatsAlone) {
  AssociationConfig config;
  config.heartbeatInterval = Duration::seconds(5);
  Pair pair(1, config, config);
  ASSERT_TRUE(pair.connect());
  pair.runFor(Duration::seconds(1000));
  EXPECT_FALSE(pair.a.has<Closed>());
  pair.network.loss = 1;
  pair.runFor(Duration::seconds(1000));
  EXPECT_TRUE(pair.a.has<Closed>());
  EXPECT_TRUE(pair.b.has<Closed>());
}

TEST(SctpClosing, RefusesCallsAfterTheEnd) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.a->abort("", pair.now);
  pair.drain();
  EXPECT_EQ(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).error(), SendError::kClosed);
  const StreamId stream(0);
  pair.a->resetStreams({&stream, 1}, pair.now);
  pair.a->shutdown(pair.now);
  pair.a->connect(pair.now);
  pair.a->abort("", pair.now);
  pair.drain();
  EXPECT_EQ(pair.a.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.a.all<StreamResetFailed>().size(), 1u);
}

}  // namespace
}  // namespace rtc::sctp::testing
