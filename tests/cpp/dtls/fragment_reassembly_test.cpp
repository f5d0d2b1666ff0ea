// Fragments of handshake messages that do not fit together: of one message with two lengths
// (CVE-2014-0195), without end (CVE-2022-29189, CVE-2014-3506), of no bytes (CVE-2022-29190).

#include "cpp/dtls/record.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;
using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr uint8_t kClientHello = 1;
constexpr uint8_t kCertificate = 11;

struct Fragment {
  uint8_t type = kClientHello;
  uint32_t length = 100;
  uint16_t sequence = 0;
  uint32_t offset = 0;
  size_t size = 50;
};

Bytes recordOf(const Fragment& fragment, uint64_t number) {
  ByteWriter writer;
  writer.u8(22);
  writer.u16(0xfefd);
  writer.u64(number);
  writer.u16(static_cast<uint16_t>(kHandshakeHeaderSize + fragment.size));
  writer.u8(fragment.type);
  writer.u24(fragment.length);
  writer.u16(fragment.sequence);
  writer.u24(fragment.offset);
  writer.u24(static_cast<uint32_t>(fragment.size));
  writer.zeros(fragment.size);
  return writer.take();
}

/// A pair whose client has not been heard yet: what the test gives comes first.
class DtlsFragments : public ::testing::Test {
 protected:
  DtlsFragments() {
    pair.filter = [this](DtlsPair::End, size_t, const Bytes& datagram) {
      kept.push_back(datagram);
      return std::vector<Bytes>{};
    };
    pair.start();
    pair.settle();
  }
  void give(const Fragment& fragment) {
    pair.endpoint[kServer]->handleDatagram(recordOf(fragment, number++), pair.now);
    pair.drain(kServer);
  }
  /// The honest client's turn.
  void expectConnection() {
    pair.filter = nullptr;
    pair.connect();
    ASSERT_FALSE(pair.heard[kServer].failed);
    ASSERT_TRUE(pair.connected());
    pair.expectDataFlows();
  }

  DtlsPair pair;
  std::vector<Bytes> kept;
  uint64_t number = 1000;
};

TEST_F(DtlsFragments, OfAMessageThatGrowsAreNoMoreThanItsFirstLength) {
  give({.length = 100, .offset = 0, .size = 50});
  give({.length = 16000, .offset = 50, .size = 1000});
  give({.length = 60, .offset = 50, .size = 10});
  expectConnection();
}

TEST_F(DtlsFragments, ThatReachBeyondTheirMessageAreNone) {
  give({.length = 100, .offset = 90, .size = 50});
  give({.length = 100, .offset = 0xffffff, .size = 1});
  give({.length = 0xffffff, .offset = 0xfffff0, .size = 0x0f});
  EXPECT_EQ(pair.sent[kServer], 0u);
  expectConnection();
}

TEST_F(DtlsFragments, OfMessagesTooLargeToBeKeptAreNotKept) {
  const size_t before = bytesInUse();
  for (uint32_t offset = 0; offset < 0xf00000; offset += 0x10000)
    give({.length = 0xffffff, .offset = offset, .size = 1000});
  EXPECT_LE(growthSince(before), 1024u);
  expectConnection();
}

TEST_F(DtlsFragments, OfNoBytesAreNothing) {
  for (int i = 0; i < 1000; ++i)
    give({.length = 100, .offset = 10, .size = 0});
  give({.length = 0, .offset = 0, .size = 0});
  EXPECT_EQ(pair.sent[kServer], 0u);
  expectConnection();
}

TEST_F(DtlsFragments, WithoutEndCostNoMoreMemoryThanTheFirst) {
  give({.length = 4000, .sequence = 0, .offset = 0, .size = 1});
  const size_t before = bytesInUse();
  SeededRandom random(6);
  for (int i = 0; i < 20'000; ++i) {
    // Of many messages, in any order, far ahead of what is next.
    give({.type = random.below(2) == 0 ? kClientHello : kCertificate,
          .length = 2000 + random.below(12000),
          .sequence = static_cast<uint16_t>(random.below(65536)),
          .offset = random.below(1000),
          .size = 1 + random.below(1000)});
  }
  // The library's buffer for one message, if it was not there before.
  EXPECT_LE(growthSince(before), 20'000u);
  expectConnection();
}

TEST_F(DtlsFragments, FarAheadDuringAHandshakeAreKeptUpToABound) {
  // The server has answered the hello, and waits for the rest of the client's flight.
  pair.filter = nullptr;
  size_t flights = 0;
  pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
    return from == kClient && flights++ > 0 ? std::vector<Bytes>{} : std::vector<Bytes>{datagram};
  };
  while (pair.sent[kServer] == 0) {
    ASSERT_TRUE(pair.advance());
    pair.settle();
  }
  const size_t before = bytesInUse();
  for (int i = 0; i < 5000; ++i) {
    give({.type = kCertificate,
          .length = 16000,
          .sequence = static_cast<uint16_t>(2 + i % 40),
          .offset = static_cast<uint32_t>(i % 15),
          .size = 900});
  }
  // MBEDTLS_SSL_DTLS_MAX_BUFFERING is 32 kB, each message's bitmap beside it.
  EXPECT_LE(growthSince(before), 64u * 1024);
}

TEST(DtlsFloods, HelloAfterHelloCostsNothingThatStays) {
  for (const bool cookies : {false, true}) {
    DtlsPair pair;
    pair.config[kServer].cookieExchange = cookies;
    std::vector<Bytes> hellos;
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      if (from == kClient)
        hellos.push_back(datagram);
      return std::vector<Bytes>{};
    };
    pair.start();
    pair.settle();
    ASSERT_FALSE(hellos.empty());
    size_t before = 0;
    size_t answered = 0;
    for (uint32_t i = 0; i < 2000; ++i) {
      // Each with other random bytes, and a record number of its own.
      Bytes hello = hellos[0];
      hello[9] = static_cast<uint8_t>(i >> 8);
      hello[10] = static_cast<uint8_t>(i);
      hello[kRecordHeaderSize + kHandshakeHeaderSize + 5] = static_cast<uint8_t>(i >> 8);
      hello[kRecordHeaderSize + kHandshakeHeaderSize + 6] = static_cast<uint8_t>(i);
      pair.endpoint[kServer]->handleDatagram(std::move(hello), pair.now);
      while (auto output = pair.endpoint[kServer]->poll()) {
        if (auto* transmit = std::get_if<Transmit>(&*output))
          answered += transmit->data.size();
      }
      if (i == 10)
        before = bytesInUse();
    }
    EXPECT_LE(growthSince(before), 4096u) << cookies;
    if (cookies) {
      // A HelloVerifyRequest is smaller than what it answers (RFC 6347 section 4.2.1).
      EXPECT_LE(answered, 2000 * hellos[0].size());
    }
  }
}

}  // namespace
}  // namespace rtc::dtls
