#pragma once

// A simulated NAT in the terms of RFC 4787: how it maps (section 4.1), whom it lets in (section 5),
// whether it turns hairpins (section 6), and how long it remembers (section 4.3).

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/time.h"

namespace rtc::sim {

struct Packet {
  Endpoint source;  // as the receiver sees it
  Endpoint destination;
  Bytes data;
};

/// What a mapping or a filter depends on.
enum class Dependence : uint8_t { kNone, kAddress, kAddressAndPort };

struct NatOptions {
  Dependence mapping = Dependence::kNone;
  Dependence filtering = Dependence::kAddressAndPort;
  bool hairpin = false;
  /// Hosts inside do not reach each other but by a hairpin, as in a hotel's Wi-Fi.
  bool isolatesHosts = false;
  /// A mapping that nothing left by for so long is forgotten; zero: never. RFC 4787 REQ-5 asks for
  /// two minutes at least.
  Duration lifetime = Duration::zero();
};

/// The four kinds by the names of RFC 3489 section 5, which everybody still uses.
inline constexpr NatOptions kFullCone{Dependence::kNone, Dependence::kNone, false, false, {}};
inline constexpr NatOptions kAddressRestricted{
    Dependence::kNone, Dependence::kAddress, false, false, {}};
inline constexpr NatOptions kPortRestricted{
    Dependence::kNone, Dependence::kAddressAndPort, false, false, {}};
inline constexpr NatOptions kSymmetric{
    Dependence::kAddressAndPort, Dependence::kAddressAndPort, false, false, {}};

class Nat {
 public:
  Nat(const IpAddress& outside, const NatOptions& options) : outside_(outside), options_(options) {}

  const IpAddress& outside() const { return outside_; }
  const NatOptions& options() const { return options_; }
  /// False when it may not pass. `now` keeps the mapping alive.
  bool outbound(Packet& packet, Timestamp now);
  /// False when nobody inside is to get it.
  bool inbound(Packet& packet, Timestamp now);
  /// Forgets all mappings, as a NAT does that lost power.
  void reset();

 private:
  struct Mapping {
    Endpoint inside;
    Timestamp lastUsed;
    std::set<Endpoint> admitted;
  };
  bool isAlive(const Mapping& mapping, Timestamp now) const;

  IpAddress outside_;
  NatOptions options_;
  uint16_t nextPort_ = 40000;
  std::map<std::pair<Endpoint, Endpoint>, uint16_t> portOf_;  // (inside, what it depends on)
  std::map<uint16_t, Mapping> mappings_;                      // by external port
};

}  // namespace rtc::sim
