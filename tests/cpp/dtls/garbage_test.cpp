// RFC 6347 section 4.1.2.7: what is no valid record of this association is discarded in silence.

#include <algorithm>

#include "cpp/dtls/record.h"
#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

/// Both ends connected, and everything that was on the wire until then.
struct Recorded {
  DtlsPair pair;
  std::vector<std::pair<DtlsPair::End, Bytes>> wire;

  explicit Recorded(uint64_t seed = 1) : pair(seed) {
    pair.filter = [this](DtlsPair::End from, size_t, const Bytes& datagram) {
      wire.emplace_back(from, datagram);
      return std::vector<Bytes>{datagram};
    };
    pair.start();
    pair.connect();
    EXPECT_TRUE(pair.connected());
    pair.expectDataFlows();
  }
};

/// Datagrams that no honest peer sends: every byte value alone and repeated, and records whose
/// headers are plausible around nonsense.
std::vector<Bytes> nonsense() {
  std::vector<Bytes> datagrams = {Bytes{}};
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<uint8_t>(value);
    for (size_t size : {1u, 12u, 13u, 14u, 25u, 26u, 100u, 1200u})
      datagrams.emplace_back(size, byte);
    for (uint8_t type : {20, 21, 22, 23}) {
      for (uint8_t epoch : {0, 1, 2}) {
        for (uint8_t length : {1, 2, 12, 24, 40}) {
          Bytes record{type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 1, byte, 0, length};
          record.insert(record.end(), length, byte);
          datagrams.push_back(std::move(record));
        }
      }
    }
  }
  return datagrams;
}

TEST(DtlsGarbage, NonsenseChangesNothingOnceConnected) {
  Recorded recorded;
  DtlsPair& pair = recorded.pair;
  for (const Bytes& datagram : nonsense()) {
    for (auto end : {kClient, kServer})
      pair.inject(end, datagram);
  }
  const size_t sent = pair.sent[kClient] + pair.sent[kServer];
  pair.settle();
  EXPECT_EQ(pair.sent[kClient] + pair.sent[kServer], sent) << "nothing is worth an answer";
  pair.expectDataFlows();
}

TEST(DtlsGarbage, NonsenseBeforeTheHandshakeDoesNotPreventIt) {
  for (bool cookies : {false, true}) {
    DtlsPair pair;
    pair.config[kServer].cookieExchange = cookies;
    std::vector<Bytes> first;
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      first.push_back(datagram);
      return std::vector<Bytes>{};
    };
    pair.start();
    pair.settle();
    for (Bytes& datagram : nonsense()) {
      // A well-formed fatal alert cannot be told from the server's own (TLS has no protection
      // before the keys), and closes the client's handshake: that is the peer's right.
      const bool alert = datagram.size() == 15 && datagram[0] == 21 && datagram[4] == 0;
      pair.inject(kServer, datagram);
      if (!alert)
        pair.inject(kClient, std::move(datagram));
    }
    pair.settle();
    ASSERT_FALSE(pair.heard[kServer].failed);
    ASSERT_FALSE(pair.heard[kClient].failed) << pair.heard[kClient].failed->text;
    pair.filter = nullptr;
    pair.connect();
    ASSERT_TRUE(pair.connected());
    pair.expectDataFlows();
  }
}

TEST(DtlsGarbage, ForgedProtectedRecordsBeforeFinishedAreDropped) {
  // An end that waits for Finished must not take a stranger's record for a failed one.
  for (auto victim : {kClient, kServer}) {
    DtlsPair pair;
    const auto forge = [&](uint8_t type, uint8_t sequence) {
      Bytes record{type, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, sequence, 0, 40};
      record.resize(53, 0x77);
      return record;
    };
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      std::vector<Bytes> arriving;
      const bool towardsVictim = from != victim;
      if (towardsVictim) {
        for (uint8_t i = 0; i < 20; ++i)
          arriving.push_back(forge(22, i));
        // Between the ChangeCipherSpec and the Finished of one datagram.
        ByteReader reader(datagram);
        while (auto record = readRecord(reader)) {
          arriving.push_back(toBytes(record->whole));
          for (uint8_t type : {20, 21, 22, 23})
            arriving.push_back(forge(type, 0));
        }
        return arriving;
      }
      arriving.push_back(datagram);
      return arriving;
    };
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected()) << victim;
    pair.filter = nullptr;
    pair.expectDataFlows();
  }
}

TEST(DtlsGarbage, AForgedHighRecordNumberDoesNotShutOutTheHandshake) {
  DtlsPair pair;
  pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
    std::vector<Bytes> arriving;
    if (index == 0) {
      // ChangeCipherSpec and a warning, numbered far ahead.
      arriving.push_back({20, 0xfe, 0xfd, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0, 0, 1, 1});
      if (from == kClient) {
        arriving.push_back({21, 0xfe, 0xfd, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf1, 0, 2, 1, 90});
      }
    }
    arriving.push_back(datagram);
    return arriving;
  };
  pair.start();
  pair.settle();
  ASSERT_TRUE(pair.connected());
  pair.expectDataFlows();
}

TEST(DtlsGarbage, TruncationsAndBitFlipsOfEveryRecordChangeNothingOnceConnected) {
  Recorded recorded;
  DtlsPair& pair = recorded.pair;
  // New records as well, which have not been delivered and so are no replays.
  pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
    recorded.wire.emplace_back(from, datagram);
    return std::vector<Bytes>{};
  };
  for (auto end : {kClient, kServer}) {
    EXPECT_TRUE(pair.endpoint[end]->send(Bytes(40, 9), pair.now));
    pair.drain(end);
  }
  pair.filter = nullptr;
  const size_t before[2] = {pair.heard[0].received.size(), pair.heard[1].received.size()};
  for (const auto& [from, datagram] : recorded.wire) {
    const auto to = from == kClient ? kServer : kClient;
    for (size_t size = 0; size < datagram.size(); ++size) {
      pair.inject(to,
                  Bytes(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(size)));
    }
    for (size_t bit = 0; bit<datagram.size() * 8; bit += datagram.size()> 200 ? 7 : 1) {
      Bytes flipped = datagram;
      flipped[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
      pair.inject(to, std::move(flipped));
    }
    pair.settle();
  }
  // A flip in the version byte or behind the record leaves the record itself valid.
  for (auto end : {kClient, kServer}) {
    EXPECT_LE(pair.heard[end].received.size(), before[end] + 1);
    for (size_t i = before[end]; i < pair.heard[end].received.size(); ++i) {
      EXPECT_EQ(pair.heard[end].received[i], Bytes(40, 9));
    }
    EXPECT_FALSE(pair.heard[end].failed || pair.heard[end].closed);
  }
  pair.expectDataFlows();
}

TEST(DtlsGarbage, DamagedCopiesOfProtectedRecordsDuringTheHandshakeDoNotEndIt) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    DtlsPair pair(seed);
    SeededRandom weather(seed);
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      std::vector<Bytes> arriving;
      ByteReader reader(datagram);
      while (auto record = readRecord(reader)) {
        if (record->epoch == 1) {
          for (int i = 0; i < 5; ++i) {
            Bytes damaged = toBytes(record->whole);
            const size_t at =
                kRecordHeaderSize + weather.below(static_cast<uint32_t>(record->payload.size()));
            damaged[at] ^= static_cast<uint8_t>(1 + weather.below(255));
            arriving.push_back(std::move(damaged));
          }
        }
        arriving.push_back(toBytes(record->whole));
      }
      return arriving;
    };
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected()) << seed;
    pair.filter = nullptr;
    pair.expectDataFlows();
  }
}

TEST(DtlsGarbage, RandomlyDamagedHandshakesEndInConnectionOrFailureAndNeverHang) {
  // Plaintext handshake messages are not protected: a well-formed lie in one of them may end the
  // handshake, which Finished exists to notice. What must not happen is anything else.
  int connections = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    DtlsPair pair(seed);
    pair.config[kClient].maxRetransmit = pair.config[kServer].maxRetransmit = Duration::seconds(2);
    SeededRandom weather(seed * 31);
    pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
      Bytes damaged = datagram;
      if (weather.below(4) == 0) {
        damaged[weather.below(static_cast<uint32_t>(damaged.size()))] ^=
            static_cast<uint8_t>(1 + weather.below(255));
      }
      return std::vector<Bytes>{damaged};
    };
    pair.start();
    pair.connect(1000);
    const auto settled = [&](DtlsPair::End end) {
      return pair.heard[end].connected || pair.heard[end].failed ||
             pair.endpoint[end]->deadline().isNever();
    };
    EXPECT_TRUE(settled(kClient) && settled(kServer)) << seed;
    if (pair.connected()) {
      ++connections;
      pair.filter = nullptr;
      pair.expectDataFlows();
    }
  }
  EXPECT_GT(connections, 20);
}

}  // namespace
}  // namespace rtc::dtls
