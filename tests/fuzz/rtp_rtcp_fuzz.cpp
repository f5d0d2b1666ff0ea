// Reads any bytes as an RTCP compound; what is accepted survives being written, but for what is cut
// and what is rounded.

#include <cstdlib>

#include "cpp/rtp/rtcp_packet.h"

using namespace rtc;
using namespace rtc::rtp;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto messages = readRtcp(ByteSpan(data, size));
  const auto again = readRtcp(writeRtcp(messages));
  if (again.size() != messages.size())
    std::abort();
  for (size_t i = 0; i < messages.size(); ++i) {
    // Entries of a NACK may repeat and overlap, and are then put together.
    if (!std::holds_alternative<Nack>(messages[i]) && again[i] != messages[i])
      std::abort();
  }
  return 0;
}
