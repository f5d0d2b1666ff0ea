#include "cpp/dtls/record_gate.h"

#include <algorithm>

#include <mbedtls/build_info.h>

namespace rtc::dtls {
namespace {

constexpr uint8_t kAlertLevelWarning = 1;
constexpr uint8_t kAlertLevelFatal = 2;
// A client answers each HelloVerifyRequest with the next message_seq; more rounds than this are
// nobody's who is honest.
constexpr uint16_t kMaxHelloRounds = 4;
// The reassembled message has to fit the library's input buffer.
constexpr size_t kMaxMessage = MBEDTLS_SSL_IN_CONTENT_LEN - kHandshakeHeaderSize;

}  // namespace

RecordGate::Admitted RecordGate::admit(const Record& record, bool awaitingHello) {
  Admitted result;
  if (record.epoch != 0 || seenBefore(record.sequence))
    return result;
  switch (record.type) {
    case ContentType::kApplicationData:
      return result;
    case ContentType::kChangeCipherSpec:
      if (awaitingHello || record.payload.size() != 1 || record.payload[0] != 1)
        return result;
      result.records.push_back(renumbered(record.type, record.version, record.payload));
      return result;
    case ContentType::kAlert:
      // Before its ClientHello a client has nothing to complain about.
      if (awaitingHello || record.payload.size() != 2)
        return result;
      if (record.payload[0] != kAlertLevelWarning && record.payload[0] != kAlertLevelFatal) {
        return result;
      }
      result.records.push_back(renumbered(record.type, record.version, record.payload));
      return result;
    case ContentType::kHandshake:
      break;
  }

  ByteReader reader(record.payload);
  while (!reader.atEnd()) {
    const std::optional<HandshakeFragment> fragment = readHandshakeFragment(reader);
    if (!fragment)
      break;
    if (!permits(*fragment, awaitingHello))
      continue;
    if (awaitingHello) {
      const HelloShape shape{fragment->messageLength, fragment->messageSequence};
      if (hello_ && *hello_ != shape) {
        result.startOver = true;
        result.records.clear();
      }
      hello_ = shape;
    }
    result.records.push_back(renumbered(record.type, record.version, fragment->whole));
  }
  return result;
}

bool RecordGate::seenBefore(uint64_t sequence) {
  const size_t filled = std::min(recentCount_, recent_.size());
  if (std::find(recent_.begin(), recent_.begin() + filled, sequence) != recent_.begin() + filled) {
    return true;
  }
  recent_[recentCount_++ % recent_.size()] = sequence;
  return false;
}

bool RecordGate::permits(const HandshakeFragment& fragment, bool awaitingHello) const {
  if (fragment.messageLength > kMaxMessage)
    return false;
  if (role_ == Role::kClient) {
    switch (fragment.type) {
      case HandshakeType::kHelloVerifyRequest:
        return fragment.messageSequence < kMaxHelloRounds;
      case HandshakeType::kServerHello:
      case HandshakeType::kCertificate:
      case HandshakeType::kServerKeyExchange:
      case HandshakeType::kCertificateRequest:
      case HandshakeType::kServerHelloDone:
        return true;
      default:
        return false;
    }
  }
  switch (fragment.type) {
    case HandshakeType::kClientHello:
      // A repeated ClientHello asks for our flight again; its first fragment is enough to ask.
      if (!awaitingHello)
        return fragment.offset == 0;
      return fragment.messageSequence < (cookieExchange_ ? kMaxHelloRounds : 1);
    case HandshakeType::kCertificate:
    case HandshakeType::kClientKeyExchange:
    case HandshakeType::kCertificateVerify:
      return !awaitingHello;
    default:
      return false;
  }
}

Bytes RecordGate::renumbered(ContentType type, uint16_t version, ByteSpan payload) {
  ByteWriter writer(kRecordHeaderSize + payload.size());
  writer.u8(static_cast<uint8_t>(type));
  writer.u16(version);
  writer.u64(nextSequence_++);  // epoch 0 and 48 bits
  writer.u16(static_cast<uint16_t>(payload.size()));
  writer.bytes(payload);
  return writer.take();
}

}  // namespace rtc::dtls
