#include "cpp/rtp/dependency_descriptor.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/bit_reader.h"

namespace rtc::rtp {
namespace {

using Dti = DecodeTargetIndication;

// What Chromium sends for L1T2, with the first packet of a key frame.
const Bytes kL1T2Key{0x80, 0x00, 0x01, 0x80, 0x01, 0x1e, 0xa8, 0x51,
                     0x41, 0x01, 0x0c, 0x04, 0xfc, 0x03, 0xbc};
const Bytes kL1T2LaterKey{0x86, 0x00, 0xb5, 0x80, 0xc1, 0x1e, 0xa8, 0x51,
                          0x41, 0x01, 0x0c, 0x09, 0xfc, 0x07, 0x7c};

/// L1T3 of appendix A.6.1.
DependencyStructure l1t3() {
  DependencyStructure structure;
  structure.templateIdOffset = 60;
  structure.decodeTargets = 3;
  structure.chains = 1;
  structure.protectedBy = {0, 0, 0};
  constexpr auto S = Dti::kSwitch;
  constexpr auto D = Dti::kDiscardable;
  constexpr auto N = Dti::kNotPresent;
  structure.templates = {{0, 0, {S, S, S}, {}, {0}},
                         {0, 0, {S, S, S}, {4}, {4}},
                         {0, 1, {S, D, N}, {2}, {2}},
                         {0, 2, {D, N, N}, {1}, {1}},
                         {0, 2, {D, N, N}, {1}, {3}}};
  structure.resolutions = {{640, 360}};
  return structure;
}

DependencyDescriptor keyFrame(const DependencyStructure& structure, uint16_t number) {
  DependencyDescriptor descriptor;
  descriptor.beginsFrame = true;
  descriptor.frameNumber = number;
  descriptor.structure = structure;
  descriptor.frame = structure.templates[0];
  return descriptor;
}

DependencyDescriptor deltaFrame(const FrameDependencies& frame, uint16_t number) {
  DependencyDescriptor descriptor;
  descriptor.beginsFrame = descriptor.endsFrame = true;
  descriptor.frameNumber = number;
  descriptor.frame = frame;
  return descriptor;
}

TEST(DependencyDescriptor, ReadsWhatChromiumSends) {
  DependencyDescriptorReader reader;
  const auto key = reader.read(kL1T2Key);
  ASSERT_TRUE(key && key->structure && key->frame);
  EXPECT_TRUE(key->beginsFrame);
  EXPECT_FALSE(key->endsFrame);
  EXPECT_EQ(key->frameNumber, 1);
  EXPECT_EQ(key->templateId, 0);
  EXPECT_EQ(key->structure->decodeTargets, 2);
  EXPECT_EQ(key->structure->chains, 1);
  EXPECT_EQ(key->structure->protectedBy, (std::vector<uint8_t>{0, 0}));
  ASSERT_EQ(key->structure->templates.size(), 3u);
  EXPECT_EQ(key->structure->templates[0],
            (FrameDependencies{0, 0, {Dti::kSwitch, Dti::kSwitch}, {}, {0}}));
  EXPECT_EQ(key->structure->templates[1],
            (FrameDependencies{0, 0, {Dti::kSwitch, Dti::kSwitch}, {2}, {2}}));
  EXPECT_EQ(key->structure->templates[2],
            (FrameDependencies{0, 1, {Dti::kNotPresent, Dti::kDiscardable}, {1}, {1}}));
  EXPECT_EQ(key->resolution, (RenderResolution{320, 240}));
  EXPECT_EQ(key->activeDecodeTargets, 3u);
  EXPECT_EQ(writeDependencyDescriptor(*key, *key->structure), kL1T2Key);

  const auto later = reader.read(kL1T2LaterKey);
  ASSERT_TRUE(later && later->structure);
  EXPECT_EQ(later->structure->templateIdOffset, 6);
  EXPECT_EQ(later->resolution, (RenderResolution{640, 480}));
  // A frame of template 8, the third one now.
  const auto delta = reader.read(Bytes{0x08, 0x00, 0xd8});
  ASSERT_TRUE(delta && delta->frame);
  EXPECT_EQ(delta->frameNumber, 0xd8);
  EXPECT_EQ(delta->frame->temporalId, 1);
  EXPECT_EQ(delta->frame->frameDifferences, std::vector<uint16_t>{1});
}

TEST(DependencyDescriptor, KnowsOfAFrameWithoutItsStructureOnlyWhatStandsInThreeBytes) {
  DependencyDescriptorReader reader;
  const auto read = reader.read(Bytes{0xc8, 0x12, 0x34});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->beginsFrame && read->endsFrame);
  EXPECT_EQ(read->templateId, 8);
  EXPECT_EQ(read->frameNumber, 0x1234);
  EXPECT_FALSE(read->frame);
  EXPECT_FALSE(reader.read(Bytes{0xc8, 0x12}));
}

TEST(DependencyDescriptor, ReadsTheStructureOfTheSpecificationsExample) {
  const DependencyStructure structure = l1t3();
  DependencyDescriptorReader reader;
  const auto key = reader.read(writeDependencyDescriptor(keyFrame(structure, 7), structure));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->structure, structure);
  EXPECT_EQ(key->templateId, 60);
  EXPECT_EQ(reader.activeDecodeTargets(), 7u);
  // The last template's id has wrapped to zero, and three bytes say all.
  const Bytes last = writeDependencyDescriptor(deltaFrame(structure.templates[4], 8), structure);
  EXPECT_EQ(last, (Bytes{0xc0, 0, 8}));
  const auto delta = reader.read(last);
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->frame, structure.templates[4]);
}

TEST(DependencyDescriptor, LetsAFrameDifferFromItsTemplate) {
  const DependencyStructure structure = l1t3();
  DependencyDescriptorReader reader;
  ASSERT_TRUE(reader.read(writeDependencyDescriptor(keyFrame(structure, 7), structure)));
  FrameDependencies own = structure.templates[2];
  own.indications[0] = Dti::kRequired;
  own.frameDifferences = {1, 17, 300, 4096};
  own.chainDifferences = {200};
  DependencyDescriptor descriptor = deltaFrame(own, 8);
  descriptor.activeDecodeTargets = 5;
  const auto read = reader.read(writeDependencyDescriptor(descriptor, structure));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->frame, own);
  EXPECT_EQ(read->activeDecodeTargets, 5u);
  EXPECT_EQ(reader.activeDecodeTargets(), 5u);
}

TEST(DependencyDescriptor, KeepsTheNewerStructureWhenAnOldKeyFrameIsRepeated) {
  DependencyStructure old = l1t3();
  DependencyStructure fresh = l1t3();
  old.templateIdOffset = 0;
  fresh.templateIdOffset = 10;
  const Bytes oldKey = writeDependencyDescriptor(keyFrame(old, 0xfff0), old);
  const Bytes freshKey = writeDependencyDescriptor(keyFrame(fresh, 5), fresh);
  DependencyDescriptorReader reader;
  ASSERT_TRUE(reader.read(oldKey));
  ASSERT_TRUE(reader.read(freshKey));
  const auto repeated = reader.read(oldKey);
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->frame, old.templates[0]) << "it is described by its own structure";
  EXPECT_EQ(reader.structure(), fresh);
  // Frames of the old structure that come late are not described by the new one.
  const auto late =
      reader.read(writeDependencyDescriptor(deltaFrame(old.templates[1], 0xfff1), old));
  ASSERT_TRUE(late);
  EXPECT_FALSE(late->frame);
}

TEST(DependencyDescriptor, TakesTheStructureOfAStreamThatBeginsAnew) {
  const DependencyStructure structure = l1t3();
  DependencyStructure other = l1t3();
  other.templateIdOffset = 3;
  DependencyDescriptorReader reader;
  ASSERT_TRUE(reader.read(writeDependencyDescriptor(keyFrame(structure, 40000), structure)));
  ASSERT_TRUE(reader.read(writeDependencyDescriptor(keyFrame(other, 30000), other)));
  EXPECT_EQ(reader.structure(), other);
}

TEST(DependencyDescriptor, RefusesWhatIsCutOffAndKeepsWhatItHad) {
  const DependencyStructure structure = l1t3();
  const Bytes key = writeDependencyDescriptor(keyFrame(structure, 7), structure);
  for (size_t size = 0; size < key.size(); ++size) {
    DependencyDescriptorReader reader;
    const auto read = reader.read(ByteSpan(key).first(size));
    EXPECT_EQ(read.has_value(), size == 3) << size;
    EXPECT_FALSE(reader.structure());
  }
}

TEST(DependencyDescriptor, RefusesMoreTemplatesAndLayersThanThereMayBe) {
  const auto withLayers = [](uint32_t next, size_t count) {
    BitWriter writer;
    writer.bits(0, 24);
    writer.bits(0b10000, 5);  // a structure is there
    writer.bits(0, 6);
    writer.bits(0, 5);
    for (size_t i = 0; i < count; ++i)
      writer.bits(next, 2);
    writer.bits(3, 2);
    for (int i = 0; i < 200; ++i)
      writer.bits(0, 8);
    return writer.take();
  };
  EXPECT_TRUE(DependencyDescriptorReader().read(withLayers(0, 63)));
  EXPECT_FALSE(DependencyDescriptorReader().read(withLayers(0, 64)));
  EXPECT_TRUE(DependencyDescriptorReader().read(withLayers(1, 7)));
  EXPECT_FALSE(DependencyDescriptorReader().read(withLayers(1, 8)));
  EXPECT_TRUE(DependencyDescriptorReader().read(withLayers(2, 3)));
  EXPECT_FALSE(DependencyDescriptorReader().read(withLayers(2, 4)));
}

TEST(DependencyDescriptor, WritesNothingForWhatTheFormatCannotSay) {
  DependencyStructure structure = l1t3();
  EXPECT_FALSE(writeDependencyDescriptor(keyFrame(structure, 1), structure).empty());
  DependencyDescriptor unknown;
  EXPECT_TRUE(writeDependencyDescriptor(unknown, structure).empty());
  FrameDependencies otherLayer = structure.templates[0];
  otherLayer.spatialId = 1;
  EXPECT_TRUE(writeDependencyDescriptor(deltaFrame(otherLayer, 1), structure).empty());
  FrameDependencies far = structure.templates[1];
  far.frameDifferences = {4097};
  EXPECT_TRUE(writeDependencyDescriptor(deltaFrame(far, 1), structure).empty());
  structure.protectedBy[0] = 1;
  EXPECT_TRUE(writeDependencyDescriptor(deltaFrame(structure.templates[0], 1), structure).empty());
}

DependencyStructure randomStructure(SeededRandom& random) {
  DependencyStructure structure;
  structure.templateIdOffset = static_cast<uint8_t>(random.below(64));
  structure.decodeTargets = static_cast<uint8_t>(1 + random.below(32));
  structure.chains = static_cast<uint8_t>(random.below(structure.decodeTargets + 1u));
  if (structure.chains != 0) {
    for (uint8_t i = 0; i < structure.decodeTargets; ++i)
      structure.protectedBy.push_back(static_cast<uint8_t>(random.below(structure.chains)));
  }
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  for (uint32_t left = 1 + random.below(20); left > 0; --left) {
    FrameDependencies entry{spatial, temporal, {}, {}, {}};
    for (uint8_t i = 0; i < structure.decodeTargets; ++i)
      entry.indications.push_back(static_cast<Dti>(random.below(4)));
    for (uint32_t i = random.below(4); i > 0; --i)
      entry.frameDifferences.push_back(static_cast<uint16_t>(1 + random.below(16)));
    for (uint8_t i = 0; i < structure.chains; ++i)
      entry.chainDifferences.push_back(static_cast<uint8_t>(random.below(16)));
    structure.templates.push_back(entry);
    const uint32_t next = random.below(3);
    if (next == 1 && temporal < kMaxTemporalId) {
      ++temporal;
    } else if (next == 2 && spatial < kMaxSpatialId) {
      ++spatial;
      temporal = 0;
    }
  }
  if (random.below(2) == 0) {
    for (uint8_t i = 0; i <= structure.templates.back().spatialId; ++i)
      structure.resolutions.push_back({1 + random.below(0x10000), 1 + random.below(0x10000)});
  }
  return structure;
}

TEST(DependencyDescriptor, ReadsWhatItWroteForManyStructures) {
  SeededRandom random(7);
  for (int i = 0; i < 500; ++i) {
    const DependencyStructure structure = randomStructure(random);
    DependencyDescriptorReader reader;
    const auto key = reader.read(writeDependencyDescriptor(keyFrame(structure, 100), structure));
    ASSERT_TRUE(key) << i;
    ASSERT_EQ(key->structure, structure) << i;
    for (uint16_t number = 101; number < 110; ++number) {
      const auto& from =
          structure.templates[random.below(static_cast<uint32_t>(structure.templates.size()))];
      FrameDependencies frame = from;
      if (random.below(2) == 0)
        frame.frameDifferences.assign(random.below(5),
                                      static_cast<uint16_t>(1 + random.below(4096)));
      DependencyDescriptor sent = deltaFrame(frame, number);
      if (random.below(2) == 0)
        sent.activeDecodeTargets = random.u32() & ((uint64_t{1} << structure.decodeTargets) - 1);
      const auto read = reader.read(writeDependencyDescriptor(sent, structure));
      ASSERT_TRUE(read) << i;
      ASSERT_EQ(read->frame, frame) << i;
      ASSERT_EQ(read->activeDecodeTargets, sent.activeDecodeTargets);
    }
  }
}

TEST(RtpBits, CodesValuesInAsFewBitsAsDo) {
  for (uint32_t count = 1; count <= 33; ++count) {
    for (uint32_t value = 0; value < count; ++value) {
      BitWriter writer;
      writer.nonSymmetric(value, count);
      writer.bits(0b101, 3);
      const Bytes bytes = writer.take();
      BitReader reader(bytes);
      EXPECT_EQ(reader.nonSymmetric(count), value);
      EXPECT_EQ(reader.bits(3), 0b101u);
      EXPECT_TRUE(reader.ok());
    }
  }
  BitReader reader(Bytes{0xff});
  EXPECT_EQ(reader.bits(9), 0u);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace rtc::rtp
