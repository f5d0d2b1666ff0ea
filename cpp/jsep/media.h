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
/// Rejected, or bundle-only without a bundle.
bool isRejected(const sdp::SessionDescription& description, size_t index);

/// Audio or video over any of RTP's profiles (RFC 9429 section 5.1.2).
std::optional<MediaKind> rtpKind(const sdp::MediaSection& section);
/// a=sendrecv and the like: the section's, else the session's, else sendrecv (RFC 8866
/// section 6.7).
Direction directionOf(const sdp::SessionDescription& description, size_t index);
/// a=rtcp-mux, which the tagged section may have for all of a bundle.
bool usesRtcpMux(const sdp::SessionDescription& description, size_t index);

/// How an application section says "SCTP over DTLS".
enum class DataForm {
  /// RFC 8841: UDP/DTLS/SCTP webrtc-datachannel + a=sctp-port.
  kCurrent,
  /// Its drafts up to 07: DTLS/SCTP 5000 + a=sctpmap.
  kSctpMap,
};
/// `std::nullopt` when the section does not describe data channels.
std::optional<DataForm> dataForm(const sdp::MediaSection& section);

/// Whether data channels can run over that section: it has a form, is not rejected, and its SCTP
/// port is not zero (RFC 8841 section 10.3: zero closes the association).
bool isUsableData(const sdp::SessionDescription& description, size_t index);

uint16_t sctpPort(const sdp::MediaSection& section);
/// Absent means 65536 (RFC 8841 section 6.1), 0 is "any size".
uint64_t maxMessageSize(const sdp::MediaSection& section);
/// a=sctp-init; empty without.
Bytes sctpInit(const sdp::MediaSection& section);
/// Whether that is one of the peer's making. Peers that copy attributes which they do not know (old
/// libdatachannel) send ours back, and do not mean it.
bool isPeersInit(ByteSpan init, const SessionConfig& config);

/// The section's a=mid.
std::optional<std::string> midOf(const sdp::MediaSection& section);
std::optional<size_t> findMid(const sdp::SessionDescription& description, std::string_view mid);

/// The mids of the BUNDLE group that the section belongs to; empty when it is in none.
std::vector<std::string> bundleGroup(const sdp::SessionDescription& description, size_t index);
/// All BUNDLE groups, in order.
std::vector<std::vector<std::string>> bundleGroups(const sdp::SessionDescription& description);

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

/// What is told of a transport's candidates, and folded into a section of a peer's. Agents take a
/// hundred.
inline constexpr size_t kMaxCandidates = 512;

/// The candidates of the transport that this section speaks for: its own, as RFC 9143 section 10
/// has it, or where it has none those of all sections that it is bundled with and shares
/// credentials with. Beside its own, another section's may be of a transport that the bundle
/// leaves. At most `kMaxCandidates`.
std::vector<std::string> candidates(const sdp::SessionDescription& description, size_t index);
bool endOfCandidates(const sdp::SessionDescription& description, size_t index);

}  // namespace rtc::jsep
