#pragma once

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// What an answer decides, whichever side gave it (RFC 9429 section 5.11).
namespace rtc::jsep {

/// Settles transports, data and transceivers by the pair `state.local()`, `state.remote()` and
/// moves the signalling state. A provisional answer rejects nothing yet. True when the answer left
/// the data channels without a section.
bool settle(State& state, const SessionConfig& config, SdpType type, bool localIsOfferer);

}  // namespace rtc::jsep
