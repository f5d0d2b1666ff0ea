#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "cpp/sctp/tsn.h"

namespace rtc::sctp {

/// Both ends included.
struct TsnRange {
  TsnIndex first;
  TsnIndex last;
  bool operator==(const TsnRange&) const = default;
};

/// A set of TSNs as ascending ranges that neither overlap nor touch. What arrives in order, or next
/// to the highest range, costs constant time; anything else a binary search and a move of the
/// ranges behind it.
class TsnRanges {
 public:
  bool empty() const { return ranges_.empty(); }
  const std::vector<TsnRange>& ranges() const { return ranges_; }

  bool contains(TsnIndex tsn) const {
    const auto it = firstEndingAtOrAfter(tsn);
    return it != ranges_.end() && it->first <= tsn;
  }

  /// False when it was there.
  bool insert(TsnIndex tsn) {
    // The first range that could touch `tsn` from below or contain it.
    const size_t i = static_cast<size_t>(firstEndingAtOrAfter(tsn.previous()) - ranges_.begin());
    if (i == ranges_.size()) {
      ranges_.push_back({tsn, tsn});
      return true;
    }
    TsnRange& range = ranges_[i];
    if (range.first <= tsn && tsn <= range.last)
      return false;
    if (range.last.next() == tsn) {
      range.last = tsn;
      if (i + 1 < ranges_.size() && ranges_[i + 1].first == tsn.next()) {
        range.last = ranges_[i + 1].last;
        ranges_.erase(ranges_.begin() + static_cast<ptrdiff_t>(i) + 1);
      }
    } else if (range.first == tsn.next()) {
      range.first = tsn;
    } else {
      ranges_.insert(ranges_.begin() + static_cast<ptrdiff_t>(i), {tsn, tsn});
    }
    return true;
  }

  /// Adds `added`, calling `fresh(TsnRange)` for every maximal part that was not there.
  template <typename F>
  void insertRange(TsnRange added, F&& fresh) {
    const size_t begin =
        static_cast<size_t>(firstEndingAtOrAfter(added.first.previous()) - ranges_.begin());
    size_t end = begin;
    TsnRange merged = added;
    TsnIndex cursor = added.first;
    for (; end < ranges_.size() && ranges_[end].first <= added.last.next(); ++end) {
      const TsnRange& known = ranges_[end];
      if (cursor < known.first && cursor <= added.last) {
        fresh(TsnRange{cursor, std::min(known.first.previous(), added.last)});
      }
      cursor = std::max(cursor, known.last.next());
      merged.first = std::min(merged.first, known.first);
      merged.last = std::max(merged.last, known.last);
    }
    if (cursor <= added.last)
      fresh(TsnRange{cursor, added.last});
    if (begin == end) {
      ranges_.insert(ranges_.begin() + static_cast<ptrdiff_t>(begin), merged);
    } else {
      ranges_[begin] = merged;
      ranges_.erase(ranges_.begin() + static_cast<ptrdiff_t>(begin) + 1,
                    ranges_.begin() + static_cast<ptrdiff_t>(end));
    }
  }

  /// Forgets everything up to `tsn`.
  void eraseUpTo(TsnIndex tsn) {
    auto end = ranges_.begin();
    while (end != ranges_.end() && end->last <= tsn)
      ++end;
    ranges_.erase(ranges_.begin(), end);
    if (!ranges_.empty() && ranges_.front().first <= tsn)
      ranges_.front().first = tsn.next();
  }

  void clear() { ranges_.clear(); }

 private:
  std::vector<TsnRange>::const_iterator firstEndingAtOrAfter(TsnIndex tsn) const {
    if (ranges_.empty() || ranges_.back().last < tsn)
      return ranges_.end();
    if (ranges_.back().first <= tsn)
      return ranges_.end() - 1;
    return std::lower_bound(ranges_.begin(), ranges_.end(), tsn,
                            [](const TsnRange& range, TsnIndex t) { return range.last < t; });
  }

  std::vector<TsnRange> ranges_;
};

}  // namespace rtc::sctp
