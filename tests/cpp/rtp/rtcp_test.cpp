#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/rtcp_packet.h"

namespace rtc::rtp {
namespace {

Bytes written(const RtcpMessage& message) {
  return writeRtcp(std::vector<RtcpMessage>{message});
}

ReportBlock block() {
  ReportBlock block;
  block.source = Ssrc(0x11111111);
  block.fractionLost = 64;
  block.cumulativeLost = -2;
  block.extendedHighest = 0x00010005;
  block.jitter = 7;
  block.lastSenderReport = CompactNtp(0x22222222);
  block.delaySinceSenderReport = CompactNtp(0x00018000);
  return block;
}
const Bytes kBlock{0x11, 0x11, 0x11, 0x11, 64,   0xff, 0xff, 0xfe, 0, 1, 0,    5,
                   0,    0,    0,    7,    0x22, 0x22, 0x22, 0x22, 0, 1, 0x80, 0};

TEST(Rtcp, LaysOutASenderReportAsRfc3550Section641) {
  SenderReport report;
  report.sender = Ssrc(0x01020304);
  report.ntpTime = NtpTime(0xaabbccdd, 0x00112233);
  report.rtpTime = RtpTime(0x05060708);
  report.packetCount = 3;
  report.octetCount = 4;
  report.blocks = {block()};
  Bytes expected{0x81, 200,  0, 12, 1, 2, 3, 4, 0xaa, 0xbb, 0xcc, 0xdd, 0, 0x11,
                 0x22, 0x33, 5, 6,  7, 8, 0, 0, 0,    3,    0,    0,    0, 4};
  expected.insert(expected.end(), kBlock.begin(), kBlock.end());
  EXPECT_EQ(written(report), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{report});
}

TEST(Rtcp, LaysOutAReceiverReportAsRfc3550Section642) {
  const ReceiverReport report{Ssrc(0x01020304), {block()}};
  Bytes expected{0x81, 201, 0, 7, 1, 2, 3, 4};
  expected.insert(expected.end(), kBlock.begin(), kBlock.end());
  EXPECT_EQ(written(report), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{report});
}

TEST(Rtcp, LaysOutSourceDescriptionsAsRfc3550Section65) {
  const SourceDescription description{{{Ssrc(1), "ab"}, {Ssrc(2), "abcde"}, {Ssrc(3), ""}}};
  const Bytes expected{0x83, 202, 0, 8, 0,   0,   0,   1,   1,   2, 'a', 'b', 0, 0, 0, 0, 0, 0,
                       0,    2,   1, 5, 'a', 'b', 'c', 'd', 'e', 0, 0,   0,   0, 3, 0, 0, 0, 0};
  EXPECT_EQ(written(description), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{description});
  // A NOTE in front of the CNAME.
  const Bytes other{0x81, 202, 0, 3, 0, 0, 0, 9, 7, 1, 'x', 1, 1, 'y', 0, 0};
  EXPECT_EQ(readRtcp(other), (std::vector<RtcpMessage>{SourceDescription{{{Ssrc(9), "y"}}}}));
}

TEST(Rtcp, LaysOutByeAsRfc3550Section66) {
  const Bye bye{{Ssrc(1), Ssrc(2)}, "gone"};
  const Bytes expected{0x82, 203, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 4, 'g', 'o', 'n', 'e', 0, 0, 0};
  EXPECT_EQ(written(bye), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{bye});
  const Bye silent{{Ssrc(1)}, ""};
  EXPECT_EQ(written(silent), (Bytes{0x81, 203, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(readRtcp(written(silent)), std::vector<RtcpMessage>{silent});
}

TEST(Rtcp, WritesNacksInAsFewEntriesAsDo) {
  Nack nack{Ssrc(1), Ssrc(2), {}};
  for (const int number : {0xfffe, 0xffff, 0, 14, 15, 40})
    nack.lost.emplace_back(static_cast<uint16_t>(number));
  const Bytes expected{0x81, 205,  0,    5,    0, 0,  0, 1, 0, 0,  0, 2,
                       0xff, 0xfe, 0x80, 0x03, 0, 15, 0, 0, 0, 40, 0, 0};
  EXPECT_EQ(written(nack), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{nack});
}

TEST(Rtcp, LaysOutRequestsForKeyFrames) {
  EXPECT_EQ(written(Pli{Ssrc(1), Ssrc(2)}), (Bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2}));
  const Fir fir{Ssrc(1), {{Ssrc(2), 3}}};
  const Bytes expected{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0};
  EXPECT_EQ(written(fir), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{fir});
}

TEST(Rtcp, LaysOutRembWithMantissaAndExponent) {
  const Remb remb{Ssrc(1), int64_t{0x3ffff} << 4, {Ssrc(2), Ssrc(3)}};
  const Bytes expected{0x8f, 206, 0, 6,    0,    0,    0, 1, 0, 0, 0, 0, 'R', 'E',
                       'M',  'B', 2, 0x13, 0xff, 0xff, 0, 0, 0, 2, 0, 0, 0,   3};
  EXPECT_EQ(written(remb), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{remb});
  const auto rounded = readRtcp(written(Remb{Ssrc(1), 0x7ffff, {}}));
  ASSERT_EQ(rounded.size(), 1u);
  EXPECT_EQ(std::get<Remb>(rounded[0]).bitsPerSecond, 0x7fffe);
  Bytes tooMuch = expected;
  tooMuch[17] = 0xff;
  EXPECT_TRUE(readRtcp(tooMuch).empty()) << "more bits per second than 63 bits hold";
  Bytes other = expected;
  other[12] = 'X';
  EXPECT_TRUE(readRtcp(other).empty()) << "another application's feedback";
}

TEST(Rtcp, LaysOutExtendedReportsAsRfc3611) {
  const ExtendedReport report{Ssrc(1), NtpTime(2, 3), {{Ssrc(4), CompactNtp(5), CompactNtp(6)}}};
  const Bytes expected{0x80, 207, 0, 8, 0, 0, 0, 1, 4, 0, 0, 2, 0, 0, 0, 2, 0, 0,
                       0,    3,   5, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6};
  EXPECT_EQ(written(report), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{report});
  // A block of another kind is skipped.
  const Bytes other{0x80, 207, 0, 4, 0, 0, 0, 1, 42, 0, 0, 1, 9, 9, 9, 9, 5, 0, 0, 0};
  EXPECT_EQ(readRtcp(other), (std::vector<RtcpMessage>{ExtendedReport{Ssrc(1), {}, {}}}));
}

TEST(Rtcp, GivesTransportFeedbackAsItCameWithoutItsPadding) {
  const TransportFeedbackBody body{Ssrc(1), Ssrc(2), {1, 2, 3, 4, 5}};
  const Bytes expected{0xaf, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 0, 0, 3};
  EXPECT_EQ(written(body), expected);
  EXPECT_EQ(readRtcp(expected), std::vector<RtcpMessage>{body});
}

TEST(Rtcp, SkipsWhatItDoesNotKnow) {
  Bytes compound = written(Pli{Ssrc(1), Ssrc(2)});
  const Bytes app{0x80, 204, 0, 2, 0, 0, 0, 1, 'n', 'a', 'm', 'e'};
  const Bytes sli{0x82, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0};
  const Bytes tmmbr{0x83, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0};
  for (const Bytes& unknown : {app, sli, tmmbr})
    compound.insert(compound.begin(), unknown.begin(), unknown.end());
  EXPECT_EQ(readRtcp(compound), (std::vector<RtcpMessage>{Pli{Ssrc(1), Ssrc(2)}}));
}

TEST(Rtcp, EndsAtABrokenPacketAndKeepsWhatStoodBefore) {
  const std::vector<RtcpMessage> first{ReceiverReport{Ssrc(1), {}}};
  for (const Bytes& broken : {
           Bytes{0x81, 201, 0, 1, 0, 0, 0, 1},                  // a block that is not there
           Bytes{0x40, 201, 0, 1, 0, 0, 0, 1},                  // version 1
           Bytes{0xa0, 201, 0, 1, 0, 0, 0, 0},                  // no padding where there is to be
           Bytes{0xa0, 201, 0, 1, 0, 0, 0, 5},                  // more padding than body
           Bytes{0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2},      // a NACK of nothing
           Bytes{0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 'a', 'b'},  // a text that is cut off
           Bytes{0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, 'a', 'b'},  // a chunk without end
           Bytes{0x80, 207, 0, 2, 0, 0, 0, 1, 4, 0, 0, 2},      // a reference time without time
           Bytes{0x82, 203, 0, 0},                              // streams that are not there
       }) {
    Bytes compound = writeRtcp(first);
    compound.insert(compound.end(), broken.begin(), broken.end());
    const Bytes behind = writeRtcp(first);
    compound.insert(compound.end(), behind.begin(), behind.end());
    EXPECT_EQ(readRtcp(compound), first) << int{broken[0]} << " " << int{broken[1]};
  }
  Bytes compound = writeRtcp(first);
  const Bytes tooLong{0x80, 201, 0, 2, 0, 0, 0, 1};
  compound.insert(compound.end(), tooLong.begin(), tooLong.end());
  for (size_t size = 8; size <= compound.size(); ++size)
    EXPECT_EQ(readRtcp(ByteSpan(compound).first(size)), first) << size;
  EXPECT_TRUE(readRtcp(Bytes{}).empty());
}

RtcpMessage randomMessage(SeededRandom& random) {
  const auto ssrc = [&] {
    return Ssrc(random.u32());
  };
  const auto blocks = [&] {
    std::vector<ReportBlock> blocks(random.below(32));
    for (ReportBlock& block : blocks) {
      block.source = ssrc();
      block.fractionLost = static_cast<uint8_t>(random.u32());
      block.cumulativeLost = static_cast<int32_t>(random.below(1u << 24)) - (1 << 23);
      block.extendedHighest = random.u32();
      block.jitter = random.u32();
      block.lastSenderReport = CompactNtp(random.u32());
      block.delaySinceSenderReport = CompactNtp(random.u32());
    }
    return blocks;
  };
  const auto text = [&](uint32_t least) {
    std::string text(least + random.below(256 - least), ' ');
    for (char& c : text)
      c = static_cast<char>(1 + random.below(255));
    return text;
  };
  switch (random.below(10)) {
    case 0:
      return SenderReport{ssrc(),       NtpTime(random.u64()), RtpTime(random.u32()),
                          random.u32(), random.u32(),          blocks()};
    case 1:
      return ReceiverReport{ssrc(), blocks()};
    case 2: {
      SourceDescription description;
      for (uint32_t i = random.below(32); i > 0; --i)
        description.chunks.push_back({ssrc(), text(0)});
      return description;
    }
    case 3: {
      Bye bye;
      for (uint32_t i = random.below(32); i > 0; --i)
        bye.sources.push_back(ssrc());
      bye.reason = text(0);
      return bye;
    }
    case 4: {
      // Each higher than the one before, so that the order is that of the entries.
      Nack nack{ssrc(), ssrc(), {}};
      auto number = static_cast<uint16_t>(random.u32());
      for (uint32_t i = 1 + random.below(100); i > 0; --i) {
        nack.lost.emplace_back(number);
        number = static_cast<uint16_t>(number + 1 + random.below(30));
      }
      return nack;
    }
    case 5:
      return Pli{ssrc(), ssrc()};
    case 6: {
      Fir fir{ssrc(), {}};
      for (uint32_t i = 1 + random.below(20); i > 0; --i)
        fir.entries.push_back({ssrc(), static_cast<uint8_t>(random.u32())});
      return fir;
    }
    case 7: {
      Remb remb{ssrc(), static_cast<int64_t>(random.below(1u << 18)) << random.below(45), {}};
      for (uint32_t i = random.below(20); i > 0; --i)
        remb.sources.push_back(ssrc());
      return remb;
    }
    case 8: {
      ExtendedReport report{ssrc(), std::nullopt, {}};
      if (random.below(2) == 0)
        report.referenceTime = NtpTime(random.u64());
      for (uint32_t i = random.below(20); i > 0; --i)
        report.dlrrs.push_back({ssrc(), CompactNtp(random.u32()), CompactNtp(random.u32())});
      return report;
    }
    default: {
      TransportFeedbackBody body{ssrc(), ssrc(), Bytes(random.below(300))};
      EXPECT_TRUE(random.fill(body.fci));
      return body;
    }
  }
}

TEST(Rtcp, ReadsWhatItWroteForManyCompounds) {
  SeededRandom random(20261129);
  for (int i = 0; i < 500; ++i) {
    std::vector<RtcpMessage> messages;
    for (uint32_t count = random.below(6); count > 0; --count)
      messages.push_back(randomMessage(random));
    ASSERT_EQ(readRtcp(writeRtcp(messages, 14)), messages) << i;
    std::vector<RtcpMessage> read;
    for (const Bytes& compound : writeRtcpCompounds(messages, 1200)) {
      const auto part = readRtcp(compound);
      ASSERT_TRUE(compound.size() <= 1200 || part.size() == 1) << i;
      read.insert(read.end(), part.begin(), part.end());
    }
    ASSERT_EQ(read, messages) << i;
  }
}

TEST(Rtcp, CutsListsThatAreTooLongForTheFormat) {
  ReceiverReport report{Ssrc(1), std::vector<ReportBlock>(40)};
  const auto read = readRtcp(written(report));
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(std::get<ReceiverReport>(read[0]).blocks.size(), kMaxRtcpCount);
  Nack nack{Ssrc(1), Ssrc(2), {}};
  for (uint32_t i = 0; i < 70'000; ++i)
    nack.lost.emplace_back(static_cast<uint16_t>(20 * i));
  EXPECT_EQ(std::get<Nack>(readRtcp(written(nack)).at(0)).lost.size(), kMaxRtcpListWords);
  const Remb remb{Ssrc(1), 1000, std::vector<Ssrc>(300)};
  EXPECT_EQ(std::get<Remb>(readRtcp(written(remb)).at(0)).sources.size(), 255u);
}

}  // namespace
}  // namespace rtc::rtp
