#pragma once

#include <string_view>

namespace rtc::jsep {

/// Whether `munged` may stand for the description `created` that createOffer or createAnswer made.
///
/// webrtc-pc wants them equal. Deployed libraries edit lines that have no effect on what has been
/// negotiated, and every browser lets them; refusing those would break applications without
/// protecting anything. So these edits pass, and no other:
///   - line ends (LF for CRLF) and blank lines at the end;
///   - a=ice-options removed (applications that send one complete description do that);
///   - b= lines added, changed or removed (they limit media that is not there yet, or RTP's rate);
///   - a=candidate and a=end-of-candidates removed (hiding addresses from the peer is a matter of
///     what is signalled).
bool isHarmlessEdit(std::string_view created, std::string_view munged);

}  // namespace rtc::jsep
