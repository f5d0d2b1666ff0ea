#include "cpp/media/nack_requester.h"

#include <algorithm>
#include <utility>

namespace rtc::media {

using rtp::SequenceIndex;
using rtp::SequenceNumber;

void NackRequester::setRoundTrip(Duration roundTrip) {
  roundTrip_ = std::clamp(roundTrip, Duration::milliseconds(1), Duration::seconds(5));
}

void NackRequester::received(SequenceNumber number, bool isRetransmission, bool beginsKeyFrame,
                             Timestamp now) {
  if (!highest_) {
    highest_ = SequenceIndex::first(number);
    return;
  }
  const SequenceIndex index = SequenceIndex::near(*highest_, number);
  const int64_t ahead = index - *highest_;
  // A retransmission is never ahead of what it repeats, but for the last packets of all; it makes
  // nothing begin anew.
  if (ahead > static_cast<int64_t>(kMaxMissing) + 1 || ahead < -kMaxAge) {
    if (!isRetransmission && hasBegunAnew(number))
      restartAt(index);
    return;
  }
  if (!isRetransmission)
    restartAt_.reset();
  if (ahead > 0) {
    if (beginsKeyFrame) {
      missing_.clear();
      next_ = Timestamp::never();
    } else {
      addMissing(index, now);
    }
    highest_ = index;
  } else {
    arrivedLate(index, isRetransmission, now);
    if (beginsKeyFrame)
      forgetBefore(index);
  }
}

bool NackRequester::hasBegunAnew(SequenceNumber number) {
  if (restartAt_ == number)
    return true;
  restartAt_ = SequenceNumber(static_cast<uint16_t>(number.value() + 1));
  return false;
}

void NackRequester::restartAt(SequenceIndex index) {
  highest_ = index;
  restartAt_.reset();
  missing_.clear();
  next_ = Timestamp::never();
  keyFrameWanted_ = true;
}

void NackRequester::addMissing(SequenceIndex until, Timestamp now) {
  const auto count = static_cast<size_t>(until - *highest_ - 1);
  if (count == 0)
    return;
  if (missing_.size() + count > kMaxMissing) {
    missing_.clear();
    next_ = Timestamp::never();
    keyFrameWanted_ = true;
    return;
  }
  const Timestamp due = now + tolerance_;
  for (SequenceIndex i = highest_->next(); i < until; i = i.next())
    missing_.push_back({i, now, due, std::nullopt, 0});
  next_ = earlier(next_, due);
}

void NackRequester::arrivedLate(SequenceIndex index, bool isRetransmission, Timestamp now) {
  const auto found = std::ranges::lower_bound(missing_, index, {}, &Missing::index);
  if (found == missing_.end() || found->index != index)
    return;
  // Asked for or not, it was on its way when nothing that was sent again can have come yet.
  const bool wasOvertaken =
      !isRetransmission && (!found->askedAt || now - *found->askedAt < roundTrip_ / 2);
  if (wasOvertaken) {
    const Duration late = now - found->missedAt;
    tolerance_ = std::min(std::max(tolerance_, late + late / 4), kMostTolerance);
  } else {
    tolerance_ = std::max(tolerance_ - tolerance_ / 16, kLeastTolerance);
  }
  missing_.erase(found);
  if (missing_.empty())
    next_ = Timestamp::never();
}

void NackRequester::forgetUpTo(SequenceNumber number) {
  if (highest_)
    forgetBefore(SequenceIndex::near(*highest_, number).next());
}

void NackRequester::forgetBefore(SequenceIndex index) {
  missing_.erase(missing_.begin(), std::ranges::lower_bound(missing_, index, {}, &Missing::index));
  if (missing_.empty())
    next_ = Timestamp::never();
}

std::vector<SequenceNumber> NackRequester::poll(Timestamp now) {
  std::vector<SequenceNumber> batch;
  if (now < next_)
    return batch;
  const size_t before = missing_.size();
  // What was asked for as often as may be has had its last round trip too.
  std::erase_if(missing_, [&](const Missing& missing) {
    return missing.requests == kMaxRequests && missing.due <= now;
  });
  if (missing_.size() != before)
    keyFrameWanted_ = true;
  next_ = Timestamp::never();
  for (Missing& missing : missing_) {
    if (missing.due <= now && batch.size() < kMaxBatch) {
      batch.push_back(missing.index.wire());
      missing.askedAt = now;
      missing.due = now + roundTrip_ + kMargin;
      ++missing.requests;
    }
    next_ = earlier(next_, missing.due);
  }
  return batch;
}

bool NackRequester::takeKeyFrameWanted() {
  return std::exchange(keyFrameWanted_, false);
}

}  // namespace rtc::media
