// Losses, and what looks like losses (RFC 8985 in SCTP's terms).

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_data.h"
#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};
constexpr size_t kMegabyte = 1024 * 1024;

/// Sends so many bytes in messages of 64 KiB; the virtual time until they have arrived.
Duration transfer(Pair& pair, size_t bytes, Duration limit = Duration::seconds(300)) {
  const Timestamp begin = pair.now;
  size_t sent = 0;
  size_t arrived = 0;
  const bool done = pair.runUntil(
      [&] {
        while (sent < bytes && pair.a->bufferedAmount() < kMegabyte) {
          EXPECT_TRUE(
              pair.a->send(StreamId(1), kBinary, pattern(65536, sent >> 16), {}, pair.now).ok());
          sent += 65536;
        }
        for (; !pair.b.received.empty(); pair.b.received.pop_front()) {
          const Bytes& message = pair.b.received.front().message;
          EXPECT_TRUE(message == pattern(65536, arrived >> 16));
          arrived += message.size();
        }
        return arrived >= bytes;
      },
      limit);
  EXPECT_TRUE(done);
  return pair.now - begin;
}

AssociationConfig withReno() {
  AssociationConfig config;
  config.congestionControl = &makeReno;
  return config;
}

/// Round trips have been measured, and nothing is under way.
void warmUp(Pair& pair) {
  ASSERT_TRUE(pair.connect());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), {}, pair.now).ok());
    ASSERT_TRUE(pair.settle());
  }
  pair.b.received.clear();
}

bool isData(const Bytes& packet) {
  return hasData(packet);
}

/// What A sends of data is lost from now on.
void loseData(Pair& pair) {
  pair.filter = [](bool fromA, Bytes& packet) {
    return !fromA || !isData(packet);
  };
}

TEST(SctpLossRecovery, DoesNotTakeReorderingForLoss) {
  Pair pair;
  pair.network.delay = Duration::milliseconds(20);
  pair.network.jitter = Duration::milliseconds(30);
  warmUp(pair);
  const Duration time = transfer(pair, 4 * kMegabyte);
  const Statistics statistics = pair.a->statistics();
  const size_t chunks = 4 * kMegabyte / 1160;
  EXPECT_LT(statistics.needlessRetransmits, chunks / 20);
  EXPECT_EQ(statistics.retransmissionTimeouts, 0u);
  // 4 MB at the initial window of ten packets a round trip would take 25 s.
  EXPECT_LT(time, Duration::seconds(8));
}

TEST(SctpLossRecovery, GivesTheWindowBackWhenWhatItSentAgainHadArrived) {
  Pair pair(1, withReno());
  warmUp(pair);
  ASSERT_GT(transfer(pair, kMegabyte), Duration::zero());
  const size_t before = pair.a->statistics().congestionWindow;
  // One packet takes a detour of a round trip.
  std::optional<Bytes> held;
  int after = 0;
  pair.filter = [&](bool fromA, Bytes& packet) {
    if (!fromA || !isData(packet))
      return true;
    if (!held) {
      held = packet;
      return false;
    }
    ++after;
    return true;
  };
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(65536), {}, pair.now).ok());
  pair.runUntil([&] { return pair.a->statistics().chunksRetransmitted > 0; });
  EXPECT_GT(after, 3);
  EXPECT_LT(pair.a->statistics().congestionWindow, before);
  pair.filter = nullptr;
  pair.b->handlePacket(*held, pair.now);
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a->statistics().needlessRetransmits, 1u);
  EXPECT_GE(pair.a->statistics().congestionWindow, before);
}

TEST(SctpLossRecovery, HalvesTheWindowForARealLoss) {
  Pair pair(1, withReno());
  warmUp(pair);
  ASSERT_GT(transfer(pair, kMegabyte), Duration::zero());
  const size_t before = pair.a->statistics().congestionWindow;
  bool dropped = false;
  pair.filter = [&](bool fromA, Bytes& packet) {
    if (!fromA || dropped || !isData(packet))
      return true;
    dropped = true;
    return false;
  };
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(65536), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a->statistics().chunksRetransmitted, 1u);
  EXPECT_EQ(pair.a->statistics().needlessRetransmits, 0u);
  EXPECT_LT(pair.a->statistics().congestionWindow, before * 3 / 4);
}

TEST(SctpLossRecovery, ProbesForALostTailBeforeTheTimeout) {
  for (const size_t size : {size_t{100}, size_t{8 * 1024}}) {
    Pair pair;
    warmUp(pair);
    // The last packet of the message, the first time that it is sent.
    bool dropped = false;
    pair.filter = [&](bool fromA, Bytes& packet) {
      if (!fromA || dropped || !isData(packet) || packet.size() >= 1100)
        return true;
      dropped = true;
      return false;
    };
    const Timestamp begin = pair.now;
    ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(size), {}, pair.now).ok());
    ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
    ASSERT_TRUE(dropped);
    EXPECT_EQ(pair.b.received[0].message, pattern(size));
    EXPECT_EQ(pair.a->statistics().tailLossProbes, 1u);
    EXPECT_EQ(pair.a->statistics().retransmissionTimeouts, 0u);
    EXPECT_LT(pair.now - begin, AssociationConfig{}.rtoMin);
  }
}

TEST(SctpLossRecovery, DoesNotProbeWithWhatMayNotBeSentAgain) {
  Pair pair;
  warmUp(pair);
  loseData(pair);
  SendOptions options;
  options.maxRetransmits = 0;
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), options, pair.now).ok());
  pair.runFor(Duration::milliseconds(250));
  EXPECT_EQ(pair.a->statistics().tailLossProbes, 0u);
  EXPECT_EQ(pair.a->statistics().chunksRetransmitted, 0u);
}

TEST(SctpLossRecovery, ProbesAgainAfterAProbeThatWasGivenUp) {
  Pair pair;
  warmUp(pair);
  loseData(pair);
  SendOptions once;
  once.maxRetransmits = 1;
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), once, pair.now).ok());
  ASSERT_TRUE(pair.runUntil([&] { return pair.a->statistics().tailLossProbes == 1; }));
  // What follows shows that the probe is lost too, before the timeout does.
  pair.filter = nullptr;
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.a->statistics().retransmissionTimeouts, 0u);
  bool dropped = false;
  pair.filter = [&](bool fromA, Bytes& packet) {
    if (!fromA || dropped || !isData(packet))
      return true;
    dropped = true;
    return false;
  };
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(100), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_TRUE(dropped);
  EXPECT_EQ(pair.a->statistics().tailLossProbes, 2u);
}

TEST(SctpLossRecovery, SeesTheLossOfARetransmission) {
  Pair pair;
  warmUp(pair);
  int dropped = 0;
  Bytes first;
  pair.filter = [&](bool fromA, Bytes& packet) {
    if (!fromA || dropped == 3 || !isData(packet))
      return true;
    // Behind the common header and the chunk's.
    const Bytes tsn(packet.begin() + 16, packet.begin() + 20);
    if (first.empty())
      first = tsn;
    if (tsn != first)
      return true;
    ++dropped;
    return false;
  };
  const Timestamp begin = pair.now;
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, pattern(60000), {}, pair.now).ok());
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 4; }));
  EXPECT_EQ(dropped, 3);
  EXPECT_EQ(pair.a->statistics().retransmissionTimeouts, 0u);
  EXPECT_LT(pair.now - begin, Duration::seconds(1));
}

}  // namespace
}  // namespace rtc::sctp::testing
