// Path MTU discovery (RFC 8899 section 6.2): packets grow where the path takes it, and only there.

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr size_t kBase = 1188;
constexpr size_t kRecord = 16384;
constexpr Ppid kBinary(53);

/// Two ends of which A sends, over a path that loses what is larger than `mtu`.
class Sending {
 public:
  explicit Sending(size_t mtu = SIZE_MAX, size_t ceiling = kRecord) : mtu(mtu) {
    pair.filter = [this](bool fromA, Bytes& packet) {
      if (fromA) {
        sizes.push_back(packet.size());
        probes += hasChunk(packet, ChunkType::kPad) ? 1 : 0;
      }
      return packet.size() <= this->mtu;
    };
    pair.a->setPath(ceiling);
    pair.b->setPath(ceiling);
    EXPECT_TRUE(pair.connect());
  }

  /// A message more, which arrives whole; the largest packet that was sent meanwhile.
  size_t send(size_t bytes) {
    sizes.clear();
    const Bytes message = pattern(bytes, ++seed_);
    EXPECT_TRUE(pair.a->send(StreamId(1), kBinary, message, {}, pair.now).ok());
    EXPECT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
    EXPECT_EQ(pair.b.received.size(), 1u);
    EXPECT_TRUE(pair.b.received.front().message == message);
    pair.b.received.clear();
    pair.settle();
    return *std::max_element(sizes.begin(), sizes.end());
  }

  size_t mtu;
  Pair pair{1, config(), config()};
  std::vector<size_t> sizes;
  size_t probes = 0;

 private:
  static AssociationConfig config() {
    AssociationConfig config;
    config.maxSendMessageSize = config.maxReceiveMessageSize = 4 * 1024 * 1024;
    return config;
  }
  uint32_t seed_ = 0;
};

TEST(PathMtu, GrowsPacketsToTheLargestThatPasses) {
  Sending sending;
  sending.send(1024 * 1024);
  EXPECT_EQ(sending.send(1024 * 1024), 16292u);
  EXPECT_EQ(sending.probes, 3u);
  EXPECT_EQ(sending.pair.a->statistics().chunksRetransmitted, 0u);
}

TEST(PathMtu, StaysBelowWhatTheInterfaceTakes) {
  Sending sending(SIZE_MAX, 1411);
  sending.send(1024 * 1024);
  EXPECT_EQ(sending.send(1024 * 1024), 1408u);
  EXPECT_EQ(sending.probes, 1u);
}

TEST(PathMtu, TriesTheInterfacesOwnSizeWhereItIsAnUnusualOne) {
  Sending sending(SIZE_MAX, 1331);
  sending.send(1024 * 1024);
  EXPECT_EQ(sending.send(1024 * 1024), 1328u);
}

TEST(PathMtu, SendsNoProbeWhereNothingLargerIsWorthATry) {
  for (const size_t ceiling : {size_t{0}, kBase, kBase + 40}) {
    Sending sending(SIZE_MAX, ceiling);
    EXPECT_EQ(sending.send(1024 * 1024), kBase);
    EXPECT_EQ(sending.probes, 0u);
  }
}

TEST(PathMtu, SendsNoProbeForALittle) {
  Sending sending;
  for (int i = 0; i < 20; ++i)
    sending.send(2000);
  EXPECT_EQ(sending.probes, 0u);
}

TEST(PathMtu, KeepsTheSizeThatPassedWhenALargerProbeIsLost) {
  Sending sending(1500);
  sending.send(1024 * 1024);
  sending.pair.runFor(Duration::seconds(5));
  EXPECT_EQ(sending.send(1024 * 1024), 1408u);
  EXPECT_EQ(sending.send(1024 * 1024), 1408u);
  EXPECT_EQ(sending.probes, 2u);
  EXPECT_EQ(sending.pair.a->statistics().chunksRetransmitted, 0u);
}

TEST(PathMtu, LosesNothingWithAProbe) {
  Sending sending(kBase);
  EXPECT_EQ(sending.send(1024 * 1024), 1408u);  // the probe
  EXPECT_EQ(sending.pair.a->statistics().retransmissionTimeouts, 0u);
  EXPECT_EQ(sending.pair.a->statistics().chunksRetransmitted, 0u);
}

TEST(PathMtu, LeavesSizesThatHaveCeasedToPassAndTriesAgainLater) {
  Sending sending;
  sending.send(1024 * 1024);
  ASSERT_EQ(sending.send(1024 * 1024), 16292u);
  sending.mtu = kBase;
  sending.send(1024 * 1024);
  EXPECT_EQ(sending.send(1024 * 1024), kBase);
  sending.mtu = SIZE_MAX;
  sending.pair.runFor(Duration::seconds(10));
  sending.send(1024 * 1024);
  EXPECT_EQ(sending.send(1024 * 1024), 16292u);
}

TEST(PathMtu, BeginsWithTheBaseOnAnotherPath) {
  Sending sending;
  sending.send(1024 * 1024);
  ASSERT_EQ(sending.send(1024 * 1024), 16292u);
  sending.mtu = kBase;
  sending.pair.a->setPath(kBase);
  EXPECT_EQ(sending.send(1024 * 1024), kBase);
  EXPECT_EQ(sending.pair.a->statistics().retransmissionTimeouts, 0u);
}

TEST(PathMtu, HasAllThatWasInFlightOnALargePathPassASmallOne) {
  Sending sending;
  sending.send(1024 * 1024);
  ASSERT_EQ(sending.send(1024 * 1024), 16292u);
  const Bytes message = pattern(2 * 1024 * 1024, 77);
  ASSERT_TRUE(sending.pair.a->send(StreamId(1), kBinary, message, {}, sending.pair.now).ok());
  sending.pair.runFor(Duration::milliseconds(5));
  ASSERT_GT(sending.pair.a->statistics().bytesInFlight, 0u);
  sending.mtu = kBase;
  ASSERT_TRUE(sending.pair.runUntil([&] { return !sending.pair.b.received.empty(); }));
  EXPECT_TRUE(sending.pair.b.received.front().message == message);
}

TEST(PathMtu, IsFoundAnewWhenThePeerRestarts) {
  Sending sending;
  sending.send(1024 * 1024);
  ASSERT_EQ(sending.send(1024 * 1024), 16292u);
  SeededRandom random(99);
  AssociationConfig config;
  config.maxReceiveMessageSize = 4 * 1024 * 1024;
  sending.pair.b.association = std::make_unique<Association>(config, random);
  sending.pair.b->connect(sending.pair.now);
  ASSERT_TRUE(sending.pair.runUntil([&] { return sending.pair.a.has<Restarted>(); }));
  sending.mtu = 1300;
  EXPECT_EQ(sending.send(1024 * 1024), 1408u);  // the probe
  EXPECT_EQ(sending.pair.a->statistics().retransmissionTimeouts, 0u);
}

TEST(PathMtu, IgnoresAnswersToProbesThatItDidNotSend) {
  PathMtu path(kBase);
  path.pathChanged(kRecord);
  const Timestamp now = Timestamp::milliseconds(1);
  EXPECT_FALSE(path.answered(0));
  ASSERT_TRUE(path.wantsProbe(now));
  EXPECT_EQ(path.takeProbe(5, Duration::seconds(1), now).size, 1408u);
  EXPECT_FALSE(path.wantsProbe(now));
  EXPECT_FALSE(path.answered(6));
  EXPECT_EQ(path.packetSize(), kBase);
  EXPECT_TRUE(path.answered(5));
  EXPECT_FALSE(path.answered(5));
  EXPECT_EQ(path.packetSize(), 1408u);
}

TEST(PathMtu, WaitsLongerAfterEachBlackHole) {
  PathMtu path(kBase);
  path.pathChanged(kRecord);
  Timestamp now = Timestamp::milliseconds(1);
  for (const int64_t seconds : {10, 20, 40, 80, 160, 320, 600, 600}) {
    path.takeProbe(1, Duration::seconds(1), now);
    ASSERT_TRUE(path.answered(1));
    ASSERT_TRUE(path.timedOut(now));
    EXPECT_EQ(path.packetSize(), kBase);
    EXPECT_FALSE(path.wantsProbe(now + Duration::seconds(seconds) - Duration::milliseconds(1)));
    now = now + Duration::seconds(seconds);
    EXPECT_TRUE(path.wantsProbe(now));
  }
}

}  // namespace
}  // namespace rtc::sctp::testing
