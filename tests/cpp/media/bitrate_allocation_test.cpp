#include "cpp/media/bitrate_allocation.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtc::media {
namespace {

using congestion::Bitrate;
using testing::ElementsAre;

AllocationRequest audio() {
  return {Kind::kAudio, 2, 10'000, 40'000, 0, 1};
}
AllocationRequest video(uint32_t track, uint32_t weight = 2, double size = 1,
                        Bitrate max = 2'000'000) {
  return {Kind::kVideo, weight, 30'000, max, track, size};
}

TEST(BitrateAllocation, GivesSoundItsShareBeforePictures) {
  EXPECT_THAT(allocateBitrate(100'000, {video(1), audio()}), ElementsAre(60'000, 40'000));
}

TEST(BitrateAllocation, KeepsTheSmallestPictureAliveWhenThereIsTooLittle) {
  EXPECT_THAT(allocateBitrate(5'000, {video(1), audio()}), ElementsAre(30'000, 10'000));
}

TEST(BitrateAllocation, SplitsByWeightAmongTracks) {
  const auto shares = allocateBitrate(1'000'000, {video(1, 2), video(2, 8)});
  EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), Bitrate{0}), 1'000'000);
  EXPECT_NEAR(static_cast<double>(shares[1] - 30'000) / static_cast<double>(shares[0] - 30'000), 4,
              0.01);
}

TEST(BitrateAllocation, WhatOneTrackCannotUseGoesToTheOther) {
  EXPECT_THAT(allocateBitrate(1'000'000, {video(1, 2, 1, 100'000), video(2)}),
              ElementsAre(100'000, 900'000));
}

TEST(BitrateAllocation, FillsSmallLayersOfSimulcastFirst) {
  const std::vector<AllocationRequest> layers = {video(1, 2, 4, 1'500'000), video(1, 2, 1, 150'000),
                                                 video(1, 2, 2, 500'000)};
  EXPECT_THAT(allocateBitrate(160'000, layers), ElementsAre(0, 150'000, 0));
  EXPECT_THAT(allocateBitrate(400'000, layers), ElementsAre(0, 150'000, 250'000));
  EXPECT_THAT(allocateBitrate(5'000'000, layers), ElementsAre(1'500'000, 150'000, 500'000));
}

TEST(BitrateAllocation, GivesNothingToNobody) {
  EXPECT_THAT(allocateBitrate(1'000'000, {}), ElementsAre());
  EXPECT_THAT(allocateBitrate(-5, {video(1)}), ElementsAre(30'000));
}

}  // namespace
}  // namespace rtc::media
