#pragma once

#include <bitset>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpp/media/codec.h"
#include "cpp/media/stream_id.h"
#include "cpp/rtp/packet.h"

namespace rtc::media {

/// How many SSRCs that nobody announced are remembered; the one that was silent for longest gives
/// way. What their packets say (MID, payload type) finds their receiver again.
inline constexpr size_t kMaxLearnedSsrcs = 1024;

/// Which receiver of a BUNDLE group a packet is for (RFC 9143 section 9.2).
class Demuxer {
 public:
  Demuxer() = default;
  /// A copy would point into the original.
  Demuxer(Demuxer&&) = default;
  Demuxer& operator=(Demuxer&&) = default;

  /// Replaces what was known of that receiver.
  void set(StreamId receiver, std::string mid, const std::vector<rtp::PayloadType>& payloadTypes,
           const std::vector<rtp::Ssrc>& announced);
  void remove(StreamId receiver);

  /// `mid` is that of the packet's header extension. Nullopt: the packet is nobody's, and is to be
  /// dropped.
  std::optional<StreamId> route(const rtp::Packet& packet, std::optional<std::string_view> mid);
  /// Of SSRCs that were announced or heard, for RTCP.
  std::optional<StreamId> receiverOf(rtp::Ssrc ssrc) const;
  /// The peer has said goodbye to it, or taken it for something else.
  void forget(rtp::Ssrc ssrc);

  size_t learned() const { return order_.size(); }

 private:
  struct Receiver {
    StreamId id;
    std::string mid;
    std::bitset<128> payloadTypes;
    std::vector<rtp::Ssrc> announced;
  };
  struct Route {
    StreamId receiver;
    /// In `order_`; nullopt where the SSRC was announced.
    std::optional<std::list<rtp::Ssrc>::iterator> place;
  };
  std::optional<StreamId> byPayloadType(rtp::PayloadType type) const;
  void learn(rtp::Ssrc ssrc, StreamId receiver);
  void hear(Route& route);

  std::vector<Receiver> receivers_;
  std::map<rtp::Ssrc, Route> bySsrc_;
  /// Of those that were learned, the most recently heard last.
  std::list<rtp::Ssrc> order_;
};

}  // namespace rtc::media
