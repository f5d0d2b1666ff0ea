#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/chunk_sack.h"
#include "cpp/sctp/congestion_control.h"
#include "cpp/sctp/delivery_rate.h"
#include "cpp/sctp/pacer.h"
#include "cpp/sctp/packet.h"
#include "cpp/sctp/reordering_window.h"
#include "cpp/sctp/rto.h"
#include "cpp/sctp/send_queue.h"
#include "cpp/sctp/timer.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/tsn_ranges.h"

namespace rtc::sctp {

/// What has a TSN and is not cumulatively acknowledged: fills packets with retransmissions and new
/// fragments under the windows, digests SACKs, finds losses, gives up messages, and owns T3-rtx.
///
/// Losses are found by the order and the time of sending instead of counted miss indications (RFC
/// 9260 section 7.2.4), as RACK does in TCP (RFC 8985): a chunk is lost when something sent later
/// has been acknowledged, and either that was three packets later on a path that is not known to
/// reorder, or the time has passed in which reordering would explain it. So the loss of a
/// retransmission is seen as well, and reordering is not taken for loss; where it was, the window
/// that was reduced is given back. The last packets of a flight, which nothing follows, are probed
/// for (RFC 8985 section 7), as T3-rtx would take its time.
///
/// One acknowledgement costs time in proportion to what it newly acknowledges or loses, not to what
/// is outstanding.
class RetransmissionQueue {
 public:
  struct Config {
    /// The largest packet that passes on every path: no chunk is larger.
    size_t maxPacketSize = 0;
    int maxBurst = 0;
    bool partialReliability = false;
    /// Fragments travel in I-DATA chunks, those of several messages mixed (RFC 8260).
    bool interleaving = false;
    CongestionControlFactory congestionControl = &makeBbr;

    /// Chunks that may be unacknowledged. Gap blocks are 16-bit offsets, so a receiver cannot
    /// report more; and the 16-bit numbers of ordered messages in DATA say which comes first among
    /// half as many (RFC 1982), of which each chunk may be one.
    size_t maxOutstanding() const { return interleaving ? 60000 : 32000; }
    size_t dataHeaderSize() const { return interleaving ? kIDataHeaderSize : kDataHeaderSize; }
  };

  /// `queue` and `rto` must outlive this.
  RetransmissionQueue(const Config& config, Tsn initialTsn, uint32_t peerReceiveWindow,
                      SendQueue& queue, RtoEstimator& rto);

  /// Whether `fill()` will probably add something. When it would but for the pace, `deadline()`
  /// says when to ask again.
  bool sendable(Timestamp now);
  bool forwardTsnDue() const { return forwardTsnDue_; }
  /// Adds what may be sent now; true when it added something. At the end of a packet's building
  /// call `packetBuilt()`.
  bool fill(PacketBuilder& packet, Timestamp now);
  /// A FORWARD TSN or I-FORWARD-TSN that is due, if it fits.
  bool fillForwardTsn(PacketBuilder& packet, Timestamp now);
  void packetBuilt() { ++packetNumber_; }
  /// Nothing more of a message that is partly sent can be had. Only with partial reliability.
  void giveUp(const MessageRef& message);
  /// Packets may have so many bytes from now on.
  void setPacketSize(size_t bytes);

  enum class SackEffect : uint8_t { kIgnored, kNothingNew, kProgress };
  /// A SACK that acknowledges what was never sent, or that is older than one seen, is ignored.
  SackEffect handleSack(const SackChunk& sack, Timestamp now);
  /// The cumulative part alone, as SHUTDOWN carries it.
  bool handleCumulativeAck(Tsn cumulative, Timestamp now);

  /// Outgoing streams are being reset as of what was sent so far. Until the peer has acknowledged
  /// that much, no FORWARD TSN names skipped messages from before this point and leads past it: a
  /// peer that has done the reset would take them for messages of the streams' next life, since the
  /// stream entries carry no TSN.
  void markStreamReset() {
    const TsnIndex last = nextTsn().previous();
    if (!entries_.empty() && (resetPoints_.empty() || resetPoints_.back() < last))
      resetPoints_.push_back(last);
  }

  Timestamp deadline() const {
    return earlier(earlier(pacedUntil_, timer_.deadline()),
                   earlier(lossTimer_.deadline(), probeTimer_.deadline()));
  }
  /// True when T3-rtx expired: everything in flight counts as lost then.
  bool handleTimeout(Timestamp now);
  /// The messages that were sent whole and that the peer has not acknowledged whole, or not in
  /// their order, in the order of sending, as far as they may be sent again.
  std::vector<MessageRef> unacknowledged(Timestamp now) const;
  /// True while the peer's closed window is being probed: then timeouts say nothing against the
  /// peer, as long as it answers (RFC 9260 section 6.1 rule A).
  bool probingZeroWindow() const {
    return !entries_.empty() && advertisedWindow_ < entries_.front().fragment.length;
  }

  bool empty() const { return entries_.empty(); }
  TsnIndex nextTsn() const { return base_ + static_cast<int64_t>(entries_.size()); }
  TsnIndex cumulativeAck() const { return base_.previous(); }
  /// Some chunk is known to be missing at the peer.
  bool lossKnown() const { return !lost_.empty() || !acked_.empty(); }

  size_t bytesInFlight() const { return flight_; }
  size_t unacknowledgedChunks() const { return entries_.size(); }
  size_t peerWindow() const { return peerWindow_; }
  const CongestionControl& congestion() const { return *congestion_; }
  uint64_t chunksRetransmitted() const { return chunksRetransmitted_; }
  uint64_t fastRetransmits() const { return fastRetransmits_; }
  uint64_t timeouts() const { return timeouts_; }
  uint64_t messagesSent() const { return messagesSent_; }
  /// Retransmissions of what had arrived.
  uint64_t needlessRetransmits() const { return needlessRetransmits_; }
  uint64_t probes() const { return probes_; }

 private:
  enum class Status : uint8_t { kInFlight, kLost, kAcked, kAbandoned };
  // Positions count entries since the beginning; they link the entries in flight by order of
  // sending.
  static constexpr int64_t kNone = -1;

  struct Entry {
    Fragment fragment;
    Timestamp sentAt;
    SendState sendState;
    uint64_t packetNumber = 0;
    uint32_t transmissions = 0;
    Status status = Status::kInFlight;
    int64_t older = kNone;
    int64_t newer = kNone;
    // The fragments of the message before and after this one.
    int64_t previousOfMessage = kNone;
    int64_t nextOfMessage = kNone;
    size_t headerSize = kDataHeaderSize;

    size_t chunkSize() const { return padded(headerSize + fragment.length); }
  };
  struct AckSummary {
    size_t bytes = 0;
    std::optional<Timestamp> sampleSentAt;
  };

  int64_t position(TsnIndex tsn) const { return popped_ + (tsn - base_); }
  TsnIndex tsnAt(int64_t position) const { return base_ + (position - popped_); }
  Entry& atPosition(int64_t position) { return entries_[static_cast<size_t>(position - popped_)]; }
  Entry& at(TsnIndex tsn) { return entries_[static_cast<size_t>(tsn - base_)]; }

  Entry& append(Fragment fragment);
  void linkNewest(TsnIndex tsn);
  void unlink(Entry& entry);
  void leaveFlight(Entry& entry);
  void acknowledge(TsnIndex tsn, AckSummary& summary, Timestamp now);
  void advanceBase(TsnIndex cumulative, AckSummary& summary, Timestamp now);
  void noteOrder(const Entry& entry, Timestamp now);
  void detectLosses(Timestamp now);
  void reduceWindow();
  bool inRecovery() const { return recoveryExit_.has_value(); }
  /// What may be sent, but for the pace.
  bool wantsToSend() const;
  /// What does not wait for the pace: the first of a fast retransmit, and probes.
  bool urgent() const { return fastRetransmitDue_ || probeDue_ || flight_ == 0; }
  void lose(TsnIndex tsn, Timestamp now);
  void noteDuplicates(const SackChunk& sack);
  void armProbe(Timestamp now);
  void probe(Timestamp now);
  void markLost(TsnIndex tsn, Timestamp now);
  bool mayRetransmit(const Entry& entry, Timestamp now) const;
  void abandon(TsnIndex tsn);
  void abandonEntriesAround(TsnIndex tsn);
  void appendPlaceholder(Fragment fragment);
  void write(PacketBuilder& packet, TsnIndex tsn, Timestamp now);
  void writeForwardTsn(PacketBuilder& packet, TsnIndex reached,
                       const std::map<std::pair<StreamId, bool>, Mid>& skipped) const;
  bool fillRetransmissions(PacketBuilder& packet, Timestamp now);
  bool fillNew(PacketBuilder& packet, Timestamp now);
  void updateAdvancedPeerAck();
  void repeatForwardTsn(Timestamp now);
  void finishAck(const AckSummary& summary, bool advanced, size_t flightBefore, Timestamp now);
  /// A packet of the least size is better left than begun with little of a long message; of a
  /// larger one the end would stay empty every time.
  size_t smallestFragment() const {
    return packetSize_ > config_.maxPacketSize ? maxPayload_ / 16 : maxPayload_ / 2;
  }
  size_t newDataLimit() const;
  void openBurst() { burstLimit_ = flight_ + static_cast<size_t>(config_.maxBurst) * packetSize_; }

  Config config_;
  SendQueue& queue_;
  RtoEstimator& rto_;
  std::unique_ptr<CongestionControl> congestion_;
  DeliveryRate deliveryRate_;
  Pacer pacer_;
  // When the pace lets something leave that waits for it.
  Timestamp pacedUntil_ = Timestamp::never();
  // The highest TSN outstanding when a loss was detected, until it is acknowledged (RFC 9260
  // section 7.2.4).
  std::optional<TsnIndex> recoveryExit_;
  size_t packetSize_;
  size_t maxPayload_;

  // The entry of `base_` is the first; TSNs are dense.
  std::deque<Entry> entries_;
  TsnIndex base_;
  int64_t popped_ = 0;
  int64_t oldest_ = kNone;
  int64_t newest_ = kNone;
  std::set<TsnIndex> lost_;
  TsnRanges acked_;

  size_t flight_ = 0;
  size_t outstandingPayload_ = 0;
  size_t advertisedWindow_;
  size_t peerWindow_;
  size_t burstLimit_ = 0;
  uint64_t packetNumber_ = 1;
  uint64_t newestAckedPacket_ = 0;
  // From the sending of that packet to its acknowledgement.
  Duration newestAckedAfter_;
  ReorderingWindow reordering_;
  // When the oldest in flight counts as lost.
  Timer lossTimer_;
  bool fastRetransmitDue_ = false;
  // Retransmissions since the window was last reduced, less those that were needless.
  std::optional<uint64_t> unexplainedRetransmits_;
  Timer probeTimer_;
  // New data goes out as a probe, whatever the window says.
  bool probeDue_ = false;
  struct Probe {
    TsnIndex tsn;
    Timestamp sentAt;
  };
  // A probe that was a retransmission, until it is acknowledged.
  std::optional<Probe> probe_;
  Timer timer_;
  // Karn's rule and "one measurement per round trip" (RFC 9260 section 6.3.1 C4).
  std::optional<Timestamp> lastSampleAt_;

  // Everything up to `settled_` is acknowledged or abandoned; `advancedPeerAck_` (RFC 3758 section
  // 3.5) is the last abandoned one among it. Stepping over acknowledged chunks between abandoned
  // ones is safe: the messages in between are acknowledged whole.
  TsnIndex settled_;
  TsnIndex advancedPeerAck_;
  std::deque<TsnIndex> resetPoints_;
  bool forwardTsnDue_ = false;
  TsnIndex forwardTsnSent_;
  std::optional<Timestamp> forwardTsnSentAt_;

  uint64_t chunksRetransmitted_ = 0;
  uint64_t fastRetransmits_ = 0;
  uint64_t timeouts_ = 0;
  uint64_t messagesSent_ = 0;
  uint64_t needlessRetransmits_ = 0;
  uint64_t probes_ = 0;
};

}  // namespace rtc::sctp
