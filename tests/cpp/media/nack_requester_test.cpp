#include "cpp/media/nack_requester.h"

#include <map>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::media {
namespace {

using rtp::SequenceNumber;
using Numbers = std::vector<uint16_t>;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

struct Requester {
  NackRequester nacks;

  void take(uint32_t number, int64_t ms, bool beginsKeyFrame = false) {
    nacks.received(SequenceNumber(static_cast<uint16_t>(number)), false, beginsKeyFrame, at(ms));
  }
  void repair(uint32_t number, int64_t ms) {
    nacks.received(SequenceNumber(static_cast<uint16_t>(number)), true, false, at(ms));
  }
  Numbers ask(int64_t ms) {
    Numbers numbers;
    for (auto batch = nacks.poll(at(ms)); !batch.empty(); batch = nacks.poll(at(ms))) {
      EXPECT_LE(batch.size(), NackRequester::kMaxBatch);
      for (const SequenceNumber number : batch)
        numbers.push_back(number.value());
    }
    EXPECT_GT(nacks.deadline(), at(ms));
    return numbers;
  }
};

TEST(NackRequester, AsksForNothingWhileNothingIsMissing) {
  Requester requester;
  for (uint32_t i = 0xfff0; i < 0x10010; ++i)
    requester.take(i, i);
  EXPECT_TRUE(requester.nacks.deadline().isNever());
  EXPECT_TRUE(requester.ask(1'000'000).empty());
}

TEST(NackRequester, WaitsForThoseThatWereOvertakenAndThenAsksOnceInARoundTrip) {
  Requester requester;
  requester.nacks.setRoundTrip(Duration::milliseconds(50));
  requester.take(0xfffe, 0);
  requester.take(0x10001, 0);
  EXPECT_TRUE(requester.ask(9).empty());
  EXPECT_EQ(requester.nacks.deadline(), at(10));
  EXPECT_EQ(requester.ask(10), (Numbers{0xffff, 0}));
  EXPECT_TRUE(requester.ask(64).empty());
  requester.repair(0xffff, 64);
  EXPECT_EQ(requester.ask(65), Numbers{0});
  requester.repair(0, 100);
  EXPECT_TRUE(requester.nacks.deadline().isNever());
}

TEST(NackRequester, DoesNotAskForWhatComesLateByItself) {
  Requester requester;
  requester.take(1, 0);
  requester.take(3, 0);
  requester.take(2, 5);
  EXPECT_TRUE(requester.ask(1000).empty());
}

TEST(NackRequester, LearnsHowLongReorderingTakes) {
  Requester requester;
  // Every packet with an even number is 30 ms late.
  size_t needless = 0;
  for (uint32_t i = 0; i < 400; i += 2) {
    const int64_t now = 40 * i;
    requester.take(i + 1, now);
    needless += requester.ask(now + 10).size();
    needless += requester.ask(now + 25).size();
    requester.take(i, now + 30);
  }
  EXPECT_LE(needless, 1u);
}

TEST(NackRequester, GivesUpAfterTenRequestsAndWantsAKeyFrame) {
  Requester requester;
  requester.take(1, 0);
  requester.take(3, 0);
  int requests = 0;
  int64_t now = 0;
  while (!requester.nacks.deadline().isNever()) {
    now = requester.nacks.deadline().ms();
    EXPECT_FALSE(requester.nacks.takeKeyFrameWanted());
    requests += static_cast<int>(requester.ask(now).size());
  }
  EXPECT_EQ(requests, NackRequester::kMaxRequests);
  EXPECT_TRUE(requester.nacks.takeKeyFrameWanted());
  EXPECT_FALSE(requester.nacks.takeKeyFrameWanted());
  EXPECT_GE(now, 1000) << "ten round trips";
}

TEST(NackRequester, WantsAKeyFrameInPlaceOfMoreThanAThousandPackets) {
  Requester requester;
  requester.take(0, 0);
  requester.take(1001, 0);
  EXPECT_EQ(requester.nacks.missing(), 1000u);
  EXPECT_EQ(requester.ask(10).size(), 1000u);
  EXPECT_FALSE(requester.nacks.takeKeyFrameWanted());
  requester.take(1003, 10);
  EXPECT_EQ(requester.nacks.missing(), 0u);
  EXPECT_TRUE(requester.nacks.takeKeyFrameWanted());
}

TEST(NackRequester, MissesNothingBeforeAKeyFrame) {
  Requester requester;
  requester.take(0, 0);
  requester.take(5, 0);
  requester.take(10, 1, true);
  EXPECT_TRUE(requester.ask(100).empty());
  requester.take(20, 101);
  requester.take(15, 102, true);  // a key frame that was overtaken
  EXPECT_EQ(requester.ask(200), (Numbers{16, 17, 18, 19}));
}

TEST(NackRequester, ForgetsWhatIsNotNeededAnyMore) {
  Requester requester;
  requester.take(0, 0);
  requester.take(10, 0);
  requester.nacks.forgetUpTo(SequenceNumber(7));
  EXPECT_EQ(requester.ask(10), (Numbers{8, 9}));
  requester.nacks.forgetUpTo(SequenceNumber(20));
  EXPECT_TRUE(requester.nacks.deadline().isNever());
}

TEST(NackRequester, TakesAHugeJumpForANewBeginningOnlyWhenTheNextPacketGoesOnFromThere) {
  for (const uint32_t jump : {2000u, 30'000u, 0x10000u - 10'000u}) {
    Requester requester;
    requester.take(100, 0);
    requester.take(100 + jump, 0);
    requester.take(102, 0);
    EXPECT_EQ(requester.ask(100), Numbers{101}) << "one alone is a stray";
    requester.take(200 + jump, 100);
    requester.take(201 + jump, 100);
    EXPECT_EQ(requester.nacks.missing(), 0u);
    EXPECT_TRUE(requester.nacks.takeKeyFrameWanted());
    requester.take(203 + jump, 100);
    EXPECT_EQ(requester.ask(200), Numbers{static_cast<uint16_t>(202 + jump)});
  }
}

TEST(NackRequester, RecoversEverythingFromAPathThatLosesReordersAndRepeats) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    Requester requester;
    requester.nacks.setRoundTrip(Duration::milliseconds(60));
    std::multimap<int64_t, std::pair<uint32_t, bool>> path;
    std::vector<int> arrived(3000);
    const auto send = [&](uint32_t number, bool isRepair, int64_t now) {
      if (random.below(100) < 10)
        return;
      path.emplace(now + 30 + random.below(8), std::make_pair(number, isRepair));
    };
    path.emplace(0, std::make_pair(0u, false));
    int64_t end = 0;
    size_t asked = 0;
    for (int64_t now = 0; now < 10'000; ++now) {
      if (now > 0 && now < 3000)
        send(static_cast<uint32_t>(now), false, now);
      while (!path.empty() && path.begin()->first <= now) {
        const auto [number, isRepair] = path.begin()->second;
        path.erase(path.begin());
        ++arrived[number];
        requester.nacks.received(SequenceNumber(static_cast<uint16_t>(number)), isRepair, false,
                                 at(now));
      }
      const Numbers numbers = requester.ask(now);
      asked += numbers.size();
      for (const uint16_t number : numbers)
        send(number, true, now + 30);
      if (!numbers.empty())
        end = now;
    }
    // The last ones may be lost with nothing behind them that tells.
    int lost = 0;
    for (size_t i = 0; i < 2990; ++i)
      lost += arrived[i] == 0;
    EXPECT_EQ(lost, 0) << seed;
    EXPECT_EQ(requester.nacks.missing(), 0u) << seed;
    EXPECT_LT(asked, 450u) << "a tenth is lost, and a tenth of that again";
    EXPECT_LT(end, 4000) << seed;
  }
}

}  // namespace
}  // namespace rtc::media
