#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "cpp/base/bytes.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// The payload of a message that is not there as a whole: it is asked for ahead of what is being
/// cut into fragments, and a piece of it is freed when the last fragment that was cut from it is.
/// Several pieces may be asked for at once; they are given in their order.
class MessageSupply {
 public:
  static constexpr size_t kPiece = 256 * 1024;

  MessageSupply(SourceId source, size_t size) : source_(source), size_(size) {}

  SourceId source() const { return source_; }
  size_t size() const { return size_; }

  struct Want {
    size_t offset = 0;
    size_t bytes = 0;
  };
  /// What to ask for, when fragments have been cut up to `cut`: a piece while there is less than
  /// `ahead` of them, so that there is never more than one piece beside that.
  std::optional<Want> want(size_t cut, size_t ahead = kPiece) {
    if (asked_ == size_ || asked_ - cut >= ahead)
      return std::nullopt;
    const Want want{asked_, std::min(kPiece, size_ - asked_)};
    asked_ += want.bytes;
    return want;
  }
  bool begun() const { return asked_ > 0; }
  /// Everything that was asked for has come.
  bool caughtUp() const { return begun() && supplied_ == asked_; }

  /// False for what is not next, as an answer to a question that was put before a new beginning.
  bool supply(size_t offset, Bytes bytes) {
    if (bytes.empty() || offset != supplied_ || bytes.size() > asked_ - supplied_)
      return false;
    supplied_ += bytes.size();
    pieces_.push_back(std::make_shared<const Bytes>(std::move(bytes)));
    return true;
  }

  /// The piece that the next fragment is cut from; null when it has not come yet.
  const std::shared_ptr<const Bytes>& piece() const {
    static const std::shared_ptr<const Bytes> kNone;
    return pieces_.empty() ? kNone : pieces_.front();
  }
  /// How much of that piece was cut.
  size_t cutOfPiece() const { return cutOfPiece_; }
  void cut(size_t bytes) {
    cutOfPiece_ += bytes;
    if (cutOfPiece_ < pieces_.front()->size())
      return;
    pieces_.pop_front();
    cutOfPiece_ = 0;
  }

  /// From the beginning again, or, for a message that is given up, never again.
  void clear() {
    pieces_.clear();
    cutOfPiece_ = asked_ = supplied_ = 0;
  }

 private:
  const SourceId source_;
  const size_t size_;
  size_t asked_ = 0;
  size_t supplied_ = 0;
  std::deque<std::shared_ptr<const Bytes>> pieces_;
  size_t cutOfPiece_ = 0;
};

}  // namespace rtc::sctp
