// The window that is advertised follows what arrives in a round trip.

#include "cpp/sctp/receive_window.h"

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};
constexpr size_t kKilobyte = 1024;
constexpr size_t kMegabyte = 1024 * 1024;
constexpr Duration kRoundTrip = Duration::milliseconds(50);

/// So many bytes in each of some round trips.
void receive(ReceiveWindow& window, Timestamp& now, size_t perRoundTrip, int roundTrips,
             std::optional<Duration> least = kRoundTrip) {
  for (int i = 0; i < 10 * roundTrips; ++i) {
    window.arrived(perRoundTrip / 10, now, least);
    now = now + kRoundTrip / 10;
  }
}

TEST(SctpReceiveWindow, GrowsToFourTimesWhatARoundTripBrings) {
  ReceiveWindow window(512 * kKilobyte, 8 * kMegabyte);
  Timestamp now = Timestamp::milliseconds(1);
  receive(window, now, 100 * kKilobyte, 10);
  EXPECT_EQ(window.advertised(0), 512 * kKilobyte);
  receive(window, now, kMegabyte, 3);
  EXPECT_NEAR(static_cast<double>(window.advertised(0)), 4 * kMegabyte, kMegabyte / 2.0);
  receive(window, now, 100 * kMegabyte, 3);
  EXPECT_EQ(window.advertised(0), 8 * kMegabyte);
  receive(window, now, 10, 10);
  EXPECT_EQ(window.advertised(0), 8 * kMegabyte) << "it does not shrink";
}

TEST(SctpReceiveWindow, IsBoundedByTheMemoryThatIsLeft) {
  const ReceiveWindow window(512 * kKilobyte, kMegabyte);
  EXPECT_EQ(window.advertised(100 * kKilobyte), 512 * kKilobyte);
  EXPECT_EQ(window.advertised(900 * kKilobyte), 124 * kKilobyte);
  EXPECT_EQ(window.advertised(2 * kMegabyte), 0u);
}

TEST(SctpReceiveWindow, IsNotMovedByABurstAfterALongSilence) {
  ReceiveWindow window(512 * kKilobyte, 8 * kMegabyte);
  Timestamp now = Timestamp::milliseconds(1);
  receive(window, now, 1000, 1);
  now = now + Duration::seconds(100);
  window.arrived(4 * kMegabyte, now, kRoundTrip);
  EXPECT_EQ(window.advertised(0), 512 * kKilobyte);
}

TEST(SctpReceiveWindow, GrowsOnAGuessBeforeARoundTripIsKnown) {
  ReceiveWindow window(512 * kKilobyte, 8 * kMegabyte);
  Timestamp now = Timestamp::milliseconds(1);
  receive(window, now, 4 * kMegabyte, 5, std::nullopt);
  EXPECT_EQ(window.advertised(0), 8 * kMegabyte);
}

/// The most that was in flight during a transfer of 16 MiB, and how long it took.
std::pair<size_t, Duration> transfer(const Network& network, size_t initialWindow,
                                     CongestionControlFactory control = &makeBbr) {
  AssociationConfig config;
  config.maxSendMessageSize = 256 * kKilobyte;
  config.initialReceiveWindow = initialWindow;
  config.congestionControl = control;
  Pair pair(1, config, config);
  pair.network = network;
  EXPECT_TRUE(pair.connect());
  size_t inFlight = 0;
  pair.onStep = [&] {
    inFlight = std::max(inFlight, pair.a->statistics().bytesInFlight);
  };
  for (int i = 0; i < 64; ++i) {
    EXPECT_TRUE(pair.a
                    ->send(StreamId(static_cast<uint16_t>(i)), kBinary, Bytes(256 * kKilobyte, 1),
                           {}, pair.now)
                    .ok());
  }
  const Timestamp begin = pair.now;
  EXPECT_TRUE(pair.runUntil([&] { return pair.b.received.size() == 64; }));
  return {inFlight, pair.now - begin};
}

TEST(SctpReceiveWindow, OpensOnALongFastPath) {
  Network network;
  network.delay = Duration::milliseconds(50);
  const auto [fixedFlight, fixedTime] = transfer(network, 8 * kMegabyte);
  const auto [flight, time] = transfer(network, 512 * kKilobyte);
  EXPECT_GT(flight, 2 * kMegabyte);
  EXPECT_LE(time, fixedTime + Duration::milliseconds(100)) << "a round trip";
}

TEST(SctpReceiveWindow, StaysSmallWhereMoreWouldOnlyQueue) {
  Network network;
  network.delay = Duration::microseconds(500);
  network.bytesPerSecond = 20000000;  // and a queue of 4 MB before it
  // A sender that fills what there is, as most do.
  const auto [fixedFlight, fixedTime] = transfer(network, 8 * kMegabyte, &makeReno);
  const auto [flight, time] = transfer(network, 512 * kKilobyte, &makeReno);
  EXPECT_GT(fixedFlight, 2 * kMegabyte);
  EXPECT_LE(flight, 600 * kKilobyte);
  EXPECT_LE(time, fixedTime + Duration::milliseconds(50));
}

}  // namespace
}  // namespace rtc::sctp::testing
