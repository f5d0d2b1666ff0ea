#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/media/codec.h"
#include "cpp/payload/format.h"
#include "cpp/rtp/packet.h"
#include "tests/cpp/payload/frames.h"

namespace rtc::media {

inline constexpr rtp::PayloadType kVideoPayloadType{96};

inline Codec videoCodec(payload::Format format) {
  Codec codec;
  codec.name = "video";
  codec.payloadType = kVideoPayloadType;
  codec.format = format;
  codec.hasNack = codec.hasPli = true;
  return codec;
}

struct SentPacket {
  rtp::Packet packet;
  rtp::SequenceIndex index;
};

/// A sender of video with frames of random bytes, which remembers what each refers to: an upper
/// layer's to the last frame of the lower layers and, unless it synchronises, to the last one of
/// its own; all others to the one before in the base layer.
class VideoStream {
 public:
  struct Frame {
    Bytes data;
    bool isKey = false;
    uint8_t temporalLayer = 0;
    std::vector<size_t> dependencies;
    rtp::RtpTime timestamp;
  };

  VideoStream(payload::Format format, uint64_t seed,
              rtp::SequenceNumber initial = rtp::SequenceNumber(65000))
      : format_(format),
        random_(seed),
        packetizer_(payload::createPacketizer({format, false, static_cast<uint32_t>(seed * 7919)})),
        next_(rtp::SequenceIndex::first(initial)) {}

  SeededRandom& random() { return random_; }
  const std::vector<Frame>& frames() const { return frames_; }
  rtp::SequenceIndex next() const { return next_; }
  rtp::RtpTime timestamp() const { return timestamp_; }
  /// As if so many packets were sent elsewhere.
  void skip(int64_t packets) { next_ = next_ + packets; }
  void jumpTimestamp(uint32_t by) { timestamp_ = rtp::RtpTime(timestamp_.value() + by); }

  /// The packets of the next frame, a thirtieth of a second after the one before.
  std::vector<SentPacket> send(bool isKey, size_t size, uint8_t temporalLayer = 0,
                               bool isSync = false) {
    timestamp_ = rtp::RtpTime(timestamp_.value() + 3000);
    payload::EncodedFrame frame;
    frame.data = content(isKey, size);
    frame.video.isKey = isKey;
    frame.video.temporalLayer = temporalLayer;
    frame.video.isLayerSync = isSync;
    remember(frame, isSync);
    std::vector<SentPacket> packets;
    for (Bytes& payload : packetizer_->packetize(frame, {})) {
      rtp::Packet packet;
      packet.payloadType = kVideoPayloadType;
      packet.timestamp = timestamp_;
      packet.ssrc = rtp::Ssrc(1234);
      packet.sequenceNumber = next_.wire();
      packet.payload = std::move(payload);
      packets.push_back({std::move(packet), next_});
      next_ = next_.next();
    }
    packets.back().packet.marker = true;
    return packets;
  }

  SentPacket sendPadding() {
    rtp::Packet packet;
    packet.payloadType = kVideoPayloadType;
    packet.timestamp = timestamp_;
    packet.sequenceNumber = next_.wire();
    packet.padding = 255;
    const SentPacket sent{std::move(packet), next_};
    next_ = next_.next();
    return sent;
  }

  /// Nullopt for what was never sent.
  std::optional<size_t> find(const Bytes& data) const {
    const auto it = byData_.find(data);
    return it == byData_.end() ? std::nullopt : std::optional(it->second);
  }

 private:
  Bytes content(bool isKey, size_t size) {
    switch (format_) {
      case payload::Format::kH264: {
        std::vector<Bytes> nals;
        if (isKey) {
          nals.push_back(payload::h264Sps(40, 30, 0));
          nals.push_back(payload::nalUnit(random_, 0x68, 6));
        }
        nals.push_back(payload::nalUnit(random_, isKey ? 0x65 : 0x41, size));
        return payload::annexB(nals);
      }
      case payload::Format::kAv1: {
        std::vector<Bytes> obus;
        if (isKey) {
          obus.push_back(
              payload::obu(payload::kObuSequenceHeader, payload::av1SequenceHeader(640, 480)));
        }
        obus.push_back(payload::obu(payload::kObuFrame, payload::randomBytes(random_, size)));
        return payload::concatenated(obus);
      }
      case payload::Format::kVp9:
        return isKey ? payload::vp9KeyFrame(random_, 640, 480, size)
                     : payload::randomBytes(random_, size);
      default:
        return isKey ? payload::vp8KeyFrame(random_, 640, 480, size)
                     : payload::vp8DeltaFrame(random_, size);
    }
  }

  void remember(const payload::EncodedFrame& frame, bool isSync) {
    const size_t number = frames_.size();
    const uint8_t layer = frame.video.temporalLayer;
    Frame sent{frame.data, frame.video.isKey, layer, {}, timestamp_};
    if (frame.video.isKey) {
      lastOfLayer_.clear();
    } else if (layer == 0) {
      sent.dependencies = {lastOfLayer_.at(0)};
    } else {
      for (const auto& [lower, last] : lastOfLayer_) {
        if (lower < layer && (lower == 0 || !isSync))
          sent.dependencies.push_back(last);
        if (lower == layer && !isSync && format_ == payload::Format::kVp8)
          sent.dependencies.push_back(last);
      }
    }
    lastOfLayer_[layer] = number;
    byData_[frame.data] = number;
    frames_.push_back(std::move(sent));
  }

  payload::Format format_;
  SeededRandom random_;
  std::unique_ptr<payload::Packetizer> packetizer_;
  rtp::SequenceIndex next_;
  rtp::RtpTime timestamp_{0xfffff000};
  std::vector<Frame> frames_;
  std::map<uint8_t, size_t> lastOfLayer_;
  std::map<Bytes, size_t> byData_;
};

/// A decoder that knows what it should have been given.
class CheckedDecoder {
 public:
  explicit CheckedDecoder(const VideoStream& stream) : stream_(stream) {}

  /// Empty when all is well.
  const char* decode(const payload::EncodedFrame& frame) {
    const auto number = stream_.find(frame.data);
    if (!number)
      return "a frame that was never sent";
    if (!given_.empty() && *number <= *given_.rbegin())
      return "a frame out of order";
    const VideoStream::Frame& sent = stream_.frames()[*number];
    for (const size_t dependency : sent.dependencies) {
      if (!given_.contains(dependency))
        return "a frame that cannot be decoded";
    }
    if (frame.video.isKey != sent.isKey)
      return "a frame taken for something else";
    given_.insert(*number);
    return "";
  }
  const std::set<size_t>& given() const { return given_; }

 private:
  const VideoStream& stream_;
  std::set<size_t> given_;
};

template <typename T>
void shuffle(std::vector<T>& values, RandomSource& random) {
  for (size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(static_cast<uint32_t>(i))]);
}

inline std::string formatName(payload::Format format) {
  switch (format) {
    case payload::Format::kVp8:
      return "Vp8";
    case payload::Format::kVp9:
      return "Vp9";
    case payload::Format::kH264:
      return "H264";
    case payload::Format::kAv1:
      return "Av1";
    default:
      return "Audio";
  }
}

}  // namespace rtc::media
