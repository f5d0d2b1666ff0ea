#include "cpp/congestion/controller.h"

#include <algorithm>

namespace rtc::congestion {
namespace {

// Frames are lumps; paced at this multiple they leave within less than half of their time.
constexpr double kPacingFactor = 2.5;

// Less than this share of what may be sent shows nothing of the path.
constexpr double kLittle = 0.7;

// Feedback comes 250 ms after a packet at most, beside the round trip; what is later has met a path
// that stands still. Then the rate is halved again and again, and comes back with the feedback.
constexpr Duration kFeedbackTime = Duration::milliseconds(600);
constexpr Duration kUsualRoundTrip = Duration::milliseconds(100);
constexpr Duration kLongestRoundTrip = Duration::seconds(60);
constexpr Duration kHalving = Duration::milliseconds(500);
constexpr int kMostHalvings = 12;

// Until the queue that a probe makes has drained.
constexpr Duration kAfterProbe = Duration::milliseconds(150);

// Without feedback for so long reports take over.
constexpr Duration kFeedbackEnds = Duration::seconds(5);
constexpr Duration kRembEnds = Duration::seconds(15);

constexpr Duration kCheck = Duration::milliseconds(100);

// No link is faster; keeps products of rates and times within their integers.
constexpr Bitrate kMostBitrate = 10'000'000'000;
constexpr Bitrate kLeastBitrate = 1'000;

BitrateLimits ordered(BitrateLimits limits) {
  limits.min = std::clamp(limits.min, kLeastBitrate, kMostBitrate);
  limits.max = std::clamp(limits.max, limits.min, kMostBitrate);
  limits.start = std::clamp(limits.start, limits.min, limits.max);
  return limits;
}

}  // namespace

Controller::Controller(const BitrateLimits& limits, Timestamp now)
    : limits_(ordered(limits)),
      delayControl_(limits_.start, limits_.min, limits_.max),
      reportControl_(limits_.start, limits_.min, limits_.max) {
  update(now);
}

void Controller::setLimits(const BitrateLimits& limits, Timestamp now) {
  const BitrateLimits wanted = ordered(limits);
  if (wanted == limits_)
    return;
  const bool hasNewStart = wanted.start != limits_.start;
  limits_ = wanted;
  delayControl_.setLimits(limits_.min, limits_.max);
  reportControl_.setLimits(limits_.min, limits_.max);
  if (source_ == Source::kNone && hasNewStart) {
    delayControl_.reset(limits_.start);
    reportControl_.reset(limits_.start);
  }
  update(now);
}

void Controller::setNeeded(Bitrate needed, Timestamp now) {
  needed_ = std::clamp<Bitrate>(needed, 0, kMostBitrate);
  update(now);
}

void Controller::pathChanged(Timestamp now) {
  const Bitrate start = std::min(limits_.start, estimate());
  source_ = Source::kNone;
  detector_.reset();
  standingQueue_.reset();
  acknowledged_.reset();
  lossLimit_.reset();
  probeMeter_.reset();
  probing_.restart();
  delayControl_.reset(start);
  reportControl_.reset(start);
  roundTrip_.reset();
  update(now);
}

void Controller::onPacketSent(std::optional<rtp::SequenceNumber> sequence, size_t bytes,
                              std::optional<ProbeId> probe, Timestamp now) {
  if (sequence)
    history_.sent(*sequence, bytes, probe, now);
  sentRate_.add(bytes, now);
  reportedBytes_ += bytes;
  ++reportedPackets_;
  hasSent_ = true;
  update(now);
}

void Controller::onTransportFeedback(const rtp::TransportFeedback& feedback, Timestamp now) {
  const FeedbackReport report = history_.feedback(feedback, now);
  if (report.received.empty() && report.lost == 0)
    return;
  if (source_ != Source::kTransportFeedback) {
    delayControl_.reset(estimate());
    source_ = Source::kTransportFeedback;
  }
  feedbackAt_ = now;
  if (report.roundTrip) {
    // Reports are more exact, where there are any.
    if (!hasReportedRoundTrip_)
      roundTrip_ = report.roundTrip;
    delayControl_.setRoundTrip(*report.roundTrip);
  }

  std::optional<Bitrate> probed;
  bool isOverused = false;
  for (const PacketResult& packet : report.received) {
    acknowledged_.received(packet.bytes, packet.sentAt, packet.receivedAt);
    if (packet.probe)
      probeSentAt_ = packet.sentAt;
    // The queue that a probe makes says nothing of the rate outside of it.
    if (!probeSentAt_ || packet.sentAt - *probeSentAt_ > kAfterProbe) {
      detector_.received(packet.sentAt, packet.receivedAt, packet.bytes);
      isOverused = isOverused || detector_.usage() == Usage::kOver;
    }
    if (packet.probe) {
      if (const auto rate = probeMeter_.received(packet))
        probed = rate;
    }
  }
  const auto acknowledged = acknowledged_.rate();
  if (!report.received.empty()) {
    const bool isStanding = report.roundTrip && standingQueue_.measured(*report.roundTrip, now);
    const Usage usage = isOverused || isStanding ? Usage::kOver : detector_.usage();
    if (probed && usage != Usage::kOver)
      delayControl_.probed(*probed, now);
    else
      delayControl_.update(usage, acknowledged, isAppLimited_, now);
  }
  lossLimit_.observed(report.received.size() - report.recovered + report.lost,
                      static_cast<int64_t>(report.lost) - static_cast<int64_t>(report.recovered),
                      report.bytes, report.lastSentAt, acknowledged, delayControl_.rate(), now);
  update(now);
}

void Controller::onReceiverReport(double lossFraction, std::optional<Duration> roundTrip,
                                  Timestamp now) {
  if (roundTrip) {
    roundTrip = std::clamp(*roundTrip, Duration::zero(), kLongestRoundTrip);
    roundTrip_ = roundTrip;
    hasReportedRoundTrip_ = true;
  }
  if (source_ == Source::kTransportFeedback && feedbackAt_ && now - *feedbackAt_ < kFeedbackEnds) {
    update(now);
    return;
  }
  if (source_ != Source::kReports) {
    reportControl_.reset(estimate());
    lossLimit_.reset();
    source_ = Source::kReports;
  }
  // What is not a number is no loss.
  const double loss = lossFraction >= 0 ? std::min(lossFraction, 1.0) : 0;
  const auto sent = sentRate_.rate(now);
  reportControl_.reported(roundTrip, sent, loss, isAppLimited_, now);
  if (reportedAt_ && now > *reportedAt_ && reportedPackets_ > 0) {
    const Duration time = now - *reportedAt_;
    const auto packets = static_cast<double>(reportedPackets_);
    const auto rate =
        static_cast<Bitrate>(static_cast<double>(reportedBytes_) * 8 / time.seconds());
    const auto arrived = static_cast<Bitrate>(static_cast<double>(rate) * (1 - loss));
    lossLimit_.observed(packets, packets * loss, rate, time, arrived, reportControl_.rate(), now);
  }
  if (!reportedAt_ || now > *reportedAt_) {
    reportedAt_ = now;
    reportedBytes_ = 0;
    reportedPackets_ = 0;
  }
  update(now);
}

void Controller::onRemb(Bitrate maximum, Timestamp now) {
  remb_ = std::clamp<Bitrate>(maximum, 0, kMostBitrate);
  rembAt_ = now;
  update(now);
}

void Controller::handleTimeout(Timestamp now) {
  if (now < dueAt_)
    return;
  history_.forget(now);
  update(now);
}

std::optional<Probe> Controller::nextProbe() {
  auto probe = probing_.next();
  if (probe)
    probeMeter_.started(*probe);
  return probe;
}

Bitrate Controller::estimate() const {
  Bitrate rate = delayControl_.rate();
  if (source_ == Source::kReports)
    rate = remb_ ? *remb_ : reportControl_.rate();
  if (remb_)
    rate = std::min(rate, *remb_);
  if (const auto limit = lossLimit_.limit())
    rate = std::min(rate, *limit);
  return std::clamp(rate, limits_.min, limits_.max);
}

void Controller::update(Timestamp now) {
  if (remb_ && now - rembAt_ > kRembEnds)
    remb_.reset();
  const Bitrate rate = estimate();
  const auto sent = sentRate_.rate(now);
  isAppLimited_ = !sent || static_cast<double>(*sent) < static_cast<double>(rate) * kLittle;

  if (hasSent_) {
    const auto limit = lossLimit_.limit();
    const bool isHeldDown =
        (limit && *limit <= rate) || (remb_ && *remb_ <= rate) ||
        (source_ == Source::kTransportFeedback && detector_.usage() != Usage::kNormal);
    // Without feedback nobody would tell what became of a probe.
    const bool mayRise = source_ != Source::kReports && !isHeldDown;
    probing_.update({rate, limits_.max, needed_, isAppLimited_, mayRise}, now);
  }

  targets_.bitrate = rate;
  const auto since = history_.inFlightSince();
  if (source_ == Source::kTransportFeedback && since) {
    const Duration allowed = kFeedbackTime + roundTrip_.value_or(kUsualRoundTrip) * 2;
    const Duration late = now - *since - allowed;
    if (late > Duration::zero()) {
      const int64_t halvings = std::min<int64_t>(late.us() / kHalving.us() + 1, kMostHalvings);
      targets_.bitrate = std::max(rate >> halvings, limits_.min);
    }
  }
  targets_.pacing = static_cast<Bitrate>(static_cast<double>(targets_.bitrate) * kPacingFactor);
  targets_.padding = 0;
  targets_.lossRate = lossLimit_.lossRate();
  targets_.roundTrip = roundTrip_;
  dueAt_ = since ? now + kCheck : Timestamp::never();
}

}  // namespace rtc::congestion
