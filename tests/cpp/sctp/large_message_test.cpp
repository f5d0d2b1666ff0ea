// Messages larger than the receive window, and what they may cost.

#include <gtest/gtest.h>

#include "cpp/sctp/error_cause.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};
constexpr size_t kMegabyte = 1024 * 1024;

AssociationConfig withMessagesOf(size_t bytes, bool interleaving, size_t window = kMegabyte) {
  AssociationConfig config;
  config.maxSendMessageSize = config.maxReceiveMessageSize = bytes;
  config.receiveWindow = window;
  config.interleaving = interleaving;
  return config;
}

class SctpLargeMessage : public ::testing::TestWithParam<bool> {};

TEST_P(SctpLargeMessage, Of64MebibytesPassesAWindowOfOneUnderLoss) {
  const AssociationConfig config = withMessagesOf(64 * kMegabyte, GetParam());
  Pair pair(1, config, config);
  ASSERT_TRUE(pair.connect());
  pair.network.loss = 0.005;
  const Bytes message = pattern(64 * kMegabyte);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, message, {}, pair.now).ok());
  size_t most = 0;
  pair.onStep = [&] {
    most = std::max(most, pair.b->statistics().reassemblyBytes);
  };
  ASSERT_TRUE(pair.runUntil([&] { return !pair.b.received.empty(); }, Duration::seconds(3600)));
  EXPECT_TRUE(pair.b.received[0].message == message);
  // It was handed over while it came.
  EXPECT_LE(most, config.receiveWindow + kMegabyte / 2);
  EXPECT_GT(pair.b.piecesReceived, 200u);
  EXPECT_EQ(pair.b->statistics().messagesReceived, 1u);
  EXPECT_EQ(pair.b->statistics().reassemblyBytes, 0u);
  EXPECT_EQ(pair.a->statistics().retransmissionTimeouts, 0u) << "the window never closed";
}

TEST_P(SctpLargeMessage, HoldsMoreThanOneOfThemOnlyAsFarAsTheWindowGoes) {
  const AssociationConfig config = withMessagesOf(4 * kMegabyte, GetParam());
  Pair pair(1, config, config);
  ASSERT_TRUE(pair.connect());
  pair.network.loss = 0.005;
  pair.network.jitter = Duration::milliseconds(5);
  size_t most = 0;
  pair.onStep = [&] {
    most = std::max(most, pair.b->statistics().reassemblyBytes);
  };
  for (uint16_t stream = 0; stream < 6; ++stream) {
    ASSERT_TRUE(
        pair.a->send(StreamId(stream), kBinary, pattern(4 * kMegabyte, stream), {}, pair.now).ok());
  }
  ASSERT_TRUE(pair.settle(Duration::seconds(3600)));
  ASSERT_EQ(pair.b.received.size(), 6u);
  for (const Received& received : pair.b.received)
    EXPECT_TRUE(received.message == pattern(4 * kMegabyte, received.stream.value()));
  EXPECT_LE(most, config.receiveWindow + config.maxReceiveMessageSize);
}

TEST_P(SctpLargeMessage, LeavesTheWindowToOthersWhileItArrives) {
  const AssociationConfig config = withMessagesOf(16 * kMegabyte, GetParam());
  Pair pair(1, config, config);
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(16 * kMegabyte, 1), {}, pair.now).ok());
  size_t least = SIZE_MAX;
  pair.onStep = [&] {
    const Statistics statistics = pair.a->statistics();
    least = std::min(least, statistics.peerReceiveWindow + statistics.bytesInFlight);
  };
  ASSERT_TRUE(pair.settle());
  EXPECT_GE(least, 500000u);
}

INSTANTIATE_TEST_SUITE_P(Chunks, SctpLargeMessage, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "InIData" : "InData");
});

/// Feeds chunks whose TSNs are in a row until the association ends; the most that it ever held.
template <typename Give>
size_t flood(PlayedPeer& peer, size_t bytes, Give&& give) {
  size_t most = 0;
  for (uint32_t i = 0; i < 20000 && !peer.closed; ++i) {
    give(i, ByteSpan(Bytes(bytes, 7)));
    peer.drain();
    most = std::max(most, peer.association.statistics().reassemblyBytes);
  }
  return most;
}

TEST(SctpHostileMemory, EndsWithAPeerThatBeginsMessagesWithoutEnd) {
  AssociationConfig config = withMessagesOf(100000, true, 300000);
  for (const size_t size : {size_t{1}, size_t{1000}}) {
    for (const bool unordered : {false, true}) {
      PlayedPeer peer(config, 1 << 20, true);
      const size_t most = flood(peer, size, [&](uint32_t i, ByteSpan payload) {
        IDataChunk chunk;
        chunk.mid = Mid(i);
        chunk.begin = true;
        chunk.unordered = unordered;
        peer.giveIData(i, chunk, payload);
      });
      EXPECT_LE(most, 400000u + 65536u);
      ASSERT_TRUE(peer.closed);
      EXPECT_EQ(peer.closed->causeCode, static_cast<uint16_t>(ErrorCause::kOutOfResource));
    }
    // The same in DATA chunks.
    PlayedPeer old(config);
    const size_t most = flood(old, size, [&](uint32_t i, ByteSpan payload) {
      old.giveData(i, true, false, payload, static_cast<uint16_t>(i));
    });
    EXPECT_LE(most, 400000u + 65536u);
    EXPECT_TRUE(old.closed);
  }
}

TEST(SctpHostileMemory, EndsWithAPeerThatLeavesOutMessagesThatOthersWaitFor) {
  const AssociationConfig config = withMessagesOf(100000, true, 300000);
  PlayedPeer peer(config, 1 << 20, true);
  PlayedPeer old(config);
  const size_t most = flood(peer, 1000, [&](uint32_t i, ByteSpan payload) {
    IDataChunk chunk;
    chunk.mid = Mid(i + 1);
    chunk.begin = chunk.end = true;
    peer.giveIData(i, chunk, payload);
  });
  const size_t mostOfOld = flood(old, 1000, [&](uint32_t i, ByteSpan payload) {
    old.giveData(i, true, true, payload, static_cast<uint16_t>(i + 1));
  });
  EXPECT_LE(std::max(most, mostOfOld), 400000u + 65536u);
  EXPECT_TRUE(peer.closed && old.closed);
  EXPECT_TRUE(peer.received.empty() && old.received.empty());
}

TEST(SctpHostileMemory, TakesLooseFragmentsOnlyAsFarAsTheWindowGoes) {
  const AssociationConfig config = withMessagesOf(100000, true, 300000);
  PlayedPeer peer(config, 1 << 20, true);
  // The first never comes.
  const size_t most = flood(peer, 1000, [&](uint32_t i, ByteSpan payload) {
    IDataChunk chunk;
    chunk.stream = StreamId(static_cast<uint16_t>(i % 90));
    chunk.mid = Mid(i / 9000);
    chunk.fsn = Fsn(1 + i / 90);
    peer.giveIData(1 + i, chunk, payload);
  });
  EXPECT_LE(most, 300000u);
  EXPECT_FALSE(peer.closed);
}

}  // namespace
}  // namespace rtc::sctp::testing
