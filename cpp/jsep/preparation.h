#pragma once

#include <vector>

#include "cpp/base/random.h"
#include "cpp/jsep/offer_plan.h"
#include "cpp/jsep/state.h"

/// What is drawn before a description can be written. Each draws only what is not there yet, so
/// that creating twice gives the same, and is false when the random source fails.
namespace rtc::jsep {

/// What the RTCP parameters of senders have from the beginning.
[[nodiscard]] bool prepareCname(State& state, RandomSource& random);

/// The session id, and the CNAME when there is somebody to bear it.
[[nodiscard]] bool prepareSession(State& state, RandomSource& random);

/// Ids and SSRCs of the transceivers that may send.
[[nodiscard]] bool prepareSenders(State& state, RandomSource& random);

/// The credentials and known candidates of each transport: its own, or fresh ones where `restarts`
/// says so or it has none.
[[nodiscard]] bool prepareTransports(State& state, std::vector<LocalTransport>& transports,
                                     const std::vector<bool>& restarts, RandomSource& random);

}  // namespace rtc::jsep
