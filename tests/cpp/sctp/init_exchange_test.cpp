// Associations that begin with each other's INIT from elsewhere (draft-hancke-tsvwg-snap).

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

AssociationConfig withIdentity(uint32_t tag, uint32_t initialTsn) {
  AssociationConfig config;
  config.identity = Identity{VerificationTag(tag), Tsn(initialTsn)};
  return config;
}
Bytes initOf(const AssociationConfig& config) {
  return initChunk(config, *config.identity);
}

TEST(SctpInitExchange, EstablishesBothEndsWithoutAPacket) {
  const AssociationConfig a = withIdentity(7, 4294967295u);
  AssociationConfig b = withIdentity(8, 1);
  b.incomingStreams = 20;
  Pair pair(1, a, b);
  ASSERT_TRUE(pair.a->establishWith(initOf(b), pair.now));
  ASSERT_TRUE(pair.b->establishWith(initOf(a), pair.now));
  pair.drain();
  EXPECT_TRUE(pair.established());
  EXPECT_EQ(pair.a.packetsSent + pair.b.packetsSent, 0u);
  ASSERT_EQ(pair.a.all<Connected>().size(), 1u);
  EXPECT_EQ(pair.a.all<Connected>()[0].outgoingStreams, 20);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(5000, 1), {}, pair.now).ok());
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, Bytes(5000, 2), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a.received.size(), 1u);
  EXPECT_EQ(pair.b.received.size(), 1u);
  const StreamId stream(0);
  pair.a->resetStreams({&stream, 1}, pair.now);
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.has<OutgoingStreamsReset>(); }))
      << "the extensions are agreed on as well";
}

TEST(SctpInitExchange, AnnouncesWhatItSendsOtherwise) {
  const AssociationConfig config = withIdentity(0x896cdd1d, 0xe079651d);
  Pair pair(1, config);
  pair.sniff = true;
  pair.a->connect(pair.now);
  pair.drain();
  const Bytes announced = initOf(config);
  const Bytes& packet = pair.a.sniffed.at(0);
  ASSERT_GE(packet.size(), 12 + announced.size());
  EXPECT_TRUE(std::equal(announced.begin(), announced.end(), packet.begin() + 12));
}

TEST(SctpInitExchange, TakesNothingButAnInitChunk) {
  const Bytes good = initOf(withIdentity(8, 1));
  Bytes padded = good;
  while (padded.size() % 4 != 0)
    padded.push_back(0);
  EXPECT_TRUE(isInitChunk(good));
  EXPECT_TRUE(isInitChunk(padded));
  std::vector<Bytes> bad;
  for (size_t length = 0; length < good.size(); ++length)
    bad.emplace_back(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
  bad.push_back(good);
  bad.back()[0] = 2;  // INIT ACK
  bad.push_back(good);
  std::fill_n(bad.back().begin() + 4, 4, uint8_t{0});  // no tag
  bad.push_back(good);
  std::fill_n(bad.back().begin() + 12, 2, uint8_t{0});  // no stream
  bad.push_back(padded);
  bad.back().resize(padded.size() + 4);
  for (const Bytes& chunk : bad) {
    EXPECT_FALSE(isInitChunk(chunk));
    Pair pair;
    EXPECT_FALSE(pair.a->establishWith(chunk, pair.now));
    EXPECT_EQ(pair.a->state(), State::kClosed);
    ASSERT_TRUE(pair.connect()) << "no harm is done";
  }
}

TEST(SctpInitExchange, GivesWayToAPeerThatSendsInitAllTheSame) {
  const AssociationConfig a = withIdentity(7, 100);
  const AssociationConfig b = withIdentity(8, 200);
  Pair pair(1, a, b);
  ASSERT_TRUE(pair.a->establishWith(initOf(b), pair.now));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  pair.b->connect(pair.now);
  ASSERT_TRUE(pair.runUntil([&] { return pair.established() && pair.b.received.size() == 1; }));
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {2}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a.received.size(), 1u);
  EXPECT_EQ(pair.b.received.size(), 1u);
}

TEST(SctpInitExchange, BeginsAnewWithAnotherPeer) {
  const AssociationConfig a = withIdentity(7, 100);
  const AssociationConfig b = withIdentity(8, 200);
  Pair pair(1, a, b);
  ASSERT_TRUE(pair.a->establishWith(initOf(b), pair.now));
  ASSERT_TRUE(pair.b->establishWith(initOf(a), pair.now));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  const AssociationConfig c = withIdentity(9, 300);
  SeededRandom random(5);
  pair.b.association = std::make_unique<Association>(c, random);
  ASSERT_TRUE(pair.b->establishWith(initOf(a), pair.now));
  ASSERT_TRUE(pair.a->establishWith(initOf(c), pair.now));
  EXPECT_EQ(pair.a.all<Restarted>().size(), 0u);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {2}, {}, pair.now).ok());
  ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, {3}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.a.all<Restarted>().size(), 1u);
  EXPECT_EQ(pair.b.received.back().message, Bytes{2});
  EXPECT_EQ(pair.a.received.back().message, Bytes{3});
}

TEST(SctpInitExchange, DoesNotWakeAnAssociationThatIsClosed) {
  const AssociationConfig b = withIdentity(8, 200);
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.a->abort({}, pair.now);
  EXPECT_FALSE(pair.a->establishWith(initOf(b), pair.now));
  EXPECT_EQ(pair.a->state(), State::kClosed);
}

}  // namespace
}  // namespace rtc::sctp::testing
