// Whole streams over lossy paths in virtual time. Whatever is lost, no frame comes out of order and
// none that cannot be decoded.

#include <gtest/gtest.h>

#include "cpp/media/jitter_buffer.h"
#include "tests/cpp/media/lossy_path.h"

namespace rtc::media {
namespace {

using Options = LossyPath::Options;

class OverLoss : public testing::TestWithParam<payload::Format> {};

TEST_P(OverLoss, GivesEveryFrameSoonAfterItsArrivalWithoutLoss) {
  Options options;
  LossyPath path(GetParam(), 1, options);
  path.run();
  EXPECT_EQ(path.error(), "");
  EXPECT_EQ(path.decoder().given().size(), options.frames);
  EXPECT_EQ(path.keyFramesAskedFor(), 0u);
  EXPECT_LT(path.longestDelay(), Duration::milliseconds(110));
}

TEST_P(OverLoss, GivesNearlyAllFramesWithinABoundedDelayWithRetransmissions) {
  for (const double loss : {0.05, 0.1}) {
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      Options options;
      options.loss = loss;
      LossyPath path(GetParam(), seed, options);
      path.run();
      ASSERT_EQ(path.error(), "");
      ASSERT_FALSE(path.decoder().given().empty());
      // Here 450 ms after capture; a key frame takes 150 ms more when retransmissions are lost
      // twice, and its own packets may be lost as well.
      EXPECT_LT(path.longestDelay(), Duration::milliseconds(900)) << seed << ", " << loss;
      EXPECT_LT(path.sumOfDelays() / static_cast<int64_t>(path.decoder().given().size()),
                Duration::milliseconds(400));
      EXPECT_GT(path.decoder().given().size(), options.frames * 95 / 100) << seed << ", " << loss;
    }
  }
}

TEST_P(OverLoss, GoesOnWithKeyFramesWhereNothingIsRetransmitted) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    Options options;
    options.loss = 0.02;
    options.retransmits = false;
    LossyPath path(GetParam(), seed, options);
    path.run();
    EXPECT_EQ(path.error(), "");
    EXPECT_GT(path.keyFramesAskedFor(), 5u);
    EXPECT_GT(path.decoder().given().size(), options.frames / 4) << seed;
    EXPECT_LT(path.buffer().heldFrames(), 100u);
  }
}

INSTANTIATE_TEST_SUITE_P(JitterBuffer, OverLoss,
                         testing::Values(payload::Format::kVp8, payload::Format::kVp9,
                                         payload::Format::kH264, payload::Format::kAv1),
                         [](const auto& info) { return formatName(info.param); });

TEST(LayeredVideo, LosesFramesOfTheUpperLayerAloneWhereTheBaseComesThrough) {
  for (const auto format : {payload::Format::kVp8, payload::Format::kVp9}) {
    Options options;
    options.loss = 0.05;
    options.temporalLayers = 2;
    LossyPath path(format, 5, options);
    path.run();
    EXPECT_EQ(path.error(), "");
    EXPECT_GT(path.decoder().given().size(), options.frames * 90 / 100);
  }
}

}  // namespace
}  // namespace rtc::media
