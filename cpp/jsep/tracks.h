#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpp/sdp/description.h"

/// Which MediaStreams and which track a section announces (RFC 8830).
namespace rtc::jsep {

struct AnnouncedTrack {
  /// Each once.
  std::vector<std::string> streams;
  /// Empty when the description does not tell.
  std::string id;
};

/// From a=msid ("-" is no stream), or from a=ssrc:… msid:… where a=msid is absent, as older peers
/// write it. A section with neither belongs to the stream "default" (RFC 9429 section 5.7.2 wants
/// one for the session).
AnnouncedTrack announcedTrack(const sdp::MediaSection& section);

/// Whether the section describes more than one track: Plan B, by which all tracks of a kind share
/// a section.
bool isPlanB(const sdp::MediaSection& section);

/// The streams of a=msid alone: what webrtc-pc compares when it checks if negotiation is needed.
/// `std::nullopt` without any a=msid.
std::optional<std::vector<std::string>> signaledStreams(const sdp::MediaSection& section);

}  // namespace rtc::jsep
