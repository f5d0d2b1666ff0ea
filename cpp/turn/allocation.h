#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/strong.h"
#include "cpp/base/time.h"
#include "cpp/stun/message.h"
#include "cpp/turn/authentication.h"
#include "cpp/turn/channel_data.h"

namespace rtc::turn {

/// A UDP socket of the server; the server chooses the numbers and uses none twice.
using RelaySocketId = StrongInt<struct RelaySocketIdTag, uint32_t>;

/// RFC 8656 section 9: "The Permission Lifetime MUST be 300 seconds".
inline constexpr Duration kPermissionLifetime = Duration::seconds(300);
/// RFC 8656 section 12: "Channel bindings last for 10 minutes unless refreshed".
inline constexpr Duration kChannelLifetime = Duration::seconds(600);

/// One relayed transport address on the server, with the peers that it lets pass (RFC 8656 section
/// 6). What has expired counts as absent and is removed when room is needed.
class Allocation {
 public:
  RelaySocketId socket;
  AddressFamily family = AddressFamily::kIpv4;
  Identity owner;
  Duration lifetime;
  Timestamp expiresAt;
  /// Absent while the socket is being opened.
  std::optional<Endpoint> relayed;

  // The Allocate request, for the answer once the socket is there and for its retransmissions.
  stun::TransactionId allocateId;
  stun::IntegrityAlgorithm algorithm = stun::IntegrityAlgorithm::kSha1;
  bool fingerprint = false;
  bool evenPort = false;
  bool refusedIpv6 = false;  // ADDITIONAL-ADDRESS-FAMILY
  /// The sockets as the embedding reports them, until there is an answer.
  std::optional<Endpoint> opened;
  std::optional<RelaySocketId> reservedSocket;
  std::optional<Endpoint> reservedOpened;
  /// The success response, for retransmissions of the request.
  Bytes response;

  bool permits(const IpAddress& peer, Timestamp now) const {
    const auto found = permissions_.find(peer);
    return found != permissions_.end() && found->second > now;
  }
  /// Installs or renews. False when there are `limit` others.
  bool permit(const IpAddress& peer, size_t limit, Timestamp now) {
    if (!permissions_.contains(peer) && permissions_.size() >= limit) {
      std::erase_if(permissions_, [now](const auto& entry) { return entry.second <= now; });
      if (permissions_.size() >= limit)
        return false;
    }
    permissions_[peer] = now + kPermissionLifetime;
    return true;
  }
  /// How many of `limit` permissions are free.
  size_t permissionsLeft(size_t limit, Timestamp now) {
    std::erase_if(permissions_, [now](const auto& entry) { return entry.second <= now; });
    return limit > permissions_.size() ? limit - permissions_.size() : 0;
  }

  std::optional<Endpoint> peerOf(ChannelNumber channel, Timestamp now) const {
    const auto found = channels_.find(channel);
    if (found == channels_.end() || found->second.expiresAt <= now)
      return std::nullopt;
    return found->second.peer;
  }
  std::optional<ChannelNumber> channelOf(const Endpoint& peer, Timestamp now) const {
    const auto found = channelsByPeer_.find(peer);
    if (found == channelsByPeer_.end() || !peerOf(found->second, now))
      return std::nullopt;
    return found->second;
  }
  /// Binds or renews; the caller has made sure that neither side is bound otherwise. False when
  /// there are `limit` others.
  bool bind(ChannelNumber channel, const Endpoint& peer, size_t limit, Timestamp now) {
    if (!peerOf(channel, now)) {
      for (auto it = channels_.begin(); it != channels_.end();) {
        if (it->second.expiresAt > now) {
          ++it;
          continue;
        }
        channelsByPeer_.erase(it->second.peer);
        it = channels_.erase(it);
      }
      if (channels_.size() >= limit)
        return false;
    }
    channels_[channel] = Binding{peer, now + kChannelLifetime};
    channelsByPeer_[peer] = channel;
    return true;
  }

 private:
  struct Binding {
    Endpoint peer;
    Timestamp expiresAt;
  };
  std::map<IpAddress, Timestamp> permissions_;
  std::map<ChannelNumber, Binding> channels_;
  std::map<Endpoint, ChannelNumber> channelsByPeer_;
};

}  // namespace rtc::turn
