#include <algorithm>

#include "tests/cpp/dtls/dtls_pair.h"

namespace rtc::dtls {
namespace {

using enum DtlsPair::End;

std::vector<Bytes> once(const Bytes& datagram) {
  return {datagram};
}

TEST(DtlsLoss, LosingAnySingleDatagramCostsNoMoreThanOneRetransmission) {
  for (bool cookies : {false, true}) {
    for (size_t mtu : {300u, 1200u}) {
      for (auto victim : {kClient, kServer}) {
        for (size_t lost = 0; lost < 12; ++lost) {
          DtlsPair pair;
          pair.config[kServer].cookieExchange = cookies;
          pair.config[kClient].mtu = pair.config[kServer].mtu = mtu;
          pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
            return from == victim && index == lost ? std::vector<Bytes>{} : once(datagram);
          };
          const Timestamp start = pair.now;
          pair.start();
          pair.connect();
          ASSERT_TRUE(pair.connected())
              << "cookies " << cookies << " mtu " << mtu << " end " << victim << " lost " << lost;
          EXPECT_LE(pair.now - start, pair.config[kClient].initialRetransmit);
          pair.filter = nullptr;
          pair.expectDataFlows();
        }
      }
    }
  }
}

// RFC 6347 section 4.2.4: a flight is what one end sends before it hears the other.
TEST(DtlsLoss, LosingAnyOneFlightWholeCostsNoMoreThanOneRetransmission) {
  for (bool cookies : {false, true}) {
    for (size_t mtu : {300u, 1200u}) {
      const int flights = cookies ? 6 : 4;
      for (int lost = 0; lost < flights; ++lost) {
        SCOPED_TRACE("cookies " + std::to_string(cookies) + " mtu " + std::to_string(mtu) +
                     " flight " + std::to_string(lost));
        DtlsPair pair;
        pair.config[kServer].cookieExchange = cookies;
        pair.config[kClient].mtu = pair.config[kServer].mtu = mtu;
        std::optional<DtlsPair::End> sender;
        int flight = -1;
        size_t dropped = 0;
        const Timestamp start = pair.now;
        pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
          if (sender != from)
            ++flight;
          sender = from;
          // What is sent later in its place passes.
          if (flight != lost || pair.now != start)
            return once(datagram);
          ++dropped;
          return std::vector<Bytes>{};
        };
        pair.start();
        pair.connect();
        ASSERT_TRUE(pair.connected());
        EXPECT_GT(dropped, 0u);
        EXPECT_EQ(pair.now - start, pair.config[kClient].initialRetransmit);
        pair.filter = nullptr;
        pair.expectDataFlows();
      }
    }
  }
}

TEST(DtlsLoss, LosingEachFlightEntirelySeveralTimesInARowStillConnects) {
  // Flights by who sends them, in rounds: everything one end sends before it hears something new.
  for (auto victim : {kClient, kServer}) {
    for (size_t first = 0; first < 3; ++first) {
      for (size_t count = 1; count <= 4; ++count) {
        DtlsPair pair;
        pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
          return from == victim && index >= first && index < first + count ? std::vector<Bytes>{}
                                                                           : once(datagram);
        };
        pair.start();
        pair.connect();
        ASSERT_TRUE(pair.connected()) << victim << " " << first << " " << count;
        pair.filter = nullptr;
        pair.expectDataFlows();
      }
    }
  }
}

TEST(DtlsLoss, EveryDatagramTwiceChangesNothing) {
  for (bool cookies : {false, true}) {
    DtlsPair pair;
    pair.config[kServer].cookieExchange = cookies;
    pair.config[kClient].mtu = pair.config[kServer].mtu = 300;
    pair.filter = [](DtlsPair::End, size_t, const Bytes& datagram) {
      return std::vector<Bytes>{datagram, datagram};
    };
    const Timestamp start = pair.now;
    pair.start();
    pair.connect();
    ASSERT_TRUE(pair.connected());
    EXPECT_EQ(pair.now, start);
    EXPECT_LE(pair.sent[kClient], 10u) << "duplicates must not make it retransmit";
    EXPECT_LE(pair.sent[kServer], 10u);
    pair.filter = nullptr;
    pair.expectDataFlows();
  }
}

TEST(DtlsLoss, EveryFlightBackwardsConnectsAfterOneRetransmissionAtMost) {
  for (size_t mtu : {300u, 400u, 600u}) {
    DtlsPair pair;
    pair.config[kClient].mtu = pair.config[kServer].mtu = mtu;
    std::vector<Bytes> flight[2];
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      flight[from].push_back(datagram);
      return std::vector<Bytes>{};
    };
    const Timestamp start = pair.now;
    pair.start();
    for (int round = 0; round < 8; ++round) {
      pair.settle();
      for (auto from : {kClient, kServer}) {
        std::reverse(flight[from].begin(), flight[from].end());
        for (Bytes& datagram : std::exchange(flight[from], {})) {
          pair.inject(from == kClient ? kServer : kClient, std::move(datagram));
        }
      }
    }
    pair.filter = nullptr;
    pair.connect();
    ASSERT_TRUE(pair.connected()) << mtu;
    // mbedTLS keeps the next message and three beyond it. ServerHelloDone is four beyond the first
    // of its flight, so when it comes first it has to come again.
    EXPECT_LE(pair.now - start, pair.config[kClient].initialRetransmit);
    pair.expectDataFlows();
  }
}

TEST(DtlsLoss, ConnectsOverSeededLinksThatLoseDuplicateAndReorder) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    DtlsPair pair(seed);
    pair.config[kServer].cookieExchange = seed % 2 == 0;
    pair.config[kClient].mtu = pair.config[kServer].mtu = seed % 3 == 0 ? 300 : 1200;
    SeededRandom weather(seed * 7919);
    std::vector<Bytes> delayed[2];
    pair.filter = [&](DtlsPair::End from, size_t, const Bytes& datagram) {
      std::vector<Bytes> arriving;
      const uint32_t dice = weather.below(10);
      if (dice < 2)
        return arriving;
      if (dice < 4) {
        delayed[from].push_back(datagram);
        return arriving;
      }
      arriving.push_back(datagram);
      if (dice < 6)
        arriving.push_back(datagram);
      for (Bytes& late : std::exchange(delayed[from], {}))
        arriving.push_back(std::move(late));
      return arriving;
    };
    pair.start();
    pair.connect(400);
    ASSERT_TRUE(pair.connected()) << "seed " << seed;
    pair.filter = nullptr;
    pair.expectDataFlows();
  }
}

TEST(DtlsLoss, TheServerRepeatsItsLastFlightWhenTheClientMissedIt) {
  DtlsPair pair;
  bool drop = true;
  pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
    return from == kServer && index >= 1 && drop ? std::vector<Bytes>{} : once(datagram);
  };
  pair.start();
  pair.settle();
  ASSERT_TRUE(pair.heard[kServer].connected);
  ASSERT_FALSE(pair.heard[kClient].connected);
  // The server believes itself connected and has data to say, which must not replace the flight.
  EXPECT_TRUE(pair.endpoint[kServer]->send(Bytes{1}, pair.now));
  pair.settle();
  drop = false;
  pair.connect();
  ASSERT_TRUE(pair.connected());
  pair.expectDataFlows();
}

TEST(DtlsLoss, AFlightIsSentAgainAsSoonAsThePathReturns) {
  DtlsPair pair;
  bool isCut = true;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    return isCut ? std::vector<Bytes>{} : once(datagram);
  };
  pair.start();
  for (int i = 0; i < 6; ++i) {
    pair.settle();
    ASSERT_TRUE(pair.advance());
  }
  pair.settle();
  isCut = false;
  const Timestamp returned = pair.now;
  ASSERT_GT(pair.endpoint[kClient]->deadline() - returned, Duration::seconds(1));
  pair.endpoint[kClient]->pathReturned(pair.now);
  pair.endpoint[kServer]->pathReturned(pair.now);
  pair.settle();
  EXPECT_TRUE(pair.connected());
  EXPECT_EQ(pair.now, returned);
  // And there is nothing more to send.
  const size_t sent = pair.sent[kClient];
  pair.endpoint[kClient]->pathReturned(pair.now);
  pair.settle();
  EXPECT_EQ(pair.sent[kClient], sent);
  pair.expectDataFlows();
}

TEST(DtlsLoss, AFlightThatHasJustLeftDoesNotLeaveTwiceWhenThePathChanges) {
  DtlsPair pair;
  pair.start();
  const size_t sent = pair.sent[kClient];
  pair.endpoint[kClient]->pathReturned(pair.now);
  pair.settle();
  EXPECT_TRUE(pair.connected());
  // Its hello and its answer to the server's flight.
  EXPECT_EQ(pair.sent[kClient], sent + 2);
}

// The library's own timer has nowhere left to go by then.
TEST(DtlsLoss, AHandshakeThatIsAboutToEndGoesOnWhenThePathReturns) {
  DtlsPair pair;
  bool isCut = true;
  pair.filter = [&](DtlsPair::End, size_t, const Bytes& datagram) {
    return isCut ? std::vector<Bytes>{} : once(datagram);
  };
  pair.start();
  pair.settle();
  // Its last wait.
  while (pair.endpoint[kClient]->deadline() - pair.now < Duration::seconds(60)) {
    ASSERT_TRUE(pair.advance());
    pair.settle();
  }
  // Back, but not for good: it is tried again soon, less and less often, and for long.
  const size_t before = pair.sent[kClient];
  const Timestamp returned = pair.now;
  pair.endpoint[kClient]->pathReturned(pair.now);
  pair.settle();
  EXPECT_LT(pair.endpoint[kClient]->deadline() - pair.now, Duration::seconds(1));
  while (pair.now - returned < Duration::seconds(30)) {
    ASSERT_TRUE(pair.advance());
    pair.settle();
  }
  EXPECT_GT(pair.sent[kClient], before + 5);
  EXPECT_EQ(pair.endpoint[kClient]->state(), State::kConnecting);
  isCut = false;
  pair.endpoint[kClient]->pathReturned(pair.now);
  pair.settle();
  EXPECT_TRUE(pair.connected());
  pair.expectDataFlows();
}

TEST(DtlsLoss, RetransmissionsBackOff) {
  DtlsPair pair;
  pair.filter = [](DtlsPair::End, size_t, const Bytes&) {
    return std::vector<Bytes>{};
  };
  pair.config[kClient].initialRetransmit = Duration::milliseconds(50);
  pair.start();
  Duration expected = Duration::milliseconds(50);
  for (int i = 0; i < 8; ++i) {
    pair.settle();
    EXPECT_EQ(pair.endpoint[kClient]->deadline() - pair.now, expected);
    const size_t before = pair.sent[kClient];
    pair.endpoint[kClient]->handleTimeout(pair.now);  // early: nothing happens
    pair.drain(kClient);
    EXPECT_EQ(pair.sent[kClient], before);
    ASSERT_TRUE(pair.advance());
    pair.drain(kClient);
    EXPECT_EQ(pair.sent[kClient], before + 1);
    expected = expected * 2;
  }
}

// mbedTLS makes the flights of a handshake smaller after losses, and keeps the last one.
TEST(DtlsLoss, OfFlightsDoesNotBoundWhatTheServerSendsFirst) {
  DtlsPair pair;
  int lost = 0;
  pair.filter = [&](DtlsPair::End from, size_t index, const Bytes& datagram) {
    const bool isLost = from == DtlsPair::kClient && index > 0 && lost < 6;
    lost += isLost ? 1 : 0;
    return isLost ? std::vector<Bytes>{} : once(datagram);
  };
  pair.start();
  pair.connect();
  ASSERT_TRUE(pair.connected());
  const Bytes data(1200, 1);
  EXPECT_TRUE(pair.endpoint[DtlsPair::kServer]->send(data, pair.now));
  pair.settle();
  EXPECT_EQ(pair.heard[DtlsPair::kClient].received, std::vector<Bytes>{data});
}

}  // namespace
}  // namespace rtc::dtls
