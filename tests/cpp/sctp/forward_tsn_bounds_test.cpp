// CVE-2009-0065: a FORWARD TSN that names a stream beyond those that were agreed on wrote outside
// of an array, there. And what else that chunk can say that is not so.

#include <gtest/gtest.h>

#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr uint32_t kStreams = 16;
/// What a stream's place in order costs, with a map's node around it and its share of the buckets.
constexpr size_t kBytesPerLane = 256;

AssociationConfig fewStreams() {
  AssociationConfig config;
  config.incomingStreams = kStreams;
  return config;
}

void forward(PlayedPeer& peer, uint32_t tsn, std::vector<ForwardTsnChunk::Skipped> skipped) {
  ForwardTsnChunk chunk;
  chunk.newCumulativeTsn = Tsn(peer.tsn.value() + tsn);
  chunk.skipped = std::move(skipped);
  peer.give([&](PacketBuilder& packet) { chunk.writeTo(packet); });
  peer.drain();
}

TEST(SctpForwardTsnBounds, StreamsThatWereNotAgreedOnAreNothing) {
  PlayedPeer peer(fewStreams());
  uint32_t tsn = 0;
  for (const uint16_t stream : {16, 17, 255, 32767, 65534, 65535})
    forward(peer, tsn++, {{StreamId(stream), Ssn(65535)}});
  // The others are as they were, but for the TSNs that were skipped.
  peer.giveData(tsn, true, true, Bytes{1}, 0, 15);
  peer.drain();
  EXPECT_EQ(peer.received, std::vector<Bytes>{Bytes{1}});
  EXPECT_FALSE(peer.closed);
}

TEST(SctpForwardTsnBounds, EveryStreamThatTheChunkCanNameCostsNoMemoryBeyondThoseAgreedOn) {
  for (const bool interleaving : {false, true}) {
    PlayedPeer peer(fewStreams(), 1 << 20, interleaving);
    const size_t before = bytesInUse();
    uint32_t tsn = 0;
    for (uint32_t stream = 0; stream < 65536; stream += 128) {
      if (interleaving) {
        IForwardTsnChunk chunk;
        chunk.newCumulativeTsn = Tsn(peer.tsn.value() + tsn++);
        for (uint32_t i = 0; i < 64; ++i)
          chunk.skipped.push_back(
              {StreamId(static_cast<uint16_t>(stream + i)), i % 2 == 0, Mid(0x7fffffff)});
        peer.give([&](PacketBuilder& packet) { chunk.writeTo(packet); });
        peer.drain();
      } else {
        std::vector<ForwardTsnChunk::Skipped> skipped;
        for (uint32_t i = 0; i < 128; ++i)
          skipped.push_back({StreamId(static_cast<uint16_t>(stream + i)), Ssn(9)});
        forward(peer, tsn++, std::move(skipped));
      }
    }
    EXPECT_LE(growthSince(before), 2 * kStreams * kBytesPerLane) << interleaving;
    EXPECT_FALSE(peer.closed);
  }
}

TEST(SctpForwardTsnBounds, AJumpOfHalfTheNumbersIsTakenAndCostsNothing) {
  PlayedPeer peer;
  const size_t before = bytesInUse();
  // As far as serial number arithmetic reaches (RFC 1982), again and again.
  for (uint32_t jump = 0; jump < 100; ++jump)
    forward(peer, jump * 0x7ffffff0u, {});
  EXPECT_LE(growthSince(before), 64u * 1024);
  EXPECT_FALSE(peer.closed);
  EXPECT_EQ(peer.association.statistics().reassemblyBytes, 0u);
}

TEST(SctpForwardTsnBounds, OneThatGoesBackIsAnsweredAndChangesNothing) {
  PlayedPeer peer;
  peer.giveData(0, true, true, Bytes{1}, 0);
  peer.drain();
  forward(peer, 0xffffff00, {{StreamId(0), Ssn(100)}});
  peer.giveData(1, true, true, Bytes{2}, 1);
  peer.drain();
  EXPECT_EQ(peer.received, (std::vector<Bytes>{{1}, {2}}));
}

TEST(SctpForwardTsnBounds, OneThatIsCutOffIsIgnored) {
  PlayedPeer peer;
  for (size_t size = 0; size < 12; ++size) {
    peer.give([&](PacketBuilder& packet) {
      packet.addChunk(ChunkType::kForwardTsn, 0, Bytes(size, 0xff));
    });
    peer.drain();
  }
  EXPECT_FALSE(peer.closed);
}

}  // namespace
}  // namespace rtc::sctp::testing
