// Reads a row of dependency descriptors, each behind a byte of length; what is understood survives
// being written.

#include <algorithm>
#include <cstdlib>

#include "cpp/rtp/dependency_descriptor.h"

using namespace rtc;
using namespace rtc::rtp;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader input(ByteSpan(data, size));
  DependencyDescriptorReader reader;
  while (const auto length = input.u8()) {
    const auto descriptor = reader.read(*input.bytes(std::min<size_t>(*length, input.remaining())));
    if (!descriptor || !descriptor->frame)
      continue;
    const DependencyStructure& structure =
        descriptor->structure ? *descriptor->structure : *reader.structure();
    const Bytes again = writeDependencyDescriptor(*descriptor, structure);
    DependencyDescriptorReader fresh = reader;
    const auto reread = fresh.read(again);
    if (!reread || reread->frame != descriptor->frame ||
        reread->activeDecodeTargets != descriptor->activeDecodeTargets ||
        reread->structure != descriptor->structure) {
      std::abort();
    }
  }
  return 0;
}
