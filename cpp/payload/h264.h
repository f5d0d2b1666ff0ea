#pragma once

#include <cstdint>
#include <memory>

#include "cpp/payload/format.h"

// RFC 6184. A payload begins like a NAL unit (section 1.3):
//
//      +---------------+
//      |0|1|2|3|4|5|6|7|
//      +-+-+-+-+-+-+-+-+
//      |F|NRI|  Type   |
//      +---------------+
//
// and its type says whether it is one (1 to 23), several behind 16 bits of length each (24, STAP-A,
// section 5.7.1), or a piece of one (28, FU-A, section 5.8) with a second byte:
//
//      +-+-+-+-+-+-+-+-+
//      |S|E|R|  Type   |
//      +---------------+

namespace rtc::payload {

/// Takes access units in Annex B form: NAL units behind start codes of three or four bytes. With
/// `singleNalUnits` (packetization-mode 0) each is a payload, and a frame with one that is too long
/// for that is refused; else (mode 1) small ones share a payload and long ones are cut.
std::unique_ptr<Packetizer> createH264Packetizer(bool singleNalUnits);

/// Reads both modes; gives frames in Annex B form, with start codes of four bytes. Nothing in a
/// payload surely begins a frame but an access unit delimiter or a sequence parameter set.
std::unique_ptr<Depacketizer> createH264Depacketizer();

}  // namespace rtc::payload
