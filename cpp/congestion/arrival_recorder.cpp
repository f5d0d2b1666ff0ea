#include "cpp/congestion/arrival_recorder.h"

#include <algorithm>
#include <limits>

namespace rtc::congestion {
namespace {

// As libwebrtc's, which takes 50 ms at 220 kbit/s and 250 ms at 44.
constexpr Duration kLeastInterval = Duration::milliseconds(50);
constexpr Duration kMostInterval = Duration::milliseconds(250);
// IP, UDP, SRTCP, headers and twenty bytes of chunks and deltas.
constexpr int64_t kFeedbackBits = 68 * 8;
constexpr int64_t kShareOfRate = 20;

// Arrivals before the newest that stay for a late one to be told together with them.
constexpr Duration kMemory = Duration::milliseconds(500);
constexpr size_t kMaxArrivals = 4096;
constexpr int kMaxTooOld = 50;

// At two bytes of delta and two chunks each, the worst that losses can make of them, these fit
// beside the header into 1160 bytes.
constexpr size_t kMaxPerFeedback = 190;
// A delta has 15 bits of 250 us.
constexpr Duration kMaxStep = Duration::seconds(8);

}  // namespace

void ArrivalRecorder::received(rtp::SequenceNumber sequence, size_t bytes, Timestamp now) {
  rate_.add(bytes, now);
  auto index =
      newest_ ? rtp::SequenceIndex::near(*newest_, sequence) : rtp::SequenceIndex::first(sequence);
  if (forgotten_ && index <= *forgotten_) {
    if (++tooOld_ < kMaxTooOld)
      return;
    restart();
    index = rtp::SequenceIndex::first(sequence);
  }
  tooOld_ = 0;

  const auto place = firstFrom(index);
  if (place != arrivals_.end() && place->sequence == index)
    return;
  arrivals_.insert(place, {index, now});
  nextBase_ = newest_ ? std::min(nextBase_, index) : index;
  newest_ = newest_ ? std::max(*newest_, index) : index;
  if (dueAt_.isNever())
    dueAt_ = toldAt_ ? std::max(now, *toldAt_ + interval(now)) : now + kLeastInterval;
  forget(now);
}

std::optional<rtp::TransportFeedback> ArrivalRecorder::next(Timestamp now) {
  if (now < dueAt_)
    return std::nullopt;
  auto arrival = firstFrom(nextBase_);
  if (arrival == arrivals_.end()) {
    dueAt_ = Timestamp::never();
    toldAt_ = now;
    return std::nullopt;
  }
  rtp::TransportFeedback feedback;
  feedback.base = nextBase_.wire();
  feedback.feedbackCount = feedbackCount_++;
  const int64_t unit = rtp::TransportFeedback::kReferenceUnit.us();
  const int64_t reference = arrival->at.us() / unit;
  // The low 24 bits, with their sign.
  constexpr int kSpare = 32 - rtp::TransportFeedback::kReferenceBits;
  feedback.reference = static_cast<int32_t>(static_cast<uint32_t>(reference) << kSpare) >> kSpare;
  const Timestamp zero = Timestamp::microseconds(reference * unit);
  Timestamp last = arrival->at;
  for (; arrival != arrivals_.end() && feedback.arrivals.size() < kMaxPerFeedback; ++arrival) {
    const int64_t offset = arrival->sequence - nextBase_;
    const Duration step = arrival->at - last;
    if (offset >= std::numeric_limits<uint16_t>::max() || step > kMaxStep ||
        step < Duration::zero() - kMaxStep)
      break;
    feedback.arrivals.push_back({static_cast<uint16_t>(offset), arrival->at - zero});
    last = arrival->at;
  }
  feedback.count = static_cast<uint16_t>(feedback.arrivals.back().offset + 1);
  nextBase_ = nextBase_ + feedback.count;
  return feedback;
}

std::deque<ArrivalRecorder::Arrival>::iterator ArrivalRecorder::firstFrom(
    rtp::SequenceIndex sequence) {
  return std::lower_bound(
      arrivals_.begin(), arrivals_.end(), sequence,
      [](const Arrival& arrival, rtp::SequenceIndex wanted) { return arrival.sequence < wanted; });
}

void ArrivalRecorder::restart() {
  arrivals_.clear();
  newest_.reset();
  forgotten_.reset();
}

void ArrivalRecorder::forget(Timestamp now) {
  while (arrivals_.size() > kMaxArrivals ||
         (arrivals_.front().sequence < nextBase_ && now - arrivals_.front().at > kMemory)) {
    forgotten_ = arrivals_.front().sequence;
    nextBase_ = std::max(nextBase_, forgotten_->next());
    arrivals_.pop_front();
  }
}

Duration ArrivalRecorder::interval(Timestamp now) {
  const Bitrate received = rate_.rate(now).value_or(0);
  if (received * kLeastInterval.us() >= kFeedbackBits * kShareOfRate * 1'000'000)
    return kLeastInterval;
  if (received * kMostInterval.us() <= kFeedbackBits * kShareOfRate * 1'000'000)
    return kMostInterval;
  return Duration::microseconds(kFeedbackBits * kShareOfRate * 1'000'000 / received);
}

}  // namespace rtc::congestion
