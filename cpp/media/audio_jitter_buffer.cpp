#include "cpp/media/audio_jitter_buffer.h"

#include <algorithm>
#include <utility>

#include "cpp/media/audio_duration.h"

namespace rtc::media {
namespace {

// What one packet is thought to carry at most: Opus's bound.
constexpr int64_t kMaxPacketMs = 120;
constexpr int64_t kUsualPacketMs = 20;
// A longer gap is no loss to be concealed packet by packet.
constexpr int64_t kMaxConcealed = 50;

uint32_t clockRateOf(const std::vector<Codec>& codecs) {
  for (const Codec& codec : codecs) {
    if (codec.format == payload::Format::kAudio && codec.clockRate > 0)
      return codec.clockRate;
  }
  return 48000;
}

}  // namespace

AudioJitterBuffer::AudioJitterBuffer(const std::vector<Codec>& codecs)
    : AudioJitterBuffer(codecs, audioPlayoutDelay(clockRateOf(codecs))) {}

AudioJitterBuffer::AudioJitterBuffer(const std::vector<Codec>& codecs,
                                     const PlayoutDelayOptions& options)
    : codecs_(codecs), delay_(options), clockRate_(options.clockRate) {}

void AudioJitterBuffer::setCodecs(const std::vector<Codec>& codecs) {
  codecs_ = codecs;
}

Duration AudioJitterBuffer::toDuration(int64_t units) const {
  return Duration::microseconds(units * 1'000'000 / static_cast<int64_t>(clockRate_));
}

void AudioJitterBuffer::insert(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now) {
  if (next_ && restart_.sees(index, *next_)) {
    ++counters_.restarts;
    restart();
  }
  if (next_ && index < *next_) {
    ++counters_.packetsDiscarded;
    return;
  }
  if (held_.contains(index)) {
    ++counters_.packetsDuplicated;
    return;
  }
  const auto codec = std::ranges::find_if(
      codecs_, [&](const Codec& known) { return known.payloadType == packet.payloadType; });
  if (codec == codecs_.end()) {
    ++counters_.packetsOfUnknownType;
    return;
  }
  Held held;
  held.isFiller = packet.payload.empty() || codec->format == payload::Format::kTelephoneEvent;
  held.timestamp = lastTimestamp_ ? rtp::RtpTimeIndex::near(*lastTimestamp_, packet.timestamp)
                                  : rtp::RtpTimeIndex::first(packet.timestamp);
  held.receivedAt = now;
  if (!held.isFiller) {
    lastTimestamp_ = held.timestamp;
    delay_.arrived(held.timestamp, now);
    held.duration = audioDuration(*codec, packet.payload).value_or(0);
  }
  heldBytes_ += packet.payload.size();
  held.packet = std::move(packet);
  held_.emplace(index, std::move(held));
  process(now);
}

void AudioJitterBuffer::insertRedundant(rtp::Packet packet, rtp::SequenceIndex index,
                                        Timestamp now) {
  if (isInOrder(packet, index))
    insert(std::move(packet), index, now);
  else
    ++counters_.packetsDiscarded;
}

// Between those of the numbers around it, by its timestamp as well.
bool AudioJitterBuffer::isInOrder(const rtp::Packet& packet, rtp::SequenceIndex index) const {
  if (!next_ || !lastTimestamp_)
    return true;
  const auto timestamp = rtp::RtpTimeIndex::near(*lastTimestamp_, packet.timestamp);
  const auto isSound = [](const auto& entry) {
    return !entry.second.isFiller;
  };
  const auto place = held_.lower_bound(index);
  const auto after = std::find_if(place, held_.end(), isSound);
  const auto before = std::find_if(std::make_reverse_iterator(place), held_.rend(), isSound);
  return (after == held_.end() || timestamp < after->second.timestamp) &&
         timestamp > (before == held_.rend() ? givenTimestamp_ : before->second.timestamp);
}

std::optional<AudioJitterBuffer::Output> AudioJitterBuffer::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void AudioJitterBuffer::handleTimeout(Timestamp now) {
  if (now >= deadline_)
    process(now);
}

void AudioJitterBuffer::process(Timestamp now) {
  deadline_ = Timestamp::never();
  while (step(now)) {
  }
}

bool AudioJitterBuffer::step(Timestamp now) {
  if (held_.empty())
    return false;
  const auto& [index, held] = *held_.begin();
  const int64_t missing = next_ ? index - *next_ : 0;
  if (missing > 0)
    return tellLoss(held, missing, now);
  if (!held.isFiller && held_.size() <= kMaxPackets && heldBytes_ <= kMaxBytes) {
    const Timestamp leaves = dueAt(held) - kAhead;
    if (now < leaves) {
      deadline_ = leaves;
      return false;
    }
  }
  give(now);
  return true;
}

Timestamp AudioJitterBuffer::playAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt,
                                    Timestamp now) {
  const Timestamp due = delay_.playAt(timestamp, arrivedAt);
  // A hostile timestamp must not hold up all that comes after it.
  lastPlayAt_ = std::max(due, std::min(lastPlayAt_, now + delay_.current()));
  return lastPlayAt_;
}

bool AudioJitterBuffer::tellLoss(const Held& held, int64_t missing, Timestamp now) {
  const int64_t usual =
      lastDuration_ != 0 ? int64_t{lastDuration_} : int64_t{clockRate_} * kUsualPacketMs / 1000;
  const int64_t most = int64_t{clockRate_} * kMaxPacketMs / 1000;
  const int64_t gap = held.timestamp - nextTimestamp_;
  // Packets may have become longer or shorter; silence that was not sent is none of them.
  const int64_t each = gap <= 0 || gap / missing > most ? usual : gap / missing;
  const bool isFull = held_.size() > kMaxPackets || heldBytes_ > kMaxBytes;
  if (gap > 0 && !isFull) {
    const Timestamp due = delay_.releaseAt(nextTimestamp_, held.receivedAt);
    if (now < due) {
      deadline_ = due;
      return false;
    }
  }
  const bool isConcealed = missing <= kMaxConcealed && gap > 0;
  Lost lost;
  lost.count = isConcealed ? 1 : static_cast<uint64_t>(missing);
  lost.duration = isConcealed ? toDuration(std::min(each, gap)) : Duration::zero();
  lost.playAt = playAt(nextTimestamp_, now, now);
  lost.timestamp = nextTimestamp_.wire();
  if (missing == 1 && !held.isFiller)
    lost.next = held.packet.payload;
  counters_.packetsMissed += lost.count;
  next_ = *next_ + static_cast<int64_t>(lost.count);
  if (isConcealed)
    nextTimestamp_ = nextTimestamp_ + std::min(each, gap);
  outputs_.emplace_back(std::move(lost));
  return true;
}

void AudioJitterBuffer::give(Timestamp now) {
  auto node = held_.extract(held_.begin());
  Held& held = node.mapped();
  heldBytes_ -= held.packet.payload.size();
  const bool isFirst = !next_;
  next_ = node.key().next();
  if (held.isFiller) {
    if (isFirst)
      nextTimestamp_ = held.timestamp;
    return;
  }
  const uint32_t duration = held.duration != 0 ? held.duration : lastDuration_;
  givenTimestamp_ = held.timestamp;
  nextTimestamp_ = held.timestamp + duration;
  lastDuration_ = duration;
  // What it is ahead it waits all the same.
  const Timestamp left = std::clamp(dueAt(held), now, now + kAhead);
  counters_.jitterBufferDelay += (left - held.receivedAt) * duration;
  counters_.jitterBufferTargetDelay += delay_.target() * duration;
  counters_.jitterBufferMinimumDelay += delay_.adaptive() * duration;
  counters_.jitterBufferEmittedCount += duration;

  Frame out;
  out.playAt = playAt(held.timestamp, held.receivedAt, now);
  out.receivedAt = held.receivedAt;
  out.frame.data = std::move(held.packet.payload);
  out.frame.timestamp = held.packet.timestamp;
  out.frame.payloadType = held.packet.payloadType;
  out.frame.csrcs = std::move(held.packet.csrcs);
  outputs_.emplace_back(std::move(out));
}

void AudioJitterBuffer::restart() {
  held_.clear();
  heldBytes_ = 0;
  lastTimestamp_.reset();
  givenTimestamp_.reset();
  next_.reset();
}

}  // namespace rtc::media
