#include <algorithm>
#include <set>

#include "cpp/turn/server.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr uint8_t kProtocolUdp = 17;  // RFC 8656 section 18.7
constexpr uint8_t kFamilyIpv4 = 1;    // RFC 8656 section 18.6
constexpr uint8_t kFamilyIpv6 = 2;
constexpr uint8_t kReserveNextPort = 0x80;  // RFC 8656 section 18.5
// RFC 8656 section 7.2: "the server SHOULD ... for at least 30 seconds".
constexpr Duration kReservationLifetime = Duration::seconds(30);
constexpr size_t kMaxUsername = 508;  // RFC 8489 section 14.3
constexpr size_t kMaxText = 763;      // RFC 8489 sections 14.9 and 14.10

uint32_t toSeconds(Duration duration) {
  return static_cast<uint32_t>(duration.us() / Duration::seconds(1).us());
}

// RFC 8656 section 18.12: family, 13 reserved bits, class, number, reason.
Bytes addressErrorCode(uint8_t family, int code) {
  ByteWriter writer;
  writer.u8(family);
  writer.u8(0);
  writer.u8(static_cast<uint8_t>(code / 100));
  writer.u8(static_cast<uint8_t>(code % 100));
  writer.text(stun::reasonPhrase(code));
  return writer.take();
}

}  // namespace

void Server::handleRequest(Client& client, const stun::Message& request, Timestamp now,
                           int64_t unixSeconds) {
  if (request.method() == Method::kBinding) {
    handleBinding(client, request, now);
    return;
  }
  const bool known =
      request.method() == Method::kAllocate || request.method() == Method::kRefresh ||
      request.method() == Method::kCreatePermission || request.method() == Method::kChannelBind;
  if (!known)
    return;
  const auto auth = authenticate(client, request, now, unixSeconds);
  if (!auth)
    return;
  const auto unknown = request.unknownRequired();
  if (!unknown.empty()) {
    answer(client, request,
           MessageBuilder::errorTo(request, stun::kUnknownAttribute).unknownAttributes(unknown),
           &*auth);
    return;
  }
  if (request.method() == Method::kAllocate) {
    handleAllocate(client, request, *auth, now);
    return;
  }
  if (!client.allocation || !client.allocation->relayed || client.allocation->expiresAt <= now) {
    answerError(client, request, stun::kAllocationMismatch, &*auth);
    return;
  }
  if (client.allocation->owner.username != auth->identity.username) {
    answerError(client, request, stun::kWrongCredentials, &*auth);
    return;
  }
  if (request.method() == Method::kRefresh) {
    handleRefresh(client, request, *auth, now);
  } else if (request.method() == Method::kCreatePermission) {
    handleCreatePermission(client, request, *auth, now);
  } else {
    handleChannelBind(client, request, *auth, now);
  }
}

void Server::handleBinding(Client& client, const stun::Message& request, Timestamp now) {
  const auto unknown = request.unknownRequired();
  if (unknown.empty()) {
    answer(client, request,
           MessageBuilder::successTo(request).xorAddress(AttributeType::kXorMappedAddress,
                                                         client.source),
           nullptr);
    return;
  }
  if (!client.isStream() && !challenges_.take(client.source.address, now)) {
    ++stats_.challengesSuppressed;
    return;
  }
  answer(client, request,
         MessageBuilder::errorTo(request, stun::kUnknownAttribute).unknownAttributes(unknown),
         nullptr);
}

// RFC 8489 section 9.2.4.
std::optional<Server::Authenticated> Server::authenticate(Client& client,
                                                          const stun::Message& request,
                                                          Timestamp now, int64_t unixSeconds) {
  const auto algorithm = request.integrity();
  if (!algorithm) {
    challenge(client, request, stun::kUnauthenticated, now);
    return std::nullopt;
  }
  const auto username = request.text(AttributeType::kUsername);
  const auto realm = request.text(AttributeType::kRealm);
  const auto nonce = request.text(AttributeType::kNonce);
  if (!username || !realm || !nonce || username->empty() || username->size() > kMaxUsername ||
      realm->size() > kMaxText || nonce->size() > kMaxText) {
    challenge(client, request, stun::kBadRequest, now);
    return std::nullopt;
  }
  if (!nonces_.isValid(*nonce, client.source, now, config_.nonceLifetime)) {
    challenge(client, request, stun::kStaleNonce, now);
    return std::nullopt;
  }
  // The owner of an allocation may keep it after a time-limited username has expired, and is not
  // held up by others that guess passwords from the same address.
  if (client.allocation && client.allocation->owner.username == *username &&
      *realm == config_.realm && request.verifyIntegrity(client.allocation->owner.key)) {
    return Authenticated{client.allocation->owner, *algorithm};
  }
  // The nonce proves that the source address is real, so what is counted against it is its own.
  if (!authFailures_.has(client.source.address, now)) {
    if (client.isStream())
      dropClient(client.id, "too many wrong credentials", true, now);
    return std::nullopt;
  }
  std::optional<Identity> identity;
  if (*realm == config_.realm)
    identity = credentials_.verify(request, *username, unixSeconds);
  if (!identity) {
    authFailures_.take(client.source.address, now);
    ++stats_.authenticationFailures;
    reportEvent(Event::Kind::kAuthenticationFailed, client, *username, client.source, "");
    challenge(client, request, stun::kUnauthenticated, now);
    return std::nullopt;
  }
  return Authenticated{std::move(*identity), *algorithm};
}

void Server::challenge(Client& client, const stun::Message& request, int code, Timestamp now) {
  if (!client.isStream() && !challenges_.take(client.source.address, now)) {
    ++stats_.challengesSuppressed;
    return;
  }
  if (!nonces_.ready()) {
    answerError(client, request, stun::kServerError, nullptr);
    return;
  }
  MessageBuilder builder = MessageBuilder::errorTo(request, code);
  if (code != stun::kBadRequest) {
    builder.text(AttributeType::kRealm, config_.realm);
    builder.text(AttributeType::kNonce, nonces_.issue(client.source, now));
  }
  answer(client, request, std::move(builder), nullptr);
}

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
  if (!hasToken && !(family == kFamilyIpv6 ? config_.ipv6 : config_.ipv4)) {
    return stun::kAddressFamilyNotSupported;
  }
  return 0;
}

void Server::handleAllocate(Client& client, const stun::Message& request, const Authenticated& auth,
                            Timestamp now) {
  if (client.allocation && client.allocation->expiresAt <= now) {
    deleteAllocation(client, "expired", now);
  }
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
    if (code == 0 && allocations_ >= config_.maxAllocations)
      code = stun::kInsufficientCapacity;
    if (code == 0 &&
        accountOf(auth.identity.account, now).allocations >= config_.maxAllocationsPerUser) {
      code = stun::kAllocationQuotaReached;
    }
    if (code == 0) {
      const bool v6 = reserved ? reserved->relayed.address.isV6()
                               : request.u8(AttributeType::kRequestedAddressFamily) == kFamilyIpv6;
      openAllocation(client, request, auth, v6 ? AddressFamily::kIpv6 : AddressFamily::kIpv4,
                     reserved ? &*reserved : nullptr, now);
      return;
    }
    answerError(client, request, code, &auth);
  }
  reportEvent(Event::Kind::kAllocationRefused, client, auth.identity.account, client.source,
              stun::reasonPhrase(code));
}

void Server::openAllocation(Client& client, const stun::Message& request, const Authenticated& auth,
                            AddressFamily family, const Reservation* reserved, Timestamp now) {
  Allocation allocation;
  allocation.family = family;
  allocation.owner = auth.identity;
  allocation.lifetime = lifetimeFor(request);
  allocation.expiresAt = now + config_.openTimeout;
  allocation.allocateId = request.transactionId();
  allocation.algorithm = auth.algorithm;
  allocation.fingerprint = request.hasFingerprint();
  allocation.refusedIpv6 = request.has(AttributeType::kAdditionalAddressFamily);
  ++accountOf(auth.identity.account, now).allocations;
  ++allocations_;

  if (reserved != nullptr) {
    allocation.socket = reserved->socket;
    allocation.opened = reserved->relayed;
    std::erase_if(reservations_,
                  [&](const Reservation& r) { return r.socket == allocation.socket; });
  } else {
    const auto evenPort = request.u8(AttributeType::kEvenPort);
    allocation.socket = RelaySocketId(nextSocket_++);
    allocation.evenPort = evenPort.has_value();
    if (evenPort && (*evenPort & kReserveNextPort) != 0) {
      allocation.reservedSocket = RelaySocketId(nextSocket_++);
      sockets_.emplace(*allocation.reservedSocket, client.id);
    }
    outputs_.push_back(
        OpenRelaySocket{allocation.socket, family, allocation.evenPort, allocation.reservedSocket});
  }
  sockets_.emplace(allocation.socket, client.id);
  client.allocation = std::move(allocation);
  setTimer(client, client.allocation->expiresAt);
  finishAllocate(client, now);
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
  if (allocation.relayed)
    return;
  if (socket == allocation.socket) {
    allocation.opened = relayed;
  } else {
    allocation.reservedOpened = relayed;
  }
  finishAllocate(*client, now);
}

void Server::relaySocketFailed(RelaySocketId socket, Timestamp now) {
  const auto owner = sockets_.find(socket);
  if (owner == sockets_.end()) {
    std::erase_if(reservations_, [&](const Reservation& r) { return r.socket == socket; });
    return;
  }
  Client* client = find(owner->second);
  if (client == nullptr || !client->allocation)
    return;
  if (client->allocation->relayed) {
    deleteAllocation(*client, "the relay socket failed", now);
  } else {
    refuseAllocate(*client, stun::kInsufficientCapacity, now);
  }
}

void Server::finishAllocate(Client& client, Timestamp now) {
  Allocation& allocation = *client.allocation;
  if (!allocation.opened || (allocation.reservedSocket && !allocation.reservedOpened))
    return;
  const Endpoint relayed = *allocation.opened;
  const bool portsFit =
      (!allocation.evenPort || relayed.port % 2 == 0) &&
      (!allocation.reservedOpened || allocation.reservedOpened->port == relayed.port + 1);
  uint64_t token = 0;
  std::array<uint8_t, 8> tokenBytes{};
  const bool drawn = !allocation.reservedSocket || random_.fill(tokenBytes);
  if (relayed.address.family() != allocation.family || relayed.port == 0 || !portsFit || !drawn) {
    refuseAllocate(client, stun::kInsufficientCapacity, now);
    return;
  }
  MessageBuilder builder(MessageClass::kSuccess, Method::kAllocate, allocation.allocateId);
  builder.xorAddress(AttributeType::kXorRelayedAddress, relayed)
      .u32(AttributeType::kLifetime, toSeconds(allocation.lifetime))
      .xorAddress(AttributeType::kXorMappedAddress, client.source);
  if (allocation.reservedSocket) {
    token = *ByteReader(tokenBytes).u64();
    builder.u64(AttributeType::kReservationToken, token);
    sockets_.erase(*allocation.reservedSocket);
    reservations_.push_back(Reservation{token, *allocation.reservedSocket,
                                        *allocation.reservedOpened, allocation.owner.account,
                                        now + kReservationLifetime});
    allocation.reservedSocket.reset();
  }
  if (allocation.refusedIpv6) {
    builder.bytes(AttributeType::kAddressErrorCode,
                  addressErrorCode(kFamilyIpv6, stun::kAddressFamilyNotSupported));
  }
  allocation.relayed = relayed;
  allocation.expiresAt = now + allocation.lifetime;
  client.framer.setMaxFrame(StreamFramer::kLongestFrame);
  setTimer(client, allocation.expiresAt);
  answerPendingAllocate(client, std::move(builder), &allocation.response);
  reportEvent(Event::Kind::kAllocated, client, allocation.owner.account, relayed, "");
}

void Server::refuseAllocate(Client& client, int code, Timestamp now) {
  MessageBuilder builder(MessageClass::kError, Method::kAllocate, client.allocation->allocateId);
  builder.error(code, stun::reasonPhrase(code));
  answerPendingAllocate(client, std::move(builder), nullptr);
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

// RFC 8656 section 8.2.
void Server::handleRefresh(Client& client, const stun::Message& request, const Authenticated& auth,
                           Timestamp now) {
  if (request.has(AttributeType::kRequestedAddressFamily)) {
    const auto family = request.u8(AttributeType::kRequestedAddressFamily);
    const uint8_t mine =
        client.allocation->family == AddressFamily::kIpv6 ? kFamilyIpv6 : kFamilyIpv4;
    if (family != mine) {
      answerError(client, request, stun::kPeerAddressFamilyMismatch, &auth);
      return;
    }
  }
  const auto requested = request.u32(AttributeType::kLifetime);
  if (request.has(AttributeType::kLifetime) && !requested) {
    answerError(client, request, stun::kBadRequest, &auth);
    return;
  }
  const bool end = requested == 0u;
  const Duration lifetime = end ? Duration::zero() : lifetimeFor(request);
  if (end) {
    deleteAllocation(client, "given back", now);
  } else {
    client.allocation->expiresAt = now + lifetime;
    setTimer(client, client.allocation->expiresAt);
  }
  answer(client, request,
         MessageBuilder::successTo(request).u32(AttributeType::kLifetime, toSeconds(lifetime)),
         &auth);
}

int Server::checkPeer(const Client& client, const Endpoint& peer) {
  int code = 0;
  if (!config_.policy.allowed(peer.address)) {
    code = stun::kForbidden;
  } else if (peer.address.unmapped().family() != client.allocation->family ||
             peer.address.family() != client.allocation->family) {
    code = stun::kPeerAddressFamilyMismatch;
  }
  if (code != 0) {
    reportEvent(Event::Kind::kPeerRefused, client, client.allocation->owner.account, peer,
                stun::reasonPhrase(code));
  }
  return code;
}

// RFC 8656 section 10.2: all of the peers or none.
void Server::handleCreatePermission(Client& client, const stun::Message& request,
                                    const Authenticated& auth, Timestamp now) {
  const auto peers = request.xorAddresses(AttributeType::kXorPeerAddress);
  if (!peers || peers->empty()) {
    answerError(client, request, stun::kBadRequest, &auth);
    return;
  }
  Allocation& allocation = *client.allocation;
  std::set<IpAddress> fresh;
  for (const Endpoint& peer : *peers) {
    if (const int code = checkPeer(client, peer); code != 0) {
      answerError(client, request, code, &auth);
      return;
    }
    if (!allocation.permits(peer.address, now))
      fresh.insert(peer.address);
  }
  if (fresh.size() > allocation.permissionsLeft(config_.maxPermissions, now)) {
    answerError(client, request, stun::kInsufficientCapacity, &auth);
    return;
  }
  for (const Endpoint& peer : *peers) {
    allocation.permit(peer.address, config_.maxPermissions, now);
  }
  answer(client, request, MessageBuilder::successTo(request), &auth);
}

// RFC 8656 section 12.2.
void Server::handleChannelBind(Client& client, const stun::Message& request,
                               const Authenticated& auth, Timestamp now) {
  const auto number = request.u16(AttributeType::kChannelNumber);
  const auto peer = request.xorAddress(AttributeType::kXorPeerAddress);
  Allocation& allocation = *client.allocation;
  if (!number || !peer || peer->port == 0 || !isValidChannel(ChannelNumber(*number))) {
    answerError(client, request, stun::kBadRequest, &auth);
    return;
  }
  const ChannelNumber channel(*number);
  const auto boundPeer = allocation.peerOf(channel, now);
  const auto boundChannel = allocation.channelOf(*peer, now);
  if ((boundPeer && *boundPeer != *peer) || (boundChannel && *boundChannel != channel)) {
    answerError(client, request, stun::kBadRequest, &auth);
    return;
  }
  if (const int code = checkPeer(client, *peer); code != 0) {
    answerError(client, request, code, &auth);
    return;
  }
  const bool room = allocation.permits(peer->address, now) ||
                    allocation.permissionsLeft(config_.maxPermissions, now) > 0;
  if (!room || !allocation.bind(channel, *peer, config_.maxChannels, now)) {
    answerError(client, request, stun::kInsufficientCapacity, &auth);
    return;
  }
  allocation.permit(peer->address, config_.maxPermissions, now);
  answer(client, request, MessageBuilder::successTo(request), &auth);
}

Server::Account& Server::accountOf(const std::string& name, Timestamp now) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end())
    return found->second;
  if (accounts_.size() > 2 * config_.maxAllocations) {
    std::erase_if(accounts_, [now](const auto& entry) {
      return entry.second.allocations == 0 && entry.second.bandwidth.isFull(now);
    });
  }
  Account account;
  account.bandwidth = bandwidthBucket(config_.bytesPerSecondPerUser);
  return accounts_.emplace(name, account).first->second;
}

Duration Server::lifetimeFor(const stun::Message& request) const {
  const auto requested = request.u32(AttributeType::kLifetime);
  if (!requested)
    return config_.defaultLifetime;
  return std::max(config_.defaultLifetime,
                  std::min(Duration::seconds(*requested), config_.maxLifetime));
}

void Server::answer(Client& client, const stun::Message& request, MessageBuilder builder,
                    const Authenticated* auth) {
  if (auth != nullptr) {
    if (!config_.software.empty())
      builder.text(AttributeType::kSoftware, config_.software);
    builder.integrity(auth->identity.key, auth->algorithm);
  }
  if (request.hasFingerprint())
    builder.fingerprint();
  Bytes bytes = builder.build();
  if (!bytes.empty())
    outputs_.push_back(ToClient{client.id, std::move(bytes)});
}

void Server::answerError(Client& client, const stun::Message& request, int code,
                         const Authenticated* auth) {
  answer(client, request, MessageBuilder::errorTo(request, code), auth);
}

}  // namespace rtc::turn
