#pragma once

#include <string>
#include <string_view>

#include "cpp/base/result.h"
#include "cpp/sdp/description.h"

namespace rtc::sdp {

/// Why a description was refused, and where.
struct SdpError {
  /// 1-based.
  int line = 1;
  /// What the line should be.
  std::string message;
};

/// Parses a session description (RFC 8866 section 9 and the attributes' own RFCs). Strict in the
/// order of the head (v=, o=, s=, then t= before the first m=) and in attributes that steer the
/// transports; lines may end in CRLF or LF, blank lines may follow the last. Types and attributes
/// that are not understood are kept, and so are those of RTP in any form.
Result<SessionDescription, SdpError> parse(std::string_view text);

}  // namespace rtc::sdp
