#pragma once

#include <vector>

#include "cpp/congestion/types.h"
#include "cpp/media/codec.h"

namespace rtc::media {

/// One encoding that wants to be sent.
struct AllocationRequest {
  Kind kind = Kind::kVideo;
  /// RFC 8835 section 4.1: shares are in proportion to it.
  uint32_t weight = 2;
  /// Nothing sensible can be encoded below; such an encoding is paused.
  congestion::Bitrate min = 0;
  /// More makes it no better.
  congestion::Bitrate max = 0;
  /// A layer of simulcast: those of one track are filled from the smallest.
  uint32_t track = 0;
  /// Smaller first.
  double size = 1;
};

/// Splits `total` among the encodings: audio first, then every track's smallest layer, then what is
/// left by weight, layer by layer. In the order of the requests; 0 pauses. The first video layer of
/// a track is never paused for want of bitrate alone: a bad picture is better than none.
std::vector<congestion::Bitrate> allocateBitrate(congestion::Bitrate total,
                                                 const std::vector<AllocationRequest>& requests);

}  // namespace rtc::media
