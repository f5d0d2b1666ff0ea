#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

struct IncomingMessage {
  StreamId stream;
  Ppid ppid;
  Bytes payload;
  bool ordered = true;
};

/// Joins fragments to messages and puts ordered messages in order. A fragment costs logarithmic
/// time wherever it arrives, and its bytes are copied once, or twice when it arrived out of order.
class Reassembly {
 public:
  /// A chunk with a new TSN. Whole messages that may be delivered are appended to `out`. False when
  /// the message it belongs to exceeds `maxMessageSize`.
  [[nodiscard]] bool add(TsnIndex tsn, const DataChunk& chunk, size_t maxMessageSize,
                         std::vector<IncomingMessage>& out);

  /// FORWARD TSN (RFC 3758 section 3.6): drops what can never be completed, and delivers what
  /// waited for skipped messages.
  void forward(TsnIndex newCumulative, std::span<const ForwardTsnChunk::Skipped> skipped,
               std::vector<IncomingMessage>& out);

  /// The peer starts these streams at sequence number zero; with none given, all of them.
  void resetStreams(std::span<const StreamId> streams);

  /// What waits, in bytes that the receive window pays for.
  size_t bytes() const { return bytes_; }

 private:
  /// Adjacent fragments of one message.
  struct Run {
    TsnIndex last;
    StreamId stream;
    Ssn ssn;
    Ppid ppid;
    bool unordered = false;
    bool begins = false;
    bool ends = false;
    size_t size = 0;
    std::list<Bytes> pieces;
  };
  struct Stream {
    MessageIndex next;
    std::map<MessageIndex, IncomingMessage> waiting;
  };
  using Runs = std::map<TsnIndex, Run>;

  static bool sameMessage(const Run& a, const Run& b) {
    return a.stream == b.stream && a.unordered == b.unordered && (a.unordered || a.ssn == b.ssn);
  }
  static Bytes join(Run& run);
  void complete(const Run& description, Bytes payload, std::vector<IncomingMessage>& out);
  void deliverReady(Stream& stream, std::vector<IncomingMessage>& out);

  Runs runs_;
  std::unordered_map<StreamId, Stream> streams_;
  size_t bytes_ = 0;
};

}  // namespace rtc::sctp
