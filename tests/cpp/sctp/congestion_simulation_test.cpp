// What the congestion control does on simulated paths, in virtual time. Each bound follows from the
// theory that is told beside it, with a margin; docs/congestion-control.md has the figures.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/sim/bottleneck.h"

namespace rtc::sctp::testing {
namespace {

using sim::Bottleneck;
using sim::BottleneckOptions;

constexpr double kPayload = 1160;
/// Of the bytes on the wire, IP, UDP and DTLS included.
constexpr double kPayloadShare = kPayload / (1188 + 28 + 37);

/// Ten megabits per second and 100 ms, with a queue of 100 ms.
BottleneckOptions longPath() {
  return {};
}

double megabits(uint64_t bytes, Duration time) {
  return static_cast<double>(bytes) * 8 / 1e6 / time.seconds();
}

struct Outcome {
  /// Megabits per second of messages, from `from` to the end.
  double goodput = 0;
  double averageQueueMs = 0;
  double mostQueueMs = 0;
};

/// Runs until `end`, and tells of the time since `from`.
std::vector<double> goodputs(Bottleneck& path, const std::vector<Bottleneck::Flow*>& flows,
                             Duration time) {
  std::vector<uint64_t> before;
  for (const auto* flow : flows)
    before.push_back(flow->arrived);
  path.runFor(time);
  std::vector<double> result;
  for (size_t i = 0; i < flows.size(); ++i)
    result.push_back(megabits(flows[i]->arrived - before[i], time));
  return result;
}

Outcome measure(Bottleneck& path, Bottleneck::Flow& flow, Duration time) {
  Outcome outcome;
  const uint64_t before = flow.arrived;
  const int64_t steps = time.ms() / 10;
  for (int64_t i = 0; i < steps; ++i) {
    path.runFor(Duration::milliseconds(10));
    const double queue = static_cast<double>(path.queueingDelay().us()) / 1000;
    outcome.averageQueueMs += queue / static_cast<double>(steps);
    outcome.mostQueueMs = std::max(outcome.mostQueueMs, queue);
  }
  outcome.goodput = megabits(flow.arrived - before, time);
  return outcome;
}

// Mathis et al.: a loss-based control gets (MSS / RTT) * sqrt(3 / 2p), whatever the link's rate;
// what paces at the measured bandwidth gets the link's rate less what is lost, less 1 % of margin,
// and 10 % of a fiftieth for measuring the round trip.
TEST(SctpCongestion, FillsALongPathThatLosesOnePercentWhereRenoGetsMathissShare) {
  const double mathis = kPayload * 8 / 0.1 * std::sqrt(1.5 / 0.01) / 1e6;
  double reno = 0;
  double ours = 0;
  const int seeds = 3;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    BottleneckOptions options = longPath();
    options.loss = 0.01;
    for (const bool isReno : {false, true}) {
      Bottleneck path(options, seed);
      auto& flow = path.add(isReno ? &makeReno : &makeBbr);
      path.runFor(Duration::seconds(5));
      (isReno ? reno : ours) += measure(path, flow, Duration::seconds(15)).goodput / seeds;
    }
  }
  EXPECT_GT(reno, mathis * 0.6);
  EXPECT_LT(reno, mathis * 1.5);
  EXPECT_GT(ours, 10 * kPayloadShare * 0.99 * 0.85);
  EXPECT_GT(ours, reno * 5);
}

// At a tenth of that loss Mathis's share is 3.6 Mbit/s.
TEST(SctpCongestion, FillsALongPathThatLosesOneInAThousand) {
  BottleneckOptions options = longPath();
  options.loss = 0.001;
  Bottleneck path(options, 1);
  auto& flow = path.add(&makeBbr);
  path.runFor(Duration::seconds(5));
  EXPECT_GT(measure(path, flow, Duration::seconds(15)).goodput, 10 * kPayloadShare * 0.9);
}

// Twice the product may be in flight during start-up, which queues one round trip; later probing
// adds a quarter of one for about a round in some seconds. Reno fills whatever buffer there is.
TEST(SctpCongestion, KeepsTheQueueOfADeepBufferShort) {
  BottleneckOptions options = longPath();
  options.queue = 1'250'000;  // a second
  Bottleneck path(options, 1);
  auto& flow = path.add(&makeBbr);
  const Outcome start = measure(path, flow, Duration::seconds(3));
  EXPECT_LT(start.mostQueueMs, 130);
  const Outcome later = measure(path, flow, Duration::seconds(17));
  EXPECT_LT(later.mostQueueMs, 40);
  EXPECT_LT(later.averageQueueMs, 10);
  EXPECT_GT(later.goodput, 10 * kPayloadShare * 0.93);
  EXPECT_EQ(flow.packetsDropped, 0u);

  Bottleneck beside(options, 1);
  auto& reno = beside.add(&makeReno);
  EXPECT_GT(measure(beside, reno, Duration::seconds(10)).mostQueueMs, 900);
}

TEST(SctpCongestion, FillsAPathWithAShallowBuffer) {
  BottleneckOptions options;
  options.roundTrip = Duration::milliseconds(20);
  options.queue = 6250;  // five packets, a quarter of the product
  Bottleneck path(options, 1);
  auto& flow = path.add(&makeBbr);
  path.runFor(Duration::seconds(2));
  // What does not fit when two products may be in flight: less than one and three quarters.
  EXPECT_LT(flow.packetsDropped, 35u);
  const uint64_t dropped = flow.packetsDropped;
  const uint64_t sent = flow.packetsSent;
  EXPECT_GT(measure(path, flow, Duration::seconds(10)).goodput, 10 * kPayloadShare * 0.88);
  EXPECT_LT(flow.packetsDropped - dropped, (flow.packetsSent - sent) / 50) << "the threshold";
}

// The receive buffer of a UDP socket on this machine: 208 KiB as the kernel counts, 92 datagrams.
// Twice the product is next to nothing there; what fills the buffer is the allowance for event
// loops, two milliseconds of bandwidth or 64 KiB.
TEST(SctpCongestion, DoesNotOverrunASocketBufferAtTheStart) {
  for (const uint64_t megabitsPerSecond : {80u, 240u, 1000u}) {
    BottleneckOptions options;
    options.bitsPerSecond = megabitsPerSecond * 1'000'000;
    options.roundTrip = Duration::microseconds(200);
    options.queue = 92 * 1253;
    Bottleneck path(options, 1);
    auto& flow = path.add(&makeBbr);
    const Outcome outcome = measure(path, flow, Duration::milliseconds(500));
    EXPECT_LE(flow.packetsDropped, 10u) << megabitsPerSecond;
    EXPECT_GT(outcome.goodput, static_cast<double>(megabitsPerSecond) * kPayloadShare * 0.95)
        << megabitsPerSecond;
    Bottleneck beside(options, 1);
    auto& reno = beside.add(&makeReno);
    beside.runFor(Duration::milliseconds(500));
    EXPECT_GT(reno.packetsDropped, 5 * (flow.packetsDropped + 10)) << megabitsPerSecond;
  }
}

// An equal share would be 4.6 Mbit/s. With a queue of a product or more both get about that; in
// less, loss-based flows are at a disadvantage, which the yielding bounds.
TEST(SctpCongestion, StarvesNoRenoFlow) {
  for (const size_t queue : {size_t{31'250}, size_t{125'000}, size_t{500'000}}) {
    BottleneckOptions options = longPath();
    options.queue = queue;
    Bottleneck path(options, 1);
    std::vector<Bottleneck::Flow*> flows{&path.add(&makeBbr), &path.add(&makeReno)};
    path.runFor(Duration::seconds(15));
    const auto shares = goodputs(path, flows, Duration::seconds(30));
    EXPECT_GT(shares[0], 1) << queue;
    EXPECT_GT(shares[1], 1) << queue;
    EXPECT_GT(shares[0] + shares[1], 7.5) << queue;
  }
}

// Jain's index is 1 for equal shares and 0.5 when one of two has it all.
TEST(SctpCongestion, SharesABottleneckWithItself) {
  for (const int64_t milliseconds : {20, 100}) {
    BottleneckOptions options = longPath();
    options.roundTrip = Duration::milliseconds(milliseconds);
    options.queue = 500'000;
    Bottleneck path(options, 2);
    std::vector<Bottleneck::Flow*> flows{&path.add(&makeBbr),
                                         &path.add(&makeBbr, Duration::seconds(5))};
    path.runFor(Duration::seconds(30));
    const auto shares = goodputs(path, flows, Duration::seconds(30));
    const double sum = shares[0] + shares[1];
    const double squares = shares[0] * shares[0] + shares[1] * shares[1];
    EXPECT_GT(sum * sum / (2 * squares), 0.85) << milliseconds;
    EXPECT_GT(sum, 10 * kPayloadShare * 0.9) << milliseconds;
    // Each has twice its product in flight at most, so that one round trip queues.
    EXPECT_LT(path.queueingDelay(), Duration::milliseconds(2 * milliseconds));
  }
}

TEST(SctpCongestion, ComesBackToTheFullRateAfterASilence) {
  BottleneckOptions options = longPath();
  Bottleneck path(options, 1);
  auto& flow = path.add(&makeBbr);
  path.runFor(Duration::seconds(5));
  path.options().loss = 1;
  path.runFor(Duration::seconds(2));
  path.options().loss = 0;
  // The timeout has backed off to 1.2 s at most; then four packets double within five rounds.
  path.runFor(Duration::seconds(3));
  EXPECT_GT(measure(path, flow, Duration::seconds(3)).goodput, 10 * kPayloadShare * 0.85);
}

TEST(SctpCongestion, FillsTheLinkAtOnceAfterAPauseWithoutABurst) {
  BottleneckOptions options = longPath();
  Bottleneck path(options, 1);
  auto& flow = path.add(&makeBbr);
  path.runFor(Duration::seconds(5));
  flow.wanted = 0;
  path.runFor(Duration::seconds(3));
  const uint64_t dropped = flow.packetsDropped;
  flow.wanted = UINT64_MAX;
  const Outcome again = measure(path, flow, Duration::seconds(2));
  EXPECT_GT(again.goodput, 10 * kPayloadShare * 0.8);
  EXPECT_LT(again.mostQueueMs, 40);
  EXPECT_EQ(flow.packetsDropped, dropped);
}

TEST(SctpCongestion, DoesNotNeedPreciseTimers) {
  for (const int64_t milliseconds : {1, 4, 16}) {
    BottleneckOptions options = longPath();
    options.loss = 0.01;
    options.timerGranularity = Duration::milliseconds(milliseconds);
    Bottleneck path(options, 1);
    auto& flow = path.add(&makeBbr);
    path.runFor(Duration::seconds(5));
    EXPECT_GT(measure(path, flow, Duration::seconds(10)).goodput, 10 * kPayloadShare * 0.8)
        << milliseconds;
  }
}

}  // namespace
}  // namespace rtc::sctp::testing
