#include "cpp/rtp/dependency_descriptor.h"

#include <algorithm>

#include "cpp/rtp/bit_reader.h"

namespace rtc::rtp {
namespace {

using Indications = std::vector<DecodeTargetIndication>;

constexpr size_t kMandatorySize = 3;

// next_layer_idc, table A.3.
constexpr uint32_t kSameLayer = 0;
constexpr uint32_t kNextTemporalLayer = 1;
constexpr uint32_t kNextSpatialLayer = 2;
constexpr uint32_t kNoMoreLayers = 3;

uint32_t allTargets(uint8_t count) {
  return count >= 32 ? 0xffffffffu : (uint32_t{1} << count) - 1;
}

Indications readIndications(BitReader& reader, size_t count) {
  Indications indications(count);
  for (auto& indication : indications)
    indication = static_cast<DecodeTargetIndication>(reader.bits(2));
  return indications;
}

bool readTemplateLayers(BitReader& reader, std::vector<FrameDependencies>& templates) {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  for (;;) {
    if (templates.size() == kMaxDependencyTemplates || spatial > kMaxSpatialId ||
        temporal > kMaxTemporalId) {
      return false;
    }
    templates.push_back({spatial, temporal, {}, {}, {}});
    const uint32_t next = reader.bits(2);
    if (!reader.ok())
      return false;
    if (next == kNoMoreLayers)
      return true;
    if (next == kNextTemporalLayer) {
      ++temporal;
    } else if (next == kNextSpatialLayer) {
      temporal = 0;
      ++spatial;
    }
  }
}

bool readTemplateDifferences(BitReader& reader, std::vector<uint16_t>& differences) {
  while (reader.flag()) {
    if (differences.size() == kMaxFrameDifferences)
      return false;
    differences.push_back(static_cast<uint16_t>(reader.bits(4) + 1));
  }
  return reader.ok();
}

bool readFrameDifferences(BitReader& reader, std::vector<uint16_t>& differences) {
  while (const uint32_t size = reader.bits(2)) {
    if (differences.size() == kMaxFrameDifferences)
      return false;
    differences.push_back(static_cast<uint16_t>(reader.bits(4 * size) + 1));
  }
  return reader.ok();
}

std::optional<DependencyStructure> readStructure(BitReader& reader) {
  DependencyStructure structure;
  structure.templateIdOffset = static_cast<uint8_t>(reader.bits(6));
  structure.decodeTargets = static_cast<uint8_t>(reader.bits(5) + 1);
  if (!readTemplateLayers(reader, structure.templates))
    return std::nullopt;
  for (FrameDependencies& entry : structure.templates)
    entry.indications = readIndications(reader, structure.decodeTargets);
  for (FrameDependencies& entry : structure.templates) {
    if (!readTemplateDifferences(reader, entry.frameDifferences))
      return std::nullopt;
  }
  structure.chains = static_cast<uint8_t>(reader.nonSymmetric(structure.decodeTargets + 1u));
  if (structure.chains != 0) {
    structure.protectedBy.resize(structure.decodeTargets);
    for (uint8_t& chain : structure.protectedBy)
      chain = static_cast<uint8_t>(reader.nonSymmetric(structure.chains));
    for (FrameDependencies& entry : structure.templates) {
      entry.chainDifferences.resize(structure.chains);
      for (uint8_t& difference : entry.chainDifferences)
        difference = static_cast<uint8_t>(reader.bits(4));
    }
  }
  if (reader.flag()) {
    structure.resolutions.resize(structure.templates.back().spatialId + size_t{1});
    for (RenderResolution& resolution : structure.resolutions) {
      resolution.width = reader.bits(16) + 1;
      resolution.height = reader.bits(16) + 1;
    }
  }
  if (!reader.ok())
    return std::nullopt;
  return structure;
}

void writeStructure(BitWriter& writer, const DependencyStructure& structure) {
  writer.bits(structure.templateIdOffset, 6);
  writer.bits(structure.decodeTargets - 1u, 5);
  for (size_t i = 0; i < structure.templates.size(); ++i) {
    if (i + 1 == structure.templates.size()) {
      writer.bits(kNoMoreLayers, 2);
    } else if (structure.templates[i + 1].spatialId != structure.templates[i].spatialId) {
      writer.bits(kNextSpatialLayer, 2);
    } else if (structure.templates[i + 1].temporalId != structure.templates[i].temporalId) {
      writer.bits(kNextTemporalLayer, 2);
    } else {
      writer.bits(kSameLayer, 2);
    }
  }
  for (const FrameDependencies& entry : structure.templates) {
    for (const auto indication : entry.indications)
      writer.bits(static_cast<uint32_t>(indication), 2);
  }
  for (const FrameDependencies& entry : structure.templates) {
    for (const uint16_t difference : entry.frameDifferences) {
      writer.flag(true);
      writer.bits(difference - 1u, 4);
    }
    writer.flag(false);
  }
  writer.nonSymmetric(structure.chains, structure.decodeTargets + 1u);
  if (structure.chains != 0) {
    for (const uint8_t chain : structure.protectedBy)
      writer.nonSymmetric(chain, structure.chains);
    for (const FrameDependencies& entry : structure.templates) {
      for (const uint8_t difference : entry.chainDifferences)
        writer.bits(difference, 4);
    }
  }
  writer.flag(!structure.resolutions.empty());
  for (const RenderResolution& resolution : structure.resolutions) {
    writer.bits(resolution.width - 1, 16);
    writer.bits(resolution.height - 1, 16);
  }
}

bool fits(const FrameDependencies& entry, const DependencyStructure& structure,
          uint16_t maxFrameDifference, uint8_t maxChainDifference) {
  return entry.indications.size() == structure.decodeTargets &&
         entry.chainDifferences.size() == structure.chains &&
         entry.frameDifferences.size() <= kMaxFrameDifferences &&
         std::ranges::all_of(entry.frameDifferences,
                             [=](uint16_t d) { return d >= 1 && d <= maxFrameDifference; }) &&
         std::ranges::all_of(entry.chainDifferences,
                             [=](uint8_t d) { return d <= maxChainDifference; });
}

/// Whether the format can say it.
bool canTravel(const DependencyStructure& structure) {
  const auto& templates = structure.templates;
  if (structure.templateIdOffset >= kMaxDependencyTemplates || structure.decodeTargets == 0 ||
      structure.decodeTargets > kMaxDecodeTargets || structure.chains > structure.decodeTargets ||
      templates.empty() || templates.size() > kMaxDependencyTemplates ||
      structure.protectedBy.size() != (structure.chains != 0 ? structure.decodeTargets : 0u)) {
    return false;
  }
  for (const uint8_t chain : structure.protectedBy) {
    if (chain >= structure.chains)
      return false;
  }
  for (size_t i = 0; i < templates.size(); ++i) {
    const FrameDependencies& entry = templates[i];
    if (!fits(entry, structure, 16, 15) || entry.spatialId > kMaxSpatialId ||
        entry.temporalId > kMaxTemporalId) {
      return false;
    }
    const bool follows =
        i == 0 ? entry.spatialId == 0 && entry.temporalId == 0
        : entry.spatialId == templates[i - 1].spatialId
            ? entry.temporalId == templates[i - 1].temporalId ||
                  entry.temporalId == templates[i - 1].temporalId + 1
            : entry.spatialId == templates[i - 1].spatialId + 1 && entry.temporalId == 0;
    if (!follows)
      return false;
  }
  const auto validSide = [](uint32_t side) {
    return side >= 1 && side <= 0x10000;
  };
  return structure.resolutions.empty() ||
         (structure.resolutions.size() == templates.back().spatialId + size_t{1} &&
          std::ranges::all_of(structure.resolutions, [&](const RenderResolution& resolution) {
            return validSide(resolution.width) && validSide(resolution.height);
          }));
}

/// How many of its lists a frame has to say itself when it follows the template.
int differences(const FrameDependencies& frame, const FrameDependencies& entry) {
  return (frame.indications != entry.indications) +
         (frame.frameDifferences != entry.frameDifferences) +
         (frame.chainDifferences != entry.chainDifferences);
}

void writeFrame(BitWriter& writer, const FrameDependencies& frame, const FrameDependencies& entry) {
  if (frame.indications != entry.indications) {
    for (const auto indication : frame.indications)
      writer.bits(static_cast<uint32_t>(indication), 2);
  }
  if (frame.frameDifferences != entry.frameDifferences) {
    for (const uint16_t difference : frame.frameDifferences) {
      const uint32_t value = difference - 1u;
      const uint32_t size = value < 0x10 ? 1 : value < 0x100 ? 2 : 3;
      writer.bits(size, 2);
      writer.bits(value, 4 * size);
    }
    writer.bits(0, 2);
  }
  if (frame.chainDifferences != entry.chainDifferences) {
    for (const uint8_t difference : frame.chainDifferences)
      writer.bits(difference, 8);
  }
}

}  // namespace

bool DependencyDescriptorReader::isOvertaken(uint16_t frameNumber) const {
  const auto behind = static_cast<uint16_t>(structureFrame_ - frameNumber);
  return structure_ && behind != 0 && behind <= kOvertaken;
}

std::optional<DependencyDescriptor> DependencyDescriptorReader::read(ByteSpan data) {
  if (data.size() < kMandatorySize)
    return std::nullopt;
  BitReader reader(data);
  DependencyDescriptor descriptor;
  descriptor.beginsFrame = reader.flag();
  descriptor.endsFrame = reader.flag();
  descriptor.templateId = static_cast<uint8_t>(reader.bits(6));
  descriptor.frameNumber = static_cast<uint16_t>(reader.bits(16));

  bool hasOwnIndications = false;
  bool hasOwnFrameDifferences = false;
  bool hasOwnChainDifferences = false;
  bool hasActiveTargets = false;
  if (data.size() > kMandatorySize) {
    const bool hasStructure = reader.flag();
    hasActiveTargets = reader.flag();
    hasOwnIndications = reader.flag();
    hasOwnFrameDifferences = reader.flag();
    hasOwnChainDifferences = reader.flag();
    if (hasStructure) {
      descriptor.structure = readStructure(reader);
      if (!descriptor.structure)
        return std::nullopt;
    }
  }
  const bool overtaken = isOvertaken(descriptor.frameNumber);
  const DependencyStructure* structure = descriptor.structure ? &*descriptor.structure
                                         : structure_         ? &*structure_
                                                              : nullptr;
  // Without the structure nothing tells how long the rest is.
  if (structure == nullptr)
    return descriptor;
  // What came before the key frame is not described by its structure, though the ids may happen to
  // be the same ones.
  if (!descriptor.structure && overtaken)
    return descriptor;
  if (hasActiveTargets)
    descriptor.activeDecodeTargets = reader.bits(structure->decodeTargets);
  else if (descriptor.structure)
    descriptor.activeDecodeTargets = allTargets(structure->decodeTargets);

  const size_t index =
      (descriptor.templateId + kMaxDependencyTemplates - structure->templateIdOffset) %
      kMaxDependencyTemplates;
  if (index >= structure->templates.size()) {
    // "Values out of the valid range indicate a change of the structure": its key frame is missing.
    if (descriptor.structure)
      return std::nullopt;
    descriptor.activeDecodeTargets.reset();
    return descriptor;
  }
  FrameDependencies frame = structure->templates[index];
  if (hasOwnIndications)
    frame.indications = readIndications(reader, structure->decodeTargets);
  if (hasOwnFrameDifferences) {
    frame.frameDifferences.clear();
    if (!readFrameDifferences(reader, frame.frameDifferences))
      return std::nullopt;
  }
  if (hasOwnChainDifferences) {
    for (uint8_t& difference : frame.chainDifferences)
      difference = static_cast<uint8_t>(reader.bits(8));
  }
  if (!reader.ok())
    return std::nullopt;
  if (!structure->resolutions.empty())
    descriptor.resolution = structure->resolutions[frame.spatialId];
  descriptor.frame = std::move(frame);

  if (descriptor.structure && !overtaken) {
    structure_ = descriptor.structure;
    structureFrame_ = activeFrame_ = descriptor.frameNumber;
    activeDecodeTargets_ = *descriptor.activeDecodeTargets;
  } else if (descriptor.activeDecodeTargets && !overtaken &&
             static_cast<int16_t>(descriptor.frameNumber - activeFrame_) >= 0) {
    activeFrame_ = descriptor.frameNumber;
    activeDecodeTargets_ = *descriptor.activeDecodeTargets;
  }
  return descriptor;
}

Bytes writeDependencyDescriptor(const DependencyDescriptor& descriptor,
                                const DependencyStructure& structure) {
  const FrameDependencies* best = nullptr;
  if (!descriptor.frame || !canTravel(structure) || !fits(*descriptor.frame, structure, 4096, 255))
    return {};
  const FrameDependencies& frame = *descriptor.frame;
  for (const FrameDependencies& entry : structure.templates) {
    if (entry.spatialId == frame.spatialId && entry.temporalId == frame.temporalId &&
        (best == nullptr || differences(frame, entry) < differences(frame, *best))) {
      best = &entry;
    }
  }
  if (best == nullptr || (descriptor.structure && !(*descriptor.structure == structure)))
    return {};

  const auto index = static_cast<size_t>(best - structure.templates.data());
  BitWriter writer;
  writer.flag(descriptor.beginsFrame);
  writer.flag(descriptor.endsFrame);
  writer.bits(static_cast<uint32_t>((structure.templateIdOffset + index) % kMaxDependencyTemplates),
              6);
  writer.bits(descriptor.frameNumber, 16);
  const bool saysTargets = descriptor.activeDecodeTargets &&
                           (!descriptor.structure ||
                            *descriptor.activeDecodeTargets != allTargets(structure.decodeTargets));
  if (!descriptor.structure && !saysTargets && differences(frame, *best) == 0)
    return writer.take();
  writer.flag(descriptor.structure.has_value());
  writer.flag(saysTargets);
  writer.flag(frame.indications != best->indications);
  writer.flag(frame.frameDifferences != best->frameDifferences);
  writer.flag(frame.chainDifferences != best->chainDifferences);
  if (descriptor.structure)
    writeStructure(writer, structure);
  if (saysTargets)
    writer.bits(*descriptor.activeDecodeTargets, structure.decodeTargets);
  writeFrame(writer, frame, *best);
  return writer.take();
}

}  // namespace rtc::rtp
