// Who may send what of the path's capacity (RFC 8260 section 3.6, RFC 8831 section 6.4).

#include <gtest/gtest.h>

#include "cpp/sctp/stream_scheduler.h"
#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};
using Turn = StreamScheduler::Turn;

TEST(SctpScheduler, TakesTurnsAmongEquals) {
  StreamScheduler scheduler;
  for (const uint16_t id : {7, 3, 5})
    scheduler.activate(StreamId(id));
  std::vector<uint16_t> order;
  for (int i = 0; i < 6; ++i) {
    order.push_back(scheduler.current().value());
    scheduler.served(1000, 256, Turn::kOver);
  }
  EXPECT_EQ(order, (std::vector<uint16_t>{7, 3, 5, 7, 3, 5}));
}

TEST(SctpScheduler, LetsAMessageBegunComeToItsEndAndCountsAllOfIt) {
  StreamScheduler scheduler;
  scheduler.activate(StreamId(1));
  scheduler.activate(StreamId(2));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(scheduler.current(), StreamId(1));
    scheduler.served(1000, 256, i < 9 ? Turn::kGoesOn : Turn::kOver);
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(scheduler.current(), StreamId(2));
    scheduler.served(1000, 256, Turn::kOver);
  }
  EXPECT_EQ(scheduler.current(), StreamId(1));
}

TEST(SctpScheduler, SavesNothingUpForAStreamThatWasIdle) {
  StreamScheduler scheduler;
  scheduler.activate(StreamId(1));
  for (int i = 0; i < 1000; ++i)
    scheduler.served(1000, 256, Turn::kOver);
  scheduler.activate(StreamId(2));
  int ofSecond = 0;
  for (int i = 0; i < 100; ++i) {
    ofSecond += scheduler.current() == StreamId(2);
    scheduler.served(1000, 256, Turn::kOver);
  }
  EXPECT_NEAR(ofSecond, 50, 1);
}

TEST(SctpScheduler, GivesAStreamNoMoreForGoingIdleBetweenItsMessages) {
  StreamScheduler scheduler;
  scheduler.activate(StreamId(1));
  scheduler.activate(StreamId(2));
  std::map<uint16_t, size_t> sent;
  for (int i = 0; i < 1000; ++i) {
    const uint16_t id = scheduler.current().value();
    sent[id] += 1000;
    scheduler.served(1000, 256, id == 2 ? Turn::kLast : Turn::kOver);
    if (id == 2)
      scheduler.activate(StreamId(2));
  }
  EXPECT_NEAR(static_cast<double>(sent[1]), static_cast<double>(sent[2]), 2000);
}

TEST(SctpScheduler, ForgetsWhatIsRemovedEvenInTheMiddleOfAMessage) {
  StreamScheduler scheduler;
  scheduler.activate(StreamId(1));
  scheduler.activate(StreamId(2));
  scheduler.served(1000, 256, Turn::kGoesOn);
  scheduler.remove(StreamId(1));
  scheduler.remove(StreamId(9));
  EXPECT_EQ(scheduler.current(), StreamId(2));
  scheduler.served(1000, 256, Turn::kLast);
  EXPECT_TRUE(scheduler.empty());
}

/// Streams that always have something to send, over a path of 1 MB/s.
class SctpShares : public ::testing::TestWithParam<bool> {
 protected:
  struct Load {
    uint16_t weight;
    size_t messageSize;
  };

  /// The bytes that each has brought across.
  std::vector<double> run(const std::vector<Load>& loads, Duration duration) {
    AssociationConfig config;
    config.interleaving = GetParam();
    Pair pair(3, config, config);
    pair.network.bytesPerSecond = 1000000;
    EXPECT_TRUE(pair.connect());
    std::vector<double> arrived(loads.size());
    const Timestamp end = pair.now + duration;
    pair.runUntil(
        [&] {
          for (size_t i = 0; i < loads.size(); ++i) {
            SendOptions options;
            options.weight = loads[i].weight;
            const StreamId stream(static_cast<uint16_t>(i));
            while (pair.a->bufferedAmount(stream) < 100000) {
              EXPECT_TRUE(
                  pair.a->send(stream, kBinary, Bytes(loads[i].messageSize, 1), options, pair.now)
                      .ok());
            }
          }
          for (; !pair.b.received.empty(); pair.b.received.pop_front()) {
            const Received& received = pair.b.received.front();
            arrived[received.stream.value()] += static_cast<double>(received.message.size());
          }
          return pair.now >= end;
        },
        duration + Duration::seconds(1));
    return arrived;
  }
};

TEST_P(SctpShares, FollowTheWeights) {
  const auto arrived =
      run({{128, 16000}, {256, 16000}, {512, 16000}, {1024, 16000}}, Duration::seconds(30));
  const double unit = (arrived[0] + arrived[1] + arrived[2] + arrived[3]) / 15;
  EXPECT_GT(unit, 1000000);
  for (size_t i = 0; i < arrived.size(); ++i) {
    const double share = arrived[i] / unit;
    EXPECT_NEAR(share, static_cast<double>(1u << i), 0.05 * static_cast<double>(1u << i)) << i;
  }
}

TEST_P(SctpShares, AreEqualForEqualsWhateverTheLengthOfTheirMessages) {
  const auto arrived =
      run({{256, 1160}, {256, 60000}, {256, 16000}, {256, 5000}}, Duration::seconds(30));
  const double mean = (arrived[0] + arrived[1] + arrived[2] + arrived[3]) / 4;
  for (size_t i = 0; i < arrived.size(); ++i)
    EXPECT_NEAR(arrived[i], mean, 0.05 * mean) << i;
}

INSTANTIATE_TEST_SUITE_P(Chunks, SctpShares, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "InIData" : "InData");
});

/// The virtual time that a small message takes beside one of 64 MiB, which takes a minute.
Duration delayBesideALargeMessage(bool interleaving, uint16_t weight) {
  AssociationConfig config;
  config.interleaving = interleaving;
  config.maxSendMessageSize = config.maxReceiveMessageSize = 256 * 1024 * 1024;
  Pair pair(1, config, config);
  pair.network.bytesPerSecond = 1000000;
  EXPECT_TRUE(pair.connect());
  EXPECT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(64 * 1024 * 1024, 1), {}, pair.now).ok());
  pair.runFor(Duration::seconds(5));
  SendOptions options;
  options.weight = weight;
  const Timestamp begin = pair.now;
  EXPECT_TRUE(pair.a->send(StreamId(1), kBinary, {1}, options, pair.now).ok());
  pair.runUntil([&] { return !pair.b.received.empty(); }, Duration::seconds(300));
  EXPECT_EQ(pair.b.received.front().stream, interleaving ? StreamId(1) : StreamId(0));
  return pair.now - begin;
}

TEST(SctpUrgency, ASmallMessageIsNotHeldUpByALargeOne) {
  // What the path's queue of 200 ms holds is before it, and no more.
  EXPECT_LT(delayBesideALargeMessage(true, 1024), Duration::milliseconds(300));
  EXPECT_LT(delayBesideALargeMessage(true, 128), Duration::milliseconds(300));
}

}  // namespace
}  // namespace rtc::sctp::testing
