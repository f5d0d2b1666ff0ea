// What a broken network or a broken peer can do.

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/error_cause.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

TEST(SctpHostile, GarbageAndDamagedPacketsChangeNothing) {
  AssociationConfig config;
  config.zeroChecksum = false;  // the damage is SCTP's to find
  Pair pair(1, config, config);
  pair.sniff = true;
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(5000), {}, pair.now).ok());
  pair.settle();
  const auto before = pair.b->statistics();
  const size_t events = pair.b.events.size();
  size_t sent = 0;
  for (int byte = 0; byte < 256; ++byte) {
    for (const size_t size : {size_t{1}, size_t{12}, size_t{16}, size_t{100}, size_t{1188}}) {
      pair.b->handlePacket(Bytes(size, static_cast<uint8_t>(byte)), pair.now);
      ++sent;
    }
  }
  pair.b->handlePacket({}, pair.now);
  ++sent;
  for (const Bytes& packet : pair.a.sniffed) {
    for (size_t i = 0; i < packet.size(); i += 7) {
      pair.b->handlePacket(ByteSpan(packet).first(i), pair.now);
      Bytes mutated = packet;
      mutated[i] ^= 0x55;
      pair.b->handlePacket(mutated, pair.now);
      sent += 2;
    }
  }
  EXPECT_FALSE(pair.b->poll());
  const auto after = pair.b->statistics();
  EXPECT_EQ(after.packetsDiscarded - before.packetsDiscarded, sent);
  EXPECT_EQ(pair.b.events.size(), events);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  EXPECT_EQ(pair.b.received.size(), 2u);
}

TEST(SctpHostile, AcknowledgesGapsAtOnceAndDuplicates) {
  PlayedPeer peer;
  ASSERT_EQ(peer.association.state(), State::kEstablished);
  const Bytes data{1, 2, 3};
  peer.giveData(0, true, true, data, 0);
  EXPECT_EQ(peer.lastSack()->cumulativeTsn, peer.tsn);
  peer.giveData(20, true, true, data, 2);
  auto sack = peer.lastSack();
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->gaps, (std::vector<SackChunk::GapBlock>{{20, 20}}));
  peer.giveData(20, true, true, data, 2);
  sack = peer.lastSack();
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->duplicates, std::vector<Tsn>{Tsn(peer.tsn.value() + 20)});
  EXPECT_EQ(peer.received.size(), 1u);
}

TEST(SctpHostile, DelaysASackForALonePacketAndSendsItForTheSecond) {
  PlayedPeer peer;
  peer.giveData(0, true, true, Bytes{1}, 0);
  peer.drain();
  peer.giveData(1, true, true, Bytes{1}, 1);
  EXPECT_FALSE(peer.lastSack());
  EXPECT_EQ(peer.association.deadline(), peer.now + Duration::milliseconds(200));
  peer.giveData(2, true, true, Bytes{1}, 2);
  EXPECT_TRUE(peer.lastSack());
  peer.giveData(3, true, true, Bytes{1}, 3);
  EXPECT_FALSE(peer.lastSack());
  peer.association.handleTimeout(peer.now + Duration::milliseconds(200));
  EXPECT_TRUE(peer.lastSack());
}

TEST(SctpHostile, KeepsMemoryBoundedWhenAGapIsNeverFilled) {
  AssociationConfig config;
  config.receiveWindow = 300000;
  config.maxReceiveMessageSize = 100000;
  PlayedPeer peer(config);
  const Bytes data(1000, 7);
  const auto flood = [&] {
    for (uint32_t i = 1; i < 1000; ++i) {
      peer.giveData(i, true, true, data, static_cast<uint16_t>(i));
      peer.drain();
    }
    return peer.association.statistics().reassemblyBytes;
  };
  EXPECT_LE(flood(), 300000u);
  // Farther away than a SACK could report nothing is taken.
  peer.giveData(65536, true, true, Bytes{1});
  EXPECT_LT(peer.lastSack()->gaps.back().end, 1000);
  // Where something behind has arrived, every chunk fills a gap, yet not without end.
  PlayedPeer other(config);
  other.giveData(60000, true, true, Bytes{1}, 30000);
  for (uint32_t i = 1; i < 1000; ++i) {
    other.giveData(i, true, true, data, static_cast<uint16_t>(i));
    other.drain();
  }
  EXPECT_GT(other.association.statistics().reassemblyBytes, 300000u);
  EXPECT_LE(other.association.statistics().reassemblyBytes, 600000u);
  // And the gap can still be closed.
  peer.giveData(0, true, true, data, 0);
  peer.drain();
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
  EXPECT_GT(peer.received.size(), 200u);
  EXPECT_FALSE(peer.closed);
}

TEST(SctpHostile, AbortsOnAMessageBeyondTheAnnouncedMaximum) {
  AssociationConfig config;
  config.maxReceiveMessageSize = 5000;
  PlayedPeer peer(config);
  const Bytes data(1000, 7);
  for (uint32_t i = 0; i < 6; ++i)
    peer.giveData(i, i == 0, false, data);
  const auto packets = peer.drain();
  ASSERT_TRUE(peer.closed);
  EXPECT_EQ(peer.closed->reason, CloseReason::kProtocolViolation);
  ASSERT_FALSE(packets.empty());
  EXPECT_TRUE(hasChunk(packets.back(), ChunkType::kAbort));
}

TEST(SctpHostile, AbortsOnDataWithoutAnyData) {
  PlayedPeer peer;
  peer.giveData(0, true, true, {});
  peer.drain();
  ASSERT_TRUE(peer.closed);
  EXPECT_EQ(peer.closed->causeCode, static_cast<uint16_t>(ErrorCause::kNoUserData));
}

TEST(SctpHostile, ReportsUnknownChunksByTheirHighBits) {
  for (const int type : {0x3f, 0x7f, 0xbf, 0xff}) {
    PlayedPeer peer;
    peer.give([&](PacketBuilder& p) {
      p.addChunk(static_cast<ChunkType>(type), 0, Bytes{1, 2, 3, 4});
      p.addChunk(ChunkType::kHeartbeat, 0, Bytes{0, 1, 0, 4});
    });
    bool error = false;
    bool answered = false;
    for (const Bytes& packet : peer.drain()) {
      error = error || hasChunk(packet, ChunkType::kError);
      answered = answered || hasChunk(packet, ChunkType::kHeartbeatAck);
    }
    EXPECT_EQ(error, (type & 0x40) != 0) << type;
    EXPECT_EQ(answered, (type & 0x80) != 0) << type;
  }
}

TEST(SctpHostile, IgnoresASackForWhatWasNeverSent) {
  PlayedPeer peer;
  ASSERT_TRUE(peer.association.send(StreamId(0), kBinary, Bytes(100), {}, peer.now).ok());
  peer.drain();
  peer.giveSack(5, 1000);
  EXPECT_GT(peer.association.statistics().bytesInFlight, 0u);
  peer.giveSack(1, 1000);
  EXPECT_EQ(peer.association.statistics().bytesInFlight, 0u);
}

TEST(SctpHostile, ProbesAClosedWindowForeverAndGoesOnWhenItOpens) {
  PlayedPeer peer({}, 3000);
  ASSERT_TRUE(peer.association.send(StreamId(0), kBinary, pattern(20000), {}, peer.now).ok());
  size_t packets = peer.drain().size();
  EXPECT_LE(packets, 3u);
  uint32_t acked = static_cast<uint32_t>(packets);
  peer.giveSack(acked, 0);
  size_t probes = 0;
  for (int i = 0; i < 100; ++i) {
    probes += peer.drain().size();
    ASSERT_FALSE(peer.association.deadline().isNever());
    peer.now = std::max(peer.now, peer.association.deadline());
    peer.association.handleTimeout(peer.now);
    peer.giveSack(acked, 0);
  }
  EXPECT_FALSE(peer.closed);
  EXPECT_GE(probes, 50u);
  peer.giveSack(acked, 1 << 20);
  EXPECT_FALSE(peer.drain().empty());
  for (int i = 0; i < 100 && peer.association.statistics().bytesInFlight > 0; ++i) {
    ++acked;
    peer.giveSack(acked, 1 << 20);
    peer.drain();
  }
  EXPECT_EQ(peer.association.bufferedAmount(), 0u);
}

TEST(SctpHostile, SendsAgainWhatThePeerReportedAndForgot) {
  PlayedPeer peer;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(peer.association.send(StreamId(0), kBinary, Bytes(1100), {}, peer.now).ok());
  }
  ASSERT_EQ(peer.drain().size(), 3u);
  SackChunk sack;
  sack.cumulativeTsn = Tsn(peer.peerTsn.value() - 1);
  sack.receiveWindow = 100000;
  sack.gaps = {{2, 3}};
  peer.give([&](PacketBuilder& p) { sack.writeTo(p); });
  peer.drain();
  peer.giveSack(1, 100000);  // the rest was reneged on
  size_t again = 0;
  for (int i = 0; i < 10 && again < 2; ++i) {
    peer.now = std::max(peer.now, peer.association.deadline());
    peer.association.handleTimeout(peer.now);
    for (const Bytes& packet : peer.drain())
      again += hasData(packet);
    if (again == 1)
      peer.giveSack(2, 100000);
  }
  EXPECT_GE(again, 2u);
}

}  // namespace
}  // namespace rtc::sctp::testing
