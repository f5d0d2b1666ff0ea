#pragma once

#include <vector>

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// Generations of ICE credentials (RFC 8839 section 4.4.1).
namespace rtc::jsep {

/// The ICE credentials of the current and the pending local description.
std::vector<IceCredentials> localCredentials(const State& state);

/// Whether the pending remote offer changes the peer's credentials on that transport, or on the one
/// that it replaces.
bool remoteRestartsIce(const State& state, const Transport& transport);

/// Takes over the credentials of a local description that is being applied; new ones begin a new
/// generation. Adds the candidates that came since the description was created.
void startLocalIce(State& state, sdp::SessionDescription& description);

/// The section of a description of ours with which the candidates of that generation of a transport
/// go: the tagged one of those that are on it. `std::nullopt` when none is. Transports that are not
/// bundled may have the same credentials. `state` is the one that the description belongs to.
std::optional<size_t> sectionOfGeneration(const State& state,
                                          const sdp::SessionDescription& description,
                                          TransportId transport, std::string_view ufrag);

}  // namespace rtc::jsep
