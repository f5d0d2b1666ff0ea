#include "cpp/payload/vp9.h"

#include <gtest/gtest.h>

#include "cpp/payload/vp9_header.h"
#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

EncodedFrame pictureOf(Bytes data, bool isKey, uint8_t temporalLayer = 0) {
  EncodedFrame frame;
  frame.data = std::move(data);
  frame.video.isKey = isKey;
  frame.video.temporalLayer = temporalLayer;
  return frame;
}

TEST(Vp9Payload, CarriesTheSizeInTheFirstPacketOfAKeyFrame) {
  SeededRandom random(1);
  const auto packetizer = createVp9Packetizer(5);
  const EncodedFrame frame = pictureOf(vp9KeyFrame(random, 1280, 720, 2500), true);
  const auto payloads = packetizer->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 3u);
  const Bytes first(payloads[0].begin(), payloads[0].begin() + 9);
  // I, L, F, B, V, Z; picture 6; no layers; one spatial layer with its size, 1280 x 720.
  EXPECT_EQ(first, (Bytes{0xbb, 0x80, 0x06, 0x00, 0x10, 0x05, 0x00, 0x02, 0xd0}));
  EXPECT_EQ(payloads[1][0], 0xb1);
  EXPECT_EQ(payloads[2][0], 0xb5);

  const auto depacketizer = createVp9Depacketizer();
  const auto header = depacketizer->inspect(payloads[0]);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->beginsFrame);
  EXPECT_TRUE(header->isKey);
  EXPECT_EQ(header->width, 1280);
  EXPECT_EQ(header->height, 720);
  EXPECT_EQ(header->pictureId, 6u);
  EXPECT_EQ(reassemble(*depacketizer, payloads), frame.data);
}

TEST(Vp9Payload, NamesTheLastPictureOfTheLowerLayers) {
  SeededRandom random(1);
  const auto packetizer = createVp9Packetizer(0);
  const auto depacketizer = createVp9Depacketizer();
  std::vector<uint8_t> distances;
  const auto send = [&](bool isKey, uint8_t layer) {
    const auto payloads =
        packetizer->packetize(pictureOf(randomBytes(random, 50), isKey, layer), {});
    const auto header = depacketizer->inspect(payloads.at(0));
    EXPECT_EQ(header->temporalLayer, layer);
    for (const uint8_t reference : header->references)
      distances.push_back(reference);
  };
  send(true, 0);
  for (int i = 0; i < 2; ++i) {
    for (const int layer : {2, 1, 2, 0})
      send(false, static_cast<uint8_t>(layer));
  }
  // L1T3 as webrtc-svc draws it.
  EXPECT_EQ(distances, (std::vector<uint8_t>{1, 2, 1, 4, 1, 2, 1, 4}));
}

TEST(Vp9Payload, ReadsTheNonFlexibleModeWithAnOldPatternOfReferences) {
  // I, P, L, B, E, V: picture 0x11, layer 0 switching, TL0PICIDX 9; two sizes and a group of two.
  const Bytes payload{0xae, 0x11, 0x10, 0x09, 0x38, 0x01, 0x40, 0x00, 0xb4, 0x02,
                      0x80, 0x01, 0x68, 0x02, 0x04, 0x02, 0x38, 0x01, 0x02, 0xaa};
  const auto header = createVp9Depacketizer()->inspect(payload);
  ASSERT_TRUE(header);
  EXPECT_FALSE(header->namesReferences);
  EXPECT_EQ(header->pictureId, 0x11u);
  EXPECT_EQ(header->pictureIdBits, 7);
  EXPECT_EQ(header->tl0PictureIndex, 9);
  EXPECT_TRUE(header->isLayerSync);
  EXPECT_EQ(header->width, 640);
  EXPECT_EQ(header->height, 360);
  ASSERT_TRUE(header->pictureGroup);
  EXPECT_EQ(*header->pictureGroup, (PictureGroup{{{0, false, {2}}, {1, true, {1, 2}}}}));
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_EQ(createVp9Depacketizer()->inspect(ByteSpan(payload).first(size)), std::nullopt)
        << size;
  }
}

TEST(Vp9Payload, PutsTheSpatialLayersOfAPictureTogether) {
  const auto depacketizer = createVp9Depacketizer();
  const Bytes base{0x8c, 0x01, 0x21};
  const Bytes base2{0xa8, 0x01, 0x00, 0x00, 0x22};
  const Bytes base3{0xa4, 0x01, 0x00, 0x00, 0x23};
  const Bytes upper{0xac, 0x01, 0x03, 0x00, 0x24};
  EXPECT_TRUE(depacketizer->inspect(base2)->beginsFrame);
  EXPECT_FALSE(depacketizer->inspect(upper)->beginsFrame);
  EXPECT_TRUE(depacketizer->inspect(upper)->mayBeginFrame);
  EXPECT_TRUE(depacketizer->inspect(upper)->usesInterLayer);
  EXPECT_EQ(depacketizer->assemble({base}), (Bytes{0x21}));
  EXPECT_EQ(depacketizer->assemble({base2, base3, upper}), (Bytes{0x22, 0x23, 0x24}));
  // A layer that is not whole.
  EXPECT_EQ(depacketizer->assemble({base2, upper}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({base3, upper}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({base2}), std::nullopt);
}

TEST(Vp9Payload, RefusesReferencesWithoutEndAndFlexiblePicturesWithoutId) {
  const auto depacketizer = createVp9Depacketizer();
  EXPECT_NE(depacketizer->inspect(Bytes{0xdc, 0x01, 0x03, 0x05, 0x06, 0xaa}), std::nullopt);
  EXPECT_EQ(depacketizer->inspect(Bytes{0xdc, 0x01, 0x03, 0x05, 0x07, 0x08, 0xaa}), std::nullopt);
  EXPECT_EQ(depacketizer->inspect(Bytes{0x1c, 0xaa}), std::nullopt);
}

TEST(Vp9Header, GivesTheSizeOfKeyFramesAlone) {
  SeededRandom random(1);
  const Bytes frame = vp9KeyFrame(random, 1920, 1081, 50);
  EXPECT_EQ(vp9KeyFrameDimensions(frame), (Dimensions{1920, 1081}));
  EXPECT_EQ(vp9KeyFrameDimensions(ByteSpan(frame).first(8)), std::nullopt);
  Bytes inter = frame;
  inter[0] |= 0x04;
  EXPECT_EQ(vp9KeyFrameDimensions(inter), std::nullopt);
}

}  // namespace
}  // namespace rtc::payload
