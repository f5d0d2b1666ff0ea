#pragma once

// Handshake messages made up or changed on their way.

#include <cstdint>
#include <functional>
#include <vector>

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {

/// Part of a handshake message, as a record: `length` is what its header says of the whole.
inline Bytes fragmentRecord(HandshakeType type, uint16_t message, size_t length, size_t offset,
                            ByteSpan body, uint64_t record) {
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(ContentType::kHandshake));
  writer.u16(0xfefd);
  writer.u64(record);
  writer.u16(static_cast<uint16_t>(kHandshakeHeaderSize + body.size()));
  writer.u8(static_cast<uint8_t>(type));
  writer.u24(static_cast<uint32_t>(length));
  writer.u16(message);
  writer.u24(static_cast<uint32_t>(offset));
  writer.u24(static_cast<uint32_t>(body.size()));
  writer.bytes(body);
  return writer.take();
}
inline Bytes messageRecord(HandshakeType type, uint16_t message, ByteSpan body, uint64_t record) {
  return fragmentRecord(type, message, body.size(), 0, body, record);
}

/// What stands in a plaintext record, when that is one whole handshake message.
inline std::optional<HandshakeFragment> messageOf(const Record& record) {
  if (record.type != ContentType::kHandshake || record.epoch != 0)
    return std::nullopt;
  ByteReader payload(record.payload);
  auto message = readHandshakeFragment(payload);
  if (!message || message->body.size() != message->messageLength)
    return std::nullopt;
  return message;
}

/// The type of the handshake message that a plaintext record has, or has a part of.
inline std::optional<HandshakeType> messageTypeOf(const Record& record) {
  if (record.type != ContentType::kHandshake || record.epoch != 0 || record.payload.empty())
    return std::nullopt;
  return static_cast<HandshakeType>(record.payload[0]);
}

/// The datagram with each record as `change` gives it back: nothing, itself, or others.
inline Bytes rewritten(const Bytes& datagram, const std::function<Bytes(const Record&)>& change) {
  ByteWriter writer;
  ByteReader reader(datagram);
  while (const auto record = readRecord(reader))
    writer.bytes(change(*record));
  return writer.take();
}

/// The datagram with the body of that message changed; the lengths follow.
inline Bytes withMessage(const Bytes& datagram, HandshakeType type,
                         const std::function<void(Bytes& body)>& change) {
  return rewritten(datagram, [&](const Record& record) {
    const auto message = messageOf(record);
    if (!message || message->type != type)
      return toBytes(record.whole);
    Bytes body = toBytes(message->body);
    change(body);
    return messageRecord(type, message->messageSequence, body, record.sequence);
  });
}

/// The datagram without that message, or any part of it.
inline Bytes withoutMessage(const Bytes& datagram, HandshakeType type) {
  return rewritten(datagram, [&](const Record& record) {
    return messageTypeOf(record) == type ? Bytes{} : toBytes(record.whole);
  });
}

struct Hello {
  uint16_t version = 0xfefd;
  std::vector<uint16_t> suites = {0xc02b};  // ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
  uint8_t compression = 0;
};

/// The body of a ClientHello that our server answers, if nothing in it is changed.
inline Bytes helloBody(const Hello& hello) {
  ByteWriter body;
  body.u16(hello.version);
  for (uint8_t i = 0; i < 32; ++i)
    body.u8(static_cast<uint8_t>(i * 7));  // random
  body.u16(0);                             // no session id, no cookie
  body.u16(static_cast<uint16_t>(2 * hello.suites.size()));
  for (const uint16_t suite : hello.suites)
    body.u16(suite);
  body.u8(1);
  body.u8(hello.compression);
  const Bytes extensions{0, 23, 0, 0,                      // extended_master_secret
                         0, 10, 0, 6, 0, 4, 0, 29, 0, 23,  // groups: x25519, secp256r1
                         0, 11, 0, 2, 1, 0,                // uncompressed points
                         0, 13, 0, 6, 0, 4, 4, 3,  8, 4};  // ecdsa_secp256r1_sha256, rsa_pss
  body.u16(static_cast<uint16_t>(extensions.size()));
  body.bytes(extensions);
  return body.take();
}

/// What a server answers to what the test gives it.
class GivenServer {
 public:
  GivenServer() : random_(99) {
    EndpointConfig config;
    config.role = Role::kServer;
    config.certificate = serverCertificate();
    config.expected = clientCertificate()->fingerprints();
    endpoint = createMbedtlsEndpoint(config, random_);
    endpoint->start(now);
  }
  void give(Bytes datagram) {
    endpoint->handleDatagram(std::move(datagram), now);
    drain();
  }
  void wait(Duration time) {
    now = now + time;
    endpoint->handleTimeout(now);
    drain();
  }
  void drain() {
    while (auto output = endpoint->poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        ++datagrams;
        bytes += transmit->data.size();
        last = std::move(transmit->data);
      } else if (auto* stopped = std::get_if<Failed>(&*output)) {
        failed = *stopped;
      }
    }
  }

 private:
  SeededRandom random_;

 public:
  Timestamp now = Timestamp::milliseconds(1);
  std::unique_ptr<Endpoint> endpoint;
  size_t datagrams = 0;
  size_t bytes = 0;
  Bytes last;
  std::optional<Failed> failed;
};

}  // namespace rtc::dtls
