#pragma once

// What one end has sent to the other on one channel, and what of it must, may and must not arrive.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/datachannel/channel.h"

namespace rtc::sim::channels {

/// Nothing, or what was found to be wrong.
using Verdict = std::optional<std::string>;

struct Message {
  bool binary = false;
  Bytes data;
};

/// Names a message in its own first eight bytes.
struct Stamp {
  uint32_t flow = 0;
  uint32_t number = 0;
};
constexpr size_t kStampSize = 8;
/// Nullopt for what is too short to carry one.
std::optional<Stamp> stampOf(ByteSpan message);

/// Reliable and ordered: exactly the sequence that was sent. Reliable: exactly the messages. Else
/// each at most once, and in order where the channel is ordered. Associations that are begun anew
/// loosen that as `sctp::Restarted` says.
class Flow {
 public:
  Flow(uint32_t id, const datachannel::ChannelOptions& options) : id_(id), options_(options) {}

  const datachannel::ChannelOptions& options() const { return options_; }
  bool isReliable() const { return !options_.maxRetransmits && !options_.maxPacketLifeTime; }

  /// The next message, not recorded yet.
  Message make(size_t size) const { return message(static_cast<uint32_t>(sent_.size()), size); }
  void sent(const Message& message, Timestamp now) { sent_.push_back({message.data.size(), now}); }
  size_t messagesSent() const { return sent_.size(); }
  Timestamp sentAt(uint32_t number) const { return sent_.at(number).at; }

  Verdict arrived(bool binary, ByteSpan data);

  /// The sender's association was replaced: what has not arrived never may.
  void senderReplaced();
  /// The receiver's was: what was not acknowledged comes again.
  void receiverReplaced();
  /// The receiver closes the channel, and takes nothing more.
  void receiverClosed() { receiverClosed_ = true; }
  /// Nothing arrives any more, and some of it may be missing.
  void cut() { cut_ = true; }

  /// When nothing more can come: whether everything came that had to.
  Verdict complete() const;

 private:
  struct Sent {
    size_t size = 0;
    Timestamp at;
  };
  struct Key {
    bool binary;
    Bytes data;
    auto operator<=>(const Key&) const = default;
  };

  Message message(uint32_t number, size_t size) const;
  bool is(uint32_t number, bool binary, ByteSpan data) const;
  Verdict arrivedInSequence(bool binary, ByteSpan data);
  Verdict arrivedInOrder(bool binary, ByteSpan data);
  Verdict arrivedOnce(bool binary, ByteSpan data);
  Verdict wrong(const std::string& what, ByteSpan data) const;

  uint32_t id_;
  datachannel::ChannelOptions options_;
  std::vector<Sent> sent_;
  bool receiverClosed_ = false;
  bool cut_ = false;
  uint32_t allowedArrivals_ = 1;
  /// Messages before this number need not arrive.
  uint32_t excused_ = 0;

  // Ordered and reliable: the numbers that may come next. There is more than one where short
  // messages are alike, or after a restart.
  std::set<uint32_t> next_{0};
  // Ordered alone: messages up to here have arrived or were passed over.
  uint32_t passed_ = 0;
  // Unordered: arrivals by number, and of those too short to say their number by content.
  std::map<uint32_t, uint32_t> arrivals_;
  std::map<Key, uint32_t> shortArrivals_;
};

}  // namespace rtc::sim::channels
