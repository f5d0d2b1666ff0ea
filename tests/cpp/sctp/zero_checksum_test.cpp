// RFC 9653: no checksum where DTLS finds the damage.

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

bool hasZeroChecksum(const Bytes& packet) {
  return std::all_of(packet.begin() + 8, packet.begin() + 12, [](uint8_t b) { return b == 0; });
}
bool mustHaveChecksum(const Bytes& packet) {
  return hasChunk(packet, ChunkType::kInit) || hasChunk(packet, ChunkType::kInitAck) ||
         hasChunk(packet, ChunkType::kCookieEcho);
}
AssociationConfig without() {
  AssociationConfig config;
  config.zeroChecksum = false;
  return config;
}
void exchange(Pair& pair) {
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(5000), {}, pair.now).ok());
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, pattern(5000), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a.received.size(), 1u);
  EXPECT_EQ(pair.b.received.size(), 1u);
}

TEST(SctpZeroChecksum, IsSentOnceAnnouncedButNotDuringTheHandshake) {
  Pair pair;
  pair.sniff = true;
  // What waits goes beside COOKIE ECHO.
  ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, {1}, {}, pair.now).ok());
  pair.a->connect(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.established(); }));
  pair.b.received.clear();
  exchange(pair);
  size_t zero = 0;
  for (const Peer* peer : {&pair.a, &pair.b}) {
    for (const Bytes& packet : peer->sniffed) {
      EXPECT_EQ(hasZeroChecksum(packet), !mustHaveChecksum(packet));
      zero += hasZeroChecksum(packet);
    }
  }
  EXPECT_GT(zero, 10u);
  EXPECT_EQ(pair.a->statistics().packetsDiscarded + pair.b->statistics().packetsDiscarded, 0u);
}

TEST(SctpZeroChecksum, IsNotSentToAPeerThatDoesNotTakeIt) {
  Pair pair(1, {}, without());
  pair.sniff = true;
  ASSERT_TRUE(pair.connect());
  exchange(pair);
  for (const Peer* peer : {&pair.a, &pair.b}) {
    for (const Bytes& packet : peer->sniffed)
      EXPECT_FALSE(hasZeroChecksum(packet));
  }
}

bool announcesZeroChecksum(const Bytes& packet) {
  static constexpr uint8_t kParameter[] = {0x80, 0x01, 0x00, 0x08};
  return (hasChunk(packet, ChunkType::kInit) || hasChunk(packet, ChunkType::kInitAck)) &&
         std::search(packet.begin(), packet.end(), std::begin(kParameter), std::end(kParameter)) !=
             packet.end();
}

// As pion did until 2023.
TEST(SctpZeroChecksum, KeepsNoPeerAwayThatReadsNothingWithAParameterThatIsNewToIt) {
  for (const bool begins : {true, false}) {
    Pair pair(1, {}, without());
    pair.filter = [](bool fromA, Bytes& packet) {
      return !fromA || !announcesZeroChecksum(packet);
    };
    pair.a->connect(pair.now);
    if (begins)
      pair.b->connect(pair.now);
    // At once when it begins, and after two attempts when it waits.
    ASSERT_TRUE(pair.runUntil([&] { return pair.established(); },
                              begins ? Duration::milliseconds(100) : Duration::seconds(3)));
    exchange(pair);
  }
}

TEST(SctpZeroChecksum, FollowsAnInitFromElsewhere) {
  AssociationConfig a;
  a.identity = Identity{VerificationTag(7), Tsn(100)};
  AssociationConfig b;
  b.identity = Identity{VerificationTag(8), Tsn(200)};
  for (const bool announced : {true, false}) {
    b.zeroChecksum = announced;
    Pair pair(1, a, b);
    pair.sniff = true;
    ASSERT_TRUE(pair.a->establishWith(initChunk(b, *b.identity), pair.now));
    ASSERT_TRUE(pair.b->establishWith(initChunk(a, *a.identity), pair.now));
    exchange(pair);
    for (const Bytes& packet : pair.a.sniffed)
      EXPECT_EQ(hasZeroChecksum(packet), announced);
  }
}

TEST(SctpZeroChecksum, EndsWhenThePeerBeginsAnewWithoutIt) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  exchange(pair);
  SeededRandom random(5);
  pair.b = Peer();
  pair.b.association = std::make_unique<Association>(without(), random);
  pair.b->connect(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.has<Restarted>() && pair.established(); }));
  pair.a.received.clear();
  pair.sniff = true;
  exchange(pair);
  for (const Bytes& packet : pair.a.sniffed)
    EXPECT_FALSE(hasZeroChecksum(packet));
}

TEST(SctpZeroChecksum, IsRefusedWithInitAndCookieEchoAndByWhoDidNotAnnounceIt) {
  for (const bool announced : {true, false}) {
    Pair pair(1, {}, announced ? AssociationConfig() : without());
    size_t damaged = 0;
    bool damage = true;
    pair.filter = [&](bool fromA, Bytes& packet) {
      const bool isMeant = hasChunk(packet, ChunkType::kInit) ||
                           hasChunk(packet, ChunkType::kCookieEcho) || !announced;
      if (fromA && damage && isMeant) {
        std::fill_n(packet.begin() + 8, 4, uint8_t{0});
        ++damaged;
      }
      return true;
    };
    pair.a->connect(pair.now);
    pair.runFor(Duration::seconds(5));
    EXPECT_FALSE(pair.established());
    EXPECT_EQ(pair.b->statistics().packetsDiscarded, damaged);
    EXPECT_GT(damaged, 1u);
    damage = false;
    EXPECT_TRUE(pair.runUntil([&] { return pair.established(); }));
    if (announced)
      continue;
    damage = true;
    ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
    pair.runFor(Duration::seconds(5));
    EXPECT_TRUE(pair.b.received.empty());
    damage = false;
    EXPECT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 1; }));
  }
}

TEST(SctpZeroChecksum, ReadsOnlyTheMethodOfDtls) {
  const auto parsed = [](const Bytes& parameter) {
    Bytes value{0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1};
    value.insert(value.end(), parameter.begin(), parameter.end());
    return InitChunk::parse(value)->extensions.zeroChecksum;
  };
  EXPECT_TRUE(parsed({0x80, 1, 0, 8, 0, 0, 0, 1}));
  EXPECT_FALSE(parsed({0x80, 1, 0, 8, 0, 0, 0, 0}));
  EXPECT_FALSE(parsed({0x80, 1, 0, 8, 0, 0, 0, 2}));
  EXPECT_FALSE(parsed({0x80, 1, 0, 4}));
  EXPECT_FALSE(parsed({0x80, 1, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace rtc::sctp::testing
