#pragma once

#include <algorithm>
#include <array>
#include <map>

#include "cpp/base/address.h"
#include "cpp/base/time.h"
#include "cpp/turn/token_bucket.h"

namespace rtc::turn {

/// A token bucket per source network: per IPv4 address, per IPv6 /64 (what one subscriber has). It
/// remembers a bounded number of sources; beyond it newcomers share one bucket.
class SourceLimiter {
 public:
  SourceLimiter(uint64_t rate, uint64_t burst, size_t maxSources = 8192)
      : rate_(rate), burst_(burst), maxSources_(maxSources), shared_(rate, burst) {}

  bool take(const IpAddress& source, Timestamp now) { return bucket(source, now).take(1, now); }
  bool has(const IpAddress& source, Timestamp now) {
    const auto found = buckets_.find(networkOf(source));
    if (found != buckets_.end())
      return found->second.has(1, now);
    return buckets_.size() < maxSources_ || shared_.has(1, now);
  }
  size_t size() const { return buckets_.size(); }

 private:
  static IpAddress networkOf(const IpAddress& source) {
    const IpAddress address = source.unmapped();
    if (address.isV4())
      return address;
    std::array<uint8_t, 16> prefix{};
    std::copy_n(address.bytes().begin(), 8, prefix.begin());
    return IpAddress::v6(prefix);
  }

  TokenBucket& bucket(const IpAddress& source, Timestamp now) {
    const IpAddress network = networkOf(source);
    const auto found = buckets_.find(network);
    if (found != buckets_.end())
      return found->second;
    if (buckets_.size() >= maxSources_ && now >= nextSweep_) {
      // Once a second, so that a flood of made-up sources does not buy a sweep per datagram.
      nextSweep_ = now + Duration::seconds(1);
      std::erase_if(buckets_, [now](const auto& entry) { return entry.second.isFull(now); });
    }
    if (buckets_.size() >= maxSources_)
      return shared_;
    return buckets_.emplace(network, TokenBucket(rate_, burst_)).first->second;
  }

  uint64_t rate_;
  uint64_t burst_;
  size_t maxSources_;
  TokenBucket shared_;
  std::map<IpAddress, TokenBucket> buckets_;
  Timestamp nextSweep_;
};

}  // namespace rtc::turn
