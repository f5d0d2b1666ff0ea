#include "cpp/turn/client.h"

#include <algorithm>
#include <vector>

#include "cpp/stun/crypto.h"

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr uint32_t kProtocolUdp = 17u << 24;  // RFC 8656 section 18.7
constexpr uint32_t kFamilyIpv6 = 2u << 24;    // RFC 8656 section 18.6
// RFC 8656 section 9: permissions live 300 seconds, section 12: channel bindings 600.
constexpr Duration kPermissionRefresh = Duration::seconds(240);
constexpr Duration kChannelRefresh = Duration::seconds(480);
// RFC 8656 section 8.1: "SHOULD be refreshed ... about a minute before".
constexpr Duration kRefreshMargin = Duration::seconds(60);
constexpr Duration kShortestRefresh = Duration::seconds(5);
// A server that answers each fresh nonce with 438 is not going to be content.
constexpr int kMaxChallenges = 4;
// RFC 8489 sections 14.9 and 14.10: REALM and NONCE are shorter than 764 bytes.
constexpr size_t kMaxText = 763;
constexpr size_t kMaxPeers = 1024;

constexpr Method methodOf(int kind) {
  constexpr Method methods[] = {Method::kAllocate, Method::kRefresh, Method::kCreatePermission,
                                Method::kChannelBind};
  return methods[kind];
}

}  // namespace

Client::Client(ClientConfig config, RandomSource& random)
    : config_(std::move(config)), random_(random) {}

void Client::start(Timestamp now) {
  if (state_ != State::kIdle)
    return;
  state_ = State::kAllocating;
  request(Kind::kAllocate, {}, now);
}

void Client::handleDatagram(Bytes data, Timestamp now) {
  handleFrame(data, now);
}

void Client::handleStreamData(ByteSpan data, Timestamp now) {
  framer_.push(data);
  while (state_ != State::kDone) {
    const auto frame = framer_.next();
    if (!frame)
      break;
    handleFrame(*frame, now);
  }
  if (framer_.failed() && state_ != State::kDone) {
    finish(Failed{kServerUnreachable, "the stream does not carry TURN", std::nullopt});
  }
}

void Client::handleTransportClosed(Timestamp) {
  if (state_ == State::kDone)
    return;
  if (state_ == State::kClosing) {
    finish(Closed{});
  } else {
    finish(Failed{kServerUnreachable, "the connection to the server is closed", std::nullopt});
  }
}

void Client::permit(const IpAddress& peer, Timestamp now) {
  if (state_ == State::kClosing || state_ == State::kDone)
    return;
  const IpAddress address = peer.unmapped();
  if (address.family() != config_.family) {
    refusePermission(address, stun::kPeerAddressFamilyMismatch, "");
    return;
  }
  auto found = permissions_.find(address);
  if (found == permissions_.end()) {
    if (permissions_.size() >= config_.maxPermissions) {
      refusePermission(address, stun::kAllocationQuotaReached, "too many peers");
      return;
    }
    found = permissions_.emplace(address, Permission{}).first;
  }
  Permission& permission = found->second;
  if (state_ == State::kAllocated && !permission.granted && !permission.inFlight) {
    requestPermission(address, permission, now);
  }
}

bool Client::send(const Endpoint& peer, ByteSpan data, Timestamp now) {
  const Endpoint endpoint{peer.address.unmapped(), peer.port};
  if (state_ != State::kAllocating && state_ != State::kAllocated)
    return false;
  if (endpoint.address.family() != config_.family || data.size() > kMaxDatagramSize)
    return false;
  permit(endpoint.address, now);
  const auto found = permissions_.find(endpoint.address);
  if (found == permissions_.end())
    return false;
  Permission& permission = found->second;
  if (permission.granted)
    return sendNow(endpoint, data, now);
  if (config_.maxQueuedDatagrams == 0)
    return false;
  if (permission.queue.size() >= config_.maxQueuedDatagrams)
    permission.queue.pop_front();
  permission.queue.emplace_back(endpoint, toBytes(data));
  return true;
}

void Client::close(Timestamp now) {
  if (state_ == State::kClosing || state_ == State::kDone)
    return;
  const State before = state_;
  state_ = State::kClosing;
  permissions_.clear();
  refreshAt_ = Timestamp::never();
  if (before == State::kIdle) {
    finish(Closed{});
    return;
  }
  // An Allocate that is under way may still succeed; its answer is awaited so that the allocation
  // can be given back.
  std::erase_if(transactions_, [](const auto& t) { return t.second.kind != Kind::kAllocate; });
  if (before == State::kAllocated)
    request(Kind::kRefresh, {}, now);
}

std::optional<Client::Output> Client::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Timestamp Client::deadline() const {
  if (state_ == State::kDone)
    return Timestamp::never();
  Timestamp next = refreshAt_;
  for (const auto& [id, transaction] : transactions_) {
    next = earlier(next, transaction.timer.deadline());
  }
  for (const auto& [address, permission] : permissions_) {
    next = earlier(next, permission.refreshAt);
  }
  for (const auto& [endpoint, peer] : peers_)
    next = earlier(next, peer.refreshAt);
  return next;
}

void Client::handleTimeout(Timestamp now) {
  if (state_ == State::kDone)
    return;
  std::vector<stun::TransactionId> due;
  for (const auto& [id, transaction] : transactions_) {
    if (transaction.timer.deadline() <= now)
      due.push_back(id);
  }
  for (const auto& id : due) {
    const auto found = transactions_.find(id);
    if (found == transactions_.end())
      continue;
    switch (found->second.timer.handle(now)) {
      case stun::TransactionTimer::Due::kNothing:
        break;
      case stun::TransactionTimer::Due::kRetransmit:
        transmit(found->second.request);
        break;
      case stun::TransactionTimer::Due::kTimedOut: {
        const Transaction lost = std::move(transactions_.extract(found).mapped());
        handleTimedOut(lost, now);
        break;
      }
    }
  }
  if (state_ != State::kAllocated)
    return;
  if (refreshAt_ <= now) {
    refreshAt_ = Timestamp::never();
    request(Kind::kRefresh, {}, now);
  }
  for (auto& [address, permission] : permissions_) {
    if (permission.refreshAt <= now)
      requestPermission(address, permission, now);
  }
  for (auto& [endpoint, peer] : peers_) {
    if (peer.refreshAt > now)
      continue;
    peer.refreshAt = Timestamp::never();
    request(Kind::kChannelBind, endpoint, now);
  }
}

void Client::handleFrame(ByteSpan frame, Timestamp now) {
  if (state_ == State::kIdle || state_ == State::kDone)
    return;
  if (stun::classify(frame) == stun::PacketKind::kTurnChannel) {
    if (const auto data = ChannelData::parse(frame))
      handleChannelData(*data);
    return;
  }
  const auto message = stun::Message::parse(frame);
  if (message.ok())
    handleMessage(*message, now);
}

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
  if (message.method() != methodOf(static_cast<int>(found->second.kind)))
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
    handleRefused(transaction, stun::kUnknownAttribute,
                  "the response requires what this client does not know", std::nullopt);
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
  const auto relayed = message.xorAddress(AttributeType::kXorRelayedAddress);
  const auto mapped = message.mappedAddress();
  const auto lifetime = message.u32(AttributeType::kLifetime);
  if (!relayed || !mapped || !lifetime || relayed->address.family() != config_.family) {
    finish(Failed{stun::kServerError, "the Allocate response is incomplete", std::nullopt});
    return;
  }
  state_ = State::kAllocated;
  const Duration granted = Duration::seconds(*lifetime);
  scheduleRefresh(granted, now);
  emit(Allocated{*relayed, *mapped, granted});
  for (auto& [address, permission] : permissions_)
    requestPermission(address, permission, now);
}

void Client::handleError(const Transaction& transaction, const stun::Message& message,
                         Timestamp now) {
  auto error = message.errorCode();
  if (!error) {
    handleRefused(transaction, stun::kServerError, "malformed error response", std::nullopt);
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
  handleRefused(transaction, error->code, std::move(error->reason),
                message.address(AttributeType::kAlternateServer));
}

void Client::handleRefused(const Transaction& transaction, int code, std::string reason,
                           std::optional<Endpoint> alternateServer) {
  switch (transaction.kind) {
    case Kind::kAllocate:
    case Kind::kRefresh:
      if (state_ == State::kClosing) {
        finish(Closed{});
      } else {
        finish(Failed{code, std::move(reason), alternateServer});
      }
      return;
    case Kind::kCreatePermission:
    case Kind::kChannelBind:
      if (code == stun::kAllocationMismatch) {
        finish(Failed{code, std::move(reason), std::nullopt});
      } else if (transaction.kind == Kind::kCreatePermission) {
        permissions_.erase(transaction.peer.address);
        refusePermission(transaction.peer.address, code, std::move(reason));
      } else if (const auto peer = peers_.find(transaction.peer); peer != peers_.end()) {
        // Send indications go on. What arrives on a channel whose renewal failed is still read.
        peer->second.state = Peer::Channel::kRefused;
      }
      return;
  }
}

void Client::handleTimedOut(const Transaction& transaction, Timestamp now) {
  // The allocation lives on at the server for a while, and the path may come back.
  if (transaction.kind == Kind::kRefresh && state_ == State::kAllocated && now < expiresAt_) {
    request(Kind::kRefresh, {}, now);
    return;
  }
  handleRefused(transaction, kServerUnreachable, "the server does not answer", std::nullopt);
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
      key_ = stun::longTermKey(config_.username, realm_, config_.password);
    }
  }
  nonce_ = *nonce;
  return !key_.empty();
}

void Client::request(Kind kind, const Endpoint& peer, Timestamp now, int challenges) {
  if (state_ == State::kDone)
    return;
  const auto id = stun::TransactionId::random(random_);
  if (!id) {
    finish(Failed{stun::kServerError, "no randomness", std::nullopt});
    return;
  }
  MessageBuilder builder(MessageClass::kRequest, methodOf(static_cast<int>(kind)), *id);
  switch (kind) {
    case Kind::kAllocate:
      builder.u32(AttributeType::kRequestedTransport, kProtocolUdp);
      if (config_.family == AddressFamily::kIpv6) {
        builder.u32(AttributeType::kRequestedAddressFamily, kFamilyIpv6);
      }
      break;
    case Kind::kRefresh:
      // RFC 8656 section 7.3: an IPv6 allocation is named by its family when the server keeps
      // several.
      if (config_.family == AddressFamily::kIpv6) {
        builder.u32(AttributeType::kRequestedAddressFamily, kFamilyIpv6);
      }
      break;
    case Kind::kCreatePermission:
      builder.xorAddress(AttributeType::kXorPeerAddress, peer);
      break;
    case Kind::kChannelBind:
      builder.u32(AttributeType::kChannelNumber, static_cast<uint32_t>(peers_[peer].number.value())
                                                     << 16);
      builder.xorAddress(AttributeType::kXorPeerAddress, peer);
      break;
  }
  if (kind == Kind::kRefresh && state_ == State::kClosing) {
    builder.u32(AttributeType::kLifetime, 0);
  } else if ((kind == Kind::kAllocate || kind == Kind::kRefresh) &&
             config_.lifetime > Duration::zero()) {
    builder.u32(AttributeType::kLifetime,
                static_cast<uint32_t>(config_.lifetime.us() / Duration::seconds(1).us()));
  }
  if (!config_.software.empty())
    builder.text(AttributeType::kSoftware, config_.software);
  const bool authenticated = !key_.empty();
  if (authenticated) {
    builder.text(AttributeType::kUsername, config_.username);
    builder.text(AttributeType::kRealm, realm_);
    builder.text(AttributeType::kNonce, nonce_);
    builder.integrity(key_);
  }
  Bytes bytes = builder.fingerprint().build();
  if (bytes.empty()) {
    finish(Failed{stun::kServerError, "the request could not be written", std::nullopt});
    return;
  }
  stun::TransactionTimings timings = config_.timings;
  if (state_ == State::kClosing) {
    // Nobody waits for the end of a refused goodbye: the server's own timer does the same.
    timings.requestCount = std::min(timings.requestCount, 3);
    timings.lastWaitFactor = std::min(timings.lastWaitFactor, 4);
    timings.reliableTimeout = std::min(timings.reliableTimeout, Duration::seconds(5));
  }
  const auto transport = config_.transport == ClientConfig::Transport::kStream
                             ? stun::TransactionTimer::Transport::kReliable
                             : stun::TransactionTimer::Transport::kDatagram;
  transmit(bytes);
  transactions_.emplace(
      *id, Transaction{kind, peer, std::move(bytes),
                       stun::TransactionTimer(now, transport, timings), authenticated, challenges});
}

void Client::requestPermission(const IpAddress& peer, Permission& permission, Timestamp now) {
  permission.inFlight = true;
  permission.refreshAt = Timestamp::never();
  request(Kind::kCreatePermission, Endpoint{peer, 0}, now);
}

void Client::bindWhenUsed(const Endpoint& endpoint, Peer& peer, Timestamp now) {
  // Connectivity checks go to many addresses of which few answer; a channel is for those that do.
  if (peer.state != Peer::Channel::kNone || !peer.sent || !peer.received)
    return;
  if (nextChannel_ > kLastChannel.value())
    return;
  peer.state = Peer::Channel::kBinding;
  peer.number = ChannelNumber(nextChannel_++);
  channels_.emplace(peer.number, endpoint);
  request(Kind::kChannelBind, endpoint, now);
}

bool Client::sendNow(const Endpoint& endpoint, ByteSpan data, Timestamp now) {
  Peer* peer = peerFor(endpoint);
  if (peer != nullptr && peer->state == Peer::Channel::kBound) {
    transmit(encodeChannelData(peer->number, data,
                               config_.transport == ClientConfig::Transport::kStream));
    return true;
  }
  const auto id = stun::TransactionId::random(random_);
  if (!id)
    return false;
  Bytes bytes = MessageBuilder(MessageClass::kIndication, Method::kSend, *id)
                    .xorAddress(AttributeType::kXorPeerAddress, endpoint)
                    .bytes(AttributeType::kData, data)
                    .build();
  if (bytes.empty())
    return false;
  transmit(std::move(bytes));
  if (peer != nullptr) {
    peer->sent = true;
    bindWhenUsed(endpoint, *peer, now);
  }
  return true;
}

void Client::emit(Output output) {
  // Failed and Closed are the last outputs, also when they happen in the middle of a larger step.
  if (state_ != State::kDone)
    outputs_.push_back(std::move(output));
}

void Client::transmit(Bytes data) {
  emit(Transmit{std::move(data)});
}

void Client::scheduleRefresh(Duration lifetime, Timestamp now) {
  const Duration wait = lifetime > kRefreshMargin * 2 ? lifetime - kRefreshMargin : lifetime / 2;
  refreshAt_ = now + std::max(wait, kShortestRefresh);
  expiresAt_ = now + lifetime;
}

Client::Peer* Client::peerFor(const Endpoint& endpoint) {
  const auto found = peers_.find(endpoint);
  if (found != peers_.end())
    return &found->second;
  if (peers_.size() >= kMaxPeers)
    return nullptr;
  return &peers_[endpoint];
}

void Client::refusePermission(const IpAddress& peer, int code, std::string reason) {
  if (reason.empty())
    reason = stun::reasonPhrase(code);
  emit(PermissionRefused{peer, code, std::move(reason)});
}

void Client::finish(Output last) {
  // The maps stay as they are, since a caller further up may be walking through one of them.
  if (state_ == State::kDone)
    return;
  state_ = State::kDone;
  outputs_.push_back(std::move(last));
}

}  // namespace rtc::turn
