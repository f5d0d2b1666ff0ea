#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// Applying what has been validated: how a description, a rollback or a candidate changes the state
/// (RFC 9429 sections 5.10 to 5.13, webrtc-pc "set a session description"). Nothing here can fail;
/// the signalling state has been checked.
namespace rtc::jsep {

/// True when the description is an answer that left the data channels without a section.
bool negotiateLocal(State& state, AppliedDescription description, const SessionConfig& config);
bool negotiateRemote(State& state, AppliedDescription description, const SessionConfig& config);

/// The state before the offer that is pending, with what may not be forgotten: candidates of the
/// descriptions that stay, wishes, and numbers that are never used twice.
State rolledBack(const State& state);

/// The ICE credentials of the current and the pending local description.
std::vector<IceCredentials> localCredentials(const State& state);

/// Whether the pending remote offer changes the credentials of a transport that exists.
bool remoteRestartsIce(const State& state);

/// Adds a remote candidate (or, when empty, the end of candidates) to section `index`, or to all,
/// in each remote description of the generation `ufrag` (the most recent one without it). False
/// when there is none.
bool foldRemoteCandidate(State& state, std::optional<size_t> index,
                         const std::optional<std::string>& ufrag, std::string_view candidate);

/// Adds a local candidate (or, when empty, the end of candidates) to each local description of its
/// generation.
void foldLocalCandidate(State& state, TransportId transport, std::string_view ufrag,
                        std::string_view candidate);

}  // namespace rtc::jsep
