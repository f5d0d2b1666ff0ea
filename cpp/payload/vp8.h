#pragma once

#include <cstdint>
#include <memory>

#include "cpp/payload/format.h"

// RFC 7741 section 4.2:
//
//         0 1 2 3 4 5 6 7
//        +-+-+-+-+-+-+-+-+
//        |X|R|N|S|R| PID |
//        +-+-+-+-+-+-+-+-+
//   X:   |I|L|T|K| RSV   |
//        +-+-+-+-+-+-+-+-+
//   I:   |M| PictureID   |
//        +-+-+-+-+-+-+-+-+
//   M:   |   PictureID   |
//        +-+-+-+-+-+-+-+-+
//   L:   |   TL0PICIDX   |
//        +-+-+-+-+-+-+-+-+
//   T/K: |TID|Y| KEYIDX  |
//        +-+-+-+-+-+-+-+-+

namespace rtc::payload {

/// Every packet has all the fields, with a picture id of 15 bits. Layers are told of from the first
/// frame on, even if there is only one: receivers cannot place a frame of an upper layer, whose
/// base did not say which one it is, until the next key frame.
std::unique_ptr<Packetizer> createVp8Packetizer(uint32_t seed);
std::unique_ptr<Depacketizer> createVp8Depacketizer();

}  // namespace rtc::payload
