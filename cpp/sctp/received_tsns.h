#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/timer.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/tsn_ranges.h"

namespace rtc::sctp {

/// Which TSNs have arrived, and when to say so (RFC 9260 section 6.2): at once for the first data,
/// for gaps, duplicates, drops and the I bit, else for every second packet or after a delay.
class ReceivedTsns {
 public:
  ReceivedTsns(Tsn peerInitialTsn, Duration sackDelay)
      : cumulative_(TsnIndex::first(peerInitialTsn).previous()), delay_(sackDelay) {}

  enum class Kind : uint8_t { kNew, kDuplicate, kTooFar };

  TsnIndex index(Tsn wire) const { return TsnIndex::near(cumulative_, wire); }
  TsnIndex cumulative() const { return cumulative_; }
  /// The highest TSN that arrived.
  TsnIndex highest() const { return beyond_.empty() ? cumulative_ : beyond_.back().last; }

  Kind classify(TsnIndex tsn) const;
  /// A new TSN, or a duplicate, which is remembered to be reported. Not one that is too far.
  void record(TsnIndex tsn);
  /// FORWARD TSN: everything up to `tsn` counts as received.
  void forwardTo(TsnIndex tsn);

  /// The next SACK must not wait.
  void requestSack() { state_ = AckState::kNow; }
  /// A packet with DATA in it was processed whole.
  void packetDone(Timestamp now);
  bool sackDue() const { return state_ == AckState::kNow; }
  /// A SACK is due or will be: one that travels along with data saves a packet.
  bool sackPending() const { return state_ != AckState::kIdle; }
  Timestamp deadline() const { return timer_.deadline(); }
  void handleTimeout(Timestamp now) {
    if (timer_.expire(now))
      requestSack();
  }

  /// The SACK as of now, of at most `maxSize` bytes with its header; it counts as sent.
  SackChunk takeSack(uint32_t receiveWindow, size_t maxSize);

 private:
  enum class AckState : uint8_t { kIdle, kDelayed, kNow };

  TsnIndex cumulative_;
  TsnRanges beyond_;
  std::vector<Tsn> duplicates_;
  Duration delay_;
  AckState state_ = AckState::kIdle;
  Timer timer_;
  bool anySackSent_ = false;
};

}  // namespace rtc::sctp
