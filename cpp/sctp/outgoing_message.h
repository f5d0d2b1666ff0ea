#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/base/time.h"
#include "cpp/sctp/message_supply.h"
#include "cpp/sctp/types.h"

namespace rtc::sctp {

/// A message between `send()` and its last acknowledgement. Its fragments share it, so the payload
/// is copied only into packets.
struct OutgoingMessage {
  StreamId stream;
  Ppid ppid;
  Bytes payload;
  /// In the place of `payload`, of a message that is asked for in pieces.
  std::unique_ptr<MessageSupply> supply = nullptr;
  bool ordered = true;
  /// What the stream's share is reckoned by while the message is being sent.
  uint16_t weight = 256;
  /// Given with the first fragment, so that a message dropped before leaves no hole. Of an ordered
  /// message the low 16 bits are the stream sequence number of DATA.
  Mid mid;
  std::optional<uint16_t> maxRetransmits;
  Timestamp expiresAt = Timestamp::never();
  /// Payload bytes that fragments were cut from.
  size_t cut = 0;
  /// How many fragments that made.
  uint32_t fragments = 0;
  /// The fragment last given a TSN, as the retransmission queue counts them; -1 before the first.
  int64_t lastEntry = -1;
  /// Payload bytes that have left the buffered amount; a message that is sent again from its
  /// beginning does not enter it again.
  size_t counted = 0;
  /// No fragment is to be sent any more (RFC 3758 section 3.5).
  bool abandoned = false;

  Ssn ssn() const { return Ssn(static_cast<uint16_t>(mid.value())); }
  size_t size() const { return supply ? supply->size() : payload.size(); }
  bool wholeCut() const { return cut == size(); }
  bool begun() const { return cut > 0 && !wholeCut(); }
  /// To be sent from its beginning again, in another connection.
  void startOver() {
    cut = 0;
    fragments = 0;
    lastEntry = -1;
    if (supply)
      supply->clear();
  }
  void dropPayload() {
    payload = Bytes();
    if (supply)
      supply->clear();
  }
  bool isReliable() const { return !maxRetransmits && expiresAt.isNever(); }
};

using MessageRef = std::shared_ptr<OutgoingMessage>;

/// A piece of a message for one DATA or I-DATA chunk.
struct Fragment {
  MessageRef message;
  /// What holds the bytes where the message does not.
  std::shared_ptr<const Bytes> piece = nullptr;
  uint32_t offset = 0;
  uint32_t length = 0;
  /// Its place in the message.
  Fsn number;
  bool begin = false;
  bool end = false;
  /// No data: takes the TSN at which a partly sent, abandoned message ends, so that a FORWARD TSN
  /// can lead past it even when all that was sent is acknowledged.
  bool placeholder = false;

  ByteSpan payload() const {
    return ByteSpan(piece ? *piece : message->payload).subspan(offset, length);
  }
};

}  // namespace rtc::sctp
