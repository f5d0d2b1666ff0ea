#include "cpp/media/send_stream.h"

#include <gtest/gtest.h>

#include "cpp/media/receive_statistics.h"

namespace rtc::media {
namespace {

using rtp::ExtensionKind;

constexpr uint8_t kMidId = 4;
constexpr uint8_t kRidId = 10;
constexpr uint8_t kRepairedId = 11;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

Codec vp8() {
  Codec codec;
  codec.name = "VP8";
  codec.payloadType = rtp::PayloadType(96);
  codec.rtxPayloadType = rtp::PayloadType(97);
  codec.format = payload::Format::kVp8;
  codec.hasNack = codec.hasPli = codec.hasFir = true;
  return codec;
}

SendStreamOptions options() {
  SendStreamOptions options;
  options.ssrc = rtp::Ssrc(1);
  options.rtxSsrc = rtp::Ssrc(2);
  options.extensions.set(ExtensionKind::kMid, kMidId);
  options.extensions.set(ExtensionKind::kRtpStreamId, kRidId);
  options.extensions.set(ExtensionKind::kRepairedRtpStreamId, kRepairedId);
  options.mid = "0";
  options.rid = "hi";
  return options;
}

OutgoingFrame frame(size_t payloads, int64_t ms) {
  OutgoingFrame frame;
  for (size_t i = 0; i < payloads; ++i)
    frame.payloads.push_back(Bytes(100, static_cast<uint8_t>(i)));
  frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(90 * ms));
  frame.capturedAt = at(ms);
  frame.marksLast = true;
  return frame;
}

struct Sender {
  SeededRandom random{1};
  rtp::NtpClock clock{at(0), Duration::seconds(1'700'000'000)};
  SendStream stream;

  explicit Sender(const SendStreamOptions& wanted = options(), const Codec& codec = vp8())
      : stream(wanted, codec, random) {}

  std::vector<rtp::Packet> send(size_t payloads, int64_t ms) {
    auto packets = stream.packetize(frame(payloads, ms), at(ms));
    for (const rtp::Packet& packet : packets)
      stream.sent(packet, PacketUse::kMedia, at(ms));
    return packets;
  }
  std::vector<rtp::Packet> ask(std::vector<rtp::SequenceNumber> lost, int64_t ms) {
    auto packets = stream.handleNack({rtp::Ssrc(9), rtp::Ssrc(1), std::move(lost)}, at(ms));
    for (const rtp::Packet& packet : packets)
      stream.sent(packet, PacketUse::kRetransmission, at(ms));
    return packets;
  }
};

TEST(SendStream, NumbersThePacketsOfItsFrames) {
  Sender sender;
  const auto first = sender.send(3, 0);
  const auto second = sender.send(1, 20);
  ASSERT_EQ(first.size(), 3u);
  EXPECT_GE(first[0].sequenceNumber.value(), 1);
  EXPECT_LE(first[0].sequenceNumber.value(), 0x7fff) << "RFC 3711 section 3.3.1";
  EXPECT_EQ(first[2].sequenceNumber.value(), first[0].sequenceNumber.value() + 2);
  EXPECT_EQ(second[0].sequenceNumber.value(), first[0].sequenceNumber.value() + 3);
  EXPECT_EQ(first[0].timestamp, sender.stream.wireTime(rtp::RtpTime(0)));
  EXPECT_EQ(second[0].timestamp.value() - first[0].timestamp.value(), 1800u);
  EXPECT_FALSE(first[1].marker);
  EXPECT_TRUE(first[2].marker);
  EXPECT_EQ(first[0].payloadType, rtp::PayloadType(96));
  EXPECT_EQ(first[0].ssrc, rtp::Ssrc(1));
  EXPECT_TRUE(sender.stream.packetize({}, at(0)).empty());
}

TEST(SendStream, GivesTheNumbersOfWhatDidNotLeaveToWhatFollows) {
  Sender sender;
  const auto sent = sender.send(2, 0);
  const auto waiting = sender.stream.packetize(frame(3, 33), at(33));
  sender.stream.takeBack(waiting[0].sequenceNumber, waiting[0].timestamp);
  const auto next = sender.send(1, 66);
  EXPECT_EQ(next[0].sequenceNumber, waiting[0].sequenceNumber);
  EXPECT_EQ(sender.ask({sent[0].sequenceNumber}, 90).size(), 1u);
  sender.stream.forgetSent();
  EXPECT_TRUE(sender.ask({sent[1].sequenceNumber}, 90).empty());

  // Of a frame that was cut in two, a packet stays missing.
  const auto cut = sender.stream.packetize(frame(3, 100), at(100));
  sender.stream.sent(cut[0], PacketUse::kMedia, at(100));
  sender.stream.takeBack(cut[1].sequenceNumber, cut[1].timestamp);
  EXPECT_EQ(sender.send(1, 133)[0].sequenceNumber, cut[2].sequenceNumber);
}

TEST(SendStream, BeginsElsewhereWithAnotherSource) {
  SeededRandom one(1);
  SeededRandom two(2);
  SendStream a(options(), vp8(), one);
  SendStream b(options(), vp8(), two);
  EXPECT_NE(a.wireTime(rtp::RtpTime(0)), b.wireTime(rtp::RtpTime(0)));
  EXPECT_NE(a.packetize(frame(1, 0), at(0))[0].sequenceNumber,
            b.packetize(frame(1, 0), at(0))[0].sequenceNumber);
}

TEST(SendStream, PutsExtensionsWhereTheyBelong) {
  Sender sender;
  OutgoingFrame three = frame(3, 0);
  three.extensions = {{5, {1}}};
  three.firstExtensions = {{6, {2}}};
  three.lastExtensions = {{5, {3}}, {7, {4}}};
  const auto packets = sender.stream.packetize(three, at(0));
  const auto has = [&](size_t i, uint8_t id) {
    return packets[i].extension(id).has_value();
  };
  EXPECT_TRUE(has(0, 5) && has(1, 5) && has(2, 5));
  EXPECT_TRUE(has(0, 6) && !has(1, 6) && !has(2, 6));
  EXPECT_TRUE(!has(0, 7) && !has(1, 7) && has(2, 7));
  EXPECT_EQ(toBytes(*packets[2].extension(5)), Bytes{3}) << "the last packet's own comes later";
}

TEST(SendStream, NamesItselfUntilAReportShowsThatItIsKnown) {
  Sender sender;
  const auto before = sender.send(2, 0);
  for (const rtp::Packet& packet : before) {
    EXPECT_EQ(toBytes(*packet.extension(kMidId)), Bytes{'0'});
    EXPECT_EQ(toBytes(*packet.extension(kRidId)), (Bytes{'h', 'i'}));
  }
  rtp::ReportBlock other;
  other.source = rtp::Ssrc(77);
  sender.stream.handleReportBlock(other, sender.clock, at(50));
  EXPECT_TRUE(sender.send(1, 60)[0].extension(kMidId));
  EXPECT_FALSE(sender.stream.remoteReceiver());

  rtp::ReportBlock own;
  own.source = rtp::Ssrc(1);
  sender.stream.handleReportBlock(own, sender.clock, at(70));
  const auto after = sender.send(1, 80);
  EXPECT_FALSE(after[0].extension(kMidId));
  EXPECT_FALSE(after[0].extension(kRidId));

  // The retransmission stream is not known by that.
  const auto rtx = sender.ask({after[0].sequenceNumber}, 90);
  ASSERT_EQ(rtx.size(), 1u);
  EXPECT_EQ(toBytes(*rtx[0].extension(kMidId)), Bytes{'0'});
  EXPECT_EQ(toBytes(*rtx[0].extension(kRepairedId)), (Bytes{'h', 'i'}));
  own.source = rtp::Ssrc(2);
  sender.stream.handleReportBlock(own, sender.clock, at(100));
  const auto later = sender.ask({after[0].sequenceNumber}, 900);
  ASSERT_EQ(later.size(), 1u);
  EXPECT_FALSE(later[0].extension(kMidId));
  EXPECT_FALSE(later[0].extension(kRepairedId));
}

TEST(SendStream, AnswersANackInTheRetransmissionStream) {
  Sender sender;
  const auto packets = sender.send(5, 0);
  const auto answers = sender.ask(
      {packets[1].sequenceNumber, packets[3].sequenceNumber, rtp::SequenceNumber(0xffff)}, 10);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].ssrc, rtp::Ssrc(2));
  EXPECT_EQ(answers[1].sequenceNumber.value(), answers[0].sequenceNumber.value() + 1);
  EXPECT_EQ(unwrapRtx(answers[1], {rtp::Ssrc(1), rtp::PayloadType(96)}, options().extensions),
            packets[3]);
  EXPECT_TRUE(sender.ask({packets[1].sequenceNumber}, 15).empty()) << "within a round trip";
  const SendCounters& counters = sender.stream.counters();
  EXPECT_EQ(counters.nackCount, 2u);
  EXPECT_EQ(counters.packetsSent, 7u);
  EXPECT_EQ(counters.retransmittedPacketsSent, 2u);
  EXPECT_EQ(counters.retransmittedBytesSent, 2u * 102);
  EXPECT_EQ(counters.bytesSent, 5u * 100 + 2u * 102);
}

TEST(SendStream, AnswersANackInTheStreamItselfWithoutAnotherOne) {
  SendStreamOptions plain = options();
  plain.rtxSsrc.reset();
  Sender sender(plain);
  const auto packets = sender.send(3, 0);
  const auto answers = sender.ask({packets[1].sequenceNumber}, 10);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0], packets[1]);
}

TEST(SendStream, RepeatsWhatWasSentUnderAnotherCodecUnderThatOnesType) {
  Sender sender;
  const auto packets = sender.send(1, 0);
  Codec h264 = vp8();
  h264.payloadType = rtp::PayloadType(102);
  h264.rtxPayloadType = rtp::PayloadType(103);
  sender.stream.setCodec(h264);
  const auto later = sender.send(1, 5);
  const auto answers = sender.ask({packets[0].sequenceNumber, later[0].sequenceNumber}, 10);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].payloadType, rtp::PayloadType(97));
  EXPECT_EQ(answers[1].payloadType, rtp::PayloadType(103));
}

TEST(SendStream, DoesNotAnswerForAnotherStream) {
  Sender sender;
  const auto packets = sender.send(1, 0);
  EXPECT_TRUE(
      sender.stream.handleNack({rtp::Ssrc(9), rtp::Ssrc(2), {packets[0].sequenceNumber}}, at(10))
          .empty());
  EXPECT_EQ(sender.stream.counters().nackCount, 0u);
}

TEST(SendStream, KeepsNothingWithoutFeedbackForIt) {
  Codec opus = vp8();
  opus.hasNack = false;
  Sender sender(options(), opus);
  const auto packets = sender.send(3, 0);
  EXPECT_TRUE(sender.ask({packets[1].sequenceNumber}, 10).empty());
}

TEST(SendStream, AnswersOneNackWithNoMoreThanAQuarterOfAThousand) {
  Sender sender;
  std::vector<rtp::SequenceNumber> all;
  for (const rtp::Packet& packet : sender.send(1000, 0))
    all.push_back(packet.sequenceNumber);
  EXPECT_EQ(sender.ask(all, 10).size(), 250u);
  EXPECT_EQ(sender.ask(all, 11).size(), 250u) << "others, for those were given out just now";
}

TEST(SendStream, TellsTheSameMomentOnTwoClocks) {
  Sender sender;
  EXPECT_FALSE(sender.stream.senderReport(sender.clock, at(0)));
  const auto packets = sender.send(4, 1000);
  sender.ask({packets[0].sequenceNumber}, 1005);
  const auto report = sender.stream.senderReport(sender.clock, at(1500));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, rtp::Ssrc(1));
  EXPECT_EQ(report->ntpTime.toUnix(),
            Duration::seconds(1'700'000'000) + Duration::milliseconds(1500));
  EXPECT_EQ(report->rtpTime.value() - packets[0].timestamp.value(), 45'000u);
  EXPECT_EQ(report->packetCount, 4u) << "the retransmission stream counts for itself";
  EXPECT_EQ(report->octetCount, 400u);
}

TEST(SendStream, MeasuresTheRoundTripWithAReceiver) {
  Sender sender;
  ReceiveStatistics receiver;
  for (int64_t now = 0; now < 5000; now += 100) {
    // 40 ms there, and 60 ms back.
    for (const rtp::Packet& packet : sender.send(2, now)) {
      if (packet.sequenceNumber.value() % 4 != 0)
        receiver.received(packet, 90000, at(now + 40));
    }
    receiver.senderReport(*sender.stream.senderReport(sender.clock, at(now)), at(now + 40));
    const auto block = receiver.takeReportBlock(at(now + 70));
    ASSERT_TRUE(block);
    sender.stream.handleReportBlock(*block, sender.clock, at(now + 130));
  }
  ASSERT_TRUE(sender.stream.roundTrip().latest());
  EXPECT_NEAR(sender.stream.roundTrip().latest()->seconds(), 0.1, 0.001);
  EXPECT_EQ(sender.stream.roundTrip().measurements(), 50u);
  EXPECT_NEAR(sender.stream.roundTrip().total().seconds(), 5.0, 0.05);
  ASSERT_TRUE(sender.stream.remoteReceiver());
  EXPECT_NEAR(static_cast<double>(sender.stream.remoteReceiver()->packetsLost), 25, 1);
}

TEST(SendStream, AsksForAKeyFrameWhenTheReceiverDoes) {
  Sender sender;
  sender.stream.handlePli(at(0));
  EXPECT_TRUE(sender.stream.takeKeyFrameRequest(at(0)));
  sender.stream.handleFir({rtp::Ssrc(1), 3}, at(100));
  EXPECT_FALSE(sender.stream.takeKeyFrameRequest(at(100)));
  EXPECT_EQ(sender.stream.deadline(), at(300));
  EXPECT_TRUE(sender.stream.takeKeyFrameRequest(at(300)));
  EXPECT_EQ(sender.stream.counters().pliCount, 1u);
  EXPECT_EQ(sender.stream.counters().firCount, 1u);
}

TEST(SendStream, FillsUpWithPaddingInTheRetransmissionStream) {
  Sender sender;
  EXPECT_TRUE(sender.stream.padding(500).empty()) << "before anything was sent";
  sender.send(1, 0);
  size_t bytes = 0;
  for (const rtp::Packet& packet : sender.stream.padding(1000)) {
    EXPECT_EQ(packet.ssrc, rtp::Ssrc(2));
    EXPECT_TRUE(packet.payload.empty());
    EXPECT_GT(packet.padding, 0);
    EXPECT_EQ(toBytes(*packet.extension(kRepairedId)), (Bytes{'h', 'i'}));
    bytes += rtp::packetSize(packet);
    sender.stream.sent(packet, PacketUse::kPadding, at(1));
  }
  EXPECT_GE(bytes, 1000u);
  EXPECT_LT(bytes, 1300u);
  EXPECT_EQ(sender.stream.counters().retransmittedPacketsSent, 0u);
}

TEST(SendStream, KnowsWhatIsLeftForPayload) {
  Sender sender;
  OutgoingFrame one = frame(1, 0);
  one.extensions = {{5, {1}}};
  one.lastExtensions = {{7, Bytes(30)}};
  one.csrcs = {rtp::Ssrc(3)};
  const size_t others = (2 + 3) + (2 + 2);  // a time and a transport-wide number
  const size_t overhead = sender.stream.overhead(one, others);
  auto packet = sender.stream.packetize(one, at(0)).at(0);
  packet.setExtension(2, Bytes(3));
  packet.setExtension(3, Bytes(2));
  sender.stream.sent(packet, PacketUse::kMedia, at(0));
  const auto rtx = sender.ask({packet.sequenceNumber}, 10);
  ASSERT_EQ(rtx.size(), 1u);
  EXPECT_LE(rtp::packetSize(rtx[0]), 100 + overhead);
  EXPECT_GE(rtp::packetSize(rtx[0]) + 4, 100 + overhead) << "and not by much";
}

TEST(RoundTrip, IsWhatIsLeftOfTheTimeSinceTheReport) {
  const auto compact = [](int64_t ms) {
    return rtp::NtpTime::fromUnix(Duration::seconds(1'700'000'000) + Duration::milliseconds(ms))
        .compact();
  };
  const auto delay = rtp::CompactNtp::fromDuration(Duration::milliseconds(300));
  EXPECT_FALSE(roundTripOf(rtp::CompactNtp(), delay, compact(0)));
  EXPECT_NEAR(roundTripOf(compact(0), delay, compact(420))->seconds(), 0.120, 0.0001);
  EXPECT_EQ(roundTripOf(compact(0), delay, compact(200)), Duration::milliseconds(1))
      << "the peer's clock runs fast";
}

}  // namespace
}  // namespace rtc::media
