#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cpp/base/bytes.h"

namespace rtc {

/// Base 64 with padding (RFC 4648 section 4).
std::string base64(ByteSpan bytes);
/// The reverse. Nullopt for other characters, for a wrong length or padding, and for bits that the
/// padding would hide: each sequence of bytes has one text.
std::optional<Bytes> fromBase64(std::string_view text);

}  // namespace rtc
