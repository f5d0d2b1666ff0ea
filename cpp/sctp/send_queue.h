#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/sctp/outgoing_message.h"
#include "cpp/sctp/stream_scheduler.h"
#include "cpp/sctp/tsn.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// Messages that have not been sent whole, by stream, and the sequence numbers of the outgoing
/// streams. Fragments are cut when a packet has room for them, of one message after the other or,
/// in I-DATA chunks, of one of every stream in turn.
class SendQueue {
 public:
  /// What the connection allows.
  struct Rules {
    /// Messages that are partly sent are given up only when the peer understands FORWARD TSN.
    bool partialReliability = false;
    bool interleaving = false;
    /// With interleaving: the most bytes that may be begun beside the largest message that is. The
    /// peer has to keep what it has of each, and when its window is full of beginnings no message
    /// comes to its end.
    size_t begunLimit = 0;
  };

  struct Taken {
    StreamId stream;
    Ppid ppid;
    size_t bytes = 0;
  };

  void add(OutgoingMessage message);
  /// The answer to a `Wanted`. No effect when nothing, or something else, is wanted of the source.
  void supply(SourceId source, size_t offset, Bytes bytes);
  /// The message of a source, while there is any use for it.
  MessageRef messageOf(SourceId source) const;

  struct Wanted {
    SourceId source;
    MessageSupply::Want want;
  };
  /// What is wanted of sources since the last call.
  std::vector<Wanted> takeWanted() { return std::exchange(wanted_, {}); }
  /// Whether one of these two may have something to give.
  bool hasSources() const { return !sources_.empty(); }
  /// Sources whose messages are acknowledged or given up, once.
  std::vector<SourceId> takeReleased();

  /// What a fragment may take, in bytes of payload.
  struct Room {
    /// In this packet.
    size_t here = 0;
    /// In any chunk.
    size_t most = 0;
    /// A fragment of a message that is longer than `most` is not cut smaller than this.
    size_t least = 0;
  };
  /// The next fragment that there is room for, to be sent as `tsn`. Nullopt when nothing is queued,
  /// or when what is had better begin in another packet. Messages whose time is over are dropped on
  /// the way.
  std::optional<Fragment> produce(const Room& room, TsnIndex tsn, Timestamp now);

  /// The message is given up: what was not cut of it is dropped. True when a placeholder has to end
  /// it at `tsn`, since some of it was cut and some was not.
  bool discardRest(const MessageRef& message, TsnIndex tsn);
  /// What stands in the place of the rest of a message that is given up.
  static Fragment placeholderFor(const MessageRef& message);

  /// Payload bytes that are not cut yet.
  size_t buffered(StreamId stream) const;
  size_t buffered() const { return buffered_; }
  /// Nothing can be cut now.
  bool empty() const { return scheduler_.empty() || isHeldUp(); }
  /// Nothing is left to be cut.
  bool idle() const { return scheduler_.empty() && starved_.empty() && waiting_.empty(); }

  /// What left the queue since the last call, sent or dropped.
  std::vector<Taken> takeTaken() { return std::exchange(taken_, {}); }
  bool hasTaken() const { return !taken_.empty(); }

  /// Before the first fragment is cut for a connection.
  void setRules(const Rules& rules) { rules_ = rules; }

  /// A stream between the wish to reset it and the peer's answer accepts no message.
  void beginReset(StreamId stream) { streams_[stream].resetting = true; }
  void endReset(StreamId stream, bool performed);
  bool resetting(StreamId stream) const;
  /// Nothing is queued on the stream.
  bool drained(StreamId stream) const;
  /// Streams of which that has become true since the last call, among those that are being reset.
  std::vector<StreamId> takeDrained() { return std::exchange(drained_, {}); }
  /// The TSN last used on the stream, if any was.
  std::optional<TsnIndex> lastTsn(StreamId stream) const;

  /// Drops the messages of streams from `firstInvalid` on.
  void dropStreamsFrom(uint16_t firstInvalid);
  /// A new association with the same peer: `again` is what was sent whole and is to be sent once
  /// more before what is queued, in the order of sending. All sequence numbers begin at zero, and
  /// no stream is being reset.
  void restart(const std::vector<MessageRef>& again);
  /// Drops everything and forgets all sequence numbers.
  void reset();

 private:
  struct Stream {
    // A list, since a deque keeps 4 KiB once it was used, and a peer may use each of 65535 streams.
    std::list<MessageRef> messages;
    size_t buffered = 0;
    Mid nextOrdered;
    Mid nextUnordered;
    std::optional<TsnIndex> lastTsn;
    bool resetting = false;
  };

  /// Takes what lies before `end` out of the buffered amount.
  void take(Stream& stream, OutgoingMessage& message, size_t end);
  void dropFront(Stream& stream);
  void popFront(Stream& stream);
  std::set<StreamId> streamsWithMessages() const;
  /// Whether it keeps others from beginning that it has begun, or in DATA that it is read ahead.
  bool countsWhenBegun(const OutgoingMessage& message) const {
    return rules_.interleaving || message.supply;
  }
  bool mayBegin(const OutgoingMessage& message) const;
  void noteBegun(const OutgoingMessage& message);
  void endBegun(const OutgoingMessage& message);
  void numberMessage(Stream& stream, OutgoingMessage& message);
  /// Whether its size is among those that were begun.
  static bool isCounted(const OutgoingMessage& message) {
    return message.begun() || (message.supply && message.supply->begun() && !message.wholeCut());
  }
  bool isStarved(OutgoingMessage& message);
  /// A message in DATA that has begun waits for its source, and with it all others: nothing may
  /// come between its beginning and its end (RFC 9260 section 6.9).
  bool isHeldUp() const { return scheduler_.isHeld() && starved_.contains(scheduler_.current()); }
  Fragment cut(OutgoingMessage& message, const MessageRef& ref, size_t length);
  void forgetStream(StreamId stream);

  std::unordered_map<StreamId, Stream> streams_;
  StreamScheduler scheduler_;
  size_t buffered_ = 0;
  std::vector<Taken> taken_;
  Rules rules_;
  // The sizes of the messages that have begun and count.
  std::multiset<size_t> begun_;
  size_t begunBytes_ = 0;
  // Streams whose next message has to wait until others have ended.
  Queue<StreamId> waiting_;
  // Streams whose next bytes have not come from their source.
  std::set<StreamId> starved_;
  std::vector<StreamId> drained_;
  std::vector<Wanted> wanted_;
  std::map<SourceId, std::weak_ptr<OutgoingMessage>> sources_;
};

}  // namespace rtc::sctp
