#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// What losses say of the path: a limit that more is lost beyond, or nothing.
///
/// Packets are lost with a probability that the path has whatever is sent, and of what is sent
/// beyond the limit all is lost. How likely the losses of the last seconds are, each at the rate it
/// came at, decides between limits: the highest is taken that explains them as well as any, in the
/// sense of a likelihood ratio; the idea is that of libwebrtc's second loss-based estimator. What
/// the path loses whatever is sent is at most a tenth or so, and what it lost at its best of late;
/// a limit that comes down goes a little further and stays there a while, to see that. So losses
/// that do not depend on the rate limit nothing. Since what arrives is carried, the limit never
/// falls much below that.
class LossLimit {
 public:
  /// `packets` in `bytes`, of which `lost` were lost, were the last to leave until `sentAt`. It is
  /// negative when packets came that were told lost before. `acknowledged` arrives now; `ceiling`
  /// is what may be sent as far as others are concerned.
  void observed(size_t packets, int64_t lost, size_t bytes, Timestamp sentAt,
                std::optional<Bitrate> acknowledged, Bitrate ceiling, Timestamp now);
  /// The same of packets that left at `rate` over `time`.
  void observed(double packets, double lost, Bitrate rate, Duration time,
                std::optional<Bitrate> acknowledged, Bitrate ceiling, Timestamp now);
  void reset();

  /// Nullopt when losses limit nothing.
  std::optional<Bitrate> limit() const { return limit_; }
  /// Of the packets of the last second or so; 0 to 1.
  double lossRate() const;

 private:
  struct Observation {
    double rate = 0;
    double packets = 0;
    double lost = 0;
  };

  void count(const Observation& observation);
  bool isHeld() const;
  double dispersion() const;
  double mostInherent(double limit, double dispersion) const;
  void decide(Duration time, std::optional<Bitrate> acknowledged, Bitrate ceiling, Timestamp now);
  /// The greatest logarithm of a likelihood that a share of losses makes of it.
  double fit(double limit, double mostInherent, double weight) const;
  double likelihood(double limit, double inherent, double weight) const;

  // The newest last: those that decide, and those that are told of.
  std::deque<Observation> observations_;
  std::deque<Observation> recent_;
  // Losses over some seconds, each of so many packets that they say something.
  std::deque<Observation> spans_;
  // When the limit came down, what it was found to be then, and what has been seen since of what
  // was sent since.
  std::optional<Timestamp> decreasedAt_;
  double found_ = 0;
  double packetsSince_ = 0;
  Duration timeSince_;
  // What does not make an observation yet.
  Observation partial_{};
  double partialBytes_ = 0;
  std::optional<Timestamp> partialSince_;
  std::optional<Bitrate> limit_;
};

}  // namespace rtc::congestion
