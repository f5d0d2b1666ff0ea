#include "cpp/payload/vp8.h"

#include "cpp/payload/split.h"

namespace rtc::payload {
namespace {

constexpr size_t kDescriptorSize = 6;
constexpr uint16_t kPictureIdMask = 0x7fff;
constexpr uint8_t kKeyIndexMask = 0x1f;
constexpr uint8_t kMaxTemporalLayer = 3;

constexpr uint8_t kExtended = 0x80;
constexpr uint8_t kStartOfPartition = 0x10;
constexpr uint8_t kPartitionMask = 0x07;
constexpr uint8_t kHasPictureId = 0x80;
constexpr uint8_t kHasTl0PictureIndex = 0x40;
constexpr uint8_t kHasTemporalLayer = 0x20;
constexpr uint8_t kHasKeyIndex = 0x10;
constexpr uint8_t kIsLongPictureId = 0x80;
constexpr uint8_t kIsLayerSync = 0x20;

// RFC 6386 section 9.1: the lowest bit of a frame is zero in key frames, which go on with a start
// code and their dimensions behind three bytes.
constexpr uint8_t kIsInterFrame = 0x01;
constexpr size_t kKeyFrameHeaderSize = 10;
constexpr uint16_t kDimensionMask = 0x3fff;

class Vp8Packetizer final : public Packetizer {
 public:
  explicit Vp8Packetizer(uint32_t seed)
      : pictureId_(static_cast<uint16_t>(seed & kPictureIdMask)),
        tl0PictureIndex_(static_cast<uint8_t>(seed >> 16)),
        keyIndex_(static_cast<uint8_t>((seed >> 24) & kKeyIndexMask)) {}

  std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) override {
    const std::vector<size_t> pieces =
        splitEvenly(frame.data.size(), behindHeader(limits, kDescriptorSize));
    if (pieces.empty() || frame.video.temporalLayer > kMaxTemporalLayer)
      return {};
    pictureId_ = (pictureId_ + 1) & kPictureIdMask;
    if (frame.video.temporalLayer == 0)
      ++tl0PictureIndex_;
    if (frame.video.isKey)
      keyIndex_ = (keyIndex_ + 1) & kKeyIndexMask;

    std::vector<Bytes> payloads;
    payloads.reserve(pieces.size());
    const ByteSpan data = frame.data;
    size_t begin = 0;
    for (const size_t size : pieces) {
      ByteWriter writer(kDescriptorSize + size);
      writer.u8(kExtended | (begin == 0 ? kStartOfPartition : 0));
      writer.u8(kHasPictureId | kHasTl0PictureIndex | kHasTemporalLayer | kHasKeyIndex);
      writer.u16(static_cast<uint16_t>(kIsLongPictureId << 8 | pictureId_));
      writer.u8(tl0PictureIndex_);
      writer.u8(static_cast<uint8_t>(frame.video.temporalLayer << 6 |
                                     (frame.video.isLayerSync ? kIsLayerSync : 0) | keyIndex_));
      writer.bytes(data.subspan(begin, size));
      payloads.push_back(writer.take());
      begin += size;
    }
    return payloads;
  }

 private:
  uint16_t pictureId_;
  uint8_t tl0PictureIndex_;
  uint8_t keyIndex_;
};

struct Parsed {
  PayloadHeader header;
  ByteSpan data;
};

/// The fields that the byte of extensions announces. False when one is cut off.
bool readExtensions(ByteReader& reader, PayloadHeader& header) {
  const auto extensions = reader.u8();
  if (!extensions)
    return false;
  if (*extensions & kHasPictureId) {
    const auto first = reader.u8();
    if (!first)
      return false;
    header.pictureId = *first & 0x7f;
    header.pictureIdBits = 7;
    if (*first & kIsLongPictureId) {
      const auto second = reader.u8();
      if (!second)
        return false;
      header.pictureId = *header.pictureId << 8 | *second;
      header.pictureIdBits = 15;
    }
  }
  std::optional<uint8_t> tl0PictureIndex;
  if (*extensions & kHasTl0PictureIndex) {
    tl0PictureIndex = reader.u8();
    if (!tl0PictureIndex)
      return false;
  }
  if (*extensions & (kHasTemporalLayer | kHasKeyIndex)) {
    const auto layer = reader.u8();
    if (!layer)
      return false;
    if (*extensions & kHasTemporalLayer) {
      header.temporalLayer = *layer >> 6;
      header.isLayerSync = (*layer & kIsLayerSync) != 0;
      // It counts base layer frames, which nobody can tell from others without the layer.
      header.tl0PictureIndex = tl0PictureIndex;
    }
  }
  return true;
}

std::optional<Parsed> parse(ByteSpan payload) {
  ByteReader reader(payload);
  const auto flags = reader.u8();
  if (!flags)
    return std::nullopt;
  Parsed parsed;
  PayloadHeader& header = parsed.header;
  if ((*flags & kExtended) && !readExtensions(reader, header))
    return std::nullopt;
  if (reader.atEnd())
    return std::nullopt;
  parsed.data = reader.rest();
  header.beginsFrame = (*flags & kStartOfPartition) != 0 && (*flags & kPartitionMask) == 0;
  header.mayBeginFrame = header.beginsFrame;
  header.isKey = header.beginsFrame && (parsed.data.front() & kIsInterFrame) == 0;
  header.usesInterPicture = !header.isKey;
  const ByteSpan data = parsed.data;
  // Frames that a transform has encrypted are passed on all the same.
  if (header.isKey && data.size() >= kKeyFrameHeaderSize && data[3] == 0x9d && data[4] == 0x01 &&
      data[5] == 0x2a) {
    header.width = static_cast<uint16_t>((data[6] | data[7] << 8) & kDimensionMask);
    header.height = static_cast<uint16_t>((data[8] | data[9] << 8) & kDimensionMask);
  }
  return parsed;
}

class Vp8Depacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    auto parsed = parse(payload);
    if (!parsed)
      return std::nullopt;
    return std::move(parsed->header);
  }

  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    Bytes frame;
    for (size_t i = 0; i < payloads.size(); ++i) {
      const auto parsed = parse(payloads[i]);
      if (!parsed || parsed->header.beginsFrame != (i == 0))
        return std::nullopt;
      frame.insert(frame.end(), parsed->data.begin(), parsed->data.end());
    }
    if (frame.empty())
      return std::nullopt;
    return frame;
  }
};

}  // namespace

std::unique_ptr<Packetizer> createVp8Packetizer(uint32_t seed) {
  return std::make_unique<Vp8Packetizer>(seed);
}

std::unique_ptr<Depacketizer> createVp8Depacketizer() {
  return std::make_unique<Vp8Depacketizer>();
}

}  // namespace rtc::payload
