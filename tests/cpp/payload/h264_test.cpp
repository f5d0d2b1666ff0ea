#include "cpp/payload/h264.h"

#include <gtest/gtest.h>

#include "cpp/payload/h264_nal.h"
#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

constexpr uint8_t kSps = 0x67;
constexpr uint8_t kPps = 0x68;
constexpr uint8_t kIdr = 0x65;
constexpr uint8_t kSlice = 0x41;

EncodedFrame frameOf(const std::vector<Bytes>& nals) {
  EncodedFrame frame;
  frame.data = annexB(nals);
  return frame;
}

TEST(AnnexB, IsSplitAtStartCodesOfBothLengths) {
  const Bytes stream{0, 0, 0, 1, 0x67, 5, 0, 0, 1, 0x68, 6, 0, 0, 0, 0, 1, 0x65, 7, 0, 0};
  const auto nals = splitAnnexB(stream);
  ASSERT_EQ(nals.size(), 3u);
  EXPECT_EQ(toBytes(nals[0]), (Bytes{0x67, 5}));
  EXPECT_EQ(toBytes(nals[1]), (Bytes{0x68, 6}));
  EXPECT_EQ(toBytes(nals[2]), (Bytes{0x65, 7}));
}

TEST(AnnexB, IsNothingThatDoesNotBeginWithAStartCode) {
  EXPECT_TRUE(splitAnnexB(Bytes{}).empty());
  EXPECT_TRUE(splitAnnexB(Bytes{0, 0}).empty());
  EXPECT_TRUE(splitAnnexB(Bytes{0, 0, 1}).empty());
  EXPECT_TRUE(splitAnnexB(Bytes{0x65, 7, 8, 9}).empty());
  EXPECT_TRUE(splitAnnexB(Bytes{7, 0, 0, 1, 0x65}).empty());
}

TEST(H264ParameterSet, TellsTheSizeOfPictures) {
  EXPECT_EQ(spsDimensions(h264Sps(120, 68, 4)), (Dimensions{1920, 1080}));
  EXPECT_EQ(spsDimensions(h264Sps(40, 30, 0)), (Dimensions{640, 480}));
  const Bytes sps = h264Sps(120, 68, 4);
  EXPECT_EQ(spsDimensions(ByteSpan(sps).first(6)), std::nullopt);
  EXPECT_EQ(spsDimensions({}), std::nullopt);
  // Of x264 in the high profile, 1280 x 720, with bytes that prevent emulation.
  EXPECT_EQ(spsDimensions(Bytes{0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0x50, 0x05,
                                0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00,
                                0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x19, 0x60}),
            (Dimensions{1280, 720}));
}

TEST(H264Payload, PutsSmallNalUnitsTogetherAndCutsLongOnes) {
  SeededRandom random(1);
  const Bytes sps = h264Sps(40, 30, 0);
  const Bytes pps = nalUnit(random, kPps, 6);
  const Bytes idr = nalUnit(random, kIdr, 2501);
  const EncodedFrame frame = frameOf({sps, pps, idr});
  const auto payloads = createH264Packetizer(false)->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 4u);
  EXPECT_EQ(payloads[0][0], 0x78);  // STAP-A with the NRI of its units
  EXPECT_EQ(payloads[1][0], 0x7c);  // FU-A with that of the slice
  EXPECT_EQ(payloads[1][1], 0x85);
  EXPECT_EQ(payloads[2][1], 0x05);
  EXPECT_EQ(payloads[3][1], 0x45);
  EXPECT_LE(payloads[3].size() - payloads[1].size(), 1u);

  const auto depacketizer = createH264Depacketizer();
  const auto first = depacketizer->inspect(payloads[0]);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->beginsFrame);
  EXPECT_FALSE(first->isKey);
  EXPECT_EQ(first->width, 640);
  EXPECT_EQ(first->height, 480);
  const auto middle = depacketizer->inspect(payloads[2]);
  EXPECT_TRUE(middle->isKey);
  EXPECT_FALSE(middle->mayBeginFrame);
  EXPECT_EQ(reassemble(*depacketizer, payloads), frame.data);
}

TEST(H264Payload, IsOneNalUnitEachInPacketizationModeZero) {
  SeededRandom random(1);
  const auto packetizer = createH264Packetizer(true);
  const EncodedFrame frame =
      frameOf({h264Sps(40, 30, 0), nalUnit(random, kPps, 6), nalUnit(random, kIdr, 1200)});
  const auto payloads = packetizer->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 3u);
  EXPECT_EQ(payloads[0][0], kSps);
  EXPECT_EQ(reassemble(*createH264Depacketizer(), payloads), frame.data);
  EXPECT_TRUE(packetizer->packetize(frameOf({nalUnit(random, kIdr, 1201)}), {}).empty());
}

TEST(H264Payload, OfADeltaFrameMayBeginItButDoesNotSaySo) {
  SeededRandom random(1);
  const auto payloads =
      createH264Packetizer(false)->packetize(frameOf({nalUnit(random, kSlice, 100)}), {});
  ASSERT_EQ(payloads.size(), 1u);
  const auto header = createH264Depacketizer()->inspect(payloads[0]);
  EXPECT_FALSE(header->beginsFrame);
  EXPECT_TRUE(header->mayBeginFrame);
  EXPECT_FALSE(header->isKey);
}

TEST(H264Payload, IsRefusedWhenItIsBroken) {
  const auto depacketizer = createH264Depacketizer();
  for (const Bytes& payload :
       std::vector<Bytes>{{},
                          {0x00},                          // no type
                          {0x78},                          // an empty STAP-A
                          {0x78, 0x00, 0x00},              // with an empty unit
                          {0x78, 0x00, 0x03, 0x65, 0x01},  // with a cut one
                          {0x78, 0x00, 0x01, 0x78},        // within another
                          {0x7c, 0x85},                    // an empty fragment
                          {0x7c, 0x80, 0x01},              // of nothing
                          {0x7d, 0x85, 0x01, 0x02, 0x03},  // FU-B, which nobody negotiates
                          {0x79, 0x00, 0x00, 0x00, 0x01, 0x65}}) {
    EXPECT_EQ(depacketizer->inspect(payload), std::nullopt);
  }
}

TEST(H264Payload, FragmentsGoFromTheirFirstToTheirLast) {
  const auto depacketizer = createH264Depacketizer();
  const Bytes begin{0x7c, 0x85, 0x01};
  const Bytes middle{0x7c, 0x05, 0x02};
  const Bytes end{0x7c, 0x45, 0x03};
  EXPECT_EQ(depacketizer->assemble({begin, middle, end}),
            (Bytes{0, 0, 0, 1, 0x65, 0x01, 0x02, 0x03}));
  EXPECT_EQ(depacketizer->assemble({begin, middle}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({middle, end}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({begin, Bytes{0x65, 0x01}, end}), std::nullopt);
}

TEST(H264Payload, RefusesFramesThatAreNoByteStream) {
  const auto packetizer = createH264Packetizer(false);
  EncodedFrame frame;
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
  frame.data = {1, 2, 3, 4, 5};
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
  EXPECT_TRUE(packetizer->packetize(frameOf({Bytes{0x7c, 0x85}}), {}).empty());
}

}  // namespace
}  // namespace rtc::payload
