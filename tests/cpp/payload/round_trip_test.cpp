// Any frame, through any limits: what a packetizer cuts, the depacketizer of the same format puts
// together again, out of payloads that keep to the limits.

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/cpp/payload/frames.h"

namespace rtc::payload {
namespace {

constexpr size_t kSmallestLimit = 50;

size_t frameSize(SeededRandom& random) {
  return random.below(4) == 0 ? 1 + random.below(60) : 1 + random.below(30000);
}

Bytes h264Frame(SeededRandom& random) {
  std::vector<Bytes> nals;
  const size_t count = 1 + random.below(6);
  for (size_t i = 0; i < count; ++i) {
    const auto header = static_cast<uint8_t>(random.below(4) << 5 | (1 + random.below(23)));
    nals.push_back(nalUnit(random, header, frameSize(random)));
  }
  return annexB(nals);
}

Bytes av1Frame(SeededRandom& random) {
  std::vector<Bytes> obus;
  if (random.below(2) == 0)
    obus.push_back(obu(kObuSequenceHeader, av1SequenceHeader(640, 360)));
  const size_t count = 1 + random.below(6);
  for (size_t i = 0; i < count; ++i)
    obus.push_back(obu(kObuFrame, randomBytes(random, random.below(2) * frameSize(random))));
  return concatenated(obus);
}

Bytes frameOf(Format format, SeededRandom& random) {
  switch (format) {
    case Format::kH264:
      return h264Frame(random);
    case Format::kAv1:
      return av1Frame(random);
    default:
      return randomBytes(random, frameSize(random));
  }
}

class RoundTrip : public testing::TestWithParam<Format> {};

TEST_P(RoundTrip, GivesTheFrameBackForAnyLimits) {
  const Format format = GetParam();
  SeededRandom random(7);
  const auto packetizer = createPacketizer({format, false, 1});
  const auto depacketizer = createDepacketizer(format);
  for (int round = 0; round < 400; ++round) {
    // Whatever the longer headers of the first and the last packet take, so much is left.
    PayloadLimits limits;
    limits.firstReduction = random.below(3) * random.below(40);
    limits.lastReduction = random.below(3) * random.below(40);
    limits.max = kSmallestLimit + limits.firstReduction + limits.lastReduction +
                 random.below(2) * random.below(1200);
    EncodedFrame frame;
    frame.data = frameOf(format, random);
    frame.video.isKey = random.below(4) == 0;
    frame.video.temporalLayer = static_cast<uint8_t>(random.below(3));
    const auto payloads = packetizer->packetize(frame, limits);
    ASSERT_FALSE(payloads.empty()) << round;
    for (size_t i = 0; i < payloads.size(); ++i) {
      EXPECT_FALSE(payloads[i].empty());
      EXPECT_LE(payloads[i].size() + (i == 0 ? limits.firstReduction : 0) +
                    (i + 1 == payloads.size() ? limits.lastReduction : 0),
                limits.max)
          << round << ", payload " << i << " of " << payloads.size();
      const auto header = depacketizer->inspect(payloads[i]);
      ASSERT_TRUE(header) << round;
      EXPECT_TRUE(i > 0 || header->mayBeginFrame);
    }
    ASSERT_EQ(reassemble(*depacketizer, payloads), frame.data) << round;
  }
}

TEST_P(RoundTrip, DoesNotPassOffPartsOfAFrameAsTheWhole) {
  const Format format = GetParam();
  SeededRandom random(11);
  const auto packetizer = createPacketizer({format, false, 1});
  const auto depacketizer = createDepacketizer(format);
  for (int round = 0; round < 200; ++round) {
    EncodedFrame frame;
    frame.data = frameOf(format, random);
    auto payloads = packetizer->packetize(frame, {300, 0, 0});
    payloads.erase(payloads.begin() + random.below(static_cast<uint32_t>(payloads.size())));
    std::vector<ByteSpan> spans(payloads.begin(), payloads.end());
    const auto assembled = depacketizer->assemble(spans);
    EXPECT_NE(assembled.value_or(Bytes()), frame.data);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip,
                         testing::Values(Format::kVp8, Format::kVp9, Format::kH264, Format::kAv1),
                         [](const auto& info) -> std::string {
                           switch (info.param) {
                             case Format::kVp8:
                               return "Vp8";
                             case Format::kVp9:
                               return "Vp9";
                             case Format::kH264:
                               return "H264";
                             default:
                               return "Av1";
                           }
                         });

}  // namespace
}  // namespace rtc::payload
