#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/error.h"
#include "cpp/base/queue.h"
#include "cpp/base/result.h"
#include "cpp/base/time.h"
#include "cpp/datachannel/channel.h"
#include "cpp/sctp/association.h"

namespace rtc::datachannel {

/// The DTLS role decides which stream ids this end gives out: a client even ones, a server odd ones
/// (RFC 8832 section 6).
enum class DtlsRole : uint8_t { kClient, kServer };

/// A channel of ours can be sent on.
struct ChannelOpened {
  ChannelId channel;
};
/// The peer opened a channel; it is open, `options.id` is set, and no `ChannelOpened` follows.
struct ChannelAnnounced {
  ChannelId channel;
  ChannelOptions options;
};
/// A channel that was opened without an id has got one.
struct IdAssigned {
  ChannelId channel;
  uint16_t id = 0;
};
struct MessageReceived {
  ChannelId channel;
  /// False for a string; whether it is valid UTF-8 is for the receiver to see.
  bool binary = false;
  Bytes data;
  /// Of a message too long to be kept until it is whole, one piece; `sctp::Received` says how they
  /// come.
  std::optional<sctp::MessagePart> part = std::nullopt;
};
/// Part of a message of `sendFrom()` is to be given to `supply()`.
struct BytesWanted {
  ChannelId channel;
  sctp::SourceId source;
  size_t offset = 0;
  size_t bytes = 0;
};
/// … and no more of it ever will be.
struct SourceReleased {
  ChannelId channel;
  sctp::SourceId source;
};
/// So many of the bytes given to `sendString()` and `sendBinary()` have left the buffer.
struct BufferedAmountDecreased {
  ChannelId channel;
  size_t bytes = 0;
};
/// The peer began to close the channel. Not reported after an own `close()`.
struct ChannelClosing {
  ChannelId channel;
};
/// The channel is gone and its stream id may be used again. With an error the closing was abrupt.
struct ChannelClosed {
  ChannelId channel;
  std::optional<Error> error;
  /// RTCError's sctpCauseCode, when an ABORT said so.
  std::optional<uint16_t> sctpCauseCode;
};

using Output =
    std::variant<ChannelOpened, ChannelAnnounced, IdAssigned, MessageReceived, BytesWanted,
                 SourceReleased, BufferedAmountDecreased, ChannelClosing, ChannelClosed>;

/// The data channels of one peer connection over one SCTP association (RFC 8831, RFC 8832). Sans-IO
/// like everything here, but without a time of its own: its only deadline is the association's.
///
///   after every input: do {
///     while (auto output = association.poll()) {
///       if (auto* transmit = std::get_if<sctp::Transmit>(&*output)) …send it…
///       else channels.handle(std::move(*output), now);
///     }
///     while (auto output = channels.poll()) …
///   } while (either gave something);
class ChannelSet {
 public:
  ChannelSet();
  ~ChannelSet();
  ChannelSet(const ChannelSet&) = delete;
  ChannelSet& operator=(const ChannelSet&) = delete;

  /// Opens a channel, at any time: without role or association it waits. `TypeError` when label or
  /// protocol exceed 65535 bytes, both limits are set, `negotiated` comes without `id`, or the id
  /// is 65535; `OperationError` when the id is taken or beyond the association's streams, or none
  /// is left, or the association is closed. (webrtc-pc section 6.1, createDataChannel.)
  Result<ChannelId, Error> open(const ChannelOptions& options, Timestamp now);

  /// Queues a message. `InvalidStateError` unless the channel is open, `TypeError` when the message
  /// exceeds the peer's maximum, `OperationError` when the send buffer is full.
  Status<Error> sendString(ChannelId channel, std::string_view utf8, Timestamp now);
  Status<Error> sendBinary(ChannelId channel, Bytes data, Timestamp now);
  /// The same for a message of `size` bytes, not 0, that is asked for while it is sent.
  Result<sctp::SourceId, Error> sendFrom(ChannelId channel, bool binary, size_t size,
                                         Timestamp now);
  /// The answer to `BytesWanted`; no effect when it is not wanted any more.
  void supply(sctp::SourceId source, size_t offset, Bytes bytes, Timestamp now);
  /// The bytes cannot be had: the message is given up. The caller closes the channel, for what was
  /// reliable is not.
  void giveUp(sctp::SourceId source, Timestamp now);

  /// Closes gracefully: what was queued is delivered first. Ends in `ChannelClosed`. No effect on
  /// a channel that is closing, closed or unknown.
  void close(ChannelId channel, Timestamp now);

  /// Closes every channel at once, for an owner that tears the transport down: `ChannelClosed` for
  /// each, with `error` when given. Afterwards `open()` fails.
  void closeAll(const std::optional<Error>& error);

  /// The DTLS role, once known; channels waiting for an id get one (`IdAssigned`), and those that
  /// find none are closed with an `OperationError`. It may change with the DTLS transport: ids that
  /// are given already stay.
  void setRole(DtlsRole role, Timestamp now);

  /// The association that carries the channels, connected or not; it must outlive the set or be
  /// detached. `setRole()` comes before `handle(Connected)`.
  void attach(sctp::Association& association, Timestamp now);
  /// The association is given up and the channels are kept, as when a new DTLS transport begins:
  /// what was queued is lost and leaves the buffers. The next association takes up what the peer
  /// may not know: channels that it has not acknowledged are announced once more, and streams that
  /// were being reset are reset.
  void detach();

  /// Every output of the association but `Transmit` (which is ignored here).
  void handle(sctp::Output output, Timestamp now);

  ChannelState state(ChannelId channel) const;
  /// Bytes given to `sendString()` and `sendBinary()` that have not been sent a first time.
  size_t bufferedAmount(ChannelId channel) const;
  /// Null when the channel is closed.
  const ChannelOptions* options(ChannelId channel) const;
  /// Channels that are not closed.
  size_t size() const;
  /// True when a channel exists or existed: what JSEP asks to decide about the data section.
  bool everUsed() const;

  std::optional<Output> poll();

 private:
  struct Channel {
    ChannelId handle;
    ChannelOptions options;
    ChannelState state = ChannelState::kConnecting;
    size_t buffered = 0;
    /// The peer knows the channel; until then nothing goes unordered, lest it overtake
    /// DATA_CHANNEL_OPEN (RFC 8832 section 6).
    bool knownToPeer = false;
    /// DATA_CHANNEL_OPEN is queued or sent.
    bool openSent = false;
    bool outgoingReset = false;
    bool incomingReset = false;
    /// `incomingReset` was not seen, but taken for granted when the association began anew.
    bool incomingAssumed = false;
    /// Bytes of label and protocol of a channel that the peer opened.
    size_t announcedText = 0;
  };
  using Channels = std::map<ChannelId, Channel>;

  Channel* find(ChannelId channel);
  Channel* onStream(sctp::StreamId stream);
  /// The number of streams that are there in both directions; 65535 while unknown.
  uint16_t streamLimit() const;
  std::optional<uint16_t> freeId() const;
  bool idTaken(uint16_t id) const;
  bool assignId(Channel& channel);
  void bind(Channel& channel, uint16_t id);
  /// The channel has an id and the association is up: it can be used.
  void activate(Channel& channel, Timestamp now);
  bool sendOpen(Channel& channel, Timestamp now);
  void resetClosing(Timestamp now);
  void activateAll(Timestamp now);
  void resetStream(sctp::StreamId stream, Timestamp now);
  void beginClosing(Channel& channel, Timestamp now);
  void remove(ChannelId channel, std::optional<Error> error,
              std::optional<uint16_t> sctpCauseCode = std::nullopt);
  void removeAll(const std::optional<Error>& error, std::optional<uint16_t> sctpCauseCode);
  Status<Error> sendMessage(ChannelId channel, bool binary, Bytes data, Timestamp now);
  Result<Channel*, Error> channelToSendOn(ChannelId channel);
  static sctp::SendOptions optionsOf(const Channel& channel);
  static Status<Error> outcome(Status<sctp::SendError> sent);

  void handleRestarted(const sctp::Restarted& restarted, Timestamp now);
  void handleReceived(sctp::Received received, Timestamp now);
  void handleDcep(const sctp::Received& received, Timestamp now);
  void handleOpen(const sctp::Received& received, Timestamp now);
  /// The stream's next life has begun for the peer, but not yet for this end.
  bool mustHold(sctp::StreamId stream);
  void hold(sctp::StreamId stream, std::optional<sctp::Received> received);
  void keep(size_t bytes);
  void release(sctp::StreamId stream, bool deliver, Timestamp now);
  void handleSent(const sctp::SentBytes& sent);
  void handleIncomingReset(const std::vector<sctp::StreamId>& streams, Timestamp now);
  void handleIncomingReset(sctp::StreamId stream, Timestamp now);
  void handleOutgoingReset(const std::vector<sctp::StreamId>& streams, bool performed,
                           Timestamp now);
  void handleClosed(const sctp::Closed& closed);

  Channels channels_;
  std::unordered_map<sctp::StreamId, ChannelId> byStream_;
  /// Streams without a channel that cannot be given out: a reset of them is under way, or failed.
  std::set<uint16_t> unusable_;
  /// Streams without a channel whose reset by the peer may still come, as it did not wait for a
  /// closing that an association begun anew has cut short.
  std::set<uint16_t> awaited_;
  /// What the peer sent on a stream it may use anew already, while the answer to our own reset of
  /// it is still on the way: delivered once it is there.
  /// Without a message: the peer reset the stream once more.
  std::unordered_map<sctp::StreamId, std::vector<std::optional<sctp::Received>>> held_;
  size_t heldBytes_ = 0;
  size_t announcedText_ = 0;
  /// Of messages that are asked for while they are sent.
  std::map<sctp::SourceId, ChannelId> sources_;
  uint32_t nextSource_ = 1;
  uint32_t nextHandle_ = 1;
  std::optional<DtlsRole> role_;
  sctp::Association* association_ = nullptr;
  bool connected_ = false;
  bool ended_ = false;
  uint16_t streams_ = 65535;
  Queue<Output> outputs_;
};

}  // namespace rtc::datachannel
