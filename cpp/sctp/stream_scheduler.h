#pragma once

#include <deque>

#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Whose turn it is: round robin by message. The fragments of a message in DATA chunks must have
/// consecutive TSNs (RFC 9260 section 6.9), so a message begun is finished first.
class StreamScheduler {
 public:
  bool empty() const { return active_.empty(); }
  StreamId current() const { return active_.front(); }
  /// The stream has something to send where it had nothing.
  void activate(StreamId stream) { active_.push_back(stream); }
  /// The current stream finished a message.
  void finished(bool hasMore) {
    if (hasMore && active_.size() > 1)
      active_.push_back(active_.front());
    if (!hasMore || active_.size() > 1)
      active_.pop_front();
  }
  /// Forgets a stream that has nothing left, whosever turn it is.
  void remove(StreamId stream) { std::erase(active_, stream); }
  void clear() { active_.clear(); }

 private:
  std::deque<StreamId> active_;
};

}  // namespace rtc::sctp
