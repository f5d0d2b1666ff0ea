#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// Candidates that come one by one, on their way into the descriptions of their generation.
namespace rtc::jsep {

/// Adds a remote candidate (or, when empty, the end of candidates) to section `index`, or to all,
/// in each remote description of the generation `ufrag` (the most recent one without it). False
/// when there is none.
bool foldRemoteCandidate(State& state, std::optional<size_t> index,
                         const std::optional<std::string>& ufrag, std::string_view candidate);

/// Adds a local candidate (or, when empty, the end of candidates) to each local description of its
/// generation.
void foldLocalCandidate(State& state, TransportId transport, std::string_view ufrag,
                        std::string_view candidate);

/// Takes a local candidate out of each local description of its generation.
void unfoldLocalCandidate(State& state, TransportId transport, std::string_view ufrag,
                          std::string_view candidate);

}  // namespace rtc::jsep
