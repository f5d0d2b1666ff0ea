#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/jsep/session.h"
#include "cpp/media/session.h"
#include "cpp/payload/encoded_frame.h"
#include "cpp/peer/output.h"
#include "cpp/peer/stats.h"

namespace rtc::peer {

class Transport;

/// A datagram of SRTP or SRTCP, for the ICE transport to carry.
struct MediaDatagram {
  jsep::TransportId transport;
  Bytes data;
};

/// The audio and video of one peer connection: what negotiation says of them, and what goes over
/// the transports as RTP. A peer without one refuses what a remote description has of either and
/// has data channels alone; `cpp/call` has the only implementation, which nothing else links.
///
/// Like every component it has inputs, `poll()` to drain after each, and `deadline()`. Streams and
/// transports that are unknown are left alone.
class Media {
 public:
  using Output = std::variant<MediaDatagram, media::Event>;

  virtual ~Media() = default;

  // --- negotiation

  /// The session may have changed what RTP is to carry.
  virtual void update(const jsep::Session& session, Timestamp now) = 0;

  // --- transports

  /// The DTLS association of a transport has come to another state; connected, it has keys.
  virtual void followDtls(jsep::TransportId id, const Transport& transport, DtlsState state,
                          Timestamp now) = 0;
  /// ICE has taken to another pair, with the round trip that it has measured there.
  virtual void pathChanged(jsep::TransportId id, std::optional<Duration> roundTrip,
                           Timestamp now) = 0;
  /// What came as RTP or RTCP (RFC 7983), protected still.
  virtual void handleDatagram(jsep::TransportId id, Bytes datagram, Timestamp now) = 0;
  virtual void forget(jsep::TransportId id) = 0;
  /// Goodbye to all. Drain afterwards.
  virtual void close() = 0;

  // --- the application's frames and wishes: as those of Peer

  virtual void sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                         Timestamp now) = 0;
  virtual void setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes,
                            Timestamp now) = 0;
  virtual void setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target,
                                     Timestamp now) = 0;
  virtual void requestKeyFrame(jsep::TransceiverId id, Timestamp now) = 0;
  virtual bool sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now) = 0;

  // --- the loop

  virtual std::optional<Output> poll(Timestamp now) = 0;
  virtual Timestamp deadline() const = 0;
  virtual void handleTimeout(Timestamp now) = 0;

  // --- statistics

  /// Bits per second that the estimate allows to send; absent before anything was sent.
  virtual std::optional<int64_t> availableOutgoing(jsep::TransportId id) const = 0;
  /// The records of what goes over that transport, whose own record is `statsId`.
  virtual void addStats(jsep::TransportId id, const std::string& statsId,
                        std::vector<StatsRecord>& records) const = 0;
};

/// Makes the media of a peer; `random` outlives them.
using MediaFactory = std::unique_ptr<Media> (*)(const media::SessionSettings& settings,
                                                RandomSource& random);

}  // namespace rtc::peer
