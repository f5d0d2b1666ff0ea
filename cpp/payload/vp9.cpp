#include "cpp/payload/vp9.h"

#include <algorithm>
#include <array>

#include "cpp/payload/split.h"
#include "cpp/payload/vp9_header.h"

namespace rtc::payload {
namespace {

constexpr uint8_t kHasPictureId = 0x80;
constexpr uint8_t kInterPicture = 0x40;
constexpr uint8_t kHasLayers = 0x20;
constexpr uint8_t kFlexible = 0x10;
constexpr uint8_t kBegins = 0x08;
constexpr uint8_t kEnds = 0x04;
constexpr uint8_t kHasStructure = 0x02;
constexpr uint8_t kNoUpperLayerReference = 0x01;

constexpr uint8_t kIsLongPictureId = 0x80;
constexpr uint16_t kPictureIdMask = 0x7fff;
constexpr uint8_t kSwitchingPoint = 0x10;
constexpr uint8_t kInterLayer = 0x01;
constexpr uint8_t kAnotherReference = 0x01;
/// "there can be up to 3 P_DIFF" (RFC 9628 section 4.2).
constexpr size_t kMaxReferences = 3;
constexpr int64_t kMaxDistance = 127;
constexpr uint8_t kMaxTemporalLayer = 7;
constexpr uint8_t kStructureHasSizes = 0x10;
constexpr uint8_t kStructureHasGroup = 0x08;

class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(uint32_t seed) : picture_(seed & kPictureIdMask) {
    lastOfLayer_.fill(picture_);
  }

  std::vector<Bytes> packetize(const EncodedFrame& frame, const PayloadLimits& limits) override {
    if (frame.video.temporalLayer > kMaxTemporalLayer)
      return {};
    const int64_t picture = picture_ + 1;
    const Bytes descriptor = describe(frame, picture);
    const Bytes structure = frame.video.isKey ? writeStructure(frame) : Bytes();
    PayloadLimits rest = behindHeader(limits, descriptor.size());
    rest.firstReduction += structure.size();
    const std::vector<size_t> pieces = splitEvenly(frame.data.size(), rest);
    if (pieces.empty())
      return {};

    picture_ = picture;
    if (frame.video.isKey) {
      lastOfLayer_.fill(picture);
    } else {
      lastOfLayer_[frame.video.temporalLayer] = picture;
    }
    std::vector<Bytes> payloads;
    payloads.reserve(pieces.size());
    const ByteSpan data = frame.data;
    size_t begin = 0;
    for (const size_t size : pieces) {
      const bool isFirst = begin == 0;
      const bool isLast = begin + size == data.size();
      ByteWriter writer(descriptor.size() + structure.size() + size);
      writer.bytes(descriptor);
      writer.mutableView()[0] |=
          static_cast<uint8_t>((isFirst ? kBegins : 0) | (isLast ? kEnds : 0) |
                               (isFirst && !structure.empty() ? kHasStructure : 0));
      if (isFirst)
        writer.bytes(structure);
      writer.bytes(data.subspan(begin, size));
      payloads.push_back(writer.take());
      begin += size;
    }
    return payloads;
  }

 private:
  /// What all packets of the picture have, but for the flags of the first and the last one.
  Bytes describe(const EncodedFrame& frame, int64_t picture) const {
    const VideoFrameInfo& video = frame.video;
    ByteWriter writer;
    writer.u8(kHasPictureId | kHasLayers | kFlexible | kNoUpperLayerReference |
              (video.isKey ? 0 : kInterPicture));
    writer.u16(static_cast<uint16_t>(kIsLongPictureId << 8 | (picture & kPictureIdMask)));
    writer.u8(
        static_cast<uint8_t>(video.temporalLayer << 5 | (video.isLayerSync ? kSwitchingPoint : 0)));
    if (!video.isKey)
      writer.u8(static_cast<uint8_t>((picture - referenceOf(video.temporalLayer, picture)) << 1));
    return writer.take();
  }

  int64_t referenceOf(uint8_t temporalLayer, int64_t picture) const {
    int64_t last = lastOfLayer_[0];
    for (size_t layer = 1; layer < temporalLayer; ++layer)
      last = std::max(last, lastOfLayer_[layer]);
    return picture - last > kMaxDistance ? picture - 1 : last;
  }

  /// RFC 9628 section 4.2.1 for one spatial layer: its size, if it is known.
  static Bytes writeStructure(const EncodedFrame& frame) {
    Dimensions size{frame.video.width, frame.video.height};
    if (const auto own = vp9KeyFrameDimensions(frame.data))
      size = *own;
    if (size.width == 0 || size.height == 0)
      return {};
    ByteWriter writer;
    writer.u8(kStructureHasSizes);
    writer.u16(size.width);
    writer.u16(size.height);
    return writer.take();
  }

  int64_t picture_;
  std::array<int64_t, kMaxTemporalLayer + 1> lastOfLayer_{};
};

struct Parsed {
  PayloadHeader header;
  ByteSpan data;
};

bool readPictureId(ByteReader& reader, PayloadHeader& header) {
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
  return true;
}

bool readLayers(ByteReader& reader, bool isFlexible, PayloadHeader& header) {
  const auto layers = reader.u8();
  if (!layers)
    return false;
  header.temporalLayer = *layers >> 5;
  header.isLayerSync = (*layers & kSwitchingPoint) != 0;
  header.spatialLayer = (*layers >> 1) & 0x07;
  header.usesInterLayer = (*layers & kInterLayer) != 0;
  if (!isFlexible) {
    header.tl0PictureIndex = reader.u8();
    return header.tl0PictureIndex.has_value();
  }
  return true;
}

bool readReferences(ByteReader& reader, PayloadHeader& header) {
  for (size_t i = 0; i < kMaxReferences; ++i) {
    const auto difference = reader.u8();
    if (!difference)
      return false;
    header.references.push_back(*difference >> 1);
    if (!(*difference & kAnotherReference))
      return true;
  }
  return false;
}

bool readGroup(ByteReader& reader, PayloadHeader& header) {
  const auto count = reader.u8();
  if (!count)
    return false;
  PictureGroup group;
  for (size_t i = 0; i < *count; ++i) {
    const auto flags = reader.u8();
    if (!flags)
      return false;
    PictureGroup::Picture picture;
    picture.temporalLayer = *flags >> 5;
    picture.isSwitchingPoint = (*flags & kSwitchingPoint) != 0;
    const size_t references = (*flags >> 2) & 0x03;
    for (size_t j = 0; j < references; ++j) {
      const auto difference = reader.u8();
      if (!difference)
        return false;
      picture.references.push_back(*difference);
    }
    group.pictures.push_back(std::move(picture));
  }
  header.pictureGroup = std::move(group);
  return true;
}

bool readStructure(ByteReader& reader, PayloadHeader& header) {
  const auto flags = reader.u8();
  if (!flags)
    return false;
  if (*flags & kStructureHasSizes) {
    const size_t layers = static_cast<size_t>(*flags >> 5) + 1;
    for (size_t i = 0; i < layers; ++i) {
      const auto width = reader.u16();
      const auto height = reader.u16();
      if (!width || !height)
        return false;
      header.width = *width;
      header.height = *height;
    }
  }
  return !(*flags & kStructureHasGroup) || readGroup(reader, header);
}

std::optional<Parsed> parse(ByteSpan payload) {
  ByteReader reader(payload);
  const auto flags = reader.u8();
  if (!flags)
    return std::nullopt;
  const auto has = [&](uint8_t flag) {
    return (*flags & flag) != 0;
  };
  Parsed parsed;
  PayloadHeader& header = parsed.header;
  header.usesInterPicture = has(kInterPicture);
  const bool isFlexible = has(kFlexible);
  // "In flexible mode ... the I bit MUST be set" (RFC 9628 section 4.2).
  if (isFlexible && !has(kHasPictureId))
    return std::nullopt;
  if (has(kHasPictureId) && !readPictureId(reader, header))
    return std::nullopt;
  if (has(kHasLayers) && !readLayers(reader, isFlexible, header))
    return std::nullopt;
  header.namesReferences = isFlexible;
  if (isFlexible && header.usesInterPicture && !readReferences(reader, header))
    return std::nullopt;
  if (has(kHasStructure) && !readStructure(reader, header))
    return std::nullopt;
  if (reader.atEnd())
    return std::nullopt;
  parsed.data = reader.rest();
  header.mayBeginFrame = has(kBegins);
  header.beginsFrame = has(kBegins) && header.spatialLayer == 0;
  header.isKey = header.beginsFrame && !header.usesInterPicture;
  if (header.isKey && header.width == 0) {
    if (const auto size = vp9KeyFrameDimensions(parsed.data)) {
      header.width = size->width;
      header.height = size->height;
    }
  }
  return parsed;
}

class Vp9Depacketizer final : public Depacketizer {
 public:
  std::optional<PayloadHeader> inspect(ByteSpan payload) const override {
    auto parsed = parse(payload);
    if (!parsed)
      return std::nullopt;
    return std::move(parsed->header);
  }

  std::optional<Bytes> assemble(const std::vector<ByteSpan>& payloads) const override {
    Bytes frame;
    bool isOpen = false;
    for (const ByteSpan payload : payloads) {
      const auto parsed = parse(payload);
      // Layer frames follow each other, each from its first packet to its last one.
      if (!parsed || parsed->header.mayBeginFrame == isOpen)
        return std::nullopt;
      isOpen = (payload[0] & kEnds) == 0;
      frame.insert(frame.end(), parsed->data.begin(), parsed->data.end());
    }
    if (frame.empty() || isOpen)
      return std::nullopt;
    return frame;
  }
};

}  // namespace

std::unique_ptr<Packetizer> createVp9Packetizer(uint32_t seed) {
  return std::make_unique<Vp9Packetizer>(seed);
}

std::unique_ptr<Depacketizer> createVp9Depacketizer() {
  return std::make_unique<Vp9Depacketizer>();
}

}  // namespace rtc::payload
