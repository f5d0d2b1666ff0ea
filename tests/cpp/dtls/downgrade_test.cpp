// Weaker than what is offered: suites without encryption, authentication or forward secrecy, older
// versions, compression; in a hello of the peer's, or slipped in on the way.

#include "tests/cpp/dtls/openssl_peer.h"
#include "tests/cpp/dtls/tampering.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

constexpr uint8_t kHandshakeFailure = 40;
constexpr uint8_t kProtocolVersion = 70;

struct Weak {
  uint16_t number;
  const char* why;
};
constexpr Weak kWeakSuites[] = {
    {0x0000, "TLS_NULL_WITH_NULL_NULL"},
    {0x003b, "RSA_WITH_NULL_SHA256"},
    {0xc006, "ECDHE_ECDSA_WITH_NULL_SHA"},
    {0xc015, "ECDH_anon_WITH_NULL_SHA"},
    {0xc018, "ECDH_anon_WITH_AES_128_CBC_SHA"},
    {0x00a6, "DH_anon_WITH_AES_128_GCM_SHA256"},
    {0x0003, "RSA_EXPORT_WITH_RC4_40_MD5"},
    {0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0xc007, "ECDHE_ECDSA_WITH_RC4_128_SHA"},
    {0xc008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc023, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc014, "ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x009c, "RSA_WITH_AES_128_GCM_SHA256: no forward secrecy"},
    {0xc02d, "ECDH_ECDSA_WITH_AES_128_GCM_SHA256: no forward secrecy"},
    {0x00a8, "PSK_WITH_AES_128_GCM_SHA256"},
    {0x5600, "TLS_FALLBACK_SCSV"},
    {0x1301, "a suite of TLS 1.3"},
};

/// Where the suite stands in a ServerHello, behind version, random and session id.
size_t suiteAt(const Bytes& body) {
  return 35 + size_t{body[34]};
}
/// The body of the message that a flight begins with; empty when that is another.
Bytes serverHelloOf(const GivenServer& server) {
  ByteReader reader(server.last);
  const auto record = readRecord(reader);
  const auto message = record ? messageOf(*record) : std::nullopt;
  if (!message || message->type != HandshakeType::kServerHello)
    return {};
  return toBytes(message->body);
}

TEST(DtlsDowngrade, AHelloThatServersAnswerIsTheMeasureOfThoseThatTheyRefuse) {
  GivenServer server;
  server.give(messageRecord(HandshakeType::kClientHello, 0, helloBody({}), 0));
  EXPECT_FALSE(server.failed);
  EXPECT_GT(server.bytes, 500u);
}

TEST(DtlsDowngrade, AWeakSuiteOfferedAloneIsRefused) {
  for (const Weak& weak : kWeakSuites) {
    Hello hello;
    hello.suites = {weak.number};
    GivenServer server;
    server.give(messageRecord(HandshakeType::kClientHello, 0, helloBody(hello), 0));
    ASSERT_TRUE(server.failed) << weak.why;
    EXPECT_EQ(server.failed->sentAlert, kHandshakeFailure) << weak.why;
    EXPECT_EQ(server.datagrams, 1u) << "the alert";
    EXPECT_EQ(server.endpoint->state(), State::kFailed);
  }
}

TEST(DtlsDowngrade, WeakSuitesBeforeAGoodOneAreNotChosen) {
  Hello hello;
  hello.suites.clear();
  for (const Weak& weak : kWeakSuites)
    hello.suites.push_back(weak.number);
  hello.suites.push_back(0xc02b);
  GivenServer server;
  server.give(messageRecord(HandshakeType::kClientHello, 0, helloBody(hello), 0));
  ASSERT_FALSE(server.failed);
  const Bytes body = serverHelloOf(server);
  ASSERT_FALSE(body.empty());
  EXPECT_EQ(ByteReader(ByteSpan(body).subspan(suiteAt(body))).u16(), 0xc02b);
}

TEST(DtlsDowngrade, HellosOfOlderVersionsAreRefused) {
  for (const uint16_t version : {0xfeff, 0x0100, 0x0300, 0x0301, 0x0002, 0x0000, 0xffff}) {
    Hello hello;
    hello.version = version;
    GivenServer server;
    server.give(messageRecord(HandshakeType::kClientHello, 0, helloBody(hello), 0));
    if (server.failed) {
      EXPECT_EQ(server.failed->sentAlert, kProtocolVersion) << std::hex << version;
      EXPECT_EQ(server.datagrams, 1u);
    }
    EXPECT_LE(server.bytes, 20u) << "no ServerHello: " << std::hex << version;
    EXPECT_NE(server.endpoint->state(), State::kConnected);
  }
}

TEST(DtlsDowngrade, CompressionIsNotChosenEvenWhereItIsOfferedAlone) {
  Hello hello;
  hello.compression = 1;  // DEFLATE
  GivenServer server;
  server.give(messageRecord(HandshakeType::kClientHello, 0, helloBody(hello), 0));
  if (server.failed)
    return;
  const auto body = serverHelloOf(server);
  ASSERT_FALSE(body.empty());
  EXPECT_EQ(body[suiteAt(body) + 2], 0) << "the null compression, which everybody has";
}

/// A pair between whom somebody changes the ServerHello.
void expectNoConnection(const std::string& what, const std::function<void(Bytes& body)>& change,
                        bool clientMustSayNo) {
  DtlsPair pair;
  pair.config[kClient].maxRetransmit = pair.config[kServer].maxRetransmit = Duration::seconds(1);
  pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
    return std::vector<Bytes>{
        from == kServer ? withMessage(datagram, HandshakeType::kServerHello, change) : datagram};
  };
  pair.start();
  pair.connect();
  EXPECT_FALSE(pair.heard[kClient].connected) << what;
  EXPECT_FALSE(pair.heard[kServer].connected) << what;
  if (clientMustSayNo) {
    ASSERT_TRUE(pair.heard[kClient].failed) << what;
    EXPECT_EQ(pair.heard[kClient].failed->reason, FailureReason::kAlertSent) << what;
  }
}
TEST(DtlsDowngrade, AServerHelloThatChoosesWhatWasNotOfferedIsRefused) {
  for (const Weak& weak : kWeakSuites) {
    expectNoConnection(
        weak.why,
        [&](Bytes& body) {
          body[suiteAt(body)] = static_cast<uint8_t>(weak.number >> 8);
          body[suiteAt(body) + 1] = static_cast<uint8_t>(weak.number);
        },
        true);
  }
  expectNoConnection(
      "compression", [](Bytes& body) { body[suiteAt(body) + 2] = 1; }, true);
}

TEST(DtlsDowngrade, AServerHelloOfAnotherVersionIsRefused) {
  for (const uint16_t version : {0xfeff, 0x0100, 0x0300, 0xfefc}) {
    expectNoConnection(
        "version",
        [&](Bytes& body) {
          body[0] = static_cast<uint8_t>(version >> 8);
          body[1] = static_cast<uint8_t>(version);
        },
        true);
  }
}

TEST(DtlsDowngrade, AnotherOfTheOfferedSuitesSlippedInEndsInNoConnection) {
  expectNoConnection(
      "AES in the place of ChaCha20",
      [](Bytes& body) {
        body[suiteAt(body)] = 0xc0;
        body[suiteAt(body) + 1] = 0x2b;
      },
      false);
}

TEST(DtlsDowngrade, TheExtendedMasterSecretLeftOutByTheWayEndsInNoConnection) {
  // Its extension becomes one that nobody knows (the triple handshake, CVE-2014-1295).
  const auto leaveOut = [](Bytes& body) {
    for (size_t i = suiteAt(body) + 5; i + 4 <= body.size();) {
      if (body[i] == 0 && body[i + 1] == 23)
        body[i] = 0x7a;
      i += 4 + (size_t{body[i + 2]} << 8 | body[i + 3]);
    }
  };
  expectNoConnection("server", leaveOut, false);
}

#ifdef WEBRTC_HAVE_OPENSSL

TEST(DtlsDowngrade, APeerThatKnowsDtls10AloneIsRefused) {
  for (const Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    options.version = DTLS1_VERSION;
    options.ciphers = "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0";
    Interop interop(options);
    EXPECT_FALSE(interop.heard.connected);
    ASSERT_TRUE(interop.heard.failed);
    EXPECT_FALSE(interop.peer.connected());
  }
}

TEST(DtlsDowngrade, APeerWithoutEncryptionOrAuthenticationIsRefused) {
  for (const char* ciphers : {"NULL-SHA256:@SECLEVEL=0", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0",
                              "AECDH-AES128-SHA:@SECLEVEL=0", "AES128-GCM-SHA256:@SECLEVEL=0",
                              "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"}) {
    for (const Role role : {Role::kClient, Role::kServer}) {
      OpensslPeer::Options options;
      options.role = role;
      options.ciphers = ciphers;
      Interop interop(options);
      EXPECT_FALSE(interop.heard.connected) << ciphers;
      ASSERT_TRUE(interop.heard.failed) << ciphers;
      EXPECT_FALSE(interop.peer.connected()) << ciphers;
    }
  }
}

#endif  // WEBRTC_HAVE_OPENSSL

}  // namespace
}  // namespace rtc::dtls
