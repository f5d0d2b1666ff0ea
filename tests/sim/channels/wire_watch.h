#pragma once

// Reads along what one end puts on the wire. That partial reliability comes never late is a promise
// about sending: from the moment at which a message's lifetime is over, no chunk of it is sent, new
// or again; and no chunk is sent again more often than `maxRetransmits`. What is on the way by then
// may arrive.

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "tests/sim/channels/ledger.h"

namespace rtc::sim::channels {

class WireWatch {
 public:
  using FindFlow = std::function<const Flow*(uint32_t id)>;

  explicit WireWatch(FindFlow findFlow) : findFlow_(std::move(findFlow)) {}

  /// An SCTP packet that is being sent.
  Verdict sending(ByteSpan packet, Timestamp now);
  /// The association begins anew: TSNs mean other chunks.
  void restart() {
    chunks_.clear();
    interleaved_.clear();
  }

 private:
  /// A chunk of a message that is not reliable.
  struct Chunk {
    const Flow* flow = nullptr;
    uint32_t number = 0;
    bool ends = false;
    uint32_t transmissions = 0;
  };
  using MessageKey = std::tuple<uint16_t, bool, uint32_t>;

  Verdict sendingData(uint8_t flags, ByteSpan value, bool isInterleaved, Timestamp now);

  FindFlow findFlow_;
  std::unordered_map<uint32_t, Chunk> chunks_;
  /// I-DATA: messages by stream, order and identifier.
  std::map<MessageKey, Chunk> interleaved_;
};

}  // namespace rtc::sim::channels
