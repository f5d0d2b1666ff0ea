#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/result.h"
#include "cpp/sctp/chunk_data.h"
#include "cpp/sctp/chunk_forward_tsn.h"
#include "cpp/sctp/incoming_message.h"
#include "cpp/sctp/message_pieces.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Joins the fragments of DATA chunks, which have TSNs in a row, and puts ordered messages in
/// order. A fragment costs logarithmic time wherever it arrives. Of a message that is the next to
/// be delivered no more than a `MessagePieces::kPieceSize` is kept: what is more is handed over.
class DataReassembly {
 public:
  /// A chunk with a new TSN. Whole messages that may be delivered are appended to `out`.
  Status<ReassemblyError> add(TsnIndex tsn, const DataChunk& chunk, size_t maxMessageSize,
                              std::vector<IncomingMessage>& out);

  /// FORWARD TSN (RFC 3758 section 3.6): drops what can never be completed, and delivers what
  /// waited for skipped messages.
  void forward(TsnIndex newCumulative, std::span<const ForwardTsnChunk::Skipped> skipped,
               std::vector<IncomingMessage>& out);

  /// The peer starts these streams at sequence number zero; with none given, all of them.
  void resetStreams(std::span<const StreamId> streams);
  /// The connection is over: no message comes to its end any more.
  void giveUpAll(std::vector<IncomingMessage>& out) {
    while (!runs_.empty())
      dropFirst(out);
  }

  size_t bytes() const { return bytes_; }
  /// What was handed over of messages that have not ended.
  size_t handedOver() const { return handedOver_; }
  /// Runs of fragments and waiting messages, each of which costs something beside its bytes.
  size_t entries() const { return runs_.size() + waiting_; }
  /// The bytes of the message of which everything up to the cumulative TSN belongs together.
  size_t inDelivery(TsnIndex cumulative) const {
    if (runs_.empty() || runs_.begin()->first > cumulative || !runs_.begin()->second.begins)
      return 0;
    return runs_.begin()->second.size();
  }

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
    /// Without what was handed over already.
    MessagePieces pieces;
    PartId part;
    size_t handedOver = 0;

    size_t size() const { return handedOver + pieces.size(); }
  };
  struct Stream {
    MessageIndex next;
    std::map<MessageIndex, IncomingMessage> waiting;
  };
  using Runs = std::map<TsnIndex, Run>;

  static bool sameMessage(const Run& a, const Run& b) {
    return a.stream == b.stream && a.unordered == b.unordered && (a.unordered || a.ssn == b.ssn);
  }
  void complete(const Run& description, Bytes payload, std::vector<IncomingMessage>& out);
  bool isNext(const Run& run);
  void handOver(Run& run, Bytes piece, MessagePart::Kind kind, std::vector<IncomingMessage>& out);
  void finishParts(Run run, std::vector<IncomingMessage>& out);
  void dropFirst(std::vector<IncomingMessage>& out);
  void deliverReady(Stream& stream, std::vector<IncomingMessage>& out);

  Runs runs_;
  std::unordered_map<StreamId, Stream> streams_;
  size_t bytes_ = 0;
  size_t handedOver_ = 0;
  size_t waiting_ = 0;
  uint32_t nextPart_ = 1;
};

}  // namespace rtc::sctp
