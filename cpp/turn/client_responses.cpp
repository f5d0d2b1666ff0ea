// What a TURN client makes of the server's messages.

#include <algorithm>

#include "cpp/stun/crypto.h"
#include "cpp/turn/client.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageClass;
using stun::Method;

// RFC 8656 section 9: permissions live 300 seconds, section 12: channel bindings 600.
constexpr Duration kPermissionRefresh = Duration::seconds(240);
constexpr Duration kChannelRefresh = Duration::seconds(480);
// A server that answers each fresh nonce with 438 is not going to be content.
constexpr int kMaxChallenges = 4;
// RFC 8489 sections 14.9 and 14.10: REALM and NONCE are shorter than 764 bytes.
constexpr size_t kMaxText = 763;
// RFC 8489 section 14.16: a domain name of 255 bytes at most.
constexpr size_t kMaxDomain = 255;

}  // namespace

void Client::handleMessage(const stun::Message& message, Timestamp now) {
  if (message.is(MessageClass::kIndication, Method::kData)) {
    handleDataIndication(message, now);
    return;
  }
  const bool success = message.messageClass() == MessageClass::kSuccess;
  if (!success && message.messageClass() != MessageClass::kError)
    return;
  const auto found = transactions_.find(message.transactionId());
  if (found == transactions_.end())
    return;
  if (message.method() != methodOf(found->second.kind))
    return;

  const auto error = message.errorCode();
  const bool challenge =
      !success && error &&
      (error->code == stun::kUnauthenticated || error->code == stun::kStaleNonce);
  // RFC 8489 section 9.2.5: what the key does not confirm never arrived. An error without any
  // integrity is taken all the same: several servers send them so, and a forger on the path could
  // as well have swallowed the request.
  if (found->second.authenticated && !challenge && (success || message.integrity()) &&
      !message.verifyIntegrity(key_)) {
    return;
  }
  const Transaction transaction = std::move(transactions_.extract(found).mapped());
  if (success) {
    handleSuccess(transaction, message, now);
  } else {
    handleError(transaction, message, now);
  }
}

void Client::handleDataIndication(const stun::Message& message, Timestamp now) {
  const auto peer = message.xorAddress(AttributeType::kXorPeerAddress);
  const auto data = message.find(AttributeType::kData);
  if (state_ != State::kAllocated || !peer || !data || !message.unknownRequired().empty())
    return;
  // RFC 8656 section 11.4: only from peers that this client let in.
  const auto permission = permissions_.find(peer->address);
  if (permission == permissions_.end() || !permission->second.granted)
    return;
  emit(Received{*peer, toBytes(*data)});
  if (Peer* known = peerFor(*peer)) {
    known->received = true;
    bindWhenUsed(*peer, *known, now);
  }
}

void Client::handleChannelData(const ChannelData& data) {
  if (state_ != State::kAllocated)
    return;
  const auto channel = channels_.find(data.channel);
  if (channel == channels_.end())
    return;
  emit(Received{channel->second, toBytes(data.data)});
}

void Client::handleSuccess(const Transaction& transaction, const stun::Message& message,
                           Timestamp now) {
  if (!message.unknownRequired().empty()) {
    handleRefused(transaction, {stun::kUnknownAttribute,
                                "the response requires what this client does not know",
                                std::nullopt,
                                {}});
    return;
  }
  switch (transaction.kind) {
    case Kind::kAllocate:
      handleAllocated(message, now);
      return;
    case Kind::kRefresh: {
      if (state_ == State::kClosing) {
        finish(Closed{});
        return;
      }
      const auto lifetime = message.u32(AttributeType::kLifetime);
      scheduleRefresh(Duration::seconds(lifetime.value_or(600)), now);
      return;
    }
    case Kind::kCreatePermission: {
      const auto found = permissions_.find(transaction.peer.address);
      if (found == permissions_.end())
        return;
      Permission& permission = found->second;
      permission.inFlight = false;
      permission.refreshAt = now + kPermissionRefresh;
      if (permission.granted)
        return;
      permission.granted = true;
      emit(PermissionGranted{transaction.peer.address});
      auto queue = std::move(permission.queue);
      permission.queue.clear();
      for (const auto& [endpoint, data] : queue)
        sendNow(endpoint, data, now);
      return;
    }
    case Kind::kChannelBind: {
      const auto found = peers_.find(transaction.peer);
      if (found == peers_.end())
        return;
      found->second.state = Peer::Channel::kBound;
      found->second.refreshAt = now + kChannelRefresh;
      // RFC 8656 section 12.2: binding a channel refreshes the permission as well.
      const auto permission = permissions_.find(transaction.peer.address);
      if (permission != permissions_.end() && permission->second.granted &&
          !permission->second.inFlight) {
        permission->second.refreshAt = now + kPermissionRefresh;
      }
      return;
    }
  }
}

void Client::handleAllocated(const stun::Message& message, Timestamp now) {
  if (state_ == State::kClosing) {
    request(Kind::kRefresh, {}, now);
    return;
  }
  // RFC 8656 section 7.3: one XOR-RELAYED-ADDRESS, or two when two families were asked for. Of a
  // family that it does not give the server says so in ADDRESS-ERROR-CODE; a server from before the
  // attribute says nothing.
  const auto relayed =
      message.xorAddresses(AttributeType::kXorRelayedAddress).value_or(std::vector<Endpoint>());
  const auto mapped = message.mappedAddress();
  const auto lifetime = message.u32(AttributeType::kLifetime);
  std::vector<Endpoint> usable;
  for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
    const auto of = std::find_if(
        relayed.begin(), relayed.end(),
        [family](const Endpoint& endpoint) { return endpoint.address.family() == family; });
    if (of != relayed.end() && (!family_ || family_ == family))
      usable.push_back(*of);
  }
  if (usable.empty() || !mapped || !lifetime) {
    finish(Failed{stun::kServerError, "the Allocate response is incomplete", std::nullopt, {}});
    return;
  }
  for (const Endpoint& endpoint : usable)
    allocated_.push_back(endpoint.address.family());
  state_ = State::kAllocated;
  const Duration granted = Duration::seconds(*lifetime);
  scheduleRefresh(granted, now);
  emit(Allocated{std::move(usable), *mapped, granted});
  refuseUnservedPeers();
  for (auto& [address, permission] : permissions_)
    requestPermission(address, permission, now);
}

void Client::handleError(const Transaction& transaction, const stun::Message& message,
                         Timestamp now) {
  auto error = message.errorCode();
  if (!error) {
    handleRefused(transaction, {stun::kServerError, "malformed error response", std::nullopt, {}});
    return;
  }
  const bool challenge = error->code == stun::kStaleNonce ||
                         (error->code == stun::kUnauthenticated && !transaction.authenticated);
  if (state_ == State::kClosing && transaction.kind == Kind::kAllocate) {
    finish(Closed{});
    return;
  }
  if (challenge && transaction.challenges < kMaxChallenges && adoptChallenge(message)) {
    request(transaction.kind, transaction.peer, now, transaction.challenges + 1);
    return;
  }
  if (transaction.kind == Kind::kAllocate && asksForLess(error->code, now))
    return;
  const auto domain = message.text(AttributeType::kAlternateDomain);
  const bool isDomain = domain && domain->size() <= kMaxDomain;
  handleRefused(transaction, {error->code, std::move(error->reason),
                              message.address(AttributeType::kAlternateServer),
                              std::string(isDomain ? *domain : std::string_view())});
}

// A server that stumbles over the second family, or has no IPv4, is asked for one. True when it
// was.
bool Client::asksForLess(int code, Timestamp now) {
  if (family_)
    return false;
  switch (code) {
    case stun::kAddressFamilyNotSupported:
      family_ = AddressFamily::kIpv6;
      break;
    case stun::kBadRequest:
    case stun::kUnknownAttribute:
      family_ = AddressFamily::kIpv4;
      break;
    default:
      return false;
  }
  request(Kind::kAllocate, {}, now);
  return true;
}

// What was permitted ahead for a family that the server does not give.
void Client::refuseUnservedPeers() {
  for (auto entry = permissions_.begin(); entry != permissions_.end();) {
    const IpAddress address = entry->first;
    if (serves(address.family())) {
      ++entry;
      continue;
    }
    entry = permissions_.erase(entry);
    refusePermission(address, stun::kPeerAddressFamilyMismatch, "");
  }
}

void Client::handleRefused(const Transaction& transaction, Failed refusal) {
  switch (transaction.kind) {
    case Kind::kAllocate:
    case Kind::kRefresh:
      if (state_ == State::kClosing) {
        finish(Closed{});
      } else {
        finish(std::move(refusal));
      }
      return;
    case Kind::kCreatePermission:
    case Kind::kChannelBind:
      if (refusal.code == stun::kAllocationMismatch) {
        finish(std::move(refusal));
      } else if (transaction.kind == Kind::kCreatePermission) {
        permissions_.erase(transaction.peer.address);
        refusePermission(transaction.peer.address, refusal.code, std::move(refusal.reason));
      } else if (const auto peer = peers_.find(transaction.peer); peer != peers_.end()) {
        // Send indications go on. What arrives on a channel whose renewal failed is still read.
        peer->second.state = Peer::Channel::kRefused;
      }
      return;
  }
}

void Client::handleTimedOut(const Transaction& transaction, Timestamp now) {
  // The allocation lives on at the server for a while, and a path of datagrams may come back; a
  // stream that has swallowed a request carries nothing any more.
  if (transaction.kind == Kind::kRefresh && state_ == State::kAllocated && now < expiresAt_ &&
      config_.transport == ClientConfig::Transport::kDatagram) {
    request(Kind::kRefresh, {}, now);
    return;
  }
  handleRefused(transaction, {kServerUnreachable, "the server does not answer", std::nullopt, {}});
}

bool Client::adoptChallenge(const stun::Message& message) {
  const auto nonce = message.text(AttributeType::kNonce);
  const auto realm = message.text(AttributeType::kRealm);
  if (config_.username.empty() || !nonce || nonce->size() > kMaxText)
    return false;
  if (realm) {
    if (realm->size() > kMaxText)
      return false;
    if (key_.empty() || *realm != realm_) {
      realm_ = *realm;
      key_ = SecretBytes(stun::longTermKey(config_.username, realm_, config_.password));
    }
  }
  nonce_ = *nonce;
  return !key_.empty();
}

}  // namespace rtc::turn
