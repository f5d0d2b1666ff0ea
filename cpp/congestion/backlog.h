#pragma once

#include <cstddef>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// What to do about packets that wait to leave. Encoders follow the target a frame or two later,
/// and what they made for a better path stands in the way of all that comes after: what would take
/// long is held up at its source, and after a fall it leaves no faster than the path takes it, or
/// not at all.
class Backlog {
 public:
  /// What waits so long will come too late to be looked at, and what is encoded behind it as well.
  static constexpr Duration kHeldFrom = Duration::milliseconds(250);
  static constexpr Duration kShort = Duration::milliseconds(50);
  /// A new key frame is there sooner than the end of this.
  static constexpr Duration kOverdue = Duration::milliseconds(500);

  /// So many bytes wait, and the path is believed to take `target`; after each change of either.
  void update(size_t bytes, Bitrate target);

  /// Whether encoders are to leave pictures out.
  bool isHeld() const { return isHeld_; }
  /// Whether packets are to leave no faster than at the target, since it has fallen and what waits
  /// is from before.
  bool isFromBefore() const { return isFromBefore_; }
  /// Whether what waits is better thrown away, and a key frame made. True once for each fall.
  bool isOverdue() const { return isOverdue_; }

 private:
  /// The target when little waited.
  std::optional<Bitrate> usual_;
  bool isHeld_ = false;
  bool isFromBefore_ = false;
  bool isOverdue_ = false;
};

}  // namespace rtc::congestion
