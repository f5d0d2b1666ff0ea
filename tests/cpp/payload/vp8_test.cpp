#include "cpp/payload/vp8.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

TEST(Vp8Payload, CarriesPictureIdAndLayersInEveryPacket) {
  SeededRandom random(1);
  const auto packetizer = createVp8Packetizer(0x0307fffe);
  EncodedFrame frame;
  frame.data = vp8KeyFrame(random, 640, 360, 3000);
  frame.video.isKey = true;
  const auto payloads = packetizer->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 3u);
  const Bytes first(payloads[0].begin(), payloads[0].begin() + 6);
  // X and S; I, L, T, K; fifteen bits of picture id; TL0PICIDX; layer 0 with the fourth key index.
  EXPECT_EQ(first, (Bytes{0x90, 0xf0, 0xff, 0xff, 0x08, 0x04}));
  EXPECT_EQ(payloads[1][0], 0x80);
  EXPECT_LE(payloads[2].size() - payloads[0].size(), 1u);

  const auto depacketizer = createVp8Depacketizer();
  const auto header = depacketizer->inspect(payloads[0]);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->beginsFrame);
  EXPECT_TRUE(header->isKey);
  EXPECT_EQ(header->pictureId, 0x7fffu);
  EXPECT_EQ(header->pictureIdBits, 15);
  EXPECT_EQ(header->tl0PictureIndex, 8);
  EXPECT_EQ(header->width, 640);
  EXPECT_EQ(header->height, 360);
  EXPECT_FALSE(depacketizer->inspect(payloads[1])->beginsFrame);
  EXPECT_EQ(reassemble(*depacketizer, payloads), frame.data);
}

TEST(Vp8Payload, CountsPicturesAndFramesOfTheBaseLayer) {
  SeededRandom random(1);
  const auto packetizer = createVp8Packetizer(0);
  const auto depacketizer = createVp8Depacketizer();
  const auto send = [&](bool isKey, uint8_t layer, bool isSync) {
    EncodedFrame frame;
    frame.data = isKey ? vp8KeyFrame(random, 16, 16, 100) : vp8DeltaFrame(random, 100);
    frame.video.isKey = isKey;
    frame.video.temporalLayer = layer;
    frame.video.isLayerSync = isSync;
    return *depacketizer->inspect(packetizer->packetize(frame, {}).at(0));
  };
  const PayloadHeader key = send(true, 0, false);
  const PayloadHeader sync = send(false, 1, true);
  const PayloadHeader base = send(false, 0, false);
  EXPECT_EQ(*sync.pictureId, *key.pictureId + 1);
  EXPECT_EQ(*base.pictureId, *key.pictureId + 2);
  EXPECT_EQ(*sync.tl0PictureIndex, *key.tl0PictureIndex);
  EXPECT_EQ(*base.tl0PictureIndex, *key.tl0PictureIndex + 1);
  EXPECT_EQ(sync.temporalLayer, 1);
  EXPECT_TRUE(sync.isLayerSync);
  EXPECT_FALSE(base.isKey);
}

TEST(Vp8Payload, DescriptorsOfAllLengthsAreRead) {
  const auto depacketizer = createVp8Depacketizer();
  const auto inspect = [&](const Bytes& payload) {
    return depacketizer->inspect(payload);
  };
  EXPECT_TRUE(inspect({0x10, 0x01})->beginsFrame);
  EXPECT_EQ(inspect({0x10, 0x01})->pictureId, std::nullopt);
  EXPECT_EQ(inspect({0x90, 0x80, 0x11, 0x01})->pictureId, 0x11u);
  EXPECT_EQ(inspect({0x90, 0x80, 0x11, 0x01})->pictureIdBits, 7);
  EXPECT_EQ(inspect({0x90, 0x20, 0x60, 0x01})->temporalLayer, 1);
  EXPECT_TRUE(inspect({0x90, 0x20, 0x60, 0x01})->isLayerSync);
  // TL0PICIDX without the layer counts what nobody can tell apart.
  EXPECT_EQ(inspect({0x90, 0x40, 0x12, 0x01})->tl0PictureIndex, std::nullopt);
  EXPECT_EQ(inspect({0x90, 0x60, 0x12, 0x00, 0x01})->tl0PictureIndex, 0x12);
  // A later partition begins no frame.
  EXPECT_FALSE(inspect({0x11, 0x01})->beginsFrame);
}

TEST(Vp8Payload, IsRefusedWhereverItIsCutOff) {
  const auto depacketizer = createVp8Depacketizer();
  const Bytes whole{0x90, 0xf0, 0x80, 0x01, 0x02, 0x03, 0xaa};
  EXPECT_TRUE(depacketizer->inspect(whole).has_value());
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(depacketizer->inspect(ByteSpan(whole).first(size)), std::nullopt) << size;
}

TEST(Vp8Payload, FramesDoNotBeginInTheirMiddle) {
  const auto depacketizer = createVp8Depacketizer();
  const Bytes begin{0x10, 0x01};
  const Bytes middle{0x00, 0x01};
  EXPECT_EQ(depacketizer->assemble({begin, begin}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({middle}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({begin, middle}), (Bytes{0x01, 0x01}));
}

TEST(Vp8Payload, EmptyFramesAndImpossibleLayersAreRefused) {
  const auto packetizer = createVp8Packetizer(0);
  EncodedFrame frame;
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
  frame.data = {1};
  frame.video.temporalLayer = 4;
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
}

}  // namespace
}  // namespace rtc::payload
