#include "cpp/media/ulpfec.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/packet.h"
#include "tests/cpp/media/ulpfec_protect.h"

namespace rtc::media {
namespace {

TEST(Ulpfec, RecoversTheOnePacketThatIsMissing) {
  SeededRandom random(5);
  for (int round = 0; round < 200; ++round) {
    const bool isLong = random.below(2) == 0;
    const auto base = static_cast<uint16_t>(random.u32());
    std::vector<int> offsets;
    std::vector<Bytes> packets;
    for (int offset = 0; offset < (isLong ? 48 : 16);
         offset += 1 + static_cast<int>(random.below(6))) {
      rtp::Packet packet;
      packet.marker = random.below(2) == 0;
      packet.payloadType = rtp::PayloadType(static_cast<uint8_t>(random.below(128)));
      packet.sequenceNumber = rtp::SequenceNumber(static_cast<uint16_t>(base + offset));
      packet.timestamp = rtp::RtpTime(random.u32());
      packet.ssrc = rtp::Ssrc(7);
      packet.payload.resize(random.below(300));
      ASSERT_TRUE(random.fill(packet.payload));
      if (random.below(2) == 0)
        packet.setExtension(1, Bytes{1, 2});
      packets.push_back(rtp::writePacket(packet));
      offsets.push_back(offset);
    }
    const Bytes bytes = protectWithUlpfec(packets, base, offsets, isLong);
    const auto fec = readUlpfec(bytes);
    ASSERT_TRUE(fec);
    ASSERT_EQ(fec->protectedPackets.size(), packets.size());
    const size_t lost = random.below(static_cast<uint32_t>(packets.size()));
    std::vector<ByteSpan> received;
    for (size_t i = packets.size(); i-- > 0;) {
      if (i != lost)
        received.emplace_back(packets[i]);
    }
    EXPECT_EQ(recoverWithUlpfec(*fec, received, rtp::Ssrc(7)), packets[lost]) << round;
    received.emplace_back(packets[lost]);
    EXPECT_FALSE(recoverWithUlpfec(*fec, received, rtp::Ssrc(7))) << "nothing is missing";
    if (packets.size() > 1) {
      received.resize(packets.size() - 2);
      EXPECT_FALSE(recoverWithUlpfec(*fec, received, rtp::Ssrc(7))) << "two are";
    }
  }
}

TEST(Ulpfec, RefusesWhatIsCutOffOrProtectsNothing) {
  const Bytes whole = protectWithUlpfec({Bytes(20, 1)}, 5, {3}, true);
  EXPECT_TRUE(readUlpfec(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(readUlpfec(ByteSpan(whole).first(size))) << size;
  EXPECT_FALSE(readUlpfec(protectWithUlpfec({}, 5, {}, false)));
  Bytes extended = whole;
  extended[0] |= 0x80;
  EXPECT_FALSE(readUlpfec(extended));
}

TEST(Ulpfec, RefusesALengthBeyondWhatIsProtected) {
  Bytes bytes = protectWithUlpfec({Bytes(20, 1)}, 5, {0}, false);
  bytes[8] = 0x40;
  const auto fec = readUlpfec(bytes);
  ASSERT_TRUE(fec);
  EXPECT_FALSE(recoverWithUlpfec(*fec, {}, rtp::Ssrc(1)));
}

}  // namespace
}  // namespace rtc::media
