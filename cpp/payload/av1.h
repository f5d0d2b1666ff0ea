#pragma once

#include <cstdint>
#include <memory>

#include "cpp/payload/format.h"

// "RTP Payload Format For AV1" (Alliance for Open Media), section 4. A payload is an aggregation
// header and the OBU elements behind it, each but the last of W after its length in LEB128:
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |Z|Y| W |N|-|-|-|
//   +-+-+-+-+-+-+-+-+
//
//   Z: the first element goes on from the payload before; Y: the last one goes on in the next
//   W: how many elements there are, 0 when all have lengths; N: a coded video sequence begins

namespace rtc::payload {

/// Takes temporal units in the low-overhead form; the last OBU may do without its size. Temporal
/// delimiters, tile lists and padding do not travel (section 5).
std::unique_ptr<Packetizer> createAv1Packetizer();

/// Gives temporal units in the low-overhead form, where every OBU has its size and the temporal
/// delimiter is left out.
std::unique_ptr<Depacketizer> createAv1Depacketizer();

}  // namespace rtc::payload
