#pragma once

#include "cpp/base/error.h"
#include "cpp/base/result.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// What a description must be beyond well-formed (RFC 9429 sections 5.8 and 5.9). Every failure
/// here is an InvalidAccessError, as webrtc-pc wants for content that is not acceptable.
namespace rtc::jsep {

/// Whether a description of that type may be applied in that state (RFC 9429 section 3.2);
/// InvalidStateError with a message that names both.
Status<Error> checkSignalingState(SignalingState state, SdpType type, bool remote);

/// Bounds what a remote description makes of work, memory and transports; before all else is looked
/// at.
Status<Error> validateExtent(const sdp::SessionDescription& description, SdpType type,
                             const State& state, const SessionConfig& config);

/// What holds for every remote description: unique mids, known mids in groups, credentials and
/// fingerprints in each section that is used, RTCP multiplexing, bundling.
Status<Error> validateRemote(const sdp::SessionDescription& description,
                             const SessionConfig& config);

/// A remote offer against what went before: m-lines may be added or recycled, not dropped or
/// swapped, and a DTLS association keeps its roles.
Status<Error> validateRemoteOffer(const sdp::SessionDescription& offer, const State& state);

/// A remote answer against the pending local offer.
Status<Error> validateRemoteAnswer(const sdp::SessionDescription& answer, const State& state);

}  // namespace rtc::jsep
