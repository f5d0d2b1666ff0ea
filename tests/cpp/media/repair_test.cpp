// A sender's bookkeeping against a receiver's, over a path that loses, reorders and repeats: what
// was sent comes in full, and both ends tell the same of it.

#include <map>

#include <gtest/gtest.h>

#include "cpp/media/nack_requester.h"
#include "cpp/media/receive_statistics.h"
#include "cpp/media/send_stream.h"
#include "cpp/rtp/rtcp_packet.h"

namespace rtc::media {
namespace {

struct Path {
  int lossPercent = 0;
  int repeatPercent = 0;
  Duration delay = Duration::zero();
  Duration jitter = Duration::zero();
};

constexpr rtp::Ssrc kMedia(1);
constexpr rtp::Ssrc kRtx(2);
constexpr rtp::Ssrc kReceiver(3);

class Repair {
 public:
  Repair(uint64_t seed, const Path& path, bool hasRtx)
      : random_(seed), path_(path), stream_(options(hasRtx), codec(), random_) {}

  /// Frames thirty times a second until `frames` have been sent, and then two seconds more.
  void run(int frames) {
    const Duration end = Duration::milliseconds(33) * frames + Duration::seconds(2);
    for (Duration since; since < end; since += Duration::milliseconds(1)) {
      now_ = Timestamp::milliseconds(1000) + since;
      if (since.ms() % 33 == 0 && since.ms() / 33 < frames)
        sendFrame(since.ms() == 0 || since.ms() / 33 + 1 == frames);
      if (since.ms() % 500 == 100)
        report();
      while (!toReceiver_.empty() && toReceiver_.begin()->first <= now_) {
        const Bytes datagram = std::move(toReceiver_.begin()->second);
        toReceiver_.erase(toReceiver_.begin());
        rtp::isRtcp(datagram) ? receiverRtcp(datagram) : receiverRtp(datagram);
      }
      ask();
      while (!toSender_.empty() && toSender_.begin()->first <= now_) {
        const Bytes datagram = std::move(toSender_.begin()->second);
        toSender_.erase(toSender_.begin());
        senderRtcp(datagram);
      }
    }
  }

  SendStream& stream() { return stream_; }
  const ReceiveStatistics& received() const { return statistics_; }
  const std::map<uint16_t, rtp::Packet>& sentPackets() const { return sent_; }
  const std::map<uint16_t, rtp::Packet>& arrivedPackets() const { return arrived_; }
  NackRequester& nacks() { return nacks_; }

 private:
  static SendStreamOptions options(bool hasRtx) {
    SendStreamOptions options;
    options.ssrc = kMedia;
    if (hasRtx)
      options.rtxSsrc = kRtx;
    return options;
  }
  static Codec codec() {
    Codec codec;
    codec.payloadType = rtp::PayloadType(96);
    codec.rtxPayloadType = rtp::PayloadType(97);
    codec.hasNack = true;
    return codec;
  }

  void transmit(std::multimap<Timestamp, Bytes>& to, const Bytes& datagram, bool mayBeLost) {
    if (mayBeLost && static_cast<int>(random_.below(100)) < path_.lossPercent)
      return;
    const int copies = static_cast<int>(random_.below(100)) < path_.repeatPercent ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const auto jitter = static_cast<uint32_t>(path_.jitter.us() + 1);
      to.emplace(now_ + path_.delay + Duration::microseconds(random_.below(jitter)), datagram);
    }
  }

  void sendFrame(bool isAtAnEnd) {
    OutgoingFrame frame;
    for (uint32_t i = 1 + random_.below(8); i > 0; --i) {
      Bytes payload(1 + random_.below(1000));
      EXPECT_TRUE(random_.fill(payload));
      frame.payloads.push_back(std::move(payload));
    }
    frame.timestamp = rtp::RtpTime(static_cast<uint32_t>(now_.ms() * 90));
    frame.capturedAt = now_;
    for (const rtp::Packet& packet : stream_.packetize(std::move(frame), now_)) {
      stream_.sent(packet, PacketUse::kMedia, now_);
      sent_[packet.sequenceNumber.value()] = packet;
      // Of the first and the last ones nothing tells that they are missing.
      transmit(toReceiver_, rtp::writePacket(packet), !isAtAnEnd);
    }
  }

  void senderRtcp(const Bytes& datagram) {
    for (const rtp::RtcpMessage& message : rtp::readRtcp(datagram)) {
      if (const auto* nack = std::get_if<rtp::Nack>(&message)) {
        for (const rtp::Packet& packet : stream_.handleNack(*nack, now_)) {
          stream_.sent(packet, PacketUse::kRetransmission, now_);
          transmit(toReceiver_, rtp::writePacket(packet), true);
        }
      } else if (const auto* report = std::get_if<rtp::ReceiverReport>(&message)) {
        for (const rtp::ReportBlock& block : report->blocks)
          stream_.handleReportBlock(block, clock_, now_);
      }
    }
  }

  void receiverRtp(const Bytes& datagram) {
    const auto packet = rtp::readPacket(datagram);
    ASSERT_TRUE(packet);
    if (packet->ssrc == kMedia) {
      statistics_.received(*packet, 90000, now_);
      arrive(*packet, false);
    } else {
      const auto original = unwrapRtx(*packet, {kMedia, rtp::PayloadType(96)}, {});
      ASSERT_TRUE(original);
      statistics_.recovered(*original, now_);
      arrive(*original, true);
    }
  }
  void arrive(const rtp::Packet& packet, bool isRetransmission) {
    nacks_.received(packet.sequenceNumber, isRetransmission, false, now_);
    arrived_[packet.sequenceNumber.value()] = packet;
  }
  void receiverRtcp(const Bytes& datagram) {
    for (const rtp::RtcpMessage& message : rtp::readRtcp(datagram)) {
      if (const auto* report = std::get_if<rtp::SenderReport>(&message))
        statistics_.senderReport(*report, now_);
    }
  }
  void ask() {
    for (auto lost = nacks_.poll(now_); !lost.empty(); lost = nacks_.poll(now_))
      transmit(toSender_,
               rtp::writeRtcp(
                   std::vector<rtp::RtcpMessage>{rtp::Nack{kReceiver, kMedia, std::move(lost)}}),
               true);
  }
  void report() {
    if (const auto report = stream_.senderReport(clock_, now_))
      transmit(toReceiver_, rtp::writeRtcp(std::vector<rtp::RtcpMessage>{*report}), true);
    if (const auto block = statistics_.takeReportBlock(now_)) {
      transmit(
          toSender_,
          rtp::writeRtcp(std::vector<rtp::RtcpMessage>{rtp::ReceiverReport{kReceiver, {*block}}}),
          true);
    }
    if (const auto trip = stream_.roundTrip().smoothed())
      nacks_.setRoundTrip(*trip);
  }

  SeededRandom random_;
  Path path_;
  rtp::NtpClock clock_{Timestamp::microseconds(0), Duration::seconds(1'764'000'000)};
  Timestamp now_;
  SendStream stream_;
  ReceiveStatistics statistics_;
  NackRequester nacks_;
  std::multimap<Timestamp, Bytes> toReceiver_;
  std::multimap<Timestamp, Bytes> toSender_;
  std::map<uint16_t, rtp::Packet> sent_;
  std::map<uint16_t, rtp::Packet> arrived_;
};

const Path kBad{.lossPercent = 10,
                .repeatPercent = 5,
                .delay = Duration::milliseconds(40),
                .jitter = Duration::milliseconds(8)};

TEST(Repair, BringsEveryPacketAsItWasSent) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (const bool hasRtx : {true, false}) {
      Repair repair(seed, kBad, hasRtx);
      repair.run(150);
      EXPECT_TRUE(repair.arrivedPackets() == repair.sentPackets())
          << seed << ": " << repair.arrivedPackets().size() << " of "
          << repair.sentPackets().size();
      EXPECT_EQ(repair.nacks().missing(), 0u);
      EXPECT_FALSE(repair.nacks().takeKeyFrameWanted());
    }
  }
}

TEST(Repair, SendsAgainLittleMoreThanWasLost) {
  Repair repair(1, kBad, true);
  repair.run(600);
  const SendCounters& counters = repair.stream().counters();
  const auto sent = static_cast<double>(repair.sentPackets().size());
  const auto again = static_cast<double>(counters.retransmittedPacketsSent);
  // A tenth, a tenth of that again, and what was asked for though it was on its way.
  EXPECT_GT(again, 0.08 * sent);
  EXPECT_LT(again, 0.14 * sent);
  EXPECT_EQ(counters.packetsSent, repair.sentPackets().size() + counters.retransmittedPacketsSent);
}

TEST(Repair, LetsBothEndsTellTheSameOfThePath) {
  Repair repair(2, kBad, true);
  repair.run(600);
  ASSERT_TRUE(repair.stream().remoteReceiver());
  const auto sent = static_cast<double>(repair.sentPackets().size());
  EXPECT_NEAR(static_cast<double>(repair.received().packetsLost()) / sent, 0.10, 0.02);
  EXPECT_NEAR(static_cast<double>(repair.stream().remoteReceiver()->packetsLost),
              static_cast<double>(repair.received().packetsLost()), 2);
  EXPECT_GT(repair.received().counters().duplicatePackets, 0u);
  ASSERT_TRUE(repair.stream().roundTrip().smoothed());
  EXPECT_NEAR(repair.stream().roundTrip().smoothed()->seconds(), 0.088, 0.008);
  ASSERT_TRUE(repair.received().remoteSender());
  EXPECT_EQ(repair.received().remoteSender()->packetsSent,
            static_cast<uint32_t>(repair.sentPackets().size()));
  // Two packets differ by a third of 8 ms on average; of a frame the first one to come counts, and
  // those differ by less.
  EXPECT_GT(repair.received().jitter(), 0.0005);
  EXPECT_LT(repair.received().jitter(), 0.0027);
}

TEST(Repair, AsksForNothingOnACleanPath) {
  Repair repair(3, {.delay = Duration::milliseconds(40)}, true);
  repair.run(150);
  EXPECT_EQ(repair.stream().counters().nackCount, 0u);
  EXPECT_EQ(repair.stream().counters().retransmittedPacketsSent, 0u);
  EXPECT_EQ(repair.received().packetsLost(), 0);
  EXPECT_EQ(repair.received().jitter(), 0);
}

}  // namespace
}  // namespace rtc::media
