#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/acknowledged_rate.h"
#include "cpp/congestion/delay_detector.h"
#include "cpp/congestion/loss_limit.h"
#include "cpp/congestion/probe_meter.h"
#include "cpp/congestion/probing.h"
#include "cpp/congestion/rate_control.h"
#include "cpp/congestion/rate_meter.h"
#include "cpp/congestion/report_control.h"
#include "cpp/congestion/sent_history.h"
#include "cpp/congestion/standing_queue.h"
#include "cpp/congestion/types.h"
#include "cpp/rtp/rtcp_transport_feedback.h"
#include "cpp/rtp/types.h"

namespace rtc::congestion {

/// How much all streams of one transport may send together, after draft-ietf-rmcat-gcc-02 and what
/// libwebrtc has made of it since: the least of what delays, losses and the peer's REMB allow.
/// docs/media-congestion.md has the reasons and the figures.
///
/// With transport-wide feedback delays and losses are seen packet by packet. Without it the peer's
/// REMB stands for the delays and receiver reports tell of losses; without either, the round trips
/// of reports stand for the delays.
///
/// The loop: an input, then `nextProbe` until it gives none (each goes to the pacer), then
/// `targets`, then `deadline`. What a hostile peer can say keeps the estimate within the limits and
/// memory bounded.
class Controller {
 public:
  Controller(const BitrateLimits& limits, Timestamp now);

  /// New bounds; an estimate outside of them moves to the nearest. `start` counts until something
  /// has been measured. Limits out of order are put in order, `min` first.
  void setLimits(const BitrateLimits& limits, Timestamp now);
  /// What all encoders together would use if they could. Nothing is probed for beyond what it takes
  /// to allow this. 0, as at first, says that it is not known.
  void setNeeded(Bitrate needed, Timestamp now);
  /// The transport has another path: what was measured says nothing of it. Starts from `start`, or
  /// the estimate when that is less.
  void pathChanged(Timestamp now);

  /// A packet of `bytes` on the wire (the datagram and what is around it, or always without)
  /// leaves. `sequence` is its transport-wide sequence number where it has one, and counts up by
  /// one each time; `probe` is what the pacer says.
  void onPacketSent(std::optional<rtp::SequenceNumber> sequence, size_t bytes,
                    std::optional<ProbeId> probe, Timestamp now);

  void onTransportFeedback(const rtp::TransportFeedback& feedback, Timestamp now);
  /// What reception reports say, once for each RTCP packet: the fraction lost, of all report blocks
  /// together weighted by what each stream sends, and the round trip (RFC 3550 section 6.4.1).
  void onReceiverReport(double lossFraction, std::optional<Duration> roundTrip, Timestamp now);
  /// The receiver's maximum (draft-alvestrand-rmcat-remb-03), for this transport as a whole.
  void onRemb(Bitrate maximum, Timestamp now);

  void handleTimeout(Timestamp now);
  /// A tenth of a second after the last input while packets wait for feedback.
  Timestamp deadline() const { return dueAt_; }

  /// A probe that the pacer is to send.
  std::optional<Probe> nextProbe();
  Targets targets() const { return targets_; }

 private:
  enum class Source : uint8_t { kNone, kTransportFeedback, kReports };

  void update(Timestamp now);
  Bitrate estimate() const;

  BitrateLimits limits_;
  Bitrate needed_ = 0;
  Source source_ = Source::kNone;
  Targets targets_;
  Timestamp dueAt_ = Timestamp::never();

  SentHistory history_;
  RateMeter sentRate_{Duration::milliseconds(500)};
  AcknowledgedRate acknowledged_;
  DelayDetector detector_;
  StandingQueue standingQueue_;
  RateControl delayControl_;
  LossLimit lossLimit_;
  ReportControl reportControl_;
  ProbeMeter probeMeter_;
  Probing probing_;
  bool hasSent_ = false;
  bool isAppLimited_ = false;
  std::optional<Timestamp> feedbackAt_;
  std::optional<Timestamp> probeSentAt_;
  std::optional<Duration> roundTrip_;
  bool hasReportedRoundTrip_ = false;
  // Since the last report.
  std::optional<Timestamp> reportedAt_;
  size_t reportedBytes_ = 0;
  size_t reportedPackets_ = 0;
  std::optional<Bitrate> remb_;
  Timestamp rembAt_;
};

}  // namespace rtc::congestion
