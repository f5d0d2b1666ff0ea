#pragma once

// One direction of a simulated link: rate with a queue, delay, jitter, loss, duplication,
// reordering, MTU. The options and what they mean are those of js/net/virtual-link.js, but for
// bursts, which only this one has.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/base/time.h"

namespace rtc::sim {

struct LinkOptions {
  /// One way.
  Duration latency = Duration::zero();
  /// Added at most; alone it never changes the order.
  Duration jitter = Duration::zero();
  /// Probabilities. A packet that is held back arrives `reorderBy` later, past those behind it.
  double loss = 0;
  /// When set, losses come in spells of this length on average, in which nothing passes; `loss` is
  /// their share of the time.
  Duration burst = Duration::zero();
  double duplicate = 0;
  double reorder = 0;
  Duration reorderBy = Duration::milliseconds(20);
  /// Bytes of an IP packet; larger ones vanish.
  size_t mtu = 1500;
  /// Bits per second; zero is without limit. `queue` bytes wait for the link; the tail is dropped.
  uint64_t rate = 0;
  size_t queue = 256 * 1024;
};

enum class Fate : uint8_t {
  kDelivered,
  kLoss,
  kMtu,
  kQueue,
  /// A NAT or a firewall lets it not pass.
  kNat,
  kUnroutable,
  kNoSocket,
};
inline constexpr size_t kFates = 7;

class Link {
 public:
  Link(RandomSource& random, const LinkOptions& options) : random_(random), options_(options) {}

  /// Packets under way are not touched.
  void configure(const LinkOptions& options) { options_ = options; }
  const LinkOptions& options() const { return options_; }

  struct Transfer {
    /// When copies arrive; none when the packet is lost.
    std::vector<Timestamp> arrivals;
    Fate fate = Fate::kDelivered;
  };
  /// `bytes` is the length of the IP packet.
  Transfer transfer(size_t bytes, Timestamp now);

 private:
  bool happens(double probability);
  bool isLost(Timestamp now);

  RandomSource& random_;
  LinkOptions options_;
  Timestamp freeAt_;
  Timestamp lastArrival_;
  bool inBurst_ = false;
  Timestamp spellEnds_;
};

}  // namespace rtc::sim
