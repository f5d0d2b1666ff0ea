#include "tests/sim/nat.h"

namespace rtc::sim {
namespace {

/// What is left of an endpoint when only so much of it counts.
Endpoint reduced(const Endpoint& endpoint, Dependence dependence) {
  switch (dependence) {
    case Dependence::kNone:
      return {};
    case Dependence::kAddress:
      return {endpoint.address, 0};
    case Dependence::kAddressAndPort:
      break;
  }
  return endpoint;
}

}  // namespace

bool Nat::isAlive(const Mapping& mapping, Timestamp now) const {
  return options_.lifetime == Duration::zero() || now - mapping.lastUsed <= options_.lifetime;
}

bool Nat::outbound(Packet& packet, Timestamp now) {
  if (packet.destination.address == outside_ && !options_.hairpin)
    return false;
  const auto key = std::pair(packet.source, reduced(packet.destination, options_.mapping));
  auto known = portOf_.find(key);
  if (known != portOf_.end() && !isAlive(mappings_[known->second], now)) {
    mappings_.erase(known->second);
    portOf_.erase(known);
    known = portOf_.end();
  }
  if (known == portOf_.end())
    known = portOf_.emplace(key, nextPort_++).first;
  Mapping& mapping = mappings_[known->second];
  mapping.inside = packet.source;
  mapping.lastUsed = now;
  mapping.admitted.insert(reduced(packet.destination, options_.filtering));
  packet.source = Endpoint{outside_, known->second};
  return true;
}

bool Nat::inbound(Packet& packet, Timestamp now) {
  const auto found = mappings_.find(packet.destination.port);
  if (found == mappings_.end() || !isAlive(found->second, now) ||
      !found->second.admitted.contains(reduced(packet.source, options_.filtering)))
    return false;
  packet.destination = found->second.inside;
  return true;
}

void Nat::reset() {
  portOf_.clear();
  mappings_.clear();
}

}  // namespace rtc::sim
