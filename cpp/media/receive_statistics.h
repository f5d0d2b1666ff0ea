#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_report_block.h"
#include "cpp/rtp/rtcp_sender_report.h"

namespace rtc::media {

/// What statistics tell of a stream that is received (webrtc-stats, RTCInboundRtpStreamStats).
struct ReceiveCounters {
  uint64_t packetsReceived = 0;
  /// Payloads, retransmitted ones included.
  uint64_t bytesReceived = 0;
  /// Headers and padding.
  uint64_t headerBytesReceived = 0;
  /// Among the above.
  uint64_t retransmittedPacketsReceived = 0;
  uint64_t retransmittedBytesReceived = 0;
  uint64_t duplicatePackets = 0;
  std::optional<Timestamp> lastPacketAt;
};

/// What the sender says of the same stream (RTCRemoteOutboundRtpStreamStats).
struct RemoteSender {
  uint64_t reports = 0;
  rtp::NtpTime ntpTime;
  rtp::RtpTime rtpTime;
  uint32_t packetsSent = 0;
  uint32_t bytesSent = 0;
  Timestamp receivedAt;
};

/// Receives the packets of one SSRC and reports on them: RFC 3550 appendices A.1 (which packets are
/// of the stream), A.3 (loss) and A.8 (jitter). What comes out of order or twice changes neither;
/// its memory does not grow.
class ReceiveStatistics {
 public:
  /// A packet as it came in the stream itself. `clockRate` is that of its payload type, > 0.
  void received(const rtp::Packet& packet, uint32_t clockRate, Timestamp now);
  /// One that came as a retransmission in another stream: it counts, but it tells nothing about the
  /// path.
  void recovered(const rtp::Packet& packet, Timestamp now);
  /// False for one that was overtaken by a newer report, which says more.
  bool senderReport(const rtp::SenderReport& report, Timestamp now);

  /// The block for the next report; fractions of loss count from the block before. Nullopt before
  /// the first packet.
  std::optional<rtp::ReportBlock> takeReportBlock(Timestamp now);

  const ReceiveCounters& counters() const { return counters_; }
  const std::optional<RemoteSender>& remoteSender() const { return remoteSender_; }
  /// Negative never, for duplicates are told apart.
  int64_t packetsLost() const;
  /// In seconds.
  double jitter() const;
  rtp::Ssrc ssrc() const { return ssrc_; }
  /// RFC 3550 section 6.2.1: whoever has been silent for long is not reported on.
  bool isActive(Timestamp now) const {
    return counters_.lastPacketAt && now - *counters_.lastPacketAt < kInactiveAfter;
  }

 private:
  /// RFC 3550 appendix A.1: a jump ahead of more is a stream that began anew, if the packet after
  /// goes on from there. There is no probation: who sends was signalled.
  static constexpr int64_t kMaxDropout = 3000;
  /// How far back packets are told apart; so is a jump back of more. MAX_MISORDER is 100, but at
  /// thousands of packets a second that is little.
  static constexpr int64_t kWindow = 1024;
  /// What may have been overtaken by the first packet of all.
  static constexpr int64_t kMaxBeforeFirst = 100;
  /// As libwebrtc.
  static constexpr Duration kInactiveAfter = Duration::seconds(8);
  /// Packets so far apart say nothing about jitter.
  static constexpr int64_t kJitterGapSeconds = 5;

  /// False for one that is out of place.
  bool place(rtp::SequenceNumber number);
  void restartAt(rtp::SequenceIndex index);
  void advanceTo(rtp::SequenceIndex index);
  void updateJitter(rtp::RtpTime timestamp, uint32_t clockRate, Timestamp now);
  void count(const rtp::Packet& packet, Timestamp now);
  int64_t expected() const { return highest_ - base_ + 1; }

  rtp::Ssrc ssrc_;
  bool hasBegun_ = false;
  rtp::SequenceIndex base_;
  rtp::SequenceIndex highest_;
  /// Of those from `base_` to `highest_`, without duplicates.
  int64_t received_ = 0;
  /// By sequence number modulo the window, of the last `kWindow` numbers.
  std::bitset<kWindow> seen_;
  /// The number that would show that the stream began anew.
  std::optional<rtp::SequenceNumber> restartAt_;
  /// In what there was before it began anew.
  int64_t lostBefore_ = 0;
  int64_t expectedBefore_ = 0;
  bool isInOrder_ = false;

  int64_t expectedPrior_ = 0;
  int64_t lostPrior_ = 0;

  uint32_t clockRate_ = 0;
  std::optional<rtp::RtpTime> lastTimestamp_;
  Timestamp lastArrival_;
  /// In sixteenths of a unit of the timestamp.
  uint64_t jitter16_ = 0;

  ReceiveCounters counters_;
  std::optional<RemoteSender> remoteSender_;
};

}  // namespace rtc::media
