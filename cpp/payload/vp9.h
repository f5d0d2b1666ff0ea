#pragma once

#include <cstdint>
#include <memory>

#include "cpp/payload/format.h"

// RFC 9628 section 4.2:
//
//   Flexible mode (with the F bit set)        Non-flexible mode
//
//         0 1 2 3 4 5 6 7                           0 1 2 3 4 5 6 7
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//        |I|P|L|F|B|E|V|Z|                         |I|P|L|F|B|E|V|Z|
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//   I:   |M| PICTURE ID  |                    I:   |M| PICTURE ID  |
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//   M:   | EXTENDED PID  |                    M:   | EXTENDED PID  |
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//   L:   | TID |U| SID |D|                    L:   | TID |U| SID |D|
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//   P,F: | P_DIFF      |N|  up to 3 times          |   TL0PICIDX   |
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+
//   V:   | SS ..         |                    V:   | SS ..         |
//        +-+-+-+-+-+-+-+-+                         +-+-+-+-+-+-+-+-+

namespace rtc::payload {

/// Writes pictures of one spatial layer. It does so in the flexible mode, where each picture names
/// those that it refers to: the other mode promises a pattern that an encoder breaks whenever it
/// drops a picture. As in the scalability modes L1T1 to L1T3 of webrtc-svc, a picture refers to the
/// last one of the lower temporal layers, in the base layer to the last one of that.
std::unique_ptr<Packetizer> createVp9Packetizer(uint32_t seed);

/// Reads both modes. What it calls a frame is the whole picture with all its spatial layers, which
/// only together are worth decoding; the marker bit ends it.
std::unique_ptr<Depacketizer> createVp9Depacketizer();

}  // namespace rtc::payload
