// Today's browsers send a ClientHello that fills more than one datagram (a post-quantum key share),
// as handshake fragments.

#include <algorithm>

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

constexpr size_t kChromiumHello = 1413;
constexpr size_t kChromiumFirstFragment = 1175;

/// A ClientHello as large as Chromium's: `kChromiumHello` bytes with its header, most of them in an
/// extension that a DTLS 1.2 server does not know.
Bytes chromiumSizedHello(uint16_t messageSequence, ByteSpan cookie = {}) {
  ByteWriter extensions;
  const auto extension = [&](uint16_t type, ByteSpan body) {
    extensions.u16(type);
    extensions.u16(static_cast<uint16_t>(body.size()));
    extensions.bytes(body);
  };
  extension(23, {});                                // extended_master_secret
  extension(10, Bytes{0, 4, 0, 29, 0, 23});         // groups: x25519, secp256r1
  extension(11, Bytes{1, 0});                       // uncompressed points
  extension(13, Bytes{0, 4, 4, 3, 8, 4});           // ecdsa_secp256r1_sha256, rsa_pss
  extension(14, Bytes{0, 4, 0, 1, 0, 7, 0});        // use_srtp
  extension(43, Bytes{4, 0xfe, 0xfc, 0xfe, 0xfd});  // supported_versions: 1.3, 1.2

  ByteWriter body;
  body.u16(0xfefd);
  for (uint8_t i = 0; i < 32; ++i)
    body.u8(static_cast<uint8_t>(i * 7));  // random
  body.u8(0);                              // session id
  body.u8(static_cast<uint8_t>(cookie.size()));
  body.bytes(cookie);
  body.u16(6);
  body.u16(0x1301);  // a DTLS 1.3 suite
  body.u16(0xc02b);  // ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
  body.u16(0xcca9);  // ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
  body.u16(0x0100);  // compression: null
  const size_t soFar = kHandshakeHeaderSize + body.size() + 2 + extensions.size() + 4;
  extension(51, Bytes(kChromiumHello + cookie.size() - soFar, 0x5a));  // key_share
  body.u16(static_cast<uint16_t>(extensions.size()));
  body.bytes(extensions.view());

  ByteWriter message;
  message.u8(1);
  message.u24(static_cast<uint32_t>(body.size()));
  message.u16(messageSequence);
  message.u24(0);
  message.u24(static_cast<uint32_t>(body.size()));
  message.bytes(body.view());
  EXPECT_EQ(message.size(), kChromiumHello + cookie.size());
  return message.take();
}

/// A datagram with bytes [offset, offset + length) of the message's body as one fragment.
Bytes fragment(const Bytes& message, size_t offset, size_t length, uint64_t recordSequence) {
  ByteWriter datagram;
  datagram.u8(22);
  datagram.u16(0xfeff);
  datagram.u64(recordSequence);
  datagram.u16(static_cast<uint16_t>(kHandshakeHeaderSize + length));
  datagram.bytes(ByteSpan(message).subspan(0, 6));
  datagram.u24(static_cast<uint32_t>(offset));
  datagram.u24(static_cast<uint32_t>(length));
  datagram.bytes(ByteSpan(message).subspan(kHandshakeHeaderSize + offset, length));
  return datagram.take();
}

/// Chromium's two datagrams, as captured: 1175 and 238 bytes of handshake.
std::vector<Bytes> chromiumDatagrams(uint16_t messageSequence, uint64_t recordSequence,
                                     ByteSpan cookie = {}) {
  const Bytes hello = chromiumSizedHello(messageSequence, cookie);
  const size_t first = kChromiumFirstFragment - kHandshakeHeaderSize;
  const size_t rest = hello.size() - kHandshakeHeaderSize - first;
  return {fragment(hello, 0, first, recordSequence),
          fragment(hello, first, rest, recordSequence + 1)};
}

/// A server on its own, fed by hand.
class LoneServer {
 public:
  explicit LoneServer(bool cookies = false) : random_(99) {
    EndpointConfig config;
    config.role = Role::kServer;
    config.certificate = serverCertificate();
    config.expected = clientCertificate()->fingerprints();
    config.cookieExchange = cookies;
    endpoint_ = createMbedtlsEndpoint(config, random_);
    endpoint_->start(now_);
  }
  /// The handshake types that the server answers with; empty: it says nothing.
  std::vector<HandshakeType> answerTo(Bytes datagram) {
    endpoint_->handleDatagram(std::move(datagram), now_);
    std::vector<HandshakeType> types;
    while (auto output = endpoint_->poll()) {
      auto* transmit = std::get_if<Transmit>(&*output);
      EXPECT_NE(transmit, nullptr) << "neither failure nor anything else";
      if (transmit == nullptr)
        continue;
      ByteReader reader(transmit->data);
      while (auto record = readRecord(reader)) {
        EXPECT_EQ(record->type, ContentType::kHandshake);
        ByteReader payload(record->payload);
        while (auto part = readHandshakeFragment(payload)) {
          if (part->offset == 0)
            types.push_back(part->type);
          if (part->type == HandshakeType::kHelloVerifyRequest) {
            cookie_ = toBytes(part->body.subspan(3));
          }
        }
      }
    }
    return types;
  }
  void wait(Duration time) { now_ = now_ + time; }
  const Bytes& cookie() const { return cookie_; }
  State state() const { return endpoint_->state(); }

 private:
  SeededRandom random_;
  Timestamp now_ = Timestamp::milliseconds(1);
  std::unique_ptr<Endpoint> endpoint_;
  Bytes cookie_;
};

const std::vector<HandshakeType> kServerFlight = {
    HandshakeType::kServerHello, HandshakeType::kCertificate, HandshakeType::kServerKeyExchange,
    HandshakeType::kCertificateRequest, HandshakeType::kServerHelloDone};
const std::vector<HandshakeType> kSilence;

TEST(DtlsFragmentedHello, TwoDatagramsAsChromiumSendsThem) {
  LoneServer server;
  const auto datagrams = chromiumDatagrams(0, 0);
  EXPECT_EQ(server.answerTo(datagrams[0]), kSilence);
  EXPECT_EQ(server.answerTo(datagrams[1]), kServerFlight);
}

TEST(DtlsFragmentedHello, Reordered) {
  LoneServer server;
  const auto datagrams = chromiumDatagrams(0, 0);
  EXPECT_EQ(server.answerTo(datagrams[1]), kSilence);
  EXPECT_EQ(server.answerTo(datagrams[0]), kServerFlight);
}

TEST(DtlsFragmentedHello, Duplicated) {
  for (size_t first : {0u, 1u}) {
    LoneServer server;
    const auto datagrams = chromiumDatagrams(0, 0);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(server.answerTo(datagrams[first]), kSilence);
    EXPECT_EQ(server.answerTo(datagrams[1 - first]), kServerFlight);
    EXPECT_EQ(server.answerTo(datagrams[first]), kSilence) << "a copy asks for nothing";
    EXPECT_EQ(server.answerTo(datagrams[1 - first]), kSilence);
  }
}

TEST(DtlsFragmentedHello, EitherHalfLostAndRetransmitted) {
  for (size_t lost : {0u, 1u}) {
    LoneServer server;
    EXPECT_EQ(server.answerTo(chromiumDatagrams(0, 0)[1 - lost]), kSilence);
    const auto again = chromiumDatagrams(0, 2);
    size_t answers = 0;
    for (const Bytes& datagram : again)
      answers += server.answerTo(datagram) == kServerFlight;
    EXPECT_EQ(answers, 1u);
  }
}

TEST(DtlsFragmentedHello, RetransmittedAfterTheServersFlightWasLostBringsItOnce) {
  LoneServer server;
  for (const Bytes& datagram : chromiumDatagrams(0, 0))
    server.answerTo(datagram);
  const auto again = chromiumDatagrams(0, 2);
  server.wait(Duration::milliseconds(50));
  EXPECT_EQ(server.answerTo(again[0]), kServerFlight);
  EXPECT_EQ(server.answerTo(again[1]), kSilence);
}

TEST(DtlsFragmentedHello, WithACookieRound) {
  for (bool reorder : {false, true}) {
    LoneServer server(true);
    const std::vector<HandshakeType> verify = {HandshakeType::kHelloVerifyRequest};
    auto first = chromiumDatagrams(0, 0);
    if (reorder)
      std::swap(first[0], first[1]);
    EXPECT_EQ(server.answerTo(first[0]), kSilence);
    EXPECT_EQ(server.answerTo(first[1]), verify);
    ASSERT_FALSE(server.cookie().empty());
    auto second = chromiumDatagrams(1, 2, server.cookie());
    if (reorder)
      std::swap(second[0], second[1]);
    EXPECT_EQ(server.answerTo(second[0]), kSilence);
    EXPECT_EQ(server.answerTo(second[0]), kSilence);
    EXPECT_EQ(server.answerTo(second[1]), kServerFlight);
  }
}

TEST(DtlsFragmentedHello, WithACookieRoundOfWhichHalfIsLost) {
  LoneServer server(true);
  auto first = chromiumDatagrams(0, 0);
  server.answerTo(first[1]);
  first = chromiumDatagrams(0, 2);
  server.answerTo(first[0]);
  ASSERT_FALSE(server.cookie().empty());
  server.answerTo(chromiumDatagrams(1, 4, server.cookie())[0]);
  size_t answers = 0;
  for (const Bytes& datagram : chromiumDatagrams(1, 6, server.cookie())) {
    answers += server.answerTo(datagram) == kServerFlight;
  }
  EXPECT_EQ(answers, 1u);
}

TEST(DtlsFragmentedHello, InPiecesOfEverySizeAndOverlapping) {
  const Bytes hello = chromiumSizedHello(0);
  const size_t body = hello.size() - kHandshakeHeaderSize;
  for (size_t piece : {97u, 100u, 255u, 700u, 1400u}) {
    for (size_t overlap : {0u, 13u}) {
      LoneServer server;
      uint64_t sequence = 0;
      std::vector<HandshakeType> last;
      for (size_t offset = 0; offset < body; offset += piece) {
        const size_t from = offset - std::min(offset, overlap);
        const size_t until = std::min(offset + piece, body);
        EXPECT_TRUE(last.empty());
        last = server.answerTo(fragment(hello, from, until - from, sequence++));
      }
      EXPECT_EQ(last, kServerFlight) << piece << "/" << overlap;
    }
  }
}

TEST(DtlsFragmentedHello, AllFragmentsInOneRecord) {
  const Bytes hello = chromiumSizedHello(0);
  const Bytes one = fragment(hello, 0, 600, 0);
  const Bytes two = fragment(hello, 600, hello.size() - kHandshakeHeaderSize - 600, 0);
  ByteWriter joined;
  joined.bytes(ByteSpan(one).subspan(0, 11));
  joined.u16(static_cast<uint16_t>(one.size() + two.size() - 2 * kRecordHeaderSize));
  joined.bytes(ByteSpan(one).subspan(kRecordHeaderSize));
  joined.bytes(ByteSpan(two).subspan(kRecordHeaderSize));
  LoneServer server;
  EXPECT_EQ(server.answerTo(joined.take()), kServerFlight);
}

TEST(DtlsFragmentedHello, AForeignFragmentDoesNotOccupyTheServer) {
  LoneServer server;
  Bytes foreign = chromiumSizedHello(0);
  foreign[3] = static_cast<uint8_t>(foreign[3] + 10);  // claims a length that is never filled
  EXPECT_EQ(server.answerTo(fragment(foreign, 0, 500, 0)), kSilence);
  std::vector<HandshakeType> last;
  for (const Bytes& datagram : chromiumDatagrams(0, 1))
    last = server.answerTo(datagram);
  EXPECT_EQ(last, kServerFlight);
}

TEST(DtlsFragmentedHello, AMangledHelloIsForgottenAndTheNextOneAnswered) {
  for (size_t cut : {34u, 36u, 38u, 40u, 60u, 90u}) {
    LoneServer server;
    Bytes mangled = chromiumSizedHello(0);
    for (size_t i = kHandshakeHeaderSize + cut; i < mangled.size(); ++i)
      mangled[i] = 0xff;
    server.answerTo(fragment(mangled, 0, mangled.size() - kHandshakeHeaderSize, 0));
    if (server.state() == State::kFailed)
      continue;  // it parsed, and had nothing in common with us
    std::vector<HandshakeType> last;
    for (const Bytes& datagram : chromiumDatagrams(0, 1))
      last = server.answerTo(datagram);
    EXPECT_EQ(last, kServerFlight) << cut;
  }
}

TEST(DtlsFragmentedHello, OurOwnClientFragmentedBySmallMtusConnects) {
  DtlsPair pair;
  pair.config[kClient].mtu = 256;
  pair.start();
  pair.connect();
  EXPECT_TRUE(pair.connected());
  pair.expectDataFlows();
}

}  // namespace
}  // namespace rtc::dtls
