// What controller, pacer and feedback do together on simulated paths, in virtual time. The bands
// are what a call needs; docs/media-congestion.md has the figures.

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim/media_path.h"

namespace rtc::congestion::testing {
namespace {

using sim::Answers;
using sim::MediaPath;
using sim::MediaPathOptions;

struct Outcome {
  /// Of what the path carries, in what arrived.
  double share = 0;
  double averageQueueMs = 0;
  /// 95 of 100 moments have less.
  double highQueueMs = 0;
  /// Of packets, to the queue.
  double dropped = 0;
};

Outcome measure(MediaPath& path, const MediaPath::Flow& flow, Duration time) {
  const uint64_t arrived = flow.arrived;
  const uint64_t sent = flow.packetsSent;
  const uint64_t dropped = flow.packetsDropped;
  std::vector<double> queues;
  for (int64_t i = 0; i < time.ms() / 10; ++i) {
    path.runFor(Duration::milliseconds(10));
    queues.push_back(static_cast<double>(path.queueingDelay().us()) / 1000);
  }
  Outcome outcome;
  outcome.share = static_cast<double>(flow.arrived - arrived) * 8 / time.seconds() /
                  static_cast<double>(path.options().bitsPerSecond);
  for (const double queue : queues)
    outcome.averageQueueMs += queue / static_cast<double>(queues.size());
  std::sort(queues.begin(), queues.end());
  outcome.highQueueMs = queues[queues.size() * 95 / 100];
  outcome.dropped = static_cast<double>(flow.packetsDropped - dropped) /
                    static_cast<double>(flow.packetsSent - sent);
  return outcome;
}

/// How long until `share` of the path is used over a second.
Duration timeUntil(MediaPath& path, const MediaPath::Flow& flow, double share, Duration atMost) {
  const Timestamp since = path.now();
  std::vector<uint64_t> marks{flow.arrived};
  while (path.now() - since < atMost) {
    path.runFor(Duration::milliseconds(100));
    marks.push_back(flow.arrived);
    if (marks.size() > 10 && static_cast<double>(marks.back() - marks[marks.size() - 11]) * 8 >=
                                 share * static_cast<double>(path.options().bitsPerSecond))
      return path.now() - since;
  }
  return Duration::infinite();
}

constexpr Duration kSecond = Duration::seconds(1);

class EachSeed : public ::testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(MediaCongestion, EachSeed, ::testing::Values(1, 2, 3));

TEST_P(EachSeed, FillsPathsOfAllSpeedsWithinSecondsAndKeepsTheirQueuesShort) {
  for (const double megabits : {0.3, 1.0, 2.0, 6.0, 15.0}) {
    MediaPathOptions options;
    options.bitsPerSecond = static_cast<Bitrate>(megabits * 1e6);
    MediaPath path(options, GetParam());
    auto& flow = path.add({.needed = 20'000'000});
    EXPECT_LE(timeUntil(path, flow, 0.8, kSecond * 20), kSecond * 5) << megabits;
    path.runUntil(Timestamp() + kSecond * 10);
    const Outcome outcome = measure(path, flow, kSecond * 30);
    EXPECT_GT(outcome.share, 0.75) << megabits;
    EXPECT_LT(outcome.share, 1.001) << megabits;
    EXPECT_LT(outcome.averageQueueMs, 60) << megabits;
    EXPECT_LT(outcome.highQueueMs, 150) << megabits;
    EXPECT_LT(outcome.dropped, 0.001) << megabits;
    EXPECT_EQ(flow.mostAudioDelay, Duration::zero());
    EXPECT_LT(flow.mostPacerDelay, kSecond);
  }
}

TEST_P(EachSeed, ToleratesRandomLosses) {
  for (const double loss : {0.02, 0.05, 0.1}) {
    MediaPathOptions options;
    options.loss = loss;
    MediaPath path(options, GetParam());
    auto& flow = path.add();
    path.runFor(kSecond * 10);
    const Outcome outcome = measure(path, flow, kSecond * 50);
    EXPECT_GT(outcome.share, 0.7 * (1 - loss)) << loss;
    EXPECT_LT(outcome.highQueueMs, 150) << loss;
    EXPECT_NEAR(flow.controller.targets().lossRate, loss, 0.06);
  }
}

TEST_P(EachSeed, ToleratesLossesThatComeInBursts) {
  MediaPathOptions options;
  options.loss = 0.05;
  options.burst = Duration::milliseconds(50);
  MediaPath path(options, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 10);
  EXPECT_GT(measure(path, flow, kSecond * 50).share, 0.6);
}

TEST_P(EachSeed, FollowsTheCapacityDownWithinThreeSecondsAndUpWithinTwenty) {
  MediaPath path({}, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 15);
  path.options().bitsPerSecond = 300'000;
  path.runFor(kSecond * 3);
  const Outcome low = measure(path, flow, kSecond * 12);
  EXPECT_GT(low.share, 0.75);
  EXPECT_LT(low.averageQueueMs, 100);
  EXPECT_LT(low.highQueueMs, 250);
  path.options().bitsPerSecond = 2'000'000;
  EXPECT_LE(timeUntil(path, flow, 0.8, kSecond * 60), kSecond * 20);
  EXPECT_GT(measure(path, flow, kSecond * 15).share, 0.7);
}

TEST_P(EachSeed, KeepsHalfOfAPathWhoseJitterExceedsItsRoundTrip) {
  MediaPathOptions options;
  options.jitter = Duration::milliseconds(100);
  MediaPath path(options, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 10);
  EXPECT_GT(measure(path, flow, kSecond * 60).share, 0.4);
  options.jitter = Duration::milliseconds(30);
  MediaPath lighter(options, GetParam());
  auto& other = lighter.add();
  lighter.runFor(kSecond * 10);
  EXPECT_GT(measure(lighter, other, kSecond * 60).share, 0.7);
}

// Jain's index of the shares of n flows is 1 when they are equal, and 1/n when one has all.
TEST_P(EachSeed, SharesAPathWithOthersOfItsKind) {
  MediaPathOptions options;
  options.bitsPerSecond = 3'000'000;
  MediaPath path(options, GetParam());
  std::vector<MediaPath::Flow*> flows;
  for (int i = 0; i < 3; ++i)
    flows.push_back(&path.add({.begin = kSecond * (5 * i)}));
  path.runFor(kSecond * 40);
  std::vector<uint64_t> before;
  for (const auto* flow : flows)
    before.push_back(flow->arrived);
  path.runFor(kSecond * 80);
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < flows.size(); ++i) {
    const double rate = static_cast<double>(flows[i]->arrived - before[i]) * 8 / 80;
    sum += rate;
    squares += rate * rate;
  }
  EXPECT_GT(sum, 0.7 * 3e6);
  EXPECT_GT(sum * sum / (3 * squares), 0.85);
}

TEST_P(EachSeed, StopsSendingIntoAnOutageAndIsBackWithinTwoSecondsOfItsEnd) {
  MediaPath path({}, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 10);
  path.setBroken(true);
  path.runFor(kSecond * 2);
  const uint64_t sent = flow.sent;
  path.runFor(kSecond * 3);
  EXPECT_LT(static_cast<double>(flow.sent - sent) * 8 / 3, 300'000);
  path.setBroken(false);
  EXPECT_LE(timeUntil(path, flow, 0.7, kSecond * 20), kSecond * 2);
  EXPECT_LT(measure(path, flow, kSecond * 10).highQueueMs, 150);
}

// Nothing shows in delays there, so losses alone have to.
TEST_P(EachSeed, KeepsLossesOfAShallowBufferBelowAFifth) {
  MediaPathOptions options;
  options.bitsPerSecond = 1'000'000;
  options.queue = Duration::milliseconds(30);
  MediaPath path(options, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 10);
  const Outcome outcome = measure(path, flow, kSecond * 50);
  EXPECT_GT(outcome.share, 0.85);
  EXPECT_LT(outcome.dropped, 0.2);
}

TEST_P(EachSeed, WorksWithAPeerThatGivesRembOnly) {
  for (const double loss : {0.0, 0.05}) {
    MediaPathOptions options;
    options.loss = loss;
    MediaPath path(options, GetParam());
    auto& flow = path.add({.answers = Answers::kRemb});
    path.runFor(kSecond * 20);
    const Outcome outcome = measure(path, flow, kSecond * 40);
    EXPECT_GT(outcome.share, 0.6) << loss;
    EXPECT_LT(outcome.averageQueueMs, 100) << loss;
  }
}

TEST_P(EachSeed, WorksWithAPeerThatGivesReceiverReportsOnly) {
  for (const double loss : {0.0, 0.05}) {
    MediaPathOptions options;
    options.loss = loss;
    options.queue = Duration::milliseconds(500);
    MediaPath path(options, GetParam());
    auto& flow = path.add({.answers = Answers::kReports});
    path.runFor(kSecond * 20);
    const Outcome outcome = measure(path, flow, kSecond * 40);
    EXPECT_GT(outcome.share, 0.6) << loss;
    EXPECT_LT(outcome.averageQueueMs, 250) << loss;
    EXPECT_LT(outcome.dropped, 0.02) << loss;
  }
}

TEST_P(EachSeed, ToleratesTheLossOfFeedback) {
  MediaPathOptions options;
  options.feedbackLoss = 0.1;
  MediaPath path(options, GetParam());
  auto& flow = path.add();
  path.runFor(kSecond * 10);
  const Outcome outcome = measure(path, flow, kSecond * 40);
  EXPECT_GT(outcome.share, 0.65);
  EXPECT_LT(outcome.highQueueMs, 150);
}

TEST_P(EachSeed, DoesWithoutPaddingAndWithLateTimers) {
  MediaPathOptions options;
  options.timerGranularity = Duration::milliseconds(4);
  MediaPath path(options, GetParam());
  auto& flow = path.add({.pads = false});
  path.runFor(kSecond * 20);
  const Outcome outcome = measure(path, flow, kSecond * 40);
  EXPECT_GT(outcome.share, 0.7);
  EXPECT_LT(outcome.highQueueMs, 150);
}

TEST_P(EachSeed, SendsWhatTheEncodersNeedAndProbesWhenTheyNeedMore) {
  MediaPathOptions options;
  options.bitsPerSecond = 10'000'000;
  MediaPath path(options, GetParam());
  auto& flow = path.add({.needed = 500'000});
  path.runFor(kSecond * 20);
  const Bitrate before = flow.controller.targets().bitrate;
  EXPECT_GE(before, 500'000);
  EXPECT_LE(before, 3'000'000) << "nothing has shown more";
  const uint64_t sent = flow.sent;
  path.runFor(kSecond * 20);
  EXPECT_LT(static_cast<double>(flow.sent - sent) * 8 / 20, 700'000) << "no padding for nothing";
  flow.options.needed = 4'000'000;
  flow.controller.setNeeded(4'000'000, path.now());
  EXPECT_LE(timeUntil(path, flow, 0.3, kSecond * 20), kSecond * 4);
}

TEST(MediaCongestion, IsTheSameForTheSameSeed) {
  std::vector<uint64_t> arrived;
  for (int run = 0; run < 2; ++run) {
    MediaPathOptions options;
    options.loss = 0.03;
    options.jitter = Duration::milliseconds(20);
    MediaPath path(options, 4);
    auto& flow = path.add();
    path.runFor(kSecond * 10);
    arrived.push_back(flow.arrived);
  }
  EXPECT_EQ(arrived[0], arrived[1]);
}

}  // namespace
}  // namespace rtc::congestion::testing
