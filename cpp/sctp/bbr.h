#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/sctp/congestion_control.h"

namespace rtc::sctp {

/// A model of the path, after draft-ietf-ccwg-bbr-05 (BBR version 3): the bandwidth that it
/// delivers at most and the round trip that it has at least. What leaves is paced at that
/// bandwidth, and about twice their product may be in flight, so that queues stay short, and losses
/// below a threshold change nothing. docs/congestion-control.md has the reasons and the figures.
///
/// Where it departs from the draft:
/// - A loss counts against the sender only when the round trips say that there is a queue; without
///   one, only when there are many (section 5.5.10). To flows that keep a queue filled while this
///   one cruises it leaves more than the draft does.
/// - Startup ends at the losses themselves instead of a round later.
/// - Probing for bandwidth ends when a quarter more than the product is in flight (as in version
/// 2).
/// - A few milliseconds of bandwidth may be in flight besides, since event loops are that late, and
///   on paths with shorter round trips nothing is paced.
class Bbr final : public CongestionControl {
 public:
  explicit Bbr(const Options& options);

  size_t window() const override { return window_; }
  uint64_t pacingRate() const override;
  size_t slowStartThreshold() const override { return longTermInflight_; }
  void setMaxPacketSize(size_t bytes) override;
  void resumed(Timestamp now) override;
  void acknowledged(const Acknowledgement& ack) override;
  void chunkLost(const SendState& sent, size_t bytes, uint64_t lost, Timestamp now) override;
  void lossDetected() override;
  void undoReduction() override;
  void timedOut() override;

 private:
  // In bytes per second.
  using Rate = uint64_t;
  enum class Phase : uint8_t { kStartup, kDrain, kDown, kCruise, kRefill, kUp, kProbeRtt };
  // What the acknowledgements that come in now were sent for (section 5.3.3.6).
  enum class AckPhase : uint8_t { kNone, kRefilling, kStarting, kFeedback, kStopping };
  // Beyond anything measured.
  static constexpr size_t kUnlimited = SIZE_MAX;
  static constexpr Rate kUnlimitedRate = UINT64_MAX;

  Rate maxBandwidth() const;
  Rate bandwidth() const;
  bool isProbing() const {
    return phase_ == Phase::kStartup || phase_ == Phase::kRefill || phase_ == Phase::kUp;
  }
  bool isInProbeBw() const {
    return phase_ == Phase::kDown || phase_ == Phase::kCruise || phase_ == Phase::kRefill ||
           phase_ == Phase::kUp;
  }
  bool isInflated(Duration leastRoundTrip) const;
  /// Whether the last few round trips were all longer than the path is.
  bool isQueueing() const;
  size_t inflightAt(Rate rate, uint64_t gainPercent) const;
  size_t minWindow() const;
  size_t inflightWithHeadroom() const;
  size_t targetInflight() const;
  uint64_t pacingGain() const;
  bool isLossTooHigh(uint64_t lost, uint64_t flight) const;

  void startRound() { nextRoundDelivered_ = delivered_; }
  void enter(Phase phase, Timestamp now);
  void enterDrain(Timestamp now);
  void startDown(Timestamp now);
  void startCruise();
  void startRefill(Timestamp now);
  void startUp(Timestamp now);
  void resetShortTermModel();
  void resetFullBandwidth();
  void raiseSlope();

  void updateRound(const Acknowledgement& ack);
  void updateBandwidth(const Acknowledgement& ack);
  void adaptToCongestion();
  void updateAggregation(const Acknowledgement& ack);
  void checkFullBandwidth();
  void adaptLongTermInflight(const Acknowledgement& ack);
  void advanceCycle(const Acknowledgement& ack);
  void updateRoundTrip(const Acknowledgement& ack);
  void probeRoundTrip(const Acknowledgement& ack);
  void inflightTooHigh(size_t flight, bool isAppLimited, Timestamp now);
  void updateWindow(const Acknowledgement& ack);

  size_t mtu_;
  size_t window_;
  uint32_t random_;
  Phase phase_ = Phase::kStartup;
  AckPhase ackPhase_ = AckPhase::kNone;
  Timestamp phaseSince_;

  // Rounds: from the sending of a chunk to its acknowledgement.
  uint64_t delivered_ = 0;
  uint64_t nextRoundDelivered_ = 0;
  bool isRoundStart_ = false;
  uint64_t roundsSinceProbe_ = 0;

  // The sample of the acknowledgement at hand.
  Rate sampleRate_ = 0;
  size_t sampleDelivered_ = 0;
  bool isSampleAppLimited_ = false;

  // The long-term model: bandwidth of this probing cycle and the one before, and the least round
  // trip of some seconds.
  std::array<Rate, 2> cycleBandwidth_{};
  std::optional<Duration> minRoundTrip_;
  Timestamp minRoundTripAt_;
  std::optional<Duration> probedRoundTrip_;
  Timestamp probedRoundTripAt_;
  size_t longTermInflight_ = kUnlimited;
  std::array<Duration, 8> recentRoundTrips_{};
  size_t roundTripsSeen_ = 0;
  // Since the last loss round began.
  Duration roundLeastRoundTrip_ = Duration::infinite();

  // The short-term model, bounded by losses outside of probing.
  Rate shortTermBandwidth_ = kUnlimitedRate;
  size_t shortTermInflight_ = kUnlimited;
  Rate latestBandwidth_ = 0;
  size_t latestInflight_ = 0;
  uint64_t lossRoundDelivered_ = 0;
  bool isLossRoundStart_ = false;
  // All that was lost and delivered when the round began.
  uint64_t lossRoundLost_ = 0;
  uint64_t lossRoundBegan_ = 0;
  // Loss rounds since cruising began.
  int cruiseRounds_ = 0;

  // What an undone reduction gives back.
  Rate undoBandwidth_ = 0;
  size_t undoShortTermInflight_ = 0;
  size_t undoLongTermInflight_ = 0;

  // Whether the bandwidth still grows (section 5.3.1.2).
  Rate fullBandwidth_ = 0;
  int fullBandwidthRounds_ = 0;
  bool isFullBandwidthNow_ = false;
  bool wasFullBandwidthReached_ = false;
  Rate startupRate_ = 0;

  // Probing for bandwidth.
  Duration probeWait_;
  bool isProbeSample_ = false;
  int probeRounds_ = 0;
  bool isWindowLimited_ = false;

  // Probing for the round trip.
  std::optional<Timestamp> probeRttDoneAt_;
  bool isProbeRttRoundDone_ = false;
  size_t windowBefore_ = 0;
  bool isResuming_ = false;

  // Acknowledgements that come in lumps (section 5.5.9).
  Timestamp lumpSince_;
  uint64_t lumpDelivered_ = 0;
  std::array<size_t, 2> lumps_{};
  int lumpRounds_ = 0;
};

}  // namespace rtc::sctp
