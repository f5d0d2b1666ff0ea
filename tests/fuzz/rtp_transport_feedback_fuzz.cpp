// Transport-wide feedback: whatever is understood survives being written and read.

#include <cstdlib>

#include "cpp/rtp/rtcp_transport_feedback.h"

using namespace rtc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto feedback = rtp::readTransportFeedback({data, size});
  if (!feedback)
    return 0;
  if (feedback->arrivals.size() > size || feedback->arrivals.size() > feedback->count)
    std::abort();
  for (size_t i = 0; i < feedback->arrivals.size(); ++i) {
    const auto& arrival = feedback->arrivals[i];
    if (arrival.offset >= feedback->count ||
        (i > 0 && arrival.offset <= feedback->arrivals[i - 1].offset))
      std::abort();
  }
  if (rtp::readTransportFeedback(rtp::writeTransportFeedback(*feedback)) != feedback)
    std::abort();
  return 0;
}
