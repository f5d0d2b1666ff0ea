#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rtc {

/// In lower case, with zeros in front up to so many digits. Here because `printf`, with all that it
/// can print, is as large as a protocol.
inline std::string hex(uint32_t value, size_t least = 1) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (; value > 0 || text.size() < least; value >>= 4)
    text.insert(text.begin(), kDigits[value & 15]);
  return text;
}

}  // namespace rtc
