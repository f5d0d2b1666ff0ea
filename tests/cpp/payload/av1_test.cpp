#include "cpp/payload/av1.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cpp/payload/av1_obu.h"
#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

TEST(Av1Obu, AreSplitWithAndWithoutSizes) {
  const Bytes unit = concatenated({obu(kObuTemporalDelimiter, {}), obu(kObuMetadata, Bytes{1, 2}),
                                   obu(kObuFrame, Bytes{3, 4, 5}, false)});
  const auto obus = splitObus(unit);
  ASSERT_TRUE(obus);
  ASSERT_EQ(obus->size(), 3u);
  EXPECT_EQ((*obus)[0].type(), ObuType::kTemporalDelimiter);
  EXPECT_EQ(toBytes((*obus)[1].payload), (Bytes{1, 2}));
  EXPECT_EQ(toBytes((*obus)[2].payload), (Bytes{3, 4, 5}));
  EXPECT_FALSE(splitObus(ByteSpan(unit).first(4)).has_value());
}

TEST(Av1Obu, SizesAreReadInAllLengthsThatTheyMayHave) {
  for (const uint32_t value : {0u, 127u, 128u, 16383u, 16384u, 0xffffffffu}) {
    ByteWriter writer;
    writeLeb128(writer, value);
    EXPECT_EQ(writer.size(), leb128Size(value));
    ByteReader reader(writer.view());
    EXPECT_EQ(readLeb128(reader), value);
  }
  const Bytes padded{0x81, 0x80, 0x80, 0x00};
  ByteReader reader(padded);
  EXPECT_EQ(readLeb128(reader), 1u);
  const Bytes endless(9, 0x80);
  ByteReader endlessReader(endless);
  EXPECT_EQ(readLeb128(endlessReader), std::nullopt);
  const Bytes tooLarge{0xff, 0xff, 0xff, 0xff, 0x7f};
  ByteReader tooLargeReader(tooLarge);
  EXPECT_EQ(readLeb128(tooLargeReader), std::nullopt);
}

TEST(Av1SequenceHeader, TellsTheSizeOfFrames) {
  EXPECT_EQ(sequenceDimensions(av1SequenceHeader(1920, 1080)), (Dimensions{1920, 1080}));
  const Bytes header = av1SequenceHeader(1920, 1080);
  EXPECT_EQ(sequenceDimensions(ByteSpan(header).first(7)), std::nullopt);
}

TEST(Av1Payload, DropsTheDelimiterAndSaysWhereASequenceBegins) {
  SeededRandom random(1);
  const Bytes sequence = obu(kObuSequenceHeader, av1SequenceHeader(640, 360));
  const Bytes picture = obu(kObuFrame, randomBytes(random, 2500));
  EncodedFrame frame;
  frame.data = concatenated({obu(kObuTemporalDelimiter, {}), sequence, picture});
  const auto payloads = createAv1Packetizer()->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 3u);
  EXPECT_EQ(payloads[0][0], 0x68);  // Y, two elements, N
  EXPECT_EQ(payloads[1][0], 0xd0);  // Z, Y, one element
  EXPECT_EQ(payloads[2][0], 0x90);  // Z, one element
  const auto [shortest, longest] = std::ranges::minmax(payloads, {}, &Bytes::size);
  EXPECT_LE(longest.size() - shortest.size(), 4u);

  const auto depacketizer = createAv1Depacketizer();
  const auto header = depacketizer->inspect(payloads[0]);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->beginsFrame);
  EXPECT_TRUE(header->isKey);
  EXPECT_EQ(header->width, 640);
  EXPECT_EQ(header->height, 360);
  EXPECT_FALSE(depacketizer->inspect(payloads[1])->mayBeginFrame);
  EXPECT_EQ(reassemble(*depacketizer, payloads), concatenated({sequence, picture}));
}

TEST(Av1Payload, OfADeltaFrameMayBeginItButDoesNotSaySo) {
  EncodedFrame frame;
  frame.data = obu(kObuFrame, Bytes{1, 2, 3}, false);
  const auto payloads = createAv1Packetizer()->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 1u);
  EXPECT_EQ(payloads[0], (Bytes{0x10, kObuFrame << 3, 1, 2, 3}));
  const auto depacketizer = createAv1Depacketizer();
  const auto header = depacketizer->inspect(payloads[0]);
  EXPECT_FALSE(header->beginsFrame);
  EXPECT_TRUE(header->mayBeginFrame);
  EXPECT_FALSE(header->isKey);
  EXPECT_EQ(reassemble(*depacketizer, payloads), obu(kObuFrame, Bytes{1, 2, 3}));
}

TEST(Av1Payload, ReadsElementsThatAllHaveLengthsAndObusThatKeptTheirSize) {
  const Bytes picture = obu(kObuFrame, Bytes{1, 2, 3});
  const Bytes metadata = obu(kObuMetadata, Bytes{9}, false);
  ByteWriter writer;
  writer.u8(0x00);
  for (const Bytes& element : {metadata, picture}) {
    writeLeb128(writer, static_cast<uint32_t>(element.size()));
    writer.bytes(element);
  }
  const Bytes payload = writer.take();
  const auto depacketizer = createAv1Depacketizer();
  ASSERT_TRUE(depacketizer->inspect(payload));
  EXPECT_EQ(depacketizer->assemble({payload}),
            concatenated({obu(kObuMetadata, Bytes{9}), picture}));
}

TEST(Av1Payload, KeepsTheExtensionOfLayers) {
  const Bytes layered{kObuFrame << 3 | 0x06, 0x28, 0x02, 0xaa, 0xbb};
  EncodedFrame frame;
  frame.data = layered;
  const auto payloads = createAv1Packetizer()->packetize(frame, {});
  EXPECT_EQ(reassemble(*createAv1Depacketizer(), payloads), layered);
}

TEST(Av1Payload, IsRefusedWhenItIsBroken) {
  const auto depacketizer = createAv1Depacketizer();
  for (const Bytes& payload : std::vector<Bytes>{
           {},
           {0x10},                    // no element
           {0x20, 0x05, 0x01},        // a length beyond the end
           {0x30, 0x01, 0x30, 0x01},  // fewer elements than W says
           {0x98, 0x30, 0x01},        // N and Z
       }) {
    EXPECT_EQ(depacketizer->inspect(payload), std::nullopt);
  }
  const Bytes begin{0x50, 0x30, 0x01};
  const Bytes end{0x90, 0x02};
  EXPECT_EQ(depacketizer->assemble({begin, end}), obu(kObuFrame, Bytes{1, 2}));
  EXPECT_EQ(depacketizer->assemble({begin}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({end}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({begin, begin, end}), std::nullopt);
}

TEST(Av1Payload, RefusesUnitsThatAreCutOffOrHoldNothing) {
  const auto packetizer = createAv1Packetizer();
  EncodedFrame frame;
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
  frame.data = obu(kObuTemporalDelimiter, {});
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
  frame.data = {kObuFrame << 3 | kObuHasSize, 5, 1};
  EXPECT_TRUE(packetizer->packetize(frame, {}).empty());
}

}  // namespace
}  // namespace rtc::payload
