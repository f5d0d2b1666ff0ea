#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"
#include "cpp/rtp/rtcp_transport_feedback.h"
#include "cpp/rtp/types.h"

namespace rtc::congestion {

/// What feedback told of one packet.
struct PacketResult {
  rtp::SequenceIndex sequence;
  size_t bytes = 0;
  std::optional<ProbeId> probe;
  Timestamp sentAt;
  /// On the receiver's clock.
  Timestamp receivedAt;
};

/// What was new in a feedback.
struct FeedbackReport {
  /// By arrival.
  std::vector<PacketResult> received;
  /// Told of for the first time, and lost.
  size_t lost = 0;
  /// Told lost before, and now among the received.
  size_t recovered = 0;
  /// Of all packets that were in flight and are no more.
  size_t bytes = 0;
  /// When the last packet that it tells of was sent.
  Timestamp lastSentAt;
  /// The least time from a packet's sending to this feedback that it did not spend waiting at the
  /// receiver, as far as that is known.
  std::optional<Duration> roundTrip;
};

/// The packets that were sent, until feedback has told of them.
class SentHistory {
 public:
  /// Of a packet whose sequence number is not the next ones of the last (within 2^15) nothing is
  /// kept.
  void sent(rtp::SequenceNumber sequence, size_t bytes, std::optional<ProbeId> probe,
            Timestamp now);
  FeedbackReport feedback(const rtp::TransportFeedback& feedback, Timestamp now);

  /// Bytes of packets that are newer than all that feedback told of, and not older than what is
  /// kept.
  size_t inFlight() const { return inFlight_; }
  /// When the oldest of those left.
  std::optional<Timestamp> inFlightSince();
  /// Forgets packets that are too old for feedback to come.
  void forget(Timestamp now);
  /// How many packets are remembered.
  size_t size() const { return packets_.size(); }

 private:
  enum class State : uint8_t { kInFlight, kUnknown, kLost, kReceived };
  struct Packet {
    rtp::SequenceIndex sequence;
    size_t bytes;
    std::optional<ProbeId> probe;
    Timestamp sentAt;
    State state = State::kInFlight;
  };

  std::deque<Packet>::iterator firstFrom(rtp::SequenceIndex sequence);
  void leaveFlight(Packet& packet, State state);

  // By sequence number, ascending.
  std::deque<Packet> packets_;
  std::optional<rtp::SequenceIndex> newest_;
  // Behind the last that feedback told of.
  rtp::SequenceIndex toldEnd_;
  size_t inFlight_ = 0;
  // The receiver's clock, unwrapped.
  std::optional<int64_t> reference_;
};

}  // namespace rtc::congestion
