// What a TURN server makes of the requests, and how it answers; Allocate is in server_allocate.cpp.

#include <algorithm>
#include <map>

#include "cpp/turn/server.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
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
  if (!client.allocation || !client.allocation->answered || !client.allocation->lives(now)) {
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
    // Whoever has an allocation has shown that the source is real.
    if (!client.isStream() && !client.allocation && !bindings_.take(client.source.address, now)) {
      ++stats_.challengesSuppressed;
      return;
    }
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
    ++stats_.staleNonces;
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
    ++stats_.authenticationsSuppressed;
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
  ++stats_.challenges;
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

// RFC 8656 sections 8.1 and 8.2: of a dual allocation the family that is named, or all of it.
void Server::handleRefresh(Client& client, const stun::Message& request, const Authenticated& auth,
                           Timestamp now) {
  std::optional<AddressFamily> only;
  if (request.has(AttributeType::kRequestedAddressFamily)) {
    const auto family = request.u8(AttributeType::kRequestedAddressFamily);
    only = family == kFamilyIpv6 ? AddressFamily::kIpv6 : AddressFamily::kIpv4;
    if ((family != kFamilyIpv4 && family != kFamilyIpv6) ||
        client.allocation->of(*only) == nullptr) {
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
  if (end && only) {
    deleteAddress(client, *only, "given back", now);
  } else if (end) {
    deleteAllocation(client, "given back", now);
  } else {
    for (RelayedAddress& address : client.allocation->addresses) {
      if (!only || address.family == *only)
        address.expiresAt = now + lifetime;
    }
    setTimer(client, client.allocation->nextExpiry());
  }
  answer(client, request,
         MessageBuilder::successTo(request).u32(AttributeType::kLifetime, toSeconds(lifetime)),
         &auth);
}

bool Server::relaysAt(const IpAddress& address) const {
  const auto found = relayed_.lower_bound(Endpoint{address, 0});
  return found != relayed_.end() && found->first.address == address;
}

std::variant<Permission, int> Server::checkPeer(const Client& client, const Endpoint& peer,
                                                bool port) {
  const auto verdict = config_.policy.judge(peer.address);
  const bool own = verdict == PeerPolicy::Verdict::kOwn;
  const bool reachable = own ? (port ? relayed_.contains(peer) : relaysAt(peer.address))
                             : verdict == PeerPolicy::Verdict::kAllowed;
  int code = 0;
  if (!reachable) {
    code = stun::kForbidden;
    ++stats_.peersRefused;
  } else if (peer.address.unmapped().family() != peer.address.family() ||
             client.allocation->of(peer.address.family()) == nullptr) {
    code = stun::kPeerAddressFamilyMismatch;
  }
  if (code == 0)
    return Permission{{}, own};
  reportEvent(Event::Kind::kPeerRefused, client, client.allocation->owner.account, peer,
              stun::reasonPhrase(code));
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
  std::map<IpAddress, bool> wanted;
  size_t fresh = 0;
  for (const Endpoint& peer : *peers) {
    const auto checked = checkPeer(client, peer, false);
    if (const int* code = std::get_if<int>(&checked)) {
      answerError(client, request, *code, &auth);
      return;
    }
    const bool isNew =
        wanted.emplace(peer.address, std::get<Permission>(checked).allocationsOnly).second;
    if (isNew && allocation.permission(peer.address, now) == nullptr)
      ++fresh;
  }
  if (fresh > permissionsLeft(client, now)) {
    ++stats_.quotaRefusals;
    answerError(client, request, stun::kInsufficientCapacity, &auth);
    return;
  }
  for (const auto& [address, allocationsOnly] : wanted)
    allocation.permit(address, allocationsOnly, now);
  recount(client);
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
  const auto checked = checkPeer(client, *peer, true);
  if (const int* code = std::get_if<int>(&checked)) {
    answerError(client, request, *code, &auth);
    return;
  }
  const bool permitted = allocation.permission(peer->address, now) != nullptr;
  if ((!permitted && permissionsLeft(client, now) == 0) ||
      (!boundPeer && channelsLeft(client, now) == 0)) {
    ++stats_.quotaRefusals;
    answerError(client, request, stun::kInsufficientCapacity, &auth);
    return;
  }
  allocation.sweep(now);
  allocation.bind(channel, *peer, now);
  allocation.permit(peer->address, std::get<Permission>(checked).allocationsOnly, now);
  recount(client);
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
