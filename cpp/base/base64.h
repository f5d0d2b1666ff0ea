#pragma once

#include <string>

#include "cpp/base/bytes.h"

namespace rtc {

/// Base 64 with padding (RFC 4648 section 4).
std::string base64(ByteSpan bytes);

}  // namespace rtc
