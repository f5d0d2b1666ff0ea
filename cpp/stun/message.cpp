#include "cpp/stun/message.h"

#include <algorithm>

#include "cpp/base/constant_time.h"
#include "cpp/stun/crypto.h"

namespace rtc::stun {
namespace {

constexpr size_t kAttributeHeaderSize = 4;
constexpr uint32_t kFingerprintXor = 0x5354554e;  // RFC 8489 section 14.7
constexpr uint8_t kFamilyIpv4 = 0x01;
constexpr uint8_t kFamilyIpv6 = 0x02;
// RFC 8489 section 14.6: a truncated HMAC has at least 16 bytes and a multiple of four.
constexpr size_t kShortestSha256 = 16;

constexpr size_t padded(size_t size) {
  return (size + 3) & ~size_t{3};
}

bool isType(const Message::Attribute& attribute, AttributeType type) {
  return attribute.type == static_cast<uint16_t>(type);
}

std::optional<Endpoint> readAddress(ByteSpan value) {
  ByteReader reader(value);
  if (!reader.skip(1))
    return std::nullopt;
  const auto family = reader.u8();
  const auto port = reader.u16();
  if (!family || !port)
    return std::nullopt;
  const bool fits = (*family == kFamilyIpv4 && reader.remaining() == 4) ||
                    (*family == kFamilyIpv6 && reader.remaining() == 16);
  if (!fits)
    return std::nullopt;
  auto address = IpAddress::fromBytes(reader.rest());
  if (!address)
    return std::nullopt;
  return Endpoint{*address, *port};
}

// RFC 8489 section 14.2: the port with the cookie's upper half, the address with the cookie and
// then the transaction ID. Its own inverse.
Endpoint xored(const Endpoint& endpoint, const TransactionId& id) {
  std::array<uint8_t, 16> mask{0x21, 0x12, 0xa4, 0x42};
  std::copy(id.bytes.begin(), id.bytes.end(), mask.begin() + 4);
  Bytes address = toBytes(endpoint.address.bytes());
  for (size_t i = 0; i < address.size(); ++i)
    address[i] ^= mask[i];
  return Endpoint{*IpAddress::fromBytes(address),
                  static_cast<uint16_t>(endpoint.port ^ (kMagicCookie >> 16))};
}

void writeAddress(ByteWriter& writer, const Endpoint& endpoint) {
  writer.u8(0);
  writer.u8(endpoint.address.isV4() ? kFamilyIpv4 : kFamilyIpv6);
  writer.u16(endpoint.port);
  writer.bytes(endpoint.address.bytes());
}

// The class's two bits lie between the method's (RFC 8489 figure 3).
uint16_t messageType(MessageClass c, Method m) {
  const auto method = static_cast<uint16_t>(m);
  const auto klass = static_cast<uint16_t>(c);
  return static_cast<uint16_t>((method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2 |
                               (klass & 1) << 4 | (klass & 2) << 7);
}

}  // namespace

std::optional<TransactionId> TransactionId::random(RandomSource& random) {
  TransactionId id;
  if (!random.fill(id.bytes))
    return std::nullopt;
  return id;
}

Result<Message, ParseError> Message::parse(ByteSpan bytes) {
  ByteReader reader(bytes);
  const auto type = reader.u16();
  const auto length = reader.u16();
  const auto cookie = reader.u32();
  const auto id = reader.bytes(12);
  if (!id)
    return fail(ParseError::kTooShort);
  if ((*type & 0xc000) != 0 || *cookie != kMagicCookie)
    return fail(ParseError::kNotStun);
  if (*length % 4 != 0 || reader.remaining() > *length)
    return fail(ParseError::kBadLength);
  if (reader.remaining() < *length)
    return fail(ParseError::kTooShort);

  Message message;
  message.raw_ = bytes;
  message.class_ = static_cast<MessageClass>((*type >> 4 & 1) | (*type >> 7 & 2));
  message.method_ =
      static_cast<Method>((*type & 0x000f) | (*type >> 1 & 0x0070) | (*type >> 2 & 0x0f80));
  std::copy(id->begin(), id->end(), message.transactionId_.bytes.begin());

  bool sawSha1 = false;
  bool sawSha256 = false;
  while (!reader.atEnd()) {
    if (message.hasFingerprint_)
      return fail(ParseError::kMisplacedFingerprint);
    const size_t start = reader.position();
    Attribute attribute;
    const auto attributeType = reader.u16();
    const auto size = reader.u16();
    if (!attributeType || !size)
      return fail(ParseError::kTruncatedAttribute);
    attribute.type = *attributeType;
    const auto value = reader.bytes(*size);
    if (!value || !reader.skip(padded(*size) - *size)) {
      return fail(ParseError::kTruncatedAttribute);
    }
    attribute.value = *value;

    if (isType(attribute, AttributeType::kFingerprint)) {
      // The length covers FINGERPRINT already when it is computed, and it is the last attribute.
      const uint32_t expected = crc32(bytes.first(start)) ^ kFingerprintXor;
      if (ByteReader(attribute.value).u32() != expected || attribute.value.size() != 4) {
        return fail(ParseError::kBadFingerprint);
      }
      message.hasFingerprint_ = true;
    } else if (isType(attribute, AttributeType::kMessageIntegritySha256)) {
      if (sawSha256)
        continue;
      sawSha256 = true;
    } else if (sawSha1 || sawSha256) {
      continue;
    } else if (isType(attribute, AttributeType::kMessageIntegrity)) {
      sawSha1 = true;
    }
    message.attributes_.push_back(attribute);
  }
  return message;
}

std::optional<ByteSpan> Message::find(AttributeType type) const {
  for (const Attribute& attribute : attributes_) {
    if (isType(attribute, type))
      return attribute.value;
  }
  return std::nullopt;
}

std::optional<uint8_t> Message::u8(AttributeType type) const {
  const auto value = find(type);
  if (!value || (value->size() != 1 && value->size() != 4))
    return std::nullopt;
  return (*value)[0];
}

std::optional<uint16_t> Message::u16(AttributeType type) const {
  const auto value = find(type);
  if (!value || value->size() != 4)
    return std::nullopt;
  return ByteReader(*value).u16();
}

std::optional<uint32_t> Message::u32(AttributeType type) const {
  const auto value = find(type);
  if (!value || value->size() != 4)
    return std::nullopt;
  return ByteReader(*value).u32();
}

std::optional<uint64_t> Message::u64(AttributeType type) const {
  const auto value = find(type);
  if (!value || value->size() != 8)
    return std::nullopt;
  return ByteReader(*value).u64();
}

std::optional<std::string_view> Message::text(AttributeType type) const {
  const auto value = find(type);
  if (!value)
    return std::nullopt;
  return asText(*value);
}

std::optional<Endpoint> Message::address(AttributeType type) const {
  const auto value = find(type);
  return value ? readAddress(*value) : std::nullopt;
}

std::optional<Endpoint> Message::xorAddress(AttributeType type) const {
  const auto endpoint = address(type);
  if (!endpoint)
    return std::nullopt;
  return xored(*endpoint, transactionId_);
}

std::optional<std::vector<Endpoint>> Message::xorAddresses(AttributeType type) const {
  std::vector<Endpoint> result;
  for (const Attribute& attribute : attributes_) {
    if (!isType(attribute, type))
      continue;
    const auto endpoint = readAddress(attribute.value);
    if (!endpoint)
      return std::nullopt;
    result.push_back(xored(*endpoint, transactionId_));
  }
  return result;
}

std::optional<Endpoint> Message::mappedAddress() const {
  if (const auto endpoint = xorAddress(AttributeType::kXorMappedAddress))
    return endpoint;
  return address(AttributeType::kMappedAddress);
}

std::optional<ErrorCode> Message::errorCode() const {
  const auto value = find(AttributeType::kErrorCode);
  if (!value)
    return std::nullopt;
  ByteReader reader(*value);
  if (!reader.skip(2))
    return std::nullopt;
  const auto hundreds = reader.u8();
  const auto number = reader.u8();
  if (!hundreds || !number)
    return std::nullopt;
  const int klass = *hundreds & 0x07;
  if (klass < 3 || klass > 6 || *number > 99)
    return std::nullopt;
  return ErrorCode{klass * 100 + *number, std::string(asText(reader.rest()))};
}

std::vector<uint16_t> Message::unknownAttributes() const {
  std::vector<uint16_t> types;
  const auto value = find(AttributeType::kUnknownAttributes);
  if (!value)
    return types;
  ByteReader reader(*value);
  while (const auto type = reader.u16())
    types.push_back(*type);
  return types;
}

std::vector<uint16_t> Message::unknownRequired() const {
  std::vector<uint16_t> types;
  for (const Attribute& attribute : attributes_) {
    if (isComprehensionRequired(attribute.type) && !isKnownAttribute(attribute.type) &&
        std::find(types.begin(), types.end(), attribute.type) == types.end()) {
      types.push_back(attribute.type);
      if (types.size() == kMostUnknown)
        break;
    }
  }
  return types;
}

std::optional<IntegrityAlgorithm> Message::integrity() const {
  if (has(AttributeType::kMessageIntegritySha256))
    return IntegrityAlgorithm::kSha256;
  if (has(AttributeType::kMessageIntegrity))
    return IntegrityAlgorithm::kSha1;
  return std::nullopt;
}

bool Message::verifyIntegrity(ByteSpan key) const {
  const auto algorithm = integrity();
  if (!algorithm)
    return false;
  const AttributeType type = *algorithm == IntegrityAlgorithm::kSha256
                                 ? AttributeType::kMessageIntegritySha256
                                 : AttributeType::kMessageIntegrity;
  for (const Attribute& attribute : attributes_) {
    if (isType(attribute, type))
      return verifyIntegrityAt(attribute, *algorithm, key);
  }
  return false;
}

bool Message::verifyIntegrityAt(const Attribute& attribute, IntegrityAlgorithm algorithm,
                                ByteSpan key) const {
  const size_t size = attribute.value.size();
  if (algorithm == IntegrityAlgorithm::kSha1) {
    if (size != kSha1Size)
      return false;
  } else if (size < kShortestSha256 || size > kSha256Size || size % 4 != 0) {
    return false;
  }
  // RFC 8489 section 14.5: the HMAC covers everything before the attribute, with a header length
  // that ends with the attribute, whatever follows it.
  const size_t end = static_cast<size_t>(attribute.value.data() - raw_.data()) + size;
  const size_t length = end - kHeaderSize;
  const std::array<uint8_t, 2> patched{static_cast<uint8_t>(length >> 8),
                                       static_cast<uint8_t>(length)};
  const ByteSpan before = raw_.first(end - size - kAttributeHeaderSize);
  std::array<uint8_t, kSha256Size> mac{};
  const bool sha1 = algorithm == IntegrityAlgorithm::kSha1;
  const MutableByteSpan out(mac.data(), sha1 ? kSha1Size : kSha256Size);
  if (!hmac(sha1 ? Hash::kSha1 : Hash::kSha256, key, {before.first(2), patched, before.subspan(4)},
            out)) {
    return false;
  }
  return constantTimeEqual(ByteSpan(mac.data(), size), attribute.value);
}

MessageBuilder::MessageBuilder(MessageClass messageClass, Method method, const TransactionId& id)
    : writer_(128), id_(id) {
  writer_.u16(messageType(messageClass, method));
  writer_.u16(0);
  writer_.u32(kMagicCookie);
  writer_.bytes(id.bytes);
}

MessageBuilder MessageBuilder::successTo(const Message& request) {
  return MessageBuilder(MessageClass::kSuccess, request.method(), request.transactionId());
}

MessageBuilder MessageBuilder::errorTo(const Message& request, int code) {
  MessageBuilder builder(MessageClass::kError, request.method(), request.transactionId());
  builder.error(code, reasonPhrase(code));
  return builder;
}

void MessageBuilder::setLength(size_t bodyEnd) {
  writer_.patchU16(2, static_cast<uint16_t>(bodyEnd - kHeaderSize));
}

MessageBuilder& MessageBuilder::bytes(AttributeType type, ByteSpan value) {
  const size_t end = writer_.size() + kAttributeHeaderSize + padded(value.size());
  if (broken_ || value.size() > 0xffff || end - kHeaderSize > 0xffff) {
    broken_ = true;
    return *this;
  }
  writer_.u16(static_cast<uint16_t>(type));
  writer_.u16(static_cast<uint16_t>(value.size()));
  writer_.bytes(value);
  writer_.align(4);
  setLength(writer_.size());
  return *this;
}

MessageBuilder& MessageBuilder::text(AttributeType type, std::string_view value) {
  return bytes(type, asBytes(value));
}

MessageBuilder& MessageBuilder::u32(AttributeType type, uint32_t value) {
  ByteWriter writer(4);
  writer.u32(value);
  return bytes(type, writer.view());
}

MessageBuilder& MessageBuilder::u64(AttributeType type, uint64_t value) {
  ByteWriter writer(8);
  writer.u64(value);
  return bytes(type, writer.view());
}

MessageBuilder& MessageBuilder::address(AttributeType type, const Endpoint& endpoint) {
  ByteWriter writer(20);
  writeAddress(writer, endpoint);
  return bytes(type, writer.view());
}

MessageBuilder& MessageBuilder::xorAddress(AttributeType type, const Endpoint& endpoint) {
  return address(type, xored(endpoint, id_));
}

MessageBuilder& MessageBuilder::error(int code, std::string_view reason) {
  ByteWriter writer(4 + reason.size());
  writer.u16(0);
  writer.u8(static_cast<uint8_t>(code / 100));
  writer.u8(static_cast<uint8_t>(code % 100));
  writer.text(reason);
  return bytes(AttributeType::kErrorCode, writer.view());
}

MessageBuilder& MessageBuilder::unknownAttributes(const std::vector<uint16_t>& types) {
  ByteWriter writer(2 * types.size());
  for (uint16_t type : types)
    writer.u16(type);
  return bytes(AttributeType::kUnknownAttributes, writer.view());
}

MessageBuilder& MessageBuilder::integrity(ByteSpan key, IntegrityAlgorithm algorithm) {
  // An empty key is one that could not be made; anybody could compute that HMAC.
  broken_ = broken_ || key.empty();
  const bool sha1 = algorithm == IntegrityAlgorithm::kSha1;
  const size_t size = sha1 ? kSha1Size : kSha256Size;
  const size_t before = writer_.size();
  const std::array<uint8_t, kSha256Size> placeholder{};
  bytes(sha1 ? AttributeType::kMessageIntegrity : AttributeType::kMessageIntegritySha256,
        ByteSpan(placeholder.data(), size));
  if (broken_)
    return *this;
  // The length in the header already ends with this attribute, as the HMAC wants it.
  if (!hmac(sha1 ? Hash::kSha1 : Hash::kSha256, key, {writer_.view().first(before)},
            writer_.mutableView().subspan(before + kAttributeHeaderSize, size))) {
    broken_ = true;
  }
  return *this;
}

MessageBuilder& MessageBuilder::fingerprint() {
  const size_t before = writer_.size();
  u32(AttributeType::kFingerprint, 0);
  if (broken_)
    return *this;
  writer_.patchU32(before + kAttributeHeaderSize,
                   crc32(writer_.view().first(before)) ^ kFingerprintXor);
  return *this;
}

Bytes MessageBuilder::build() {
  Bytes result = writer_.take();
  if (broken_)
    result.clear();
  return result;
}

}  // namespace rtc::stun
