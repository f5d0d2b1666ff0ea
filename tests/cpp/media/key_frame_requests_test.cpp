#include "cpp/media/key_frame_requests.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

TEST(KeyFrameRequester, AsksAtOnceAndAgainUntilOneComes) {
  KeyFrameRequester requester;
  EXPECT_FALSE(requester.poll(at(0)));
  EXPECT_TRUE(requester.deadline().isNever());
  requester.want();
  EXPECT_TRUE(requester.poll(at(5)));
  requester.want();
  EXPECT_FALSE(requester.poll(at(204)));
  EXPECT_EQ(requester.deadline(), at(205));
  EXPECT_TRUE(requester.poll(at(205)));
  requester.satisfied();
  EXPECT_FALSE(requester.poll(at(1000)));
  EXPECT_TRUE(requester.deadline().isNever());
}

TEST(KeyFrameRequester, DoesNotAskAgainBeforeTheAnswerCanHaveCome) {
  KeyFrameRequester requester;
  requester.setRoundTrip(Duration::milliseconds(700));
  requester.want();
  EXPECT_TRUE(requester.poll(at(0)));
  requester.satisfied();
  requester.want();
  EXPECT_FALSE(requester.poll(at(699)));
  EXPECT_TRUE(requester.poll(at(700)));
}

TEST(KeyFrameResponder, MakesOneKeyFrameForManyRequests) {
  KeyFrameResponder responder;
  responder.setRoundTrip(Duration::milliseconds(100));
  int made = 0;
  // Twenty receivers ask fifty times a second each.
  for (int64_t now = 1; now <= 3000; ++now) {
    responder.requested(at(now));
    made += responder.poll(at(now)) ? 1 : 0;
  }
  EXPECT_EQ(made, 10);
}

TEST(KeyFrameResponder, TakesARequestFromBeforeTheKeyFrameArrivedForAnswered) {
  KeyFrameResponder responder;
  responder.setRoundTrip(Duration::milliseconds(100));
  responder.made(at(0));
  responder.requested(at(99));
  EXPECT_TRUE(responder.deadline().isNever());
  responder.requested(at(100));
  EXPECT_EQ(responder.deadline(), at(300)) << "it is not forgotten, it waits";
  EXPECT_FALSE(responder.poll(at(299)));
  EXPECT_TRUE(responder.poll(at(300)));
}

TEST(KeyFrameResponder, AKeyFrameThatWaitsToLeaveAnswersAllWhoAsk) {
  KeyFrameResponder responder;
  responder.setRoundTrip(Duration::milliseconds(100));
  responder.made(at(0));
  responder.waits();
  responder.requested(at(900));
  EXPECT_TRUE(responder.deadline().isNever());
  responder.left(at(1000));
  responder.requested(at(1099));
  EXPECT_TRUE(responder.deadline().isNever());
  responder.requested(at(1100));
  EXPECT_EQ(responder.deadline(), at(1300));

  responder.made(at(1300));
  responder.waits();
  responder.discarded();
  responder.requested(at(1400));
  EXPECT_EQ(responder.deadline(), at(1600));
}

TEST(KeyFrameResponder, TellsARepeatedFirFromAnotherOne) {
  KeyFrameResponder responder;
  responder.requested(uint8_t{7}, at(0));
  EXPECT_TRUE(responder.poll(at(0)));
  responder.requested(uint8_t{7}, at(1000));
  EXPECT_FALSE(responder.poll(at(1000)));
  responder.requested(uint8_t{8}, at(1001));
  EXPECT_TRUE(responder.poll(at(1001)));
}

}  // namespace
}  // namespace rtc::media
