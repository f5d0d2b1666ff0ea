#include "cpp/sctp/bbr.h"

#include <algorithm>

namespace rtc::sctp {
namespace {

// Section numbers are those of draft-ietf-ccwg-bbr-05. Gains are in percent (section 5.6.1).
constexpr uint64_t kStartupPacing = 277;
constexpr uint64_t kDrainPacing = 50;
constexpr uint64_t kDownPacing = 90;
constexpr uint64_t kUpPacing = 125;
constexpr uint64_t kWindow = 200;
constexpr uint64_t kUpWindow = 225;
constexpr uint64_t kProbeRttWindow = 50;
// A little less than was measured, so that queues drain (section 2.5, PacingMarginPercent).
constexpr uint64_t kPacingMargin = 99;

// Section 2.7: what a probe may lose, how much a loss takes, and what is left to others.
constexpr uint64_t kLossThreshold = 2;
constexpr uint64_t kBeta = 70;
constexpr uint64_t kHeadroom = 85;
// Where no queue shows, losses must be this many (percent) before they count as congestion, and in
// any case so many packets, since one of a few is no rate.
constexpr uint64_t kLossThresholdWithoutQueue = 10;
constexpr size_t kFewLosses = 2;
// What others that fill the queue while we cruise are left of what was delivered to us.
constexpr uint64_t kYield = 85;

constexpr size_t kInitialPackets = 10;
constexpr size_t kMinPackets = 4;
constexpr Duration kMinRoundTripLifetime = Duration::seconds(10);
constexpr Duration kProbeRttInterval = Duration::seconds(5);
constexpr Duration kProbeRttDuration = Duration::milliseconds(200);
constexpr Duration kProbeWait = Duration::seconds(2);
constexpr uint32_t kMaxExtraProbeWaitMs = 1000;
// Section 5.3.3.5.1: a Reno flow with such a window would have grown by a packet in every round.
constexpr uint64_t kMaxRenoRounds = 63;
constexpr int kMaxProbeRounds = 30;
constexpr int kAggregationRounds = 10;

// What event loops and timers of pages are late. So much is in flight besides, and round trips that
// are shorter are not paced. The bytes are bounded, since a UDP socket's receive buffer is; where
// nothing is paced, a slow beginning of the programs at both ends must not look like a slow path.
constexpr Duration kLateness = Duration::milliseconds(2);
constexpr uint64_t kMaxLateBytes = 64 * 1024;
constexpr uint64_t kMinUnpacedBytes = 32 * 1024;

uint64_t percent(uint64_t value, uint64_t share) {
  return value * share / 100;
}
uint64_t product(uint64_t bytesPerSecond, Duration time) {
  return bytesPerSecond * static_cast<uint64_t>(time.us()) / 1'000'000;
}

}  // namespace

Bbr::Bbr(const Options& options)
    : mtu_(options.maxPacketSize), window_(kInitialPackets * mtu_), random_(options.seed) {}

// ---- the model

Bbr::Rate Bbr::maxBandwidth() const {
  return std::max(cycleBandwidth_[0], cycleBandwidth_[1]);
}

Bbr::Rate Bbr::bandwidth() const {
  return std::min(maxBandwidth(), shortTermBandwidth_);
}

// Of jitter, the shortest of many round trips has least.
bool Bbr::isInflated(Duration leastRoundTrip) const {
  return minRoundTrip_ && leastRoundTrip > *minRoundTrip_ * 9 / 8 + Duration::milliseconds(1);
}

bool Bbr::isQueueing() const {
  return roundTripsSeen_ >= recentRoundTrips_.size() &&
         isInflated(*std::min_element(recentRoundTrips_.begin(), recentRoundTrips_.end()));
}

size_t Bbr::minWindow() const {
  return kMinPackets * mtu_;
}

size_t Bbr::inflightAt(Rate rate, uint64_t gainPercent) const {
  if (!minRoundTrip_ || rate == 0)
    return kInitialPackets * mtu_;
  const uint64_t inPipe = percent(product(rate, *minRoundTrip_), gainPercent);
  const uint64_t least =
      std::max<uint64_t>(2 * mtu_, *minRoundTrip_ < kLateness ? kMinUnpacedBytes : 0);
  const uint64_t late = std::clamp(product(rate, kLateness), least, std::max(kMaxLateBytes, least));
  return std::max<size_t>(inPipe + late, minWindow());
}

size_t Bbr::targetInflight() const {
  return std::min(inflightAt(bandwidth(), 100), window_);
}

size_t Bbr::inflightWithHeadroom() const {
  if (longTermInflight_ == kUnlimited)
    return kUnlimited;
  return std::max<size_t>(percent(longTermInflight_, kHeadroom), minWindow());
}

uint64_t Bbr::pacingGain() const {
  switch (phase_) {
    case Phase::kStartup:
      return kStartupPacing;
    case Phase::kDrain:
      return kDrainPacing;
    case Phase::kDown:
      return kDownPacing;
    case Phase::kUp:
      return kUpPacing;
    default:
      return 100;
  }
}

// Section 5.6.2.
uint64_t Bbr::pacingRate() const {
  if (!minRoundTrip_ || *minRoundTrip_ < kLateness)
    return 0;
  const Rate rate = percent(percent(bandwidth(), pacingGain()), kPacingMargin);
  // Startup is not slowed down by what an application has not asked for yet.
  // Below that, it is the window that limits.
  const Rate least = minWindow();
  return std::max({rate, least, wasFullBandwidthReached_ ? 0 : startupRate_});
}

// Losses between the sending of something and now, of what was in flight with it.
bool Bbr::isLossTooHigh(uint64_t lost, uint64_t flight) const {
  const uint64_t threshold = isQueueing() ? kLossThreshold : kLossThresholdWithoutQueue;
  return lost >= kFewLosses * mtu_ && lost > percent(flight, threshold);
}

// ---- phases (section 5.3)

void Bbr::enter(Phase phase, Timestamp now) {
  phase_ = phase;
  phaseSince_ = now;
}

void Bbr::enterDrain(Timestamp now) {
  wasFullBandwidthReached_ = true;
  enter(Phase::kDrain, now);
}

void Bbr::startDown(Timestamp now) {
  enter(Phase::kDown, now);
  probeRounds_ = 0;
  roundsSinceProbe_ = 0;
  // A linear congruential step; the high bits are the better ones.
  random_ = random_ * 1664525u + 1013904223u;
  probeWait_ = kProbeWait + Duration::milliseconds((random_ >> 16) % kMaxExtraProbeWaitMs);
  ackPhase_ = AckPhase::kStopping;
  latestBandwidth_ = 0;
  latestInflight_ = 0;
  startRound();
}

void Bbr::startCruise() {
  // The wait counts from the beginning of the cycle.
  phase_ = Phase::kCruise;
  cruiseRounds_ = 0;
}

void Bbr::startRefill(Timestamp now) {
  enter(Phase::kRefill, now);
  resetShortTermModel();
  probeRounds_ = 0;
  ackPhase_ = AckPhase::kRefilling;
  startRound();
}

void Bbr::startUp(Timestamp now) {
  enter(Phase::kUp, now);
  isProbeSample_ = true;
  ackPhase_ = AckPhase::kStarting;
  resetFullBandwidth();
  fullBandwidth_ = sampleRate_;
  startRound();
}

void Bbr::resetShortTermModel() {
  shortTermBandwidth_ = kUnlimitedRate;
  shortTermInflight_ = kUnlimited;
}

void Bbr::resetFullBandwidth() {
  fullBandwidth_ = 0;
  fullBandwidthRounds_ = 0;
  isFullBandwidthNow_ = false;
}

// ---- inputs

void Bbr::setMaxPacketSize(size_t bytes) {
  mtu_ = bytes;
  window_ = std::max(window_, minWindow());
}

// Section 5.4.1.
void Bbr::resumed(Timestamp now) {
  isResuming_ = true;
  lumpSince_ = now;
  lumpDelivered_ = 0;
  if (phase_ == Phase::kProbeRtt)
    isProbeRttRoundDone_ = true;
}

void Bbr::acknowledged(const Acknowledgement& ack) {
  delivered_ = ack.delivered;
  isWindowLimited_ = ack.flightBefore + mtu_ > window_;
  updateRound(ack);
  updateRoundTrip(ack);
  updateBandwidth(ack);
  updateAggregation(ack);
  checkFullBandwidth();
  if (phase_ == Phase::kStartup && isFullBandwidthNow_)
    enterDrain(ack.now);
  if (phase_ == Phase::kDrain && ack.flight <= inflightAt(maxBandwidth(), 100))
    startDown(ack.now);
  if (wasFullBandwidthReached_) {
    adaptLongTermInflight(ack);
    advanceCycle(ack);
  }
  probeRoundTrip(ack);
  if (isLossRoundStart_) {
    latestBandwidth_ = sampleRate_;
    latestInflight_ = sampleDelivered_;
  }
  updateWindow(ack);
  if (ack.bytesAcked > 0)
    isResuming_ = false;
}

// Section 5.5.1.
void Bbr::updateRound(const Acknowledgement& ack) {
  isRoundStart_ = false;
  isLossRoundStart_ = false;
  sampleRate_ = 0;
  sampleDelivered_ = 0;
  if (!ack.newest)
    return;
  isSampleAppLimited_ = ack.newest->isAppLimited;
  sampleDelivered_ = static_cast<size_t>(ack.delivered - ack.newest->delivered);
  // Section 4.1.2.4: shorter than a round trip it is about a transmission that was lost.
  if (ack.interval > Duration::zero() && (!minRoundTrip_ || ack.interval >= *minRoundTrip_))
    sampleRate_ = sampleDelivered_ * uint64_t{1'000'000} / static_cast<uint64_t>(ack.interval.us());
  if (ack.newest->delivered >= nextRoundDelivered_) {
    startRound();
    isRoundStart_ = true;
    ++roundsSinceProbe_;
  }
  if (ack.newest->delivered >= lossRoundDelivered_) {
    lossRoundDelivered_ = delivered_;
    isLossRoundStart_ = true;
  }
}

// Sections 5.5.5 and 5.5.10.
void Bbr::updateBandwidth(const Acknowledgement& ack) {
  latestBandwidth_ = std::max(latestBandwidth_, sampleRate_);
  latestInflight_ = std::max(latestInflight_, sampleDelivered_);
  if (sampleRate_ > 0 && (!isSampleAppLimited_ || sampleRate_ >= maxBandwidth()))
    cycleBandwidth_[1] = std::max(cycleBandwidth_[1], sampleRate_);
  if (!wasFullBandwidthReached_ && minRoundTrip_ && *minRoundTrip_ > Duration::zero()) {
    startupRate_ = percent(
        kInitialPackets * mtu_ * uint64_t{1'000'000} / static_cast<uint64_t>(minRoundTrip_->us()),
        kStartupPacing);
  }
  if (!isLossRoundStart_)
    return;
  ++cruiseRounds_;
  const uint64_t lost = ack.lost - lossRoundLost_;
  const uint64_t delivered = ack.delivered - lossRoundBegan_;
  const bool isQueueing =
      roundLeastRoundTrip_ != Duration::infinite() && isInflated(roundLeastRoundTrip_);
  roundLeastRoundTrip_ = Duration::infinite();
  if (lost > 0 && !isProbing() && (isQueueing || isLossTooHigh(lost, delivered + lost)))
    adaptToCongestion();
  lossRoundLost_ = ack.lost;
  lossRoundBegan_ = ack.delivered;
}

// Section 5.5.10.3.
void Bbr::adaptToCongestion() {
  if (shortTermBandwidth_ == kUnlimitedRate)
    shortTermBandwidth_ = maxBandwidth();
  if (shortTermInflight_ == kUnlimited)
    shortTermInflight_ = window_;
  // In the first round the queue may still be our own.
  const bool isOthers = phase_ == Phase::kCruise && cruiseRounds_ > 1;
  const Rate latest = percent(latestBandwidth_, isOthers ? kYield : 100);
  shortTermBandwidth_ = std::max<Rate>({latest, percent(shortTermBandwidth_, kBeta), 1});
  shortTermInflight_ = std::max<size_t>(latestInflight_, percent(shortTermInflight_, kBeta));
}

// Section 5.5.9. More than the path's product is not believed.
void Bbr::updateAggregation(const Acknowledgement& ack) {
  if (isRoundStart_ && ++lumpRounds_ >= kAggregationRounds / 2) {
    lumpRounds_ = 0;
    lumps_[0] = lumps_[1];
    lumps_[1] = 0;
  }
  uint64_t expected = product(bandwidth(), ack.now - lumpSince_);
  if (lumpDelivered_ <= expected) {
    lumpDelivered_ = 0;
    lumpSince_ = ack.now;
    expected = 0;
  }
  lumpDelivered_ += ack.bytesAcked;
  const uint64_t extra =
      std::min<uint64_t>(lumpDelivered_ - std::min(lumpDelivered_, expected),
                         product(bandwidth(), minRoundTrip_.value_or(Duration())));
  lumps_[1] = std::max<size_t>(lumps_[1], extra);
}

// Section 5.3.1.2.
void Bbr::checkFullBandwidth() {
  if (isFullBandwidthNow_ || !isRoundStart_ || isSampleAppLimited_)
    return;
  if (maxBandwidth() >= percent(fullBandwidth_, 125)) {
    resetFullBandwidth();
    fullBandwidth_ = maxBandwidth();
    return;
  }
  isFullBandwidthNow_ = ++fullBandwidthRounds_ >= 3;
}

// Section 5.5.10.2.
void Bbr::adaptLongTermInflight(const Acknowledgement& ack) {
  if (isRoundStart_) {
    if (ackPhase_ == AckPhase::kStarting) {
      ackPhase_ = AckPhase::kFeedback;
    } else if (ackPhase_ == AckPhase::kStopping) {
      isProbeSample_ = false;
      ackPhase_ = AckPhase::kNone;
      // A cycle that measured nothing, as when delayed acknowledgements come in all at once, says
      // nothing: what is known stays.
      if (isInProbeBw() && !isSampleAppLimited_ && cycleBandwidth_[1] > 0) {
        cycleBandwidth_[0] = cycleBandwidth_[1];
        cycleBandwidth_[1] = 0;
      }
    }
  }
  if (!ack.newest || longTermInflight_ == kUnlimited)
    return;
  longTermInflight_ = std::max(longTermInflight_, ack.newest->flight);
  if (phase_ != Phase::kUp || !isWindowLimited_ || window_ < longTermInflight_)
    return;
  // Section 5.3.3.6: one packet more in the first round, two in the second, four in the third.
  if (isRoundStart_)
    probeRounds_ = std::min(probeRounds_ + 1, kMaxProbeRounds);
  longTermInflight_ += static_cast<size_t>((uint64_t{ack.bytesAcked} * mtu_ << probeRounds_) /
                                           std::max<uint64_t>(window_, 1));
}

// Section 5.3.3.
void Bbr::advanceCycle(const Acknowledgement& ack) {
  const auto isTimeToProbe = [&] {
    return ack.now - phaseSince_ > probeWait_ ||
           roundsSinceProbe_ >= std::min<uint64_t>(targetInflight() / mtu_, kMaxRenoRounds);
  };
  switch (phase_) {
    case Phase::kDown:
      if (isTimeToProbe())
        startRefill(ack.now);
      else if (ack.flight <= inflightWithHeadroom() &&
               ack.flight <= inflightAt(maxBandwidth(), 100))
        startCruise();
      break;
    case Phase::kCruise:
      if (isTimeToProbe())
        startRefill(ack.now);
      break;
    case Phase::kRefill:
      if (isRoundStart_)
        startUp(ack.now);
      break;
    case Phase::kUp: {
      const bool hasLastedARound = minRoundTrip_ && ack.now - phaseSince_ > *minRoundTrip_ &&
                                   ackPhase_ != AckPhase::kStarting;
      if (isFullBandwidthNow_ ||
          (hasLastedARound && ack.flightBefore >= inflightAt(maxBandwidth(), kUpPacing)))
        startDown(ack.now);
      break;
    }
    default:
      break;
  }
}

// Section 5.5.7.
void Bbr::updateRoundTrip(const Acknowledgement& ack) {
  if (!ack.roundTrip)
    return;
  const Duration roundTrip = *ack.roundTrip;
  recentRoundTrips_[roundTripsSeen_++ % recentRoundTrips_.size()] = roundTrip;
  roundLeastRoundTrip_ = std::min(roundLeastRoundTrip_, roundTrip);
  const bool isProbeDue = probedRoundTrip_ && ack.now - probedRoundTripAt_ > kProbeRttInterval;
  if (!probedRoundTrip_ || roundTrip < *probedRoundTrip_ || (isProbeDue && isResuming_)) {
    probedRoundTrip_ = roundTrip;
    probedRoundTripAt_ = ack.now;
  }
  if (!minRoundTrip_ || *probedRoundTrip_ <= *minRoundTrip_ ||
      ack.now - minRoundTripAt_ > kMinRoundTripLifetime) {
    minRoundTrip_ = probedRoundTrip_;
    minRoundTripAt_ = probedRoundTripAt_;
  }
}

// Section 5.3.4.
void Bbr::probeRoundTrip(const Acknowledgement& ack) {
  const bool isDue = probedRoundTrip_ && ack.now - probedRoundTripAt_ > kProbeRttInterval;
  if (phase_ != Phase::kProbeRtt) {
    if (!isDue || isResuming_ || !wasFullBandwidthReached_)
      return;
    windowBefore_ = window_;
    enter(Phase::kProbeRtt, ack.now);
    ackPhase_ = AckPhase::kStopping;
    probeRttDoneAt_.reset();
    // What is measured from here on counts.
    probedRoundTrip_ = ack.roundTrip;
    startRound();
    return;
  }
  if (!probeRttDoneAt_) {
    if (ack.flight > inflightAt(bandwidth(), kProbeRttWindow))
      return;
    probeRttDoneAt_ = ack.now + kProbeRttDuration;
    isProbeRttRoundDone_ = false;
    startRound();
    return;
  }
  isProbeRttRoundDone_ = isProbeRttRoundDone_ || isRoundStart_;
  if (!isProbeRttRoundDone_ || ack.now < *probeRttDoneAt_)
    return;
  probedRoundTripAt_ = ack.now;
  minRoundTrip_ = probedRoundTrip_;
  minRoundTripAt_ = ack.now;
  window_ = std::max(window_, windowBefore_);
  resetShortTermModel();
  startDown(ack.now);
  startCruise();
}

// Section 5.6.4.
void Bbr::updateWindow(const Acknowledgement& ack) {
  const size_t most = inflightAt(bandwidth(), phase_ == Phase::kUp ? kUpWindow : kWindow) +
                      std::max(lumps_[0], lumps_[1]);
  if (wasFullBandwidthReached_) {
    window_ = std::min(window_ + ack.bytesAcked, most);
  } else if (window_ < most || ack.delivered < kInitialPackets * mtu_) {
    window_ += ack.bytesAcked;
  }
  size_t cap = shortTermInflight_;
  if (phase_ == Phase::kProbeRtt) {
    cap = std::min({cap, inflightWithHeadroom(), inflightAt(bandwidth(), kProbeRttWindow)});
  } else if (phase_ == Phase::kCruise) {
    cap = std::min(cap, inflightWithHeadroom());
  } else if (isInProbeBw()) {
    cap = std::min(cap, longTermInflight_);
  }
  window_ = std::max(std::min(window_, cap), minWindow());
}

// ---- losses (section 5.5.10)

void Bbr::chunkLost(const SendState& sent, size_t bytes, uint64_t lost, Timestamp now) {
  const uint64_t lostSince = lost - sent.lost;
  if (phase_ == Phase::kStartup) {
    if (!isLossTooHigh(lostSince, sent.flight))
      return;
    longTermInflight_ = std::max(inflightAt(maxBandwidth(), 100), latestInflight_);
    enterDrain(now);
    return;
  }
  if (!isProbeSample_ || !isLossTooHigh(lostSince, sent.flight))
    return;
  // Section 5.5.10.2, BBRInflightAtLoss: where, among what was in flight, the threshold was passed.
  const uint64_t flightBefore = sent.flight - std::min(sent.flight, bytes);
  const uint64_t lostBefore = lostSince - std::min<uint64_t>(lostSince, bytes);
  const uint64_t allowed = percent(flightBefore, kLossThreshold);
  const uint64_t prefix = (allowed - std::min(allowed, lostBefore)) * 100 / (100 - kLossThreshold);
  inflightTooHigh(flightBefore + prefix, sent.isAppLimited, now);
}

void Bbr::inflightTooHigh(size_t flight, bool isAppLimited, Timestamp now) {
  isProbeSample_ = false;
  if (!isAppLimited)
    longTermInflight_ = std::max<size_t>(flight, percent(targetInflight(), kBeta));
  if (phase_ == Phase::kUp)
    startDown(now);
}

void Bbr::lossDetected() {
  undoBandwidth_ = shortTermBandwidth_;
  undoShortTermInflight_ = shortTermInflight_;
  undoLongTermInflight_ = longTermInflight_;
}

void Bbr::undoReduction() {
  resetFullBandwidth();
  shortTermBandwidth_ = std::max(shortTermBandwidth_, undoBandwidth_);
  shortTermInflight_ = std::max(shortTermInflight_, undoShortTermInflight_);
  longTermInflight_ = std::max(longTermInflight_, undoLongTermInflight_);
}

// Section 5.6.4.4: from one packet on, as fast as acknowledgements allow, to what the model says.
void Bbr::timedOut() {
  window_ = mtu_;
}

std::unique_ptr<CongestionControl> makeBbr(const CongestionControl::Options& options) {
  return std::make_unique<Bbr>(options);
}

}  // namespace rtc::sctp
