// What a TURN server makes of the requests, and how it answers; Allocate is in server_allocate.cpp.

#include <algorithm>
#include <set>

#include "cpp/turn/server.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr uint8_t kFamilyIpv4 = 1;  // RFC 8656 section 18.6
constexpr uint8_t kFamilyIpv6 = 2;
constexpr size_t kMaxUsername = 508;  // RFC 8489 section 14.3
constexpr size_t kMaxText = 763;      // RFC 8489 sections 14.9 and 14.10

uint32_t toSeconds(Duration duration) {
  return static_cast<uint32_t>(duration.us() / Duration::seconds(1).us());
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
