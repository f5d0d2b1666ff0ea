#include "cpp/payload/split.h"

#include <algorithm>

namespace rtc::payload {

PayloadLimits behindHeader(const PayloadLimits& limits, size_t headerSize) {
  PayloadLimits rest = limits;
  rest.max -= std::min(limits.max, headerSize);
  return rest;
}

std::vector<size_t> splitEvenly(size_t size, const PayloadLimits& limits) {
  const size_t total = size + limits.firstReduction + limits.lastReduction;
  if (size == 0)
    return {};
  if (total <= limits.max)
    return {size};
  if (limits.max <= limits.firstReduction || limits.max <= limits.lastReduction)
    return {};
  const size_t count = std::max<size_t>(2, (total + limits.max - 1) / limits.max);
  if (size < count)
    return {};

  std::vector<size_t> pieces;
  pieces.reserve(count);
  size_t begin = 0;
  for (size_t i = 0; i < count; ++i) {
    // Where this piece would end if headers were payload; at least a byte is left for each.
    const size_t share = total * (i + 1) / count;
    const size_t least = begin + 1;
    const size_t most = size - (count - 1 - i);
    const size_t wanted = share - std::min(share, limits.firstReduction);
    const size_t end = i + 1 == count ? size : std::clamp(wanted, least, most);
    pieces.push_back(end - begin);
    begin = end;
  }
  return pieces;
}

}  // namespace rtc::payload
