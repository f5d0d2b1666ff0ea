#include "cpp/sctp/retransmission_queue.h"

#include <algorithm>
#include <set>
#include <utility>

// retransmission_queue_losses.cpp and retransmission_queue_given_up.cpp have the rest.

namespace rtc::sctp {

RetransmissionQueue::RetransmissionQueue(const Config& config, Tsn initialTsn,
                                         uint32_t peerReceiveWindow, SendQueue& queue,
                                         RtoEstimator& rto)
    : config_(config),
      queue_(queue),
      rto_(rto),
      congestion_(
          config.congestionControl({config.maxPacketSize, peerReceiveWindow, initialTsn.value()})),
      packetSize_(config.maxPacketSize),
      maxPayload_(config.maxPacketSize - kPacketHeaderSize - config.dataHeaderSize()),
      base_(TsnIndex::first(initialTsn)),
      advertisedWindow_(peerReceiveWindow),
      peerWindow_(peerReceiveWindow),
      settled_(base_.previous()),
      advancedPeerAck_(base_.previous()),
      forwardTsnSent_(base_.previous()) {
  // Half of the window, since what is begun need not come to its end in the order of beginning.
  queue_.setRules({config.partialReliability, config.interleaving, peerReceiveWindow / 2});
  openBurst();
}

void RetransmissionQueue::setPacketSize(size_t bytes) {
  packetSize_ = bytes;
  congestion_->setMaxPacketSize(bytes);
}

// ---- sending

bool RetransmissionQueue::sendable(Timestamp now) {
  pacedUntil_ = Timestamp::never();
  if (!wantsToSend()) {
    pacer_.rests();
    return false;
  }
  if (urgent() || pacer_.isOpen(now))
    return true;
  pacer_.waits();
  pacedUntil_ = pacer_.opensAt();
  return false;
}

bool RetransmissionQueue::wantsToSend() const {
  if (!lost_.empty()) {
    return fastRetransmitDue_ || flight_ == 0 ||
           flight_ + entries_[static_cast<size_t>(*lost_.begin() - base_)].chunkSize() <=
               congestion_->window();
  }
  if (queue_.empty() || entries_.size() >= config_.maxOutstanding())
    return false;
  if (outstandingPayload_ == 0)
    return true;
  return peerWindow_ > 0 && (probeDue_ || flight_ < newDataLimit());
}

// A pace makes bursts by itself no longer than they may be.
size_t RetransmissionQueue::newDataLimit() const {
  return congestion_->pacingRate() > 0 ? congestion_->window()
                                       : std::min(congestion_->window(), burstLimit_);
}

bool RetransmissionQueue::fill(PacketBuilder& packet, Timestamp now) {
  if (flight_ == 0)
    openBurst();
  const size_t room = packet.room();
  bool added = fillRetransmissions(packet, now);
  if (lost_.empty())
    added = fillNew(packet, now) || added;
  probeDue_ = false;
  if (added) {
    // What is given up meanwhile leaves the flight, and is none of the packet's.
    pacer_.sent(room - packet.room(), congestion_->pacingRate(), now);
    if (!timer_.running())
      timer_.start(now, rto_.rto());
    armProbe(now);
  }
  if (lost_.empty() && (queue_.empty() || peerWindow_ == 0) && flight_ < congestion_->window())
    deliveryRate_.appLimited(flight_);
  return added;
}

bool RetransmissionQueue::fillRetransmissions(PacketBuilder& packet, Timestamp now) {
  bool added = false;
  bool first = fastRetransmitDue_;
  while (!lost_.empty()) {
    const TsnIndex tsn = *lost_.begin();
    Entry& entry = at(tsn);
    if (!mayRetransmit(entry, now)) {
      abandon(tsn);
      continue;
    }
    if (!packet.fits(entry.chunkSize()))
      break;
    // RFC 9260 section 7.2.4: the first packet of a fast retransmit disregards the window.
    if (!first && flight_ > 0 && flight_ + entry.chunkSize() > congestion_->window())
      break;
    lost_.erase(lost_.begin());
    entry.status = Status::kInFlight;
    ++entry.transmissions;
    ++chunksRetransmitted_;
    reordering_.retransmitted(tsn);
    if (unexplainedRetransmits_)
      ++*unexplainedRetransmits_;
    // RFC 9260 section 6.3.2 / 7.2.4: T3-rtx restarts with the earliest outstanding chunk.
    if (tsn == base_)
      timer_.start(now, rto_.rto());
    write(packet, tsn, now);
    added = true;
  }
  if (added)
    fastRetransmitDue_ = false;
  return added;
}

bool RetransmissionQueue::fillNew(PacketBuilder& packet, Timestamp now) {
  bool added = false;
  const size_t limit = newDataLimit();
  const size_t headerSize = config_.dataHeaderSize();
  while (packet.room() > headerSize && entries_.size() < config_.maxOutstanding() &&
         !queue_.empty()) {
    // RFC 9260 section 6.1 rule B: what is in flight may end up to a packet beyond the window. What
    // is begun is filled.
    if (!added && flight_ > 0 && flight_ >= limit && !probeDue_)
      break;
    size_t room = std::min(packet.room() - headerSize, maxPayload_);
    // With nothing outstanding one chunk may go into a closed window, to probe it (RFC 9260
    // section 6.1 rule A).
    if (outstandingPayload_ > 0)
      room = std::min(room, peerWindow_);
    if (room == 0)
      break;
    const TsnIndex tsn = nextTsn();
    auto fragment = queue_.produce({room, maxPayload_, smallestFragment()}, tsn, now);
    if (!fragment)
      break;
    if (fragment->placeholder) {
      appendPlaceholder(std::move(*fragment));
      continue;
    }
    if (fragment->begin)
      ++messagesSent_;
    append(std::move(*fragment)).transmissions = 1;
    write(packet, tsn, now);
    added = true;
  }
  return added;
}

void RetransmissionQueue::write(PacketBuilder& packet, TsnIndex tsn, Timestamp now) {
  Entry& entry = at(tsn);
  const OutgoingMessage& message = *entry.fragment.message;
  entry.sentAt = now;
  entry.packetNumber = packetNumber_;
  if (flight_ == 0)
    congestion_->resumed(now);
  const size_t flightBefore = flight_;
  flight_ += entry.chunkSize();
  entry.sendState = deliveryRate_.sent(flightBefore, flight_, now);
  outstandingPayload_ += entry.fragment.length;
  peerWindow_ -= std::min<size_t>(peerWindow_, entry.fragment.length);
  linkNewest(tsn);

  const auto writeChunk = [&](auto chunk) {
    chunk.tsn = tsn.wire();
    chunk.stream = message.stream;
    chunk.ppid = message.ppid;
    chunk.begin = entry.fragment.begin;
    chunk.end = entry.fragment.end;
    chunk.unordered = !message.ordered;
    // RFC 7053: an acknowledgement that is not delayed, where nothing follows that brings it about.
    // Whatever is not acknowledged is sent again when the peer restarts the association.
    chunk.immediateAck = entry.fragment.end && message.isReliable() && queue_.empty();
    chunk.payload = entry.fragment.payload();
    chunk.writeTo(packet);
  };
  if (config_.interleaving) {
    IDataChunk chunk;
    chunk.mid = message.mid;
    chunk.fsn = entry.fragment.number;
    writeChunk(chunk);
  } else {
    DataChunk chunk;
    chunk.ssn = message.ordered ? message.ssn() : Ssn(0);
    writeChunk(chunk);
  }
}

// ---- acknowledgements

RetransmissionQueue::SackEffect RetransmissionQueue::handleSack(const SackChunk& sack,
                                                                Timestamp now) {
  const TsnIndex cumulative = TsnIndex::near(cumulativeAck(), sack.cumulativeTsn);
  if (cumulative < cumulativeAck() || cumulative >= nextTsn())
    return SackEffect::kIgnored;

  const bool wasProbing = probingZeroWindow();
  const bool advanced = cumulative > cumulativeAck();
  const size_t flightBefore = flight_;
  AckSummary summary;
  const bool wasInRecovery = inRecovery();
  advanceBase(cumulative, summary, now);
  for (const SackChunk::GapBlock& gap : sack.gaps) {
    const TsnRange range{cumulative + gap.start, cumulative + gap.end};
    if (gap.start == 0 || gap.end < gap.start || range.last >= nextTsn())
      continue;
    acked_.insertRange(range, [&](TsnRange fresh) {
      for (TsnIndex tsn = fresh.first; tsn <= fresh.last; tsn = tsn.next()) {
        acknowledge(tsn, summary, now);
      }
    });
  }

  advertisedWindow_ = sack.receiveWindow;
  noteDuplicates(sack);
  detectLosses(now);
  if (wasProbing && !probingZeroWindow()) {
    // The window opened. The probe was most likely thrown away, and T3-rtx may be far.
    while (oldest_ != kNone)
      markLost(tsnAt(oldest_), now);
  }
  finishAck(summary, advanced, flightBefore, now);
  if (wasInRecovery && !inRecovery())
    reordering_.recovered();
  return advanced || summary.bytes > 0 ? SackEffect::kProgress : SackEffect::kNothingNew;
}

bool RetransmissionQueue::handleCumulativeAck(Tsn wire, Timestamp now) {
  const TsnIndex cumulative = TsnIndex::near(cumulativeAck(), wire);
  if (cumulative <= cumulativeAck() || cumulative >= nextTsn())
    return false;
  const size_t flightBefore = flight_;
  AckSummary summary;
  advanceBase(cumulative, summary, now);
  finishAck(summary, true, flightBefore, now);
  return true;
}

void RetransmissionQueue::finishAck(const AckSummary& summary, bool advanced, size_t flightBefore,
                                    Timestamp now) {
  if (recoveryExit_ && cumulativeAck() >= *recoveryExit_)
    recoveryExit_.reset();
  Acknowledgement ack;
  ack.now = now;
  ack.bytesAcked = summary.bytes;
  ack.flightBefore = flightBefore;
  ack.flight = flight_;
  ack.cumulativeAdvanced = advanced;
  ack.nothingOutstanding = entries_.empty();
  ack.inRecovery = inRecovery();
  if (summary.sampleSentAt)
    ack.roundTrip = now - *summary.sampleSentAt;
  deliveryRate_.complete(ack);
  congestion_->acknowledged(ack);
  peerWindow_ =
      advertisedWindow_ > outstandingPayload_ ? advertisedWindow_ - outstandingPayload_ : 0;
  if (summary.sampleSentAt)
    reordering_.measured(now - *summary.sampleSentAt);
  if (summary.sampleSentAt && (!lastSampleAt_ || *summary.sampleSentAt >= *lastSampleAt_)) {
    rto_.measured(now - *summary.sampleSentAt);
    lastSampleAt_ = now;
  }
  updateAdvancedPeerAck();
  repeatForwardTsn(now);
  // RFC 9260 section 6.3.2 R2 and R3, taking any progress for the earliest chunk's.
  if (entries_.empty()) {
    timer_.stop();
    probeTimer_.stop();
    lossTimer_.stop();
  } else if (advanced || summary.bytes > 0) {
    timer_.start(now, rto_.rto());
    armProbe(now);
  }
  openBurst();
}

void RetransmissionQueue::advanceBase(TsnIndex cumulative, AckSummary& summary, Timestamp now) {
  while (base_ <= cumulative) {
    acknowledge(base_, summary, now);
    entries_.pop_front();
    base_ = base_.next();
    ++popped_;
  }
  acked_.eraseUpTo(cumulative);
  // It was given up, or it would have been acknowledged.
  if (probe_ && probe_->tsn <= cumulative)
    probe_.reset();
  while (!resetPoints_.empty() && resetPoints_.front() <= cumulative)
    resetPoints_.pop_front();
  settled_ = std::max(settled_, cumulative);
  advancedPeerAck_ = std::max(advancedPeerAck_, cumulative);
}

void RetransmissionQueue::acknowledge(TsnIndex tsn, AckSummary& summary, Timestamp now) {
  Entry& entry = at(tsn);
  switch (entry.status) {
    case Status::kInFlight:
      leaveFlight(entry);
      break;
    case Status::kLost:
      lost_.erase(tsn);
      break;
    case Status::kAcked:
    case Status::kAbandoned:
      return;
  }
  entry.status = Status::kAcked;
  summary.bytes += entry.chunkSize();
  deliveryRate_.acknowledged(entry.sendState, entry.chunkSize(), entry.sentAt, now);
  noteOrder(entry, now);
  if (probe_ && probe_->tsn == tsn) {
    // Sooner than a round trip it was the first transmission that arrived. Else the probe has
    // repaired a loss (RFC 8985 section 7.4).
    const auto least = reordering_.minRoundTrip();
    if (!least || now - probe_->sentAt >= *least)
      reduceWindow();
    probe_.reset();
  }
  if (entry.transmissions == 1 && (!summary.sampleSentAt || entry.sentAt > *summary.sampleSentAt)) {
    summary.sampleSentAt = entry.sentAt;
  }
}

bool RetransmissionQueue::handleTimeout(Timestamp now) {
  if (pacedUntil_ <= now)
    pacedUntil_ = Timestamp::never();
  if (lossTimer_.expire(now))
    detectLosses(now);
  if (probeTimer_.expire(now))
    probe(now);
  if (!timer_.expire(now) || entries_.empty())
    return false;
  lossTimer_.stop();
  probeTimer_.stop();
  probe_.reset();
  unexplainedRetransmits_.reset();
  ++timeouts_;
  const bool probing = probingZeroWindow();
  const bool hadFlight = flight_ > 0 || !lost_.empty();
  if (entries_.front().status == Status::kAcked) {
    // Reported received once, yet never acknowledged cumulatively: the peer reneged (RFC 9260
    // section 6.2.1), so that nothing it reported out of order counts.
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].status != Status::kAcked)
        continue;
      entries_[i].status = Status::kLost;
      lost_.insert(base_ + static_cast<int64_t>(i));
    }
    acked_.clear();
    settled_ = advancedPeerAck_ = cumulativeAck();
    updateAdvancedPeerAck();
  }
  while (oldest_ != kNone)
    markLost(tsnAt(oldest_), now);
  rto_.backOff();
  if (hadFlight && !probing) {
    recoveryExit_.reset();
    congestion_->timedOut();
  }
  if (advancedPeerAck_ > cumulativeAck())
    forwardTsnDue_ = true;
  timer_.start(now, rto_.rto());
  openBurst();
  return true;
}

std::vector<MessageRef> RetransmissionQueue::unacknowledged(Timestamp now) const {
  std::vector<MessageRef> messages;
  std::set<const OutgoingMessage*> listed;
  // Streams on which an ordered message is missing: what follows there was reported in gap blocks,
  // but not delivered, and a peer that begins anew has lost it.
  std::set<StreamId> waiting;
  for (const Entry& entry : entries_) {
    const MessageRef& message = entry.fragment.message;
    const bool isOpen = entry.status == Status::kInFlight || entry.status == Status::kLost;
    if (isOpen && message->ordered)
      waiting.insert(message->stream);
    const bool isUndelivered = entry.status == Status::kAcked && message->ordered &&
                               message->isReliable() && waiting.contains(message->stream);
    if ((!isOpen && !isUndelivered) || !message->wholeCut() || !mayRetransmit(entry, now))
      continue;
    if (listed.insert(message.get()).second)
      messages.push_back(message);
  }
  return messages;
}

RetransmissionQueue::Entry& RetransmissionQueue::append(Fragment fragment) {
  const int64_t self = position(nextTsn());
  OutgoingMessage& message = *fragment.message;
  Entry entry;
  entry.fragment = std::move(fragment);
  entry.headerSize = config_.dataHeaderSize();
  entry.previousOfMessage = message.lastEntry;
  if (message.lastEntry >= popped_)
    atPosition(message.lastEntry).nextOfMessage = self;
  message.lastEntry = self;
  entries_.push_back(std::move(entry));
  return entries_.back();
}

// ---- the list in order of sending

void RetransmissionQueue::linkNewest(TsnIndex tsn) {
  const int64_t self = position(tsn);
  Entry& entry = at(tsn);
  entry.older = newest_;
  entry.newer = kNone;
  if (newest_ != kNone)
    atPosition(newest_).newer = self;
  if (oldest_ == kNone)
    oldest_ = self;
  newest_ = self;
}

void RetransmissionQueue::unlink(Entry& entry) {
  if (entry.older != kNone) {
    atPosition(entry.older).newer = entry.newer;
  } else {
    oldest_ = entry.newer;
  }
  if (entry.newer != kNone) {
    atPosition(entry.newer).older = entry.older;
  } else {
    newest_ = entry.older;
  }
}

void RetransmissionQueue::leaveFlight(Entry& entry) {
  unlink(entry);
  flight_ -= entry.chunkSize();
  outstandingPayload_ -= entry.fragment.length;
}

}  // namespace rtc::sctp
