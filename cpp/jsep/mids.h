#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/state.h"

/// Names of m-sections (RFC 9429 section 5.2.1: from a counter, so that they tell nothing).
namespace rtc::jsep {

/// "0", "1", …: the first that was never used, nor is in `taken`.
std::string freshMid(const State& state, const std::vector<std::string>& taken);

/// Takes note of a mid that stands in a description that is applied.
void useMid(State& state, std::string_view mid);

}  // namespace rtc::jsep
