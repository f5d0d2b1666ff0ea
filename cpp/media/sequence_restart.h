#pragma once

#include <cstdint>
#include <optional>

#include "cpp/rtp/types.h"

namespace rtc::media {

/// Tells a sender that numbers its packets anew from packets that are late, as RFC 3550 appendix
/// A.1 has it ("two sequential packets", after a jump), but slower to believe: retransmissions that
/// come too late are sequential as well.
class SequenceRestart {
 public:
  /// True when this packet shows that the numbering began anew; `expected` is what is due.
  bool sees(rtp::SequenceIndex index, rtp::SequenceIndex expected) {
    if (expected - index < kFarBehind) {
      run_ = 0;
      return false;
    }
    run_ = last_ && index == last_->next() ? run_ + 1 : 1;
    last_ = index;
    if (run_ < kConvincing)
      return false;
    run_ = 0;
    return true;
  }

 private:
  static constexpr int64_t kFarBehind = 3000;  // MAX_DROPOUT there
  static constexpr int kConvincing = 8;

  std::optional<rtp::SequenceIndex> last_;
  int run_ = 0;
};

}  // namespace rtc::media
