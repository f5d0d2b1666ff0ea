// Packets within packets: redundancy within redundancy, within retransmissions, within error
// correction; and retransmissions of streams that nobody knows (CVE-2018-6156, CVE-2018-16083 are
// of this family).

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/media/receive_stream.h"
#include "cpp/media/red.h"
#include "cpp/media/ulpfec.h"
#include "tests/cpp/base/bytes_in_use.h"

namespace rtc::media {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;
using rtp::PayloadType;

constexpr rtp::Ssrc kSsrc(1);
const PayloadType kVp8(96);
const PayloadType kRtx(97);
const PayloadType kRed(98);
const PayloadType kFec(99);

std::vector<Codec> codecs() {
  Codec vp8;
  vp8.name = "VP8";
  vp8.payloadType = kVp8;
  vp8.rtxPayloadType = kRtx;
  vp8.format = payload::Format::kVp8;
  vp8.hasNack = vp8.hasPli = true;
  Codec red = vp8;
  red.name = "red";
  red.payloadType = kRed;
  red.rtxPayloadType = {};
  red.role = CodecRole::kRed;
  Codec fec = red;
  fec.name = "ulpfec";
  fec.payloadType = kFec;
  fec.role = CodecRole::kUlpfec;
  return {vp8, red, fec};
}

rtp::Packet packetOf(PayloadType type, uint16_t sequence, Bytes payload) {
  rtp::Packet packet;
  packet.payloadType = type;
  packet.sequenceNumber = rtp::SequenceNumber(sequence);
  packet.ssrc = kSsrc;
  packet.marker = true;
  packet.payload = std::move(payload);
  return packet;
}

/// `inner` so many times within blocks of RED.
Bytes nested(Bytes inner, size_t depth) {
  for (size_t i = 0; i < depth; ++i) {
    inner.insert(inner.begin(), static_cast<uint8_t>(i == 0 ? kVp8.value() : kRed.value()));
  }
  return inner;
}

class NestedPackets : public ::testing::Test {
 protected:
  NestedPackets()
      : now(Timestamp::milliseconds(1000)), stream({Kind::kVideo, kSsrc, codecs()}, now) {}
  size_t frames() {
    size_t count = 0;
    now = now + Duration::seconds(1);
    stream.handleTimeout(now);
    while (auto output = stream.poll(now))
      count += std::holds_alternative<ReceiveStream::Frame>(*output);
    return count;
  }

  Timestamp now;
  ReceiveStream stream;
  /// A key frame of VP8 in one payload (RFC 7741).
  const Bytes keyFrame{0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00};
};

TEST_F(NestedPackets, RedWithinRedIsNotUnwrapped) {
  for (size_t depth = 2; depth < 600; depth += 7)
    stream.handlePacket(packetOf(kRed, static_cast<uint16_t>(depth), nested(keyFrame, depth)), {},
                        now);
  EXPECT_EQ(frames(), 0u);
  // Once is what it is for.
  stream.handlePacket(packetOf(kRed, 1000, nested(keyFrame, 1)), {}, now);
  EXPECT_EQ(frames(), 1u);
}

TEST_F(NestedPackets, RetransmissionsWithinRetransmissionsAreNone) {
  Bytes payload{0, 7};
  payload.insert(payload.end(), {0, 8});
  payload.insert(payload.end(), keyFrame.begin(), keyFrame.end());
  stream.handlePacket(packetOf(kRtx, 1, payload), {}, now);
  stream.handlePacket(packetOf(kRtx, 2, {}), {}, now);
  stream.handlePacket(packetOf(kRtx, 3, {0}), {}, now);
  // RTX within RED is what no codec of the stream is.
  Bytes wrapped{kRtx.value(), 0, 9};
  wrapped.insert(wrapped.end(), keyFrame.begin(), keyFrame.end());
  stream.handlePacket(packetOf(kRed, 4, wrapped), {}, now);
  EXPECT_EQ(frames(), 0u);
}

TEST_F(NestedPackets, OfStreamsThatNobodyKnowsCostNothing) {
  stream.handlePacket(packetOf(kVp8, 1, keyFrame), {}, now);
  EXPECT_EQ(frames(), 1u);
  const size_t before = bytesInUse();
  for (uint32_t ssrc = 2; ssrc < 5000; ++ssrc) {
    rtp::Packet stray = packetOf(kVp8, static_cast<uint16_t>(ssrc), keyFrame);
    stray.ssrc = rtp::Ssrc(ssrc);
    stream.handlePacket(std::move(stray), {}, now);
  }
  EXPECT_LE(growthSince(before), 1024u);
  EXPECT_EQ(frames(), 0u);
}

TEST_F(NestedPackets, ErrorCorrectionIsCountedAndNeverAppliedToItself) {
  SeededRandom random(2);
  for (uint16_t i = 0; i < 2000; ++i) {
    Bytes noise(1 + random.below(60));
    ASSERT_TRUE(random.fill(noise));
    noise.insert(noise.begin(), kFec.value());
    stream.handlePacket(packetOf(kRed, i, noise), {}, now);
  }
  EXPECT_EQ(frames(), 0u);
}

TEST(UlpfecOverflow, NoLengthAndNoMaskReachesBeyondWhatIsThere) {
  SeededRandom random(3);
  for (int round = 0; round < 20'000; ++round) {
    Bytes fec(random.below(40));
    ASSERT_TRUE(random.fill(fec));
    fec.shrink_to_fit();
    const auto read = readUlpfec(fec);
    if (!read)
      continue;
    ASSERT_LE(read->protectedPackets.size(), 48u);
    ASSERT_LE(read->data.size(), fec.size());
    // All that it protects but one, some shorter than a header.
    std::vector<Bytes> packets;
    for (size_t i = 1; i < read->protectedPackets.size(); ++i) {
      ByteWriter writer;
      writer.u16(0x8060);
      writer.u16(read->protectedPackets[i].value());
      writer.u32(0);
      writer.u32(kSsrc.value());
      writer.zeros(random.below(20));
      packets.push_back(writer.take());
      if (random.below(10) == 0)
        packets.back().resize(random.below(12));
    }
    const std::vector<ByteSpan> views(packets.begin(), packets.end());
    const auto recovered = recoverWithUlpfec(*read, views, kSsrc);
    if (recovered) {
      ASSERT_LE(recovered->size(), 12 + read->data.size());
    }
  }
}

}  // namespace
}  // namespace rtc::media
