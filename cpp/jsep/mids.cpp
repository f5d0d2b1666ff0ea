#include "cpp/jsep/mids.h"

#include <algorithm>

#include "cpp/sdp/text.h"

namespace rtc::jsep {
namespace {

template <typename T>
bool contains(const std::vector<T>& list, const T& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// A peer that uses more numbers than this beyond ours is not helped with unique names.
constexpr size_t kMaxForeign = 1024;

}  // namespace

std::string freshMid(const State& state, const std::vector<std::string>& taken) {
  for (uint32_t n = state.nextMid;; ++n) {
    std::string mid = std::to_string(n);
    if (!contains(state.foreignMids, n) && !contains(taken, mid))
      return mid;
  }
}

void useMid(State& state, std::string_view mid) {
  const auto number = sdp::parseNumber<uint32_t>(mid);
  // "007" is a name like any other.
  if (!number || std::to_string(*number) != mid || *number < state.nextMid)
    return;
  auto& foreign = state.foreignMids;
  if (!contains(foreign, *number) && foreign.size() < kMaxForeign)
    foreign.push_back(*number);
  while (contains(foreign, state.nextMid)) {
    std::erase(foreign, state.nextMid);
    ++state.nextMid;
  }
}

}  // namespace rtc::jsep
