#include "cpp/stun/transaction_timer.h"

#include <vector>

#include <gtest/gtest.h>

namespace rtc::stun {
namespace {

using Due = TransactionTimer::Due;

TEST(StunTransactionTimer, FollowsTheScheduleOfRfc8489OnDatagrams) {
  TransactionTimer timer(Timestamp::milliseconds(0), TransactionTimer::Transport::kDatagram);
  std::vector<int64_t> retransmissions;
  Due due = Due::kNothing;
  Timestamp now;
  while (due != Due::kTimedOut) {
    now = timer.deadline();
    ASSERT_FALSE(now.isNever());
    due = timer.handle(now);
    ASSERT_NE(due, Due::kNothing);
    if (due == Due::kRetransmit)
      retransmissions.push_back(now.ms());
  }
  EXPECT_EQ(retransmissions, (std::vector<int64_t>{500, 1500, 3500, 7500, 15500, 31500}));
  EXPECT_EQ(now.ms(), 39500);
  EXPECT_TRUE(timer.deadline().isNever());
}

TEST(StunTransactionTimer, WaitsOnceAndLongOnReliableTransports) {
  TransactionTimer timer(Timestamp::milliseconds(100), TransactionTimer::Transport::kReliable);
  EXPECT_EQ(timer.deadline().ms(), 39600);
  EXPECT_EQ(timer.handle(Timestamp::milliseconds(39599)), Due::kNothing);
  EXPECT_EQ(timer.handle(Timestamp::milliseconds(39600)), Due::kTimedOut);
}

TEST(StunTransactionTimer, RetransmitsOnceWhenTheCallerIsLate) {
  TransactionTimer timer(Timestamp::milliseconds(0), TransactionTimer::Transport::kDatagram);
  EXPECT_EQ(timer.handle(Timestamp::milliseconds(499)), Due::kNothing);
  EXPECT_EQ(timer.handle(Timestamp::milliseconds(5000)), Due::kRetransmit);
  EXPECT_EQ(timer.deadline().ms(), 6000);
  EXPECT_EQ(timer.sent(), 2);
}

}  // namespace
}  // namespace rtc::stun
