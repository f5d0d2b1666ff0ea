// What is lost: how that is noticed, and the probes that bring it to light.

#include <algorithm>

#include "cpp/sctp/retransmission_queue.h"

namespace rtc::sctp {
namespace {

// How many packets sent later must be acknowledged before a chunk counts as lost.
constexpr uint64_t kPacketThreshold = 3;
// Timers of a page are no more precise than some milliseconds.
constexpr Duration kMinProbeTimeout = Duration::milliseconds(10);
// RFC 8985 section 7.2: what a probe allows a receiver that delays its only acknowledgement.
constexpr Duration kWorstSackDelay = Duration::milliseconds(200);

}  // namespace

// RFC 8985 section 6.2 steps 2 and 3: what was sent last of all that has arrived, and whether
// something came before that was sent after it.
void RetransmissionQueue::noteOrder(const Entry& entry, Timestamp now) {
  const Duration roundTrip = now - entry.sentAt;
  if (entry.packetNumber < newestAckedPacket_) {
    if (entry.transmissions == 1)
      reordering_.reordered();
    return;
  }
  // Of something sent twice, an acknowledgement this early is about the first.
  const auto least = reordering_.minRoundTrip();
  if (entry.transmissions > 1 && least && roundTrip < *least)
    return;
  newestAckedPacket_ = entry.packetNumber;
  newestAckedAfter_ = roundTrip;
}

// RFC 8985 section 6.2 step 5.
void RetransmissionQueue::detectLosses(Timestamp now) {
  lossTimer_.stop();
  const Duration window = reordering_.window(inRecovery(), rto_.smoothed());
  bool lost = false;
  while (oldest_ != kNone) {
    const Entry& entry = atPosition(oldest_);
    if (entry.packetNumber >= newestAckedPacket_)
      break;
    const bool isFarBehind = entry.packetNumber + kPacketThreshold <= newestAckedPacket_;
    const Timestamp lostAt = entry.sentAt + newestAckedAfter_ + window;
    if (now < lostAt && (reordering_.isReordering() || !isFarBehind)) {
      lossTimer_.start(now, lostAt - now);
      break;
    }
    if (!lost)
      reduceWindow();
    lost = true;
    lose(tsnAt(oldest_), now);
  }
  if (!lost)
    return;
  fastRetransmitDue_ = true;
  ++fastRetransmits_;
}

void RetransmissionQueue::reduceWindow() {
  if (inRecovery())
    return;
  recoveryExit_ = nextTsn().previous();
  congestion_->lossDetected();
  unexplainedRetransmits_ = 0;
}

// When all that was sent again had arrived, the reduction was for nothing (RFC 3708 section 3, with
// duplicate TSNs for D-SACK).
void RetransmissionQueue::noteDuplicates(const SackChunk& sack) {
  bool isExplained = false;
  for (const Tsn duplicate : sack.duplicates) {
    const TsnIndex tsn = TsnIndex::near(cumulativeAck(), duplicate);
    if (!reordering_.reportedTwice(tsn, cumulativeAck(), nextTsn()))
      continue;
    ++needlessRetransmits_;
    if (unexplainedRetransmits_ && *unexplainedRetransmits_ > 0)
      isExplained = --*unexplainedRetransmits_ == 0;
  }
  if (!isExplained || !lost_.empty())
    return;
  congestion_->undoReduction();
  recoveryExit_.reset();
  unexplainedRetransmits_.reset();
}

// ---- tail loss probes (RFC 8985 section 7)

// Where nothing is known to be missing, and something is in flight whose acknowledgement may never
// be asked for by what follows.
void RetransmissionQueue::armProbe(Timestamp now) {
  probeTimer_.stop();
  const auto smoothed = rto_.smoothed();
  if (flight_ == 0 || lossKnown() || probe_ || inRecovery() || !smoothed || probingZeroWindow()) {
    return;
  }
  Duration timeout = std::max(*smoothed * 2, kMinProbeTimeout);
  if (atPosition(oldest_).packetNumber == atPosition(newest_).packetNumber)
    timeout += kWorstSackDelay;
  if (now + timeout < timer_.deadline())
    probeTimer_.start(now, timeout);
}

void RetransmissionQueue::probe(Timestamp now) {
  if (newest_ == kNone || lossKnown())
    return;
  if (!queue_.empty() && peerWindow_ > 0 && entries_.size() < config_.maxOutstanding()) {
    probeDue_ = true;
  } else {
    const TsnIndex tsn = tsnAt(newest_);
    if (!mayRetransmit(at(tsn), now))
      return;
    markLost(tsn, now);
    fastRetransmitDue_ = true;
    probe_ = Probe{tsn, now};
  }
  ++probes_;
  timer_.start(now, rto_.rto());
}

void RetransmissionQueue::lose(TsnIndex tsn, Timestamp now) {
  const Entry& entry = at(tsn);
  const size_t bytes = entry.chunkSize();
  congestion_->chunkLost(entry.sendState, bytes, deliveryRate_.lose(bytes), now);
  markLost(tsn, now);
}

void RetransmissionQueue::markLost(TsnIndex tsn, Timestamp now) {
  Entry& entry = at(tsn);
  leaveFlight(entry);
  peerWindow_ += entry.fragment.length;  // RFC 9260 section 6.2.1 C
  entry.status = Status::kLost;
  lost_.insert(tsn);
  if (!mayRetransmit(entry, now))
    abandon(tsn);
}

}  // namespace rtc::sctp
