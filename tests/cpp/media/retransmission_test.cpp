#include "cpp/media/retransmission.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

using rtp::ExtensionKind;

rtp::ExtensionIds ids() {
  rtp::ExtensionIds ids;
  ids.set(ExtensionKind::kMid, 4);
  ids.set(ExtensionKind::kRtpStreamId, 10);
  ids.set(ExtensionKind::kRepairedRtpStreamId, 11);
  return ids;
}

rtp::Packet original() {
  rtp::Packet packet;
  packet.marker = true;
  packet.payloadType = rtp::PayloadType(96);
  packet.sequenceNumber = rtp::SequenceNumber(0x1234);
  packet.timestamp = rtp::RtpTime(99);
  packet.ssrc = rtp::Ssrc(1);
  packet.csrcs = {rtp::Ssrc(3)};
  packet.extensions = {{4, {'0'}}, {10, {'h', 'i'}}};
  packet.payload = {7, 8, 9};
  return packet;
}

const RtxStream kRtx{rtp::Ssrc(2), rtp::PayloadType(97)};
const RtxStream kMedia{rtp::Ssrc(1), rtp::PayloadType(96)};

TEST(Retransmission, PutsTheOriginalNumberInFrontOfThePayloadAsRfc4588Section4) {
  const rtp::Packet rtx = wrapRtx(original(), kRtx, rtp::SequenceNumber(5), ids());
  EXPECT_EQ(rtx.payload, (Bytes{0x12, 0x34, 7, 8, 9}));
  EXPECT_EQ(rtx.ssrc, rtp::Ssrc(2));
  EXPECT_EQ(rtx.payloadType, rtp::PayloadType(97));
  EXPECT_EQ(rtx.sequenceNumber, rtp::SequenceNumber(5));
  EXPECT_EQ(rtx.timestamp, rtp::RtpTime(99));
  EXPECT_TRUE(rtx.marker);
}

TEST(Retransmission, NamesTheStreamThatIsRepaired) {
  const rtp::Packet rtx = wrapRtx(original(), kRtx, rtp::SequenceNumber(5), ids());
  EXPECT_EQ(rtx.extensions, (std::vector<rtp::Extension>{{4, {'0'}}, {11, {'h', 'i'}}}));
  rtp::ExtensionIds without = ids();
  without.set(ExtensionKind::kRepairedRtpStreamId, 0);
  EXPECT_EQ(wrapRtx(original(), kRtx, rtp::SequenceNumber(5), without).extensions,
            (std::vector<rtp::Extension>{{4, {'0'}}}));
}

TEST(Retransmission, GivesTheOriginalBack) {
  const rtp::Packet rtx = wrapRtx(original(), kRtx, rtp::SequenceNumber(5), ids());
  EXPECT_EQ(unwrapRtx(rtx, kMedia, ids()), original());
  rtp::Packet padded = original();
  padded.padding = 9;
  EXPECT_EQ(unwrapRtx(wrapRtx(padded, kRtx, rtp::SequenceNumber(5), ids()), kMedia, ids()),
            original());
}

TEST(Retransmission, TakesPacketsWithoutAnOriginalForPadding) {
  rtp::Packet padding;
  padding.padding = 255;
  EXPECT_FALSE(unwrapRtx(padding, kMedia, ids()));
  padding.payload = {1};
  EXPECT_FALSE(unwrapRtx(padding, kMedia, ids()));
}

}  // namespace
}  // namespace rtc::media
