#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

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

/// One relayed transport address of an allocation.
struct RelayedAddress {
  RelaySocketId socket;
  AddressFamily family = AddressFamily::kIpv4;
  /// As peers see it; absent while the socket is being opened.
  std::optional<Endpoint> endpoint;
  Timestamp expiresAt;
};

/// What a peer's address may do.
struct Permission {
  Timestamp expiresAt;
  /// An address of the relay itself: other allocations may be reached there and nothing else.
  bool allocationsOnly = false;
};

/// The relayed transport addresses of one client, with the peers that they let pass (RFC 8656
/// section 6): one, or one of each family when the client asked for an additional one. What has
/// expired counts as absent, and `sweep` removes it.
class Allocation {
 public:
  /// What could not be had of a dual allocation (ADDRESS-ERROR-CODE).
  struct Refusal {
    AddressFamily family;
    int code;
  };

  std::vector<RelayedAddress> addresses;
  Identity owner;
  Duration lifetime;
  /// Until the Allocate request is answered: when waiting for sockets ends.
  Timestamp openBy;
  bool answered = false;

  // The Allocate request, for the answer once the sockets are there and for its retransmissions.
  stun::TransactionId allocateId;
  stun::IntegrityAlgorithm algorithm = stun::IntegrityAlgorithm::kSha1;
  bool fingerprint = false;
  bool evenPort = false;
  std::vector<Refusal> refusals;
  /// The port above, which the client wants to be kept.
  std::optional<RelaySocketId> reservedSocket;
  std::optional<Endpoint> reservedOpened;
  /// The success response, for retransmissions of the request.
  Bytes response;

  /// What quotas and statistics have been told; the server keeps it.
  size_t countedPermissions = 0;
  size_t countedChannels = 0;

  const RelayedAddress* of(AddressFamily family) const {
    const auto found = std::find_if(addresses.begin(), addresses.end(),
                                    [&](const auto& each) { return each.family == family; });
    return found == addresses.end() ? nullptr : &*found;
  }
  RelayedAddress* of(RelaySocketId socket) {
    const auto found = std::find_if(addresses.begin(), addresses.end(),
                                    [&](const auto& each) { return each.socket == socket; });
    return found == addresses.end() ? nullptr : &*found;
  }
  /// True until the last of its addresses expires.
  bool lives(Timestamp now) const {
    return std::any_of(addresses.begin(), addresses.end(),
                       [now](const auto& each) { return each.expiresAt > now; });
  }

  const Permission* permission(const IpAddress& peer, Timestamp now) const {
    const auto found = permissions_.find(peer);
    return found != permissions_.end() && found->second.expiresAt > now ? &found->second : nullptr;
  }
  void permit(const IpAddress& peer, bool allocationsOnly, Timestamp now) {
    permissions_[peer] = Permission{now + kPermissionLifetime, allocationsOnly};
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
  /// Binds or renews; the caller has made sure that neither side is bound otherwise, and has swept.
  void bind(ChannelNumber channel, const Endpoint& peer, Timestamp now) {
    channels_[channel] = Binding{peer, now + kChannelLifetime};
    channelsByPeer_[peer] = channel;
  }

  size_t permissions() const { return permissions_.size(); }
  size_t channels() const { return channels_.size(); }

  /// Removes the permissions and channels that have expired.
  void sweep(Timestamp now) {
    std::erase_if(permissions_, [now](const auto& entry) { return entry.second.expiresAt <= now; });
    eraseChannels([now](const Binding& binding) { return binding.expiresAt <= now; });
  }
  /// Removes those of one family, as RFC 8656 section 8.1 wants it with the family's address.
  void forgetPeers(AddressFamily family) {
    std::erase_if(permissions_,
                  [family](const auto& entry) { return entry.first.family() == family; });
    eraseChannels(
        [family](const Binding& binding) { return binding.peer.address.family() == family; });
  }
  /// When the next address, permission or channel expires.
  Timestamp nextExpiry() const {
    Timestamp next = Timestamp::never();
    for (const RelayedAddress& each : addresses)
      next = earlier(next, each.expiresAt);
    for (const auto& [peer, permission] : permissions_)
      next = earlier(next, permission.expiresAt);
    for (const auto& [channel, binding] : channels_)
      next = earlier(next, binding.expiresAt);
    return next;
  }

 private:
  struct Binding {
    Endpoint peer;
    Timestamp expiresAt;
  };

  template <typename Predicate>
  void eraseChannels(Predicate gone) {
    for (auto it = channels_.begin(); it != channels_.end();) {
      if (!gone(it->second)) {
        ++it;
        continue;
      }
      channelsByPeer_.erase(it->second.peer);
      it = channels_.erase(it);
    }
  }

  std::map<IpAddress, Permission> permissions_;
  std::map<ChannelNumber, Binding> channels_;
  std::map<Endpoint, ChannelNumber> channelsByPeer_;
};

}  // namespace rtc::turn
