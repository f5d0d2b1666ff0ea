#include "cpp/ice/check_list.h"

#include <algorithm>

#include "cpp/ice/priority.h"

namespace rtc::ice {
namespace {

bool isBefore(const std::unique_ptr<Pair>& a, const std::unique_ptr<Pair>& b) {
  return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
}

bool isUnchecked(const Pair& pair) {
  return (pair.state == PairState::kFrozen || pair.state == PairState::kWaiting) &&
         !pair.queuedForTriggeredCheck;
}

}  // namespace

Pair* CheckList::find(PairId id) const {
  for (const auto& pair : pairs_) {
    if (pair->id == id)
      return pair.get();
  }
  return nullptr;
}

Pair* CheckList::find(BaseId base, const Endpoint& remote) const {
  for (const auto& pair : pairs_) {
    if (pair->base == base && pair->remoteEndpoint == remote)
      return pair.get();
  }
  return nullptr;
}

bool CheckList::names(LocalCandidateId local) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [local](const auto& pair) { return pair->local == local; });
}

Pair* CheckList::add(std::unique_ptr<Pair> pair) {
  if (pairs_.size() >= limit_) {
    const auto victim = std::find_if(pairs_.rbegin(), pairs_.rend(), [](const auto& p) {
      return isUnchecked(*p) || p->state == PairState::kFailed;
    });
    if (victim == pairs_.rend() || !isBefore(pair, *victim))
      return nullptr;
    untrigger(**victim);
    pairs_.erase(std::next(victim).base());
  }
  pair->state = foundationIsActive(pair->foundation) ? PairState::kFrozen : PairState::kWaiting;
  const auto place = std::upper_bound(pairs_.begin(), pairs_.end(), pair, isBefore);
  return pairs_.insert(place, std::move(pair))->get();
}

void CheckList::removeBase(BaseId base) {
  for (const auto& pair : pairs_) {
    if (pair->base == base)
      untrigger(*pair);
  }
  std::erase_if(pairs_, [base](const auto& pair) { return pair->base == base; });
}

bool CheckList::removeHopeless(RemoteCandidateId remote) {
  const bool hasHope = std::any_of(pairs_.begin(), pairs_.end(), [remote](const auto& pair) {
    return pair->remote == remote && pair->state != PairState::kFailed;
  });
  if (hasHope)
    return false;
  for (const auto& pair : pairs_) {
    if (pair->remote == remote)
      untrigger(*pair);
  }
  std::erase_if(pairs_, [remote](const auto& pair) { return pair->remote == remote; });
  return true;
}

void CheckList::recomputePriorities(Role role) {
  for (const auto& pair : pairs_) {
    pair->priority = role == Role::kControlling
                         ? pairPriority(pair->localPriority, pair->remotePriority)
                         : pairPriority(pair->remotePriority, pair->localPriority);
  }
  std::sort(pairs_.begin(), pairs_.end(), isBefore);
}

void CheckList::trigger(Pair& pair) {
  if (pair.queuedForTriggeredCheck)
    return;
  pair.queuedForTriggeredCheck = true;
  triggered_.push_back(pair.id);
}

void CheckList::untrigger(Pair& pair) {
  if (!pair.queuedForTriggeredCheck)
    return;
  pair.queuedForTriggeredCheck = false;
  triggered_.removeIf([&](PairId id) { return id == pair.id; });
}

Pair* CheckList::next(bool ordinary) {
  if (!triggered_.empty()) {
    Pair* pair = find(triggered_.front());
    untrigger(*pair);
    return pair;
  }
  if (!ordinary)
    return firstStandingBy();
  for (const auto& pair : pairs_) {
    if (pair->state == PairState::kWaiting)
      return pair.get();
  }
  Pair* thawed = firstFreezable();
  if (thawed != nullptr)
    thawed->state = PairState::kWaiting;
  return thawed;
}

bool CheckList::hasNext(bool ordinary) const {
  if (!triggered_.empty())
    return true;
  if (!ordinary)
    return firstStandingBy() != nullptr;
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [](const auto& pair) { return pair->state == PairState::kWaiting; }) ||
         firstFreezable() != nullptr;
}

void CheckList::unfreeze(const std::string& foundation) {
  for (const auto& pair : pairs_) {
    if (pair->state == PairState::kFrozen && pair->foundation == foundation) {
      pair->state = PairState::kWaiting;
    }
  }
}

void CheckList::reviveFailed() {
  for (const auto& pair : pairs_) {
    if (pair->state == PairState::kFailed)
      pair->state = PairState::kWaiting;
  }
}

bool CheckList::hasUnfinished() const {
  return std::any_of(pairs_.begin(), pairs_.end(), [](const auto& pair) {
    return pair->state != PairState::kFailed && pair->state != PairState::kSucceeded;
  });
}

size_t CheckList::countActive() const {
  return static_cast<size_t>(std::count_if(pairs_.begin(), pairs_.end(), [](const auto& pair) {
    return pair->state == PairState::kWaiting || pair->state == PairState::kInProgress;
  }));
}

bool CheckList::foundationIsActive(const std::string& foundation) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const auto& pair) {
    const bool isUnderWay = pair->state == PairState::kWaiting ||
                            (pair->state == PairState::kInProgress && !pair->isSlow);
    return isUnderWay && pair->foundation == foundation;
  });
}

Pair* CheckList::firstStandingBy() const {
  for (const auto& pair : pairs_) {
    const bool isUnderWay = pair->state == PairState::kWaiting || pair->state == PairState::kFrozen;
    if (pair->standsBy && isUnderWay)
      return pair.get();
  }
  return nullptr;
}

Pair* CheckList::firstFreezable() const {
  for (const auto& pair : pairs_) {
    if (pair->state == PairState::kFrozen && !foundationIsActive(pair->foundation)) {
      return pair.get();
    }
  }
  return nullptr;
}

}  // namespace rtc::ice
