#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "cpp/media/frame_assembler.h"
#include "cpp/payload/format.h"

namespace rtc::media {

/// Knows which frames a decoder has been given, and so which it can be given next.
///
/// Key frames it can be given always. VP9 names the pictures that a frame refers to, one by one or
/// by a pattern; VP8 and older VP9 count frames of the base layer (TL0PICIDX), of which each needs
/// the one before, and frames of the upper layers need theirs and, unless they synchronise, all
/// between. Of all other frames each needs the one before.
class DecodeChain {
 public:
  /// `followsDirectly`: no packet is missing between it and the last frame given or skipped.
  bool canDecode(const AssembledFrame& frame, bool followsDirectly) const;

  /// It is given to the decoder. Fills in its id and dependencies.
  void given(AssembledFrame& frame, bool followsDirectly);
  /// A frame was there and is not given.
  void skipped() { hasSkipped_ = true; }
  /// The next frame must be a key frame.
  void reset() { *this = DecodeChain(); }

  bool hasBegun() const { return hasBegun_; }

 private:
  static constexpr size_t kLayers = 8;

  std::optional<int64_t> pictureOf(const AssembledFrame& frame) const;
  /// So many pictures may be missing, since the last one that was given, that a number of which so
  /// many stand for different pictures does not tell this one from others.
  bool mayHaveWrapped(const AssembledFrame& frame, int64_t pictures) const;
  /// No frame can be missing since the last one that was given.
  bool isNext(const AssembledFrame& frame, bool followsDirectly) const;
  /// The pictures that it refers to, if it says so or a pattern does.
  std::optional<std::vector<int64_t>> referencesOf(const AssembledFrame& frame) const;
  bool canDecodeLayered(const AssembledFrame& frame, bool isNext) const;
  bool areLayersIntact(uint8_t upTo) const;
  void noteGroup(const AssembledFrame& frame, int64_t picture);

  bool hasBegun_ = false;
  bool hasSkipped_ = false;
  payload::Format format_ = payload::Format::kVp8;
  rtp::PayloadType payloadType_;
  /// Unwrapped.
  std::optional<int64_t> lastPicture_;
  std::optional<rtp::SequenceIndex> lastPacket_;
  int64_t keyPicture_ = 0;
  int64_t lastId_ = 0;
  int64_t lastBaseId_ = 0;
  std::optional<uint8_t> lastTl0_;
  /// Nothing of the layer is missing since it was last synchronised.
  std::array<bool, kLayers> isIntact_{};
  std::set<int64_t> given_;
  std::optional<payload::PictureGroup> group_;
  int64_t groupBegins_ = 0;
};

}  // namespace rtc::media
