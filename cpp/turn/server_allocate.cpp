// Allocate on a TURN server (RFC 8656 section 7.2): checks, the socket, the answer.

#include <algorithm>
#include <array>
#include <string_view>

#include "cpp/turn/server.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr uint8_t kProtocolUdp = 17;  // RFC 8656 section 18.8
constexpr uint8_t kFamilyIpv4 = 1;    // RFC 8656 section 18.6
constexpr uint8_t kFamilyIpv6 = 2;
constexpr uint8_t kReserveNextPort = 0x80;  // RFC 8656 section 18.7
// RFC 8656 section 7.2 asks for at least 30 seconds.
constexpr Duration kReservationLifetime = Duration::seconds(30);

uint32_t toSeconds(Duration duration) {
  return static_cast<uint32_t>(duration.us() / Duration::seconds(1).us());
}

bool reservesNextPort(const stun::Message& request) {
  const auto evenPort = request.u8(AttributeType::kEvenPort);
  return evenPort && (*evenPort & kReserveNextPort) != 0;
}

// RFC 8656 section 18.12: family, 13 reserved bits, class, number, reason.
Bytes addressErrorCode(uint8_t family, int code) {
  const std::string_view reason = stun::reasonPhrase(code);
  ByteWriter writer(4 + reason.size());
  writer.u8(family);
  writer.u8(0);
  writer.u8(static_cast<uint8_t>(code / 100));
  writer.u8(static_cast<uint8_t>(code % 100));
  writer.text(reason);
  return writer.take();
}

}  // namespace

// RFC 8656 section 7.2, the checks that need nothing but the request; 0 when it passes them.
int Server::checkAllocate(const stun::Message& request) const {
  const bool hasToken = request.has(AttributeType::kReservationToken);
  const bool hasFamily = request.has(AttributeType::kRequestedAddressFamily);
  const bool hasAdditional = request.has(AttributeType::kAdditionalAddressFamily);
  const bool hasEvenPort = request.has(AttributeType::kEvenPort);
  const auto transport = request.u8(AttributeType::kRequestedTransport);
  const auto family = request.u8(AttributeType::kRequestedAddressFamily);
  const auto additional = request.u8(AttributeType::kAdditionalAddressFamily);
  const auto evenPort = request.u8(AttributeType::kEvenPort);
  if (!transport)
    return stun::kBadRequest;
  if (*transport != kProtocolUdp)
    return stun::kUnsupportedTransportProtocol;
  if (request.has(AttributeType::kLifetime) && !request.u32(AttributeType::kLifetime)) {
    return stun::kBadRequest;
  }
  if (hasToken && (hasEvenPort || hasFamily || hasAdditional ||
                   !request.u64(AttributeType::kReservationToken))) {
    return stun::kBadRequest;
  }
  if (hasFamily && hasAdditional)
    return stun::kBadRequest;
  if (hasEvenPort && !evenPort)
    return stun::kBadRequest;
  if (hasAdditional &&
      (additional != kFamilyIpv6 || (evenPort && (*evenPort & kReserveNextPort) != 0))) {
    return stun::kBadRequest;
  }
  if (hasFamily && !family)
    return stun::kBadRequest;
  if (hasFamily && *family != kFamilyIpv4 && *family != kFamilyIpv6) {
    return stun::kAddressFamilyNotSupported;
  }
  const auto wanted = family == kFamilyIpv6 ? AddressFamily::kIpv6 : AddressFamily::kIpv4;
  if (!hasToken && !serves(wanted) && !(hasAdditional && serves(AddressFamily::kIpv6))) {
    return stun::kAddressFamilyNotSupported;
  }
  return 0;
}

/// What the request takes: an allocation, and a port beside it when one is to be kept. A port that
/// was kept was counted when it was; without that a user who allocates and gives back, time and
/// again, would hold as many as can be made in half a minute.
int Server::checkQuotas(const stun::Message& request, const std::string& account, bool reserved,
                        Timestamp now) {
  const size_t wanted = reserved ? 0 : reservesNextPort(request) ? 2 : 1;
  const Account& mine = accountOf(account, now);
  int code = 0;
  if (allocations_ + reserved_ + wanted > config_.maxAllocations) {
    code = stun::kInsufficientCapacity;
  } else if (mine.allocations + mine.reservations + wanted > config_.maxAllocationsPerUser) {
    code = stun::kAllocationQuotaReached;
  }
  if (code != 0)
    ++stats_.quotaRefusals;
  return code;
}

bool Server::serves(AddressFamily family) const {
  return family == AddressFamily::kIpv6 ? config_.ipv6 : config_.ipv4;
}

void Server::handleAllocate(Client& client, const stun::Message& request, const Authenticated& auth,
                            Timestamp now) {
  if (client.allocation && client.allocation->answered)
    expireAddresses(client, now);
  if (client.allocation) {
    // RFC 8656 section 7.2: a retransmission gets the same answer again, anything else is a
    // second allocation on the same 5-tuple.
    const Allocation& allocation = *client.allocation;
    if (allocation.allocateId != request.transactionId()) {
      answerError(client, request, stun::kAllocationMismatch, &auth);
    } else if (!allocation.response.empty()) {
      outputs_.push_back(ToClient{client.id, allocation.response});
    }
    return;
  }
  int code = 0;
  if (request.has(AttributeType::kDontFragment)) {
    answer(client, request,
           MessageBuilder::errorTo(request, stun::kUnknownAttribute)
               .unknownAttributes({static_cast<uint16_t>(AttributeType::kDontFragment)}),
           &auth);
    code = stun::kUnknownAttribute;
  } else {
    code = checkAllocate(request);
    std::optional<Reservation> reserved;
    const auto token = request.u64(AttributeType::kReservationToken);
    if (code == 0 && token) {
      const auto found = std::find_if(
          reservations_.begin(), reservations_.end(), [&](const Reservation& reservation) {
            return reservation.token == *token && reservation.account == auth.identity.account;
          });
      if (found != reservations_.end() && found->expiresAt > now) {
        reserved = *found;
      } else {
        code = stun::kInsufficientCapacity;
      }
    }
    if (code == 0 && !allocating_)
      code = stun::kInsufficientCapacity;
    if (code == 0)
      code = checkQuotas(request, auth.identity.account, reserved.has_value(), now);
    if (code == 0) {
      openAllocation(client, request, auth, reserved ? &*reserved : nullptr, now);
      return;
    }
    answerError(client, request, code, &auth);
  }
  ++stats_.allocationsRefused;
  reportEvent(Event::Kind::kAllocationRefused, client, auth.identity.account, client.source,
              stun::reasonPhrase(code));
}

void Server::openAllocation(Client& client, const stun::Message& request, const Authenticated& auth,
                            const Reservation* reserved, Timestamp now) {
  Allocation& allocation = client.allocation.emplace();
  allocation.owner = auth.identity;
  allocation.lifetime = lifetimeFor(request);
  allocation.openBy = now + config_.openTimeout;
  allocation.allocateId = request.transactionId();
  allocation.algorithm = auth.algorithm;
  allocation.fingerprint = request.hasFingerprint();
  ++accountOf(auth.identity.account, now).allocations;
  ++allocations_;
  setTimer(client, allocation.openBy);

  if (reserved != nullptr) {
    const Reservation taken = *reserved;
    std::erase_if(reservations_, [&](const Reservation& r) { return r.socket == taken.socket; });
    uncountReservation(taken.account, now);
    sockets_.emplace(taken.socket, client.id);
    allocation.addresses.push_back(RelayedAddress{taken.socket, taken.relayed.address.family(),
                                                  taken.relayed, Timestamp::never()});
    finishAllocate(client, now);
    return;
  }
  allocation.evenPort = request.u8(AttributeType::kEvenPort).has_value();
  const bool reserveNext = reservesNextPort(request);
  std::vector<AddressFamily> families{AddressFamily::kIpv4};
  if (request.u8(AttributeType::kRequestedAddressFamily) == kFamilyIpv6)
    families = {AddressFamily::kIpv6};
  // RFC 8656 section 7.2: an IPv4 and an IPv6 address, or the one of them that can be had.
  if (request.has(AttributeType::kAdditionalAddressFamily))
    families.push_back(AddressFamily::kIpv6);
  for (AddressFamily family : families) {
    if (serves(family)) {
      openSocket(client, family, reserveNext);
    } else {
      allocation.refusals.push_back({family, stun::kAddressFamilyNotSupported});
    }
  }
}

void Server::openSocket(Client& client, AddressFamily family, bool reserveNext) {
  Allocation& allocation = *client.allocation;
  const RelaySocketId socket(nextSocket_++);
  sockets_.emplace(socket, client.id);
  allocation.addresses.push_back(RelayedAddress{socket, family, std::nullopt, Timestamp::never()});
  if (reserveNext) {
    allocation.reservedSocket = RelaySocketId(nextSocket_++);
    sockets_.emplace(*allocation.reservedSocket, client.id);
    ++accounts_[allocation.owner.account].reservations;
    ++reserved_;
  }
  outputs_.push_back(
      OpenRelaySocket{socket, family, allocation.evenPort, allocation.reservedSocket});
}

void Server::relaySocketOpened(RelaySocketId socket, const Endpoint& relayed, Timestamp now) {
  const auto owner = sockets_.find(socket);
  Client* client = owner == sockets_.end() ? nullptr : find(owner->second);
  if (client == nullptr || !client->allocation) {
    // Whoever asked for it is gone; the embedding may have opened it after our Close.
    outputs_.push_back(CloseRelaySocket{socket});
    return;
  }
  Allocation& allocation = *client->allocation;
  if (allocation.answered)
    return;
  RelayedAddress* address = allocation.of(socket);
  if (address == nullptr) {
    allocation.reservedOpened = relayed;
  } else if (relayed.address.family() == address->family && relayed.port != 0 &&
             (!allocation.evenPort || relayed.port % 2 == 0)) {
    address->endpoint = relayed;
  } else {
    giveUpAddress(*client, *address, now);
    return;
  }
  finishAllocate(*client, now);
}

void Server::relaySocketFailed(RelaySocketId socket, Timestamp now) {
  const auto owner = sockets_.find(socket);
  if (owner == sockets_.end()) {
    const auto kept = std::find_if(reservations_.begin(), reservations_.end(),
                                   [&](const Reservation& r) { return r.socket == socket; });
    if (kept != reservations_.end()) {
      uncountReservation(kept->account, now);
      reservations_.erase(kept);
    }
    return;
  }
  Client* client = find(owner->second);
  if (client == nullptr || !client->allocation)
    return;
  const RelayedAddress* address = client->allocation->of(socket);
  if (client->allocation->answered) {
    if (address != nullptr)
      deleteAddress(*client, address->family, "the relay socket failed", now);
  } else if (address != nullptr) {
    giveUpAddress(*client, *address, now);
  } else {
    refuseAllocate(*client, stun::kInsufficientCapacity, now);
  }
}

/// One family cannot be had; the other may be, and then the answer says so.
void Server::giveUpAddress(Client& client, RelayedAddress address, Timestamp now) {
  Allocation& allocation = *client.allocation;
  if (allocation.addresses.size() == 1) {
    refuseAllocate(client, stun::kInsufficientCapacity, now);
    return;
  }
  closeSocket(address);
  std::erase_if(allocation.addresses,
                [&](const auto& each) { return each.socket == address.socket; });
  allocation.refusals.push_back({address.family, stun::kInsufficientCapacity});
  finishAllocate(client, now);
}

void Server::finishAllocate(Client& client, Timestamp now) {
  Allocation& allocation = *client.allocation;
  const bool waiting = std::any_of(allocation.addresses.begin(), allocation.addresses.end(),
                                   [](const auto& each) { return !each.endpoint; });
  if (waiting || (allocation.reservedSocket && !allocation.reservedOpened))
    return;
  const Endpoint first = *allocation.addresses.front().endpoint;
  std::array<uint8_t, 8> tokenBytes{};
  if (allocation.reservedSocket &&
      (allocation.reservedOpened->port != first.port + 1 || !random_.fill(tokenBytes))) {
    refuseAllocate(client, stun::kInsufficientCapacity, now);
    return;
  }
  MessageBuilder builder(MessageClass::kSuccess, Method::kAllocate, allocation.allocateId);
  for (RelayedAddress& address : allocation.addresses) {
    builder.xorAddress(AttributeType::kXorRelayedAddress, *address.endpoint);
    address.expiresAt = now + allocation.lifetime;
    relayed_[*address.endpoint] = address.socket;
  }
  builder.u32(AttributeType::kLifetime, toSeconds(allocation.lifetime))
      .xorAddress(AttributeType::kXorMappedAddress, client.source);
  if (allocation.reservedSocket) {
    const uint64_t token = *ByteReader(tokenBytes).u64();
    builder.u64(AttributeType::kReservationToken, token);
    sockets_.erase(*allocation.reservedSocket);
    reservations_.push_back(Reservation{token, *allocation.reservedSocket,
                                        *allocation.reservedOpened, allocation.owner.account,
                                        now + kReservationLifetime});
    allocation.reservedSocket.reset();
  }
  for (const auto& [family, code] : allocation.refusals) {
    builder.bytes(
        AttributeType::kAddressErrorCode,
        addressErrorCode(family == AddressFamily::kIpv6 ? kFamilyIpv6 : kFamilyIpv4, code));
  }
  allocation.answered = true;
  ++stats_.allocationsMade;
  client.framer.setMaxFrame(StreamFramer::kLongestFrame);
  setTimer(client, allocation.nextExpiry());
  answerPendingAllocate(client, std::move(builder), &allocation.response);
  const bool dual = allocation.addresses.size() > 1;
  reportEvent(Event::Kind::kAllocated, client, allocation.owner.account, first,
              dual ? "and " + allocation.addresses.back().endpoint->toString() : "");
}

void Server::refuseAllocate(Client& client, int code, Timestamp now) {
  MessageBuilder builder(MessageClass::kError, Method::kAllocate, client.allocation->allocateId);
  builder.error(code, stun::reasonPhrase(code));
  answerPendingAllocate(client, std::move(builder), nullptr);
  ++stats_.allocationsRefused;
  reportEvent(Event::Kind::kAllocationRefused, client, client.allocation->owner.account,
              client.source, stun::reasonPhrase(code));
  deleteAllocation(client, "refused", now);
}

void Server::answerPendingAllocate(Client& client, MessageBuilder builder, Bytes* copy) {
  const Allocation& allocation = *client.allocation;
  if (!config_.software.empty())
    builder.text(AttributeType::kSoftware, config_.software);
  builder.integrity(allocation.owner.key, allocation.algorithm);
  if (allocation.fingerprint)
    builder.fingerprint();
  Bytes bytes = builder.build();
  if (bytes.empty())
    return;
  if (copy != nullptr)
    *copy = bytes;
  outputs_.push_back(ToClient{client.id, std::move(bytes)});
}

Server::Account& Server::accountOf(const std::string& name, Timestamp now) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end())
    return found->second;
  if (accounts_.size() > 2 * config_.maxAllocations) {
    std::erase_if(accounts_, [now](const auto& entry) { return entry.second.isIdle(now); });
  }
  Account account;
  account.bandwidth = bandwidthBucket(config_.bytesPerSecondPerUser);
  return accounts_.emplace(name, account).first->second;
}

}  // namespace rtc::turn
