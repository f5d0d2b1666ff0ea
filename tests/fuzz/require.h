#pragma once

#include <cstdio>
#include <cstdlib>

namespace rtc::fuzz {

/// Ends the run, as a finding that says `what`, where that does not hold.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace rtc::fuzz
