#pragma once

// SCTP associations that share one bottleneck, in virtual time: a rate, a queue whose tail is
// dropped, delay, jitter and loss. Acknowledgements come back over a path that has delay only.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/sctp/association.h"

namespace rtc::sim {

struct BottleneckOptions {
  uint64_t bitsPerSecond = 10'000'000;
  /// Of all flows there and back, without queueing.
  Duration roundTrip = Duration::milliseconds(100);
  /// Bytes that wait; packets that find no room are dropped.
  size_t queue = 125'000;
  /// Of packets before the queue, whatever its length.
  double loss = 0;
  /// Added to the delay behind the queue, uniformly up to this; the order is kept.
  Duration jitter = Duration::zero();
  /// Timers of the associations fire at multiples of this, as in JavaScript.
  Duration timerGranularity = Duration::milliseconds(1);
};

class Bottleneck {
 public:
  /// One sender and its receiver.
  struct Flow {
    /// Bytes of messages that arrived.
    uint64_t arrived = 0;
    /// Bytes that the application still sends; unlimited by default.
    uint64_t wanted = UINT64_MAX;
    Timestamp begin;
    std::unique_ptr<sctp::Association> sender;
    std::unique_ptr<sctp::Association> receiver;
    uint64_t packetsSent = 0;
    uint64_t packetsDropped = 0;
    uint64_t packetsLost = 0;
    std::unique_ptr<SeededRandom> randomness[2];
  };

  Bottleneck(const BottleneckOptions& options, uint64_t seed)
      : options_(options), random_(seed), seed_(seed) {}

  /// A bulk transfer that begins at `begin`, with an established association.
  Flow& add(sctp::CongestionControlFactory control, Duration begin = Duration::zero()) {
    auto flow = std::make_unique<Flow>();
    flow->begin = Timestamp() + begin;
    sctp::AssociationConfig config;
    config.congestionControl = control;
    // What is measured is the sender's control, not the bound that the receiver's window sets it.
    config.initialReceiveWindow = config.receiveWindow;
    for (int end = 0; end < 2; ++end) {
      flow->randomness[end] = std::make_unique<SeededRandom>(seed_ * 1000 + flows_.size() * 2 +
                                                             static_cast<uint64_t>(end));
      config.identity = sctp::drawIdentity(*flow->randomness[end]);
      auto& association = end == 0 ? flow->sender : flow->receiver;
      association = std::make_unique<sctp::Association>(config, *flow->randomness[end]);
      inits_[end] = sctp::initChunk(config, *config.identity);
    }
    flow->sender->establishWith(inits_[1], flow->begin);
    flow->receiver->establishWith(inits_[0], flow->begin);
    flows_.push_back(std::move(flow));
    return *flows_.back();
  }

  BottleneckOptions& options() { return options_; }
  Timestamp now() const { return now_; }
  /// Bytes that wait now, and how long the last of them will.
  Duration queueingDelay() const { return freeAt_ > now_ ? freeAt_ - now_ : Duration::zero(); }

  void runUntil(Timestamp end) {
    for (size_t i = 0; i < flows_.size(); ++i) {
      if (flows_[i]->begin <= now_)
        drain(i);
    }
    while (now_ < end) {
      Timestamp next = end;
      for (const auto& flow : flows_) {
        if (flow->begin > now_)
          next = earlier(next, flow->begin);
        else
          next = earlier(next, earlier(due(*flow->sender), due(*flow->receiver)));
      }
      if (!wire_.empty())
        next = earlier(next, wire_.begin()->first.first);
      now_ = std::max(now_, next);
      while (!wire_.empty() && wire_.begin()->first.first <= now_) {
        auto node = wire_.extract(wire_.begin());
        Packet& packet = node.mapped();
        Flow& flow = *flows_[packet.flow];
        (packet.isForward ? flow.receiver : flow.sender)->handlePacket(packet.bytes, now_);
        drain(packet.flow);
      }
      for (size_t i = 0; i < flows_.size(); ++i) {
        Flow& flow = *flows_[i];
        if (flow.begin > now_)
          continue;
        if (due(*flow.sender) <= now_)
          flow.sender->handleTimeout(now_);
        if (due(*flow.receiver) <= now_)
          flow.receiver->handleTimeout(now_);
        drain(i);
      }
    }
  }
  void runFor(Duration time) { runUntil(now_ + time); }

 private:
  static constexpr size_t kMessage = 16 * 1024;
  static constexpr size_t kBuffered = 1024 * 1024;
  // IP, UDP and DTLS around an SCTP packet.
  static constexpr size_t kOverhead = 28 + 37;

  struct Packet {
    size_t flow;
    bool isForward;
    Bytes bytes;
  };

  Timestamp due(const sctp::Association& association) const {
    const Timestamp deadline = association.deadline();
    const int64_t step = options_.timerGranularity.us();
    if (deadline.isNever() || step == 0)
      return deadline;
    return Timestamp::microseconds((deadline.us() + step - 1) / step * step);
  }

  void feed(Flow& flow) {
    while (flow.wanted > 0 && flow.sender->bufferedAmount() < kBuffered) {
      const size_t size = static_cast<size_t>(std::min<uint64_t>(flow.wanted, kMessage));
      if (!flow.sender->send(sctp::StreamId(1), sctp::Ppid(53), Bytes(size, 1), {}, now_).ok())
        return;
      if (flow.wanted != UINT64_MAX)
        flow.wanted -= size;
    }
  }

  void drain(size_t index) {
    Flow& flow = *flows_[index];
    feed(flow);
    while (auto output = flow.sender->poll()) {
      if (auto* transmit = std::get_if<sctp::Transmit>(&*output))
        forward(index, std::move(transmit->packet));
      feed(flow);
    }
    while (auto output = flow.receiver->poll()) {
      if (auto* transmit = std::get_if<sctp::Transmit>(&*output)) {
        put(now_ + options_.roundTrip / 2, {index, false, std::move(transmit->packet)});
      } else if (auto* received = std::get_if<sctp::Received>(&*output)) {
        flow.arrived += received->message.size();
      }
    }
  }

  void forward(size_t index, Bytes packet) {
    Flow& flow = *flows_[index];
    ++flow.packetsSent;
    if (static_cast<double>(random_.u32()) < options_.loss * 4294967296.0) {
      ++flow.packetsLost;
      return;
    }
    const int64_t size = static_cast<int64_t>(packet.size() + kOverhead);
    const auto rate = static_cast<int64_t>(options_.bitsPerSecond / 8);
    if (queueingDelay().us() * rate / 1'000'000 + size > static_cast<int64_t>(options_.queue)) {
      ++flow.packetsDropped;
      return;
    }
    freeAt_ = std::max(freeAt_, now_) + Duration::microseconds(size * 1'000'000 / rate);
    Timestamp arrives = freeAt_ + options_.roundTrip / 2;
    if (options_.jitter > Duration::zero()) {
      arrives = arrives + Duration::microseconds(
                              random_.below(static_cast<uint32_t>(options_.jitter.us()) + 1));
      lastArrival_ = arrives = std::max(arrives, lastArrival_);
    }
    put(arrives, {index, true, std::move(packet)});
  }

  void put(Timestamp at, Packet packet) {
    wire_.emplace(std::pair(at, sequence_++), std::move(packet));
  }

  BottleneckOptions options_;
  SeededRandom random_;
  uint64_t seed_;
  Bytes inits_[2];
  Timestamp now_;
  Timestamp freeAt_;
  Timestamp lastArrival_;
  std::vector<std::unique_ptr<Flow>> flows_;
  std::map<std::pair<Timestamp, uint64_t>, Packet> wire_;
  uint64_t sequence_ = 0;
};

}  // namespace rtc::sim
