#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/result.h"
#include "cpp/sctp/chunk_i_data.h"
#include "cpp/sctp/chunk_i_forward_tsn.h"
#include "cpp/sctp/incoming_message.h"
#include "cpp/sctp/message_pieces.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Joins the fragments of I-DATA chunks (RFC 8260 section 2.2.3), each found by its stream, message
/// identifier and number, and puts ordered messages in order. A fragment costs logarithmic time
/// wherever it arrives. Of a message that is the next to be delivered no more than a
/// `MessagePieces::kPieceSize` is kept: what is more is handed over.
class InterleavedReassembly {
 public:
  /// A chunk with a new TSN. Whole messages that may be delivered are appended to `out`.
  Status<ReassemblyError> add(const IDataChunk& chunk, size_t maxMessageSize,
                              std::vector<IncomingMessage>& out);

  /// I-FORWARD-TSN: drops what can never be completed, and delivers what waited for skipped
  /// messages.
  void forward(std::span<const IForwardTsnChunk::Skipped> skipped,
               std::vector<IncomingMessage>& out);

  /// The peer starts these streams at message identifier zero; with none given, all of them. What
  /// was handed over of messages that have not ended is given up.
  void resetStreams(std::span<const StreamId> streams, std::vector<IncomingMessage>& out);

  size_t bytes() const { return bytes_; }
  /// What was handed over of messages that have not ended.
  size_t handedOver() const { return handedOver_; }
  /// Messages and loose fragments, each of which costs something beside its bytes.
  size_t entries() const { return entries_; }
  /// The bytes of the largest message that is there from its beginning on, unless they are few.
  size_t largestBeginning() const { return largest_; }

 private:
  /// The ordered or the unordered messages of a stream.
  struct Lane {
    StreamId stream;
    bool unordered = false;
    auto operator<=>(const Lane&) const = default;
  };
  struct LaneHash {
    size_t operator()(const Lane& lane) const {
      return size_t{lane.stream.value()} * 2 + (lane.unordered ? 1 : 0);
    }
  };
  struct Message {
    Ppid ppid;
    /// All fragments before `nextFragment` that were not handed over.
    MessagePieces beginning;
    uint64_t nextFragment = 0;
    bool whole = false;
    /// Those behind a gap.
    std::map<uint64_t, Bytes> loose;
    size_t looseBytes = 0;
    std::optional<uint64_t> lastFragment;
    /// Of its beginning, what was handed over already and is not in `beginning` any more.
    size_t handedOver = 0;
    PartId part;

    /// What is held of it.
    size_t size() const { return beginning.size() + looseBytes; }
    /// What has arrived up to the first gap.
    size_t beginningSize() const { return handedOver + beginning.size(); }
  };
  struct Messages {
    /// The ordered message to be delivered next; of unordered ones the first not skipped.
    MessageIndex next;
    /// What message identifiers are unwrapped next to.
    MessageIndex reference;
    std::map<MessageIndex, Message> open;
  };
  using Place = std::pair<Lane, MessageIndex>;

  Status<ReassemblyError> put(Message& message, const IDataChunk& chunk);
  void joinLoose(Message& message);
  void noteGrowth(const Place& place, const Message& message);
  void handOverLong(const Lane& lane, Message& message, std::vector<IncomingMessage>& out);
  static IncomingMessage partOf(const Lane& lane, Message& message, Bytes piece,
                                MessagePart::Kind kind);
  void deliverReady(const Lane& lane, Messages& messages, std::vector<IncomingMessage>& out);
  IncomingMessage takeOut(const Lane& lane, Messages& messages,
                          std::map<MessageIndex, Message>::iterator it);
  void forget(const Lane& lane, MessageIndex index, const Message& message);
  void giveUpOpen(const Lane& lane, Messages& messages, std::vector<IncomingMessage>& out);

  std::unordered_map<Lane, Messages, LaneHash> lanes_;
  size_t bytes_ = 0;
  size_t handedOver_ = 0;
  size_t entries_ = 0;
  // The messages whose beginnings are not few bytes, and the size of the largest.
  std::set<Place> large_;
  size_t largest_ = 0;
  uint32_t nextPart_ = 1;
};

}  // namespace rtc::sctp
