#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/dtls/endpoint.h"

namespace rtc::dtls {

inline constexpr int64_t kTestUnixTime = 1'760'000'000;

/// Key generation is the slow part of a test, so each kind is made once.
inline std::shared_ptr<const Certificate> testCertificate(KeyType type, uint64_t seed) {
  SeededRandom random(seed);
  auto result = Certificate::generate(type, random, kTestUnixTime + 30 * 86400, kTestUnixTime);
  EXPECT_TRUE(result.ok());
  return result.ok() ? *result : nullptr;
}
inline std::shared_ptr<const Certificate> clientCertificate() {
  static const auto certificate = testCertificate(KeyType::kEcdsaP256, 11);
  return certificate;
}
inline std::shared_ptr<const Certificate> serverCertificate() {
  static const auto certificate = testCertificate(KeyType::kEcdsaP256, 12);
  return certificate;
}
inline std::shared_ptr<const Certificate> rsaCertificate() {
  static const auto certificate = testCertificate(KeyType::kRsa2048, 13);
  return certificate;
}

/// What one end has said so far.
struct Heard {
  std::optional<Connected> connected;
  std::optional<Failed> failed;
  bool closed = false;
  std::vector<Bytes> received;
};

/// Two endpoints, one clock, and a wire in between that a test may tamper with. Datagrams arrive at
/// once and in order unless the filter says otherwise.
class DtlsPair {
 public:
  enum End { kClient = 0, kServer = 1 };

  EndpointConfig config[2];
  /// What arrives of the datagram that `from` sent as its `index`-th. Default: the datagram.
  std::function<std::vector<Bytes>(End from, size_t index, const Bytes& datagram)> filter;
  Heard heard[2];
  std::unique_ptr<Endpoint> endpoint[2];
  size_t sent[2] = {0, 0};
  size_t largest[2] = {0, 0};
  Timestamp now = Timestamp::milliseconds(1000);
  SeededRandom random;

  explicit DtlsPair(uint64_t seed = 1) : random(seed) {
    config[kClient].role = Role::kClient;
    config[kClient].certificate = clientCertificate();
    config[kClient].expected = serverCertificate()->fingerprints();
    config[kServer].role = Role::kServer;
    config[kServer].certificate = serverCertificate();
    config[kServer].expected = clientCertificate()->fingerprints();
  }

  /// Creates both ends and begins.
  void start() {
    for (End end : {kServer, kClient}) {
      endpoint[end] = createMbedtlsEndpoint(config[end], random);
      ASSERT_NE(endpoint[end], nullptr);
    }
    endpoint[kServer]->start(now);
    endpoint[kClient]->start(now);
  }

  /// Puts a datagram on the wire towards `to`, past the filter.
  void inject(End to, Bytes datagram) { inFlight_.emplace_back(to, std::move(datagram)); }

  /// Delivers everything that is on the wire, without letting time pass.
  void settle() {
    for (;;) {
      drain(kClient);
      drain(kServer);
      if (inFlight_.empty())
        return;
      auto [to, datagram] = std::move(inFlight_.front());
      inFlight_.pop_front();
      endpoint[to]->handleDatagram(std::move(datagram), now);
      drain(to);
    }
  }

  /// Moves the clock to the next deadline. False when there is none.
  bool advance() {
    const Timestamp next = earlier(endpoint[kClient]->deadline(), endpoint[kServer]->deadline());
    if (next.isNever())
      return false;
    EXPECT_GT(next, now) << "a deadline in the past would spin";
    now = std::max(now, next);
    endpoint[kClient]->handleTimeout(now);
    endpoint[kServer]->handleTimeout(now);
    return true;
  }

  bool connected() const { return heard[kClient].connected && heard[kServer].connected; }

  /// Runs until both ends are connected, or nothing is left to wait for.
  void connect(int maxTimeouts = 200) {
    for (int i = 0; i <= maxTimeouts; ++i) {
      settle();
      if (connected() || !advance())
        return;
    }
  }

  /// Sends one record each way and checks that it arrives.
  void expectDataFlows() {
    for (End end : {kClient, kServer}) {
      const End other = end == kClient ? kServer : kClient;
      const Bytes data{1, 2, 3, static_cast<uint8_t>(end)};
      const size_t before = heard[other].received.size();
      EXPECT_TRUE(endpoint[end]->send(data, now));
      settle();
      ASSERT_EQ(heard[other].received.size(), before + 1);
      EXPECT_EQ(heard[other].received.back(), data);
    }
  }

  void drain(End end) {
    while (std::optional<Output> output = endpoint[end]->poll()) {
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        const size_t index = sent[end]++;
        largest[end] = std::max(largest[end], transmit->data.size());
        std::vector<Bytes> arriving =
            filter ? filter(end, index, transmit->data) : std::vector<Bytes>{transmit->data};
        for (Bytes& datagram : arriving) {
          inFlight_.emplace_back(end == kClient ? kServer : kClient, std::move(datagram));
        }
      } else if (auto* up = std::get_if<Connected>(&*output)) {
        EXPECT_FALSE(heard[end].connected);
        heard[end].connected = *up;
      } else if (auto* data = std::get_if<Received>(&*output)) {
        EXPECT_TRUE(heard[end].connected) << "data before the fingerprint was checked";
        heard[end].received.push_back(std::move(data->data));
      } else if (auto* failed = std::get_if<Failed>(&*output)) {
        EXPECT_FALSE(heard[end].failed || heard[end].closed);
        heard[end].failed = *failed;
      } else {
        EXPECT_FALSE(heard[end].failed || heard[end].closed);
        heard[end].closed = true;
      }
    }
  }

 private:
  std::deque<std::pair<End, Bytes>> inFlight_;
};

}  // namespace rtc::dtls
