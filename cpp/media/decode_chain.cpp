#include "cpp/media/decode_chain.h"

#include <algorithm>

namespace rtc::media {
namespace {

// RFC 9628 section 4.2: P_DIFF has seven bits, those of a pattern eight.
constexpr int64_t kMaxDistance = 256;
// TL0PICIDX has eight bits: so many pictures further on it may have wrapped.
constexpr int64_t kTl0Range = 256;
constexpr uint8_t kLongIdBits = 15;

/// The number with these low bits that lies nearest to `reference`.
int64_t unwrap(int64_t reference, uint32_t wire, unsigned bits) {
  const int64_t range = int64_t{1} << bits;
  int64_t distance = (static_cast<int64_t>(wire) - reference) & (range - 1);
  if (distance >= range / 2)
    distance -= range;
  return reference + distance;
}

}  // namespace

std::optional<int64_t> DecodeChain::pictureOf(const AssembledFrame& frame) const {
  const payload::PayloadHeader& header = frame.header;
  if (!header.pictureId)
    return std::nullopt;
  if (!lastPicture_)
    return int64_t{*header.pictureId} + (((lastId_ >> 16) + 1) << 16);
  const int64_t picture = unwrap(*lastPicture_, *header.pictureId, header.pictureIdBits);
  // Ids count up. A sender that begins anew may begin anywhere, and of the short ones more than
  // half may be missing.
  const bool isAhead = header.isKey || header.pictureIdBits != kLongIdBits;
  return isAhead && picture <= *lastPicture_ ? picture + (int64_t{1} << header.pictureIdBits)
                                             : picture;
}

bool DecodeChain::mayHaveWrapped(const AssembledFrame& frame, int64_t pictures) const {
  if (frame.header.pictureIdBits == kLongIdBits && lastPicture_)
    return *pictureOf(frame) - *lastPicture_ >= pictures;
  // No picture is less than a packet.
  return lastPacket_ && frame.first - *lastPacket_ > pictures;
}

bool DecodeChain::isNext(const AssembledFrame& frame, bool followsDirectly) const {
  if (hasSkipped_)
    return false;
  if (followsDirectly)
    return true;
  // Seven bits wrap within seconds, and then prove nothing.
  const auto picture = pictureOf(frame);
  return frame.header.pictureIdBits == kLongIdBits && lastPicture_ && picture == *lastPicture_ + 1;
}

std::optional<std::vector<int64_t>> DecodeChain::referencesOf(const AssembledFrame& frame) const {
  const payload::PayloadHeader& header = frame.header;
  const auto picture = pictureOf(frame);
  if (frame.format != payload::Format::kVp9 || !picture)
    return std::nullopt;
  if (mayHaveWrapped(frame, int64_t{1} << header.pictureIdBits))
    return std::nullopt;
  std::vector<int64_t> references;
  if (header.namesReferences) {
    for (const uint8_t distance : header.references)
      references.push_back(*picture - distance);
    return references;
  }
  if (!group_ || group_->pictures.empty() || !header.tl0PictureIndex || *picture < groupBegins_)
    return std::nullopt;
  const auto size = static_cast<int64_t>(group_->pictures.size());
  const payload::PictureGroup::Picture& pattern =
      group_->pictures[static_cast<size_t>((*picture - groupBegins_) % size)];
  // An encoder that has left a picture out is off its pattern.
  if (pattern.temporalLayer != header.temporalLayer)
    return std::nullopt;
  for (const uint8_t distance : pattern.references) {
    if (*picture - distance >= keyPicture_)
      references.push_back(*picture - distance);
  }
  if (references.empty())
    return std::nullopt;
  return references;
}

bool DecodeChain::areLayersIntact(uint8_t upTo) const {
  return std::all_of(isIntact_.begin(), isIntact_.begin() + std::min<size_t>(upTo + 1, kLayers),
                     [](bool intact) { return intact; });
}

bool DecodeChain::canDecodeLayered(const AssembledFrame& frame, bool isNext) const {
  const payload::PayloadHeader& header = frame.header;
  const uint8_t tl0 = *header.tl0PictureIndex;
  if (mayHaveWrapped(frame, kTl0Range))
    return isNext;
  if (header.temporalLayer == 0)
    return isNext || tl0 == static_cast<uint8_t>(*lastTl0_ + 1);
  if (tl0 != *lastTl0_)
    return false;
  // RFC 7741 section 4.2: with the Y bit it depends on that base layer frame alone. VP9's bit
  // speaks of the layers above it.
  if (header.isLayerSync && frame.format == payload::Format::kVp8)
    return true;
  return isNext && areLayersIntact(header.temporalLayer);
}

bool DecodeChain::canDecode(const AssembledFrame& frame, bool followsDirectly) const {
  const payload::PayloadHeader& header = frame.header;
  if (header.isKey)
    return true;
  if (!hasBegun_ || frame.format != format_ || frame.frame.payloadType != payloadType_)
    return false;
  // Its lower layer is not part of it.
  if (header.spatialLayer > 0 && header.usesInterLayer)
    return false;
  const auto picture = pictureOf(frame);
  // Of a picture that was given already, or of one before.
  if (header.pictureIdBits == kLongIdBits && lastPicture_ && *picture <= *lastPicture_)
    return false;
  if (const auto references = referencesOf(frame)) {
    return std::ranges::all_of(*references,
                               [&](int64_t reference) { return given_.contains(reference); });
  }
  const bool next = isNext(frame, followsDirectly);
  if (header.tl0PictureIndex && lastTl0_)
    return canDecodeLayered(frame, next);
  return next;
}

void DecodeChain::noteGroup(const AssembledFrame& frame, int64_t picture) {
  if (!frame.header.pictureGroup)
    return;
  group_ = frame.header.pictureGroup;
  groupBegins_ = picture;
}

void DecodeChain::given(AssembledFrame& frame, bool followsDirectly) {
  const payload::PayloadHeader& header = frame.header;
  payload::VideoFrameInfo& video = frame.frame.video;
  const auto picture = pictureOf(frame);
  const auto references = header.isKey ? std::nullopt : referencesOf(frame);
  const bool next = isNext(frame, followsDirectly);
  if (header.isKey) {
    hasBegun_ = true;
    format_ = frame.format;
    payloadType_ = frame.frame.payloadType;
    isIntact_.fill(true);
    given_.clear();
    group_.reset();
    lastTl0_.reset();
    keyPicture_ = picture.value_or(0);
  } else if (!next) {
    std::fill(isIntact_.begin() + 1, isIntact_.end(), false);
    // Where this one stands among those before nobody knows.
    if (picture && mayHaveWrapped(frame, int64_t{1} << header.pictureIdBits)) {
      given_.clear();
      group_.reset();
    }
  }
  hasSkipped_ = false;

  const int64_t id = picture.value_or(lastId_ + 1);
  video.frameId = id;
  video.dependencies.clear();
  if (references) {
    video.dependencies = *references;
  } else if (!header.isKey) {
    video.dependencies = {header.tl0PictureIndex && lastTl0_ ? lastBaseId_ : lastId_};
  }
  lastId_ = id;
  lastPacket_ = frame.last;
  if (header.temporalLayer == 0) {
    lastBaseId_ = id;
    if (header.tl0PictureIndex)
      lastTl0_ = header.tl0PictureIndex;
  } else if (header.isLayerSync && frame.format == payload::Format::kVp8) {
    isIntact_[header.temporalLayer] = true;
  }
  if (!picture) {
    // Those that come may have numbers again.
    if (lastPicture_)
      lastPicture_ = id;
    return;
  }
  noteGroup(frame, *picture);
  lastPicture_ = picture;
  given_.insert(*picture);
  given_.erase(given_.begin(), given_.lower_bound(*picture - kMaxDistance));
}

}  // namespace rtc::media
