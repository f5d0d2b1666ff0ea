#pragma once

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// Applying what has been validated: how a description or a rollback changes the state (RFC 9429
/// sections 5.9 to 5.11, webrtc-pc "set a session description"). Nothing here can fail; the
/// signalling state has been checked.
namespace rtc::jsep {

/// True when the description is an answer that left the data channels without a section.
bool applyLocal(State& state, AppliedDescription description, const SessionConfig& config);
bool applyRemote(State& state, AppliedDescription description, const SessionConfig& config);

/// The state before the offer that is pending, with what may not be forgotten: candidates of the
/// descriptions that stay, what the application asked for, and numbers that are never used twice.
State rolledBack(const State& state);

}  // namespace rtc::jsep
