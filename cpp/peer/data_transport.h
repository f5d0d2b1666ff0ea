#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "cpp/base/bytes.h"
#include "cpp/base/error.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/datachannel/channel_set.h"
#include "cpp/peer/output.h"
#include "cpp/sctp/association.h"

namespace rtc::peer {

/// Messages and their payload bytes on one channel, for RTCDataChannelStats.
struct ChannelCounters {
  uint64_t messagesSent = 0;
  uint64_t bytesSent = 0;
  uint64_t messagesReceived = 0;
  uint64_t bytesReceived = 0;
};

/// A channel as statistics list it, until it is closed.
struct ChannelRecord {
  datachannel::ChannelOptions options;
  datachannel::ChannelState state = datachannel::ChannelState::kConnecting;
  ChannelCounters counters;
};

/// The SCTP transport (webrtc-pc section 6.1.1) with the data channels on it. Channels may be
/// opened before there is an association.
class DataTransport {
 public:
  /// An SCTP packet for a DTLS record.
  struct Packet {
    Bytes data;
  };
  using Output = std::variant<Packet, SctpStateChanged, datachannel::Output>;

  /// `random` must outlive the object.
  explicit DataTransport(RandomSource& random) : random_(random) {}

  // --- the application's side; errors as in datachannel::ChannelSet
  Result<datachannel::ChannelId, Error> open(const datachannel::ChannelOptions& options,
                                             Timestamp now);
  Status<Error> sendString(datachannel::ChannelId channel, std::string_view utf8, Timestamp now);
  Status<Error> sendBinary(datachannel::ChannelId channel, Bytes data, Timestamp now);
  Result<sctp::SourceId, Error> sendFrom(datachannel::ChannelId channel, bool binary, size_t size,
                                         Timestamp now);
  void supply(sctp::SourceId source, size_t offset, Bytes bytes, Timestamp now) {
    channels_.supply(source, offset, std::move(bytes), now);
  }
  void giveUp(sctp::SourceId source, Timestamp now) { channels_.giveUp(source, now); }
  void closeChannel(datachannel::ChannelId channel, Timestamp now);
  size_t bufferedAmount(datachannel::ChannelId channel) const {
    return channels_.bufferedAmount(channel);
  }

  // --- the transport's side
  /// The DTLS role is negotiated: channels get their ids (webrtc-pc section 4.4.1.5, RFC 8832
  /// section 6), before anything is connected. Another role counts for the ids of later channels.
  void setRole(datachannel::DtlsRole role, Timestamp now) { channels_.setRole(role, now); }
  /// DTLS is connected: the association may begin, with the peer's INIT chunk if that is known,
  /// else by sending our own. Once it has begun, a call with another chunk than before begins it
  /// anew and one without has no effect.
  void start(const sctp::AssociationConfig& config, datachannel::DtlsRole role, ByteSpan peerInit,
             Timestamp now);
  void setMaxSendMessageSize(size_t bytes);
  /// As `sctp::Association::setPath`.
  void setPath(size_t ceiling);
  /// As `sctp::Association::setPathWorks`.
  void setPathWorks(bool works);
  void handlePacket(ByteSpan packet, Timestamp now);
  /// The DTLS transport is gone for good, or the peer connection closes (then the peer is told by
  /// ABORT).
  void close(const std::optional<Error>& error, Timestamp now);

  SctpState state() const { return state_; }
  const std::map<datachannel::ChannelId, ChannelRecord>& records() const { return records_; }
  /// RTCPeerConnectionStats.dataChannelsOpened and dataChannelsClosed.
  uint64_t channelsOpened() const { return channelsOpened_; }
  uint64_t channelsClosed() const { return channelsClosed_; }
  /// Null before the start.
  const sctp::Association* association() const { return association_.get(); }

  std::optional<Output> poll(Timestamp now);
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

 private:
  void handleAssociation(sctp::Output output, Timestamp now);
  void handleChannels(datachannel::Output output);
  void setState(SctpState state, uint16_t maxChannels = 0);
  Status<Error> counted(datachannel::ChannelId channel, size_t bytes, Status<Error> result);

  RandomSource& random_;
  // The set refers to the association, so it goes first.
  std::unique_ptr<sctp::Association> association_;
  datachannel::ChannelSet channels_;
  SctpState state_ = SctpState::kConnecting;
  /// The peer's INIT chunk that the association began with.
  Bytes peerInit_;
  std::map<datachannel::ChannelId, ChannelRecord> records_;
  uint64_t channelsOpened_ = 0;
  uint64_t channelsClosed_ = 0;
  Queue<Output> outputs_;
};

}  // namespace rtc::peer
