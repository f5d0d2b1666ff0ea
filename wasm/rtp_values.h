#pragma once

#include <vector>

#include <emscripten/val.h>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/types.h"
#include "wasm/convert.h"

// RTP's parameters and transceivers as plain values under webrtc-pc's own names.
namespace rtc::wasm {

/// An entry of `snapshot().transceivers`; docs/engine.md has the members.
val transceiverFrom(const jsep::TransceiverInfo& transceiver);

/// RTCRtpParameters.
val parametersFrom(const jsep::RtpParameters& parameters);

/// A list of RTCRtpCodec. Members that are absent have the defaults of SDP.
std::vector<jsep::RtpCodec> codecsFrom(const val& list, jsep::MediaKind kind);

/// A list of RTCRtpHeaderExtensionCapability, with "stopped" for a direction that is none.
val headerExtensionsFrom(const std::vector<jsep::HeaderExtensionCapability>& extensions);
std::vector<jsep::HeaderExtensionCapability> headerExtensionsFrom(const val& list);

}  // namespace rtc::wasm
