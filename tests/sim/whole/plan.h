#pragma once

// What one seed stands for: the hosts and what is before them, and a schedule of what the two
// applications, the network, the machines and an enemy do.

#include <cstdint>
#include <string>
#include <vector>

#include "cpp/base/time.h"
#include "tests/sim/link.h"

namespace rtc::sim::whole {

/// What stands between a host and the core.
enum class Access : uint8_t { kOpen, kFullCone, kPortRestricted, kSymmetric, kStreamsOnly };

enum class Act : uint8_t {
  // --- the applications
  /// `amount` messages over the open channels of one end.
  kSend,
  /// Reliable messages until the engine takes no more: its limit is reached.
  kFillBuffer,
  kOpenChannel,
  kCloseChannel,
  /// A track more, and frames over all for `length`.
  kTalk,
  kRestartIce,
  /// The second end offers as well, and has to take it back.
  kGlare,
  /// A caller that uses the interface wrongly.
  kMisuse,

  // --- the network; `amount` is per mille where it is a share
  kLoss,
  /// Nothing passes, in either direction.
  kPartition,
  /// Nothing passes that the one end sends.
  kOneWay,
  kSlow,
  kDelay,
  kReorder,
  kDuplicate,
  kCorrupt,
  kNatReset,
  /// The host's address changes.
  kMove,

  // --- the machines
  /// The process stands still for `length`; datagrams wait for it.
  kStall,
  /// Its clock is ahead by `amount` milliseconds from now on.
  kClockJump,
  /// Its random device fails.
  kNoChance,
  /// The relay loses everything, and is back after `length`.
  kRelayCrash,
  /// The relay cuts every stream.
  kRelayCut,
  /// The relay hears nothing of its streams for `length`.
  kRelayDeaf,
  /// The relay makes no allocation for `length`, until it is started anew.
  kRelayFull,

  // --- an enemy who sees the packets, knows no key and can send under any address
  kReplay,
  /// `amount` datagrams made of those that he saw.
  kForge,
  /// `amount` datagrams from as many addresses.
  kFlood,
  /// The same towards the relay.
  kRelayFlood,

  // --- a hostile peer: the second end, beside what it does by the book
  kBadChunks,
  kBadRecords,
  kBadRtp,
  kBadRtcp,
  kBadDatagrams,
  kBadCandidates,
  /// The next description of the second end is damaged on its way, before the true one comes.
  kBadDescription,

  // --- for tests of the simulation itself: it breaks a promise of the engine's
  /// The next message that arrives is kept from the record.
  kSwallow,
};
const char* toString(Act act);

struct Event {
  Timestamp at;
  Act act = Act::kSend;
  /// The end that it is about, 0 or 1.
  uint8_t end = 0;
  uint32_t amount = 0;
  Duration length = Duration::zero();
  /// Of what is random about it, so that events can be left out without a change to the others.
  uint64_t seed = 0;
};
std::string describe(const Event& event);

struct Plan {
  uint64_t seed = 0;
  Access access[2] = {Access::kOpen, Access::kOpen};
  bool withRelay = false;
  LinkOptions link;
  Duration signalling = Duration::milliseconds(50);
  /// How late timers fire at most.
  Duration timerLag = Duration::zero();
  /// Tracks are there from the first offer on.
  bool withMedia = false;
  /// The second end is an enemy: nothing is promised about it but what it cannot break.
  bool isHostile = false;
  /// In the order of time.
  std::vector<Event> events;
};

Plan planFor(uint64_t seed);
std::string describe(const Plan& plan);

/// When the last event is over, and the world is well again.
Timestamp endOf(const Plan& plan);

}  // namespace rtc::sim::whole
