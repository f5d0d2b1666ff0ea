#pragma once

#include "cpp/base/bytes.h"

namespace rtc {

/// Compares secrets or MACs in time that depends on the length alone.
inline bool constantTimeEqual(ByteSpan a, ByteSpan b) {
  if (a.size() != b.size())
    return false;
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference = difference | (a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace rtc
