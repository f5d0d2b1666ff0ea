#pragma once

#include <iterator>
#include <map>
#include <utility>

#include "cpp/sctp/tsn.h"

namespace rtc::sctp {

/// Both ends included.
struct TsnRange {
  TsnIndex first;
  TsnIndex last;
  bool operator==(const TsnRange&) const = default;
};

/// A set of TSNs as ascending ranges that neither overlap nor touch. Wherever one comes or goes, it
/// costs time logarithmic in their number: whoever sends chooses where.
class TsnRanges {
 public:
  /// The last TSN of each range by its first.
  using Ranges = std::map<TsnIndex, TsnIndex>;

  bool empty() const { return ranges_.empty(); }
  const Ranges& ranges() const { return ranges_; }
  /// Neither when empty.
  TsnRange front() const { return {ranges_.begin()->first, ranges_.begin()->second}; }
  TsnRange back() const { return {ranges_.rbegin()->first, ranges_.rbegin()->second}; }

  bool contains(TsnIndex tsn) const {
    const auto after = ranges_.upper_bound(tsn);
    return after != ranges_.begin() && std::prev(after)->second >= tsn;
  }

  /// False when it was there.
  bool insert(TsnIndex tsn) {
    const auto after = ranges_.upper_bound(tsn);
    const bool joinsAfter = after != ranges_.end() && after->first == tsn.next();
    if (after != ranges_.begin()) {
      const auto before = std::prev(after);
      if (before->second >= tsn)
        return false;
      if (before->second.next() == tsn) {
        before->second = joinsAfter ? after->second : tsn;
        if (joinsAfter)
          ranges_.erase(after);
        return true;
      }
    }
    if (joinsAfter) {
      beginAt(after, tsn);
    } else {
      ranges_.emplace_hint(after, tsn, tsn);
    }
    return true;
  }

  /// Adds `added`, calling `fresh(TsnRange)` for every maximal part that was not there.
  template <typename F>
  void insertRange(TsnRange added, F&& fresh) {
    auto next = ranges_.upper_bound(added.first);
    const bool joinsBefore =
        next != ranges_.begin() && std::prev(next)->second.next() >= added.first;
    const auto range = joinsBefore
                           ? std::prev(next)
                           : ranges_.emplace_hint(next, added.first, added.first.previous());
    TsnIndex& last = range->second;
    while (next != ranges_.end() && next->first <= added.last.next()) {
      if (last.next() < next->first)
        fresh(TsnRange{last.next(), next->first.previous()});
      last = next->second;
      next = ranges_.erase(next);
    }
    if (last < added.last) {
      fresh(TsnRange{last.next(), added.last});
      last = added.last;
    }
  }

  /// Forgets everything up to `tsn`.
  void eraseUpTo(TsnIndex tsn) {
    while (!ranges_.empty() && ranges_.begin()->second <= tsn)
      ranges_.erase(ranges_.begin());
    if (!ranges_.empty() && ranges_.begin()->first <= tsn)
      beginAt(ranges_.begin(), tsn.next());
  }

  void clear() { ranges_.clear(); }

 private:
  /// The order stays.
  void beginAt(Ranges::iterator range, TsnIndex first) {
    const auto after = std::next(range);
    auto node = ranges_.extract(range);
    node.key() = first;
    ranges_.insert(after, std::move(node));
  }

  Ranges ranges_;
};

}  // namespace rtc::sctp
