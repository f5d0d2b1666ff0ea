#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::sctp {

/// What is noted of a chunk when it is sent, to say later at which rate the path delivered
/// (draft-ietf-ccwg-bbr section 4.1.2).
struct SendState {
  uint64_t delivered = 0;
  uint64_t lost = 0;
  Timestamp deliveredAt;
  Timestamp firstSentAt;
  /// In flight with this chunk.
  size_t flight = 0;
  bool isAppLimited = false;
};

/// What one acknowledgement says. Bytes are those of DATA chunks with their headers and padding.
struct Acknowledgement {
  Timestamp now;
  size_t bytesAcked = 0;
  /// In flight before it, and now.
  size_t flightBefore = 0;
  size_t flight = 0;
  bool cumulativeAdvanced = false;
  bool nothingOutstanding = false;
  /// Between `lossDetected` and the acknowledgement of all that was in flight then.
  bool inRecovery = false;
  /// Of the newest chunk that was sent once only; unset where there is none.
  std::optional<Duration> roundTrip;

  /// All that was delivered and lost since the beginning.
  uint64_t delivered = 0;
  uint64_t lost = 0;
  /// The newest chunk acknowledged, as it was when it was sent; unset when nothing was.
  std::optional<SendState> newest;
  /// The time that what was delivered since then took; zero when it cannot be told.
  Duration interval;
};

/// How much may be in flight, and how fast it may leave. The retransmission queue finds the losses,
/// says what happened, and keeps to the answers. No function re-enters the caller.
class CongestionControl {
 public:
  struct Options {
    size_t maxPacketSize = 0;
    /// What the peer lets be in flight at first.
    size_t peerReceiveWindow = 0;
    /// For delays that competing flows must not have in common.
    uint32_t seed = 0;
  };

  virtual ~CongestionControl() = default;

  /// Bytes that may be in flight.
  virtual size_t window() const = 0;
  /// Bytes that may leave per second; zero when acknowledgements alone set the pace.
  virtual uint64_t pacingRate() const = 0;
  virtual size_t slowStartThreshold() const = 0;
  /// The path carries larger packets, or only smaller ones, from now on.
  virtual void setMaxPacketSize(size_t bytes) = 0;

  /// Something is sent while nothing is in flight, after a pause of the application's.
  virtual void resumed(Timestamp now) = 0;
  virtual void acknowledged(const Acknowledgement& ack) = 0;
  /// A chunk of so many bytes counts as lost; `lost` is the sum since the beginning, with it. Comes
  /// before the `acknowledged` of the same SACK.
  virtual void chunkLost(const SendState& sent, size_t bytes, uint64_t lost, Timestamp now) = 0;
  /// Loss was seen through acknowledgements, the first since all that was in flight at the one
  /// before has been acknowledged.
  virtual void lossDetected() = 0;
  /// There was no loss: what `lossDetected` took is given back.
  virtual void undoReduction() = 0;
  /// T3-rtx expired; nothing counts as in flight any more.
  virtual void timedOut() = 0;
};

/// Makes the congestion control of an association. A pointer, so that only what is used is linked.
using CongestionControlFactory =
    std::unique_ptr<CongestionControl> (*)(const CongestionControl::Options&);

/// Slow start, congestion avoidance and fast recovery of RFC 9260 section 7.2 (reno.h).
std::unique_ptr<CongestionControl> makeReno(const CongestionControl::Options& options);
/// A model of the path after draft-ietf-ccwg-bbr (bbr.h).
std::unique_ptr<CongestionControl> makeBbr(const CongestionControl::Options& options);

}  // namespace rtc::sctp
