#pragma once

#include <string_view>

namespace rtc::jsep {

/// Whether `munged` may stand for the description `created` that createOffer or createAnswer made.
///
/// webrtc-pc wants them equal. Deployed libraries edit lines that have no effect on what has been
/// negotiated, or put a description together again from what they have parsed, and every browser
/// lets them; refusing those would break applications without protecting anything. So these edits
/// pass, and no other:
///   - line ends (LF for CRLF), blank lines at the end, several blanks for one;
///   - lines of one section in another order, which says nothing among attributes (RFC 8866
///     section 5.13);
///   - a=ice-options removed (applications that send one complete description do that);
///   - b= lines added, changed or removed (they limit media that is not there yet, or RTP's rate);
///   - a=candidate and a=end-of-candidates removed (hiding addresses from the peer is a matter of
///     what is signalled), or a=candidate without its extensions from `generation` on;
///   - parameters in a=fmtp by which a receiver says how it would like sound to be encoded (RFC
///   7587
///     section 6.1), and those that begin with x-google-: they go to the peer, and bind nobody
///     here;
///   - other ICE credentials, both of them, the same in all sections, if `mayChooseCredentials`:
///     peers that know each other's in advance do without signalling (libp2p's WebRTC Direct).
bool isHarmlessEdit(std::string_view created, std::string_view munged, bool mayChooseCredentials);

}  // namespace rtc::jsep
