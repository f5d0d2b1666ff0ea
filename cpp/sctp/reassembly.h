#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "cpp/base/result.h"
#include "cpp/sctp/data_reassembly.h"
#include "cpp/sctp/incoming_message.h"
#include "cpp/sctp/interleaved_reassembly.h"

namespace rtc::sctp {

/// Makes messages of what arrives: of DATA or of I-DATA, whichever the connection uses, while the
/// other half stays empty.
class Reassembly {
 public:
  /// A chunk with a new TSN. Whole messages that may be delivered are appended to `out`.
  Status<ReassemblyError> add(TsnIndex tsn, const DataChunk& chunk, size_t maxMessageSize,
                              std::vector<IncomingMessage>& out) {
    return data_.add(tsn, chunk, maxMessageSize, out);
  }
  Status<ReassemblyError> add(TsnIndex, const IDataChunk& chunk, size_t maxMessageSize,
                              std::vector<IncomingMessage>& out) {
    return interleaved_.add(chunk, maxMessageSize, out);
  }

  void forward(TsnIndex newCumulative, const ForwardTsnChunk& chunk,
               std::vector<IncomingMessage>& out) {
    data_.forward(newCumulative, chunk.skipped, out);
  }
  void forward(TsnIndex, const IForwardTsnChunk& chunk, std::vector<IncomingMessage>& out) {
    interleaved_.forward(chunk.skipped, out);
  }

  /// Without I-DATA, what was handed over of a message that has not ended goes on to count, until
  /// FORWARD TSN leads past it.
  void resetStreams(std::span<const StreamId> streams, std::vector<IncomingMessage>& out) {
    data_.resetStreams(streams);
    interleaved_.resetStreams(streams, out);
  }
  /// The connection is over: what was handed over of messages that have not ended is given up, for
  /// whoever took it to forget.
  void giveUpAll(std::vector<IncomingMessage>& out) {
    data_.giveUpAll(out);
    interleaved_.resetStreams({}, out);
  }

  /// What waits, in bytes.
  size_t bytes() const { return data_.bytes() + interleaved_.bytes(); }
  /// The same with what was handed over of messages that have not ended, which is kept elsewhere,
  /// and what each piece costs beside: a flood of little ones must not get past the limits.
  size_t cost() const {
    return bytes() + data_.handedOver() + interleaved_.handedOver() +
           kEntryCost * (data_.entries() + interleaved_.entries());
  }
  /// The part of it that only waits for more of its own message, where that is one message: what
  /// has arrived of the one in delivery, with I-DATA of the largest.
  size_t inDelivery(TsnIndex cumulative) const {
    return data_.inDelivery(cumulative) + interleaved_.largestBeginning();
  }

  static constexpr size_t kEntryCost = 256;

 private:
  DataReassembly data_;
  InterleavedReassembly interleaved_;
};

}  // namespace rtc::sctp
