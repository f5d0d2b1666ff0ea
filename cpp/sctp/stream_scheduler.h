#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Whose turn it is: weighted fair queueing by bytes (RFC 8260 section 3.6) in its start-time form.
/// Each stream has a virtual time that what it sends moves on, the slower the more weight it has,
/// and the stream that is furthest behind has the turn; among equals who has waited longest. A
/// stream that has sent nothing for a while is as far as the others are, so that idleness saves
/// nothing up. Neither depends on how much a stream has to send, so that one packet on an idle
/// stream goes out next however long the messages of others are. A turn costs time logarithmic in
/// the number of streams that have something to send.
class StreamScheduler {
 public:
  bool empty() const { return ready_.empty(); }
  /// The current stream has to go on before any other.
  bool isHeld() const { return holder_.has_value(); }
  /// Not when empty.
  StreamId current() const { return holder_ ? *holder_ : ready_.begin()->stream; }

  /// The stream has something to send where it had nothing.
  void activate(StreamId stream) {
    uint64_t& time = times_[stream].virtualTime;
    time = std::max(time, now_);
    enqueue(stream);
  }

  enum class Turn : uint8_t {
    /// The stream keeps it: a message in DATA chunks has consecutive TSNs (RFC 9260 section 6.9).
    kGoesOn,
    kOver,
    /// And there is nothing more to send.
    kLast,
  };
  /// The current stream sent so much, dropped messages when that is nothing.
  void served(size_t bytes, uint16_t weight, Turn turn) {
    const StreamId stream = current();
    Times& times = times_[stream];
    now_ = std::max(now_, times.virtualTime);
    ready_.erase({times.virtualTime, times.turn, stream});
    times.virtualTime += (uint64_t{bytes} << kFractionBits) / std::max<uint16_t>(weight, 1);
    holder_.reset();
    if (turn == Turn::kGoesOn)
      holder_ = stream;
    if (turn != Turn::kLast)
      enqueue(stream);
  }

  /// Forgets a stream that may or can send nothing, whosever turn it is.
  void remove(StreamId stream) {
    const auto it = times_.find(stream);
    if (it == times_.end())
      return;
    ready_.erase({it->second.virtualTime, it->second.turn, stream});
    if (holder_ == stream)
      holder_.reset();
  }
  void clear() {
    ready_.clear();
    times_.clear();
    holder_.reset();
    now_ = 0;
  }

 private:
  // Virtual time goes on by bytes / weight, with so many bits behind the point: 64 bits last for
  // 2^48 bytes of the least weight.
  static constexpr int kFractionBits = 16;

  struct Times {
    uint64_t virtualTime = 0;
    uint64_t turn = 0;
  };
  struct Ready {
    uint64_t virtualTime;
    uint64_t turn;
    StreamId stream;
    auto operator<=>(const Ready&) const = default;
  };

  void enqueue(StreamId stream) {
    Times& times = times_[stream];
    times.turn = nextTurn_++;
    ready_.insert({times.virtualTime, times.turn, stream});
  }

  std::set<Ready> ready_;
  std::unordered_map<StreamId, Times> times_;
  std::optional<StreamId> holder_;
  uint64_t now_ = 0;
  uint64_t nextTurn_ = 0;
};

}  // namespace rtc::sctp
