#pragma once

#include <string_view>

#include "cpp/sdp/description.h"

/// Candidates on their way into descriptions (RFC 8839 section 5.1, RFC 8840 section 4.4).
namespace rtc::jsep {

/// Adds a=candidate behind those that are there; a candidate that is there already stays once.
void foldCandidate(sdp::MediaSection& section, std::string_view candidate);

/// Removes that a=candidate; true when it was there. Without another one, m= and c= say again that
/// there is none.
bool removeCandidate(sdp::MediaSection& section, std::string_view candidate);

/// Adds a=end-of-candidates, once.
void foldEndOfCandidates(sdp::MediaSection& section);

/// Makes m= and c= of a local section name its default candidate: relay before server-reflexive
/// before host, IPv4 before IPv6, UDP with an address only (RFC 8839 section 4.2.1.2 names the
/// preference for relay). Without one they stay as they are.
void updateDefaultCandidate(sdp::MediaSection& section);

}  // namespace rtc::jsep
