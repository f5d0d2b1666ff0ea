#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cpp/base/wipe.h"
#include "cpp/media/session.h"
#include "cpp/peer/media.h"
#include "cpp/srtp/session.h"

namespace rtc::call {

/// What SRTP is keyed with over a transport.
struct SrtpKeys {
  srtp::Profile profile;
  srtp::DtlsRole role;
  SecretBytes material;
};

/// The audio and video of one peer connection: a media session for each transport that carries any,
/// and the SRTP that protects it.
class CallMedia final : public peer::Media {
 public:
  /// `random` must outlive the object.
  CallMedia(const media::SessionSettings& settings, RandomSource& random)
      : settings_(settings), random_(random) {}

  void update(const jsep::Session& session, Timestamp now) override;

  void followDtls(jsep::TransportId id, const peer::Transport& transport, peer::DtlsState state,
                  Timestamp now) override;
  void pathChanged(jsep::TransportId id, std::optional<Duration> roundTrip, Timestamp now) override;
  void handleDatagram(jsep::TransportId id, Bytes datagram, Timestamp now) override;
  void forget(jsep::TransportId id) override { links_.erase(id); }
  void close() override;

  void sendFrame(jsep::TransceiverId id, size_t encoding, payload::EncodedFrame frame,
                 Timestamp now) override;
  void setEncodings(jsep::TransceiverId id, std::vector<media::EncodingWish> wishes,
                    Timestamp now) override;
  void setJitterBufferTarget(jsep::TransceiverId id, std::optional<Duration> target,
                             Timestamp now) override;
  void requestKeyFrame(jsep::TransceiverId id, Timestamp now) override;
  bool sendTone(jsep::TransceiverId id, char tone, Duration duration, Timestamp now) override;

  std::optional<Output> poll(Timestamp now) override;
  Timestamp deadline() const override;
  void handleTimeout(Timestamp now) override;

  std::optional<int64_t> availableOutgoing(jsep::TransportId id) const override;
  void addStats(jsep::TransportId id, const std::string& statsId,
                std::vector<peer::StatsRecord>& records) const override;

 private:
  /// What is over one transport.
  struct Link {
    peer::DtlsState dtls = peer::DtlsState::kNew;
    /// From when DTLS is connected and has agreed on a profile.
    std::optional<SrtpKeys> keys;
    /// Null until there are both keys and a session: a transport of data channels alone needs none.
    std::unique_ptr<srtp::Session> srtp;
    /// SRTP that overtook the end of the handshake.
    std::vector<Bytes> early;
    /// Null as long as nothing has been negotiated.
    std::unique_ptr<media::Session> session;
  };
  struct Wishes {
    std::vector<media::EncodingWish> encodings;
    std::optional<Duration> jitterBufferTarget;
  };

  media::Session* sessionOf(jsep::TransceiverId id);
  /// Makes what protects a link's packets once it can be made, and tells the session.
  static void connect(Link& link, Timestamp now);
  void unprotect(Link& link, Bytes datagram, Timestamp now);
  /// The datagram of a packet; nullopt when it cannot be protected.
  std::optional<Bytes> protect(Link& link, media::Output& output);

  const media::SessionSettings settings_;
  RandomSource& random_;
  // One per BUNDLE group.
  std::map<jsep::TransportId, Link> links_;
  std::map<jsep::TransceiverId, Wishes> wishes_;
  /// Some transceiver has been negotiated.
  bool hasMedia_ = false;
};

/// The keys for the RTP and RTCP of a transport, from its DTLS association (RFC 5764 section 4.2).
/// None before that is connected, and where no profile was agreed on.
std::optional<SrtpKeys> srtpKeysOf(const peer::Transport& transport);
/// What protects packets with them. Null where libsrtp cannot.
std::unique_ptr<srtp::Session> srtpSessionOf(const SrtpKeys& keys);

/// A peer::MediaFactory.
std::unique_ptr<peer::Media> makeMedia(const media::SessionSettings& settings,
                                       RandomSource& random);

}  // namespace rtc::call
