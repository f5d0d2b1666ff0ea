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
/// sense of a likelihood ratio. So losses that do not depend on the rate limit nothing, up to about
/// a tenth; the idea is that of libwebrtc's second loss-based estimator. Since what arrives is
/// carried, the limit never falls below that.
class LossLimit {
 public:
  /// `packets` in `bytes`, of which `lost` were lost, were the last to leave until `sentAt`. It is
  /// negative when packets came that were told lost before. `acknowledged` arrives now; `ceiling`
  /// is what may be sent as far as others are concerned.
  void observed(size_t packets, int64_t lost, size_t bytes, Timestamp sentAt,
                std::optional<Bitrate> acknowledged, Bitrate ceiling);
  /// The same of packets that left at `rate` over `time`.
  void observed(double packets, double lost, Bitrate rate, Duration time,
                std::optional<Bitrate> acknowledged, Bitrate ceiling);
  void reset();

  /// Nullopt when losses limit nothing.
  std::optional<Bitrate> limit() const { return limit_; }
  /// Of the packets of the last second or so; 0 to 1.
  double lossRate() const;

 private:
  struct Observation {
    double rate;
    double packets;
    double lost;
  };

  void decide(Duration time, std::optional<Bitrate> acknowledged, Bitrate ceiling);
  /// The greatest logarithm of a likelihood that a share of losses makes of it.
  double fit(double limit) const;
  double likelihood(double limit, double inherent) const;

  // The newest last.
  std::deque<Observation> observations_;
  // What does not make an observation yet.
  Observation partial_{};
  double partialBytes_ = 0;
  std::optional<Timestamp> partialSince_;
  std::optional<Bitrate> limit_;
};

}  // namespace rtc::congestion
