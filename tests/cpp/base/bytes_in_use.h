#pragma once

#include <cstddef>
#include <malloc.h>

// Of the sanitizers' run-time library, where there is one.
extern "C" __attribute__((weak)) size_t __sanitizer_get_current_allocated_bytes();

namespace rtc::testing {

/// Bytes of memory in use by everything in this process, C libraries included.
inline size_t bytesInUse() {
  if (__sanitizer_get_current_allocated_bytes != nullptr)
    return __sanitizer_get_current_allocated_bytes();
  return mallinfo2().uordblks;
}

/// How much more there is now than there was.
inline size_t growthSince(size_t before) {
  const size_t now = bytesInUse();
  return now > before ? now - before : 0;
}

}  // namespace rtc::testing
