#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/state.h"
#include "cpp/jsep/types.h"

/// The transceivers of a session apart from descriptions: webrtc-pc's addTrack(), addTransceiver(),
/// stop() and what they show.
namespace rtc::jsep {

Transceiver& addTransceiver(State& state, TransceiverInit init);
AddedTrack addTrack(State& state, MediaKind kind, std::string senderId,
                    std::vector<std::string> streams);

/// The transceiver that represents a new section of a remote offer (RFC 9429 section 5.10): the
/// first of the kind that addTrack() made and that has no section, if the section wants to
/// receive; else a new one that only receives.
Transceiver& transceiverForOffered(State& state, MediaKind kind, Direction offered);

/// webrtc-pc "stop sending and receiving".
void stopSendingAndReceiving(Transceiver& transceiver);
/// webrtc-pc "stop the RTCRtpTransceiver".
void stop(Transceiver& transceiver);
/// Takes those out that are over once an exchange is complete: stopped without an m-section in use,
/// or stopping without ever having had one.
void removeStopped(State& state);

/// getHeaderExtensionsToNegotiate(), and its setter for a list that has been checked.
std::vector<HeaderExtensionCapability> extensionsToNegotiate(const State& state,
                                                             const Transceiver& transceiver);
void setExtensionsToNegotiate(const State& state, Transceiver& transceiver,
                              std::vector<HeaderExtensionCapability> extensions);

TransceiverInfo infoOf(const State& state, const Transceiver& transceiver);
RtpParameters sendParametersOf(const State& state, const Transceiver& transceiver);
RtpParameters receiveParametersOf(const Transceiver& transceiver);

}  // namespace rtc::jsep
