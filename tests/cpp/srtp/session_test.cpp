#include "cpp/srtp/session.h"

#include <vector>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::srtp {
namespace {

Bytes fromHex(std::string_view hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

constexpr Profile kProfiles[] = {Profile::kAes128CmSha1_80, Profile::kAes128CmSha1_32,
                                 Profile::kAeadAes128Gcm, Profile::kAeadAes256Gcm};

struct Pair {
  std::unique_ptr<Session> client;
  std::unique_ptr<Session> server;
};

Pair makePair(Profile profile, ByteSpan material) {
  auto client = Session::create(profile, DtlsRole::kClient, material);
  auto server = Session::create(profile, DtlsRole::kServer, material);
  EXPECT_TRUE(client.ok() && server.ok());
  return {std::move(*client), std::move(*server)};
}

Pair makePair(Profile profile, uint64_t seed = 1) {
  Bytes material(keyingMaterialLength(profile));
  EXPECT_TRUE(SeededRandom(seed).fill(material));
  return makePair(profile, material);
}

Bytes rtpPacket(uint16_t sequence, size_t payload = 100, uint32_t ssrc = 0xcafebabe) {
  ByteWriter writer;
  writer.u8(0x80);
  writer.u8(96);
  writer.u16(sequence);
  writer.u32(3000u * sequence);
  writer.u32(ssrc);
  for (size_t i = 0; i < payload; ++i)
    writer.u8(static_cast<uint8_t>(i));
  return writer.take();
}

Bytes rtcpPacket(uint32_t ssrc = 0xcafebabe) {
  ByteWriter writer;
  writer.u16(0x80c8);  // sender report
  writer.u16(6);
  writer.u32(ssrc);
  for (uint8_t i = 0; i < 20; ++i)
    writer.u8(i);
  return writer.take();
}

struct Vector {
  Profile profile;
  const char* key;
  const char* salt;
  const char* protectedRtp;
  const char* protectedRtcp;
};

// Public vectors of libsrtp's test driver, over the packets below.
const Vector kVectors[] = {
    {Profile::kAes128CmSha1_80, "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6",
     "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
     "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798"},
    {Profile::kAeadAes128Gcm, "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab",
     "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
     "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001"},
};

TEST(SrtpSession, ProducesThePublishedVectors) {
  const Bytes rtp = fromHex("800f1234decafbadcafebabeabababababababababababababababab");
  const Bytes rtcp = fromHex("81c8000bcafebabeabababababababababababababababab");
  for (const Vector& vector : kVectors) {
    const Bytes key = fromHex(vector.key);
    const Bytes salt = fromHex(vector.salt);
    // The client's key and salt; the server's differ.
    ByteWriter material;
    material.bytes(key);
    material.zeros(key.size());
    material.bytes(salt);
    material.zeros(salt.size());
    Pair pair = makePair(vector.profile, material.view());

    Bytes packet = rtp;
    ASSERT_TRUE(pair.client->protectRtp(packet).ok());
    EXPECT_EQ(packet, fromHex(vector.protectedRtp));
    ASSERT_TRUE(pair.server->unprotectRtp(packet).ok());
    EXPECT_EQ(packet, rtp);

    packet = rtcp;
    ASSERT_TRUE(pair.client->protectRtcp(packet).ok());
    EXPECT_EQ(packet, fromHex(vector.protectedRtcp));
    ASSERT_TRUE(pair.server->unprotectRtcp(packet).ok());
    EXPECT_EQ(packet, rtcp);
  }
}

TEST(SrtpSession, CarriesRtpAndRtcpBothWaysInEveryProfile) {
  for (Profile profile : kProfiles) {
    Pair pair = makePair(profile);
    for (uint16_t sequence = 65500; sequence != 100; ++sequence) {  // past a rollover
      for (auto [from, to] : {std::pair{pair.client.get(), pair.server.get()},
                              std::pair{pair.server.get(), pair.client.get()}}) {
        const Bytes plain = rtpPacket(sequence, sequence % 50);
        Bytes packet = plain;
        ASSERT_TRUE(from->protectRtp(packet).ok());
        EXPECT_NE(packet, plain);
        ASSERT_TRUE(to->unprotectRtp(packet).ok());
        EXPECT_EQ(packet, plain);
        const Bytes report = rtcpPacket();
        packet = report;
        ASSERT_TRUE(from->protectRtcp(packet).ok());
        ASSERT_TRUE(to->unprotectRtcp(packet).ok());
        EXPECT_EQ(packet, report);
      }
    }
  }
}

TEST(SrtpSession, RefusesAReplayedPacket) {
  for (Profile profile : kProfiles) {
    Pair pair = makePair(profile);
    Bytes sealed = rtpPacket(7);
    ASSERT_TRUE(pair.client->protectRtp(sealed).ok());
    Bytes copy = sealed;
    ASSERT_TRUE(pair.server->unprotectRtp(copy).ok());
    copy = sealed;
    auto again = pair.server->unprotectRtp(copy);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error(), SrtpError::kReplay);

    sealed = rtcpPacket();
    ASSERT_TRUE(pair.client->protectRtcp(sealed).ok());
    copy = sealed;
    ASSERT_TRUE(pair.server->unprotectRtcp(copy).ok());
    copy = sealed;
    EXPECT_EQ(pair.server->unprotectRtcp(copy).error(), SrtpError::kReplay);
  }
}

TEST(SrtpSession, AcceptsPacketsOutOfOrderWithinItsWindow) {
  Pair pair = makePair(Profile::kAes128CmSha1_80);
  std::vector<Bytes> sealed;
  for (uint16_t sequence = 0; sequence < 1000; ++sequence) {
    sealed.push_back(rtpPacket(sequence, 10));
    ASSERT_TRUE(pair.client->protectRtp(sealed.back()).ok());
  }
  for (size_t i = sealed.size(); i-- > 0;) {
    EXPECT_TRUE(pair.server->unprotectRtp(sealed[i]).ok()) << i;
  }
}

TEST(SrtpSession, RefusesEveryBitFlipAndStaysUsable) {
  for (Profile profile : kProfiles) {
    Pair pair = makePair(profile);
    Bytes rtp = rtpPacket(1, 20);
    ASSERT_TRUE(pair.client->protectRtp(rtp).ok());
    Bytes rtcp = rtcpPacket();
    ASSERT_TRUE(pair.client->protectRtcp(rtcp).ok());
    for (size_t bit = 0; bit < rtp.size() * 8; ++bit) {
      Bytes copy = rtp;
      copy[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      EXPECT_FALSE(pair.server->unprotectRtp(copy).ok()) << bit;
    }
    for (size_t bit = 0; bit < rtcp.size() * 8; ++bit) {
      Bytes copy = rtcp;
      copy[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      EXPECT_FALSE(pair.server->unprotectRtcp(copy).ok()) << bit;
    }
    EXPECT_TRUE(pair.server->unprotectRtp(rtp).ok());
    EXPECT_TRUE(pair.server->unprotectRtcp(rtcp).ok());
  }
}

TEST(SrtpSession, RefusesEveryTruncation) {
  for (Profile profile : kProfiles) {
    Pair pair = makePair(profile);
    Bytes rtp = rtpPacket(1, 20);
    ASSERT_TRUE(pair.client->protectRtp(rtp).ok());
    Bytes rtcp = rtcpPacket();
    ASSERT_TRUE(pair.client->protectRtcp(rtcp).ok());
    for (size_t size = 0; size < rtp.size(); ++size) {
      Bytes copy(rtp.begin(), rtp.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(pair.server->unprotectRtp(copy).ok()) << size;
    }
    for (size_t size = 0; size < rtcp.size(); ++size) {
      Bytes copy(rtcp.begin(), rtcp.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(pair.server->unprotectRtcp(copy).ok()) << size;
    }
    EXPECT_TRUE(pair.server->unprotectRtp(rtp).ok());
  }
}

TEST(SrtpSession, RefusesPacketsWhoseHeaderRunsPastTheirEnd) {
  Pair pair = makePair(Profile::kAes128CmSha1_80);
  Bytes packet = rtpPacket(1, 4);
  packet[0] = 0x9f;  // 15 contributing sources and an extension
  Bytes before = packet;
  EXPECT_EQ(pair.client->protectRtp(packet).error(), SrtpError::kMalformed);
  EXPECT_EQ(packet, before);
  packet = Bytes(11);
  EXPECT_EQ(pair.client->protectRtp(packet).error(), SrtpError::kMalformed);
  packet = Bytes(7);
  EXPECT_EQ(pair.client->protectRtcp(packet).error(), SrtpError::kMalformed);
}

TEST(SrtpSession, SamePacketMayBeSentAgain) {
  Pair pair = makePair(Profile::kAes128CmSha1_80);
  Bytes first = rtpPacket(3);
  Bytes second = first;
  ASSERT_TRUE(pair.client->protectRtp(first).ok());
  ASSERT_TRUE(pair.client->protectRtp(second).ok());
  EXPECT_EQ(first, second);
}

TEST(SrtpSession, DirectionsHaveKeysOfTheirOwn) {
  Pair pair = makePair(Profile::kAes128CmSha1_80);
  Bytes packet = rtpPacket(1);
  ASSERT_TRUE(pair.client->protectRtp(packet).ok());
  EXPECT_EQ(pair.client->unprotectRtp(packet).error(), SrtpError::kAuthentication);
}

TEST(SrtpSession, SessionsDoNotShareKeys) {
  Pair one = makePair(Profile::kAes128CmSha1_80, 1);
  Pair other = makePair(Profile::kAes128CmSha1_80, 2);
  Bytes packet = rtpPacket(1);
  ASSERT_TRUE(one.client->protectRtp(packet).ok());
  EXPECT_EQ(other.server->unprotectRtp(packet).error(), SrtpError::kAuthentication);
}

TEST(SrtpSession, RefusesKeyingMaterialOfAnotherLength) {
  for (Profile profile : kProfiles) {
    for (size_t length :
         {size_t{0}, keyingMaterialLength(profile) - 1, keyingMaterialLength(profile) + 1}) {
      auto session = Session::create(profile, DtlsRole::kClient, Bytes(length));
      ASSERT_FALSE(session.ok());
      EXPECT_EQ(session.error(), SrtpError::kBadKeyingMaterial);
    }
  }
}

TEST(SrtpProfile, LengthsAreThoseOfTheRfcs) {
  EXPECT_EQ(keyingMaterialLength(Profile::kAes128CmSha1_80), 60u);
  EXPECT_EQ(keyingMaterialLength(Profile::kAes128CmSha1_32), 60u);
  EXPECT_EQ(keyingMaterialLength(Profile::kAeadAes128Gcm), 56u);
  EXPECT_EQ(keyingMaterialLength(Profile::kAeadAes256Gcm), 88u);
  EXPECT_EQ(profileFromIana(1), Profile::kAes128CmSha1_80);
  EXPECT_EQ(profileFromIana(5), std::nullopt);
}

}  // namespace
}  // namespace rtc::srtp
