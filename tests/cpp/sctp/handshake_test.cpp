#include <gtest/gtest.h>

#include "cpp/base/crc32c.h"
#include "cpp/sctp/error_cause.h"
#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

TEST(SctpHandshake, ConnectsWhenBothEndsBegin) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.settle();
  ASSERT_EQ(pair.a.all<Connected>().size(), 1u);
  ASSERT_EQ(pair.b.all<Connected>().size(), 1u);
  EXPECT_EQ(pair.a.all<Connected>()[0].outgoingStreams, 65535);
  EXPECT_EQ(pair.a.all<Connected>()[0].incomingStreams, 65535);
}

TEST(SctpHandshake, ConnectsWhenOneEndBegins) {
  Pair pair;
  pair.a->connect(pair.now);
  EXPECT_TRUE(pair.runUntil([&] { return pair.established(); }));
}

TEST(SctpHandshake, ConnectsWheneverTheOtherEndBegins) {
  for (int delayMs = 0; delayMs <= 60; ++delayMs) {
    Pair pair(static_cast<uint64_t>(delayMs) + 1);
    pair.a->connect(pair.now);
    pair.runFor(Duration::milliseconds(delayMs));
    pair.b->connect(pair.now);
    ASSERT_TRUE(pair.runUntil([&] { return pair.established(); })) << delayMs;
    ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
    ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {2}, {}, pair.now).ok());
    ASSERT_TRUE(pair.settle());
    pair.runFor(Duration::seconds(5));
    EXPECT_EQ(pair.a.received.size(), 1u);
    EXPECT_EQ(pair.b.received.size(), 1u);
    EXPECT_EQ(pair.a.all<Connected>().size(), 1u);
    EXPECT_EQ(pair.b.all<Connected>().size(), 1u);
  }
}

TEST(SctpHandshake, SurvivesLossDuplicationAndReordering) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Pair pair(seed);
    pair.network.loss = 0.3;
    pair.network.duplication = 0.3;
    pair.network.jitter = Duration::milliseconds(100);
    pair.a->connect(pair.now);
    if (seed % 3 != 0)
      pair.b->connect(pair.now);
    ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, {1}, {}, pair.now).ok());
    ASSERT_TRUE(pair.b->send(StreamId(1), kBinary, {2}, {}, pair.now).ok());
    ASSERT_TRUE(
        pair.runUntil([&] { return pair.a.received.size() == 1 && pair.b.received.size() == 1; },
                      Duration::seconds(120)))
        << seed;
  }
}

TEST(SctpHandshake, SurvivesTheLossOfAnyOneOfItsPackets) {
  for (int lost = 0; lost < 8; ++lost) {
    for (const bool both : {false, true}) {
      Pair pair;
      int count = 0;
      pair.filter = [&](bool, Bytes&) {
        return count++ != lost;
      };
      pair.a->connect(pair.now);
      if (both)
        pair.b->connect(pair.now);
      ASSERT_TRUE(pair.runUntil([&] { return pair.established(); }, Duration::seconds(10))) << lost;
    }
  }
}

/// Of a packet that holds INIT alone.
VerificationTag initiateTag(ByteSpan packet) {
  const auto view = parsePacket(packet, Checksum::kZero);
  ChunkIterator chunks(view->chunks);
  return InitChunk::parse(chunks.next()->value)->tag;
}

// RFC 9260 section 5.1 C: DATA may go with COOKIE ECHO, in that one packet.
TEST(SctpHandshake, SendsWhatIsQueuedBesideCookieEchoAndNothingMoreBeforeItsAnswer) {
  Pair pair;
  pair.a->connect(pair.now);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(500, 1), {}, pair.now).ok());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(5000, 2), {}, pair.now).ok());
  // INIT and INIT ACK cross; then COOKIE ECHO arrives.
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }));
  EXPECT_EQ(pair.a->state(), State::kCookieEchoed);
  EXPECT_EQ(pair.a.packetsSent, 2u);
  EXPECT_EQ(pair.b.received.size(), 1u);
  ASSERT_EQ(pair.a.all<Answered>().size(), 1u);
  EXPECT_FALSE(pair.a.has<Connected>());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 2u);
}

TEST(SctpHandshake, SendsAgainWhatWentBesideACookieEchoThatTookNoEffect) {
  Pair pair;
  pair.sniff = true;
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(500, 1), {}, pair.now).ok());
  pair.a->connect(pair.now);
  int echoes = 0;
  pair.filter = [&](bool fromA, Bytes& packet) {
    const bool isEcho = packet[12] == static_cast<uint8_t>(ChunkType::kCookieEcho);
    return !fromA || !isEcho || ++echoes > 1;
  };
  // The cookie is stale when it arrives at last.
  pair.runFor(Duration::milliseconds(100));
  ASSERT_EQ(pair.a->state(), State::kCookieEchoed);
  PacketBuilder stale(5000, 5000, initiateTag(pair.a.sniffed.at(0)), 1188);
  stale.addChunk(ChunkType::kError, 0, encodeCause(ErrorCause::kStaleCookie, Bytes(4, 0)));
  pair.a->handlePacket(stale.finish(), pair.now);
  EXPECT_EQ(pair.a->state(), State::kCookieWait);
  ASSERT_TRUE(pair.runUntil([&] { return pair.established() && !pair.b.received.empty(); }));
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ((pair.a.sentBytes[{0, 53}]), 500u);
}

TEST(SctpHandshake, GivesUpOnASilentPeer) {
  Pair pair;
  pair.network.loss = 1;
  pair.a->connect(pair.now);
  pair.runFor(Duration::seconds(600));
  ASSERT_EQ(pair.a.all<Closed>().size(), 1u);
  EXPECT_EQ(pair.a.all<Closed>()[0].reason, CloseReason::kTimeout);
  EXPECT_TRUE(pair.a->deadline().isNever());
}

TEST(SctpHandshake, DoesNotGiveUpWhileThereIsNoPath) {
  Pair pair;
  const auto cut = [&](bool isCut) {
    pair.network.loss = isCut ? 1 : 0;
    pair.a->setPathWorks(!isCut);
    pair.b->setPathWorks(!isCut);
  };
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  cut(true);
  pair.a->connect(pair.now);
  pair.runFor(Duration::seconds(3600));
  cut(false);
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 1; }));
  cut(true);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {2}, {}, pair.now).ok());
  pair.runFor(Duration::seconds(3600));
  cut(false);
  EXPECT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 2; }));
  EXPECT_FALSE(pair.a.has<Closed>());
  // With one it does.
  pair.network.loss = 1;
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {3}, {}, pair.now).ok());
  pair.runFor(Duration::seconds(600));
  EXPECT_TRUE(pair.a.has<Closed>());
}

TEST(SctpHandshake, GivesUpOnAPeerThatTakesNoneOfItsOwnCookies) {
  AssociationConfig forgetful;
  forgetful.cookieLifetime = Duration::zero();
  Pair pair(1, {}, forgetful);
  pair.sniff = true;
  pair.a->connect(pair.now);
  pair.runFor(Duration::seconds(60));
  ASSERT_EQ(pair.a.all<Closed>().size(), 1u);
  const auto isInit = [](const Bytes& packet) {
    return packet[12] == static_cast<uint8_t>(ChunkType::kInit);
  };
  EXPECT_EQ(std::count_if(pair.a.sniffed.begin(), pair.a.sniffed.end(), isInit), 9);
}

TEST(SctpHandshake, AgreesOnTheSmallerNumberOfStreams) {
  AssociationConfig a;
  a.outgoingStreams = 100;
  a.incomingStreams = 10;
  AssociationConfig b;
  b.outgoingStreams = 50;
  b.incomingStreams = 20;
  Pair pair(1, a, b);
  ASSERT_TRUE(pair.a->send(StreamId(30), kBinary, {1}, {}, pair.now).ok());
  ASSERT_TRUE(pair.connect());
  pair.settle();
  EXPECT_EQ(pair.a.all<Connected>()[0].outgoingStreams, 20);
  EXPECT_EQ(pair.a.all<Connected>()[0].incomingStreams, 10);
  EXPECT_EQ(pair.b.all<Connected>()[0].outgoingStreams, 10);
  // What was queued for a stream that is not there is handed back.
  EXPECT_TRUE(pair.b.received.empty());
  EXPECT_EQ((pair.a.sentBytes[{30, 53}]), 1u);
  EXPECT_EQ(pair.a->send(StreamId(20), kBinary, {1}, {}, pair.now).error(),
            SendError::kInvalidStream);
  EXPECT_TRUE(pair.a->send(StreamId(19), kBinary, {1}, {}, pair.now).ok());
}

TEST(SctpHandshake, AnswersAnInitOfTheRestartedPeerAndStartsAnew) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {2}, {}, pair.now).ok());
  pair.settle();
  // The peer loses its state.
  SeededRandom random(99);
  pair.b = Peer();
  pair.b.association = std::make_unique<Association>(AssociationConfig(), random);
  pair.b->connect(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.has<Restarted>() && pair.established(); }));
  EXPECT_FALSE(pair.a.has<Closed>());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {3}, {}, pair.now).ok());
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {4}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.received[0].message, Bytes{3});
  ASSERT_EQ(pair.a.received.size(), 2u);
  EXPECT_EQ(pair.a.received[1].message, Bytes{4});
}

TEST(SctpHandshake, RefusesAForgedOrAncientCookie) {
  for (const bool ancient : {false, true}) {
    AssociationConfig config;
    config.cookieLifetime = Duration::seconds(60);
    Pair pair(1, config, config);
    Bytes echo;
    pair.filter = [&](bool fromA, Bytes& packet) {
      if (fromA && hasChunk(packet, ChunkType::kCookieEcho)) {
        if (echo.empty())
          echo = packet;
        return false;
      }
      return true;
    };
    pair.a->connect(pair.now);
    pair.runFor(Duration::milliseconds(100));
    ASSERT_FALSE(echo.empty());
    if (ancient) {
      pair.b->handlePacket(echo, pair.now + Duration::seconds(61));
    } else {
      echo[40] ^= 1;
      const uint32_t sum = packetChecksum(echo);
      for (size_t i = 0; i < 4; ++i)
        echo[8 + i] = static_cast<uint8_t>(sum >> (8 * i));
      pair.b->handlePacket(echo, pair.now);
    }
    EXPECT_EQ(pair.b->state(), State::kClosed);
  }
}

TEST(SctpHandshake, FailsWithoutRandomness) {
  class Broken final : public RandomSource {
   public:
    bool fill(MutableByteSpan) override { return false; }
  } broken;
  Association association({}, broken);
  association.connect(Timestamp::milliseconds(1));
  const auto output = association.poll();
  ASSERT_TRUE(output);
  const Closed* closed = std::get_if<Closed>(&*output);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->reason, CloseReason::kNoRandomness);
}

TEST(SctpHandshake, IsByteIdenticalForTheSameSeed) {
  std::vector<Bytes> first;
  for (int run = 0; run < 2; ++run) {
    Pair pair(5);
    pair.sniff = true;
    pair.network.loss = 0.1;
    ASSERT_TRUE(pair.connect());
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(
          pair.a->send(StreamId(static_cast<uint16_t>(i % 5)), kBinary, pattern(3000), {}, pair.now)
              .ok());
    }
    pair.settle();
    if (run == 0) {
      first = pair.a.sniffed;
    } else {
      EXPECT_EQ(first, pair.a.sniffed);
    }
  }
}

}  // namespace
}  // namespace rtc::sctp::testing
