#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cpp/base/error.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/base/time.h"
#include "cpp/jsep/session.h"
#include "cpp/peer/configuration.h"
#include "cpp/peer/data_transport.h"
#include "cpp/peer/media.h"
#include "cpp/peer/output.h"
#include "cpp/peer/stats.h"
#include "cpp/peer/transport.h"

namespace rtc::peer {

/// One peer connection: the offer/answer session, the transports that it asks for, and the data
/// channels on them. No I/O, clock or thread.
///
/// The loop: call one function, drain `poll()` until `std::nullopt`, ask `deadline()` when to call
/// `handleTimeout`. Nothing calls back. After `close()` only what the sockets still have to do
/// comes out.
///
/// Errors are those of webrtc-pc for the operation of the same name.
class Peer {
 public:
  /// `random` must outlive the peer.
  Peer(Configuration configuration, RandomSource& random, Timestamp now);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // --- offer/answer (webrtc-pc section 4.4.2)

  Result<jsep::Description, Error> createOffer(const jsep::OfferOptions& options, Timestamp now);
  Result<jsep::Description, Error> createAnswer(const jsep::AnswerOptions& options, Timestamp now);
  Status<Error> setLocalDescription(const jsep::LocalDescription& description, Timestamp now);
  Status<Error> setRemoteDescription(const jsep::Description& description, Timestamp now);
  /// Empty candidate text ends the candidates of a section or of all.
  Status<Error> addIceCandidate(const jsep::RemoteCandidate& candidate, Timestamp now);
  void restartIce(Timestamp now);
  /// Servers and policy count from the next gathering on; certificates cannot change.
  void setConfiguration(std::vector<ice::Server> servers, ice::TransportPolicy policy);
  /// RTCConfiguration.iceCandidatePoolSize: gathers ahead, with the servers in force, for that many
  /// of the transports that the first local description will ask for (RFC 9429 section 4.1.1).
  /// Nothing is told of it until then. Replaces what was gathered ahead before; no effect once
  /// there is a local description.
  void setCandidatePoolSize(size_t count, Timestamp now);
  void close(Timestamp now);

  const jsep::Session& session() const { return session_; }
  /// A change of the application's wishes: transceivers, their tracks, directions and preferences.
  /// `change` gets the session; what it returns is returned, once all that follows from it
  /// happened.
  template <typename Change>
  auto change(Change&& change, Timestamp now) {
    if constexpr (std::is_void_v<decltype(change(session_))>) {
      change(session_);
      changed(now);
    } else {
      auto result = change(session_);
      changed(now);
      return result;
    }
  }

  // --- data channels (webrtc-pc section 6)

  Result<datachannel::ChannelId, Error> createDataChannel(
      const datachannel::ChannelOptions& options, Timestamp now);
  /// Messages share packets when several are sent before the next `poll()`.
  Status<Error> sendString(datachannel::ChannelId channel, std::string_view utf8, Timestamp now);
  Status<Error> sendBinary(datachannel::ChannelId channel, Bytes data, Timestamp now);
  /// A message of `size` bytes that is asked for while it is sent, so that it is never held as a
  /// whole: `datachannel::BytesWanted` is answered by `supply`, or by `giveUp` where the bytes
  /// cannot be had.
  Result<sctp::SourceId, Error> sendFrom(datachannel::ChannelId channel, bool binary, size_t size,
                                         Timestamp now);
  void supply(sctp::SourceId source, size_t offset, Bytes bytes, Timestamp now);
  void giveUp(sctp::SourceId source, Timestamp now);
  void closeDataChannel(datachannel::ChannelId channel, Timestamp now);
  size_t bufferedAmount(datachannel::ChannelId channel) const;

  // --- audio and video (webrtc-pc section 5): the frames of transceivers. Without
  // `Configuration::media` nothing comes of any of it.

  /// A frame of one of the sender's encodings, under the payload type that it carries. What cannot
  /// be sent now (not connected, not negotiated, paused) is dropped. Frames leave at the next
  /// `poll()`.
  void sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                 Timestamp now);
  /// What the application wants of each encoding. Kept until the transceiver is negotiated.
  void setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes, Timestamp now);
  /// RTCRtpReceiver.jitterBufferTarget; nullopt leaves it to us.
  void setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target, Timestamp now);
  /// The receiver's decoder cannot go on without a key frame.
  void requestKeyFrame(jsep::TransceiverId id, Timestamp now);
  /// A tone (webrtc-pc section 7: 0 to 9, A to D, # and *). False when none can be sent, or the
  /// character is no tone.
  bool sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now);

  // --- the sockets' side

  /// `mtu` is the largest IP packet of the interface's link in bytes, 0 when nobody knows.
  void addInterface(jsep::TransportId transport, ice::InterfaceId id, const Endpoint& local,
                    ice::InterfaceKind kind, size_t mtu, Timestamp now);
  void removeInterface(ice::InterfaceId id, Timestamp now);
  void interfacesComplete(jsep::TransportId transport, Timestamp now);
  void handleDatagram(ice::InterfaceId id, const Endpoint& source, Bytes datagram, Timestamp now);
  /// Credentials for the server of a stream that is not open yet, in place of the configuration's.
  void setStreamCredentials(StreamId id, std::string username, std::string password);
  void handleStreamOpened(StreamId id, Timestamp now);
  void handleStreamData(StreamId id, ByteSpan data, Timestamp now);
  void handleStreamClosed(StreamId id, Timestamp now);
  void handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now);
  void handleTimeout(Timestamp now);

  std::optional<Output> poll();
  Timestamp deadline() const;

  // --- inspection

  bool closed() const { return closed_; }
  SctpState sctpState() const { return data_.state(); }
  /// Null before it begins.
  const sctp::Association* association() const { return data_.association(); }
  /// The transport that carries the data channels, or will; the first one without them; null before
  /// negotiation.
  const Transport* transport() const;
  struct TransportSlot {
    jsep::TransportId id;
    std::unique_ptr<Transport> transport;
    /// Gathering ahead, before a description asked for it.
    bool isPooled = false;
    /// What a pooled transport found out meanwhile.
    std::vector<CandidateError> heldErrors;
    /// The data channels went on to another one.
    bool isLeft = false;
  };
  /// Those that exist, in the order in which they came to be; pooled ones are nobody's business.
  const std::vector<TransportSlot>& transports() const { return transports_; }
  /// webrtc-stats records of this moment.
  std::vector<StatsRecord> stats() const;

 private:
  bool ensureCertificate();
  Transport* find(jsep::TransportId id);
  TransportSlot* findSlot(jsep::TransportId id);
  bool isPooled(jsep::TransportId id) const;
  Transport& obtain(jsep::TransportId id);
  void startGathering(const jsep::StartGathering& command, Timestamp now);
  void claimPooled(TransportSlot& slot, ice::Credentials credentials, Timestamp now);
  void discardPool(Timestamp now);
  void discard(jsep::TransportId id, Timestamp now);
  Status<Error> settle(Status<Error> result, Timestamp now);
  void changed(Timestamp now);

  void pump(Timestamp now);
  bool pumpSession(Timestamp now);
  bool pumpTransports(Timestamp now);
  bool pumpData(Timestamp now);
  bool pumpMedia(Timestamp now);
  void execute(jsep::Output command, Timestamp now);
  void handleTransport(jsep::TransportId id, Transport::Output output, Timestamp now);
  void handleIce(jsep::TransportId id, ice::Output output);
  /// Section and mid are filled in here.
  void emitCandidate(LocalCandidate candidate);
  void handleDtlsState(jsep::TransportId id, const DtlsStateChanged& change, Timestamp now);
  void adoptSctp(const jsep::SctpParameters& parameters, Timestamp now);
  /// The association begins and ends with the DTLS transport that it is on.
  void followDtls(Timestamp now);
  /// The association learns what its path may take.
  void followPath();
  /// It counts against the peer what is not acknowledged while there is a path.
  void followIce();
  void handleSctpPacket(jsep::TransportId from, ByteSpan packet, Timestamp now);
  void startData(const Transport& transport, Timestamp now);
  sctp::AssociationConfig associationConfig() const;
  /// ICE has taken to another pair.
  void tellMediaOfPath(jsep::TransportId id, Timestamp now);
  void emit(Output output);
  void noteNegotiation();

  Configuration configuration_;
  RandomSource& random_;
  jsep::Session session_;
  bool closed_ = false;

  // One per BUNDLE group, and until an answer has bundled them a few more: a list serves.
  std::vector<TransportSlot> transports_;
  std::map<ice::InterfaceId, jsep::TransportId> interfaces_;
  std::map<StreamId, std::pair<jsep::TransportId, ice::StreamId>> streams_;
  std::map<ResolveId, std::pair<jsep::TransportId, ice::ResolveId>> resolutions_;
  uint32_t lastStream_ = 0;
  uint32_t lastResolution_ = 0;

  /// Of the association, drawn ahead so that descriptions can announce it.
  std::optional<sctp::Identity> sctpIdentity_;
  DataTransport data_;
  /// Messages were queued since the last pumping.
  std::optional<Timestamp> sentAt_;
  std::optional<jsep::SctpParameters> sctp_;

  /// Null without audio and video.
  std::unique_ptr<Media> media_;

  Queue<Output> outputs_;
};

}  // namespace rtc::peer
