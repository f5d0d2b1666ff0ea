#pragma once

#include <optional>
#include <vector>

#include "cpp/jsep/state.h"
#include "cpp/sdp/description.h"

/// Which transport each m-section has, as BUNDLE groups come and go (RFC 9143).
namespace rtc::jsep {

/// With `replaced`, one that takes over its bundle, and its ICE role with it.
TransportId newTransport(State& state, std::optional<TransportId> replaced = std::nullopt);

/// Whether a section takes part in that description: it has a use, and is not rejected.
bool isAlive(const State& state, const sdp::SessionDescription& description, size_t index);

/// One transport for each group that the peer's offer proposes, and one for each other section;
/// those that exist are kept where they can be. A bundle that gets another section to speak for it
/// moves to a new transport: RFC 9143 would keep the old one, but browsers do not, whatever the
/// credentials say.
void assignOfferedTransports(State& state, const sdp::SessionDescription& offer);

/// One transport for each group of the answer: that of the section that speaks for it.
void assignAnsweredTransports(State& state, const sdp::SessionDescription& answer,
                              const std::vector<bool>& accepted);

/// Notes for each transport which section speaks for it in that description.
void tagTransports(State& state, const sdp::SessionDescription& description);

/// Drops the transports that neither a section nor a rollback needs.
void dropIdleTransports(State& state);

}  // namespace rtc::jsep
