#pragma once

#include <cstddef>
#include <vector>

#include "cpp/payload/format.h"

namespace rtc::payload {

/// The limits for what stands behind a header of that length in every packet.
PayloadLimits behindHeader(const PayloadLimits& limits, size_t headerSize);

/// The lengths of the pieces that `size` bytes are cut into: as few as will do, none of them empty,
/// and all of about the same length, their longer headers in the first and the last one counted in.
/// A burst of equal packets is what pacers and forward error correction like, and a short last
/// packet would cost a header for little. Empty when the limits leave no room.
std::vector<size_t> splitEvenly(size_t size, const PayloadLimits& limits);

}  // namespace rtc::payload
