#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/sctp/timer.h"

namespace rtc::sctp {

/// What is left of Ethernet's 1500 bytes after IPv6, UDP, TURN's channel header and the DTLS
/// record's.
inline constexpr size_t kEthernetPacketSize = 1408;

/// How large a packet may be on the path: datagram packetization layer path MTU discovery (RFC
/// 8899) with HEARTBEAT chunks for probes (section 6.2). The search begins when there is much to
/// send, and goes upwards through the sizes of usual links, so that what a probe costs is one round
/// trip and one packet.
///
/// A socket of Node.js cannot forbid fragmentation: once the system has learned of a bottleneck it
/// cuts what is larger, and the second probe of a size would seem to pass. So a size gets one
/// probe, and the search ends where one is lost.
class PathMtu {
 public:
  /// `base` passes everywhere.
  explicit PathMtu(size_t base) : base_(base), size_(base) {}

  /// Another path, on which packets of up to `ceiling` bytes are worth a try.
  void pathChanged(size_t ceiling);

  /// The largest packet to send, in bytes.
  size_t packetSize() const { return size_; }

  /// A probe would be of use now, if there is much to send.
  bool wantsProbe(Timestamp now) const;
  /// What a probe carries so that its answer can be told from others, and the packet's size.
  struct Probe {
    uint64_t nonce = 0;
    size_t size = 0;
  };
  Probe takeProbe(uint64_t nonce, Duration timeout, Timestamp now);
  /// An answer came; true when it was to the probe and packets may be larger now.
  bool answered(uint64_t nonce);

  /// Nothing was acknowledged for a retransmission timeout, and the packets' size may be why: back
  /// to the base (RFC 8899 section 4.3). What the path still takes is searched for anew, later and
  /// later. True when the size changed.
  bool timedOut(Timestamp now);

  Timestamp deadline() const { return probeTimer_.deadline(); }
  void handleTimeout(Timestamp now);

 private:
  std::optional<size_t> nextSize() const;

  size_t base_;
  size_t size_;
  size_t ceiling_ = 0;
  /// A probe was lost.
  bool isEnded_ = false;
  Probe probe_;
  Timer probeTimer_;
  Timestamp searchFrom_;
  Duration searchAgainAfter_ = kSearchAgainAfter;

  static constexpr Duration kSearchAgainAfter = Duration::seconds(10);
};

}  // namespace rtc::sctp
