// The congestion controls by themselves, fed by a path that is a rate, a delay and a queue. Section
// numbers are those of draft-ietf-ccwg-bbr-05 where no RFC is named.

#include "cpp/sctp/congestion_control.h"

#include <deque>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "cpp/sctp/delivery_rate.h"
#include "cpp/sctp/pacer.h"

namespace rtc::sctp::testing {
namespace {

constexpr size_t kPacket = 1200;
constexpr size_t kPlenty = 8 * 1024 * 1024;

/// Sends what a congestion control lets it, and acknowledges packet by packet.
class Path {
 public:
  Path(CongestionControlFactory factory, uint64_t bytesPerSecond, Duration roundTrip)
      : rate(bytesPerSecond), roundTrip(roundTrip), control(factory({kPacket, kPlenty, 1})) {}

  void run(Duration time) {
    for (const Timestamp end = now + time; now < end;) {
      while (flight < control->window() && pacer.isOpen(now) && backlog > 0)
        send();
      Timestamp next = inFlight.empty() ? end : earlier(end, inFlight.front().ackedAt);
      if (flight < control->window() && backlog > 0)
        next = earlier(next, pacer.opensAt());
      now = std::max(now + Duration::microseconds(1), next);
      while (!inFlight.empty() && inFlight.front().ackedAt <= now)
        acknowledgeFirst();
    }
  }
  Duration queueing() const { return freeAt > now ? freeAt - now : Duration::zero(); }
  /// In the path when it is full without a queue.
  size_t product() const { return rate * static_cast<uint64_t>(roundTrip.us()) / 1'000'000; }

  uint64_t rate;
  Duration roundTrip;
  std::unique_ptr<CongestionControl> control;
  /// Whether the n-th packet is lost; what follows it shows that.
  std::function<bool(uint64_t)> drop = [](uint64_t) {
    return false;
  };
  /// Packets that the application has.
  uint64_t backlog = UINT64_MAX;
  uint64_t sentPackets = 0;
  uint64_t deliveredBytes = 0;
  Timestamp now = Timestamp::milliseconds(1000);
  size_t flight = 0;

 private:
  struct Packet {
    SendState state;
    Timestamp sentAt;
    Timestamp ackedAt;
    bool isLost;
  };

  void send() {
    const bool isLost = drop(sentPackets++);
    if (backlog != UINT64_MAX)
      --backlog;
    if (flight == 0)
      control->resumed(now);
    const SendState state = deliveries.sent(flight, flight + kPacket, now);
    flight += kPacket;
    pacer.sent(kPacket, control->pacingRate(), now);
    freeAt = std::max(freeAt, now) +
             Duration::microseconds(static_cast<int64_t>(kPacket * 1'000'000 / rate));
    inFlight.push_back({state, now, freeAt + roundTrip, isLost});
    if (backlog == 0 && flight < control->window())
      deliveries.appLimited(flight);
  }

  void acknowledgeFirst() {
    const Packet packet = inFlight.front();
    inFlight.pop_front();
    const size_t before = flight;
    flight -= kPacket;
    Acknowledgement ack;
    ack.now = now;
    ack.flightBefore = before;
    ack.flight = flight;
    ack.cumulativeAdvanced = true;
    ack.nothingOutstanding = flight == 0;
    if (packet.isLost) {
      control->lossDetected();
      control->chunkLost(packet.state, kPacket, deliveries.lose(kPacket), now);
    } else {
      deliveries.acknowledged(packet.state, kPacket, packet.sentAt, now);
      ack.bytesAcked = kPacket;
      ack.roundTrip = now - packet.sentAt;
      deliveredBytes += kPacket;
    }
    deliveries.complete(ack);
    control->acknowledged(ack);
  }

  DeliveryRate deliveries;
  Pacer pacer;
  std::deque<Packet> inFlight;
  Timestamp freeAt;
};

/// Ten megabits per second and a tenth of a second: 104 packets.
Path longPath(CongestionControlFactory factory = &makeBbr) {
  return Path(factory, 1'250'000, Duration::milliseconds(100));
}

// ---- section 4.1.2: delivery rate samples

TEST(SctpDeliveryRate, IsWhatArrivedOverTheTimeThatItsAcknowledgementsTook) {
  DeliveryRate rate;
  const auto at = [](int64_t ms) {
    return Timestamp::milliseconds(ms);
  };
  const SendState first = rate.sent(0, 1000, at(0));
  const SendState second = rate.sent(1000, 2000, at(1));
  rate.acknowledged(first, 1000, at(0), at(50));
  Acknowledgement ack;
  rate.complete(ack);
  EXPECT_EQ(ack.delivered, 1000u);
  EXPECT_EQ(ack.interval, Duration::milliseconds(50));
  rate.acknowledged(second, 1000, at(1), at(60));
  rate.complete(ack);
  EXPECT_EQ(ack.delivered - ack.newest->delivered, 2000u);
  EXPECT_EQ(ack.interval, Duration::milliseconds(60));
}

// Section 4.1.2.3: acknowledgements that come in a lump must not look like a fast path.
TEST(SctpDeliveryRate, TakesTheTimeOfSendingWhenAcknowledgementsWereCompressed) {
  DeliveryRate rate;
  const auto at = [](int64_t ms) {
    return Timestamp::milliseconds(ms);
  };
  const SendState first = rate.sent(0, 1000, at(0));
  rate.acknowledged(first, 1000, at(0), at(100));
  Acknowledgement ack;
  rate.complete(ack);
  const SendState second = rate.sent(0, 1000, at(100));
  const SendState third = rate.sent(1000, 2000, at(140));
  rate.acknowledged(second, 1000, at(100), at(141));
  rate.acknowledged(third, 1000, at(140), at(141));
  rate.complete(ack);
  EXPECT_EQ(ack.interval, Duration::milliseconds(41));
  const SendState fourth = rate.sent(0, 1000, at(150));
  const SendState fifth = rate.sent(1000, 2000, at(190));
  rate.acknowledged(fifth, 1000, at(190), at(160));
  rate.complete(ack);
  EXPECT_EQ(ack.interval, Duration::milliseconds(40));
  static_cast<void>(fourth);
}

TEST(SctpDeliveryRate, MarksWhatIsSentWhileTheApplicationHasNoMore) {
  DeliveryRate rate;
  const Timestamp now = Timestamp::milliseconds(1);
  const SendState before = rate.sent(0, 1000, now);
  EXPECT_FALSE(before.isAppLimited);
  rate.appLimited(1000);
  const SendState during = rate.sent(1000, 2000, now);
  EXPECT_TRUE(during.isAppLimited);
  Acknowledgement ack;
  rate.acknowledged(before, 1000, now, now + Duration::milliseconds(10));
  rate.complete(ack);
  EXPECT_TRUE(rate.sent(1000, 2000, now).isAppLimited);
  rate.acknowledged(during, 1000, now, now + Duration::milliseconds(11));
  rate.complete(ack);
  EXPECT_FALSE(rate.sent(1000, 2000, now).isAppLimited);
}

// ---- pacing

TEST(SctpPacer, LetsTwoPacketsLeaveInTheirTime) {
  Pacer pacer;
  const Timestamp now = Timestamp::milliseconds(1000);
  ASSERT_TRUE(pacer.isOpen(now));
  // What was not used for long allows a burst of four milliseconds.
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(pacer.isOpen(now));
    pacer.sent(1000, 500'000, now);
  }
  EXPECT_FALSE(pacer.isOpen(now));
  EXPECT_EQ(pacer.opensAt(), now + Duration::milliseconds(4));
}

// One alone would be acknowledged late, and the delay taken for the path's.
TEST(SctpPacer, LetsNoPacketOfASlowSenderLeaveAlone) {
  Pacer pacer;
  Timestamp now = Timestamp::milliseconds(1000);
  while (pacer.isOpen(now))
    pacer.sent(1000, 10'000, now);
  for (int i = 0; i < 10; ++i) {
    const Timestamp before = now;
    now = pacer.opensAt();
    // The first pair had a rest to make up for.
    EXPECT_EQ(now - before, Duration::milliseconds(i == 0 ? 196 : 200));
    size_t sent = 0;
    for (; pacer.isOpen(now); ++sent)
      pacer.sent(1000, 10'000, now);
    EXPECT_EQ(sent, 2u);
  }
}

TEST(SctpPacer, MakesUpForATimerThatWasLate) {
  Pacer pacer;
  Timestamp now = Timestamp::milliseconds(1000);
  size_t sent = 0;
  // A packet a millisecond, by a timer that comes each four.
  for (int i = 0; i < 100; ++i, now = now + Duration::milliseconds(4)) {
    for (; pacer.isOpen(now); ++sent)
      pacer.sent(1000, 1'000'000, now);
  }
  EXPECT_NEAR(static_cast<double>(sent), 400, 8);
}

TEST(SctpPacer, MakesUpForClocksThatTickSeldom) {
  Pacer pacer;
  Timestamp now = Timestamp::milliseconds(1000);
  size_t sent = 0;
  for (int i = 0; i < 100; ++i, now = now + Duration::milliseconds(16)) {
    for (; pacer.isOpen(now); ++sent)
      pacer.sent(1000, 1'000'000, now);
    pacer.waits();
  }
  EXPECT_NEAR(static_cast<double>(sent), 1600, 20);
}

TEST(SctpPacer, MakesUpForNoRestAndForNoTimerThatWasThrottled) {
  Pacer pacer;
  Timestamp now = Timestamp::milliseconds(1000);
  const auto burst = [&] {
    size_t sent = 0;
    for (; pacer.isOpen(now); ++sent)
      pacer.sent(1000, 1'000'000, now);
    return sent;
  };
  burst();
  pacer.waits();
  now = now + Duration::seconds(1);
  EXPECT_EQ(burst(), 52u);
  pacer.rests();
  now = now + Duration::seconds(1);
  EXPECT_EQ(burst(), 6u);
}

TEST(SctpPacer, WakesNobodyForLessThanAMillisecond) {
  Pacer pacer;
  const Timestamp now = Timestamp::milliseconds(1000);
  while (pacer.isOpen(now))
    pacer.sent(1000, 100'000'000, now);
  EXPECT_EQ(pacer.opensAt(), now + Duration::milliseconds(1));
}

TEST(SctpPacer, HoldsNothingBackWithoutARate) {
  Pacer pacer;
  const Timestamp now = Timestamp::milliseconds(1000);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(pacer.isOpen(now));
    pacer.sent(1000, 0, now);
  }
}

// ---- section 5.3: phases

TEST(SctpBbr, DoublesWhatIsInFlightInEachRoundOfStartup) {
  Path path(&makeBbr, 125'000'000, Duration::milliseconds(100));
  EXPECT_EQ(path.control->window(), 10 * kPacket) << "RFC 6928";
  path.run(Duration::milliseconds(102));
  const size_t before = path.control->window();
  path.run(Duration::milliseconds(6 * 101));
  EXPECT_GE(path.control->window(), before * 20);
  EXPECT_LE(path.control->window(), before << 7);
}

TEST(SctpBbr, LeavesStartupAndDrainsItsQueueWhenTheBandwidthGrowsNoMore) {
  Path path = longPath();
  path.run(Duration::seconds(2));
  EXPECT_LT(path.queueing(), Duration::milliseconds(5));
  EXPECT_NEAR(static_cast<double>(path.flight), static_cast<double>(path.product()),
              static_cast<double>(path.product()) / 5);
}

TEST(SctpBbr, EndsStartupWhenMoreIsLostThanTheThreshold) {
  Path path(&makeBbr, 125'000'000, Duration::milliseconds(100));
  path.run(Duration::milliseconds(550));
  const size_t window = path.control->window();
  // A third, which is more than no queue excuses.
  path.drop = [](uint64_t n) {
    return n % 3 == 0;
  };
  path.run(Duration::milliseconds(400));
  EXPECT_NE(path.control->slowStartThreshold(), SIZE_MAX);
  EXPECT_LT(path.control->window(), window * 4);
}

TEST(SctpBbr, DoesNotEndStartupForALossInAHundred) {
  Path path(&makeBbr, 12'500'000, Duration::milliseconds(100));
  path.drop = [](uint64_t n) {
    return n % 100 == 99;
  };
  path.run(Duration::milliseconds(1200));
  EXPECT_GT(path.flight, path.product() * 8 / 10);
}

TEST(SctpBbr, FindsMoreBandwidthByProbing) {
  Path path = longPath();
  path.run(Duration::seconds(3));
  path.rate *= 4;
  const uint64_t before = path.deliveredBytes;
  path.run(Duration::seconds(15));
  const uint64_t early = path.deliveredBytes - before;
  path.run(Duration::seconds(5));
  EXPECT_GT(path.deliveredBytes - before - early, 5 * path.rate * 8 / 10);
}

// Many rounds in one instant, none of which measures anything.
TEST(SctpBbr, KeepsWhatItKnowsWhenDelayedAcknowledgementsComeAllAtOnce) {
  Path path = longPath();
  path.run(Duration::seconds(10));
  const uint64_t before = path.control->pacingRate();
  uint64_t delivered = path.deliveredBytes;
  for (int i = 0; i < 100; ++i) {
    Acknowledgement ack;
    ack.now = path.now;
    ack.bytesAcked = ack.flightBefore = 2 * kPacket;
    ack.newest = SendState{delivered, 0, path.now, path.now, 2 * kPacket, false};
    ack.delivered = delivered += 2 * kPacket;
    ack.roundTrip = Duration::milliseconds(600);
    path.control->acknowledged(ack);
  }
  EXPECT_GT(path.control->pacingRate(), before / 2);
}

TEST(SctpBbr, NeverWaitsLongerBetweenPacketsThanItsLeastWindowMakesItWait) {
  Path path(&makeBbr, 500, Duration::milliseconds(100));
  path.run(Duration::seconds(600));
  EXPECT_GE(path.control->pacingRate(), 4 * kPacket);
}

TEST(SctpBbr, FollowsTheBandwidthDown) {
  Path path = longPath();
  path.run(Duration::seconds(5));
  path.rate /= 4;
  path.run(Duration::seconds(12));
  Duration most;
  for (int i = 0; i < 100; ++i) {
    path.run(Duration::milliseconds(50));
    most = std::max(most, path.queueing());
  }
  // A quarter of the round trip is what probing adds; the packets are four times as long.
  EXPECT_LT(most, Duration::milliseconds(60));
}

TEST(SctpBbr, LetsThePathRunEmptyEveryFiveSecondsToMeasureTheRoundTrip) {
  Path path = longPath();
  path.run(Duration::seconds(4));
  size_t least = SIZE_MAX;
  for (int i = 0; i < 300; ++i) {
    path.run(Duration::milliseconds(10));
    least = std::min(least, path.flight);
  }
  EXPECT_LT(least, path.product() * 6 / 10);
  EXPECT_GT(path.flight, path.product() * 8 / 10) << "and then goes on as before";
}

// ---- section 5.5: the model

TEST(SctpBbr, TakesTheRateOfAnApplicationNotForThatOfThePath) {
  Path path = longPath();
  path.run(Duration::seconds(3));
  const uint64_t rate = path.control->pacingRate();
  // A packet each 10 ms for longer than the filter's two cycles.
  for (int i = 0; i < 1500; ++i) {
    path.backlog = 1;
    path.run(Duration::milliseconds(10));
  }
  EXPECT_GE(path.control->pacingRate(), rate * 7 / 10);
}

TEST(SctpBbr, IsNotSlowedDownByLossesWithoutAQueue) {
  Path path = longPath();
  path.drop = [](uint64_t n) {
    return n % 100 == 37;
  };
  path.run(Duration::seconds(5));
  const uint64_t before = path.deliveredBytes;
  path.run(Duration::seconds(10));
  EXPECT_GT(path.deliveredBytes - before, 10 * path.rate * 9 / 10);
}

TEST(SctpBbr, YieldsToWhatFillsTheQueueBesideItAndMakesItLose) {
  const auto run = [](bool hasLoss) {
    Path path = longPath();
    path.run(Duration::milliseconds(2200));
    // The round trip of a path whose queue another flow keeps filled.
    path.roundTrip = Duration::milliseconds(160);
    if (hasLoss) {
      path.drop = [](uint64_t n) {
        return n % 50 == 37;
      };
    }
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 10; ++i) {
      path.run(Duration::milliseconds(100));
      least = std::min(least, path.control->pacingRate());
    }
    return least;
  };
  EXPECT_LT(run(true), run(false) * 95 / 100);
}

// ---- section 5.6: rate and window

TEST(SctpBbr, PacesAtWhatThePathDelivers) {
  Path path = longPath();
  path.run(Duration::seconds(2));
  EXPECT_GE(path.control->pacingRate(), path.rate * 85 / 100);
  EXPECT_LE(path.control->pacingRate(), path.rate * 130 / 100);
}

TEST(SctpBbr, KeepsItsWindowAtTwiceTheProduct) {
  Path path = longPath();
  path.run(Duration::seconds(2));
  const size_t late = path.rate / 500;  // two milliseconds
  EXPECT_GE(path.control->window(), path.product());
  EXPECT_LE(path.control->window(), path.product() * 9 / 4 + late + path.product() / 2);
}

TEST(SctpBbr, DoesNotPaceRoundTripsThatAreShorterThanATimerIsLate) {
  Path path(&makeBbr, 30'000'000, Duration::microseconds(200));
  path.run(Duration::milliseconds(100));
  EXPECT_EQ(path.control->pacingRate(), 0u);
  EXPECT_GT(path.deliveredBytes, path.rate / 10 * 95 / 100);
  // The allowance for event loops and a little: less than the 92 datagrams of a socket's buffer.
  EXPECT_LT(path.control->window(), 75 * kPacket);
}

TEST(SctpBbr, BeginsAnewAfterATimeoutAndComesBackToTheModel) {
  Path path = longPath();
  path.run(Duration::seconds(3));
  path.control->timedOut();
  EXPECT_LE(path.control->window(), kPacket);
  path.run(Duration::seconds(1));
  EXPECT_GT(path.control->window(), path.product());
}

TEST(SctpBbr, KeepsFourPacketsInFlightWhateverTheirSize) {
  Path path(&makeBbr, 12'500, Duration::milliseconds(10));
  path.run(Duration::seconds(5));
  EXPECT_GE(path.control->window(), 4 * kPacket);
  path.control->setMaxPacketSize(16 * 1024);
  EXPECT_GE(path.control->window(), size_t{4 * 16 * 1024});
}

// ---- RFC 9260 section 7.2

class SctpReno : public ::testing::Test {
 protected:
  Acknowledgement full(size_t bytes) {
    Acknowledgement ack;
    ack.bytesAcked = bytes;
    ack.flightBefore = reno->window();
    ack.cumulativeAdvanced = true;
    return ack;
  }
  std::unique_ptr<CongestionControl> reno = makeReno({kPacket, kPlenty, 1});
};

TEST_F(SctpReno, GrowsByWhatIsAcknowledgedInSlowStart) {
  const size_t before = reno->window();
  reno->acknowledged(full(2 * kPacket));
  EXPECT_EQ(reno->window(), before + 2 * kPacket);
  reno->acknowledged(full(5 * kPacket));
  EXPECT_EQ(reno->window(), before + 4 * kPacket) << "RFC 3465's limit";
}

TEST_F(SctpReno, GrowsOnlyWhereTheWindowIsTheLimit) {
  const size_t before = reno->window();
  Acknowledgement ack = full(kPacket);
  ack.flightBefore = before / 2;
  reno->acknowledged(ack);
  EXPECT_EQ(reno->window(), before);
}

TEST_F(SctpReno, HalvesTheWindowForALossAndGrowsByAPacketARoundThen) {
  while (reno->window() < 40 * kPacket)
    reno->acknowledged(full(2 * kPacket));
  reno->lossDetected();
  EXPECT_EQ(reno->window(), 20 * kPacket);
  reno->acknowledged(full(2 * kPacket));  // the last of slow start
  const size_t before = reno->window();
  for (size_t acked = 0; acked < before; acked += 2 * kPacket)
    reno->acknowledged(full(2 * kPacket));
  EXPECT_EQ(reno->window(), before + kPacket);
  reno->undoReduction();
  EXPECT_EQ(reno->window(), 40 * kPacket);
}

TEST_F(SctpReno, FallsToOnePacketAtATimeout) {
  reno->timedOut();
  EXPECT_EQ(reno->window(), kPacket);
  EXPECT_EQ(reno->slowStartThreshold(), 5 * kPacket);
}

TEST_F(SctpReno, SetsNoPace) {
  EXPECT_EQ(reno->pacingRate(), 0u);
}

}  // namespace
}  // namespace rtc::sctp::testing
