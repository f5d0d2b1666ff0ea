#pragma once

#include <string>
#include <vector>

#include "cpp/base/error.h"
#include "cpp/base/result.h"
#include "cpp/sdp/description.h"

/// Simulcast as we send it (RFC 8853, RFC 8851): several encodings of one track, each with a rid.
/// We do not receive it, as browsers do not.
namespace rtc::jsep {

/// How many encodings a sender of video has at most; more are cut off, as in Chromium.
inline constexpr size_t kMaxSendEncodings = 3;

/// The rids that the peer's section is ready to receive, in order and each once; of alternatives
/// the first, paused ones like the others.
std::vector<std::string> receivedRids(const sdp::MediaSection& section);
/// What a section of ours proposes or promises to send.
std::vector<std::string> sentRids(const sdp::MediaSection& section);

/// Appends a=rid and a=simulcast for what we send; nothing when `rids` is empty.
void writeSimulcast(sdp::MediaSection& section, const std::vector<std::string>& rids);

/// `rids` without those that `kept` lacks. When nothing is left of them, the first one alone
/// (webrtc-pc, "set a session description").
std::vector<std::string> prunedRids(const std::vector<std::string>& rids,
                                    const std::vector<std::string>& kept);

/// RFC 9429 section 5.8: a=simulcast names only what a=rid declares, in the same direction.
Status<Error> checkSimulcast(const sdp::MediaSection& section);

}  // namespace rtc::jsep
