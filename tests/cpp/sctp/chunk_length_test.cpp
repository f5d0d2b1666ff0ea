// Chunks and parameters that lie about their length: of zero, on which a walk over them stands
// still; and past the end of what came (CVE-2020-6831, CVE-2014-3673 and others).

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/parameter.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

/// A packet with the right checksum around chunks that may be wrong.
Bytes packetOf(VerificationTag tag, ByteSpan chunks) {
  PacketBuilder builder(5000, 5000, tag, 1188);
  builder.addEncoded(chunks);
  return builder.finish();
}

TEST(SctpChunkLength, EveryTypeWithEveryShortLengthIsRefusedOrHandled) {
  for (int type = 0; type < 256; ++type) {
    PlayedPeer peer;
    for (uint16_t length = 0; length <= 24; ++length) {
      for (const size_t present : {size_t{4}, size_t{8}, size_t{20}, size_t{24}}) {
        ByteWriter chunk;
        chunk.u8(static_cast<uint8_t>(type));
        chunk.u8(3);
        chunk.u16(length);
        chunk.zeros(present - 4);
        peer.association.handlePacket(packetOf(peer.tag, chunk.view()), peer.now);
        ASSERT_LE(peer.drain().size(), 2u) << type << " " << length;
      }
    }
  }
}

TEST(SctpChunkLength, OfZeroIsMalformedAndNoEndlessWalk) {
  const Bytes zero(400, 0);
  ChunkIterator chunks(zero);
  EXPECT_FALSE(chunks.next());
  EXPECT_TRUE(chunks.malformed());
  ParameterIterator parameters(zero);
  EXPECT_FALSE(parameters.next());
  EXPECT_TRUE(parameters.malformed());
}

TEST(SctpChunkLength, ParametersOfEveryShortLengthAreRefusedOrHandled) {
  for (const auto outer : {ChunkType::kInit, ChunkType::kInitAck, ChunkType::kReConfig,
                           ChunkType::kError, ChunkType::kAbort, ChunkType::kHeartbeat}) {
    for (uint32_t type : {0u, 1u, 5u, 7u, 9u, 13u, 14u, 15u, 16u, 17u, 18u, 0x8000u, 0x8008u,
                          0xc000u, 0xc006u, 0xffffu}) {
      PlayedPeer peer;
      for (uint16_t length = 0; length <= 24; ++length) {
        ByteWriter value;
        const bool isInit = outer == ChunkType::kInit || outer == ChunkType::kInitAck;
        if (isInit)
          value.bytes(Bytes{0, 0, 0, 9, 0, 1, 0, 0, 0, 9, 0, 9, 0, 0, 0, 9});
        value.u16(static_cast<uint16_t>(type));
        value.u16(length);
        value.zeros(8);
        peer.give(outer == ChunkType::kInit ? VerificationTag(0) : peer.tag,
                  [&](PacketBuilder& packet) { packet.addChunk(outer, 0, value.view()); });
        ASSERT_LE(peer.drain().size(), 2u);
      }
    }
  }
}

TEST(SctpChunkLength, ASackWithMoreBlocksThanItHoldsIsIgnored) {
  PlayedPeer peer;
  ASSERT_TRUE(peer.association.send(StreamId(0), Ppid(53), Bytes(100), {}, peer.now).ok());
  peer.drain();
  const size_t inFlight = peer.association.statistics().bytesInFlight;
  for (const uint32_t counts :
       {0x0001'0000u, 0x0000'0001u, 0xffff'0000u, 0x0000'ffffu, 0xffff'ffffu}) {
    ByteWriter value;
    value.u32(peer.peerTsn.value());
    value.u32(100000);
    value.u32(counts);
    peer.give([&](PacketBuilder& packet) { packet.addChunk(ChunkType::kSack, 0, value.view()); });
    peer.drain();
    EXPECT_EQ(peer.association.statistics().bytesInFlight, inFlight) << counts;
  }
}

TEST(SctpChunkLength, AnAcknowledgementOfEverythingThatCouldBeIsOfWhatWasSent) {
  // Gap blocks that are reversed, overlap and reach far beyond.
  PlayedPeer peer;
  ASSERT_TRUE(peer.association.send(StreamId(0), Ppid(53), Bytes(5000), {}, peer.now).ok());
  peer.drain();
  SackChunk sack;
  sack.cumulativeTsn = Tsn(peer.peerTsn.value() - 1);
  sack.receiveWindow = 0xffffffff;
  for (uint16_t i = 0; i < 250; ++i)
    sack.gaps.push_back({static_cast<uint16_t>(65535 - i), static_cast<uint16_t>(i)});
  for (int i = 0; i < 20; ++i) {
    peer.give([&](PacketBuilder& packet) { sack.writeTo(packet); });
    peer.drain();
  }
  EXPECT_FALSE(peer.closed);
  peer.giveSack(100, 1 << 20);
  EXPECT_GT(peer.association.statistics().bytesInFlight, 0u) << "of what was never sent";
}

}  // namespace
}  // namespace rtc::sctp::testing
