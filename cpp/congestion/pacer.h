#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/congestion/pacing_clock.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// Who goes first.
enum class Priority : uint8_t { kAudio, kRetransmission, kVideo, kFec, kPadding };
inline constexpr size_t kPriorities = 5;

/// Holds packets until the path has room for them: audio leaves at once, the others at the pacing
/// rate, by priority and within it by stream in turns of equal bytes.
///
/// The loop: `enqueue`, then `next` until it gives nothing, then as much padding as `paddingDue`
/// asks for, enqueued as well, until both give nothing; then `deadline`.
template <typename Packet>
class Pacer {
 public:
  struct Item {
    Packet packet;
    /// On the wire.
    size_t bytes = 0;
    Priority priority = Priority::kVideo;
    /// Within a priority streams take turns; any number that tells them apart.
    uint32_t stream = 0;
  };
  struct Departure {
    Item item;
    /// To be told to the controller with the packet.
    std::optional<ProbeId> probe;
    Duration waited;
  };

  /// After each change of the controller's targets.
  void setRates(Bitrate pacing, Bitrate padding) { clock_.setRates(pacing, padding); }
  void addProbe(const Probe& probe, Timestamp now) { clock_.addProbe(probe, now); }

  void enqueue(Item item, Timestamp now) {
    Class& among = classes_[static_cast<size_t>(item.priority)];
    auto [stream, isNew] = among.streams.try_emplace(item.stream);
    // One that was idle has no claim on what it did not use.
    if (isNew)
      stream->second.served = among.served;
    bytes_ += item.bytes;
    ++packets_;
    stream->second.items.push_back({std::move(item), now});
  }

  /// The packet that leaves now, if one may.
  std::optional<Departure> next(Timestamp now) {
    for (size_t i = 0; i < kPriorities; ++i) {
      if (classes_[i].streams.empty())
        continue;
      if (static_cast<Priority>(i) != Priority::kAudio && !clock_.isOpen(now))
        return std::nullopt;
      Queued queued = take(classes_[i]);
      const auto probe = clock_.sent(queued.item.bytes, bytes_, now);
      return Departure{std::move(queued.item), probe, now - queued.since};
    }
    return std::nullopt;
  }

  /// Bytes of padding that should be enqueued now; 0 mostly, and while anything waits. When there
  /// is none to be had the caller may leave it, and is asked again some milliseconds later.
  size_t paddingDue(Timestamp now) { return packets_ > 0 ? 0 : clock_.paddingDue(now); }

  /// When to drain again; in the past when something may leave already.
  Timestamp deadline() const {
    if (!classes_[static_cast<size_t>(Priority::kAudio)].streams.empty())
      return Timestamp();
    return packets_ > 0 ? clock_.opensAt() : clock_.paddingAt();
  }

  /// How long a packet that is enqueued now would wait, audio excepted.
  Duration queueDelay() const {
    const Bitrate rate = clock_.rate(bytes_);
    if (rate <= 0)
      return Duration::zero();
    return Duration::microseconds(static_cast<int64_t>(bytes_) * 8'000'000 / rate);
  }
  size_t queuedBytes() const { return bytes_; }
  size_t queuedPackets() const { return packets_; }
  bool isProbing() const { return clock_.isProbing(); }

  /// Gives back what waits of a stream, at all priorities, as when its sender has stopped.
  std::vector<Packet> discard(uint32_t stream) {
    std::vector<Packet> discarded;
    for (Class& among : classes_) {
      const auto found = among.streams.find(stream);
      if (found == among.streams.end())
        continue;
      for (Queued& queued : found->second.items) {
        bytes_ -= queued.item.bytes;
        discarded.push_back(std::move(queued.item.packet));
      }
      packets_ -= found->second.items.size();
      among.streams.erase(found);
    }
    return discarded;
  }

 private:
  struct Queued {
    Item item;
    Timestamp since;
  };
  struct Stream {
    std::deque<Queued> items;
    // Bytes that it has sent, or would have if it had not been idle.
    uint64_t served = 0;
  };
  struct Class {
    std::map<uint32_t, Stream> streams;
    // Of the stream that left last, when it left.
    uint64_t served = 0;
  };

  Queued take(Class& among) {
    auto least = among.streams.begin();
    for (auto stream = among.streams.begin(); stream != among.streams.end(); ++stream) {
      if (stream->second.served < least->second.served)
        least = stream;
    }
    Queued queued = std::move(least->second.items.front());
    least->second.items.pop_front();
    among.served = least->second.served;
    least->second.served += queued.item.bytes;
    if (least->second.items.empty()) {
      // Its turn is over all the same, should it come back at once.
      among.served = std::max(among.served, least->second.served);
      among.streams.erase(least);
    }
    bytes_ -= queued.item.bytes;
    --packets_;
    return queued;
  }

  PacingClock clock_;
  std::array<Class, kPriorities> classes_;
  size_t bytes_ = 0;
  size_t packets_ = 0;
};

}  // namespace rtc::congestion
