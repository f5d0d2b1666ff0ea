#include "tests/sim/network.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rtc::sim {
namespace {

/// Two hosts; what the second one received and when.
struct Wire {
  explicit Wire(uint64_t seed = 1, const LinkOptions& link = {}) : network(seed) {
    network.latency = Duration::zero();
    network.setLink(a.address, link);
    network.bind(b, [this](const Endpoint&, Bytes data) {
      received.push_back(data);
      times.push_back((network.now() - Timestamp::milliseconds(1000)).us());
    });
  }
  void send(uint8_t value, size_t size = 72) { network.send(a, b, Bytes(size, value)); }
  void run(Duration time) {
    const Timestamp end = network.now() + time;
    while (network.nextEvent() <= end)
      network.advance(network.nextEvent());
    network.advance(end);
  }
  std::vector<int> order() const {
    std::vector<int> values;
    for (const Bytes& data : received)
      values.push_back(data[0]);
    return values;
  }

  Network network;
  Endpoint a = at("192.0.2.1", 1);
  Endpoint b = at("192.0.2.2", 2);
  std::vector<Bytes> received;
  std::vector<int64_t> times;
};

TEST(SimNetwork, GivesTheSamePacketsAtTheSameTimesForTheSameSeed) {
  const auto trace = [](uint64_t seed) {
    Wire wire(seed, {.latency = Duration::milliseconds(5),
                     .jitter = Duration::milliseconds(10),
                     .loss = 0.2,
                     .duplicate = 0.1,
                     .reorder = 0.1});
    for (int i = 0; i < 200; ++i)
      wire.send(static_cast<uint8_t>(i));
    wire.run(Duration::seconds(1));
    return std::pair(wire.order(), wire.times);
  };
  EXPECT_EQ(trace(7), trace(7));
  EXPECT_NE(trace(7), trace(8));
}

TEST(SimNetwork, KeepsTheOrderUnderJitterAndChangesItOnlyWhenToldToReorder) {
  const auto order = [](const LinkOptions& link) {
    Wire wire(5, link);
    for (int i = 0; i < 100; ++i)
      wire.send(static_cast<uint8_t>(i));
    wire.run(Duration::seconds(1));
    return wire.order();
  };
  const auto jittered = order({.jitter = Duration::milliseconds(50)});
  EXPECT_EQ(jittered.size(), 100u);
  EXPECT_TRUE(std::is_sorted(jittered.begin(), jittered.end()));
  const auto shuffled = order({.reorder = 0.2});
  EXPECT_EQ(shuffled.size(), 100u);
  EXPECT_FALSE(std::is_sorted(shuffled.begin(), shuffled.end()));
}

TEST(SimNetwork, SpacesPacketsByTheRateOfALinkAndDropsTheTailOfItsQueue) {
  Wire wire(1, {.rate = 8000, .queue = 300});
  for (int i = 0; i < 10; ++i)
    wire.send(static_cast<uint8_t>(i));
  wire.run(Duration::seconds(10));
  EXPECT_EQ(wire.times, (std::vector<int64_t>{100'000, 200'000, 300'000, 400'000}));
  EXPECT_EQ(wire.network.count(Fate::kQueue), 6u);
}

TEST(SimNetwork, SwallowsPacketsBeyondTheMtuWithTheirHeadersCounted) {
  Wire wire(1, {.mtu = 128});
  wire.send(1, 101);
  wire.send(2, 100);
  wire.run(Duration::seconds(1));
  EXPECT_EQ(wire.order(), std::vector<int>{2});
  EXPECT_EQ(wire.network.count(Fate::kMtu), 1u);
}

TEST(SimNetwork, LosesAndDuplicatesAboutTheShareThatItIsToldTo) {
  Wire wire(3, {.loss = 0.1, .duplicate = 0.1});
  for (int i = 0; i < 2000; ++i)
    wire.send(1);
  wire.run(Duration::seconds(1));
  EXPECT_NEAR(static_cast<double>(wire.network.count(Fate::kLoss)), 200, 40);
  EXPECT_NEAR(static_cast<double>(wire.received.size()), 1800 * 1.1, 60);
}

TEST(SimNetwork, LetsNoDatagramPassAFirewallThatBlocksUdp) {
  Wire wire;
  wire.network.blockUdp(wire.b.address);
  wire.send(1);
  wire.network.send(wire.b, wire.a, Bytes(1, 2));
  wire.run(Duration::seconds(1));
  EXPECT_TRUE(wire.received.empty());
  EXPECT_EQ(wire.network.count(Fate::kNat), 2u);
}

/// An inside host that has sent to `server`, and what it takes to reach it then.
struct Admitted {
  bool otherPort = false;
  bool stranger = false;
  bool keepsPort = false;
  bool afterTwoMinutes = false;
  bool operator==(const Admitted&) const = default;
};

Admitted admits(NatOptions options) {
  options.lifetime = Duration::seconds(60);
  Network network;
  network.latency = Duration::zero();
  const Endpoint inside = at("10.0.0.2", 5000);
  const Endpoint server = at("192.0.2.1", 1);
  network.addNat(inside.address, ip("198.51.100.1"), options);
  size_t reached = 0;
  std::vector<Endpoint> seen;
  network.bind(inside, [&](const Endpoint&, Bytes) { ++reached; });
  for (uint16_t port : {1, 2})
    network.bind({server.address, port},
                 [&](const Endpoint& source, Bytes) { seen.push_back(source); });
  const auto run = [&](Duration time) {
    network.advance(network.now() + time);
  };
  const auto reaches = [&](const Endpoint& from) {
    const size_t before = reached;
    network.send(from, seen.front(), Bytes(1, 1));
    run(Duration::zero());
    return reached > before;
  };
  network.send(inside, server, Bytes(1, 1));
  run(Duration::zero());
  EXPECT_EQ(seen.at(0).address, ip("198.51.100.1"));
  EXPECT_TRUE(reaches(server));
  Admitted result;
  result.otherPort = reaches({server.address, 2});
  result.stranger = reaches(at("192.0.2.2", 1));
  network.send(inside, {server.address, 2}, Bytes(1, 1));
  run(Duration::zero());
  result.keepsPort = seen.at(1) == seen.at(0);
  run(Duration::seconds(120));
  result.afterTwoMinutes = reaches(server);
  return result;
}

TEST(SimNat, LetsInWhomItsKindLetsInAndForgetsWhoIsSilent) {
  EXPECT_EQ(admits(kFullCone), (Admitted{true, true, true, false}));
  EXPECT_EQ(admits(kAddressRestricted), (Admitted{true, false, true, false}));
  EXPECT_EQ(admits(kPortRestricted), (Admitted{false, false, true, false}));
  EXPECT_EQ(admits(kSymmetric), (Admitted{false, false, false, false}));
}

}  // namespace
}  // namespace rtc::sim
