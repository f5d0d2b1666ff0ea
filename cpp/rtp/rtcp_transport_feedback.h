#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/rtp/types.h"

// The FCI of transport-wide feedback (RTPFB, FMT 15),
// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |      base sequence number     |      packet status count      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                 reference time                | fb pkt. count |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |          packet chunk         |         packet chunk          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   .                                                               .
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |         packet chunk          |  recv delta   |  recv delta   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   .                                                               .
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           recv delta          |  recv delta   | zero padding  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Packet chunks (sections 3.1.3 and 3.1.4): a symbol and how often it comes, or 14 symbols of one
// bit, or 7 of two.
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |0| S |       run length        |     |1|S|        symbol list        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace rtc::rtp {

/// Which packets of a range came to the receiver, and when. Sequence numbers are the transport-wide
/// ones.
struct TransportFeedback {
  /// "in multiples of 250us" (section 3.1.5).
  static constexpr Duration kTick = Duration::microseconds(250);
  /// "multiples of 64ms" (section 3.1).
  static constexpr Duration kReferenceUnit = Duration::milliseconds(64);
  /// The reference time has 24 bits and a sign, and wraps.
  static constexpr int kReferenceBits = 24;

  struct Arrival {
    /// Sequence number less the base.
    uint16_t offset = 0;
    /// Since the reference time; multiples of `kTick`, and negative for what came before it.
    Duration at;
    bool operator==(const Arrival&) const = default;
  };

  SequenceNumber base;
  /// How many sequence numbers from `base` on it tells of. Those without an arrival did not come.
  uint16_t count = 0;
  /// In units of `kReferenceUnit` on a clock of the receiver's, -2^23 to 2^23 - 1.
  int32_t reference = 0;
  /// Counts the feedback packets; wraps.
  uint8_t feedbackCount = 0;
  /// By ascending offset, each less than `count`.
  std::vector<Arrival> arrivals;

  bool operator==(const TransportFeedback&) const = default;
};

/// Nullopt when chunks or deltas are cut off, no packet is told of, or a symbol is the reserved
/// one. What stands behind the last delta is padding. The result is never larger than a constant
/// times `fci`, since each arrival takes a byte there.
std::optional<TransportFeedback> readTransportFeedback(ByteSpan fci);

/// Padded with zeros to a multiple of four bytes. Arrival times are rounded down to ticks. Two
/// successive arrivals can be 8.19 s apart at most: what follows a longer step is left out, and so
/// are arrivals out of order or beyond `count`. What is written can be read back, unless `count` is
/// zero.
Bytes writeTransportFeedback(const TransportFeedback& feedback);

}  // namespace rtc::rtp
