// INIT and COOKIE ECHO floods (RFC 9260 section 12.2.4): what a peer says before it has shown a
// cookie costs nothing that stays, and is answered once each.

#include <gtest/gtest.h>

#include "cpp/sctp/error_cause.h"
#include "cpp/sctp/state_cookie.h"
#include "tests/cpp/sctp/pair.h"
#include "tests/cpp/sctp/played_peer.h"

namespace rtc::sctp::testing {
namespace {

constexpr uint32_t kFlood = 5000;

InitChunk initOf(uint32_t tag) {
  InitChunk init;
  init.tag = VerificationTag(tag);
  init.receiveWindow = 1 << 20;
  init.outgoingStreams = init.incomingStreams = 65535;
  init.initialTsn = Tsn(tag * 7);
  return init;
}

void giveInit(PlayedPeer& peer, uint32_t tag) {
  peer.give(VerificationTag(0), [&](PacketBuilder& packet) {
    packet.addChunk(ChunkType::kInit, 0, initOf(tag).encode());
  });
}

size_t bytesOf(const std::vector<Bytes>& packets) {
  size_t sum = 0;
  for (const Bytes& packet : packets)
    sum += packet.size();
  return sum;
}

TEST(SctpHandshakeFlood, InitsAreAnsweredOnceEachAndLeaveTheAssociationAlone) {
  PlayedPeer peer;
  const auto before = peer.association.statistics();
  for (uint32_t i = 1; i <= kFlood; ++i) {
    giveInit(peer, i);
    const auto answers = peer.drain();
    ASSERT_EQ(answers.size(), 1u);
    // With its cookie, and with what it knows: a small factor over an INIT of 32 bytes.
    ASSERT_LE(bytesOf(answers), 160u);
  }
  EXPECT_EQ(peer.association.state(), State::kEstablished);
  EXPECT_EQ(peer.association.statistics().bytesInFlight, before.bytesInFlight);
  peer.giveData(0, true, true, Bytes{1}, 0);
  peer.drain();
  EXPECT_EQ(peer.received.size(), 1u);
}

TEST(SctpHandshakeFlood, CookiesThatWereNeverGivenAreNotAnswered) {
  PlayedPeer peer;
  SeededRandom random(3);
  for (uint32_t i = 0; i < kFlood; ++i) {
    Bytes cookie(52);
    ASSERT_TRUE(random.fill(cookie));
    peer.give([&](PacketBuilder& packet) { packet.addChunk(ChunkType::kCookieEcho, 0, cookie); });
    ASSERT_TRUE(peer.drain().empty());
  }
  EXPECT_EQ(peer.association.state(), State::kEstablished);
}

TEST(SctpHandshakeFlood, ACookieThatIsChangedAnywhereIsNone) {
  SeededRandom random(4);
  CookieJar jar;
  ASSERT_TRUE(jar.makeKey(random));
  StateCookie cookie;
  cookie.localTag = VerificationTag(1);
  const Bytes sealed = jar.seal(cookie);
  ASSERT_TRUE(jar.open(sealed));
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(jar.open(changed)) << bit;
  }
  for (size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(jar.open(ByteSpan(sealed).first(size))) << size;
}

TEST(SctpHandshakeFlood, ACookieHoldsNothingOfThisProcess) {
  // CVE-2020-6514: addresses of memory were in what the peer was given, there.
  SeededRandom random(5);
  CookieJar first;
  ASSERT_TRUE(first.makeKey(random));
  SeededRandom again(5);
  auto second = std::make_unique<CookieJar>();
  ASSERT_TRUE(second->makeKey(again));
  StateCookie cookie;
  cookie.localTag = VerificationTag(0x01020304);
  EXPECT_EQ(first.seal(cookie), second->seal(cookie)) << "wherever the two are in memory";
}

TEST(SctpHandshakeFlood, AddressesInAnInitAreNeitherReadNorUsed) {
  // CVE-2019-20503: addresses in INIT were read past its end, there.
  for (const uint16_t type : {5, 6, 11, 12}) {
    for (uint16_t length = 0; length < 24; ++length) {
      PlayedPeer peer;
      ByteWriter value;
      value.bytes(initOf(77).encode());
      value.u16(type);
      value.u16(length);
      value.zeros(length % 5);
      peer.give(VerificationTag(0),
                [&](PacketBuilder& packet) { packet.addChunk(ChunkType::kInit, 0, value.view()); });
      const auto answers = peer.drain();
      ASSERT_LE(answers.size(), 1u);
      ASSERT_EQ(peer.association.state(), State::kEstablished) << type << " " << length;
    }
  }
}

TEST(SctpHandshakeFlood, UnknownParametersAreQuotedUpToABound) {
  // CVE-2010-1173: the quotes of many unknown parameters outgrew the packet, there.
  PlayedPeer peer;
  ByteWriter value;
  value.bytes(initOf(78).encode());
  for (int i = 0; i < 250; ++i) {
    value.u16(0xc123);  // to be skipped and reported
    value.u16(4);
  }
  peer.give(VerificationTag(0),
            [&](PacketBuilder& packet) { packet.addChunk(ChunkType::kInit, 0, value.view()); });
  const auto answers = peer.drain();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_LE(answers[0].size(), 1188u);
}

TEST(SctpHandshakeFlood, AStrangersTagEndsNothing) {
  // CVE-2021-3772: who knows addresses and ports alone could end an association, there.
  PlayedPeer peer;
  for (const auto type : {ChunkType::kAbort, ChunkType::kShutdown, ChunkType::kShutdownAck,
                          ChunkType::kShutdownComplete, ChunkType::kInitAck, ChunkType::kCookieAck,
                          ChunkType::kError, ChunkType::kData}) {
    for (const uint8_t flags : {0, 1}) {
      for (const uint32_t tag : {0u, 1u, peer.tag.value() + 1, 0x11223345u}) {
        peer.give(VerificationTag(tag),
                  [&](PacketBuilder& packet) { packet.addChunk(type, flags, {}); });
        peer.drain();
        ASSERT_FALSE(peer.closed);
      }
    }
  }
  EXPECT_EQ(peer.association.state(), State::kEstablished);
}

}  // namespace
}  // namespace rtc::sctp::testing
