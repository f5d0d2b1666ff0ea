#include "cpp/sctp/path_mtu.h"

#include <algorithm>

namespace rtc::sctp {
namespace {

// The same is left of jumbo frames' 9000 bytes, and of the 16384 of a DTLS record and of a loopback
// interface.
constexpr size_t kSizes[] = {kEthernetPacketSize, 8908, 16292};
// RFC 8899 section 5.1.1, PMTU_RAISE_TIMER.
constexpr Duration kMaxSearchAgainAfter = Duration::seconds(600);

}  // namespace

void PathMtu::pathChanged(size_t ceiling) {
  size_ = base_;
  ceiling_ = ceiling & ~size_t{3};
  isEnded_ = false;
  probe_ = {};
  probeTimer_.stop();
  searchFrom_ = Timestamp();
  searchAgainAfter_ = kSearchAgainAfter;
}

std::optional<size_t> PathMtu::nextSize() const {
  for (const size_t size : kSizes) {
    if (size > size_ && size <= ceiling_)
      return size;
  }
  // Less than the next usual size, and more than a few bytes.
  return ceiling_ > size_ + size_ / 16 ? std::optional(ceiling_) : std::nullopt;
}

bool PathMtu::wantsProbe(Timestamp now) const {
  return !isEnded_ && !probeTimer_.running() && now >= searchFrom_ && nextSize().has_value();
}

PathMtu::Probe PathMtu::takeProbe(uint64_t nonce, Duration timeout, Timestamp now) {
  probe_ = {nonce, nextSize().value_or(base_)};
  probeTimer_.start(now, timeout);
  return probe_;
}

bool PathMtu::answered(uint64_t nonce) {
  if (!probeTimer_.running() || nonce != probe_.nonce)
    return false;
  probeTimer_.stop();
  size_ = std::max(size_, probe_.size);
  return true;
}

bool PathMtu::timedOut(Timestamp now) {
  probeTimer_.stop();
  if (size_ == base_)
    return false;
  size_ = base_;
  isEnded_ = false;
  searchFrom_ = now + searchAgainAfter_;
  searchAgainAfter_ = std::min(searchAgainAfter_ * 2, kMaxSearchAgainAfter);
  return true;
}

void PathMtu::handleTimeout(Timestamp now) {
  if (probeTimer_.expire(now))
    isEnded_ = true;
}

}  // namespace rtc::sctp
