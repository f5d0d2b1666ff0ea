#pragma once

// Media flows that share one bottleneck, in virtual time: encoders, pacers and controllers at the
// one end, what answers them at the other. Feedback comes back over a path that has delay and loss
// only.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/congestion/arrival_recorder.h"
#include "cpp/congestion/controller.h"
#include "cpp/congestion/pacer.h"
#include "cpp/congestion/receiver_estimate.h"

namespace rtc::sim {

struct MediaPathOptions {
  congestion::Bitrate bitsPerSecond = 2'000'000;
  Duration roundTrip = Duration::milliseconds(60);
  /// How long the last packet of a full queue waits, at the rate of the moment; what finds it full
  /// is dropped.
  Duration queue = Duration::milliseconds(300);
  /// Of packets before the queue, whatever its length.
  double loss = 0;
  /// When set, losses come in spells of this length on average.
  Duration burst = Duration::zero();
  /// Added to the delay behind the queue, uniformly up to this; the order is kept.
  Duration jitter = Duration::zero();
  double feedbackLoss = 0;
  /// Timers fire at multiples of this, as in JavaScript.
  Duration timerGranularity = Duration::milliseconds(2);
};

/// What the receiver answers with.
enum class Answers : uint8_t { kTransportFeedback, kRemb, kReports };

struct MediaFlowOptions {
  Answers answers = Answers::kTransportFeedback;
  Duration begin = Duration::zero();
  congestion::BitrateLimits limits = {};
  /// What the encoders use at most.
  congestion::Bitrate needed = 8'000'000;
  /// Whether there is padding for probes.
  bool pads = true;
};

class MediaPath {
 public:
  struct Flow {
    explicit Flow(const MediaFlowOptions& config, uint64_t seed)
        : options(config),
          controller(config.limits, Timestamp() + config.begin),
          estimate(config.limits),
          random(seed) {}

    MediaFlowOptions options;
    congestion::Controller controller;
    congestion::Pacer<uint16_t> pacer;
    congestion::ArrivalRecorder recorder;
    congestion::ReceiverEstimate estimate;
    SeededRandom random;

    // The encoders.
    Timestamp nextFrame;
    Timestamp nextAudio;
    uint32_t frames = 0;
    uint16_t sequence = 0;

    // The receiver's report.
    Timestamp nextReport;
    uint16_t highest = 0;
    uint64_t came = 0;
    uint64_t reportedCame = 0;
    uint64_t expected = 0;
    uint64_t reportedExpected = 0;

    // What is measured. Bytes that came, padding and all.
    uint64_t arrived = 0;
    uint64_t mediaArrived = 0;
    uint64_t sent = 0;
    uint64_t packetsSent = 0;
    uint64_t packetsDropped = 0;
    uint64_t packetsLost = 0;
    /// Of any packet in the pacer, audio apart.
    Duration mostPacerDelay;
    Duration mostAudioDelay;
  };

  MediaPath(const MediaPathOptions& options, uint64_t seed)
      : options_(options), random_(seed), seed_(seed) {}

  Flow& add(const MediaFlowOptions& options = {}) {
    flows_.push_back(std::make_unique<Flow>(options, seed_ * 1000 + flows_.size()));
    Flow& flow = *flows_.back();
    flow.nextFrame = flow.nextAudio = Timestamp() + options.begin;
    flow.nextReport = Timestamp() + options.begin + Duration::milliseconds(500);
    flow.controller.setNeeded(options.needed, flow.nextFrame);
    return flow;
  }

  MediaPathOptions& options() { return options_; }
  Timestamp now() const { return now_; }
  /// How long a packet would wait that came now.
  Duration queueingDelay() const { return freeAt_ > now_ ? freeAt_ - now_ : Duration::zero(); }
  /// Nothing passes in either direction.
  void setBroken(bool isBroken) { isBroken_ = isBroken; }

  void runUntil(Timestamp end) {
    while (now_ < end) {
      Timestamp next = end;
      for (const auto& flow : flows_)
        next = earlier(next, due(*flow));
      if (!wire_.empty())
        next = earlier(next, wire_.begin()->first.first);
      now_ = std::max(now_, next);
      while (!wire_.empty() && wire_.begin()->first.first <= now_) {
        auto node = wire_.extract(wire_.begin());
        arrive(node.mapped());
      }
      for (const auto& flow : flows_)
        wake(*flow);
    }
  }
  void runFor(Duration time) { runUntil(now_ + time); }

 private:
  static constexpr size_t kPacket = 1200;
  static constexpr size_t kAudio = 120;
  static constexpr congestion::Bitrate kAudioRate = kAudio * 8 * 50;
  static constexpr double kFramesPerSecond = 30;

  struct Wire {
    Flow* flow;
    size_t bytes = 0;
    bool isMedia = false;
    uint16_t sequence = 0;
    Timestamp sentAt;
    // What comes back.
    std::optional<Bytes> feedback;
    std::optional<congestion::Bitrate> remb;
    std::optional<double> loss;
  };

  Timestamp round(Timestamp time) const {
    const int64_t step = options_.timerGranularity.us();
    if (time.isNever() || step == 0)
      return time;
    return Timestamp::microseconds((time.us() + step - 1) / step * step);
  }

  Timestamp due(const Flow& flow) const {
    Timestamp next = earlier(flow.nextFrame, flow.nextAudio);
    if (now_ < Timestamp() + flow.options.begin)
      return Timestamp() + flow.options.begin;
    next = earlier(next, earlier(flow.controller.deadline(), flow.pacer.deadline()));
    next =
        earlier(next, flow.options.answers == Answers::kTransportFeedback ? flow.recorder.deadline()
                                                                          : flow.nextReport);
    if (flow.options.answers == Answers::kRemb)
      next = earlier(next, flow.estimate.deadline());
    next = round(next);
    return next > now_ ? next : now_ + Duration::milliseconds(1);
  }

  void wake(Flow& flow) {
    if (now_ < Timestamp() + flow.options.begin)
      return;
    flow.controller.handleTimeout(now_);
    encode(flow);
    drain(flow);
    answer(flow);
  }

  bool happens(double probability) {
    return probability > 0 && random_.u32() < probability * 4294967296.0;
  }

  /// Frames of a size that varies, a large one each ten seconds.
  void encode(Flow& flow) {
    while (flow.nextAudio <= now_) {
      flow.pacer.enqueue({1, kAudio, congestion::Priority::kAudio, 1}, now_);
      flow.nextAudio = flow.nextAudio + Duration::milliseconds(20);
    }
    while (flow.nextFrame <= now_) {
      const auto rate =
          std::min(flow.controller.targets().bitrate, flow.options.needed) - kAudioRate;
      const bool isKey = flow.frames++ % 300 == 0;
      const double share = isKey ? 3 : 0.98 * (0.7 + 0.6 * flow.random.below(1000) / 1000);
      auto size =
          static_cast<size_t>(static_cast<double>(std::max<congestion::Bitrate>(rate, 15'000)) / 8 /
                              kFramesPerSecond * share);
      // Encoders leave out frames while what they made has not left.
      if (flow.pacer.queueDelay() > Duration::milliseconds(250))
        size = 0;
      while (size > 0) {
        const size_t part = std::min(size, kPacket);
        flow.pacer.enqueue({1, part + 60, congestion::Priority::kVideo, 2}, now_);
        size -= part;
      }
      flow.nextFrame = flow.nextFrame + Duration::microseconds(33'333);
    }
  }

  void drain(Flow& flow) {
    for (;;) {
      while (const auto probe = flow.controller.nextProbe())
        flow.pacer.addProbe(*probe, now_);
      const auto& targets = flow.controller.targets();
      flow.pacer.setRates(targets.pacing, targets.padding);
      if (auto departure = flow.pacer.next(now_)) {
        auto& delay = departure->item.priority == congestion::Priority::kAudio
                          ? flow.mostAudioDelay
                          : flow.mostPacerDelay;
        delay = std::max(delay, departure->waited);
        const uint16_t sequence = flow.sequence++;
        const bool isNumbered = flow.options.answers == Answers::kTransportFeedback;
        flow.controller.onPacketSent(
            isNumbered ? std::optional(rtp::SequenceNumber(sequence)) : std::nullopt,
            departure->item.bytes, departure->probe, now_);
        forward({&flow,
                 departure->item.bytes,
                 departure->item.packet == 1,
                 sequence,
                 now_,
                 {},
                 {},
                 {}});
        continue;
      }
      const size_t padding = flow.pacer.paddingDue(now_);
      if (padding == 0 || !flow.options.pads)
        return;
      for (size_t made = 0; made < padding; made += kPacket)
        flow.pacer.enqueue({0, kPacket, congestion::Priority::kPadding, 2}, now_);
    }
  }

  bool isLost() {
    if (options_.burst == Duration::zero())
      return happens(options_.loss);
    while (spellEnds_ <= now_ && options_.loss > 0) {
      inBurst_ = !inBurst_;
      const double burst = static_cast<double>(options_.burst.us());
      const double mean = inBurst_ ? burst : burst * (1 - options_.loss) / options_.loss;
      spellEnds_ = std::max(spellEnds_, Timestamp()) +
                   Duration::microseconds(1 + random_.below(static_cast<uint32_t>(2 * mean)));
    }
    return inBurst_;
  }

  void forward(Wire packet) {
    Flow& flow = *packet.flow;
    ++flow.packetsSent;
    flow.sent += packet.bytes;
    if (isLost() || isBroken_) {
      ++flow.packetsLost;
      return;
    }
    const Duration time = Duration::microseconds(static_cast<int64_t>(packet.bytes) * 8'000'000 /
                                                 options_.bitsPerSecond);
    if (queueingDelay() + time > std::max(options_.queue, time)) {
      ++flow.packetsDropped;
      return;
    }
    freeAt_ = std::max(freeAt_, now_) + time;
    Timestamp arrives = freeAt_ + options_.roundTrip / 2;
    if (options_.jitter > Duration::zero()) {
      arrives = arrives + Duration::microseconds(
                              random_.below(static_cast<uint32_t>(options_.jitter.us()) + 1));
      lastArrival_ = arrives = std::max(arrives, lastArrival_);
    }
    put(arrives, std::move(packet));
  }

  void back(Wire answer) {
    if (isBroken_ || happens(options_.feedbackLoss))
      return;
    put(now_ + options_.roundTrip / 2, std::move(answer));
  }

  void arrive(Wire& packet) {
    Flow& flow = *packet.flow;
    if (packet.feedback) {
      if (const auto feedback = rtp::readTransportFeedback(*packet.feedback))
        flow.controller.onTransportFeedback(*feedback, now_);
    } else if (packet.remb) {
      flow.controller.onRemb(*packet.remb, now_);
    } else if (packet.loss) {
      flow.controller.onReceiverReport(*packet.loss, now_ - packet.sentAt, now_);
    } else {
      flow.arrived += packet.bytes;
      if (packet.isMedia)
        flow.mediaArrived += packet.bytes;
      ++flow.came;
      const auto ahead = static_cast<int16_t>(packet.sequence - flow.highest);
      if (flow.expected == 0) {
        flow.expected = 1;
        flow.highest = packet.sequence;
      } else if (ahead > 0) {
        flow.expected += static_cast<uint64_t>(ahead);
        flow.highest = packet.sequence;
      }
      lastDelay_ = now_ - packet.sentAt;
      if (flow.options.answers == Answers::kTransportFeedback)
        flow.recorder.received(rtp::SequenceNumber(packet.sequence), packet.bytes, now_);
      if (flow.options.answers == Answers::kRemb) {
        const auto stamp = static_cast<uint32_t>((packet.sentAt.us() << 18) / 1'000'000);
        flow.estimate.received(stamp & 0xffffff, packet.bytes, now_);
      }
    }
  }

  void answer(Flow& flow) {
    Wire answer{&flow, 0, false, 0, {}, {}, {}, {}};
    if (flow.options.answers == Answers::kTransportFeedback) {
      while (const auto feedback = flow.recorder.next(now_)) {
        answer.feedback = rtp::writeTransportFeedback(*feedback);
        back(answer);
      }
      return;
    }
    if (flow.options.answers == Answers::kRemb) {
      if (const auto rate = flow.estimate.next(now_)) {
        answer.remb = rate;
        back(answer);
        answer.remb.reset();
      }
    }
    if (flow.nextReport > now_)
      return;
    flow.nextReport = flow.nextReport + Duration::seconds(1);
    const uint64_t expected = flow.expected - flow.reportedExpected;
    const uint64_t came = flow.came - flow.reportedCame;
    flow.reportedExpected = flow.expected;
    flow.reportedCame = flow.came;
    if (expected == 0)
      return;
    answer.loss =
        came < expected ? 1 - static_cast<double>(came) / static_cast<double>(expected) : 0;
    // A sender report a second, whose echo tells the round trip that packets have now.
    answer.sentAt = now_ - lastDelay_;
    back(answer);
  }

  void put(Timestamp at, Wire packet) { wire_.emplace(std::pair(at, order_++), std::move(packet)); }

  MediaPathOptions options_;
  SeededRandom random_;
  uint64_t seed_;
  Timestamp now_;
  Timestamp freeAt_;
  Timestamp lastArrival_;
  Timestamp spellEnds_;
  Duration lastDelay_;
  bool inBurst_ = false;
  bool isBroken_ = false;
  std::vector<std::unique_ptr<Flow>> flows_;
  std::map<std::pair<Timestamp, uint64_t>, Wire> wire_;
  uint64_t order_ = 0;
};

}  // namespace rtc::sim
