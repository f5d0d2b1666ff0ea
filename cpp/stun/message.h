#pragma once

#include <array>
#include <compare>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/stun/attributes.h"
#include "cpp/stun/demux.h"
#include "cpp/stun/error_code.h"

// RFC 8489 section 5:
//
//       0                   1                   2                   3
//       0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//      |0 0|     STUN Message Type     |         Message Length        |
//      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//      |                     Magic Cookie = 0x2112A442                 |
//      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//      |                     Transaction ID (96 bits)                  |
//      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::stun {

enum class MessageClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

/// A message may carry any 12-bit method; these are the ones with a meaning here.
enum class Method : uint16_t {
  kBinding = 0x001,
  kAllocate = 0x003,
  kRefresh = 0x004,
  kSend = 0x006,
  kData = 0x007,
  kCreatePermission = 0x008,
  kChannelBind = 0x009,
};

/// 96 bits that tie a response to its request. They must be unpredictable (RFC 8489 section 5).
struct TransactionId {
  std::array<uint8_t, 12> bytes{};

  /// `std::nullopt` when the source fails.
  static std::optional<TransactionId> random(RandomSource& random);
  auto operator<=>(const TransactionId&) const = default;
};

enum class IntegrityAlgorithm { kSha1, kSha256 };

enum class ParseError {
  kTooShort,              ///< less than a header, or less than the header announces
  kNotStun,               ///< the top bits or the magic cookie are wrong
  kBadLength,             ///< the length is no multiple of four, or bytes follow the message
  kTruncatedAttribute,    ///< an attribute runs past the end of the message
  kMisplacedFingerprint,  ///< FINGERPRINT is not the last attribute
  kBadFingerprint,        ///< FINGERPRINT is there and wrong: this is not STUN, or it is damaged
};

/// A received message. It is a view: the bytes given to `parse` must outlive it (moving the vector
/// that holds them is fine).
class Message {
 public:
  struct Attribute {
    uint16_t type = 0;
    ByteSpan value;
  };

  /// Takes exactly one message. FINGERPRINT is verified when there is one. Attributes behind
  /// MESSAGE-INTEGRITY are ignored but for MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, behind
  /// MESSAGE-INTEGRITY-SHA256 but for FINGERPRINT (RFC 8489 sections 14.5 and 14.6).
  static Result<Message, ParseError> parse(ByteSpan bytes);

  MessageClass messageClass() const { return class_; }
  Method method() const { return method_; }
  bool is(MessageClass c, Method m) const { return class_ == c && method_ == m; }
  const TransactionId& transactionId() const { return transactionId_; }
  bool hasFingerprint() const { return hasFingerprint_; }
  /// The bytes it was parsed from.
  ByteSpan raw() const { return raw_; }

  /// All attributes that count, in order; MESSAGE-INTEGRITY* and FINGERPRINT among them.
  const std::vector<Attribute>& attributes() const { return attributes_; }
  bool has(AttributeType type) const { return find(type).has_value(); }
  /// The value of the first attribute of that type (RFC 8489 section 14: the others are ignored).
  std::optional<ByteSpan> find(AttributeType type) const;

  // Typed reads of the first attribute of that type. `std::nullopt` when it is absent or its form
  // is wrong; who must tell these apart asks `has`.
  std::optional<uint8_t> u8(AttributeType type) const;    ///< first of one or four bytes
  std::optional<uint16_t> u16(AttributeType type) const;  ///< first two of four bytes
  std::optional<uint32_t> u32(AttributeType type) const;
  std::optional<uint64_t> u64(AttributeType type) const;
  std::optional<std::string_view> text(AttributeType type) const;
  std::optional<Endpoint> address(AttributeType type) const;
  std::optional<Endpoint> xorAddress(AttributeType type) const;
  /// Every address of that type, for CreatePermission. `std::nullopt` when one of them is
  /// malformed.
  std::optional<std::vector<Endpoint>> xorAddresses(AttributeType type) const;
  /// XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of a server from before RFC 5389.
  std::optional<Endpoint> mappedAddress() const;
  std::optional<ErrorCode> errorCode() const;
  /// The content of UNKNOWN-ATTRIBUTES.
  std::vector<uint16_t> unknownAttributes() const;

  /// Comprehension-required attributes that this engine does not know: a request that has any is
  /// answered with 420, an indication or a response is dropped (RFC 8489 section 6.3). Each once,
  /// and no more than `kMostUnknown`: what a stranger sends decides neither how long the answer is
  /// nor how often the list is walked.
  std::vector<uint16_t> unknownRequired() const;
  static constexpr size_t kMostUnknown = 16;

  /// The strongest integrity attribute present.
  std::optional<IntegrityAlgorithm> integrity() const;
  /// Verifies the strongest MESSAGE-INTEGRITY* with `key`: the password itself for short-term
  /// credentials, `longTermKey()` for long-term ones. False as well when there is none or `key` is
  /// empty.
  bool verifyIntegrity(ByteSpan key) const;

 private:
  Message() = default;
  bool verifyIntegrityAt(const Attribute& attribute, IntegrityAlgorithm algorithm,
                         ByteSpan key) const;

  ByteSpan raw_;
  MessageClass class_ = MessageClass::kRequest;
  Method method_ = Method::kBinding;
  TransactionId transactionId_;
  bool hasFingerprint_ = false;
  std::vector<Attribute> attributes_;
};

/// Writes a message. Calls may be chained; the integrity attribute and then FINGERPRINT come last.
class MessageBuilder {
 public:
  MessageBuilder(MessageClass messageClass, Method method, const TransactionId& id);
  /// The success response to `request`.
  static MessageBuilder successTo(const Message& request);
  /// The error response to `request`, with ERROR-CODE and the registered reason phrase.
  static MessageBuilder errorTo(const Message& request, int code);

  MessageBuilder& bytes(AttributeType type, ByteSpan value);
  MessageBuilder& text(AttributeType type, std::string_view value);
  MessageBuilder& u32(AttributeType type, uint32_t value);
  MessageBuilder& u64(AttributeType type, uint64_t value);
  /// An attribute without a value: USE-CANDIDATE, DONT-FRAGMENT.
  MessageBuilder& flag(AttributeType type) { return bytes(type, {}); }
  MessageBuilder& address(AttributeType type, const Endpoint& endpoint);
  MessageBuilder& xorAddress(AttributeType type, const Endpoint& endpoint);
  MessageBuilder& error(int code, std::string_view reason);
  MessageBuilder& unknownAttributes(const std::vector<uint16_t>& types);
  /// Attributes after it are not protected. `key` must not be empty.
  MessageBuilder& integrity(ByteSpan key, IntegrityAlgorithm algorithm = IntegrityAlgorithm::kSha1);
  MessageBuilder& fingerprint();

  /// The message; the builder is empty afterwards. No bytes at all when the attributes did not fit
  /// into the 16-bit length, a key was empty or the cryptographic library failed.
  Bytes build();

 private:
  void setLength(size_t bodyEnd);

  ByteWriter writer_;
  TransactionId id_;
  bool broken_ = false;
};

}  // namespace rtc::stun

template <>
struct std::hash<rtc::stun::TransactionId> {
  size_t operator()(const rtc::stun::TransactionId& id) const noexcept {
    return std::hash<std::string_view>{}(rtc::asText(id.bytes));
  }
};
