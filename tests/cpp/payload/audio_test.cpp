#include "cpp/payload/audio.h"

#include <gtest/gtest.h>

#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

TEST(PayloadFormat, IsFoundByTheNameOfTheCodecInAnyCase) {
  EXPECT_EQ(formatOf("opus"), Format::kAudio);
  EXPECT_EQ(formatOf("OPUS"), Format::kAudio);
  EXPECT_EQ(formatOf("PCMU"), Format::kAudio);
  EXPECT_EQ(formatOf("G722"), Format::kAudio);
  EXPECT_EQ(formatOf("CN"), Format::kAudio);
  EXPECT_EQ(formatOf("telephone-event"), Format::kTelephoneEvent);
  EXPECT_EQ(formatOf("vp8"), Format::kVp8);
  EXPECT_EQ(formatOf("VP9"), Format::kVp9);
  EXPECT_EQ(formatOf("H264"), Format::kH264);
  EXPECT_EQ(formatOf("AV1"), Format::kAv1);
}

TEST(PayloadFormat, IsUnknownForWhatCarriesNoFramesOfItsOwn) {
  for (const char* name : {"rtx", "red", "ulpfec", "flexfec-03", "H265", "VP", "VP88", ""})
    EXPECT_EQ(formatOf(name), std::nullopt) << name;
}

TEST(AudioPayload, IsTheFrameAsItIs) {
  SeededRandom random(1);
  EncodedFrame frame;
  frame.data = randomBytes(random, 160);
  const auto payloads = createAudioPacketizer()->packetize(frame, {});
  ASSERT_EQ(payloads.size(), 1u);
  EXPECT_EQ(payloads[0], frame.data);
  const auto depacketizer = createAudioDepacketizer();
  const auto header = depacketizer->inspect(payloads[0]);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->beginsFrame);
  EXPECT_TRUE(header->endsFrame);
  EXPECT_EQ(reassemble(*depacketizer, payloads), frame.data);
}

TEST(AudioPayload, IsNeitherEmptyNorCut) {
  EncodedFrame frame;
  EXPECT_TRUE(createAudioPacketizer()->packetize(frame, {}).empty());
  frame.data.resize(1201);
  EXPECT_TRUE(createAudioPacketizer()->packetize(frame, {}).empty());
  const auto depacketizer = createAudioDepacketizer();
  EXPECT_EQ(depacketizer->inspect({}), std::nullopt);
  EXPECT_EQ(depacketizer->assemble({}), std::nullopt);
}

}  // namespace
}  // namespace rtc::payload
