// Candidate lines from anybody: parsing never reads past the end, and what was parsed once survives
// being written and parsed again.

#include <cstdlib>

#include "cpp/ice/candidate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using rtc::ice::Candidate;
  const auto first = Candidate::parse(rtc::asText({data, size}));
  if (!first.ok())
    return 0;
  const auto second = Candidate::parse(first->toString());
  if (!second.ok() || !(*second == *first))
    std::abort();
  return 0;
}
