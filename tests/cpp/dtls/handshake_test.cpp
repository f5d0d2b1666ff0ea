#include <algorithm>

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

TEST(DtlsHandshake, ConnectsBothRolesAndCarriesDataBothWays) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  for (auto end : {kClient, kServer}) {
    EXPECT_EQ(pair.heard[end].connected->cipherSuite,
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    EXPECT_EQ(pair.heard[end].connected->protocolVersion, 0xfefd);
    EXPECT_EQ(pair.heard[end].connected->srtpProfile, SrtpProfile::kAes128CmSha1_80);
    EXPECT_EQ(pair.endpoint[end]->state(), State::kConnected);
    EXPECT_TRUE(pair.endpoint[end]->deadline().isNever());
  }
  EXPECT_EQ(pair.endpoint[kClient]->remoteCertificate(), serverCertificate()->der());
  EXPECT_EQ(pair.endpoint[kServer]->remoteCertificate(), clientCertificate()->der());
  pair.expectDataFlows();
}

TEST(DtlsHandshake, TakesOnlyTwoRoundTripsWhenNothingIsLost) {
  DtlsPair pair;
  const Timestamp start = pair.now;
  pair.start();
  pair.settle();
  EXPECT_TRUE(pair.connected());
  EXPECT_EQ(pair.now, start);
  EXPECT_LE(pair.sent[kClient], 2u);
  EXPECT_LE(pair.sent[kServer], 2u);
}

TEST(DtlsHandshake, ConnectsWithACookieExchange) {
  DtlsPair pair;
  pair.config[kServer].cookieExchange = true;
  pair.start();
  pair.settle();
  ASSERT_TRUE(pair.connected());
  EXPECT_EQ(pair.sent[kClient], 3u);
  pair.expectDataFlows();
}

// mbedTLS has them before anybody is authenticated.
TEST(DtlsHandshake, ThatIsClosedBeforeItsEndLeavesNoKeys) {
  DtlsPair pair;
  // The client does not hear the end of it.
  pair.filter = [](DtlsPair::End from, size_t index, const Bytes& datagram) {
    return from == kServer && index > 0 ? std::vector<Bytes>{} : std::vector<Bytes>{datagram};
  };
  pair.start();
  pair.settle();
  for (auto end : {kClient, kServer}) {
    if (pair.heard[end].connected)
      continue;
    pair.endpoint[end]->close(pair.now);
    EXPECT_EQ(pair.endpoint[end]->state(), State::kClosed);
    EXPECT_TRUE(pair.endpoint[end]->exportKeyingMaterial("EXPORTER-x", 32).empty());
    EXPECT_FALSE(pair.endpoint[end]->secrets());
    EXPECT_FALSE(pair.endpoint[end]->srtpProfile());
  }
  EXPECT_FALSE(pair.heard[kClient].connected);
}

TEST(DtlsHandshake, ConnectsWhenEitherEndHasAnRsaCertificate) {
  for (auto rsaEnd : {kClient, kServer}) {
    DtlsPair pair;
    const auto other = rsaEnd == kClient ? kServer : kClient;
    pair.config[rsaEnd].certificate = rsaCertificate();
    pair.config[other].expected = rsaCertificate()->fingerprints();
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected());
    EXPECT_EQ(pair.heard[kClient].connected->cipherSuite,
              rsaEnd == kServer ? "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
                                : "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    pair.expectDataFlows();
  }
}

TEST(DtlsHandshake, IsByteIdenticalForEqualSeeds) {
  const auto trace = [](uint64_t seed) {
    std::vector<Bytes> datagrams;
    DtlsPair pair(seed);
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      datagrams.push_back(datagram);
      return std::vector<Bytes>{datagram};
    };
    pair.start();
    pair.connect();
    pair.expectDataFlows();
    return datagrams;
  };
  EXPECT_EQ(trace(5), trace(5));
  EXPECT_NE(trace(5), trace(6));
}

TEST(DtlsHandshake, KeepsItsDatagramsWithinTheMtu) {
  for (size_t mtu : {300u, 576u, 1200u}) {
    DtlsPair pair;
    pair.config[kClient].mtu = pair.config[kServer].mtu = mtu;
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected()) << mtu;
    EXPECT_LE(pair.largest[kClient], mtu);
    EXPECT_LE(pair.largest[kServer], mtu);
  }
}

TEST(DtlsHandshake, KeepsDatagramsThatArriveBeforeItsStart) {
  DtlsPair pair;
  auto server = createMbedtlsEndpoint(pair.config[kServer], pair.random);
  auto client = createMbedtlsEndpoint(pair.config[kClient], pair.random);
  client->start(pair.now);
  while (auto output = client->poll()) {
    server->handleDatagram(std::get<Transmit>(*output).data, pair.now);
  }
  EXPECT_FALSE(server->poll());
  server->start(pair.now);
  EXPECT_TRUE(server->poll());
}

TEST(DtlsHandshake, LeavesSrtpOutUnlessBothEndsWantIt) {
  for (auto without : {kClient, kServer}) {
    DtlsPair pair;
    pair.config[without].srtpProfiles.clear();
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected());
    EXPECT_FALSE(pair.heard[kClient].connected->srtpProfile);
    EXPECT_FALSE(pair.heard[kServer].connected->srtpProfile);
  }
}

TEST(DtlsHandshake, GivesTheSameSecretsAtBothEndsOnceConnected) {
  DtlsPair pair;
  pair.start();
  EXPECT_FALSE(pair.endpoint[kClient]->secrets());
  pair.connect();
  ASSERT_TRUE(pair.connected());
  const auto client = pair.endpoint[kClient]->secrets();
  const auto server = pair.endpoint[kServer]->secrets();
  ASSERT_TRUE(client && server);
  EXPECT_EQ(client->clientRandom, server->clientRandom);
  EXPECT_EQ(client->masterSecret, server->masterSecret);
  EXPECT_NE(client->masterSecret, SessionSecrets{}.masterSecret);
}

TEST(DtlsHandshake, ExportsTheSameKeyingMaterialAtBothEnds) {
  DtlsPair pair;
  pair.start();
  EXPECT_TRUE(pair.endpoint[kClient]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60).empty());
  pair.connect();
  ASSERT_TRUE(pair.connected());
  const Bytes client = pair.endpoint[kClient]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60);
  EXPECT_EQ(client.size(), 60u);
  EXPECT_EQ(client, pair.endpoint[kServer]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60));
  EXPECT_NE(client, pair.endpoint[kServer]->exportKeyingMaterial("EXPERIMENTAL other", 60));
}

TEST(DtlsHandshake, OffersAndGivesNoSessionTicket) {
  constexpr auto kNewSessionTicket = static_cast<HandshakeType>(4);  // RFC 5077 section 3.3
  constexpr uint16_t kSessionTicketExtension = 35;                   // section 3.2
  DtlsPair pair;
  std::vector<HandshakeType> seen;
  std::vector<uint16_t> extensions;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    ByteReader reader(datagram);
    while (const auto record = readRecord(reader)) {
      if (record->type != ContentType::kHandshake || record->epoch > 0)
        break;
      ByteReader payload(record->payload);
      while (const auto message = readHandshakeFragment(payload)) {
        seen.push_back(message->type);
        ByteReader body(message->body);
        const bool isClient = message->type == HandshakeType::kClientHello;
        if (!isClient && message->type != HandshakeType::kServerHello)
          continue;
        body.skip(2 + 32);
        body.skip(*body.u8());  // session id
        if (isClient) {
          body.skip(*body.u8());   // cookie
          body.skip(*body.u16());  // suites
          body.skip(*body.u8());   // compression
        } else {
          body.skip(3);
        }
        body.u16();
        while (const auto type = body.u16()) {
          extensions.push_back(*type);
          body.skip(*body.u16());
        }
      }
    }
    return std::vector<Bytes>{datagram};
  };
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  EXPECT_NE(std::find(seen.begin(), seen.end(), HandshakeType::kServerHello), seen.end());
  EXPECT_FALSE(extensions.empty());
  EXPECT_EQ(std::find(seen.begin(), seen.end(), kNewSessionTicket), seen.end());
  EXPECT_EQ(std::find(extensions.begin(), extensions.end(), kSessionTicketExtension),
            extensions.end());
}

TEST(DtlsHandshake, HasNoEndpointWithoutACertificate) {
  SeededRandom random(1);
  EXPECT_EQ(createMbedtlsEndpoint(EndpointConfig{}, random), nullptr);
}

// --- Fingerprints -------------------------------------------------------------------------------

TEST(DtlsFingerprint, MismatchFailsTheEndThatNoticesAndTellsTheOther) {
  for (auto deceived : {kClient, kServer}) {
    DtlsPair pair;
    const auto other = deceived == kClient ? kServer : kClient;
    pair.config[deceived].expected = pair.config[deceived].certificate->fingerprints();
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.heard[deceived].failed);
    EXPECT_EQ(pair.heard[deceived].failed->reason, FailureReason::kFingerprintMismatch);
    EXPECT_EQ(pair.heard[deceived].failed->sentAlert, 42);  // bad_certificate
    EXPECT_FALSE(pair.heard[deceived].failed->receivedAlert);
    EXPECT_FALSE(pair.heard[deceived].connected);
    ASSERT_TRUE(pair.heard[other].failed);
    EXPECT_EQ(pair.heard[other].failed->reason, FailureReason::kAlertReceived);
    EXPECT_EQ(pair.heard[other].failed->receivedAlert, 42);
    EXPECT_FALSE(pair.heard[other].connected);
    EXPECT_FALSE(pair.endpoint[deceived]->send(Bytes{1}, pair.now));
    EXPECT_TRUE(pair.endpoint[deceived]->deadline().isNever());
    EXPECT_EQ(pair.endpoint[deceived]->state(), State::kFailed);
  }
}

TEST(DtlsFingerprint, AcceptsEveryHashAndAnyOfSeveral) {
  for (HashAlgorithm algorithm : kAllHashAlgorithms) {
    DtlsPair pair;
    Fingerprint wrong = clientCertificate()->fingerprint(algorithm);
    pair.config[kClient].expected = {
        {"md5", "00:11"}, wrong, serverCertificate()->fingerprint(algorithm)};
    pair.start();
    pair.connect();
    EXPECT_TRUE(pair.connected()) << hashName(algorithm);
  }
}

TEST(DtlsFingerprint, RefusesPeersThatAnnouncedNothingUsable) {
  for (const std::vector<Fingerprint>& expected :
       {std::vector<Fingerprint>{},
        std::vector<Fingerprint>{{"md5", "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E"}},
        std::vector<Fingerprint>{{"sha-256", "AA:BB"}}}) {
    DtlsPair pair;
    pair.config[kClient].expected = expected;
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.heard[kClient].failed);
    EXPECT_EQ(pair.heard[kClient].failed->reason, FailureReason::kFingerprintMismatch);
    EXPECT_FALSE(pair.heard[kClient].connected);
  }
}

// --- Alerts and the end -------------------------------------------------------------------------

TEST(DtlsAlert, CloseReachesTheOtherEndAsCloseNotify) {
  for (auto closer : {kClient, kServer}) {
    DtlsPair pair;
    pair.start();
    pair.connect();
    pair.endpoint[closer]->close(pair.now);
    pair.endpoint[closer]->close(pair.now);
    pair.settle();
    EXPECT_TRUE(pair.heard[kClient].closed);
    EXPECT_TRUE(pair.heard[kServer].closed);
    EXPECT_FALSE(pair.endpoint[kClient]->send(Bytes{1}, pair.now));
    EXPECT_EQ(pair.endpoint[kServer]->state(), State::kClosed);
  }
}

TEST(DtlsAlert, CloseDuringTheHandshakeEndsItQuietly) {
  DtlsPair pair;
  pair.start();
  pair.endpoint[kClient]->close(pair.now);
  EXPECT_TRUE(pair.endpoint[kClient]->deadline().isNever());
  pair.endpoint[kServer]->close(pair.now);
  pair.settle();
  EXPECT_TRUE(pair.heard[kClient].closed);
  EXPECT_TRUE(pair.heard[kServer].closed);
}

TEST(DtlsAlert, FatalPlaintextAlertFromTheServerEndsTheHandshakeWithItsNumber) {
  DtlsPair pair;
  pair.filter = [](DtlsPair::End, size_t, const Bytes&) {
    return std::vector<Bytes>{};
  };
  pair.start();
  pair.settle();
  // handshake_failure (40), fatal
  pair.inject(kClient, {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40});
  pair.settle();
  ASSERT_TRUE(pair.heard[kClient].failed);
  EXPECT_EQ(pair.heard[kClient].failed->reason, FailureReason::kAlertReceived);
  EXPECT_EQ(pair.heard[kClient].failed->receivedAlert, 40);
}

TEST(DtlsAlert, ForgedPlaintextAlertsChangeNothingOnceConnected) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  for (uint8_t description : {0, 10, 40, 42, 90}) {
    for (uint8_t level : {1, 2}) {
      for (auto end : {kClient, kServer}) {
        pair.inject(end,
                    {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 1, description, 0, 2, level, description});
      }
    }
  }
  pair.settle();
  pair.expectDataFlows();
}

TEST(DtlsAlert, TellsTheApplicationWhenThePeerNeverAnswers) {
  DtlsPair pair;
  pair.filter = [](DtlsPair::End, size_t, const Bytes&) {
    return std::vector<Bytes>{};
  };
  pair.config[kClient].maxRetransmit = Duration::seconds(10);
  const Timestamp start = pair.now;
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.heard[kClient].failed);
  EXPECT_EQ(pair.heard[kClient].failed->reason, FailureReason::kTimeout);
  // 100 ms and doubled six times, then the 10 s cap.
  EXPECT_EQ(pair.now - start, Duration::milliseconds(100 * 127 + 10000));
  EXPECT_EQ(pair.sent[kClient], 8u);
}

// --- Data ---------------------------------------------------------------------------------------

TEST(DtlsData, CarriesRecordsOfEverySizeUpToTheLimitAndRefusesLargerOnes) {
  DtlsPair pair;
  pair.start();
  EXPECT_FALSE(pair.endpoint[kClient]->send(Bytes(10), pair.now)) << "not connected yet";
  pair.connect();
  const size_t limit = pair.endpoint[kClient]->maxSendSize();
  for (size_t size : {size_t{1}, size_t{2}, size_t{1163}, size_t{1500}, limit}) {
    Bytes data(size);
    ASSERT_TRUE(pair.random.fill(data));
    pair.largest[kClient] = 0;
    ASSERT_TRUE(pair.endpoint[kClient]->send(data, pair.now)) << size;
    pair.settle();
    ASSERT_FALSE(pair.heard[kServer].received.empty());
    EXPECT_EQ(pair.heard[kServer].received.back(), data);
    EXPECT_LE(pair.largest[kClient], size + kMaxRecordOverhead);
  }
  EXPECT_FALSE(pair.endpoint[kClient]->send(Bytes(limit + 1), pair.now));
  EXPECT_FALSE(pair.endpoint[kClient]->send(Bytes(), pair.now));
}

TEST(DtlsData, DropsReplayedRecords) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  pair.filter = [](DtlsPair::End, size_t, const Bytes& datagram) {
    return std::vector<Bytes>{datagram, datagram, datagram};
  };
  for (uint8_t i = 0; i < 20; ++i)
    EXPECT_TRUE(pair.endpoint[kClient]->send(Bytes{i}, pair.now));
  pair.settle();
  ASSERT_EQ(pair.heard[kServer].received.size(), 20u);
}

/// Records of one byte each, the number of the record, which the client sent and nobody received.
std::vector<Bytes> interceptRecords(DtlsPair& pair, uint8_t count) {
  std::vector<Bytes> kept;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    kept.push_back(datagram);
    return std::vector<Bytes>{};
  };
  for (uint8_t i = 0; i < count; ++i)
    EXPECT_TRUE(pair.endpoint[kClient]->send(Bytes{i}, pair.now));
  pair.settle();
  pair.filter = nullptr;
  return kept;
}

TEST(DtlsData, AcceptsRecordsOutOfOrderWithinTheReplayWindow) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  const std::vector<Bytes> kept = interceptRecords(pair, 60);
  for (size_t i = kept.size(); i-- > 0;)
    pair.inject(kServer, kept[i]);
  pair.settle();
  EXPECT_EQ(pair.heard[kServer].received.size(), 60u);
  EXPECT_EQ(pair.heard[kServer].received.front(), Bytes{59});
}

TEST(DtlsData, DropsRecordsThatAreOlderThanTheReplayWindow) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  const std::vector<Bytes> kept = interceptRecords(pair, 100);
  // RFC 6347 section 4.1.2.6: nothing tells whether so old a record has been received before.
  pair.inject(kServer, kept.back());
  pair.inject(kServer, kept.front());
  pair.inject(kServer, kept[kept.size() - 2]);
  pair.settle();
  EXPECT_EQ(pair.heard[kServer].received, (std::vector<Bytes>{{99}, {98}}));
}

TEST(DtlsData, SeveralRecordsInOneDatagramAllArrive) {
  DtlsPair pair;
  pair.start();
  pair.connect();
  Bytes joined;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    joined.insert(joined.end(), datagram.begin(), datagram.end());
    return std::vector<Bytes>{};
  };
  for (uint8_t i = 0; i < 5; ++i)
    EXPECT_TRUE(pair.endpoint[kServer]->send(Bytes{i}, pair.now));
  pair.settle();
  pair.inject(kClient, joined);
  pair.settle();
  EXPECT_EQ(pair.heard[kClient].received.size(), 5u);
}

TEST(DtlsData, ThatOvertakesTheEndOfTheHandshakeIsKept) {
  DtlsPair pair;
  std::vector<Bytes> last;
  pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
    if (from == kServer && index >= 1) {
      last.push_back(datagram);
      return std::vector<Bytes>{};
    }
    return std::vector<Bytes>{datagram};
  };
  pair.start();
  pair.settle();
  ASSERT_TRUE(pair.heard[kServer].connected);
  ASSERT_FALSE(pair.heard[kClient].connected);
  EXPECT_TRUE(pair.endpoint[kServer]->send(Bytes{7}, pair.now));
  pair.settle();
  ASSERT_GE(last.size(), 2u);
  pair.filter = nullptr;
  for (size_t i = last.size(); i-- > 0;)
    pair.inject(kClient, last[i]);
  pair.settle();
  ASSERT_TRUE(pair.heard[kClient].connected);
  ASSERT_EQ(pair.heard[kClient].received.size(), 1u);
  EXPECT_EQ(pair.heard[kClient].received[0], Bytes{7});
}

// --- Randomness ---------------------------------------------------------------------------------

class ExhaustedRandom final : public RandomSource {
 public:
  explicit ExhaustedRandom(int fills) : left_(fills), inner_(3) {}
  bool fill(MutableByteSpan out) override { return left_-- > 0 && inner_.fill(out); }

 private:
  int left_;
  SeededRandom inner_;
};

TEST(DtlsRandom, AHandshakeThatRunsOutOfRandomnessFailsAndNeverConnects) {
  for (auto end : {kClient, kServer}) {
    bool enough = false;
    for (int fills = 0; fills < 40 && !enough; ++fills) {
      DtlsPair pair;
      ExhaustedRandom exhausted(fills);
      const auto other = end == kClient ? kServer : kClient;
      pair.endpoint[end] = createMbedtlsEndpoint(pair.config[end], exhausted);
      pair.endpoint[other] = createMbedtlsEndpoint(pair.config[other], pair.random);
      ASSERT_NE(pair.endpoint[end], nullptr);
      pair.endpoint[kServer]->start(pair.now);
      pair.endpoint[kClient]->start(pair.now);
      pair.settle();
      if (pair.heard[end].connected) {
        enough = true;
        EXPECT_GT(fills, 1);
      } else {
        ASSERT_TRUE(pair.heard[end].failed) << fills;
        EXPECT_EQ(pair.heard[end].failed->reason, FailureReason::kInternal);
      }
    }
    EXPECT_TRUE(enough);
  }
}

}  // namespace
}  // namespace rtc::dtls
