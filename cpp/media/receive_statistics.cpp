#include "cpp/media/receive_statistics.h"

#include <algorithm>
#include <cstdlib>

namespace rtc::media {

using rtp::SequenceIndex;
using rtp::SequenceNumber;

namespace {
size_t slot(SequenceIndex index, int64_t window) {
  return static_cast<size_t>(index.value() % window);
}
}  // namespace

void ReceiveStatistics::received(const rtp::Packet& packet, uint32_t clockRate, Timestamp now) {
  ssrc_ = packet.ssrc;
  count(packet, now);
  if (place(packet.sequenceNumber) && isInOrder_)
    updateJitter(packet.timestamp, clockRate, now);
}

void ReceiveStatistics::recovered(const rtp::Packet& packet, Timestamp now) {
  count(packet, now);
  ++counters_.retransmittedPacketsReceived;
  counters_.retransmittedBytesReceived += packet.payload.size();
}

void ReceiveStatistics::count(const rtp::Packet& packet, Timestamp now) {
  ++counters_.packetsReceived;
  counters_.bytesReceived += packet.payload.size();
  counters_.headerBytesReceived += rtp::packetSize(packet) - packet.payload.size();
  counters_.lastPacketAt = now;
}

bool ReceiveStatistics::senderReport(const rtp::SenderReport& report, Timestamp now) {
  // By the clock alone, a sender whose clock was set back would not be heard for as long.
  if (remoteSender_ &&
      static_cast<int64_t>(report.ntpTime.value() - remoteSender_->ntpTime.value()) < 0 &&
      static_cast<int32_t>(report.packetCount - remoteSender_->packetsSent) <= 0)
    return false;
  const uint64_t reports = remoteSender_ ? remoteSender_->reports : 0;
  remoteSender_ = RemoteSender{reports + 1,        report.ntpTime,    report.rtpTime,
                               report.packetCount, report.octetCount, now};
  return true;
}

bool ReceiveStatistics::place(SequenceNumber number) {
  isInOrder_ = false;
  if (!hasBegun_) {
    hasBegun_ = true;
    restartAt(SequenceIndex::first(number));
    return true;
  }
  SequenceIndex index = SequenceIndex::near(highest_, number);
  const int64_t ahead = index - highest_;
  if (ahead > kMaxDropout || ahead <= -kWindow) {
    if (restartAt_ != number) {
      restartAt_ = index.next().wire();
      return false;
    }
    // What the report tells as highest must not go back; a round further it goes on.
    if (ahead < 0)
      index = index + (int64_t{1} << 16);
    lostBefore_ = packetsLost();
    expectedBefore_ += expected();
    restartAt(index);
    return true;
  }
  restartAt_.reset();
  if (ahead > 0) {
    advanceTo(index);
    ++received_;
    isInOrder_ = true;
    return true;
  }
  if (seen_.test(slot(index, kWindow))) {
    ++counters_.duplicatePackets;
    return false;
  }
  seen_.set(slot(index, kWindow));
  if (index < base_) {
    // It was overtaken by the first one that came. Far before that it is of the stream before.
    if (base_ - index > kMaxBeforeFirst)
      return false;
    base_ = index;
  }
  ++received_;
  return true;
}

void ReceiveStatistics::restartAt(SequenceIndex index) {
  base_ = highest_ = index;
  received_ = 1;
  seen_.reset();
  seen_.set(slot(index, kWindow));
  restartAt_.reset();
  lastTimestamp_.reset();
  isInOrder_ = true;
}

void ReceiveStatistics::advanceTo(SequenceIndex index) {
  if (index - highest_ >= kWindow) {
    seen_.reset();
  } else {
    for (SequenceIndex i = highest_.next(); i < index; i = i.next())
      seen_.reset(slot(i, kWindow));
  }
  seen_.set(slot(index, kWindow));
  highest_ = index;
}

void ReceiveStatistics::updateJitter(rtp::RtpTime timestamp, uint32_t clockRate, Timestamp now) {
  if (clockRate == 0)
    return;
  if (clockRate_ != clockRate) {
    if (clockRate_ != 0)
      jitter16_ = jitter16_ * clockRate / clockRate_;
    clockRate_ = clockRate;
    lastTimestamp_.reset();
  }
  if (lastTimestamp_) {
    // Packets of one frame leave one after the other, whatever their common timestamp says.
    if (*lastTimestamp_ == timestamp)
      return;
    const int64_t gap = kJitterGapSeconds * clockRate;
    const Duration arrival = now - lastArrival_;
    const auto sent = static_cast<int32_t>(timestamp.value() - lastTimestamp_->value());
    if (arrival < Duration::seconds(kJitterGapSeconds) && std::abs(int64_t{sent}) < gap) {
      const int64_t received = arrival.us() * clockRate / 1'000'000;
      const int64_t difference = std::abs(received - sent);
      // Appendix A.8, in integers: J += (|D| - J) / 16.
      if (difference < gap)
        jitter16_ += static_cast<uint64_t>(difference) - ((jitter16_ + 8) >> 4);
    }
  }
  lastTimestamp_ = timestamp;
  lastArrival_ = now;
}

int64_t ReceiveStatistics::packetsLost() const {
  return hasBegun_ ? lostBefore_ + expected() - received_ : 0;
}

double ReceiveStatistics::jitter() const {
  return clockRate_ == 0 ? 0 : static_cast<double>(jitter16_ >> 4) / clockRate_;
}

std::optional<rtp::ReportBlock> ReceiveStatistics::takeReportBlock(Timestamp now) {
  if (!hasBegun_)
    return std::nullopt;
  rtp::ReportBlock block;
  block.source = ssrc_;
  const int64_t lost = packetsLost();
  const int64_t expectedNow = expectedBefore_ + expected();
  const int64_t expectedInterval = expectedNow - expectedPrior_;
  const int64_t lostInterval = lost - lostPrior_;
  // Late packets may make it negative; RFC 3550 section 6.4.1 has zero then.
  if (expectedInterval > 0 && lostInterval > 0) {
    block.fractionLost =
        static_cast<uint8_t>(std::min<int64_t>(lostInterval * 256 / expectedInterval, 255));
  }
  expectedPrior_ = expectedNow;
  lostPrior_ = lost;
  block.cumulativeLost = static_cast<int32_t>(std::min<int64_t>(lost, 0x7fffff));
  // The index begins one round above zero; cycles count from zero.
  block.extendedHighest = static_cast<uint32_t>(highest_.value() - (int64_t{1} << 16));
  block.jitter = static_cast<uint32_t>(std::min<uint64_t>(jitter16_ >> 4, 0xffffffff));
  if (remoteSender_) {
    block.lastSenderReport = remoteSender_->ntpTime.compact();
    block.delaySinceSenderReport = rtp::CompactNtp::fromDuration(now - remoteSender_->receivedAt);
  }
  return block;
}

}  // namespace rtc::media
