#include "tests/sim/link.h"

#include <algorithm>

namespace rtc::sim {

bool Link::happens(double probability) {
  // No draw where there is no choice: links without a fault leave the sequence as it is.
  return probability > 0 && random_.u32() < probability * 4294967296.0;
}

bool Link::isLost(Timestamp now) {
  if (options_.burst == Duration::zero() || options_.loss <= 0 || options_.loss >= 1)
    return happens(options_.loss);
  if (spellEnds_ == Timestamp())
    spellEnds_ = now;
  while (spellEnds_ <= now) {
    inBurst_ = !inBurst_;
    const double burst = static_cast<double>(options_.burst.us());
    const double mean = inBurst_ ? burst : burst * (1 - options_.loss) / options_.loss;
    // Uniform around the mean, in integers: the same everywhere.
    const auto span = static_cast<uint32_t>(std::clamp(2 * mean, 1.0, 4e9));
    spellEnds_ = spellEnds_ + Duration::microseconds(1 + random_.below(span));
  }
  return inBurst_;
}

Link::Transfer Link::transfer(size_t bytes, Timestamp now) {
  if (bytes > options_.mtu)
    return {{}, Fate::kMtu};
  const auto bits = static_cast<int64_t>(bytes * 8);
  Timestamp sent = now;
  if (options_.rate > 0) {
    const auto rate = static_cast<int64_t>(options_.rate);
    const Timestamp begin = std::max(now, freeAt_);
    if ((begin - now).us() * rate / 1'000'000 > static_cast<int64_t>(options_.queue * 8))
      return {{}, Fate::kQueue};
    sent = begin + Duration::microseconds(bits * 1'000'000 / rate);
    freeAt_ = sent;
  }
  if (isLost(now))
    return {{}, Fate::kLoss};

  Timestamp arrival = sent + options_.latency;
  if (options_.jitter > Duration::zero()) {
    arrival = arrival + Duration::microseconds(
                            random_.below(static_cast<uint32_t>(options_.jitter.us()) + 1));
  }
  if (happens(options_.reorder)) {
    arrival = arrival + options_.reorderBy;
  } else {
    arrival = lastArrival_ = std::max(arrival, lastArrival_);
  }
  Transfer transfer{{arrival}, Fate::kDelivered};
  if (happens(options_.duplicate))
    transfer.arrivals.push_back(arrival);
  return transfer;
}

}  // namespace rtc::sim
