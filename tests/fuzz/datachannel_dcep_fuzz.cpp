// DATA_CHANNEL_OPEN on anything; what is understood must survive being written and read.

#include <cstdlib>

#include "cpp/datachannel/dcep.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rtc::datachannel;
  const rtc::ByteSpan input(data, size);
  (void)dcepType(input);
  (void)isUtf8(input);
  if (const auto options = parseOpen(input); options.ok()) {
    const auto again = parseOpen(encodeOpen(*options));
    if (!again.ok() || !(*again == *options))
      std::abort();
  }
  return 0;
}
