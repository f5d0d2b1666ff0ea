#include "cpp/media/receive_statistics.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::media {
namespace {

constexpr uint32_t kRate = 90000;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

rtp::Packet packet(uint32_t number, uint32_t timestamp = 0) {
  rtp::Packet packet;
  packet.ssrc = rtp::Ssrc(5);
  packet.sequenceNumber = rtp::SequenceNumber(static_cast<uint16_t>(number));
  packet.timestamp = rtp::RtpTime(timestamp);
  packet.payload = Bytes(100);
  return packet;
}

struct Receiver {
  ReceiveStatistics statistics;

  void take(uint32_t number, int64_t ms = 0, uint32_t timestamp = 0) {
    statistics.received(packet(number, timestamp), kRate, at(ms));
  }
  rtp::ReportBlock report(int64_t ms = 0) {
    const auto block = statistics.takeReportBlock(at(ms));
    EXPECT_TRUE(block);
    return block.value_or(rtp::ReportBlock{});
  }
};

TEST(ReceiveStatistics, CountsPayloadsAndHeadersApart) {
  Receiver receiver;
  EXPECT_FALSE(receiver.statistics.takeReportBlock(at(0)));
  rtp::Packet padded = packet(1);
  padded.padding = 20;
  padded.setExtension(1, Bytes{1});
  receiver.statistics.received(padded, kRate, at(7));
  receiver.statistics.recovered(packet(2), at(8));
  const ReceiveCounters& counters = receiver.statistics.counters();
  EXPECT_EQ(counters.packetsReceived, 2u);
  EXPECT_EQ(counters.bytesReceived, 200u);
  EXPECT_EQ(counters.headerBytesReceived, 12u + 8 + 20 + 12);
  EXPECT_EQ(counters.retransmittedPacketsReceived, 1u);
  EXPECT_EQ(counters.retransmittedBytesReceived, 100u);
  EXPECT_EQ(counters.lastPacketAt, at(8));
  EXPECT_TRUE(receiver.statistics.isActive(at(8007)));
  EXPECT_FALSE(receiver.statistics.isActive(at(8008)));
}

TEST(ReceiveStatistics, TellsLossSinceTheReportBeforeAndInAll) {
  Receiver receiver;
  for (const uint32_t number : {65534u, 65535u, 65536u, 65539u})  // two are missing
    receiver.take(number);
  rtp::ReportBlock block = receiver.report();
  EXPECT_EQ(block.source, rtp::Ssrc(5));
  EXPECT_EQ(block.cumulativeLost, 2);
  EXPECT_EQ(block.fractionLost, 2 * 256 / 6);
  EXPECT_EQ(block.extendedHighest, 0x10003u) << "it has wrapped once";
  for (uint32_t number = 65540; number < 65544; ++number)
    receiver.take(number);
  block = receiver.report();
  EXPECT_EQ(block.cumulativeLost, 2);
  EXPECT_EQ(block.fractionLost, 0);
  for (uint32_t number = 65545; number < 65554; number += 2)  // every second one
    receiver.take(number);
  EXPECT_EQ(receiver.report().fractionLost, 128);
  // Nothing has come since.
  EXPECT_EQ(receiver.report().fractionLost, 0);
}

TEST(ReceiveStatistics, TakesAllLostForAllButOneInTheByte) {
  Receiver receiver;
  receiver.take(0);
  (void)receiver.report();
  receiver.take(2999);
  EXPECT_EQ(receiver.report().fractionLost, 2998 * 256 / 2999);
}

TEST(ReceiveStatistics, IsNotDistortedByReorderingAndDuplicates) {
  SeededRandom random(4);
  // The same losses, once in order and once shuffled within 20 with a third of all twice.
  std::vector<uint32_t> kept;
  for (uint32_t number = 100; number < 5000; ++number) {
    if (number == 100 || number == 4999 || random.below(10) != 0)
      kept.push_back(number);
  }
  Receiver inOrder;
  for (const uint32_t number : kept)
    inOrder.take(number);
  std::vector<std::pair<uint32_t, uint32_t>> shuffled;
  for (const uint32_t number : kept) {
    shuffled.emplace_back(number + random.below(20), number);
    if (random.below(3) == 0)
      shuffled.emplace_back(number + random.below(20), number);
  }
  std::ranges::sort(shuffled);
  Receiver disturbed;
  for (const auto& [place, number] : shuffled)
    disturbed.take(number);
  EXPECT_EQ(disturbed.statistics.packetsLost(), inOrder.statistics.packetsLost());
  EXPECT_EQ(disturbed.statistics.packetsLost(), 4900 - static_cast<int64_t>(kept.size()));
  EXPECT_EQ(disturbed.statistics.counters().duplicatePackets, shuffled.size() - kept.size());
  const rtp::ReportBlock a = inOrder.report();
  const rtp::ReportBlock b = disturbed.report();
  EXPECT_EQ(a.fractionLost, b.fractionLost);
  EXPECT_EQ(a.extendedHighest, b.extendedHighest);
}

TEST(ReceiveStatistics, CountsWhatTheFirstPacketHasOvertaken) {
  Receiver receiver;
  receiver.take(2);
  receiver.take(0);
  receiver.take(1);
  EXPECT_EQ(receiver.statistics.packetsLost(), 0);
  EXPECT_EQ(receiver.report().fractionLost, 0);
}

TEST(ReceiveStatistics, TakesAJumpForANewBeginningWhenTheNextPacketGoesOnFromThere) {
  for (const uint32_t jump : {10'000u, 0x10000u - 20'000u}) {
    Receiver receiver;
    receiver.take(100);
    receiver.take(103);
    receiver.take(100 + jump);
    EXPECT_EQ(receiver.report().extendedHighest, 103u) << "one alone is a stray";
    receiver.take(104);
    receiver.take(100 + jump);
    receiver.take(101 + jump);
    EXPECT_EQ(receiver.report().extendedHighest & 0xffff, (101 + jump) & 0xffff);
    EXPECT_EQ(receiver.statistics.packetsLost(), 2) << "what lies between was never sent";
    const uint32_t before = receiver.report().extendedHighest;
    EXPECT_GT(before, 104u);
    receiver.take(103 + jump);
    EXPECT_EQ(receiver.statistics.packetsLost(), 3);
    EXPECT_EQ(receiver.report().fractionLost, 128) << "one of two since the block before";
  }
}

TEST(ReceiveStatistics, FindsNoJitterInASteadyStream) {
  Receiver receiver;
  for (uint32_t i = 0; i < 500; ++i)
    receiver.take(i, 20 * i, 1800 * i);
  EXPECT_EQ(receiver.statistics.jitter(), 0);
  // Packets of one frame come one after the other.
  for (uint32_t i = 0; i < 500; ++i)
    receiver.take(500 + i, 10'000 + 20 * (i / 5) + i % 5, 1800 * (500 + i / 5));
  EXPECT_EQ(receiver.statistics.jitter(), 0);
}

TEST(ReceiveStatistics, MeasuresJitterAsRfc3550AppendixA8) {
  Receiver receiver;
  // Every second packet is 10 ms late: differences of 900 units alternate, and J tends to them.
  for (uint32_t i = 0; i < 400; ++i)
    receiver.take(i, 20 * i + (i % 2) * 10, 1800 * i);
  EXPECT_NEAR(receiver.statistics.jitter(), 0.010, 0.0002);
  EXPECT_NEAR(receiver.report().jitter, 900, 16);
}

TEST(ReceiveStatistics, LeavesJitterAloneWhenPacketsAreLateOrTwiceOrTheClockJumps) {
  Receiver receiver;
  for (uint32_t i = 0; i < 100; ++i) {
    receiver.take(2 * i, 20 * i, 1800 * i);
    if (i > 2) {
      receiver.take(2 * i - 5, 20 * i + 3, 1800 * (i - 3) + 900);
      receiver.take(2 * i - 2, 20 * i + 4, 1800 * (i - 1));
    }
  }
  EXPECT_EQ(receiver.statistics.jitter(), 0);
  receiver.take(200, 2001, 0x80000000);
  receiver.take(201, 60'000, 0x80000000 + 1800);
  EXPECT_EQ(receiver.statistics.jitter(), 0);
}

TEST(ReceiveStatistics, CarriesJitterOverToAnotherClock) {
  Receiver receiver;
  for (uint32_t i = 0; i < 400; ++i)
    receiver.take(i, 20 * i + (i % 2) * 10, 1800 * i);
  const double before = receiver.statistics.jitter();
  receiver.statistics.received(packet(400, 5), 8000, at(8000));
  EXPECT_NEAR(receiver.statistics.jitter(), before, 0.0002);
}

TEST(ReceiveStatistics, AnswersSenderReports) {
  Receiver receiver;
  receiver.take(1);
  EXPECT_EQ(receiver.report().lastSenderReport, rtp::CompactNtp());
  rtp::SenderReport report;
  report.ntpTime = rtp::NtpTime(0x11112222, 0x33334444);
  report.packetCount = 9;
  report.octetCount = 900;
  receiver.statistics.senderReport(report, at(1000));
  const rtp::ReportBlock block = receiver.report(1500);
  EXPECT_EQ(block.lastSenderReport.value(), 0x22223333u);
  EXPECT_EQ(block.delaySinceSenderReport.toDuration(), Duration::milliseconds(500));
  receiver.statistics.senderReport(report, at(2000));
  EXPECT_EQ(receiver.statistics.remoteSender()->reports, 2u);
  EXPECT_EQ(receiver.statistics.remoteSender()->packetsSent, 9u);
}

TEST(ReceiveStatistics, TakesNoReportThatWasOvertaken) {
  Receiver receiver;
  receiver.take(1);
  const auto tell = [&](uint32_t seconds, uint32_t packets) {
    rtp::SenderReport report;
    report.ntpTime = rtp::NtpTime(seconds, 0);
    report.packetCount = packets;
    return receiver.statistics.senderReport(report, at(1000));
  };
  EXPECT_TRUE(tell(100, 50));
  EXPECT_FALSE(tell(99, 40));
  EXPECT_FALSE(tell(99, 50));
  EXPECT_EQ(receiver.statistics.remoteSender()->packetsSent, 50u);
  EXPECT_EQ(receiver.statistics.remoteSender()->reports, 1u);
  // The clock was set back, and it has sent more since.
  EXPECT_TRUE(tell(20, 51));
  EXPECT_TRUE(tell(21, 51));
  // The count has gone round.
  EXPECT_TRUE(tell(22, 0xffffffff));
  EXPECT_TRUE(tell(21, 3));
  EXPECT_EQ(receiver.statistics.remoteSender()->packetsSent, 3u);
}

}  // namespace
}  // namespace rtc::media
