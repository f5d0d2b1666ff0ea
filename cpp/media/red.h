#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/types.h"

// Redundant data, RFC 2198 section 3. Each block in front of the last one has a header of
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |1|   block PT  |  timestamp offset         |   block length    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// and the last one, what the packet is for, has one byte of
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |0|   block PT  |
//   +-+-+-+-+-+-+-+-+
//
// All headers come first, then all data. Video has the last block alone.

namespace rtc::media {

/// What a header has bits for.
inline constexpr uint16_t kMaxRedTimestampOffset = 0x3fff;
inline constexpr size_t kMaxRedBlockLength = 0x3ff;
/// Nobody repeats more; it bounds what a packet can make of itself.
inline constexpr size_t kMaxRedBlocks = 32;

struct RedBlock {
  rtp::PayloadType payloadType;
  /// How much older than the packet; 0 for the last one.
  uint16_t timestampOffset = 0;
  ByteSpan data;
};

/// The blocks, the packet's own last; they point into `payload`. Nullopt for what is cut off.
std::optional<std::vector<RedBlock>> readRed(ByteSpan payload);

/// The packets that a RED packet stands for, oldest first, its own last. A redundant block was the
/// whole of a packet before, and those were sent one after the other, so that it gets the sequence
/// number of as many packets before; it has no extensions, and no marker. Empty blocks are left
/// out. Nothing for what is broken.
std::vector<rtp::Packet> unwrapRed(const rtp::Packet& red);

/// Puts each frame of audio into a payload with the frames before it. One per stream.
class RedEncoder {
 public:
  /// `redundancy` is how many of the frames before go with each; `maxSize` bounds a payload, and
  /// older frames are left out where they do not fit.
  explicit RedEncoder(size_t redundancy = 1, size_t maxSize = 1200)
      : redundancy_(redundancy), maxSize_(maxSize) {}

  /// The payload for a frame that will have the timestamp. Frames that are not sent are not given.
  Bytes wrap(ByteSpan frame, rtp::RtpTime timestamp, rtp::PayloadType payloadType);
  /// Something else has the next number: the frames before it would be taken for it.
  void interrupt() { past_.clear(); }

 private:
  struct Past {
    rtp::PayloadType payloadType;
    rtp::RtpTime timestamp;
    Bytes data;
  };

  size_t redundancy_;
  size_t maxSize_;
  /// Newest first.
  std::deque<Past> past_;
};

}  // namespace rtc::media
