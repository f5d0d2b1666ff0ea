#include "cpp/stun/message.h"

#include <gtest/gtest.h>

#include "cpp/stun/crypto.h"

namespace rtc::stun {
namespace {

Bytes fromHex(std::string_view hex) {
  Bytes bytes;
  int high = -1;
  for (char c : hex) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0)
      continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

// RFC 5769 section 2.1.
const Bytes kSampleRequest = fromHex(
    "00010058 2112a442 b7e7a701 bc34d686 fa87dfae"
    "80220010 5354554e 20746573 7420636c 69656e74"
    "00240004 6e0001ff"
    "80290008 932ff9b1 51263b36"
    "00060009 6576746a 3a683676 59202020"
    "00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2"
    "80280004 e57a3bcf");
// RFC 5769 section 2.2.
const Bytes kSampleIpv4Response = fromHex(
    "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae"
    "8022000b 74657374 20766563 746f7220"
    "00200008 0001a147 e112a643"
    "00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7"
    "80280004 c07d4c96");
// RFC 5769 section 2.3.
const Bytes kSampleIpv6Response = fromHex(
    "01010048 2112a442 b7e7a701 bc34d686 fa87dfae"
    "8022000b 74657374 20766563 746f7220"
    "00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9"
    "00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41"
    "80280004 c8fb0b4c");
// RFC 5769 section 2.4.
const Bytes kSampleLongTermRequest = fromHex(
    "00010060 2112a442 78ad3433 c6ad72c0 29da412e"
    "00060012 e3839ee3 8388e383 aae38383 e382afe3 82b90000"
    "0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341"
    "0014000b 6578616d 706c652e 6f726700"
    "00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666");
constexpr std::string_view kSamplePassword = "VOkJxbRl1RmTxUk/WvJxBt";
constexpr std::string_view kMatrix = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";

TransactionId testId() {
  TransactionId id;
  for (size_t i = 0; i < id.bytes.size(); ++i)
    id.bytes[i] = static_cast<uint8_t>(i + 1);
  return id;
}

MessageBuilder request(Method method = Method::kBinding) {
  return MessageBuilder(MessageClass::kRequest, method, testId());
}

ParseError errorOf(ByteSpan bytes) {
  auto parsed = Message::parse(bytes);
  EXPECT_FALSE(parsed.ok());
  return parsed.ok() ? ParseError::kBadFingerprint : parsed.error();
}

TEST(StunMessage, ReadsTheSampleRequestOfRfc5769) {
  auto parsed = Message::parse(kSampleRequest);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->is(MessageClass::kRequest, Method::kBinding));
  EXPECT_EQ(parsed->text(AttributeType::kSoftware), "STUN test client");
  EXPECT_EQ(parsed->u32(AttributeType::kPriority), 0x6e0001ffu);
  EXPECT_EQ(parsed->u64(AttributeType::kIceControlled), 0x932ff9b151263b36u);
  EXPECT_EQ(parsed->text(AttributeType::kUsername), "evtj:h6vY");
  EXPECT_TRUE(parsed->hasFingerprint());
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes(kSamplePassword)));
  EXPECT_FALSE(parsed->verifyIntegrity(asBytes("VOkJxbRl1RmTxUk/WvJxBu")));
  EXPECT_FALSE(parsed->verifyIntegrity({}));
}

TEST(StunMessage, ReadsTheSampleIpv4ResponseOfRfc5769) {
  auto parsed = Message::parse(kSampleIpv4Response);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->is(MessageClass::kSuccess, Method::kBinding));
  ASSERT_TRUE(parsed->mappedAddress());
  EXPECT_EQ(parsed->mappedAddress()->toString(), "192.0.2.1:32853");
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes(kSamplePassword)));
}

TEST(StunMessage, ReadsTheSampleIpv6ResponseOfRfc5769) {
  auto parsed = Message::parse(kSampleIpv6Response);
  ASSERT_TRUE(parsed.ok());
  ASSERT_TRUE(parsed->mappedAddress());
  EXPECT_EQ(parsed->mappedAddress()->toString(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes(kSamplePassword)));
}

TEST(StunMessage, ReadsTheSampleLongTermRequestOfRfc5769) {
  auto parsed = Message::parse(kSampleLongTermRequest);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text(AttributeType::kUsername), kMatrix);
  EXPECT_EQ(parsed->text(AttributeType::kNonce), "f//499k954d6OL34oL9FSTvy64sA");
  EXPECT_EQ(parsed->text(AttributeType::kRealm), "example.org");
  EXPECT_FALSE(parsed->hasFingerprint());
  EXPECT_TRUE(parsed->verifyIntegrity(longTermKey(kMatrix, "example.org", "TheMatrIX")));
  EXPECT_FALSE(parsed->verifyIntegrity(longTermKey(kMatrix, "example.com", "TheMatrIX")));
}

TEST(StunMessage, ComputesTheUserHashOfRfc8489) {
  EXPECT_EQ(userHash(kMatrix, "example.org"),
            fromHex("4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"));
}

TEST(StunMessage, WritesTheSampleResponseOfRfc5769ButForItsPadding) {
  auto sample = Message::parse(kSampleIpv4Response);
  ASSERT_TRUE(sample.ok());
  const Bytes built =
      MessageBuilder(MessageClass::kSuccess, Method::kBinding, sample->transactionId())
          .text(AttributeType::kSoftware, "test vector")
          .xorAddress(AttributeType::kXorMappedAddress, *sample->mappedAddress())
          .integrity(asBytes(kSamplePassword))
          .fingerprint()
          .build();
  ASSERT_EQ(built.size(), kSampleIpv4Response.size());
  EXPECT_EQ(toBytes(ByteSpan(built).first(20)), toBytes(ByteSpan(kSampleIpv4Response).first(20)));
  auto parsed = Message::parse(built);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes(kSamplePassword)));
}

TEST(StunMessage, EncodesEveryClassAndMethod) {
  for (auto klass : {MessageClass::kRequest, MessageClass::kIndication, MessageClass::kSuccess,
                     MessageClass::kError}) {
    for (uint16_t method = 0; method < 0x1000; ++method) {
      const Bytes bytes = MessageBuilder(klass, static_cast<Method>(method), testId()).build();
      ASSERT_EQ(bytes[0] & 0xc0, 0);
      auto parsed = Message::parse(bytes);
      ASSERT_TRUE(parsed.ok());
      ASSERT_TRUE(parsed->is(klass, static_cast<Method>(method)));
    }
  }
  // RFC 8656 section 17: Allocate success is 0x0103, Data indication 0x0017.
  EXPECT_EQ(MessageBuilder(MessageClass::kSuccess, Method::kAllocate, testId()).build()[1], 0x03);
  EXPECT_EQ(MessageBuilder(MessageClass::kIndication, Method::kData, testId()).build()[1], 0x17);
}

TEST(StunMessage, RoundTripsEveryKindOfValue) {
  const Endpoint v4{*IpAddress::parse("203.0.113.9"), 49152};
  const Endpoint v6{*IpAddress::parse("2001:db8::9"), 1};
  const Bytes bytes = request()
                          .u32(AttributeType::kLifetime, 600)
                          .u64(AttributeType::kIceControlling, 0x0102030405060708u)
                          .flag(AttributeType::kUseCandidate)
                          .text(AttributeType::kRealm, "r")
                          .address(AttributeType::kAlternateServer, v6)
                          .xorAddress(AttributeType::kXorPeerAddress, v4)
                          .xorAddress(AttributeType::kXorPeerAddress, v6)
                          .error(487, "Role Conflict")
                          .unknownAttributes({0x7777, 0x0033})
                          .build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->u32(AttributeType::kLifetime), 600u);
  EXPECT_EQ(parsed->u64(AttributeType::kIceControlling), 0x0102030405060708u);
  EXPECT_TRUE(parsed->has(AttributeType::kUseCandidate));
  EXPECT_EQ(parsed->text(AttributeType::kRealm), "r");
  EXPECT_EQ(parsed->address(AttributeType::kAlternateServer), v6);
  EXPECT_EQ(parsed->xorAddresses(AttributeType::kXorPeerAddress), (std::vector{v4, v6}));
  ASSERT_TRUE(parsed->errorCode());
  EXPECT_EQ(parsed->errorCode()->code, 487);
  EXPECT_EQ(parsed->errorCode()->reason, "Role Conflict");
  EXPECT_EQ(parsed->unknownAttributes(), (std::vector<uint16_t>{0x7777, 0x0033}));
}

TEST(StunMessage, RejectsAnAttributeThatRunsPastTheEnd) {
  Bytes bytes = request().text(AttributeType::kSoftware, "abcd").build();
  bytes[23] = 5;
  EXPECT_EQ(errorOf(bytes), ParseError::kTruncatedAttribute);
}

TEST(StunMessage, RejectsWhatIsNotExactlyOneMessage) {
  const Bytes whole = request().text(AttributeType::kSoftware, "abcd").build();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(errorOf(ByteSpan(whole).first(size)), ParseError::kTooShort) << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_EQ(errorOf(longer), ParseError::kBadLength);
  Bytes odd = whole;
  odd[3] = 7;
  EXPECT_EQ(errorOf(odd), ParseError::kBadLength);
  Bytes cookie = whole;
  cookie[4] ^= 1;
  EXPECT_EQ(errorOf(cookie), ParseError::kNotStun);
  Bytes bits = whole;
  bits[0] |= 0x40;
  EXPECT_EQ(errorOf(bits), ParseError::kNotStun);
}

TEST(StunMessage, RejectsAFlippedBitByTheFingerprint) {
  for (size_t at = 20; at < kSampleRequest.size(); ++at) {
    Bytes damaged = kSampleRequest;
    damaged[at] ^= 0x10;
    auto parsed = Message::parse(damaged);
    EXPECT_FALSE(parsed.ok() && parsed->hasFingerprint()) << at;
  }
}

TEST(StunMessage, RejectsAnAttributeBehindTheFingerprint) {
  const Bytes bytes = request().fingerprint().flag(AttributeType::kUseCandidate).build();
  EXPECT_FALSE(Message::parse(bytes).ok());
  const Bytes twice = request().fingerprint().fingerprint().build();
  EXPECT_FALSE(Message::parse(twice).ok());
}

TEST(StunMessage, IgnoresAttributesBehindTheIntegrity) {
  const Bytes bytes = request()
                          .u32(AttributeType::kPriority, 1)
                          .integrity(asBytes("key"))
                          .flag(AttributeType::kUseCandidate)
                          .bytes(static_cast<AttributeType>(0x7abc), {})
                          .fingerprint()
                          .build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->hasFingerprint());
  EXPECT_FALSE(parsed->has(AttributeType::kUseCandidate));
  EXPECT_TRUE(parsed->unknownRequired().empty());
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes("key")));
}

TEST(StunMessage, VerifiesTheStrongerOfTwoIntegrities) {
  const auto build = [](std::string_view sha1Key, std::string_view sha256Key) {
    return request()
        .integrity(asBytes(sha1Key))
        .integrity(asBytes(sha256Key), IntegrityAlgorithm::kSha256)
        .fingerprint()
        .build();
  };
  const Bytes both = build("key", "key");
  auto parsed = Message::parse(both);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->integrity(), IntegrityAlgorithm::kSha256);
  EXPECT_TRUE(parsed->verifyIntegrity(asBytes("key")));
  const Bytes weakOnly = build("key", "other");
  auto forged = Message::parse(weakOnly);
  ASSERT_TRUE(forged.ok());
  EXPECT_FALSE(forged->verifyIntegrity(asBytes("key")));
}

TEST(StunMessage, AcceptsATruncatedSha256IntegrityDownToSixteenBytes) {
  for (size_t size : {12u, 16u, 20u, 28u, 32u, 36u}) {
    ByteWriter writer(request().u32(AttributeType::kPriority, 7).build());
    const size_t before = writer.size();
    writer.u16(0x001c);
    writer.u16(static_cast<uint16_t>(size));
    writer.zeros(size);
    writer.patchU16(2, static_cast<uint16_t>(writer.size() - kHeaderSize));
    std::array<uint8_t, kSha256Size> mac{};
    ASSERT_TRUE(hmac(Hash::kSha256, asBytes("key"), {writer.view().first(before)}, mac));
    for (size_t i = 0; i < std::min(size, mac.size()); ++i) {
      writer.mutableView()[before + 4 + i] = mac[i];
    }
    const Bytes bytes = writer.take();
    auto parsed = Message::parse(bytes);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->verifyIntegrity(asBytes("key")), size >= 16 && size <= 32) << size;
  }
}

TEST(StunMessage, ReportsEachUnknownRequiredAttributeOnce) {
  const Bytes bytes = request()
                          .bytes(static_cast<AttributeType>(0x7001), {})
                          .bytes(static_cast<AttributeType>(0xc001), {})
                          .bytes(static_cast<AttributeType>(0x0003), {})
                          .bytes(static_cast<AttributeType>(0x7001), {})
                          .flag(AttributeType::kUseCandidate)
                          .build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->unknownRequired(), (std::vector<uint16_t>{0x7001, 0x0003}));
}

TEST(StunMessage, TakesTheFirstOfRepeatedAttributes) {
  const Bytes bytes =
      request().u32(AttributeType::kPriority, 1).u32(AttributeType::kPriority, 2).build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->u32(AttributeType::kPriority), 1u);
}

TEST(StunMessage, GivesNoValueForAMalformedAttribute) {
  const Bytes three{1, 2, 3};
  const Bytes badFamily{0, 3, 0, 1, 1, 2, 3, 4};
  const Bytes shortV6{0, 2, 0, 1, 1, 2, 3, 4};
  const Bytes badClass{0, 0, 7, 0};
  const Bytes badNumber{0, 0, 4, 100};
  const Bytes bytes = request()
                          .bytes(AttributeType::kPriority, three)
                          .bytes(AttributeType::kIceControlling, three)
                          .bytes(AttributeType::kChannelNumber, three)
                          .bytes(AttributeType::kEvenPort, three)
                          .bytes(AttributeType::kXorMappedAddress, badFamily)
                          .bytes(AttributeType::kXorPeerAddress, shortV6)
                          .bytes(AttributeType::kErrorCode, badClass)
                          .build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->u32(AttributeType::kPriority));
  EXPECT_FALSE(parsed->u64(AttributeType::kIceControlling));
  EXPECT_FALSE(parsed->u16(AttributeType::kChannelNumber));
  EXPECT_FALSE(parsed->u8(AttributeType::kEvenPort));
  EXPECT_FALSE(parsed->mappedAddress());
  EXPECT_FALSE(parsed->xorAddresses(AttributeType::kXorPeerAddress));
  EXPECT_FALSE(parsed->errorCode());
  const Bytes number = request().bytes(AttributeType::kErrorCode, badNumber).build();
  EXPECT_FALSE(Message::parse(number)->errorCode());
}

TEST(StunMessage, BuildsNothingWhenTheAttributesDoNotFit) {
  const Bytes big(40000);
  EXPECT_FALSE(request().bytes(AttributeType::kData, big).build().empty());
  EXPECT_TRUE(request()
                  .bytes(AttributeType::kData, big)
                  .bytes(AttributeType::kData, big)
                  .integrity(asBytes("key"))
                  .fingerprint()
                  .build()
                  .empty());
  EXPECT_TRUE(request().integrity({}).build().empty());
}

TEST(StunMessage, AnswersARequestWithItsMethodAndTransaction) {
  const Bytes bytes = request(Method::kRefresh).build();
  auto parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed.ok());
  const Bytes answer = MessageBuilder::errorTo(*parsed, kStaleNonce).build();
  auto error = Message::parse(answer);
  ASSERT_TRUE(error.ok());
  EXPECT_TRUE(error->is(MessageClass::kError, Method::kRefresh));
  EXPECT_EQ(error->transactionId(), testId());
  EXPECT_EQ(error->errorCode()->code, 438);
  EXPECT_EQ(error->errorCode()->reason, "Stale Nonce");
}

TEST(StunDemux, SortsPacketsByTheirFirstByte) {
  const auto kindOf = [](int first) {
    const Bytes packet{static_cast<uint8_t>(first), 0};
    return classify(packet);
  };
  EXPECT_EQ(kindOf(0), PacketKind::kStun);
  EXPECT_EQ(kindOf(3), PacketKind::kStun);
  EXPECT_EQ(kindOf(4), PacketKind::kUnknown);
  EXPECT_EQ(kindOf(16), PacketKind::kZrtp);
  EXPECT_EQ(kindOf(19), PacketKind::kZrtp);
  EXPECT_EQ(kindOf(20), PacketKind::kDtls);
  EXPECT_EQ(kindOf(63), PacketKind::kDtls);
  EXPECT_EQ(kindOf(64), PacketKind::kTurnChannel);
  EXPECT_EQ(kindOf(79), PacketKind::kTurnChannel);
  EXPECT_EQ(kindOf(80), PacketKind::kUnknown);
  EXPECT_EQ(kindOf(127), PacketKind::kUnknown);
  EXPECT_EQ(kindOf(128), PacketKind::kRtp);
  EXPECT_EQ(kindOf(191), PacketKind::kRtp);
  EXPECT_EQ(kindOf(192), PacketKind::kUnknown);
  EXPECT_EQ(classify({}), PacketKind::kUnknown);
}

TEST(StunDemux, KnowsAStunHeader) {
  EXPECT_TRUE(isStun(kSampleRequest));
  EXPECT_FALSE(isStun(ByteSpan(kSampleRequest).first(40)));
  Bytes cookieless = kSampleRequest;
  cookieless[7] = 0;
  EXPECT_FALSE(isStun(cookieless));
  EXPECT_FALSE(isStun({}));
}

TEST(StunTransactionId, DrawsDistinctIdsFromTheSource) {
  SeededRandom random(1);
  const auto first = TransactionId::random(random);
  const auto second = TransactionId::random(random);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
}

}  // namespace
}  // namespace rtc::stun
