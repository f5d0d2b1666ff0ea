#include "cpp/sctp/received_tsns.h"

#include <utility>

namespace rtc::sctp {
namespace {
// Gap blocks are 16-bit offsets from the cumulative TSN; what could not be reported is not taken.
constexpr int64_t kMaxDistance = 65535;
// RFC 9260 section 3.3.4 reports each duplicate; a flood of them need not be echoed whole.
constexpr size_t kMaxDuplicates = 16;
}  // namespace

ReceivedTsns::Kind ReceivedTsns::classify(TsnIndex tsn) const {
  if (tsn <= cumulative_ || beyond_.contains(tsn))
    return Kind::kDuplicate;
  if (tsn - cumulative_ > kMaxDistance)
    return Kind::kTooFar;
  return Kind::kNew;
}

void ReceivedTsns::record(TsnIndex tsn) {
  if (tsn == cumulative_.next() && beyond_.empty()) {
    cumulative_ = tsn;
    return;
  }
  if (tsn <= cumulative_ || !beyond_.insert(tsn)) {
    if (duplicates_.size() < kMaxDuplicates)
      duplicates_.push_back(tsn.wire());
    requestSack();
    return;
  }
  if (beyond_.front().first == cumulative_.next()) {
    cumulative_ = beyond_.front().last;
    beyond_.eraseUpTo(cumulative_);
  }
  requestSack();
}

void ReceivedTsns::forwardTo(TsnIndex tsn) {
  if (tsn <= cumulative_)
    return;
  cumulative_ = tsn;
  beyond_.eraseUpTo(tsn);
  if (!beyond_.empty() && beyond_.front().first == cumulative_.next()) {
    cumulative_ = beyond_.front().last;
    beyond_.eraseUpTo(cumulative_);
  }
}

void ReceivedTsns::packetDone(Timestamp now) {
  if (state_ == AckState::kNow)
    return;
  if (!anySackSent_ || state_ == AckState::kDelayed || !beyond_.empty()) {
    requestSack();
  } else {
    state_ = AckState::kDelayed;
    timer_.start(now, delay_);
  }
}

SackChunk ReceivedTsns::takeSack(uint32_t receiveWindow, size_t maxSize) {
  SackChunk sack;
  sack.cumulativeTsn = cumulative_.wire();
  sack.receiveWindow = receiveWindow;
  size_t blocks = maxSize > kSackFixedSize ? (maxSize - kSackFixedSize) / 4 : 0;
  for (const auto& [first, last] : beyond_.ranges()) {
    if (blocks == 0)
      break;
    sack.gaps.push_back(
        {static_cast<uint16_t>(first - cumulative_), static_cast<uint16_t>(last - cumulative_)});
    --blocks;
  }
  sack.duplicates = std::exchange(duplicates_, {});
  if (sack.duplicates.size() > blocks)
    sack.duplicates.resize(blocks);
  state_ = AckState::kIdle;
  timer_.stop();
  anySackSent_ = true;
  return sack;
}

}  // namespace rtc::sctp
