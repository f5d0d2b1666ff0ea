#pragma once

#include "cpp/jsep/state.h"
#include "cpp/sdp/description.h"

/// What each description that is applied adds to the session's memory.
namespace rtc::jsep {

/// Keeps the state that a rollback returns to, when an exchange begins.
void rememberStable(State& state);

/// Takes note of mids, payload types and header extension ids: none gets another meaning.
void learnFrom(State& state, const sdp::SessionDescription& description);

}  // namespace rtc::jsep
