#pragma once

#include <cstdint>

#include "cpp/base/bytes.h"

namespace rtc {

/// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum of SCTP (RFC 9260 appendix
/// A). `crc` is the result over the bytes that came before, 0 at the start.
uint32_t crc32c(ByteSpan bytes, uint32_t crc = 0);

}  // namespace rtc
