#include "cpp/congestion/backlog.h"

namespace rtc::congestion {
namespace {

/// Less is a change of the path; more is the estimate's breathing.
constexpr double kFallen = 0.7;
constexpr double kHalved = 0.5;

}  // namespace

void Backlog::update(size_t bytes, Bitrate target) {
  isOverdue_ = false;
  if (target <= 0) {
    isHeld_ = isFromBefore_ = false;
    return;
  }
  const Duration wait = Duration::microseconds(static_cast<int64_t>(bytes) * 8'000'000 / target);
  isHeld_ = wait > (isHeld_ ? kShort : kHeldFrom);
  if (wait <= kShort || !usual_) {
    usual_ = target;
    isFromBefore_ = false;
    return;
  }
  const auto now = static_cast<double>(target);
  const auto usual = static_cast<double>(*usual_);
  isFromBefore_ = isFromBefore_ || now < kFallen * usual;
  if (wait > kOverdue && now < kHalved * usual) {
    isOverdue_ = true;
    usual_ = target;
  }
}

}  // namespace rtc::congestion
