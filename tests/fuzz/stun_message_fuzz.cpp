// Reads any bytes as a STUN message; what is accepted must survive being written again.

#include <cstdlib>

#include "cpp/stun/message.h"

using rtc::Bytes;
using rtc::ByteSpan;
using rtc::stun::AttributeType;
using rtc::stun::Message;
using rtc::stun::MessageBuilder;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

void readEverything(const Message& message) {
  for (const auto& attribute : message.attributes()) {
    const auto type = static_cast<AttributeType>(attribute.type);
    require(message.has(type));
    (void)message.u8(type);
    (void)message.u16(type);
    (void)message.u32(type);
    (void)message.u64(type);
    (void)message.text(type);
    (void)message.address(type);
    (void)message.xorAddress(type);
    (void)message.xorAddresses(type);
  }
  (void)message.errorCode();
  (void)message.mappedAddress();
  (void)message.unknownAttributes();
  (void)message.unknownRequired();
  (void)message.verifyIntegrity(rtc::asBytes("VOkJxbRl1RmTxUk/WvJxBt"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan bytes(data, size);
  (void)rtc::stun::classify(bytes);
  const auto parsed = Message::parse(bytes);
  if (!parsed.ok())
    return 0;
  require(rtc::stun::isStun(bytes));
  const Message& message = *parsed;
  readEverything(message);

  MessageBuilder builder(message.messageClass(), message.method(), message.transactionId());
  for (const auto& attribute : message.attributes()) {
    const auto type = static_cast<AttributeType>(attribute.type);
    if (type == AttributeType::kFingerprint)
      continue;
    builder.bytes(type, attribute.value);
  }
  builder.fingerprint();
  const Bytes again = builder.build();
  if (again.empty())
    return 0;  // FINGERPRINT did not fit behind 65535 bytes
  const auto reparsed = Message::parse(again);
  require(reparsed.ok());
  require(reparsed->is(message.messageClass(), message.method()));
  require(reparsed->transactionId() == message.transactionId());
  require(reparsed->attributes().size() ==
          message.attributes().size() + (message.hasFingerprint() ? 0 : 1));
  return 0;
}
