#include "cpp/media/decode_chain.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

AssembledFrame frameOf(payload::Format format, bool isKey) {
  AssembledFrame frame;
  frame.format = format;
  frame.header.isKey = isKey;
  return frame;
}

AssembledFrame vp8(bool isKey, uint32_t picture, uint8_t tl0, uint8_t layer = 0,
                   bool isSync = false) {
  AssembledFrame frame = frameOf(payload::Format::kVp8, isKey);
  frame.header.pictureId = picture;
  frame.header.pictureIdBits = 15;
  frame.header.tl0PictureIndex = tl0;
  frame.header.temporalLayer = layer;
  frame.header.isLayerSync = isSync;
  return frame;
}

AssembledFrame vp9(bool isKey, uint32_t picture, std::vector<uint8_t> references) {
  AssembledFrame frame = frameOf(payload::Format::kVp9, isKey);
  frame.header.pictureId = picture;
  frame.header.pictureIdBits = 15;
  frame.header.namesReferences = true;
  frame.header.references = std::move(references);
  return frame;
}

constexpr bool kFollows = true;
constexpr bool kAfterLoss = false;

TEST(DecodeChain, BeginsWithAKeyFrame) {
  DecodeChain chain;
  EXPECT_FALSE(chain.canDecode(frameOf(payload::Format::kH264, false), kFollows));
  AssembledFrame key = frameOf(payload::Format::kH264, true);
  EXPECT_TRUE(chain.canDecode(key, kAfterLoss));
  chain.given(key, kAfterLoss);
  EXPECT_TRUE(chain.canDecode(frameOf(payload::Format::kH264, false), kFollows));
  EXPECT_FALSE(chain.canDecode(frameOf(payload::Format::kAv1, false), kFollows));
}

TEST(DecodeChain, NeedsEveryFrameWhereNothingElseIsKnown) {
  DecodeChain chain;
  AssembledFrame key = frameOf(payload::Format::kH264, true);
  chain.given(key, kFollows);
  AssembledFrame delta = frameOf(payload::Format::kH264, false);
  EXPECT_FALSE(chain.canDecode(delta, kAfterLoss));
  chain.given(delta, kFollows);
  EXPECT_EQ(delta.frame.video.dependencies, (std::vector<int64_t>{*key.frame.video.frameId}));
  chain.skipped();
  EXPECT_FALSE(chain.canDecode(delta, kFollows));
  EXPECT_TRUE(chain.canDecode(key, kFollows));
}

TEST(DecodeChain, GoesOnOverLostPacketsThatWereNoPictures) {
  DecodeChain chain;
  AssembledFrame key = vp8(true, 0x7fff, 5);
  key.header.tl0PictureIndex.reset();
  chain.given(key, kFollows);
  AssembledFrame delta = vp8(false, 0, 6);
  delta.header.tl0PictureIndex.reset();
  EXPECT_TRUE(chain.canDecode(delta, kAfterLoss));
  delta.header.pictureId = 1;
  EXPECT_FALSE(chain.canDecode(delta, kAfterLoss));
}

TEST(DecodeChain, NeedsOnlyTheBaseLayerForTheBaseLayer) {
  DecodeChain chain;
  AssembledFrame key = vp8(true, 10, 255);
  chain.given(key, kFollows);
  AssembledFrame base = vp8(false, 12, 0);
  EXPECT_TRUE(chain.canDecode(base, kAfterLoss));
  EXPECT_FALSE(chain.canDecode(vp8(false, 14, 1), kAfterLoss));
  chain.given(base, kAfterLoss);
  EXPECT_TRUE(chain.canDecode(vp8(false, 14, 1), kAfterLoss));
}

TEST(DecodeChain, LeavesOutAnUpperLayerAfterALossUntilItSynchronises) {
  DecodeChain chain;
  AssembledFrame key = vp8(true, 10, 1);
  chain.given(key, kFollows);
  // Picture 11 of layer 1 is lost.
  AssembledFrame base = vp8(false, 12, 2);
  chain.given(base, kAfterLoss);
  EXPECT_FALSE(chain.canDecode(vp8(false, 13, 2, 1), kFollows));
  AssembledFrame sync = vp8(false, 13, 2, 1, true);
  EXPECT_TRUE(chain.canDecode(sync, kAfterLoss));
  chain.given(sync, kFollows);
  AssembledFrame next = vp8(false, 14, 3);
  chain.given(next, kFollows);
  EXPECT_TRUE(chain.canDecode(vp8(false, 15, 3, 1), kFollows));
  // Nobody has synchronised the layer above.
  EXPECT_FALSE(chain.canDecode(vp8(false, 15, 3, 2), kFollows));
}

TEST(DecodeChain, FollowsTheReferencesThatVp9Names) {
  DecodeChain chain;
  AssembledFrame key = vp9(true, 0x7ffe, {});
  chain.given(key, kFollows);
  AssembledFrame first = vp9(false, 0x7fff, {1});
  chain.given(first, kFollows);
  AssembledFrame third = vp9(false, 1, {3});
  EXPECT_FALSE(chain.canDecode(vp9(false, 1, {1}), kFollows));
  EXPECT_FALSE(chain.canDecode(vp9(false, 1, {2, 1}), kFollows));
  EXPECT_TRUE(chain.canDecode(third, kAfterLoss));
  chain.given(third, kAfterLoss);
  EXPECT_EQ(*third.frame.video.frameId, *key.frame.video.frameId + 3);
  EXPECT_EQ(third.frame.video.dependencies, (std::vector<int64_t>{*key.frame.video.frameId}));
  // What was given is not given again.
  EXPECT_FALSE(chain.canDecode(first, kFollows));
}

TEST(DecodeChain, FollowsThePatternThatVp9Announced) {
  const auto picture = [](bool isKey, uint32_t id, uint8_t tl0, uint8_t layer) {
    AssembledFrame frame = vp8(isKey, id, tl0, layer);
    frame.format = payload::Format::kVp9;
    return frame;
  };
  DecodeChain chain;
  AssembledFrame key = picture(true, 100, 1, 0);
  // L1T3: every fourth picture is of the base layer.
  key.header.pictureGroup =
      payload::PictureGroup{{{0, false, {4}}, {2, true, {1}}, {1, true, {2}}, {2, true, {1}}}};
  chain.given(key, kFollows);
  // 101 is lost.
  EXPECT_FALSE(chain.canDecode(picture(false, 103, 1, 2), kAfterLoss));
  AssembledFrame middle = picture(false, 102, 1, 1);
  EXPECT_TRUE(chain.canDecode(middle, kAfterLoss));
  chain.given(middle, kAfterLoss);
  EXPECT_TRUE(chain.canDecode(picture(false, 103, 1, 2), kFollows));
  EXPECT_TRUE(chain.canDecode(picture(false, 104, 2, 0), kAfterLoss));
  EXPECT_FALSE(chain.canDecode(picture(false, 108, 3, 0), kAfterLoss));
}

TEST(DecodeChain, CountsFramesUpThoughASenderBeginsAnew) {
  DecodeChain chain;
  AssembledFrame first = vp8(true, 20000, 1);
  chain.given(first, kFollows);
  AssembledFrame second = vp8(true, 5, 1);
  chain.given(second, kAfterLoss);
  EXPECT_GT(*second.frame.video.frameId, *first.frame.video.frameId);
  EXPECT_TRUE(chain.canDecode(vp8(false, 6, 2), kFollows));
}

/// A picture id of seven bits, and where its packet stands.
AssembledFrame shortId(bool isKey, uint32_t picture, std::vector<uint8_t> references,
                       int64_t packet) {
  AssembledFrame frame = vp9(isKey, picture & 0x7f, std::move(references));
  frame.header.pictureIdBits = 7;
  frame.first = frame.last = rtp::SequenceIndex::first(rtp::SequenceNumber(0)) + packet;
  return frame;
}

TEST(DecodeChain, FollowsReferencesByShortIdsAsFarAsTheyCount) {
  DecodeChain chain;
  AssembledFrame key = shortId(true, 100, {}, 0);
  chain.given(key, kFollows);
  // More than half of them are missing.
  AssembledFrame later = shortId(false, 200, {100}, 100);
  EXPECT_TRUE(chain.canDecode(later, kAfterLoss));
  chain.given(later, kAfterLoss);
  EXPECT_EQ(*later.frame.video.frameId, *key.frame.video.frameId + 100);
  // 128 are, and its id is that of the next one.
  EXPECT_FALSE(chain.canDecode(shortId(false, 329, {1}, 229), kAfterLoss));
  EXPECT_TRUE(chain.canDecode(shortId(false, 201, {1}, 101), kFollows));
}

TEST(DecodeChain, ForgetsWhereNothingTellsHowManyPicturesAreMissing) {
  const auto picture = [](bool isKey, uint32_t id, uint8_t tl0, int64_t packet) {
    AssembledFrame frame = shortId(isKey, id, {}, packet);
    frame.header.namesReferences = false;
    frame.header.tl0PictureIndex = tl0;
    return frame;
  };
  DecodeChain chain;
  AssembledFrame key = picture(true, 0, 1, 0);
  key.header.pictureGroup = payload::PictureGroup{{{0, false, {2}}, {0, false, {2}}}};
  chain.given(key, kFollows);
  AssembledFrame base = picture(false, 1, 2, 1);
  EXPECT_TRUE(chain.canDecode(base, kAfterLoss));
  chain.given(base, kFollows);
  // By the numbers of the base layer it can be decoded; the picture two before it is missing.
  AssembledFrame far = picture(false, 2 + 128, 3, 140);
  EXPECT_TRUE(chain.canDecode(far, kAfterLoss));
  chain.given(far, kAfterLoss);
  EXPECT_GT(*far.frame.video.frameId, *base.frame.video.frameId);
  EXPECT_FALSE(chain.canDecode(picture(false, 3 + 128, 5, 150), kAfterLoss));
}

TEST(DecodeChain, DoesNotGoByTl0PictureIndexBeyondItsRangeWithoutPictureIds) {
  const auto picture = [](bool isKey, uint8_t tl0, int64_t packet) {
    AssembledFrame frame = frameOf(payload::Format::kVp8, isKey);
    frame.header.tl0PictureIndex = tl0;
    frame.first = frame.last = rtp::SequenceIndex::first(rtp::SequenceNumber(0)) + packet;
    return frame;
  };
  DecodeChain chain;
  AssembledFrame key = picture(true, 1, 0);
  chain.given(key, kFollows);
  EXPECT_TRUE(chain.canDecode(picture(false, 2, 10), kAfterLoss));
  EXPECT_FALSE(chain.canDecode(picture(false, 2, 257), kAfterLoss));
}

TEST(DecodeChain, CountsFramesUpThoughPictureIdsComeAndGo) {
  DecodeChain chain;
  int64_t last = 0;
  const auto give = [&](AssembledFrame frame) {
    chain.given(frame, kFollows);
    EXPECT_GT(*frame.frame.video.frameId, last);
    last = *frame.frame.video.frameId;
  };
  give(frameOf(payload::Format::kH264, true));
  give(vp8(true, 7, 1));
  for (int i = 0; i < 3; ++i)
    give(frameOf(payload::Format::kH264, true));
  give(vp8(true, 8, 1));
  give(vp8(false, 9, 2));
}

TEST(DecodeChain, DoesNotTakeAnUpperSpatialLayerForAPicture) {
  DecodeChain chain;
  AssembledFrame key = vp9(true, 1, {});
  chain.given(key, kFollows);
  AssembledFrame upper = vp9(false, 2, {});
  upper.header.spatialLayer = 1;
  upper.header.usesInterLayer = true;
  upper.header.usesInterPicture = false;
  EXPECT_FALSE(chain.canDecode(upper, kFollows));
}

}  // namespace
}  // namespace rtc::media
