#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/rate_meter.h"
#include "cpp/rtp/rtcp_transport_feedback.h"
#include "cpp/rtp/types.h"

namespace rtc::congestion {

/// The receiving side of transport-wide congestion control: when which packet came, and the
/// feedback that tells the sender of it. One for each transport.
///
/// Feedback takes about a twentieth of what is received, in packets that are 50 to 250 ms apart, as
/// libwebrtc's. A packet that comes after later ones were told of is told of in the next feedback,
/// whose range then goes back to it.
class ArrivalRecorder {
 public:
  /// A packet of `bytes` with this transport-wide sequence number has come. Duplicates and packets
  /// older than what is remembered (half a second) change nothing; when many such come in a row,
  /// the sender has begun anew.
  void received(rtp::SequenceNumber sequence, size_t bytes, Timestamp now);

  /// When there is feedback to send; never when nothing came since the last.
  Timestamp deadline() const { return dueAt_; }
  /// The feedback that is due; ask again until there is none. Each fits into 1200 bytes with the
  /// headers around it.
  std::optional<rtp::TransportFeedback> next(Timestamp now);

 private:
  struct Arrival {
    rtp::SequenceIndex sequence;
    Timestamp at;
  };

  std::deque<Arrival>::iterator firstFrom(rtp::SequenceIndex sequence);
  void restart();
  void forget(Timestamp now);
  Duration interval(Timestamp now);

  // By sequence number.
  std::deque<Arrival> arrivals_;
  std::optional<rtp::SequenceIndex> newest_;
  // Nothing is known any more of this one and those before it.
  std::optional<rtp::SequenceIndex> forgotten_;
  // The least sequence number that the next feedback tells of.
  rtp::SequenceIndex nextBase_;
  // Packets one after the other that were too old.
  int tooOld_ = 0;
  Timestamp dueAt_ = Timestamp::never();
  std::optional<Timestamp> toldAt_;
  uint8_t feedbackCount_ = 0;
  RateMeter rate_{Duration::seconds(1)};
};

}  // namespace rtc::congestion
