// A controller, and the receiving sides, whose peer and whose clock say anything: estimates stay
// within the limits, memory bounded, deadlines in the future.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "cpp/base/bytes.h"
#include "cpp/congestion/arrival_recorder.h"
#include "cpp/congestion/controller.h"
#include "cpp/congestion/pacer.h"
#include "cpp/congestion/receiver_estimate.h"

using namespace rtc;
using namespace rtc::congestion;

namespace {

constexpr BitrateLimits kLimits{50'000, 300'000, 5'000'000};

class Session {
 public:
  /// False when the input has been used up.
  bool step(ByteReader& in) {
    const auto what = in.u8();
    if (!what)
      return false;
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
  static void require(bool holds) {
    if (!holds)
      std::abort();
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

  void drain() {
    int probes = 0;
    while (const auto probe = controller_.nextProbe()) {
      require(probe->rate > 0 && probe->rate <= kLimits.max && ++probes < 10);
      pacer_.addProbe(*probe, now_);
    }
    const Targets targets = controller_.targets();
    require(targets.bitrate >= kLimits.min && targets.bitrate <= kLimits.max);
    require(targets.pacing >= targets.bitrate && targets.pacing <= kLimits.max * 4);
    require(targets.padding == 0);
    require(targets.lossRate >= 0 && targets.lossRate <= 1);
    require(!targets.roundTrip || *targets.roundTrip >= Duration::zero());
    pacer_.setRates(targets.pacing, targets.padding);
    while (const auto departure = pacer_.next(now_)) {
      controller_.onPacketSent(rtp::SequenceNumber(sequence_++), departure->item.bytes,
                               departure->probe, now_);
    }
    if (const size_t padding = pacer_.paddingDue(now_))
      require(padding <= 5'000'000 / 8);
    while (const auto feedback = recorder_.next(now_)) {
      const auto again = rtp::readTransportFeedback(rtp::writeTransportFeedback(*feedback));
      require(again && again->count == feedback->count &&
              again->arrivals.size() == feedback->arrivals.size());
    }
    require(recorder_.deadline() > now_);
    if (const auto rate = estimate_.next(now_))
      require(*rate >= kLimits.min && *rate <= kLimits.max);
    require(estimate_.deadline() > now_);
  }

  Timestamp now_ = Timestamp::milliseconds(1'000'000);
  Controller controller_{kLimits, now_};
  Pacer<int> pacer_;
  ArrivalRecorder recorder_;
  ReceiverEstimate estimate_{kLimits};
  uint16_t sequence_ = 65'000;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in({data, size});
  Session session;
  while (session.step(in)) {
  }
  return 0;
}
