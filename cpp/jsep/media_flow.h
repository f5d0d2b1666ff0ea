#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/types.h"

/// What negotiation lets one transceiver send and receive over RTP: what the media engine works by.
namespace rtc::jsep {

struct State;
struct Transceiver;

/// A stream that the peer's description names by its SSRC (RFC 5576), and the one with its
/// retransmissions, 0 for none.
struct AnnouncedStream {
  uint32_t ssrc = 0;
  uint32_t rtxSsrc = 0;
  bool operator==(const AnnouncedStream&) const = default;
};

struct MediaFlow {
  TransceiverId transceiver;
  MediaKind kind = MediaKind::kAudio;
  TransportId transport;
  std::string mid;
  /// The current direction lets us send (receive), and the transceiver is not being stopped.
  bool sends = false;
  bool receives = false;
  /// It is being stopped, or was: what it sent ends (webrtc-pc section 5.4, "stop sending and
  /// receiving").
  bool ends = false;

  // Ours:
  RtpParameters send;
  /// Of the one stream without simulcast; 0 when none was described.
  uint32_t ssrc = 0;
  uint32_t rtxSsrc = 0;
  /// With simulcast, in the order of the encodings.
  std::vector<std::string> rids;

  // The peer's:
  RtpParameters receive;
  std::vector<AnnouncedStream> announced;
};

/// Of the transceivers that an answer, provisional or not, has settled. In the order of creation.
std::vector<MediaFlow> mediaFlows(const State& state);

}  // namespace rtc::jsep
