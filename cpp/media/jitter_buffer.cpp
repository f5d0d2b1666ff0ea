#include "cpp/media/jitter_buffer.h"

#include <algorithm>
#include <utility>

namespace rtc::media {
namespace {

// A first retransmission and, if that is lost, a second one.
constexpr int64_t kRetransmissions = 2;
constexpr Duration kRetransmissionMargin = Duration::milliseconds(60);
constexpr Duration kMinPatience = Duration::milliseconds(120);
constexpr Duration kMaxPatience = Duration::milliseconds(1000);
// Encoders answer one request in a while at most; a key frame that is on its way may take long on a
// slow path, and another one would only hold it up.
constexpr Duration kAskAgain = Duration::milliseconds(500);
constexpr Duration kAskAgainWhileReceiving = Duration::milliseconds(3000);
// webrtc-stats, freezeCount: "the average of the last 30 inter-frame durations", three times that
// or 150 ms more.
constexpr size_t kFreezeIntervals = 30;
constexpr Duration kFreezeMargin = Duration::milliseconds(150);

}  // namespace

JitterBuffer::JitterBuffer(const std::vector<Codec>& codecs, const PlayoutDelayOptions& options)
    : assembler_(codecs), delay_(options) {}

void JitterBuffer::insert(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now) {
  if (next_ && restart_.sees(index, *next_)) {
    ++counters_.restarts;
    restart();
  }
  switch (assembler_.insert(std::move(packet), index, now)) {
    case FrameAssembler::Insertion::kTaken:
      break;
    case FrameAssembler::Insertion::kDuplicate:
      ++counters_.packetsDuplicated;
      return;
    case FrameAssembler::Insertion::kLate:
      ++counters_.packetsDiscarded;
      return;
    case FrameAssembler::Insertion::kUnknownPayloadType:
      ++counters_.packetsOfUnknownType;
      return;
    case FrameAssembler::Insertion::kMalformed:
      ++counters_.packetsMalformed;
      return;
    case FrameAssembler::Insertion::kOverflow:
      ++counters_.overflows;
      askForKeyFrame(now);
      break;
  }
  while (auto frame = assembler_.poll())
    take(std::move(*frame), now);
  process(now);
}

void JitterBuffer::take(AssembledFrame frame, Timestamp now) {
  ++counters_.framesReceived;
  counters_.keyFramesReceived += frame.header.isKey ? 1 : 0;
  if (frame.packets > 1) {
    ++counters_.framesAssembledFromMultiplePackets;
    counters_.totalAssemblyTime += frame.completeAt - frame.firstPacketAt;
  }
  if (next_ && frame.first < *next_) {
    ++counters_.framesDropped;
    return;
  }
  Waiting waiting;
  waiting.timestamp = lastTimestamp_
                          ? rtp::RtpTimeIndex::near(*lastTimestamp_, frame.frame.timestamp)
                          : rtp::RtpTimeIndex::first(frame.frame.timestamp);
  lastTimestamp_ = waiting.timestamp;
  delay_.arrived(waiting.timestamp, now);
  frameBytes_ += frame.frame.data.size();
  const rtp::SequenceIndex first = frame.first;
  waiting.frame = std::move(frame);
  frames_.emplace(first, std::move(waiting));
}

std::optional<JitterBuffer::Output> JitterBuffer::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void JitterBuffer::handleTimeout(Timestamp now) {
  if (now >= deadline_)
    process(now);
}

void JitterBuffer::process(Timestamp now) {
  deadline_ = Timestamp::never();
  while (step(now)) {
  }
}

bool JitterBuffer::followsDirectly(const AssembledFrame& frame) const {
  return next_ && assembler_.isDone(*next_, frame.first);
}

JitterBuffer::Frames::iterator JitterBuffer::firstDecodable() {
  bool follows = true;
  for (auto it = frames_.begin(); it != frames_.end(); ++it) {
    // Only the first one can follow what was given; the others would leave something out.
    follows = it == frames_.begin() && followsDirectly(it->second.frame);
    if (chain_.canDecode(it->second.frame, follows))
      return it;
  }
  return frames_.end();
}

Timestamp JitterBuffer::releaseAt(const Waiting& waiting) const {
  return delay_.releaseAt(waiting.timestamp, waiting.frame.completeAt);
}

bool JitterBuffer::isOverfull() const {
  return frames_.size() > kMaxFrames || frameBytes_ > kMaxFrameBytes;
}

Timestamp JitterBuffer::patienceEnds() const {
  if (assembler_.isReceivingKey())
    return *stuckSince_ + kMaxPatience;
  return *stuckSince_ + std::clamp(roundTrip_ * kRetransmissions + kRetransmissionMargin,
                                   kMinPatience, kMaxPatience);
}

bool JitterBuffer::step(Timestamp now) {
  const auto front = frames_.begin();
  const bool follows = front != frames_.end() && followsDirectly(front->second.frame);
  const auto candidate = firstDecodable();
  if (candidate != frames_.end()) {
    const Timestamp due = releaseAt(candidate->second);
    if (now >= due || isOverfull()) {
      while (frames_.begin() != candidate)
        drop(frames_.begin());
      give(candidate, now);
      return true;
    }
    deadline_ = due;
    return false;
  }
  // Nothing will come any more that it needs.
  if (front != frames_.end() && (follows || isOverfull())) {
    const bool isBase = front->second.frame.header.temporalLayer == 0;
    drop(front);
    if (isBase)
      askForKeyFrame(now);
    return true;
  }
  const bool hasHole = assembler_.hasHole();
  if (front == frames_.end() && !hasHole) {
    stuckSince_.reset();
    return false;
  }
  // Frames from the middle of a stream; what they need was sent before we were there.
  if (!chain_.hasBegun() && !hasHole)
    askForKeyFrame(now);
  if (!stuckSince_)
    stuckSince_ = now;
  Timestamp giveUp = patienceEnds();
  if (front != frames_.end())
    giveUp = std::max(giveUp, releaseAt(front->second));
  if (now < giveUp) {
    deadline_ = giveUp;
    return false;
  }
  askForKeyFrame(now);
  deadline_ = *askedAt_ + (assembler_.isReceivingKey() ? kAskAgainWhileReceiving : kAskAgain);
  return false;
}

void JitterBuffer::askForKeyFrame(Timestamp now) {
  const Duration pause = assembler_.isReceivingKey() ? kAskAgainWhileReceiving : kAskAgain;
  if (askedAt_ && now < *askedAt_ + pause)
    return;
  askedAt_ = now;
  ++counters_.keyFramesRequested;
  outputs_.emplace_back(KeyFrameNeeded{});
}

void JitterBuffer::give(Frames::iterator it, Timestamp now) {
  Waiting& waiting = it->second;
  chain_.given(waiting.frame, followsDirectly(waiting.frame));
  const Timestamp playAt = delay_.playAt(waiting.timestamp, waiting.frame.completeAt);
  countGiven(waiting, playAt, now);
  if (waiting.frame.header.isKey)
    askedAt_.reset();
  stuckSince_.reset();
  next_ = waiting.frame.last.next();
  assembler_.dropBefore(*next_);
  frameBytes_ -= waiting.frame.frame.data.size();
  outputs_.emplace_back(Frame{std::move(waiting.frame.frame), playAt, waiting.frame.firstPacketAt});
  frames_.erase(it);
}

void JitterBuffer::drop(Frames::iterator it) {
  ++counters_.framesDropped;
  chain_.skipped();
  next_ = it->second.frame.last.next();
  assembler_.dropBefore(*next_);
  frameBytes_ -= it->second.frame.frame.data.size();
  frames_.erase(it);
}

void JitterBuffer::countGiven(const Waiting& waiting, Timestamp playAt, Timestamp now) {
  ++counters_.jitterBufferEmittedCount;
  counters_.jitterBufferDelay += now - waiting.frame.firstPacketAt;
  counters_.jitterBufferTargetDelay += delay_.target();
  counters_.jitterBufferMinimumDelay += delay_.adaptive();
  // It is shown when it is due, or as soon as it can be.
  const Timestamp shown = std::max(playAt, now + delay_.allowance());
  if (lastPlayAt_ && shown > *lastPlayAt_) {
    const Duration interval = shown - *lastPlayAt_;
    if (!intervals_.empty()) {
      Duration sum;
      for (const Duration one : intervals_)
        sum += one;
      const Duration average = sum / static_cast<int64_t>(intervals_.size());
      if (interval > std::max(average * 3, average + kFreezeMargin)) {
        ++counters_.freezeCount;
        counters_.totalFreezesDuration += interval;
      }
    }
    intervals_.push_back(interval);
    if (intervals_.size() > kFreezeIntervals)
      intervals_.pop_front();
  }
  lastPlayAt_ = std::max(shown, lastPlayAt_.value_or(shown));
}

void JitterBuffer::restart() {
  counters_.framesDropped += frames_.size();
  assembler_.reset();
  chain_.reset();
  frames_.clear();
  frameBytes_ = 0;
  lastTimestamp_.reset();
  next_.reset();
  stuckSince_.reset();
}

}  // namespace rtc::media
