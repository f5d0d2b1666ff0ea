#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

TEST(SctpStreamReset, TellsBothEndsAndStartsTheSequenceAnew) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const std::vector<StreamId> streams{StreamId(3), StreamId(5)};
  for (int round = 0; round < 3; ++round) {
    for (const StreamId stream : streams) {
      ASSERT_TRUE(pair.a->send(stream, kBinary, pattern(5000), {}, pair.now).ok());
    }
    pair.a->resetStreams(streams, pair.now);
    EXPECT_EQ(pair.a->send(streams[0], kBinary, {1}, {}, pair.now).error(),
              SendError::kStreamResetting);
    pair.runFor(Duration::seconds(5));
  }
  EXPECT_EQ(pair.b.received.size(), 6u);
  const auto outgoing = pair.a.all<OutgoingStreamsReset>();
  const auto incoming = pair.b.all<IncomingStreamsReset>();
  ASSERT_EQ(outgoing.size(), 3u);
  ASSERT_EQ(incoming.size(), 3u);
  EXPECT_EQ(outgoing[0].streams, streams);
  EXPECT_EQ(incoming[0].streams, streams);
}

TEST(SctpStreamReset, ComesAfterAllDataOfTheStreamUnderLoss) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Pair pair(seed);
    ASSERT_TRUE(pair.connect());
    pair.network.loss = 0.2;
    pair.network.jitter = Duration::milliseconds(30);
    const std::vector<StreamId> streams{StreamId(1)};
    size_t receivedAtReset = 0;
    size_t received = 0;
    pair.sink = [&](bool ofA, Output output) {
      if (ofA)
        return;
      if (std::holds_alternative<Received>(output))
        ++received;
      if (std::holds_alternative<IncomingStreamsReset>(output))
        receivedAtReset = received;
    };
    for (int i = 0; i < 30; ++i) {
      ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(3000), {}, pair.now).ok());
    }
    pair.a->resetStreams(streams, pair.now);
    pair.runFor(Duration::seconds(120));
    EXPECT_EQ(received, 30u) << seed;
    EXPECT_EQ(receivedAtReset, 30u) << seed;
    EXPECT_TRUE(pair.a->send(StreamId(1), kBinary, {1}, {}, pair.now).ok()) << seed;
  }
}

TEST(SctpStreamReset, WorksFromBothEndsAtOnceWithManyStreams) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Pair pair(seed);
    ASSERT_TRUE(pair.connect());
    pair.network.loss = seed == 1 ? 0 : 0.2;
    std::vector<StreamId> streams;
    for (uint16_t i = 0; i < 1000; ++i)
      streams.push_back(StreamId(i));
    pair.a->resetStreams(streams, pair.now);
    pair.b->resetStreams(streams, pair.now);
    pair.runFor(Duration::seconds(200));
    for (const Peer* peer : {&pair.a, &pair.b}) {
      size_t out = 0;
      size_t in = 0;
      for (const auto& e : peer->all<OutgoingStreamsReset>())
        out += e.streams.size();
      for (const auto& e : peer->all<IncomingStreamsReset>())
        in += e.streams.size();
      EXPECT_EQ(out, 1000u) << seed;
      EXPECT_EQ(in, 1000u) << seed;
    }
  }
}

TEST(SctpStreamReset, WaitsForWhatIsStillMissing) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.settle();
  // The data is lost, the request arrives: the peer answers "in progress".
  int dataPackets = 0;
  pair.filter = [&](bool fromA, Bytes& packet) {
    return !(fromA && hasData(packet) && dataPackets++ == 0);
  };
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, {9}, {}, pair.now).ok());
  pair.drain();
  const std::vector<StreamId> streams{StreamId(1)};
  pair.a->resetStreams(streams, pair.now);
  pair.runFor(Duration::milliseconds(100));
  EXPECT_FALSE(pair.b.has<IncomingStreamsReset>());
  pair.runFor(Duration::seconds(10));
  EXPECT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.all<IncomingStreamsReset>().size(), 1u);
  EXPECT_EQ(pair.a.all<OutgoingStreamsReset>().size(), 1u);
}

}  // namespace
}  // namespace rtc::sctp::testing
