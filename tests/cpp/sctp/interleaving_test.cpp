// RFC 8260: messages cut into I-DATA chunks that mix.

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_i_data.h"
#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

AssociationConfig withInterleaving(bool interleaving) {
  AssociationConfig config;
  config.interleaving = interleaving;
  config.maxSendMessageSize = config.maxReceiveMessageSize = 256 * 1024;
  return config;
}

std::vector<IDataChunk> fragmentsOf(const std::vector<Bytes>& packets) {
  std::vector<IDataChunk> fragments;
  for (const Bytes& packet : packets) {
    ChunkIterator chunks(parsePacket(packet, Checksum::kZero)->chunks);
    while (const auto chunk = chunks.next()) {
      if (chunk->type == static_cast<uint8_t>(ChunkType::kIData))
        fragments.push_back(*IDataChunk::parse(chunk->flags, chunk->value));
    }
  }
  return fragments;
}

TEST(SctpInterleaving, IsUsedWhenBothEndsKnowIt) {
  for (const bool a : {false, true}) {
    for (const bool b : {false, true}) {
      Pair pair(1, withInterleaving(a), withInterleaving(b));
      ASSERT_TRUE(pair.connect());
      pair.sniff = true;
      ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(50000), {}, pair.now).ok());
      ASSERT_TRUE(pair.b->send(StreamId(0), kBinary, pattern(50000), {}, pair.now).ok());
      ASSERT_TRUE(pair.settle());
      EXPECT_EQ(pair.a.received.size() + pair.b.received.size(), 2u);
      for (const Peer* peer : {&pair.a, &pair.b}) {
        for (const Bytes& packet : peer->sniffed) {
          EXPECT_FALSE(hasChunk(packet, a && b ? ChunkType::kData : ChunkType::kIData));
        }
      }
    }
  }
}

TEST(SctpInterleaving, FollowsAnInitFromElsewhere) {
  AssociationConfig a = withInterleaving(true);
  a.identity = Identity{VerificationTag(7), Tsn(100)};
  AssociationConfig b = withInterleaving(true);
  b.identity = Identity{VerificationTag(8), Tsn(200)};
  Pair pair(1, a, b);
  pair.sniff = true;
  ASSERT_TRUE(pair.a->establishWith(initChunk(b, *b.identity), pair.now));
  ASSERT_TRUE(pair.b->establishWith(initChunk(a, *a.identity), pair.now));
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(50000), {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 1u);
  EXPECT_GT(fragmentsOf(pair.a.sniffed).size(), 40u);
}

TEST(SctpInterleaving, MixesTheFragmentsOfStreamsButNotOfOneStream) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.sniff = true;
  for (int i = 0; i < 2; ++i) {
    for (uint16_t stream = 0; stream < 3; ++stream) {
      ASSERT_TRUE(pair.a->send(StreamId(stream), kBinary, pattern(20000), {}, pair.now).ok());
    }
  }
  ASSERT_TRUE(pair.settle());
  const auto fragments = fragmentsOf(pair.a.sniffed);
  size_t changes = 0;
  std::map<uint16_t, std::pair<uint32_t, uint32_t>> last;
  for (size_t i = 0; i < fragments.size(); ++i) {
    const IDataChunk& fragment = fragments[i];
    changes += i > 0 && fragments[i - 1].stream != fragment.stream;
    const std::pair<uint32_t, uint32_t> place(fragment.mid.value(), fragment.fsn.value());
    const auto [it, isFirst] = last.emplace(fragment.stream.value(), place);
    EXPECT_TRUE(isFirst || it->second < place);
    it->second = place;
  }
  EXPECT_GT(changes, fragments.size() * 3 / 4);
  EXPECT_EQ(pair.b.received.size(), 6u);
}

TEST(SctpInterleaving, CountsOrderedAndUnorderedMessagesApart) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.sniff = true;
  for (const bool ordered : {true, false, true, false, true}) {
    SendOptions options;
    options.ordered = ordered;
    ASSERT_TRUE(pair.a->send(StreamId(5), kBinary, pattern(3000), options, pair.now).ok());
  }
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 5u);
  std::map<std::pair<bool, uint32_t>, uint32_t> fragmentCount;
  for (const IDataChunk& fragment : fragmentsOf(pair.a.sniffed))
    ++fragmentCount[{fragment.unordered, fragment.mid.value()}];
  EXPECT_EQ(
      fragmentCount,
      (std::map<std::pair<bool, uint32_t>, uint32_t>{
          {{false, 0}, 3}, {{false, 1}, 3}, {{false, 2}, 3}, {{true, 0}, 3}, {{true, 1}, 3}}));
}

TEST(SctpInterleaving, BeginsAtZeroAgainAfterAStreamReset) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.sniff = true;
  for (const int round : {1, 2}) {
    for (const bool ordered : {true, false, true, false}) {
      SendOptions options;
      options.ordered = ordered;
      ASSERT_TRUE(pair.a->send(StreamId(5), kBinary, pattern(3000), options, pair.now).ok());
    }
    const StreamId stream(5);
    pair.a->resetStreams({&stream, 1}, pair.now);
    ASSERT_TRUE(pair.settle());
    ASSERT_TRUE(pair.runUntil(
        [&] { return pair.a.all<OutgoingStreamsReset>().size() == static_cast<size_t>(round); }));
  }
  EXPECT_EQ(pair.b.received.size(), 8u);
  for (const IDataChunk& fragment : fragmentsOf(pair.a.sniffed))
    EXPECT_LT(fragment.mid.value(), 2u);
}

TEST(SctpInterleaving, SendsBegunMessagesAgainToAPeerThatBeginsAnewWithoutIt) {
  for (const bool again : {true, false}) {
    Pair pair(1, withInterleaving(true), withInterleaving(true));
    pair.network.bytesPerSecond = 100000;
    ASSERT_TRUE(pair.connect());
    for (uint16_t stream = 0; stream < 4; ++stream) {
      for (uint32_t i = 0; i < 2; ++i) {
        ASSERT_TRUE(pair.a->send(StreamId(stream), kBinary, pattern(50000 + i), {}, pair.now).ok());
      }
    }
    pair.runFor(Duration::milliseconds(800));
    ASSERT_TRUE(pair.b.received.empty());
    ASSERT_GT(pair.b->statistics().reassemblyBytes, 50000u);
    SeededRandom random(5);
    pair.b = Peer();
    pair.b.association = std::make_unique<Association>(withInterleaving(again), random);
    pair.b->connect(pair.now);
    ASSERT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 8; }));
    for (uint16_t stream = 0; stream < 4; ++stream) {
      std::vector<size_t> sizes;
      for (const Received& received : pair.b.received) {
        if (received.stream == StreamId(stream)) {
          sizes.push_back(received.message.size());
          EXPECT_TRUE(received.message == pattern(received.message.size()));
        }
      }
      EXPECT_EQ(sizes, (std::vector<size_t>{50000, 50001}));
    }
    EXPECT_TRUE(pair.a.has<Restarted>());
    ASSERT_TRUE(pair.settle());
    EXPECT_EQ(pair.a->bufferedAmount(), 0u);
  }
}

TEST(SctpInterleaving, DoesNotBeginMoreThanThePeerCanKeep) {
  AssociationConfig config = withInterleaving(true);
  config.receiveWindow = 1024 * 1024;
  Pair pair(1, config, config);
  pair.network.loss = 0.01;
  ASSERT_TRUE(pair.connect());
  constexpr uint16_t kStreams = 50;
  for (uint16_t stream = 0; stream < kStreams; ++stream) {
    ASSERT_TRUE(
        pair.a->send(StreamId(stream), kBinary, pattern(200000, stream), {}, pair.now).ok());
  }
  size_t most = 0;
  pair.onStep = [&] {
    most = std::max(most, pair.b->statistics().reassemblyBytes);
  };
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), size_t{kStreams});
  for (const Received& received : pair.b.received)
    EXPECT_TRUE(received.message == pattern(200000, received.stream.value()));
  EXPECT_LE(most, config.receiveWindow + config.maxReceiveMessageSize);
  EXPECT_GT(most, 300000u) << "several at once";
}

}  // namespace
}  // namespace rtc::sctp::testing
