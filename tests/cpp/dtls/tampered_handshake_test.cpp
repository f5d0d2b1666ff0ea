// Handshakes in which somebody on the path changes, adds, leaves out or reorders messages. What may
// come of it is a failure; never a connection of which both ends do not think the same, nor one
// without the peer's certificate.

#include <algorithm>

#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/dtls/tampering.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;
using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr uint8_t kDecryptError = 51;

std::vector<Bytes> one(Bytes datagram) {
  if (datagram.empty())
    return {};
  return {std::move(datagram)};
}

/// A pair that gives up soon.
struct ShortPair : DtlsPair {
  explicit ShortPair(uint64_t seed = 1) : DtlsPair(seed) {
    config[kClient].maxRetransmit = config[kServer].maxRetransmit = Duration::seconds(1);
  }
};

void expectNeitherConnected(const DtlsPair& pair, const char* what) {
  EXPECT_FALSE(pair.heard[kClient].connected) << what;
  EXPECT_FALSE(pair.heard[kServer].connected) << what;
}

TEST(DtlsTampered, AnEmptyCertificateIsRefused) {
  for (const auto victim : {kClient, kServer}) {
    ShortPair pair;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      if (from == victim)
        return one(datagram);
      return one(withMessage(datagram, HandshakeType::kCertificate, [](Bytes& body) {
        body = {0, 0, 0};  // a list without entries
      }));
    };
    pair.start();
    pair.connect();
    expectNeitherConnected(pair, "an empty list");
    ASSERT_TRUE(pair.heard[victim].failed) << victim;
    EXPECT_EQ(pair.heard[victim].failed->reason, FailureReason::kAlertSent);
  }
}

TEST(DtlsTampered, ACertificateMessageThatLiesAboutItsLengthsIsRefused) {
  for (const auto victim : {kClient, kServer}) {
    for (const size_t at : {0u, 1u, 2u, 3u, 4u, 5u}) {
      for (const uint8_t value : {0x00, 0x7f, 0xff}) {
        bool isChanged = false;
        ShortPair pair;
        pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
          if (from == victim)
            return one(datagram);
          return one(withMessage(datagram, HandshakeType::kCertificate, [&](Bytes& body) {
            isChanged = isChanged || body[at] != value;
            body[at] = value;
          }));
        };
        pair.start();
        pair.connect();
        if (isChanged)
          expectNeitherConnected(pair, "a length");
      }
    }
  }
}

TEST(DtlsTampered, AWrongCertificateVerifyIsRefused) {
  // Everything of it but its algorithm: the length, and each byte of the signature.
  for (size_t at = 2; at < 70; at += 4) {
    ShortPair pair;
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      return one(withMessage(datagram, HandshakeType::kCertificateVerify,
                             [&](Bytes& body) { body[at] ^= 1; }));
    };
    pair.start();
    pair.connect();
    expectNeitherConnected(pair, "CertificateVerify");
    ASSERT_TRUE(pair.heard[kServer].failed) << at;
    EXPECT_TRUE(pair.heard[kServer].failed->sentAlert) << at;
  }
}

TEST(DtlsTampered, WithoutCertificateVerifyTheClientsCertificateProvesNothing) {
  ShortPair pair;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    return one(withoutMessage(datagram, HandshakeType::kCertificateVerify));
  };
  pair.start();
  pair.connect();
  expectNeitherConnected(pair, "no CertificateVerify");
}

TEST(DtlsTampered, AWrongSignatureOfTheServersKeyIsRefused) {
  // The curve, the point and the signature.
  for (size_t at = 0; at < 100; at += 5) {
    ShortPair pair;
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      return one(withMessage(datagram, HandshakeType::kServerKeyExchange,
                             [&](Bytes& body) { body[at] ^= 0x10; }));
    };
    pair.start();
    pair.connect();
    expectNeitherConnected(pair, "ServerKeyExchange");
    EXPECT_TRUE(pair.heard[kClient].failed) << at;
  }
}

TEST(DtlsTampered, AServerThatAsksForNoCertificateGetsNoConnectionOfOurs) {
  // Our server insists on a certificate, whatever somebody makes of its request.
  ShortPair pair;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    return one(withoutMessage(datagram, HandshakeType::kCertificateRequest));
  };
  pair.start();
  pair.connect();
  expectNeitherConnected(pair, "no CertificateRequest");
}

Bytes changeCipherSpec(uint64_t number) {
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(ContentType::kChangeCipherSpec));
  writer.u16(0xfefd);
  writer.u64(number);
  writer.u16(1);
  writer.u8(1);
  return writer.take();
}

TEST(DtlsTampered, AnEarlyChangeCipherSpecNeverMakesAConnectionOfWeakKeys) {
  // CVE-2014-0224: before each record of either end, and before all of them.
  for (const auto victim : {kClient, kServer}) {
    for (size_t before = 0; before < 8; ++before) {
      ShortPair pair;
      size_t records = 0;
      uint64_t number = 5000;
      pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
        if (from == victim)
          return one(datagram);
        return one(rewritten(datagram, [&](const Record& record) {
          Bytes result;
          if (before == 7 || records++ == before)
            result = changeCipherSpec(number++);
          result.insert(result.end(), record.whole.begin(), record.whole.end());
          return result;
        }));
      };
      pair.start();
      pair.connect();
      ASSERT_EQ(pair.heard[kClient].connected.has_value(),
                pair.heard[kServer].connected.has_value())
          << victim << " " << before;
      if (!pair.connected())
        continue;
      EXPECT_EQ(pair.endpoint[kClient]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60),
                pair.endpoint[kServer]->exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60));
      pair.expectDataFlows();
    }
  }
}

TEST(DtlsTampered, FinishedBeforeChangeCipherSpecIsNotTaken) {
  for (const auto speaker : {kClient, kServer}) {
    DtlsPair pair;
    bool isLeftOut = true;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      if (from != speaker || !isLeftOut)
        return one(datagram);
      return one(rewritten(datagram, [](const Record& record) {
        return record.type == ContentType::kChangeCipherSpec ? Bytes{} : toBytes(record.whole);
      }));
    };
    pair.start();
    const auto listener = speaker == kClient ? kServer : kClient;
    for (int i = 0; i < 5; ++i) {
      pair.settle();
      EXPECT_FALSE(pair.heard[listener].connected);
      EXPECT_FALSE(pair.heard[listener].failed);
      ASSERT_TRUE(pair.advance());
    }
    isLeftOut = false;
    pair.connect();
    ASSERT_TRUE(pair.connected()) << "it was only late";
    pair.expectDataFlows();
  }
}

TEST(DtlsTampered, FinishedInPlaintextIsNotTaken) {
  for (const auto victim : {kClient, kServer}) {
    ShortPair pair;
    uint64_t number = 7000;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      if (from == victim)
        return one(datagram);
      // In the place of the genuine one, with every number that it may have.
      Bytes result = rewritten(datagram, [](const Record& record) {
        return record.epoch == 1 ? Bytes{} : toBytes(record.whole);
      });
      for (uint16_t message = 0; message < 10; ++message) {
        const Bytes forged =
            messageRecord(HandshakeType::kFinished, message, Bytes(12, 0), number++);
        result.insert(result.end(), forged.begin(), forged.end());
      }
      return one(std::move(result));
    };
    pair.start();
    pair.connect();
    EXPECT_FALSE(pair.heard[victim].connected) << victim;
    EXPECT_TRUE(pair.heard[victim].received.empty());
  }
}

TEST(DtlsTampered, FragmentsThatContradictEachOtherNeverMakeTwoEndsOfTwoMinds) {
  // Each message comes in overlapping pieces, and the bytes in which they overlap are wrong in the
  // first of them, or in the last.
  int connections = 0;
  for (const bool isFirstWrong : {false, true}) {
    for (const size_t piece : {20u, 50u, 130u}) {
      ShortPair pair;
      uint64_t number = 100;
      pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
        return one(rewritten(datagram, [&](const Record& record) {
          const auto message = messageOf(record);
          ByteWriter writer;
          if (!message || message->body.size() <= piece + 8) {
            writer.bytes(record.whole);
            return writer.take();
          }
          const size_t size = message->body.size();
          for (size_t from = 0; from < size; from += piece) {
            const size_t until = std::min(from + piece + 8, size);
            Bytes body = toBytes(message->body.subspan(from, until - from));
            if (isFirstWrong && until < size) {
              std::for_each(body.end() - 8, body.end(), [](uint8_t& byte) { byte ^= 0xff; });
            } else if (!isFirstWrong && from > 0) {
              std::for_each(body.begin(),
                            body.begin() + std::min<std::ptrdiff_t>(8, std::ssize(body)),
                            [](uint8_t& byte) { byte ^= 0xff; });
            }
            writer.bytes(fragmentRecord(message->type, message->messageSequence, size, from, body,
                                        number++));
          }
          return writer.take();
        }));
      };
      pair.start();
      pair.connect();
      ASSERT_EQ(pair.heard[kClient].connected.has_value(),
                pair.heard[kServer].connected.has_value())
          << piece;
      if (pair.connected()) {
        ++connections;
        pair.filter = nullptr;
        pair.expectDataFlows();
      }
    }
  }
  // Which of two pieces counts is the library's to say; one of the two ways makes sense of it.
  EXPECT_LE(connections, 3);
}

TEST(DtlsTampered, HugeMessagesTowardsAClientCostNothing) {
  DtlsPair pair;
  pair.filter = [](DtlsPair::End, size_t, const Bytes&) {
    return std::vector<Bytes>{};
  };
  pair.start();
  pair.settle();
  const size_t before = bytesInUse();
  uint64_t number = 1000;
  for (const HandshakeType type :
       {HandshakeType::kServerHello, HandshakeType::kCertificate, HandshakeType::kServerKeyExchange,
        HandshakeType::kHelloVerifyRequest}) {
    for (uint16_t message = 0; message < 8; ++message) {
      for (size_t offset = 0; offset < 0xffff00; offset += 0x40000) {
        pair.endpoint[kClient]->handleDatagram(
            fragmentRecord(type, message, 0xffffff, offset, Bytes(200), number++), pair.now);
        pair.drain(kClient);
      }
    }
  }
  EXPECT_LE(growthSince(before), 1024u);
  EXPECT_EQ(pair.sent[kClient], 1u) << "nothing is worth an answer";
  pair.filter = nullptr;
  pair.connect();
  ASSERT_TRUE(pair.connected());
  pair.expectDataFlows();
}

TEST(DtlsTampered, LengthsThatDoNotFitTogetherAreNoMessage) {
  // A record shorter or longer than its fragment, a fragment beyond its message, and all at once.
  for (const auto victim : {kClient, kServer}) {
    DtlsPair pair;
    pair.filter = [&](DtlsPair::End, size_t, const Bytes&) {
      return std::vector<Bytes>{};
    };
    pair.start();
    pair.settle();
    uint64_t number = 2000;
    const HandshakeType type =
        victim == kClient ? HandshakeType::kServerHello : HandshakeType::kClientHello;
    for (const size_t recordLength : {0u, 1u, 11u, 12u, 13u, 60u, 0x4000u, 0xffffu}) {
      for (const size_t fragmentLength : {0u, 1u, 48u, 49u, 0xffffffu}) {
        for (const size_t messageLength : {0u, 1u, 47u, 48u, 0xffffffu}) {
          for (const size_t offset : {0u, 1u, 48u, 0xffffffu}) {
            Bytes record = fragmentRecord(type, 0, messageLength, offset, Bytes(48, 0), number++);
            record[11] = static_cast<uint8_t>(recordLength >> 8);
            record[12] = static_cast<uint8_t>(recordLength);
            for (size_t i = 0; i < 3; ++i) {
              record[kRecordHeaderSize + 9 + i] =
                  static_cast<uint8_t>(fragmentLength >> (16 - 8 * i));
            }
            // What is well-formed is part of a message, and has tests of its own.
            if (recordLength <= 60 && recordLength >= kHandshakeHeaderSize + fragmentLength &&
                offset + fragmentLength <= messageLength)
              continue;
            pair.endpoint[victim]->handleDatagram(std::move(record), pair.now);
            pair.drain(victim);
          }
        }
      }
    }
    EXPECT_EQ(pair.sent[victim], victim == kClient ? 1u : 0u);
    pair.filter = nullptr;
    pair.connect();
    EXPECT_TRUE(pair.connected()) << victim;
  }
}

TEST(DtlsTampered, AChangedFinishedEndsTheHandshakeOnlyWithTheKeys) {
  // Whoever has no keys cannot change it: the record is dropped, and the genuine one taken.
  for (const auto victim : {kClient, kServer}) {
    DtlsPair pair;
    bool isDamaged = true;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      if (from == victim || !isDamaged)
        return one(datagram);
      return one(rewritten(datagram, [](const Record& record) {
        Bytes whole = toBytes(record.whole);
        if (record.epoch == 1)
          whole.back() ^= 1;
        return whole;
      }));
    };
    pair.start();
    pair.settle();
    EXPECT_FALSE(pair.heard[victim].connected);
    EXPECT_FALSE(pair.heard[victim].failed);
    isDamaged = false;
    pair.connect();
    ASSERT_TRUE(pair.connected()) << victim;
    EXPECT_NE(pair.heard[victim].failed ? pair.heard[victim].failed->sentAlert : std::nullopt,
              kDecryptError);
    pair.expectDataFlows();
  }
}

}  // namespace
}  // namespace rtc::dtls
