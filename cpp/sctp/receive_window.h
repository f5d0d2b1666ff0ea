#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::sctp {

/// The window that SACKs advertise: the lesser of what there is memory for, and of what is useful
/// in flight.
///
/// Messages are handed over as soon as they are whole, so that little is ever held here, and with a
/// window as large as the memory bound a sender puts all of it into flight. On a short path nothing
/// is gained by that: it waits in the socket's receive buffer, which holds some hundred kilobytes,
/// and what exceeds that is lost, all in one burst. So the window begins at what such a buffer
/// takes and grows to a multiple of what arrives in a round trip, as in TCP's dynamic right-sizing
/// (Fisk and Feng, 2001): four times as much, since slow start doubles its flight in each, and what
/// was measured is one round trip old when it shows. The round trip is the least one measured. By
/// the one of the moment, which grows with what is in flight, every flight would seem to need more.
/// It does not shrink again: RFC 9260 section 6.2.1 lets a sender count on it.
///
/// INIT announces the memory bound, since senders take its window for the end of their slow start
/// (RFC 9260 section 7.2.1), and have far less in flight when the first SACK tells more.
class ReceiveWindow {
 public:
  /// `bound` is what may be held, beside a message in delivery.
  ReceiveWindow(size_t initial, size_t bound) : flight_(std::min(initial, bound)), bound_(bound) {}

  /// Payload that is new; `leastRoundTrip` is unset before the first measurement.
  void arrived(size_t bytes, Timestamp now, std::optional<Duration> leastRoundTrip) {
    if (!since_) {
      since_ = now;
      return;
    }
    bytes_ += bytes;
    const Duration elapsed = now - *since_;
    const Duration roundTrip = leastRoundTrip.value_or(kUnknownRoundTrip);
    if (elapsed < roundTrip || elapsed <= Duration::zero())
      return;
    const uint64_t inRoundTrip = uint64_t{bytes_} * static_cast<uint64_t>(roundTrip.us()) /
                                 static_cast<uint64_t>(elapsed.us());
    flight_ = static_cast<size_t>(std::clamp<uint64_t>(kHeadroom * inRoundTrip, flight_, bound_));
    bytes_ = 0;
    since_ = now;
  }

  /// While so many bytes of memory are taken.
  size_t advertised(size_t held) const {
    return std::min(flight_, bound_ - std::min(held, bound_));
  }

 private:
  static constexpr uint64_t kHeadroom = 4;
  // An association that began without a handshake may receive for a while before it has measured.
  static constexpr Duration kUnknownRoundTrip = Duration::milliseconds(100);

  size_t flight_;
  size_t bound_;
  std::optional<Timestamp> since_;
  size_t bytes_ = 0;
};

}  // namespace rtc::sctp
