#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "cpp/base/time.h"
#include "cpp/rtp/packet.h"

namespace rtc::media {

/// How much is kept of what was sent. Whatever is reached first lets the oldest packet go.
struct PacketHistoryLimits {
  size_t packets = 2048;
  /// Of payloads; a second of 30 Mbit/s.
  size_t bytes = 4 * 1024 * 1024;
  /// Or three round trips, if that is longer: a request takes one to come, and may be lost.
  Duration age = Duration::seconds(1);
};

/// The packets that a stream has sent of late, for those who ask for them again (RFC 4585 section
/// 6.2.1).
class PacketHistory {
 public:
  explicit PacketHistory(const PacketHistoryLimits& limits = {}) : limits_(limits) {
    limits_.packets = std::min(limits_.packets, kMostPackets);
  }

  /// Until one is known, a packet is given out again at most every 20 ms.
  void setRoundTrip(Duration roundTrip) { roundTrip_ = roundTrip; }

  /// Sequence numbers go up by one from packet to packet; at any other one what there was is
  /// forgotten. One that is there already changes nothing.
  void insert(const rtp::Packet& packet, Timestamp sentAt);

  /// The packet, once within a round trip of when it left: whoever asks again before the first
  /// answer can have arrived gets nothing. Null for what is not kept. The pointer holds until the
  /// next call.
  const rtp::Packet* retransmit(rtp::SequenceNumber number, Timestamp now);
  /// What was given out has left. Until then it is not given out again, lest one who asks often has
  /// the packets wait many times over.
  void left(rtp::SequenceNumber number, Timestamp now);

  size_t size() const { return entries_.size(); }
  size_t bytes() const { return bytes_; }
  void clear();

 private:
  /// Half of what sequence numbers can tell apart.
  static constexpr size_t kMostPackets = 0x8000;

  struct Entry {
    rtp::Packet packet;
    Timestamp lastSent;
    Timestamp firstSent;
    bool wasRepeated = false;
    /// It was given out, and has not left yet.
    bool isWaiting = false;
  };

  /// Null for what is not kept.
  Entry* find(rtp::SequenceNumber number);
  void dropOldest();
  void expire(Timestamp now);

  PacketHistoryLimits limits_;
  Duration roundTrip_ = Duration::milliseconds(20);
  std::deque<Entry> entries_;
  size_t bytes_ = 0;
};

}  // namespace rtc::media
