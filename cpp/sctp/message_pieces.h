#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <list>
#include <utility>

#include "cpp/base/bytes.h"

namespace rtc::sctp {

/// What there is of a message that is still arriving, from its beginning or from where it was
/// handed over. It is kept in pieces: one buffer that grows would be copied again with every
/// doubling, and would hold up to twice what it needs.
class MessagePieces {
 public:
  /// The largest message of most peers: up to there nothing has to be joined.
  static constexpr size_t kPieceSize = 256 * 1024;
  /// While less than this is held of all messages together, it does not matter that buffers which
  /// grow by doubling may be twice as large as what they have.
  static constexpr size_t kLittle = 1024 * 1024;

  size_t size() const { return size_; }

  void append(ByteSpan bytes) {
    size_ += bytes.size();
    if (pieces_.empty() || pieces_.back().size() + bytes.size() > kPieceSize) {
      const bool isLong = !pieces_.empty();
      pieces_.emplace_back();
      if (isLong && !growsByLittle_)
        pieces_.back().reserve(kPieceSize);
    }
    extend(pieces_.back(), bytes);
  }

  /// What comes behind; `other` is empty afterwards.
  void append(MessagePieces&& other) {
    size_ += std::exchange(other.size_, 0);
    // A piece costs something beside its bytes, and whoever sends could make each a few bytes long.
    if (!pieces_.empty() && !other.pieces_.empty() &&
        pieces_.back().size() + other.pieces_.front().size() <= kSmall) {
      extend(pieces_.back(), other.pieces_.front());
      other.pieces_.pop_front();
    }
    pieces_.splice(pieces_.end(), other.pieces_);
  }

  /// Nothing comes behind for a while: gives back the room that it has beside what it holds. From
  /// then on it grows by little, and little is not given back: whoever sends could open a gap
  /// behind it and fill it again with every byte, and have it copied each time.
  void settle() {
    growByLittle();
    if (!pieces_.empty())
      settle(pieces_.back());
  }
  /// Leaves less room unused than what doubles does.
  void growByLittle() { growsByLittle_ = true; }
  static void settle(Bytes& bytes) {
    // A copy has no more than it needs; shrink_to_fit() does nothing where there are no exceptions.
    if (bytes.capacity() - bytes.size() > std::max(kMostSlack, bytes.size() / kSlackShare))
      bytes = Bytes(bytes.begin(), bytes.end());
  }

  /// Whether there is more than is kept of a message that can be handed over.
  bool isLong() const { return size_ > kPieceSize && pieces_.size() > 1; }
  /// The first piece. Not when empty.
  Bytes takeFront() {
    Bytes front = std::move(pieces_.front());
    pieces_.pop_front();
    size_ -= front.size();
    growsByLittle_ = false;
    return front;
  }

  /// All of it in one; nothing is left.
  Bytes take() {
    if (pieces_.empty())
      return {};
    Bytes whole = std::move(pieces_.front());
    pieces_.pop_front();
    whole.reserve(size_);
    for (; !pieces_.empty(); pieces_.pop_front())
      whole.insert(whole.end(), pieces_.front().begin(), pieces_.front().end());
    size_ = 0;
    return whole;
  }

 private:
  void extend(Bytes& tail, ByteSpan bytes) const {
    const size_t size = tail.size() + bytes.size();
    if (growsByLittle_ && size > tail.capacity())
      tail.reserve(size + size / kSlackShare);
    tail.insert(tail.end(), bytes.begin(), bytes.end());
  }

  // Not worth a copy.
  static constexpr size_t kMostSlack = 512;
  static constexpr size_t kSlackShare = 8;
  // Two pieces beside each other have more than that.
  static constexpr size_t kSmall = 4096;

  std::list<Bytes> pieces_;
  size_t size_ = 0;
  bool growsByLittle_ = false;
};

}  // namespace rtc::sctp
