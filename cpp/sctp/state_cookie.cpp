#include "cpp/sctp/state_cookie.h"

#include <bit>

#include "cpp/base/constant_time.h"

namespace rtc::sctp {
namespace {

constexpr size_t kMacSize = 8;
constexpr uint8_t kForwardTsnBit = 1;
constexpr uint8_t kReConfigBit = 2;
constexpr uint8_t kZeroChecksumBit = 4;
constexpr uint8_t kInterleavingBit = 8;
constexpr uint8_t kIForwardTsnBit = 16;
constexpr uint8_t kPaddingBit = 32;

uint8_t bitsOf(const Extensions& extensions) {
  return static_cast<uint8_t>(
      (extensions.forwardTsn ? kForwardTsnBit : 0) | (extensions.reConfig ? kReConfigBit : 0) |
      (extensions.zeroChecksum ? kZeroChecksumBit : 0) |
      (extensions.interleaving ? kInterleavingBit : 0) |
      (extensions.iForwardTsn ? kIForwardTsnBit : 0) | (extensions.padding ? kPaddingBit : 0));
}

Extensions extensionsOf(uint8_t bits) {
  Extensions extensions;
  extensions.forwardTsn = (bits & kForwardTsnBit) != 0;
  extensions.reConfig = (bits & kReConfigBit) != 0;
  extensions.zeroChecksum = (bits & kZeroChecksumBit) != 0;
  extensions.interleaving = (bits & kInterleavingBit) != 0;
  extensions.iForwardTsn = (bits & kIForwardTsnBit) != 0;
  extensions.padding = (bits & kPaddingBit) != 0;
  return extensions;
}

uint64_t littleEndian64(const uint8_t* p, size_t count = 8) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i)
    value |= static_cast<uint64_t>(p[i]) << (8 * i);
  return value;
}

Bytes macOf(const std::array<uint64_t, 2>& key, ByteSpan data) {
  ByteWriter writer(kMacSize);
  writer.u64(sipHash24(key, data));
  return writer.take();
}

}  // namespace

uint64_t sipHash24(const std::array<uint64_t, 2>& key, ByteSpan data) {
  uint64_t v0 = 0x736f6d6570736575u ^ key[0];
  uint64_t v1 = 0x646f72616e646f6du ^ key[1];
  uint64_t v2 = 0x6c7967656e657261u ^ key[0];
  uint64_t v3 = 0x7465646279746573u ^ key[1];
  const auto round = [&] {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  };
  const auto compress = [&](uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  };
  const size_t whole = data.size() / 8 * 8;
  for (size_t i = 0; i < whole; i += 8)
    compress(littleEndian64(data.data() + i));
  compress(littleEndian64(data.data() + whole, data.size() - whole) |
           static_cast<uint64_t>(data.size() & 0xff) << 56);
  v2 ^= 0xff;
  for (int i = 0; i < 4; ++i)
    round();
  return v0 ^ v1 ^ v2 ^ v3;
}

bool CookieJar::makeKey(RandomSource& random) {
  std::array<uint8_t, 16> bytes{};
  hasKey_ = random.fill(bytes);
  key_ = {littleEndian64(bytes.data()), littleEndian64(bytes.data() + 8)};
  return hasKey_;
}

Bytes CookieJar::seal(const StateCookie& cookie) const {
  ByteWriter writer(64);
  writer.u32(cookie.localTag.value());
  writer.u32(cookie.localInitialTsn.value());
  writer.u32(cookie.peerTag.value());
  writer.u32(cookie.peerInitialTsn.value());
  writer.u32(cookie.peerReceiveWindow);
  writer.u16(cookie.peerOutgoingStreams);
  writer.u16(cookie.peerIncomingStreams);
  writer.u8(bitsOf(cookie.peerExtensions));
  writer.zeros(3);
  writer.u32(cookie.localTieTag.value());
  writer.u32(cookie.peerTieTag.value());
  writer.u64(static_cast<uint64_t>(cookie.createdAt.us()));
  writer.bytes(macOf(key_, writer.view()));
  return writer.take();
}

std::optional<StateCookie> CookieJar::open(ByteSpan sealed) const {
  if (!hasKey_ || sealed.size() < kMacSize)
    return std::nullopt;
  const ByteSpan content = sealed.first(sealed.size() - kMacSize);
  if (!constantTimeEqual(macOf(key_, content), sealed.last(kMacSize)))
    return std::nullopt;
  ByteReader reader(content);
  if (reader.remaining() != 44)
    return std::nullopt;
  StateCookie cookie;
  cookie.localTag = VerificationTag(*reader.u32());
  cookie.localInitialTsn = Tsn(*reader.u32());
  cookie.peerTag = VerificationTag(*reader.u32());
  cookie.peerInitialTsn = Tsn(*reader.u32());
  cookie.peerReceiveWindow = *reader.u32();
  cookie.peerOutgoingStreams = *reader.u16();
  cookie.peerIncomingStreams = *reader.u16();
  cookie.peerExtensions = extensionsOf(*reader.u8());
  (void)reader.skip(3);
  cookie.localTieTag = VerificationTag(*reader.u32());
  cookie.peerTieTag = VerificationTag(*reader.u32());
  cookie.createdAt = Timestamp::microseconds(static_cast<int64_t>(*reader.u64()));
  return cookie;
}

}  // namespace rtc::sctp
