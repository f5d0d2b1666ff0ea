// What one datagram of somebody without the keys costs a connection that is up, a connection that
// is coming up, an association and the relay. docs/hardening.md has the bounds in a table.

#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/dtls/record.h"
#include "cpp/sctp/packet.h"
#include "cpp/srtp/session.h"
#include "cpp/stun/crypto.h"
#include "cpp/stun/message.h"
#include "tests/cpp/cost/cost.h"
#include "tests/cpp/dtls/tampering.h"
#include "tests/cpp/peer/peer_pair.h"
#include "tests/cpp/sctp/played_peer.h"
#include "tests/cpp/turn/server_fixture.h"

namespace rtc {
namespace {

using cost::Cost;

/// As long as a datagram comes on the paths of today.
constexpr size_t kLong = 1472;

/// Nothing is computed, and what is allocated holds the datagram and what is told of it.
constexpr Cost kALook{.blocks = 4, .bytes = 2 * kLong};

/// The most that a test has seen goes into its report.
void expectWithin(const Cost& spent, const Cost& bound, const std::string& what = "") {
  EXPECT_TRUE(spent.isWithin(bound))
      << what << " cost " << spent << " where there may be " << bound;
  static std::map<const testing::TestInfo*, Cost> most;
  Cost& highest = most[testing::UnitTest::GetInstance()->current_test_info()];
  highest = highest.orMore(spent);
  std::ostringstream text;
  text << highest;
  testing::Test::RecordProperty("cost", text.str());
}

/// A connection that is up, with data, sound and pictures.
class CostOfDatagrams : public ::testing::Test {
 protected:
  CostOfDatagrams() {
    for (peer::End* end : {&pair.a, &pair.b}) {
      for (const auto kind : {jsep::MediaKind::kAudio, jsep::MediaKind::kVideo}) {
        EXPECT_TRUE(end->peer
                        .change(
                            [&](jsep::Session& session) {
                              return session.addTrack(kind, "track", {"stream"});
                            },
                            pair.now)
                        .ok());
      }
    }
    EXPECT_TRUE(pair.a.peer.createDataChannel({}, pair.now).ok());
    EXPECT_TRUE(pair.negotiate(pair.a, pair.b).ok());
    EXPECT_TRUE(pair.runUntil([this] { return pair.connected(); }));
    pair.run(Duration::milliseconds(500));
    transport = *pair.b.interfaces.begin();
  }

  /// Of one datagram at the end `b`, from where its peer is or from elsewhere, with all that is
  /// told and sent because of it. The first of its kind may make room for more, so that the second
  /// is measured.
  Cost costOf(const std::function<Bytes(int)>& make, bool fromPeer) {
    Endpoint source = pair.a.endpointOf(transport);
    if (!fromPeer)
      source = {*IpAddress::parse("10.0.0.66"), 6666};
    Cost last;
    for (int i = 0; i < 2; ++i) {
      Bytes datagram = make(i);
      last = cost::of([&] {
        pair.b.peer.handleDatagram(peer::End::interfaceOf(transport), source, std::move(datagram),
                                   pair.now);
        while (auto output = pair.b.peer.poll())
          answers += std::holds_alternative<peer::SendDatagram>(*output);
      });
    }
    return last;
  }
  Cost costOf(const Bytes& datagram, bool fromPeer = true) {
    return costOf([&](int) { return datagram; }, fromPeer);
  }

  static std::string ufragOf(const peer::End& end) {
    const std::string sdp = end.peer.session().localDescription()->sdp;
    const size_t at = sdp.find("a=ice-ufrag:") + 12;
    return sdp.substr(at, sdp.find('\r', at) - at);
  }
  stun::MessageBuilder check(const std::string& username) {
    stun::MessageBuilder request(stun::MessageClass::kRequest, stun::Method::kBinding,
                                 *stun::TransactionId::random(random));
    request.text(stun::AttributeType::kUsername, username);
    request.u32(stun::AttributeType::kPriority, 0x7fffffff);
    request.u64(stun::AttributeType::kIceControlling, 1);
    return request;
  }
  /// As long as it can be made.
  static Bytes rtp(uint8_t payloadType) {
    Bytes packet(kLong, 0x55);
    packet[0] = 0x80;
    packet[1] = payloadType;
    return packet;
  }

  peer::PeerPair pair;
  jsep::TransportId transport;
  SeededRandom random{5};
  size_t answers = 0;
};

TEST_F(CostOfDatagrams, FromWhereNobodyIsKnownIsALook) {
  for (int first = 0; first < 256; ++first) {
    const Bytes datagram(kLong, static_cast<uint8_t>(first));
    const Cost spent = costOf(datagram, false);
    expectWithin(spent, kALook, std::to_string(first));
  }
  EXPECT_EQ(answers, 0u);
}

TEST_F(CostOfDatagrams, OfNonsenseIsALookAtMost) {
  for (int first = 0; first < 256; ++first) {
    // RTP and RTCP have tests of their own.
    if (first >= 128 && first < 192)
      continue;
    const Cost spent = costOf(Bytes(kLong, static_cast<uint8_t>(first)));
    expectWithin(spent, kALook, std::to_string(first));
  }
  EXPECT_EQ(answers, 0u);
}

TEST_F(CostOfDatagrams, OfAStunRequestWithoutTheRightNameIsNoHmacButOfItsAnswer) {
  // The answer to a request with another name is an error without integrity.
  const Cost spent = costOf(
      [&](int) {
        return check("some:body").integrity(asBytes("not the password")).fingerprint().build();
      },
      false);
  expectWithin(spent, {.blocks = 20, .bytes = 3 * kLong});
}

TEST_F(CostOfDatagrams, OfAStunRequestWithTheRightNameAndAWrongPasswordIsOneHmac) {
  const std::string username = ufragOf(pair.b) + ":" + ufragOf(pair.a);
  for (const bool fromPeer : {false, true}) {
    const Cost spent = costOf(
        [&](int) {
          stun::MessageBuilder request = check(username);
          // Filled up: what is hashed is all of it.
          request.text(stun::AttributeType::kSoftware, std::string(700, 's'));
          request.text(static_cast<stun::AttributeType>(0x8fff), std::string(500, 'x'));
          return request.integrity(asBytes("not the password")).fingerprint().build();
        },
        fromPeer);
    expectWithin(spent, {.macs = 1, .hashed = kLong + 256, .blocks = 24, .bytes = 3 * kLong});
    EXPECT_EQ(spent.macs, 1u) << "the counting works";
  }
}

TEST_F(CostOfDatagrams, OfAStunMessageFullOfAttributesIsLinearInItsLength) {
  // 363 attributes without values.
  Bytes full{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  while (full.size() + 4 <= kLong)
    full.insert(full.end(), {0x80, 0x99, 0, 0});
  const size_t length = full.size() - 20;
  full[2] = static_cast<uint8_t>(length >> 8);
  full[3] = static_cast<uint8_t>(length);
  const Cost spent = costOf(full);
  expectWithin(spent, {.blocks = 32, .bytes = 24 * kLong});
}

TEST_F(CostOfDatagrams, OfAStunAnswerThatNobodyAskedForIsALook) {
  const Cost spent = costOf(
      [&](int) {
        return stun::MessageBuilder(stun::MessageClass::kSuccess, stun::Method::kBinding,
                                    *stun::TransactionId::random(random))
            .integrity(asBytes("anything"))
            .fingerprint()
            .build();
      },
      true);
  EXPECT_EQ(spent.macs, 0u);
  expectWithin(spent, {.blocks = 4, .bytes = kLong});
  EXPECT_EQ(answers, 0u);
}

Bytes sealedRecord(size_t length, uint8_t number, uint8_t epoch = 1) {
  Bytes record{23,
               0xfe,
               0xfd,
               0,
               epoch,
               0,
               0,
               0,
               0,
               7,
               number,
               static_cast<uint8_t>(length >> 8),
               static_cast<uint8_t>(length)};
  record.resize(record.size() + length, 0x77);
  return record;
}

TEST_F(CostOfDatagrams, OfADtlsRecordThatIsForgedIsOneRecordOpened) {
  const Cost spent =
      costOf([](int i) { return sealedRecord(kLong - 13, static_cast<uint8_t>(i)); }, true);
  EXPECT_EQ(spent.records, 1u) << "the counting works";
  expectWithin(spent, {.records = 1, .ciphered = kLong, .blocks = 4, .bytes = 3 * kLong});
  EXPECT_EQ(answers, 0u);
}

TEST_F(CostOfDatagrams, OfADtlsDatagramFullOfForgedRecordsIsBoundedByItsLength) {
  // The shortest that can be opened: a byte of content beside its tag, and the nonce of AES.
  for (const size_t length : {1u, 16u, 17u, 24u, 25u}) {
    size_t count = 0;
    const Cost spent = costOf(
        [&](int i) {
          Bytes datagram;
          for (count = 0; datagram.size() + 13 + length <= kLong; ++count) {
            const Bytes record =
                sealedRecord(length, static_cast<uint8_t>(100 * i + static_cast<int>(count)));
            datagram.insert(datagram.end(), record.begin(), record.end());
          }
          return datagram;
        },
        true);
    expectWithin(
        spent,
        {.records = kLong / 29, .ciphered = kLong, .blocks = 16 + 2 * count, .bytes = 4 * kLong},
        std::to_string(length));
  }
  EXPECT_EQ(answers, 0u);
}

TEST_F(CostOfDatagrams, OfDtlsHandshakeMessagesAfterTheHandshakeIsALook) {
  const Bytes hello =
      dtls::messageRecord(dtls::HandshakeType::kClientHello, 0, dtls::helloBody({}), 999);
  const Cost spent = costOf(hello);
  expectWithin(spent, kALook);
  EXPECT_EQ(answers, 0u);
}

TEST_F(CostOfDatagrams, OfForgedRtpAndRtcpIsOneHmac) {
  for (const uint8_t type : {96, 111, 200, 201, 205, 206}) {
    const Cost spent = costOf(
        [&](int i) {
          Bytes packet = rtp(type);
          packet[3] = static_cast<uint8_t>(i);
          return packet;
        },
        true);
    EXPECT_EQ(spent.publicKeys, 0u);
    EXPECT_EQ(spent.records, 0u);
    expectWithin(
        spent, {.macs = 1, .hashed = kLong + 256, .ciphered = 64, .blocks = 8, .bytes = 2 * kLong},
        std::to_string(type));
  }
  EXPECT_EQ(answers, 0u);
}

TEST(CostOfSrtp, AForgedPacketOfAStreamThatIsKnownIsOneHmacAndNothingDeciphered) {
  using namespace srtp;
  constexpr Profile kProfile = Profile::kAes128CmSha1_80;
  Bytes material(keyingMaterialLength(kProfile));
  ASSERT_TRUE(SeededRandom(1).fill(material));
  const auto peer = std::move(*Session::create(kProfile, DtlsRole::kClient, material));
  const auto ours = std::move(*Session::create(kProfile, DtlsRole::kServer, material));
  Bytes genuine(kLong - 10, 3);
  genuine[0] = 0x80;
  genuine[1] = 96;
  Bytes forged = genuine;
  ASSERT_TRUE(peer->protectRtp(genuine).ok());
  ASSERT_TRUE(ours->unprotectRtp(genuine).ok());
  forged.resize(kLong, 0x55);
  for (const uint8_t ahead : {0, 1, 100}) {
    forged[3] = static_cast<uint8_t>(genuine[3] + ahead);
    Bytes packet = forged;
    const Cost spent = cost::of([&] { EXPECT_FALSE(ours->unprotectRtp(packet).ok()); });
    expectWithin(spent,
                 {.macs = 1, .hashed = kLong + 256, .ciphered = 64, .blocks = 2, .bytes = 256});
  }
}

TEST(CostOfDtls, AHelloCostsAServerOneHandshakesKeysAndItsRepetitionsNone) {
  dtls::GivenServer server;
  const auto hello = [](uint64_t number) {
    return dtls::messageRecord(dtls::HandshakeType::kClientHello, 0, dtls::helloBody({}), number);
  };
  // The pair of keys for this handshake, and the signature over it.
  const Bytes first = hello(0);
  const Cost spent = cost::of([&] { server.give(first); });
  EXPECT_GE(spent.publicKeys, 1u) << "the counting works";
  EXPECT_LE(spent.publicKeys, 4u) << spent;
  for (uint64_t number = 1; number < 200; ++number) {
    const Bytes again = hello(number);
    server.now = server.now + Duration::milliseconds(30);
    const Cost repetition = cost::of([&] { server.give(again); });
    EXPECT_EQ(repetition.publicKeys, 0u);
    expectWithin(repetition, {.blocks = 16, .bytes = 3 * kLong});
  }
}

TEST(CostOfDtls, RecordsOfTheNextEpochAreKeptAndNotTriedBeforeThereAreKeys) {
  dtls::GivenServer server;
  server.give(dtls::messageRecord(dtls::HandshakeType::kClientHello, 0, dtls::helloBody({}), 0));
  for (int i = 0; i < 100; ++i) {
    const Bytes record = sealedRecord(kLong - 13, static_cast<uint8_t>(i));
    const Cost spent = cost::of([&] { server.give(record); });
    EXPECT_EQ(spent.publicKeys, 0u);
    // Of those that are kept, 16, each is looked at again.
    expectWithin(spent, {.blocks = 8, .bytes = 4 * kLong});
  }
}

TEST(CostOfSctp, APacketUnderAWrongTagIsOneChecksumAtMost) {
  for (const bool zeroChecksum : {false, true}) {
    sctp::AssociationConfig config;
    config.zeroChecksum = zeroChecksum;
    sctp::testing::PlayedPeer peer(config);
    for (const uint8_t type : {0, 1, 2, 3, 4, 6, 7, 9, 10, 14, 64, 130, 192, 194, 255}) {
      sctp::PacketBuilder packet(5000, 5000, sctp::VerificationTag(peer.tag.value() ^ 1), 1188);
      // As many chunks as there is room for.
      while (packet.room() >= 20)
        packet.addEncoded(Bytes{type, 3, 0, 20, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
      const Bytes bytes = packet.finish();
      const Cost spent = cost::of([&] {
        peer.association.handlePacket(bytes, peer.now);
        while (peer.association.poll()) {
        }
      });
      expectWithin(spent, {.checked = 1188, .blocks = 4, .bytes = 1188}, std::to_string(type));
    }
  }
}

TEST(CostOfSctp, AnInitCostsItsAnswer) {
  sctp::testing::PlayedPeer peer;
  sctp::InitChunk init;
  init.tag = sctp::VerificationTag(77);
  init.receiveWindow = 1 << 20;
  init.outgoingStreams = init.incomingStreams = 100;
  sctp::PacketBuilder packet(5000, 5000, sctp::VerificationTag(0), 1188);
  packet.addChunk(sctp::ChunkType::kInit, 0, init.encode());
  const Bytes bytes = packet.finish();
  const Cost spent = cost::of([&] {
    peer.association.handlePacket(bytes, peer.now);
    while (peer.association.poll()) {
    }
  });
  expectWithin(spent, {.checked = 256, .blocks = 32, .bytes = 4096});
}

/// The relay, with clients that have allocations and one that has none.
class CostOfRelaying : public turn::TurnServerTest {
 protected:
  CostOfRelaying() {
    begin();
    me = allocate(kUdp);
    EXPECT_EQ(codeOf(kUdp, channelBind(0x4000, turn::kPeer), me), 200);
  }
  Cost costAt(turn::ClientId client, const Bytes& data) {
    return cost::of([&] { deliver(client, data); });
  }
  Login me;
};

TEST_F(CostOfRelaying, NonsenseIsALook) {
  for (int first = 0; first < 256; ++first) {
    const Cost spent = costAt(kOther, Bytes(kLong, static_cast<uint8_t>(first)));
    expectWithin(spent, kALook, std::to_string(first));
  }
  EXPECT_TRUE(atPeer_.empty());
}

TEST_F(CostOfRelaying, ChannelDataOfChannelsThatAreNotThereIsALook) {
  for (const turn::ClientId client : {kUdp, kOther}) {
    for (const uint16_t channel : {0x4001, 0x4fff, 0x5000, 0x7ffe, 0x7fff}) {
      Bytes frame(kLong, 1);
      frame[0] = static_cast<uint8_t>(channel >> 8);
      frame[1] = static_cast<uint8_t>(channel);
      frame[2] = static_cast<uint8_t>((kLong - 4) >> 8);
      frame[3] = static_cast<uint8_t>(kLong - 4);
      const Cost spent = costAt(client, frame);
      expectWithin(spent, kALook, std::to_string(channel));
    }
  }
  EXPECT_TRUE(atPeer_.empty());
}

TEST_F(CostOfRelaying, AFrameThatIsRelayedIsCopiedAndNoMore) {
  Bytes frame(kLong, 1);
  frame[0] = 0x40;
  frame[1] = 0;
  frame[2] = static_cast<uint8_t>((kLong - 4) >> 8);
  frame[3] = static_cast<uint8_t>(kLong - 4);
  const Cost spent = costAt(kUdp, frame);
  ASSERT_EQ(atPeer_.size(), 1u);
  // The test's own copy is counted as well.
  expectWithin(spent, {.blocks = 8, .bytes = 3 * kLong});
}

TEST_F(CostOfRelaying, ARequestWithAWrongPasswordIsItsHmacAndThatOfItsNonce) {
  Login wrong = me;
  wrong.password = "wonder";
  const Bytes request = sign(allocateRequest(), wrong);
  const Cost spent = costAt(kOther, request);
  // That of the nonce and that of the message, and the key.
  expectWithin(spent, {.macs = 3, .hashed = 1024, .blocks = 40, .bytes = 4096});
}

TEST_F(CostOfRelaying, ADatagramOfSomebodyWithoutPermissionIsALook) {
  ASSERT_FALSE(opened_.empty());
  const Cost spent = cost::of([&] {
    server_->relayDatagram(opened_[0].socket, turn::at("203.0.113.99", 99), Bytes(kLong, 1), now_);
    drain();
  });
  expectWithin(spent, kALook);
}

}  // namespace
}  // namespace rtc
