// CVE-2020-4067: the padding of attributes in answers held what had been in that memory before,
// there.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/stun/crypto.h"
#include "cpp/stun/message.h"

namespace rtc::stun {
namespace {

Message parsed(const Bytes& bytes) {
  const auto message = Message::parse(bytes);
  EXPECT_TRUE(message.ok());
  return *message;
}

TEST(StunPaddingLeak, PaddingIsOfZerosWhateverWasInMemory) {
  SeededRandom random(1);
  for (int length = 0; length < 40; ++length) {
    {
      // What the next allocations may get.
      std::vector<Bytes> dirt(64, Bytes(static_cast<size_t>(64 + length), 0xee));
    }
    const std::string text(static_cast<size_t>(length), 'x');
    MessageBuilder builder(MessageClass::kRequest, Method::kBinding,
                           *TransactionId::random(random));
    builder.text(AttributeType::kSoftware, text);
    const Bytes bytes = builder.build();
    const size_t from = 20 + 4 + text.size();
    ASSERT_EQ(bytes.size(), (from + 3) / 4 * 4);
    for (size_t i = from; i < bytes.size(); ++i)
      EXPECT_EQ(bytes[i], 0) << length;
  }
}

TEST(StunPaddingLeak, AnErrorSaysNothingOfTheRequestButItsTransaction) {
  SeededRandom random(2);
  MessageBuilder request(MessageClass::kRequest, Method::kBinding, *TransactionId::random(random));
  request.text(AttributeType::kUsername, "somebody:else");
  const Bytes bytes = request.build();
  const Bytes answer = MessageBuilder::errorTo(parsed(bytes), 401).fingerprint().build();
  const std::string_view name = "somebody";
  EXPECT_EQ(std::search(answer.begin(), answer.end(), name.begin(), name.end()), answer.end());
  EXPECT_LE(answer.size(), 64u);
}

TEST(StunIntegrity, TruncatedToLessThanTheRfcAllowsIsNone) {
  // RFC 8489 section 14.6: at least 16 of 32 bytes. One byte would be guessed in 256 tries.
  SeededRandom random(3);
  const Bytes key(16, 9);
  for (size_t size = 0; size <= 32; size += 4) {
    MessageBuilder builder(MessageClass::kRequest, Method::kBinding,
                           *TransactionId::random(random));
    builder.integrity(key, IntegrityAlgorithm::kSha256);
    Bytes bytes = builder.build();
    bytes.resize(bytes.size() - (32 - size));
    bytes[3] = static_cast<uint8_t>(bytes.size() - 20);
    bytes[23] = static_cast<uint8_t>(size);
    // The MAC over a header that says the shorter length.
    const Bytes header(bytes.begin(), bytes.begin() + 20);
    Bytes mac(kSha256Size);
    ASSERT_TRUE(hmac(Hash::kSha256, key, {header}, mac));
    std::copy_n(mac.begin(), size, bytes.begin() + 24);
    const auto message = Message::parse(bytes);
    const bool accepted = message.ok() && message->verifyIntegrity(key);
    EXPECT_EQ(accepted, size >= 16) << size;
  }
}

}  // namespace
}  // namespace rtc::stun
