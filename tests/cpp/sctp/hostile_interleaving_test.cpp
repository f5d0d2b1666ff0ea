// What a broken peer can do with I-DATA.

#include <array>

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/error_cause.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

enum Flags : uint8_t { kNone = 0, kBegin = 1, kEnd = 2, kUnordered = 4 };

IDataChunk fragment(uint32_t mid, uint32_t fsn, int flags = kNone, uint16_t stream = 0) {
  IDataChunk chunk;
  chunk.stream = StreamId(stream);
  chunk.mid = Mid(mid);
  chunk.fsn = Fsn(fsn);
  chunk.begin = (flags & kBegin) != 0;
  chunk.end = (flags & kEnd) != 0;
  chunk.unordered = (flags & kUnordered) != 0;
  return chunk;
}

class SctpHostileInterleaving : public ::testing::Test {
 protected:
  static AssociationConfig config() {
    AssociationConfig config;
    config.receiveWindow = 300000;
    config.maxReceiveMessageSize = 100000;
    return config;
  }
  /// In the order of their TSNs.
  void give(const IDataChunk& chunk, ByteSpan payload = std::array<uint8_t, 3>{1, 2, 3}) {
    peer.giveIData(next_++, chunk, payload);
    peer.drain();
  }
  void giveForward(uint32_t upTo, std::vector<IForwardTsnChunk::Skipped> skipped) {
    IForwardTsnChunk chunk{Tsn(peer.tsn.value() + upTo), std::move(skipped)};
    peer.give([&](PacketBuilder& p) { chunk.writeTo(p); });
    peer.drain();
    next_ = upTo + 1;
  }
  bool abortedWith(ErrorCause cause) const {
    return peer.closed && peer.closed->reason == CloseReason::kProtocolViolation &&
           peer.closed->causeCode == static_cast<uint16_t>(cause);
  }

  PlayedPeer peer{config(), 1 << 20, true};

 private:
  uint32_t next_ = 0;
};

TEST_F(SctpHostileInterleaving, AbortsOnDataAndForwardTsnOfTheOtherKind) {
  peer.giveData(0, true, true, Bytes{1});
  peer.drain();
  EXPECT_TRUE(abortedWith(ErrorCause::kProtocolViolation));
  PlayedPeer forwarder({}, 1 << 20, true);
  forwarder.give([&](PacketBuilder& p) { ForwardTsnChunk{forwarder.tsn, {}}.writeTo(p); });
  forwarder.drain();
  EXPECT_TRUE(forwarder.closed);
  PlayedPeer old;
  old.giveIData(0, fragment(0, 0, kBegin | kEnd), Bytes{1});
  old.drain();
  EXPECT_TRUE(old.closed);
  PlayedPeer oldForwarder;
  oldForwarder.give([&](PacketBuilder& p) { IForwardTsnChunk{oldForwarder.tsn, {}}.writeTo(p); });
  oldForwarder.drain();
  EXPECT_TRUE(oldForwarder.closed);
}

TEST_F(SctpHostileInterleaving, AbortsOnAChunkThatIsTooShortOrEmpty) {
  give(fragment(0, 0, kBegin | kEnd), {});
  EXPECT_TRUE(abortedWith(ErrorCause::kNoUserData));
  PlayedPeer other({}, 1 << 20, true);
  other.give([&](PacketBuilder& p) { p.addChunk(ChunkType::kIData, 3, Bytes(15)); });
  other.drain();
  EXPECT_TRUE(other.closed);
}

TEST_F(SctpHostileInterleaving, AbortsOnFragmentsThatContradictEachOther) {
  const std::vector<std::vector<IDataChunk>> contradictions{
      {fragment(1, 0, kBegin), fragment(1, 0, kBegin)},          // begins twice
      {fragment(1, 5), fragment(1, 5)},                          // a number twice
      {fragment(1, 0, kBegin), fragment(1, 1), fragment(1, 1)},  // again, behind the beginning
      {fragment(1, 5, kEnd), fragment(1, 7, kEnd)},              // ends twice
      {fragment(1, 5, kEnd), fragment(1, 6)},                    // goes on behind its end
      {fragment(1, 6), fragment(1, 5, kEnd)},                    // ends before what is there
      {fragment(1, 0)},                                          // number 0 is the beginning
      {fragment(1, 0, kBegin), fragment(1, 0, kBegin | kEnd)},   // once whole, once in parts
      {fragment(1, 0, kBegin | kEnd), fragment(1, 0, kBegin | kEnd)},  // twice while it waits
      {fragment(1, 0, kBegin | kUnordered), fragment(1, 0, kBegin | kEnd | kUnordered)},
  };
  for (size_t i = 0; i < contradictions.size(); ++i) {
    PlayedPeer other(config(), 1 << 20, true);
    uint32_t tsn = 0;
    for (const IDataChunk& chunk : contradictions[i]) {
      EXPECT_FALSE(other.closed) << i;
      other.giveIData(tsn++, chunk, Bytes{1});
      other.drain();
    }
    ASSERT_TRUE(other.closed) << i;
    EXPECT_EQ(other.closed->reason, CloseReason::kProtocolViolation) << i;
    EXPECT_TRUE(other.received.empty()) << i;
  }
}

TEST_F(SctpHostileInterleaving, JoinsFragmentsInWhateverOrderTheyCome) {
  const std::vector<uint32_t> order{3, 1, 4, 0, 2};
  for (const int unordered : {kNone, kUnordered}) {
    for (const uint32_t fsn : order) {
      const int edge = (fsn == 0 ? kBegin : kNone) | (fsn == 4 ? kEnd : kNone);
      give(fragment(0, fsn, edge | unordered), Bytes(10, static_cast<uint8_t>(fsn)));
    }
  }
  Bytes expected;
  for (uint8_t fsn = 0; fsn < 5; ++fsn)
    expected.insert(expected.end(), 10, fsn);
  EXPECT_EQ(peer.received, (std::vector<Bytes>{expected, expected}));
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
}

TEST_F(SctpHostileInterleaving, AbortsOnAMessageBeyondTheAnnouncedMaximum) {
  const Bytes data(1000, 7);
  for (uint32_t i = 0; i < 100; ++i)
    give(fragment(0, i, i == 0 ? kBegin : kNone), data);
  EXPECT_FALSE(peer.closed);
  give(fragment(0, 100, kEnd), Bytes{1});
  EXPECT_TRUE(abortedWith(ErrorCause::kProtocolViolation));
  // What comes behind a gap counts as well.
  PlayedPeer other(config(), 1 << 20, true);
  for (uint32_t i = 0; i < 101; ++i) {
    EXPECT_FALSE(other.closed);
    other.giveIData(i, fragment(0, i + 2), data);
    other.drain();
  }
  EXPECT_TRUE(other.closed);
}

TEST_F(SctpHostileInterleaving, KeepsNothingOfWhatWasSkipped) {
  give(fragment(0, 0, kBegin), Bytes(1000));
  give(fragment(1, 0, kBegin | kEnd), Bytes{9});
  give(fragment(2, 1), Bytes(1000));
  give(fragment(5, 0, kBegin | kUnordered), Bytes(1000));
  give(fragment(6, 1, kUnordered), Bytes(1000));
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 4001u);
  giveForward(10, {{StreamId(0), false, Mid(2)}, {StreamId(0), true, Mid(6)}});
  EXPECT_EQ(peer.received, (std::vector<Bytes>{{9}})) << "what was whole is delivered";
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
  // Late fragments of theirs.
  give(fragment(2, 0, kBegin), Bytes(1000));
  give(fragment(6, 0, kBegin | kUnordered), Bytes(1000));
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
  give(fragment(3, 0, kBegin | kEnd), Bytes{10});
  give(fragment(7, 0, kBegin | kEnd | kUnordered), Bytes{11});
  EXPECT_EQ(peer.received, (std::vector<Bytes>{{9}, {10}, {11}}));
  EXPECT_FALSE(peer.closed);
}

TEST_F(SctpHostileInterleaving, AbortsWhenMoreBeginsThanIsKeptThoughItWasHandedOver) {
  AssociationConfig large = config();
  large.receiveWindow = 1 << 20;
  large.maxReceiveMessageSize = 4 << 20;
  PlayedPeer other(large, 1 << 20, true);
  const Bytes data(60000, 7);
  uint32_t given = 0;
  // Two at a time, none of which ends.
  while (!other.closed && given < 1000) {
    for (const uint16_t stream : {0, 1}) {
      const uint32_t fsn = given / 2;
      other.giveIData(given++, fragment(0, fsn, fsn == 0 ? kBegin : kNone, stream), data);
      other.drain();
      EXPECT_LE(other.association.statistics().reassemblyBytes, 1u << 20);
    }
  }
  ASSERT_TRUE(other.closed);
  EXPECT_EQ(other.closed->causeCode, static_cast<uint16_t>(ErrorCause::kOutOfResource));
  EXPECT_GT(given * data.size(), 4u << 20);
  EXPECT_LT(given * data.size(), 6u << 20);
}

TEST_F(SctpHostileInterleaving, WrapsMessageIdentifiers) {
  giveForward(0, {{StreamId(0), false, Mid(0x7fffffff)}, {StreamId(0), true, Mid(0x7fffffff)}});
  giveForward(1, {{StreamId(0), false, Mid(0xfffffffe)}, {StreamId(0), true, Mid(0xfffffffe)}});
  for (const int unordered : {kNone, kUnordered}) {
    give(fragment(0xffffffff, 0, kBegin | kEnd | unordered), Bytes{1});
    give(fragment(0, 0, kBegin | kEnd | unordered), Bytes{2});
    give(fragment(1, 0, kBegin | kEnd | unordered), Bytes{3});
  }
  EXPECT_EQ(peer.received, (std::vector<Bytes>{{1}, {2}, {3}, {1}, {2}, {3}}));
}

TEST_F(SctpHostileInterleaving, IgnoresDataBeforeTheCookieAndAfterTheShutdown) {
  SeededRandom random(3);
  Association fresh(config(), random);
  PacketBuilder packet(5000, 5000, VerificationTag(1), 1188);
  IDataChunk chunk = fragment(0, 0, kBegin | kEnd);
  const Bytes payload{1};
  chunk.payload = payload;
  chunk.writeTo(packet);
  fresh.handlePacket(packet.finish(), peer.now);
  EXPECT_FALSE(fresh.poll());
  EXPECT_EQ(fresh.state(), State::kClosed);
  // A peer that has sent SHUTDOWN has nothing more to send.
  ASSERT_TRUE(peer.association.send(StreamId(0), Ppid(53), {1}, {}, peer.now).ok());
  peer.drain();
  ByteWriter none;
  none.u32(peer.peerTsn.value() - 1);
  peer.give([&](PacketBuilder& p) { p.addChunk(ChunkType::kShutdown, 0, none.view()); });
  peer.drain();
  ASSERT_EQ(peer.association.state(), State::kShutdownReceived);
  give(fragment(0, 0, kBegin | kEnd));
  EXPECT_TRUE(peer.received.empty());
  EXPECT_FALSE(peer.closed);
}

}  // namespace
}  // namespace rtc::sctp::testing
