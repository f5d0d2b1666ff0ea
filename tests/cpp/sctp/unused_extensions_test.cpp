// AUTH (CVE-2014-0101, CVE-2014-5077, CVE-2015-1421), ASCONF (CVE-2014-3673, CVE-2014-3687), ECNE
// (CVE-2006-2271): chunks that others fell over. This end has none of them: they are what is
// unknown.

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

constexpr uint8_t kAuth = 15;
constexpr uint8_t kEcne = 12;
constexpr uint8_t kCwr = 13;
constexpr uint8_t kAsconf = 0xc1;
constexpr uint8_t kAsconfAck = 0x80;

class SctpUnusedExtension : public ::testing::TestWithParam<uint8_t> {};

INSTANTIATE_TEST_SUITE_P(All, SctpUnusedExtension,
                         ::testing::Values(kAuth, kEcne, kCwr, kAsconf, kAsconfAck));

TEST_P(SctpUnusedExtension, ChangesNothingInAnyStateAndAtAnyLength) {
  for (size_t size = 0; size < 64; size += 4) {
    PlayedPeer peer;
    peer.give([&](PacketBuilder& packet) {
      packet.addChunk(static_cast<ChunkType>(GetParam()), 0xff, Bytes(size, 0x41));
    });
    ASSERT_LE(peer.drain().size(), 1u);
    ASSERT_EQ(peer.association.state(), State::kEstablished);
    peer.giveData(0, true, true, Bytes{1}, 0);
    peer.drain();
    ASSERT_EQ(peer.received.size(), 1u);
  }
}

TEST_P(SctpUnusedExtension, BeforeACookieEchoKeepsItFromNothingElse) {
  // CVE-2014-0101: an AUTH in front of a COOKIE ECHO of a peer that had not announced it.
  SeededRandom random(9);
  Association association({}, random);
  const Timestamp now = Timestamp::milliseconds(1);
  PacketBuilder packet(5000, 5000, VerificationTag(1), 1188);
  packet.addChunk(static_cast<ChunkType>(GetParam()), 0, Bytes(20, 0x41));
  packet.addChunk(ChunkType::kCookieEcho, 0, Bytes(52, 0x41));
  association.handlePacket(packet.finish(), now);
  EXPECT_FALSE(association.poll());
  EXPECT_EQ(association.state(), State::kClosed);
}

TEST_P(SctpUnusedExtension, IsNotAnnounced) {
  Pair pair;
  pair.sniff = true;
  ASSERT_TRUE(pair.connect());
  for (const Bytes& packet : pair.a.sniffed) {
    const auto view = parsePacket(packet, Checksum::kZero);
    const auto chunk = ChunkIterator(view->chunks).next();
    if (chunk->type != static_cast<uint8_t>(ChunkType::kInit))
      continue;
    // Supported Extensions (RFC 5061 section 4.2.7).
    const auto& value = chunk->value;
    const uint8_t header[] = {0x80, 0x08};
    const auto at = std::search(value.begin(), value.end(), std::begin(header), std::end(header));
    ASSERT_NE(at, value.end());
    EXPECT_EQ(std::find(at + 4, value.end(), GetParam()), value.end());
  }
}

}  // namespace
}  // namespace rtc::sctp::testing
