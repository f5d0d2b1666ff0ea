#pragma once

#include "cpp/jsep/state.h"

namespace rtc::jsep {

/// webrtc-pc section 4.7.3, "check if negotiation is needed". While an exchange is pending, what it
/// would change does not count yet.
bool isNegotiationNeeded(const State& state);

}  // namespace rtc::jsep
