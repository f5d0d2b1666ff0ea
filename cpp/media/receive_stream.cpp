#include "cpp/media/receive_stream.h"

#include <algorithm>
#include <utility>

#include "cpp/media/red.h"
#include "cpp/media/retransmission.h"
#include "cpp/rtp/extension_values.h"

namespace rtc::media {
namespace {

/// Of a packet or a frame that is held, about.
constexpr size_t kOverhead = 512;
/// More frames than wait in any jitter buffer.
constexpr size_t kMaxNotes = 256;

}  // namespace

ReceiveStream::ReceiveStream(const ReceiveStreamConfig& config, Timestamp now)
    : config_(config), heardAt_(now) {}

const Codec* ReceiveStream::codecWith(rtp::PayloadType type) const {
  for (const Codec& codec : config_.codecs) {
    if (codec.payloadType == type)
      return &codec;
  }
  return nullptr;
}

void ReceiveStream::setCodecs(const std::vector<Codec>& codecs) {
  config_.codecs = codecs;
  if (video_)
    video_->setCodecs(codecs);
  if (audio_)
    audio_->setCodecs(codecs);
}

void ReceiveStream::setJitterBufferTarget(std::optional<Duration> target) {
  target_ = target;
  if (video_)
    video_->setTarget(target);
  if (audio_)
    audio_->setTarget(target);
}

void ReceiveStream::setSyncDelay(Duration delay) {
  syncDelay_ = delay;
  if (video_)
    video_->setSyncDelay(delay);
  if (audio_)
    audio_->setSyncDelay(delay);
}

void ReceiveStream::setRoundTrip(Duration roundTrip) {
  nack_.setRoundTrip(roundTrip);
  keyFrames_.setRoundTrip(roundTrip);
  if (video_)
    video_->setRoundTrip(roundTrip);
}

void ReceiveStream::requestKeyFrame() {
  if (config_.kind == Kind::kVideo)
    keyFrames_.want();
}

// --- packets

void ReceiveStream::handlePacket(rtp::Packet packet, const rtp::ExtensionIds& ids, Timestamp now) {
  heardAt_ = now;
  for (const Codec& codec : config_.codecs) {
    if (codec.rtxPayloadType != packet.payloadType)
      continue;
    auto original = unwrapRtx(packet, {config_.ssrc, codec.payloadType}, ids);
    if (!original)
      return;
    statistics_.recovered(*original, now);
    handleMedia(std::move(*original), true, ids, now);
    return;
  }
  if (packet.ssrc != config_.ssrc)
    return;
  const Codec* codec = codecWith(packet.payloadType);
  if (codec == nullptr) {
    ++counters_.packetsDiscarded;
    return;
  }
  statistics_.received(packet, std::max<uint32_t>(codec->clockRate, 1), now);
  handleMedia(std::move(packet), false, ids, now);
}

void ReceiveStream::handleMedia(rtp::Packet packet, bool isRetransmission,
                                const rtp::ExtensionIds& ids, Timestamp now) {
  const Codec* codec = codecWith(packet.payloadType);
  if (codec == nullptr) {
    ++counters_.packetsDiscarded;
    return;
  }
  switch (codec->role) {
    case CodecRole::kRed:
      handleRed(packet, isRetransmission, ids, now);
      return;
    case CodecRole::kUlpfec:
      ++counters_.fecPacketsReceived;
      // Its number is of the stream, and is not missing.
      nack_.received(packet.sequenceNumber, isRetransmission, false, now);
      return;
    case CodecRole::kMedia:
      break;
  }
  insert(std::move(packet), *codec, isRetransmission ? Origin::kRetransmission : Origin::kMedia,
         ids, now);
}

void ReceiveStream::handleRed(const rtp::Packet& packet, bool isRetransmission,
                              const rtp::ExtensionIds& ids, Timestamp now) {
  auto packets = unwrapRed(packet);
  for (size_t i = 0; i < packets.size(); ++i) {
    const bool isRedundant = i + 1 < packets.size();
    const Codec* codec = codecWith(packets[i].payloadType);
    if (codec == nullptr || codec->role == CodecRole::kRed)
      continue;
    if (isRedundant && codec->role == CodecRole::kMedia) {
      ++counters_.fecPacketsReceived;
      insert(std::move(packets[i]), *codec, Origin::kRedundancy, ids, now);
    } else {
      handleMedia(std::move(packets[i]), isRetransmission, ids, now);
    }
  }
}

void ReceiveStream::adopt(const Codec& codec) {
  const bool isSame = codec_ && codec_->payloadType == codec.payloadType &&
                      codec_->format == codec.format && codec_->clockRate == codec.clockRate;
  if (isSame)
    return;
  // Comfort noise and tones come between the frames of the codec that they serve.
  const bool isServant = codec.name == "CN" || codec.format == payload::Format::kTelephoneEvent;
  if (isServant && audio_)
    return;
  codec_ = codec;
  if (config_.kind == Kind::kVideo) {
    depacketizer_ = payload::createDepacketizer(codec.format);
    if (!video_) {
      video_ = std::make_unique<JitterBuffer>(config_.codecs);
      video_->setSyncDelay(syncDelay_);
      video_->setTarget(target_);
    }
  } else if (!audio_) {
    audio_ = std::make_unique<AudioJitterBuffer>(config_.codecs);
    audio_->setSyncDelay(syncDelay_);
    audio_->setTarget(target_);
  }
}

rtp::SequenceIndex ReceiveStream::indexOf(rtp::SequenceNumber number) {
  const auto index =
      highest_ ? rtp::SequenceIndex::near(*highest_, number) : rtp::SequenceIndex::first(number);
  highest_ = highest_ ? std::max(*highest_, index) : index;
  return index;
}

void ReceiveStream::insert(rtp::Packet packet, const Codec& codec, Origin origin,
                           const rtp::ExtensionIds& ids, Timestamp now) {
  adopt(codec);
  if (audio_) {
    noteExtensions(packet, ids);
    packet.extensions = std::vector<rtp::Extension>();
    const rtp::SequenceIndex index = indexOf(packet.sequenceNumber);
    if (origin == Origin::kRedundancy)
      audio_->insertRedundant(std::move(packet), index, now);
    else
      audio_->insert(std::move(packet), index, now);
    return;
  }
  bool beginsKeyFrame = false;
  if (!packet.payload.empty()) {
    const auto header = depacketizer_->inspect(packet.payload);
    if (!header) {
      ++counters_.packetsDiscarded;
      return;
    }
    beginsKeyFrame = header->isKey && header->beginsFrame;
    noteExtensions(packet, ids);
  }
  // What they say is noted. Kept with a packet that waits they might take much more memory than all
  // else of it, and no bound counts them. (An assignment of {} would leave the list its room.)
  packet.extensions = std::vector<rtp::Extension>();
  nack_.received(packet.sequenceNumber, origin != Origin::kMedia, beginsKeyFrame, now);
  const rtp::SequenceIndex index = indexOf(packet.sequenceNumber);
  video_->insert(std::move(packet), index, now);
}

// --- what header extensions say of a frame

void ReceiveStream::noteExtensions(const rtp::Packet& packet, const rtp::ExtensionIds& ids) {
  using rtp::ExtensionKind;
  const auto extension = [&](ExtensionKind kind) -> std::optional<ByteSpan> {
    return ids.id(kind) == 0 ? std::nullopt : packet.extension(ids.id(kind));
  };
  Note note;
  note.timestamp = packet.timestamp;
  bool isNews = false;
  if (config_.kind == Kind::kAudio) {
    if (const auto data = extension(ExtensionKind::kAudioLevel)) {
      if (const auto level = rtp::readAudioLevel(*data)) {
        note.audioLevel = level->level;
        note.isVoice = level->isVoice;
        isNews = true;
      }
    }
  } else {
    if (const auto data = extension(ExtensionKind::kVideoOrientation)) {
      if (const auto orientation = rtp::readVideoOrientation(*data)) {
        note.rotation = orientation->rotation;
        isNews = true;
      }
    }
    if (const auto data = extension(ExtensionKind::kColorSpace)) {
      note.colorSpace = rtp::readColorSpace(*data);
      isNews = isNews || note.colorSpace;
    }
  }
  if (!isNews)
    return;
  if (notes_.size() == kMaxNotes)
    notes_.pop_front();
  notes_.push_back(note);
}

void ReceiveStream::annotate(payload::EncodedFrame& frame) {
  const auto note = std::find_if(notes_.begin(), notes_.end(),
                                 [&](const Note& one) { return one.timestamp == frame.timestamp; });
  if (frame.video.isKey) {
    colorSpace_.reset();
    rotation_ = 0;
  }
  if (note != notes_.end()) {
    frame.audio.level = note->audioLevel;
    frame.audio.isVoice = note->isVoice;
    rotation_ = note->rotation.value_or(rotation_);
    if (note->colorSpace)
      colorSpace_ = note->colorSpace;
    // Those of later frames may have come before.
    std::erase_if(notes_, [&](const Note& one) {
      return static_cast<int32_t>(one.timestamp.value() - frame.timestamp.value()) <= 0;
    });
  }
  frame.video.rotation = rotation_;
  frame.video.colorSpace = colorSpace_;
}

size_t ReceiveStream::heldBytes() const {
  if (audio_)
    return audio_->heldBytes() + audio_->heldPackets() * kOverhead;
  if (!video_)
    return 0;
  return video_->heldBytes() + (video_->heldPackets() + video_->heldFrames()) * kOverhead;
}

// --- reports

bool ReceiveStream::handleSenderReport(const rtp::SenderReport& report, Timestamp now) {
  return statistics_.senderReport(report, now);
}

std::optional<rtp::ReportBlock> ReceiveStream::takeReportBlock(Timestamp now) {
  return statistics_.isActive(now) ? statistics_.takeReportBlock(now) : std::nullopt;
}

// --- the loop

std::optional<ReceiveStream::Output> ReceiveStream::poll(Timestamp now) {
  if (audio_) {
    if (auto output = audio_->poll()) {
      if (auto* frame = std::get_if<AudioJitterBuffer::Frame>(&*output)) {
        annotate(frame->frame);
        return Frame{std::move(frame->frame), frame->playAt, frame->receivedAt};
      }
      const auto& lost = std::get<AudioJitterBuffer::Lost>(*output);
      return Lost{lost.count, lost.duration};
    }
    return std::nullopt;
  }
  if (!video_)
    return std::nullopt;
  while (auto output = video_->poll()) {
    if (auto* frame = std::get_if<JitterBuffer::Frame>(&*output)) {
      if (frame->frame.video.isKey)
        keyFrames_.satisfied();
      annotate(frame->frame);
      return Frame{std::move(frame->frame), frame->playAt, frame->receivedAt};
    }
    keyFrames_.want();
  }
  if (codec_->hasNack) {
    if (auto lost = nack_.poll(now); !lost.empty()) {
      ++counters_.nackCount;
      return NackDue{std::move(lost)};
    }
    if (nack_.takeKeyFrameWanted())
      keyFrames_.want();
  }
  const bool canAsk = codec_->hasPli || codec_->hasFir;
  if (canAsk && keyFrames_.poll(now)) {
    if (codec_->hasPli) {
      ++counters_.pliCount;
      return KeyFrameDue{};
    }
    ++counters_.firCount;
    return KeyFrameDue{true, ++firNumber_};
  }
  return std::nullopt;
}

Timestamp ReceiveStream::deadline() const {
  if (audio_)
    return audio_->deadline();
  if (!video_)
    return Timestamp::never();
  Timestamp due = video_->deadline();
  if (codec_->hasNack)
    due = earlier(due, nack_.deadline());
  if (codec_->hasPli || codec_->hasFir)
    due = earlier(due, keyFrames_.deadline());
  return due;
}

void ReceiveStream::handleTimeout(Timestamp now) {
  if (audio_)
    audio_->handleTimeout(now);
  if (video_)
    video_->handleTimeout(now);
}

}  // namespace rtc::media
