#include "tests/sim/network.h"

#include <utility>

#include "cpp/stun/message.h"

namespace rtc::sim {
namespace {

/// An IP header without options and a UDP header.
size_t ipLength(const Packet& packet) {
  return packet.data.size() + (packet.destination.address.isV6() ? 48 : 28);
}

const NatOptions& optionsOf(Network::Nat kind) {
  switch (kind) {
    case Network::Nat::kFullCone:
      return kFullCone;
    case Network::Nat::kAddressRestricted:
      return kAddressRestricted;
    case Network::Nat::kPortRestricted:
      return kPortRestricted;
    case Network::Nat::kSymmetric:
      break;
  }
  return kSymmetric;
}

}  // namespace

void Network::addNat(const IpAddress& inside, const IpAddress& outside, Nat kind) {
  addNat(inside, outside, optionsOf(kind));
}

sim::Nat& Network::addNat(const IpAddress& inside, const IpAddress& outside,
                          const NatOptions& options) {
  auto& nat = nats_[outside];
  if (!nat)
    nat = std::make_unique<sim::Nat>(outside, options);
  natByInside_[inside] = nat.get();
  return *nat;
}

void Network::setLink(const IpAddress& address, const LinkOptions& options) {
  Host& host = hosts_[address];
  for (std::unique_ptr<Link>* link : {&host.up, &host.down}) {
    if (*link)
      (*link)->configure(options);
    else
      *link = std::make_unique<Link>(random_, options);
  }
}

sim::Nat* Network::natOf(const IpAddress& inside) const {
  const auto found = natByInside_.find(inside);
  return found == natByInside_.end() ? nullptr : found->second;
}

void Network::send(const Endpoint& from, const Endpoint& to, Bytes data) {
  if (udpBlocked_.contains(from.address)) {
    note(Fate::kNat);
    return;
  }
  const auto host = hosts_.find(from.address);
  Link* up = host == hosts_.end() ? nullptr : host->second.up.get();
  travel(up, Packet{from, to, std::move(data)}, &Network::leave);
}

void Network::travel(Link* link, Packet packet, Next next) {
  if (link == nullptr) {
    (this->*next)(std::move(packet));
    return;
  }
  const auto [arrivals, fate] = link->transfer(ipLength(packet), now_);
  if (fate != Fate::kDelivered)
    note(fate);
  for (const Timestamp arrival : arrivals)
    after(arrival - now_, [this, next, packet] { (this->*next)(packet); });
}

// From the host's link through its NAT, if it leaves that.
void Network::leave(Packet packet) {
  if (sim::Nat* nat = natOf(packet.source.address); nat != nullptr) {
    const bool isInside = natOf(packet.destination.address) == nat;
    if (isInside ? nat->options().isolatesHosts : !nat->outbound(packet, now_)) {
      note(Fate::kNat);
      return;
    }
  }
  if (logs)
    log.push_back(packet);
  if (drop && drop(packet)) {
    note(Fate::kLoss);
    return;
  }
  inject(std::move(packet));
}

void Network::inject(Packet packet) {
  after(latency, [this, packet = std::move(packet)]() mutable { arrive(std::move(packet)); });
}

// Through the receiver's NAT to its link.
void Network::arrive(Packet packet) {
  if (const auto nat = nats_.find(packet.destination.address); nat != nats_.end()) {
    if (!nat->second->inbound(packet, now_)) {
      note(Fate::kNat);
      return;
    }
  } else if (const sim::Nat* owner = natOf(packet.destination.address);
             owner != nullptr && natOf(packet.source.address) != owner) {
    note(Fate::kUnroutable);  // a private address, from outside
    return;
  }
  enter(std::move(packet));
}

void Network::enter(Packet packet) {
  if (udpBlocked_.contains(packet.destination.address)) {
    note(Fate::kNat);
    return;
  }
  const auto host = hosts_.find(packet.destination.address);
  Link* down = host == hosts_.end() ? nullptr : host->second.down.get();
  travel(down, std::move(packet), &Network::settle);
}

void Network::settle(Packet packet) {
  const auto handler = handlers_.find(packet.destination);
  if (handler == handlers_.end()) {
    note(Fate::kNoSocket);
    return;
  }
  note(Fate::kDelivered);
  // The handler may unbind itself.
  const Handler handle = handler->second;
  handle(packet.source, std::move(packet.data));
}

void Network::after(Duration delay, std::function<void()> action) {
  events_.push(Event{now_ + delay, sequence_++, std::move(action)});
}

void Network::advance(Timestamp to) {
  if (to > now_)
    now_ = to;
  while (!events_.empty() && events_.top().at <= now_) {
    auto action = events_.top().action;
    events_.pop();
    action();
  }
}

void Network::addStunServer(const Endpoint& address) {
  bind(address, [this, address](const Endpoint& source, Bytes data) {
    const auto request = stun::Message::parse(data);
    if (!request.ok())
      return;
    send(address, source,
         stun::MessageBuilder::successTo(*request)
             .xorAddress(stun::AttributeType::kXorMappedAddress, source)
             .fingerprint()
             .build());
  });
}

}  // namespace rtc::sim
