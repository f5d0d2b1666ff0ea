#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/jsep/types.h"
#include "cpp/sdp/description.h"

/// Questions about the media sections of a description; no state.
namespace rtc::jsep {

/// Port zero, and not for BUNDLE's sake (RFC 3264 section 6, RFC 9143 section 6).
bool isRejected(const sdp::MediaSection& section);

/// How an application section says "SCTP over DTLS".
enum class DataForm {
  /// RFC 8841: UDP/DTLS/SCTP webrtc-datachannel + a=sctp-port.
  kCurrent,
  /// Its drafts up to 07: DTLS/SCTP 5000 + a=sctpmap.
  kSctpMap,
};
/// `std::nullopt` when the section does not describe data channels.
std::optional<DataForm> dataForm(const sdp::MediaSection& section);

/// Whether data channels can run over that section: it has a form, and neither its port nor its
/// SCTP port is zero (RFC 8841 section 10.3: zero closes the association).
bool isUsableData(const sdp::MediaSection& section);
/// The first usable one. A second is always rejected: a connection has one association.
std::optional<size_t> findData(const sdp::SessionDescription& description);

uint16_t sctpPort(const sdp::MediaSection& section);
/// Absent means 65536 (RFC 8841 section 6.1), 0 is "any size".
uint64_t maxMessageSize(const sdp::MediaSection& section);

/// The section's a=mid.
std::optional<std::string> midOf(const sdp::MediaSection& section);
std::optional<size_t> findMid(const sdp::SessionDescription& description, std::string_view mid);

/// The mids of the BUNDLE group that the section belongs to; empty when it is in none.
std::vector<std::string> bundleGroup(const sdp::SessionDescription& description, size_t index);

/// The ICE credentials, fingerprints, … of a section. What it lacks comes from the tagged section
/// of its BUNDLE group (RFC 9143 section 7.1.3) or the session level.
std::optional<IceCredentials> iceCredentials(const sdp::SessionDescription& description,
                                             size_t index);
std::vector<sdp::Fingerprint> fingerprints(const sdp::SessionDescription& description,
                                           size_t index);
std::optional<sdp::Setup::Role> setupRole(const sdp::SessionDescription& description, size_t index);
/// a=ice-options:trickle, in that section or for the session.
bool canTrickle(const sdp::SessionDescription& description, size_t index);
/// … in any section.
bool canTrickle(const sdp::SessionDescription& description);
bool isLite(const sdp::SessionDescription& description);

/// The candidates of every section that shares the ICE credentials of that one.
std::vector<std::string> candidates(const sdp::SessionDescription& description, size_t index);
bool endOfCandidates(const sdp::SessionDescription& description, size_t index);

}  // namespace rtc::jsep
