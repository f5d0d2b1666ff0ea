// After the handshake: another one, in plaintext or under the keys (CVE-2009-3555), and records of
// other epochs.

#include "tests/cpp/dtls/openssl_peer.h"
#include "tests/cpp/dtls/tampering.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

/// A pair that has connected, with what went over the wire.
struct ConnectedPair : DtlsPair {
  ConnectedPair() {
    filter = [this](DtlsPair::End from, size_t, const Bytes& datagram) {
      wire.emplace_back(from, datagram);
      return std::vector<Bytes>{datagram};
    };
    start();
    connect();
    EXPECT_TRUE(connected());
    expectDataFlows();
    secret = endpoint[kClient]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60);
  }
  void expectNothingChanged() {
    for (const auto end : {kClient, kServer}) {
      EXPECT_FALSE(heard[end].failed || heard[end].closed);
      EXPECT_EQ(endpoint[end]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60), secret);
      EXPECT_TRUE(endpoint[end]->deadline().isNever()) << "no handshake has begun";
    }
    expectDataFlows();
  }

  std::vector<std::pair<DtlsPair::End, Bytes>> wire;
  Bytes secret;
};

TEST(DtlsRenegotiation, InPlaintextIsNothing) {
  ConnectedPair pair;
  const size_t sent[2] = {pair.sent[kClient], pair.sent[kServer]};
  uint64_t number = 5000;
  for (uint16_t message = 0; message < 12; ++message) {
    pair.inject(kServer,
                messageRecord(HandshakeType::kClientHello, message, helloBody({}), number++));
    pair.inject(kClient, messageRecord(HandshakeType::kHelloRequest, message, {}, number++));
  }
  // The whole handshake once more, under new record numbers.
  for (const auto& [from, datagram] : std::vector(pair.wire)) {
    pair.inject(from == kClient ? kServer : kClient, rewritten(datagram, [&](const Record& record) {
                  Bytes whole = toBytes(record.whole);
                  whole[9] = 0x33;  // of the number
                  return whole;
                }));
  }
  pair.settle();
  EXPECT_EQ(pair.sent[kClient], sent[kClient]) << "nothing is worth an answer";
  EXPECT_EQ(pair.sent[kServer], sent[kServer]);
  pair.expectNothingChanged();
}

TEST(DtlsRenegotiation, RecordsOfOtherEpochsAreNothing) {
  ConnectedPair pair;
  std::vector<std::pair<DtlsPair::End, Bytes>> kept;
  pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
    kept.emplace_back(from, datagram);
    return std::vector<Bytes>{};
  };
  for (const auto end : {kClient, kServer}) {
    EXPECT_TRUE(pair.endpoint[end]->send(Bytes(40, 9), pair.now));
    pair.drain(end);
  }
  pair.filter = nullptr;
  ASSERT_EQ(kept.size(), 2u);
  const size_t received[2] = {pair.heard[0].received.size(), pair.heard[1].received.size()};
  for (const auto& [from, datagram] : kept) {
    for (const uint16_t epoch : {0, 2, 3, 0x0100, 0x0101, 0xffff}) {
      Bytes moved = datagram;
      moved[3] = static_cast<uint8_t>(epoch >> 8);
      moved[4] = static_cast<uint8_t>(epoch);
      for (const ContentType type : {ContentType::kApplicationData, ContentType::kHandshake,
                                     ContentType::kAlert, ContentType::kChangeCipherSpec}) {
        moved[0] = static_cast<uint8_t>(type);
        pair.inject(from == kClient ? kServer : kClient, moved);
      }
    }
  }
  pair.settle();
  EXPECT_EQ(pair.heard[0].received.size(), received[0]);
  EXPECT_EQ(pair.heard[1].received.size(), received[1]);
  // They were no replays of what now comes.
  for (const auto& [from, datagram] : kept)
    pair.inject(from == kClient ? kServer : kClient, datagram);
  pair.settle();
  EXPECT_EQ(pair.heard[0].received.size(), received[0] + 1);
  EXPECT_EQ(pair.heard[1].received.size(), received[1] + 1);
  pair.expectNothingChanged();
}

TEST(DtlsRenegotiation, RecordsOfOtherEpochsDoNotDisturbAHandshake) {
  for (const auto victim : {kClient, kServer}) {
    DtlsPair pair;
    uint64_t number = 4000;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      std::vector<Bytes> arriving;
      if (from != victim) {
        for (const uint16_t epoch : {2, 3, 0xffff}) {
          // Genuine records, in an epoch that is not there yet.
          arriving.push_back(rewritten(datagram, [&](const Record& record) {
            Bytes whole = toBytes(record.whole);
            whole[3] = static_cast<uint8_t>(epoch >> 8);
            whole[4] = static_cast<uint8_t>(epoch);
            whole[9] = static_cast<uint8_t>(number >> 8);
            whole[10] = static_cast<uint8_t>(number++);
            return whole;
          }));
        }
      }
      arriving.push_back(datagram);
      return arriving;
    };
    const Timestamp begin = pair.now;
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected()) << victim;
    EXPECT_EQ(pair.now, begin) << "nothing had to be sent again";
    pair.expectDataFlows();
  }
}

#ifdef WEBRTC_HAVE_OPENSSL

TEST(DtlsRenegotiation, UnderTheKeysIsDeclinedAndChangesNothing) {
  for (const Role role : {Role::kClient, Role::kServer}) {
    OpensslPeer::Options options;
    options.role = role;
    Interop interop(options);
    interop.expectAgreement();
    const Bytes secret = interop.ours->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60);
    const Bytes certificate = interop.ours->remoteCertificate();
    size_t answers = 0;
    size_t asked = 0;
    for (int i = 0; i < 20; ++i) {
      interop.peer.renegotiate();
      for (Bytes& datagram : std::exchange(interop.peer.outgoing, {})) {
        ++asked;
        interop.ours->handleDatagram(std::move(datagram), interop.now);
      }
      while (auto output = interop.ours->poll()) {
        const auto* transmit = std::get_if<Transmit>(&*output);
        ASSERT_NE(transmit, nullptr) << "neither an end nor anything else";
        ++answers;
        EXPECT_LE(transmit->data.size(), 60u) << "an alert, no flight";
      }
    }
    EXPECT_GT(asked, 0u);
    EXPECT_LE(answers, asked);
    EXPECT_EQ(interop.ours->state(), State::kConnected);
    EXPECT_TRUE(interop.ours->deadline().isNever()) << "no handshake has begun";
    EXPECT_EQ(interop.ours->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60), secret);
    EXPECT_EQ(interop.ours->remoteCertificate(), certificate);
    EXPECT_TRUE(interop.ours->send(Bytes{1}, interop.now));
  }
}

#endif  // WEBRTC_HAVE_OPENSSL

}  // namespace
}  // namespace rtc::dtls
