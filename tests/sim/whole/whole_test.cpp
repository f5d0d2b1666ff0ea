// The simulation of whole systems: some seeds of it, and that it finds what it looks for.

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim/whole/memory.h"
#include "tests/sim/whole/world.h"

namespace rtc::sim::whole {
namespace {

void expectPromisesKept(uint64_t from, uint64_t count) {
  for (uint64_t seed = from; seed < from + count; ++seed) {
    const Plan plan = planFor(seed);
    const Verdict verdict = runPlan(plan);
    EXPECT_FALSE(verdict) << "seed " << seed << ": " << *verdict << "\n" << describe(plan);
  }
}

// As many as a test run has time for, a part for each shard; `npm run simulate -- --whole` runs any
// number.
TEST(WholeSystem, KeepsItsPromisesUnderTheFirstSchedules) {
  expectPromisesKept(10101, 6);
}
TEST(WholeSystem, KeepsItsPromisesUnderTheSecondSchedules) {
  expectPromisesKept(10107, 6);
}
TEST(WholeSystem, KeepsItsPromisesUnderTheThirdSchedules) {
  expectPromisesKept(10113, 6);
}
TEST(WholeSystem, KeepsItsPromisesUnderTheFourthSchedules) {
  expectPromisesKept(10119, 6);
}

// Each of these once broke a promise in a way of its own: see docs/hardening.md.
TEST(WholeSystem, KeepsItsPromisesWhereItOnceBrokeThem) {
  for (const uint64_t seed :
       {31, 175, 1576, 2737, 3024, 4597, 5267, 9310, 9948, 10646, 13053, 26754, 81066})
    expectPromisesKept(seed, 1);
}

TEST(WholeSystem, RepeatsASeedToTheByte) {
  uint64_t digests[2] = {};
  for (uint64_t& digest : digests) {
    World world(planFor(4));
    EXPECT_FALSE(world.run());
    digest = world.digest();
    EXPECT_GT(world.figures().packets, 100u);
  }
  EXPECT_EQ(digests[0], digests[1]);
  World other(planFor(2));
  EXPECT_FALSE(other.run());
  EXPECT_NE(other.digest(), digests[0]);
}

/// A session without faults but for those that the test adds.
Plan quietPlan() {
  Plan plan;
  plan.seed = 7;
  const auto event = [](int64_t ms, Act act, uint32_t amount, int64_t length) {
    return Event{Timestamp::milliseconds(ms), act, 0, amount, Duration::milliseconds(length),
                 static_cast<uint64_t>(ms)};
  };
  plan.events = {event(3000, Act::kSend, 10, 0), event(4000, Act::kLoss, 200, 2000),
                 event(4500, Act::kSend, 10, 0), event(5000, Act::kStall, 0, 1000)};
  return plan;
}

TEST(WholeSystem, NoticesAMessageThatWentMissing) {
  Plan plan = quietPlan();
  EXPECT_FALSE(runPlan(plan));
  plan.events.insert(plan.events.begin(),
                     {Timestamp::milliseconds(2500), Act::kSwallow, 0, 0, Duration::zero(), 1});
  const Verdict verdict = runPlan(plan);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(promiseOf(*verdict), "[messages]");
}

TEST(WholeSystem, ShrinksAFailingScheduleToWhatBreaksIt) {
  Plan plan = quietPlan();
  plan.events.insert(plan.events.begin(),
                     {Timestamp::milliseconds(2500), Act::kSwallow, 0, 0, Duration::zero(), 1});
  const Verdict verdict = runPlan(plan);
  ASSERT_TRUE(verdict);
  const Plan least = shrink(plan, *verdict);
  // What is swallowed has to be sent, and another one behind it shows the gap.
  ASSERT_EQ(least.events.size(), 2u) << describe(least);
  EXPECT_EQ(least.events[0].act, Act::kSwallow);
  EXPECT_EQ(least.events[1].act, Act::kSend);
  EXPECT_LE(least.events[1].amount, 2u);
  EXPECT_TRUE(runPlan(least));
}

TEST(WholeSystem, ShrinksAScheduleToTheLeastOfItsKind) {
  const Plan plan = planFor(1);
  ASSERT_GT(plan.events.size(), 3u);
  // What is broken here is a rule of the test's.
  const auto breaks = [](const Plan& plan) -> Verdict {
    uint32_t longest = 0;
    for (const Event& event : plan.events)
      longest = std::max(longest, event.amount);
    return longest > 3 ? Verdict("[rule]") : std::nullopt;
  };
  ASSERT_TRUE(breaks(plan));
  const Plan least = shrink(plan, "[rule]", breaks);
  ASSERT_EQ(least.events.size(), 1u);
  EXPECT_GE(least.events[0].amount, 4u);
  EXPECT_LE(least.events[0].amount, 7u);
}

TEST(WatchOfOutputs, RefusesStepsThatTheSpecificationDoesNotHave) {
  const jsep::TransportId transport(0);
  Watch watch;
  EXPECT_FALSE(watch.note(peer::IceStateChanged{transport, ice::IceTransportState::kChecking}));
  EXPECT_FALSE(watch.note(peer::IceStateChanged{transport, ice::IceTransportState::kConnected}));
  EXPECT_TRUE(watch.note(peer::IceStateChanged{transport, ice::IceTransportState::kNew}));
  EXPECT_TRUE(watch.note(peer::IceStateChanged{transport, ice::IceTransportState::kConnected}));
  EXPECT_TRUE(watch.note(peer::DtlsStateChanged{peer::DtlsState::kConnected, {}, {}, transport}));
  EXPECT_FALSE(watch.note(peer::SctpStateChanged{peer::SctpState::kConnected, 8}));
  EXPECT_TRUE(watch.note(peer::SctpStateChanged{peer::SctpState::kConnected, 8}));
}

TEST(WatchOfOutputs, RefusesWhatComesAfterTheEnd) {
  Watch watch;
  const datachannel::ChannelId channel(1);
  EXPECT_TRUE(watch.note(datachannel::Output(datachannel::MessageReceived{channel, true, {}})));
  EXPECT_FALSE(watch.note(datachannel::Output(datachannel::ChannelOpened{channel})));
  EXPECT_TRUE(watch.note(datachannel::Output(datachannel::ChannelOpened{channel})));
  EXPECT_FALSE(watch.note(datachannel::Output(datachannel::ChannelClosed{channel, {}, {}})));
  EXPECT_TRUE(watch.note(datachannel::Output(datachannel::MessageReceived{channel, true, {}})));
  watch.closed();
  EXPECT_TRUE(watch.note(peer::NegotiationNeeded{}));
  EXPECT_FALSE(watch.note(peer::CloseInterfaces{jsep::TransportId(0)}));
}

TEST(WatchOfOutputs, RefusesCountersThatFall) {
  Watch watch;
  const auto record = [](double sent) {
    return std::vector<peer::StatsRecord>{{"T1", "transport", {{"packetsSent", sent}}}};
  };
  EXPECT_FALSE(watch.noteStats(record(3)));
  EXPECT_FALSE(watch.noteStats(record(3)));
  EXPECT_TRUE(watch.noteStats(record(2)));
  EXPECT_TRUE(watch.noteStats(record(0.0 / 0.0)));
}

TEST(AccountOfMemory, KnowsWhoseABlockIs) {
  const size_t before = memory::bytesOf(memory::Owner::kFirst);
  std::vector<char> mine;
  std::vector<char> theirs;
  {
    const memory::For owner(memory::Owner::kFirst);
    theirs.resize(1000);
  }
  mine.resize(1000);
  EXPECT_EQ(memory::bytesOf(memory::Owner::kFirst), before + 1000);
  theirs = {};
  theirs.shrink_to_fit();
  EXPECT_EQ(memory::bytesOf(memory::Owner::kFirst), before);
}

}  // namespace
}  // namespace rtc::sim::whole
