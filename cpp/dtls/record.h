#pragma once

#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"

// RFC 6347 section 4.1:
//
//    0       1       2       3       4       5       6       7
//   +-------+-------+-------+-------+-------+-------+-------+-------+
//   | type  |    version    |     epoch     |   sequence number ... |
//   +-------+-------+-------+-------+-------+-------+-------+-------+
//   |   ... (48 bits)       |    length     |  fragment ...
//   +-------+-------+-------+-------+-------+-------+-------+

namespace rtc::dtls {

enum class ContentType : uint8_t {
  kChangeCipherSpec = 20,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = 23,
};

inline constexpr size_t kRecordHeaderSize = 13;
/// RFC 6347 section 4.1: the length MUST NOT exceed 2^14, plus what protection may add (RFC 5246
/// section 6.2.3).
inline constexpr size_t kMaxRecordLength = (1 << 14) + 2048;

/// One record, as views into the datagram that it came in.
struct Record {
  ContentType type = ContentType::kHandshake;
  uint16_t version = 0;
  uint16_t epoch = 0;
  uint64_t sequence = 0;
  ByteSpan payload;
  /// Header and payload.
  ByteSpan whole;
};

/// Takes the next record off `datagram`. Nullopt, and nothing more to be had from this datagram,
/// when what follows is no DTLS 1.0 or 1.2 record: unknown type, other version, empty, longer than
/// permitted or than the datagram.
std::optional<Record> readRecord(ByteReader& datagram);

// RFC 6347 section 4.2.2:
//
//   +----------+--------------------+-------------+-------------------+-------------------+
//   | msg_type |   length (24 bit)  | message_seq | fragment_offset 24| fragment_length 24|
//   +----------+--------------------+-------------+-------------------+-------------------+

inline constexpr size_t kHandshakeHeaderSize = 12;

enum class HandshakeType : uint8_t {
  kHelloRequest = 0,
  kClientHello = 1,
  kServerHello = 2,
  kHelloVerifyRequest = 3,
  kCertificate = 11,
  kServerKeyExchange = 12,
  kCertificateRequest = 13,
  kServerHelloDone = 14,
  kCertificateVerify = 15,
  kClientKeyExchange = 16,
  kFinished = 20,
};

/// A handshake message or a fragment of one.
struct HandshakeFragment {
  HandshakeType type = HandshakeType::kHelloRequest;
  uint32_t messageLength = 0;
  uint16_t messageSequence = 0;
  uint32_t offset = 0;
  ByteSpan body;
  /// Header and body.
  ByteSpan whole;
};

/// Takes the next fragment off a plaintext handshake record. Nullopt when it is truncated, reaches
/// beyond its message, or is empty without its message being so.
std::optional<HandshakeFragment> readHandshakeFragment(ByteReader& payload);

}  // namespace rtc::dtls
