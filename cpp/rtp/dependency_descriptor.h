#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"

// The dependency descriptor, appendix A of the RTP payload format for AV1. Three bytes are there
// always:
//
//    0                   1                   2
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |S|E| template  |          frame number         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// and then, where there is more, flags, the structure of templates (with the first packet of a key
// frame), and what differs from the template.

namespace rtc::rtp {

/// Table A.1.
inline constexpr size_t kMaxDependencyTemplates = 64;
inline constexpr uint8_t kMaxSpatialId = 3;
inline constexpr uint8_t kMaxTemporalId = 7;
inline constexpr size_t kMaxDecodeTargets = 32;
/// No encoder refers to more frames; it bounds what a peer can make us keep.
inline constexpr size_t kMaxFrameDifferences = 32;

/// Table A.2: what a frame is to a decode target.
enum class DecodeTargetIndication : uint8_t {
  kNotPresent = 0,
  kDiscardable = 1,
  kSwitch = 2,
  kRequired = 3,
};

/// What is said of a frame, by a template or by itself.
struct FrameDependencies {
  uint8_t spatialId = 0;
  uint8_t temporalId = 0;
  /// One for each decode target.
  std::vector<DecodeTargetIndication> indications;
  /// How many frame numbers back lie the frames that this one refers to: 1 to 4096 (16 in
  /// templates).
  std::vector<uint16_t> frameDifferences;
  /// How many frame numbers back lies the last frame of each chain; 0 where it begins.
  std::vector<uint8_t> chainDifferences;
  bool operator==(const FrameDependencies&) const = default;
};

struct RenderResolution {
  /// 1 to 65536.
  uint32_t width = 0;
  uint32_t height = 0;
  bool operator==(const RenderResolution&) const = default;
};

/// The structure that a key frame brings.
struct DependencyStructure {
  /// The id of the first template, 0 to 63.
  uint8_t templateIdOffset = 0;
  /// 1 to 32.
  uint8_t decodeTargets = 1;
  uint8_t chains = 0;
  /// With chains: for each decode target, the chain that protects it.
  std::vector<uint8_t> protectedBy;
  /// In the order of layers: the temporal id goes up by one or stays, or the spatial id does and
  /// the temporal id begins again.
  std::vector<FrameDependencies> templates;
  /// For each spatial id, or empty.
  std::vector<RenderResolution> resolutions;
  bool operator==(const DependencyStructure&) const = default;
};

struct DependencyDescriptor {
  /// The frame begins or ends with this packet.
  bool beginsFrame = false;
  bool endsFrame = false;
  /// 16 bits that wrap, in decoding order.
  uint16_t frameNumber = 0;
  uint8_t templateId = 0;
  /// What the packet says itself: which decode targets there are frames for.
  std::optional<uint32_t> activeDecodeTargets;
  /// With a key frame's first packet.
  std::optional<DependencyStructure> structure;
  /// The template with what differs from it. Nullopt while the key frame that brought the structure
  /// has not been seen, or when the template is not one of it.
  std::optional<FrameDependencies> frame;
  /// Of the frame's spatial layer, where the structure says so.
  std::optional<RenderResolution> resolution;
  bool operator==(const DependencyDescriptor&) const = default;
};

/// Reads the descriptors of one stream: keeps the structure of the last key frame.
class DependencyDescriptorReader {
 public:
  /// In the order of arrival; packets that come again or late do no harm. Nullopt for what is cut
  /// off or breaks the format; nothing has changed then.
  std::optional<DependencyDescriptor> read(ByteSpan data);

  const std::optional<DependencyStructure>& structure() const { return structure_; }
  /// What was said last of the structure that is kept.
  uint32_t activeDecodeTargets() const { return activeDecodeTargets_; }

 private:
  /// A key frame whose number lies at most so far back is one that was overtaken; its structure is
  /// old. What lies further back is a stream that began anew.
  static constexpr uint16_t kOvertaken = 1024;

  bool isOvertaken(uint16_t frameNumber) const;

  std::optional<DependencyStructure> structure_;
  uint16_t structureFrame_ = 0;
  uint32_t activeDecodeTargets_ = 0;
  uint16_t activeFrame_ = 0;
};

/// Writes a descriptor whose `frame` is set; the reverse of reading. `structure` is the one that
/// the stream's last key frame brought, `descriptor.structure` the one that travels with it, if
/// any. The template is the first one of the frame's layers that differs least;
/// `descriptor.templateId` is not looked at. Empty when no template has these layers, or when
/// counts contradict the structure.
Bytes writeDependencyDescriptor(const DependencyDescriptor& descriptor,
                                const DependencyStructure& structure);

}  // namespace rtc::rtp
