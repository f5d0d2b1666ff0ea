#include "cpp/media/demuxer.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

constexpr StreamId kAudio(1);
constexpr StreamId kVideo(2);

rtp::Packet packet(uint32_t ssrc, uint8_t payloadType) {
  rtp::Packet packet;
  packet.ssrc = rtp::Ssrc(ssrc);
  packet.payloadType = rtp::PayloadType(payloadType);
  return packet;
}

Demuxer audioAndVideo() {
  Demuxer demuxer;
  demuxer.set(kAudio, "0", {rtp::PayloadType(111)}, {rtp::Ssrc(10)});
  demuxer.set(kVideo, "1", {rtp::PayloadType(96), rtp::PayloadType(97)}, {});
  return demuxer;
}

TEST(MediaDemuxer, FollowsTheMidBeforeAnythingElse) {
  Demuxer demuxer = audioAndVideo();
  EXPECT_EQ(demuxer.route(packet(10, 111), "1"), kVideo);
  // And the SSRC belongs to that section from then on.
  EXPECT_EQ(demuxer.route(packet(10, 111), std::nullopt), kVideo);
}

TEST(MediaDemuxer, RemembersWhichSsrcHadAMid) {
  Demuxer demuxer = audioAndVideo();
  EXPECT_EQ(demuxer.route(packet(77, 96), "1"), kVideo);
  EXPECT_EQ(demuxer.route(packet(77, 5), std::nullopt), kVideo);
}

TEST(MediaDemuxer, DropsPacketsOfASectionThatIsNotThere) {
  Demuxer demuxer = audioAndVideo();
  EXPECT_EQ(demuxer.route(packet(77, 96), "7"), std::nullopt);
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(77)), std::nullopt);
}

TEST(MediaDemuxer, KnowsAnnouncedSsrcs) {
  Demuxer demuxer = audioAndVideo();
  EXPECT_EQ(demuxer.route(packet(10, 0), std::nullopt), kAudio);
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(10)), kAudio);
}

TEST(MediaDemuxer, FallsBackToAPayloadTypeOfOneReceiverAlone) {
  Demuxer demuxer = audioAndVideo();
  EXPECT_EQ(demuxer.route(packet(5, 97), std::nullopt), kVideo);
  EXPECT_EQ(demuxer.route(packet(6, 50), std::nullopt), std::nullopt);
  demuxer.set(StreamId(3), "2", {rtp::PayloadType(96)}, {});
  EXPECT_EQ(demuxer.route(packet(7, 96), std::nullopt), std::nullopt);
  // What was learned before stays.
  EXPECT_EQ(demuxer.route(packet(5, 96), std::nullopt), kVideo);
}

TEST(MediaDemuxer, ForgetsAReceiverWithItsSsrcs) {
  Demuxer demuxer = audioAndVideo();
  demuxer.route(packet(5, 97), std::nullopt);
  demuxer.remove(kVideo);
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(5)), std::nullopt);
  EXPECT_EQ(demuxer.route(packet(5, 97), std::nullopt), std::nullopt);
  EXPECT_EQ(demuxer.learned(), 0u);
}

TEST(MediaDemuxer, TakesAwayWhatADescriptionNoLongerAnnounces) {
  Demuxer demuxer = audioAndVideo();
  demuxer.set(kAudio, "0", {rtp::PayloadType(111)}, {rtp::Ssrc(11)});
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(10)), std::nullopt);
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(11)), kAudio);
}

TEST(MediaDemuxer, TenThousandSsrcsCostNoMoreThanItsBound) {
  Demuxer demuxer = audioAndVideo();
  for (uint32_t ssrc = 1000; ssrc < 11000; ++ssrc)
    EXPECT_EQ(demuxer.route(packet(ssrc, 96), std::nullopt), kVideo);
  EXPECT_EQ(demuxer.learned(), kMaxLearnedSsrcs);
  // The announced one is not among those that give way.
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(10)), kAudio);
}

// Senders name their section until they know that it was heard, and not any more.
TEST(MediaDemuxer, AStreamThatGoesOnIsNotForgottenForOthersThatComeAndGo) {
  Demuxer demuxer;
  demuxer.set(kAudio, "0", {rtp::PayloadType(96)}, {});
  demuxer.set(kVideo, "1", {rtp::PayloadType(96)}, {});
  ASSERT_EQ(demuxer.route(packet(5, 96), "1"), kVideo);
  for (uint32_t ssrc = 1000; ssrc < 1000 + 2 * kMaxLearnedSsrcs; ++ssrc) {
    ASSERT_EQ(demuxer.route(packet(ssrc, 96), "0"), kAudio);
    ASSERT_EQ(demuxer.route(packet(5, 96), std::nullopt), kVideo) << ssrc;
  }
  EXPECT_EQ(demuxer.learned(), kMaxLearnedSsrcs);
  EXPECT_EQ(demuxer.receiverOf(rtp::Ssrc(1000)), std::nullopt);
}

}  // namespace
}  // namespace rtc::media
