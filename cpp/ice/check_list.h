#pragma once

#include <memory>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/ice/pair.h"

namespace rtc::ice {

/// The check list of one data stream with one component (RFC 8445 section 6.1.2), in descending
/// order of priority. It decides what is checked next; it sends nothing.
class CheckList {
 public:
  using Pairs = std::vector<std::unique_ptr<Pair>>;

  explicit CheckList(size_t limit) : limit_(limit) {}

  const Pairs& pairs() const { return pairs_; }
  bool empty() const { return pairs_.empty(); }
  Pair* find(PairId id) const;
  Pair* find(BaseId base, const Endpoint& remote) const;
  /// Whether a pair has that candidate at our end.
  bool names(LocalCandidateId local) const;

  /// Adds a pair in its place and gives it the state that trickle ICE wants (RFC 8838 section 12):
  /// waiting, unless a pair of the same foundation is being checked already. When the list is full
  /// the pair of lowest priority that has not been checked makes room (RFC 8445 section 6.1.2.5);
  /// null when the new one would be that pair itself.
  Pair* add(std::unique_ptr<Pair> pair);
  /// Removes every pair that leaves from `base`.
  void removeBase(BaseId base);
  /// Removes every pair that leads to that candidate, when all of them have failed; whether so.
  bool removeHopeless(RemoteCandidateId remote);
  /// Priorities depend on the role (section 6.1.2.3).
  void recomputePriorities(Role role);

  /// Puts the pair at the end of the triggered-check queue (section 6.1.4.1), once.
  void trigger(Pair& pair);
  void untrigger(Pair& pair);
  bool hasTriggered() const { return !triggered_.empty(); }
  /// The pair to check now, out of the queue: a triggered one, or else (with `ordinary`) the best
  /// waiting one, or a frozen one whose foundation nobody is checking (section 6.1.4.2). Without
  /// `ordinary` those that stand by take their place. Null when there is none.
  Pair* next(bool ordinary);
  /// Whether `next(ordinary)` would find one.
  bool hasNext(bool ordinary) const;

  /// A pair of this foundation succeeded: those that waited for it may go (section 7.2.5.3.3).
  void unfreeze(const std::string& foundation);
  /// Gives every failed pair another chance.
  void reviveFailed();

  /// Frozen, waiting or in progress: something may still come of it.
  bool hasUnfinished() const;
  /// Waiting and in progress, for the RTO (section 14.3).
  size_t countActive() const;

 private:
  bool foundationIsActive(const std::string& foundation) const;
  Pair* firstFreezable() const;
  Pair* firstStandingBy() const;

  size_t limit_;
  Pairs pairs_;
  Queue<PairId> triggered_;
};

}  // namespace rtc::ice
