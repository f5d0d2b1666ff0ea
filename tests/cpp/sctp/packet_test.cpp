// Wire layouts, from the RFCs' diagrams.

#include "cpp/sctp/packet.h"

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/chunk_init.h"
#include "cpp/sctp/chunk_reconfig.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/error_cause.h"
#include "cpp/sctp/path_mtu.h"
#include "cpp/sctp/state_cookie.h"

namespace rtc::sctp {
namespace {

Bytes chunkBytes(const Bytes& packet) {
  return Bytes(packet.begin() + 12, packet.end());
}
PacketBuilder builder() {
  return PacketBuilder(5000, 5001, VerificationTag(0x01020304), 1188);
}

TEST(SctpPacket, LaysOutDataAsRfc9260Section331) {
  PacketBuilder packet = builder();
  DataChunk chunk;
  chunk.tsn = Tsn(0x0a0b0c0d);
  chunk.stream = StreamId(0x1122);
  chunk.ssn = Ssn(0x3344);
  chunk.ppid = Ppid(53);
  chunk.begin = true;
  chunk.unordered = true;
  const Bytes payload{1, 2, 3, 4, 5};
  chunk.payload = payload;
  chunk.writeTo(packet);
  const Bytes bytes = packet.finish();
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 8), (Bytes{0x13, 0x88, 0x13, 0x89, 1, 2, 3, 4}));
  EXPECT_EQ(chunkBytes(bytes), (Bytes{0, 6, 0, 21, 0x0a, 0x0b, 0x0c, 0x0d, 0x11, 0x22, 0x33, 0x44,
                                      0, 0, 0, 53, 1,    2,    3,    4,    5,    0,    0,    0}));
}

TEST(SctpPacket, LaysOutIDataAsRfc8260Section21) {
  IDataChunk chunk;
  chunk.tsn = Tsn(0x0a0b0c0d);
  chunk.stream = StreamId(0x1122);
  chunk.mid = Mid(0x33445566);
  chunk.ppid = Ppid(53);
  chunk.fsn = Fsn(0x778899aa);
  chunk.begin = true;
  chunk.unordered = true;
  const Bytes payload{1, 2, 3};
  chunk.payload = payload;
  PacketBuilder first = builder();
  chunk.writeTo(first);
  EXPECT_EQ(chunkBytes(first.finish()),
            (Bytes{64,   6,    0,    23,   0x0a, 0x0b, 0x0c, 0x0d, 0x11, 0x22, 0, 0,
                   0x33, 0x44, 0x55, 0x66, 0,    0,    0,    53,   1,    2,    3, 0}));
  chunk.begin = chunk.unordered = false;
  chunk.end = chunk.immediateAck = true;
  PacketBuilder last = builder();
  chunk.writeTo(last);
  const Bytes bytes = chunkBytes(last.finish());
  EXPECT_EQ(bytes[1], 9);
  EXPECT_EQ(Bytes(bytes.begin() + 16, bytes.begin() + 20), (Bytes{0x77, 0x88, 0x99, 0xaa}))
      << "only the first fragment has the PPID";
  const auto parsed = IDataChunk::parse(bytes[1], ByteSpan(bytes).subspan(4, 19));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->mid, chunk.mid);
  EXPECT_EQ(parsed->fsn, chunk.fsn);
  EXPECT_TRUE(parsed->end && parsed->immediateAck && !parsed->begin && !parsed->unordered);
  EXPECT_EQ(toBytes(parsed->payload), payload);
  for (size_t size = 0; size < 16; ++size)
    EXPECT_FALSE(IDataChunk::parse(0, ByteSpan(bytes).subspan(4, size)));
}

TEST(SctpPacket, LaysOutIForwardTsnAsRfc8260Section231) {
  PacketBuilder packet = builder();
  const IForwardTsnChunk chunk{Tsn(7),
                               {{StreamId(1), false, Mid(2)}, {StreamId(3), true, Mid(0x1000000)}}};
  chunk.writeTo(packet);
  const Bytes bytes = chunkBytes(packet.finish());
  EXPECT_EQ(bytes,
            (Bytes{194, 0, 0, 24, 0, 0, 0, 7, 0, 1, 0, 0, 0, 0, 0, 2, 0, 3, 0, 1, 1, 0, 0, 0}));
  const auto parsed = IForwardTsnChunk::parse(ByteSpan(bytes).subspan(4));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->skipped, chunk.skipped);
  EXPECT_FALSE(IForwardTsnChunk::parse(ByteSpan(bytes).subspan(4, 16)));
  EXPECT_FALSE(IForwardTsnChunk::parse(ByteSpan(bytes).subspan(4, 3)));
}

TEST(SctpPacket, LaysOutSackAsRfc9260Section334) {
  PacketBuilder packet = builder();
  SackChunk sack{Tsn(100), 0x10000, {{2, 3}, {5, 5}}, {Tsn(99)}};
  sack.writeTo(packet);
  EXPECT_EQ(chunkBytes(packet.finish()), (Bytes{3, 0, 0, 28, 0, 0, 0, 100, 0, 1, 0, 0, 0, 2,
                                                0, 1, 0, 2,  0, 3, 0, 5,   0, 5, 0, 0, 0, 99}));
}

TEST(SctpPacket, TakesNoMoreMemoryThanItNeedsWhereThePathWouldTakeFarMore) {
  const auto packetOf = [](size_t size) {
    PacketBuilder packet(5000, 5001, VerificationTag(1), 16292);
    packet.addChunk(ChunkType::kHeartbeat, 0, Bytes(size));
    return packet.finish();
  };
  EXPECT_LE(packetOf(28).capacity(), kEthernetPacketSize);
  const Bytes full = packetOf(16292 - 16);
  EXPECT_EQ(full.size(), 16292u);
  EXPECT_LT(full.capacity(), 20000u);
}

TEST(SctpPacket, LaysOutForwardTsnAsRfc3758Section32) {
  PacketBuilder packet = builder();
  ForwardTsnChunk{Tsn(7), {{StreamId(1), Ssn(2)}}}.writeTo(packet);
  EXPECT_EQ(chunkBytes(packet.finish()), (Bytes{192, 0, 0, 12, 0, 0, 0, 7, 0, 1, 0, 2}));
}

TEST(SctpPacket, LaysOutStreamResetAsRfc6525Sections41And44) {
  ByteWriter writer;
  OutgoingResetRequest{1, 2, Tsn(3), {StreamId(4)}}.writeTo(writer);
  EXPECT_EQ(writer.take(), (Bytes{0, 13, 0, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 4}));
  ByteWriter response;
  ReConfigResponse{9, ReConfigResult::kInProgress}.writeTo(response);
  EXPECT_EQ(response.take(), (Bytes{0, 16, 0, 12, 0, 0, 0, 9, 0, 0, 0, 6}));
}

TEST(SctpPacket, ReadsAnInitWithEveryKindOfParameter) {
  const Bytes value{
      0x12, 0x34, 0x56, 0x78, 0,    0,    0x80, 0, 0,    10,   0, 20,
      0,    0,    0,    5,    0x80, 0x08, 0,    6, 0xc0, 0x82, 0, 0,  // supported extensions
      0xc0, 0x00, 0,    4,                                            // forward TSN supported
      0xc1, 0x11, 0,    5,    0xaa, 0,    0,    0,                    // unknown: skip and report
      0x81, 0x11, 0,    4};                                           // unknown: skip
  const auto init = InitChunk::parse(value);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->tag, VerificationTag(0x12345678));
  EXPECT_EQ(init->outgoingStreams, 10);
  EXPECT_EQ(init->incomingStreams, 20);
  EXPECT_EQ(init->initialTsn, Tsn(5));
  EXPECT_TRUE(init->extensions.forwardTsn);
  EXPECT_TRUE(init->extensions.reConfig);
  EXPECT_EQ(init->unrecognized, (Bytes{0xc1, 0x11, 0, 5, 0xaa}));
  for (size_t size = 0; size < 16; ++size) {
    EXPECT_FALSE(InitChunk::parse(ByteSpan(value).first(size)));
  }
}

/// What stands in the length of a packet's first chunk.
size_t firstChunkLength(const Bytes& packet) {
  return size_t{packet[kPacketHeaderSize + 2]} << 8 | packet[kPacketHeaderSize + 3];
}

TEST(SctpPacket, ChunkLengthsCountThePaddingOfEveryParameterButTheLast) {
  InitChunk init;
  init.tag = VerificationTag(7);
  init.receiveWindow = 100000;
  init.outgoingStreams = init.incomingStreams = 1;
  // Supported Extensions comes last: four bytes of header, and one for each.
  size_t types = 0;
  for (bool* each : {&init.extensions.reConfig, &init.extensions.interleaving,
                     &init.extensions.iForwardTsn, &init.extensions.padding}) {
    *each = true;
    ++types;
    PacketBuilder packet = builder();
    packet.addChunk(ChunkType::kInit, 0, init.encode());
    const Bytes bytes = packet.finish();
    EXPECT_EQ(firstChunkLength(bytes), 4 + 16 + 4 + types);
    EXPECT_EQ(bytes.size(), kPacketHeaderSize + padded(4 + 16 + 4 + types));
    const auto view = parsePacket(bytes);
    ASSERT_TRUE(view.ok());
    const auto parsed = InitChunk::parse(ChunkIterator(view->chunks).next()->value);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->extensions, init.extensions);
  }

  // An INIT ACK whose cookie needs padding, which counts, and whose last parameter is another's.
  const Bytes cookie{1, 2, 3, 4, 5};
  init.cookie = cookie;
  init.unrecognized = {0xc1, 0x11, 0, 5, 0xaa};
  const Bytes value = init.encode();
  EXPECT_EQ(value.size(), 16 + padded(4 + 5) + padded(4 + types) + 4 + 5);
  const auto ack = InitChunk::parse(value);
  ASSERT_TRUE(ack);
  EXPECT_EQ(toBytes(ack->cookie), cookie);

  // Several causes or parameters in one chunk, as a peer may send them.
  ByteWriter causes;
  writeParameter(causes, 1, Bytes{9});
  writeParameter(causes, 2, Bytes{9, 9});
  EXPECT_EQ(causes.take(), (Bytes{0, 1, 0, 5, 9, 0, 0, 0, 0, 2, 0, 6, 9, 9}));
  EXPECT_EQ(encodeChunk(ChunkType::kAbort, 0,
                        encodeCause(ErrorCause::kUserInitiatedAbort, asBytes("bye"))),
            (Bytes{6, 0, 0, 11, 0, 12, 0, 7, 'b', 'y', 'e', 0}));
  ByteWriter resets;
  OutgoingResetRequest{1, 2, Tsn(3), {StreamId(4)}}.writeTo(resets);
  EXPECT_EQ(encodeChunk(ChunkType::kReConfig, 0, resets.view())[3], 4 + 18);
}

TEST(SctpPacket, ParametersAreReadWhetherTheLengthCountsTheirLastPaddingOrNot) {
  InitChunk init;
  init.tag = VerificationTag(7);
  init.receiveWindow = 100000;
  init.outgoingStreams = init.incomingStreams = 1;
  init.extensions.reConfig = init.extensions.padding = init.extensions.forwardTsn = true;
  Bytes value = init.encode();
  ASSERT_NE(value.size() % 4, 0u);
  for (; value.size() % 4 != 0; value.push_back(0)) {
    const auto parsed = InitChunk::parse(value);
    ASSERT_TRUE(parsed) << value.size();
    EXPECT_EQ(parsed->extensions, init.extensions);
  }
  EXPECT_TRUE(InitChunk::parse(value));
}

TEST(SctpPacket, StopsAtAnUnknownParameterThatAsksForIt) {
  Bytes value{0, 0, 0, 1, 0, 0, 0x80, 0, 0, 1, 0, 1, 0, 0, 0, 1};
  const Bytes parameters{0x01, 0x11, 0, 4, 0xc0, 0x00, 0, 4};
  value.insert(value.end(), parameters.begin(), parameters.end());
  const auto init = InitChunk::parse(value);
  ASSERT_TRUE(init);
  EXPECT_FALSE(init->extensions.forwardTsn);
  EXPECT_TRUE(init->unrecognized.empty());
}

TEST(SctpPacket, RejectsEveryTruncationAndEveryFlippedBit) {
  PacketBuilder packet = builder();
  packet.addChunk(ChunkType::kHeartbeat, 0, Bytes{0, 1, 0, 8, 1, 2, 3, 4});
  packet.addChunk(ChunkType::kCookieAck, 0, {});
  const Bytes bytes = packet.finish();
  ASSERT_TRUE(parsePacket(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parsePacket(ByteSpan(bytes).first(size)).ok());
  }
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(parsePacket(flipped).ok());
  }
}

TEST(SctpPacket, SipHashGivesTheValuesOfItsPaper) {
  const std::array<uint64_t, 2> key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  Bytes data;
  EXPECT_EQ(sipHash24(key, data), 0x726fdb47dd0e0e31u);
  for (uint8_t i = 0; i < 15; ++i)
    data.push_back(i);
  EXPECT_EQ(sipHash24(key, data), 0xa129ca6149be45e5u);
}

TEST(SctpPacket, OpensOnlyTheCookiesItSealed) {
  SeededRandom random(1);
  CookieJar jar;
  EXPECT_FALSE(jar.open(Bytes(52)));
  ASSERT_TRUE(jar.makeKey(random));
  StateCookie cookie;
  cookie.localTag = VerificationTag(1);
  cookie.peerTag = VerificationTag(2);
  cookie.peerExtensions.reConfig = true;
  cookie.createdAt = Timestamp::milliseconds(5);
  const Bytes sealed = jar.seal(cookie);
  const auto opened = jar.open(sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->peerTag, cookie.peerTag);
  EXPECT_EQ(opened->peerExtensions, cookie.peerExtensions);
  EXPECT_EQ(opened->createdAt, cookie.createdAt);
  for (size_t i = 0; i < sealed.size(); ++i) {
    Bytes forged = sealed;
    forged[i] ^= 0x40;
    EXPECT_FALSE(jar.open(forged));
    EXPECT_FALSE(jar.open(ByteSpan(sealed).first(i)));
  }
  CookieJar other;
  ASSERT_TRUE(other.makeKey(random));
  EXPECT_FALSE(other.open(sealed));
}

}  // namespace
}  // namespace rtc::sctp
