#pragma once

#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// Offers and answers as pure functions of the state (RFC 9429 sections 5.2 and 5.3). Nothing is
/// drawn here: credentials and the session id come in.
namespace rtc::jsep {

/// What a transport says of itself in a section.
struct LocalTransport {
  IceCredentials ice;
  /// Candidates of that ICE generation that are known already.
  std::vector<std::string> candidates;
  bool endOfCandidates = false;
};

/// The offer that describes `state`; `transport` is for the data section, where there is one.
sdp::SessionDescription buildOffer(const State& state, const SessionConfig& config,
                                   const LocalTransport& transport);

/// The answer to `state.pendingRemote`, which is an offer that was accepted.
sdp::SessionDescription buildAnswer(const State& state, const SessionConfig& config,
                                    const LocalTransport& transport);

/// Whether the next offer has an application section that is in use.
bool offersData(const State& state);

/// "0", "1", …: the first that neither description nor an earlier offer uses.
std::string nextMid(const State& state);

}  // namespace rtc::jsep
