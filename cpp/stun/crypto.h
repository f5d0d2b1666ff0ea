#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

#include "cpp/base/bytes.h"

namespace rtc::stun {

inline constexpr size_t kMd5Size = 16;
inline constexpr size_t kSha1Size = 20;
inline constexpr size_t kSha256Size = 32;

enum class Hash { kMd5, kSha1, kSha256 };

/// HMAC (RFC 2104) over the concatenation of `parts`. `out` has exactly the hash's size. False when
/// the cryptographic library fails (out of memory); `out` is then unspecified and must not be used.
[[nodiscard]] bool hmac(Hash hash, ByteSpan key, std::initializer_list<ByteSpan> parts,
                        MutableByteSpan out);

/// The hash over the concatenation of `parts`; the same rules as for `hmac`.
[[nodiscard]] bool digest(Hash hash, std::initializer_list<ByteSpan> parts, MutableByteSpan out);

/// CRC-32 of ITU V.42, the checksum in FINGERPRINT (RFC 8489 section 14.7).
uint32_t crc32(ByteSpan bytes);

/// The key of the long-term credential mechanism: MD5(username ":" realm ":" password) (RFC 8489
/// section 18.5.1). Names that are not ASCII must have gone through OpaqueString (RFC 8265) before.
/// Empty when the cryptographic library fails.
Bytes longTermKey(std::string_view username, std::string_view realm, std::string_view password);

/// The value of USERHASH: SHA-256(username ":" realm) (RFC 8489 section 14.4). Empty on failure.
Bytes userHash(std::string_view username, std::string_view realm);

}  // namespace rtc::stun
