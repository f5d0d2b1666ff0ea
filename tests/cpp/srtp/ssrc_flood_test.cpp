// A peer that makes up SSRCs, and a stranger who does: what that costs, and whom it harms.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/srtp/session.h"
#include "tests/cpp/base/bytes_in_use.h"

namespace rtc::srtp {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr Profile kProfile = Profile::kAes128CmSha1_80;
/// A replay window of 1024 bits and libsrtp's own, for each of the peer's streams.
constexpr size_t kBytesPerSsrc = 1024;

struct Ends {
  Ends() {
    Bytes material(keyingMaterialLength(kProfile));
    EXPECT_TRUE(SeededRandom(1).fill(material));
    peer = std::move(*Session::create(kProfile, DtlsRole::kClient, material));
    ours = std::move(*Session::create(kProfile, DtlsRole::kServer, material));
  }
  std::unique_ptr<Session> peer;
  std::unique_ptr<Session> ours;
};

Bytes packetOf(uint32_t ssrc, uint16_t sequence) {
  ByteWriter writer;
  writer.u8(0x80);
  writer.u8(96);
  writer.u16(sequence);
  writer.u32(0);
  writer.u32(ssrc);
  writer.bytes(Bytes{1, 2, 3, 4});
  return writer.take();
}

TEST(SrtpSsrcFlood, OfAStrangerCostsNothing) {
  Ends ends;
  Bytes first = packetOf(1, 1);
  ASSERT_TRUE(ends.peer->protectRtp(first).ok());
  ASSERT_TRUE(ends.ours->unprotectRtp(first).ok());
  const size_t before = bytesInUse();
  for (uint32_t ssrc = 0; ssrc < 5000; ++ssrc) {
    Bytes forged = packetOf(ssrc, 1);
    forged.resize(forged.size() + 10, 0x55);
    EXPECT_FALSE(ends.ours->unprotectRtp(forged).ok());
  }
  EXPECT_LE(growthSince(before), kBytesPerSsrc);
}

TEST(SrtpSsrcFlood, OfThePeerCostsAFixedNumberOfStreams) {
  Ends ends;
  const size_t before = bytesInUse();
  for (uint32_t ssrc = 1; ssrc <= 4 * kMaxInboundSsrcs; ++ssrc) {
    // The sender's memory is its own: each packet by a sender that is new.
    Bytes packet = packetOf(ssrc, 1);
    Ends other;
    ASSERT_TRUE(other.peer->protectRtp(packet).ok());
    ASSERT_TRUE(ends.ours->unprotectRtp(packet).ok()) << ssrc;
  }
  EXPECT_LE(growthSince(before), kMaxInboundSsrcs * kBytesPerSsrc);
}

TEST(SrtpSsrcFlood, AsManyAsAreKeptGoOnWhenTheirNumbersRollOver) {
  Ends ends;
  for (const uint16_t sequence : {65534, 65535, 0, 1}) {
    for (uint32_t ssrc = 1; ssrc <= kMaxInboundSsrcs; ++ssrc) {
      Bytes packet = packetOf(ssrc, sequence);
      ASSERT_TRUE(ends.peer->protectRtp(packet).ok());
      ASSERT_TRUE(ends.ours->unprotectRtp(packet).ok()) << ssrc << ", " << sequence;
    }
  }
}

TEST(SrtpSsrcFlood, AStreamThatGoesOnIsNotForgottenForOthersThatComeAndGo) {
  Ends ends;
  // It rolls over early: forgotten after that, it could not be read.
  uint16_t sequence = 65500;
  for (uint32_t ssrc = 2; ssrc < 2 + 2 * kMaxInboundSsrcs; ++ssrc) {
    for (Bytes packet : {packetOf(1, sequence++), packetOf(ssrc, 1)}) {
      ASSERT_TRUE(ends.peer->protectRtp(packet).ok());
      ASSERT_TRUE(ends.ours->unprotectRtp(packet).ok()) << ssrc;
    }
  }
}

TEST(SrtpSsrcFlood, APacketFarAheadOfTheNumbersDoesNotShutOutTheGenuineOnes) {
  // What moves the roll-over counter is checked first (RFC 3711 section 3.3.1): a forged one moves
  // nothing.
  Ends ends;
  for (uint16_t sequence = 1; sequence < 10; ++sequence) {
    Bytes genuine = packetOf(7, sequence);
    ASSERT_TRUE(ends.peer->protectRtp(genuine).ok());
    for (const int ahead : {1000, 20000, 40000, 65000}) {
      Bytes forged = packetOf(7, static_cast<uint16_t>(sequence + ahead));
      forged.resize(forged.size() + 10, 0x77);
      EXPECT_FALSE(ends.ours->unprotectRtp(forged).ok());
    }
    Bytes replayed = genuine;
    ASSERT_TRUE(ends.ours->unprotectRtp(genuine).ok());
    const auto again = ends.ours->unprotectRtp(replayed);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error(), SrtpError::kReplay);
  }
}

}  // namespace
}  // namespace rtc::srtp
