// A controller, and the receiving sides, whose peer and whose clock say anything, and whose
// application sets limits as it likes: estimates stay within the limits of the moment, memory
// bounded, deadlines in the future, and a pacer that nobody gives anything comes to rest.

#include <algorithm>
#include <cmath>

#include "cpp/base/bytes.h"
#include "cpp/congestion/arrival_recorder.h"
#include "cpp/congestion/controller.h"
#include "cpp/congestion/pacer.h"
#include "cpp/congestion/receiver_estimate.h"
#include "tests/fuzz/require.h"

using namespace rtc;
using namespace rtc::congestion;
using rtc::fuzz::require;

namespace {

constexpr BitrateLimits kLimits{50'000, 300'000, 5'000'000};
/// What the controller lets no limits leave.
constexpr Bitrate kLeastBitrate = 1'000, kMostBitrate = 10'000'000'000;
/// Bytes from here on stand for what came later to the program.
constexpr uint8_t kFirstNew = 0xe0;
constexpr size_t kMostQueued = size_t{1} << 18;
/// What is worth a packet.
constexpr size_t kLeastPadding = 200;

class Session {
 public:
  /// False when the input has been used up.
  bool step(ByteReader& in) {
    const auto what = in.u8();
    if (!what)
      return false;
    if (*what >= kFirstNew) {
      more(*what % 8, in);
      drain();
      return true;
    }
    switch (*what % 10) {
      case 0:
        move(in);
        break;
      case 1:
        send(in);
        break;
      case 2:
        // As it comes from the wire.
        if (const auto bytes = in.bytes(std::min<size_t>(in.remaining(), in.u8().value_or(0)))) {
          if (const auto feedback = rtp::readTransportFeedback(*bytes))
            controller_.onTransportFeedback(*feedback, now_);
        }
        break;
      case 3:
        answer(in);
        break;
      case 4:
        controller_.onReceiverReport(in.u8().value_or(0) / 128.0 - 0.5,
                                     Duration::microseconds(static_cast<int64_t>(
                                         static_cast<int32_t>(in.u32().value_or(0)))),
                                     now_);
        break;
      case 5:
        controller_.onRemb(static_cast<Bitrate>(in.u64().value_or(0)), now_);
        break;
      case 6:
        controller_.setNeeded(static_cast<Bitrate>(in.u32().value_or(0)), now_);
        break;
      case 7:
        recorder_.received(rtp::SequenceNumber(in.u16().value_or(0)), in.u8().value_or(0), now_);
        break;
      case 8:
        estimate_.received(in.u24().value_or(0), in.u16().value_or(0), now_);
        break;
      default:
        if (in.u8().value_or(0) % 16 == 0)
          controller_.pathChanged(now_);
        else
          controller_.handleTimeout(now_);
        break;
    }
    drain();
    return true;
  }

 private:
  void more(int what, ByteReader& in) {
    switch (what) {
      case 0:
      case 1: {
        // Near each other, or anything at all, and in any order.
        BitrateLimits limits;
        const auto bitrate = [&] {
          return what == 0 ? Bitrate{in.u8().value_or(0)} * 10'000
                           : static_cast<Bitrate>(in.u64().value_or(0));
        };
        limits.min = bitrate();
        limits.start = bitrate();
        limits.max = bitrate();
        setLimits(limits);
        break;
      }
      case 2:
        estimate_.setRoundTrip(Duration::milliseconds(in.u16().value_or(0)));
        break;
      case 3:
        padding_ = Bitrate{in.u8().value_or(0)} * 10'000;
        break;
      case 4: {
        const auto stream = in.u8().value_or(0) % 3u;
        const size_t before = pacer_.queuedPackets();
        const size_t given = pacer_.discard(stream).size();
        require(pacer_.queuedPackets() + given == before, "packets are discarded twice, or not");
        require(before != given || pacer_.queuedBytes() == 0, "bytes without packets");
        break;
      }
      case 5:
        burst(in);
        break;
      case 6:
        work(in);
        break;
      default:
        wait(in);
        break;
    }
  }

  void setLimits(const BitrateLimits& limits) {
    controller_.setLimits(limits, now_);
    min_ = std::clamp(limits.min, kLeastBitrate, kMostBitrate);
    max_ = std::clamp(limits.max, min_, kMostBitrate);
    mostMax_ = std::max(mostMax_, max_);
  }

  /// As much as a screen's key frame is.
  void burst(ByteReader& in) {
    const auto count = in.u8().value_or(0) % 100;
    for (int i = 0; i < count && pacer_.queuedBytes() < kMostQueued; ++i)
      pacer_.enqueue({0, 1200, Priority::kVideo, 0}, now_);
  }

  /// Some time in which packets leave when they may, and are told of when they have come, or not.
  void work(ByteReader& in) {
    const auto count = in.u8().value_or(0) % 32;
    const auto trip = Duration::milliseconds(in.u8().value_or(0));
    const auto lost = in.u8().value_or(0);
    for (int i = 0; i < count && budget_ > 0; ++i, --budget_) {
      const uint16_t first = sequence_;
      pacer_.enqueue({0, 1000, Priority::kVideo, 0}, now_);
      drain();
      now_ = now_ + Duration::milliseconds(10);
      drain();
      const auto sent = static_cast<uint16_t>(sequence_ - first);
      if (sent == 0)
        continue;
      rtp::TransportFeedback feedback;
      feedback.base = rtp::SequenceNumber(first);
      feedback.count = sent;
      feedback.reference = static_cast<int32_t>((now_ + trip).us() / 64'000 % (1 << 23));
      for (uint16_t j = 0; j < std::min<uint16_t>(sent, 200); ++j) {
        if ((i + j) * 37 % 256 >= lost)
          feedback.arrivals.push_back({j, Duration::microseconds(int64_t{j} * 250)});
      }
      controller_.onTransportFeedback(feedback, now_);
    }
  }

  /// Only timers: what waits leaves, and what is asked for is done.
  void wait(ByteReader& in) {
    const Timestamp end = now_ + Duration::milliseconds(int64_t{in.u8().value_or(0)} * 20);
    for (; budget_ > 0; --budget_) {
      Timestamp at = earlier(controller_.deadline(), pacer_.deadline());
      at = earlier(at, earlier(recorder_.deadline(), estimate_.deadline()));
      if (at > end)
        break;
      now_ = std::max(now_, at);
      controller_.handleTimeout(now_);
      require(controller_.deadline() > now_, "a deadline of the controller that does not move");
      drain();
      require(pacer_.deadline() > now_, "a deadline of the pacer that does not move");
    }
    now_ = std::max(now_, end);
  }

  void move(ByteReader& in) {
    // Mostly on, at times back.
    const auto step = in.u16().value_or(0);
    now_ = now_ + (step % 8 == 0 ? Duration::zero() - Duration::microseconds(step)
                                 : Duration::microseconds(int64_t{step} * 37));
  }

  void send(ByteReader& in) {
    const auto size = in.u16().value_or(0);
    for (unsigned i = 0; i <= size % 16u; ++i)
      pacer_.enqueue({0, size, static_cast<Priority>(i % kPriorities), size % 3u}, now_);
  }

  /// Tells of the last packets, in a way.
  void answer(ByteReader& in) {
    rtp::TransportFeedback feedback;
    const auto back = in.u8().value_or(0);
    feedback.base = rtp::SequenceNumber(static_cast<uint16_t>(sequence_ - back));
    feedback.count = static_cast<uint16_t>(in.u8().value_or(0) + 1);
    feedback.reference = static_cast<int32_t>(now_.us() / 64'000 + in.u8().value_or(0));
    Duration at;
    for (uint16_t i = 0; i < feedback.count; ++i) {
      const auto step = in.u8();
      if (!step)
        break;
      if (*step == 0)
        continue;
      at = at + Duration::microseconds(int64_t{*step - 64} * 250);
      feedback.arrivals.push_back({i, at});
    }
    controller_.onTransportFeedback(feedback, now_);
  }

  void takeProbes() {
    int probes = 0;
    while (const auto probe = controller_.nextProbe()) {
      require(probe->rate > 0 && probe->rate <= max_, "a probe beyond the limits");
      require(++probes < 10, "too many probes");
      pacer_.addProbe(*probe, now_);
    }
  }

  void drain() {
    takeProbes();
    const Targets targets = controller_.targets();
    require(targets.bitrate >= min_ && targets.bitrate <= max_, "a rate beyond the limits");
    require(targets.pacing >= targets.bitrate && targets.pacing <= max_ * 4, "a pace beyond them");
    require(targets.padding == 0, "padding that nobody asked for");
    require(targets.lossRate >= 0 && targets.lossRate <= 1, "a loss of more than all");
    require(!targets.roundTrip || *targets.roundTrip >= Duration::zero(), "an answer before");
    pacer_.setRates(targets.pacing, padding_);
    while (const auto departure = pacer_.next(now_)) {
      controller_.onPacketSent(rtp::SequenceNumber(sequence_++), departure->item.bytes,
                               departure->probe, now_);
      takeProbes();
    }
    // Two milliseconds of the fastest probe that there ever was.
    const size_t padding = pacer_.paddingDue(now_);
    require(padding <= kLeastPadding + static_cast<size_t>(mostMax_ / 4000), "too much padding");
    while (const auto feedback = recorder_.next(now_)) {
      const auto again = rtp::readTransportFeedback(rtp::writeTransportFeedback(*feedback));
      require(again && again->count == feedback->count &&
                  again->arrivals.size() == feedback->arrivals.size(),
              "other feedback");
    }
    require(recorder_.deadline() > now_, "a deadline of feedback that has passed");
    if (const auto rate = estimate_.next(now_))
      require(*rate >= kLimits.min && *rate <= kLimits.max, "an estimate beyond the limits");
    require(estimate_.deadline() > now_, "a deadline of the estimate that has passed");
  }

  Timestamp now_ = Timestamp::milliseconds(1'000'000);
  Controller controller_{kLimits, now_};
  Pacer<int> pacer_;
  Bitrate min_ = kLimits.min;
  Bitrate max_ = kLimits.max;
  Bitrate mostMax_ = kLimits.max;
  Bitrate padding_ = 0;
  ArrivalRecorder recorder_;
  ReceiverEstimate estimate_{kLimits};
  uint16_t sequence_ = 65'000;
  /// Steps that one byte makes many of.
  int budget_ = 1000;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in({data, size});
  Session session;
  while (session.step(in)) {
  }
  return 0;
}
