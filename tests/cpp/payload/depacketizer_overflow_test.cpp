// Payloads whose insides claim to be larger than they are, or to go on without end: of VP8, VP9,
// H.264 and AV1 (CVE-2018-6130 and CVE-2018-6157 are of this family). With the sanitizers, a read
// beyond fails.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/payload/format.h"
#include "tests/cpp/base/bytes_in_use.h"

namespace rtc::payload {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr Format kFormats[] = {Format::kVp8, Format::kVp9,   Format::kH264,
                               Format::kAv1, Format::kAudio, Format::kTelephoneEvent};
constexpr size_t kDatagram = 1200;

/// Exactly as many bytes as the payload has, so that one more is outside.
Bytes exact(ByteSpan bytes) {
  Bytes copy(bytes.begin(), bytes.end());
  copy.shrink_to_fit();
  return copy;
}

void takeAll(const Depacketizer& depacketizer, ByteSpan payload) {
  const Bytes alone = exact(payload);
  const auto header = depacketizer.inspect(alone);
  if (!header)
    return;
  EXPECT_LE(header->references.size(), 16u);
  if (header->pictureGroup) {
    EXPECT_LE(header->pictureGroup->pictures.size(), 255u);
  }
  for (const size_t copies : {1u, 2u, 3u}) {
    const std::vector<ByteSpan> payloads(copies, ByteSpan(alone));
    const auto frame = depacketizer.assemble(payloads);
    // No format makes more of a payload than itself and a start code or a size for each of its
    // parts.
    if (frame) {
      EXPECT_LE(frame->size(), copies * (3 * alone.size() + 8));
    }
  }
}

TEST(DepacketizerOverflow, EveryBeginningOfTwoBytesAtEveryShortLength) {
  for (const Format format : kFormats) {
    const auto depacketizer = createDepacketizer(format);
    for (int first = 0; first < 256; ++first) {
      for (int second = 0; second < 256; second += 5) {
        for (const uint8_t fill : {0x00, 0x7f, 0x80, 0xff}) {
          Bytes payload(12, fill);
          payload[0] = static_cast<uint8_t>(first);
          payload[1] = static_cast<uint8_t>(second);
          for (const size_t size : {0u, 1u, 2u, 3u, 5u, 12u})
            takeAll(*depacketizer, ByteSpan(payload).first(size));
        }
      }
    }
  }
}

TEST(DepacketizerOverflow, FullDatagramsOfNoiseAndOfOneValue) {
  SeededRandom random(3);
  for (const Format format : kFormats) {
    const auto depacketizer = createDepacketizer(format);
    for (int value = 0; value < 256; ++value)
      takeAll(*depacketizer, Bytes(kDatagram, static_cast<uint8_t>(value)));
    for (int i = 0; i < 500; ++i) {
      Bytes noise(1 + random.below(kDatagram));
      ASSERT_TRUE(random.fill(noise));
      takeAll(*depacketizer, noise);
    }
  }
}

TEST(DepacketizerOverflow, AnAggregateWhoseLastLengthIsCutOffIsRefused) {
  // STAP-A: one byte is left where the length of the next unit has two.
  const auto h264 = createDepacketizer(Format::kH264);
  EXPECT_FALSE(h264->inspect(Bytes{0x78, 0, 1, 0x65, 0}));
  EXPECT_FALSE(h264->inspect(Bytes{0x78, 0xff, 0xff, 0x65}));
  EXPECT_FALSE(h264->inspect(Bytes{0x78, 0, 0, 0, 0}));
  EXPECT_FALSE(h264->inspect(Bytes{0x78}));
  // An aggregate, or a fragment, within an aggregate.
  EXPECT_FALSE(h264->inspect(Bytes{0x78, 0, 4, 0x78, 0, 1, 0x65}));
  EXPECT_FALSE(h264->inspect(Bytes{0x78, 0, 3, 0x7c, 0x85, 1}));
  // A fragment of a fragment.
  EXPECT_FALSE(h264->inspect(Bytes{0x7c, 0x9c, 1}));
}

TEST(DepacketizerOverflow, PiecesWithoutABeginningOrAnEndAreNoFrame) {
  const auto h264 = createDepacketizer(Format::kH264);
  const Bytes begin{0x7c, 0x85, 1};
  const Bytes middle{0x7c, 0x05, 2};
  const Bytes end{0x7c, 0x45, 3};
  EXPECT_FALSE(h264->assemble({middle, end}));
  EXPECT_FALSE(h264->assemble({begin, middle}));
  EXPECT_FALSE(h264->assemble({begin, begin, end}));
  EXPECT_FALSE(h264->assemble({begin, Bytes{0x65, 9}, end}));
  EXPECT_TRUE(h264->assemble({begin, middle, end}));
  EXPECT_FALSE(h264->assemble({}));
}

TEST(DepacketizerOverflow, AnObuSizeBeyondThePayloadOrWithoutEndIsRefused) {
  const auto av1 = createDepacketizer(Format::kAv1);
  EXPECT_FALSE(av1->inspect(Bytes{0x00, 0x7f, 0x32}));
  EXPECT_FALSE(av1->inspect(Bytes{0x00, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x32}));
  EXPECT_FALSE(av1->inspect(Bytes{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(av1->inspect(Bytes{0x30, 0x01}));
}

TEST(DepacketizerOverflow, AVp9PictureGroupThatIsCutOffIsRefused) {
  const auto vp9 = createDepacketizer(Format::kVp9);
  // V, B: a scalability structure with 8 layers, their sizes, and 255 pictures; none of it is
  // there.
  const Bytes structure{0x0a, 0xf8, 1, 2, 3, 4};
  for (size_t size = 2; size <= structure.size(); ++size)
    EXPECT_FALSE(vp9->inspect(ByteSpan(structure).first(size))) << size;
  const Bytes pictures{0x0a, 0x08, 0xff, 0x0c, 1, 2};
  for (size_t size = 2; size <= pictures.size(); ++size)
    EXPECT_FALSE(vp9->inspect(ByteSpan(pictures).first(size))) << size;
}

TEST(DepacketizerOverflow, NothingIsKeptOfPayloadsThatWereRefused) {
  SeededRandom random(4);
  for (const Format format : kFormats) {
    const auto depacketizer = createDepacketizer(format);
    const size_t before = bytesInUse();
    for (int i = 0; i < 2000; ++i) {
      Bytes noise(1 + random.below(200));
      ASSERT_TRUE(random.fill(noise));
      (void)depacketizer->inspect(noise);
    }
    EXPECT_LE(growthSince(before), 512u);
  }
}

}  // namespace
}  // namespace rtc::payload
