#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/base/address.h"

namespace rtc::turn {

/// An address range, "10.0.0.0/8" or "fc00::/7".
struct Cidr {
  IpAddress network;
  unsigned prefixLength = 0;

  /// A bare address is a range of one. `std::nullopt` for everything else that is no range.
  static std::optional<Cidr> parse(std::string_view text);
  bool contains(const IpAddress& address) const { return address.inPrefix(network, prefixLength); }
};

/// Which peers an allocation may reach. Without any configuration: public unicast addresses only,
/// so that a relay is no way into the network that it stands in. The operator's denials come first,
/// then the operator's permissions, then the default denials, then the relay's own addresses.
class PeerPolicy {
 public:
  enum class Verdict {
    kAllowed,
    kDenied,
    /// An address of the relay: its allocations may reach each other there, and nothing else that
    /// listens on the machine.
    kOwn,
  };

  /// `own` are the addresses that the relay's machine has or is known by.
  explicit PeerPolicy(std::vector<Cidr> allow = {}, std::vector<Cidr> deny = {},
                      std::vector<Cidr> own = {});

  /// Those from now on.
  void setOwn(std::vector<Cidr> own) { own_ = std::move(own); }

  Verdict judge(const IpAddress& peer) const;
  bool allowed(const IpAddress& peer) const { return judge(peer) == Verdict::kAllowed; }

  /// The IPv4 addresses that an IPv6 address may lead to when it is one in disguise: IPv4-mapped
  /// (::ffff:0:0/96), IPv4-compatible (::/96), IPv4-translated (::ffff:0:0:0/96), NAT64
  /// (64:ff9b::/96), 6to4 (2002::/16), ISATAP; two when it is 6to4 and ISATAP at once.
  static std::vector<IpAddress> embedded(const IpAddress& address);

 private:
  std::vector<Cidr> allow_;
  std::vector<Cidr> deny_;
  std::vector<Cidr> own_;
  std::vector<Cidr> deniedByDefault_;
};

}  // namespace rtc::turn
