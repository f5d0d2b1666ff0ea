#include "cpp/turn/client.h"

#include <algorithm>
#include <vector>

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr uint32_t kProtocolUdp = 17u << 24;  // RFC 8656 section 18.8
constexpr uint32_t kFamilyIpv6 = 2u << 24;    // RFC 8656 section 18.6
// RFC 8656 section 8.1 suggests about a minute.
constexpr Duration kRefreshMargin = Duration::seconds(60);
constexpr Duration kShortestRefresh = Duration::seconds(5);
constexpr size_t kMaxPeers = 1024;

}  // namespace

Client::Client(ClientConfig config, RandomSource& random)
    : config_(std::move(config)), random_(random), family_(config_.family) {}

void Client::start(Timestamp now) {
  if (state_ != State::kIdle)
    return;
  state_ = State::kAllocating;
  request(Kind::kAllocate, {}, now);
}

void Client::handleDatagram(ByteSpan data, Timestamp now) {
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
    finish(Failed{kServerUnreachable, "the stream does not carry TURN", std::nullopt, {}});
  }
}

void Client::handleTransportClosed(Timestamp) {
  if (state_ == State::kDone)
    return;
  if (state_ == State::kClosing) {
    finish(Closed{});
  } else {
    finish(Failed{kServerUnreachable, "the connection to the server is closed", std::nullopt, {}});
  }
}

void Client::permit(const IpAddress& peer, Timestamp now) {
  if (state_ == State::kClosing || state_ == State::kDone)
    return;
  const IpAddress address = peer.unmapped();
  if (!serves(address.family())) {
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
  if (!serves(endpoint.address.family()) || data.size() > kMaxDatagramSize)
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

void Client::probe(Timestamp now) {
  const bool isAsked =
      std::any_of(transactions_.begin(), transactions_.end(),
                  [](const auto& entry) { return entry.second.kind == Kind::kRefresh; });
  if (state_ != State::kAllocated || isAsked)
    return;
  refreshAt_ = Timestamp::never();
  request(Kind::kRefresh, {}, now);
}

void Client::close(Timestamp now) {
  if (state_ == State::kClosing || state_ == State::kDone)
    return;
  const State before = state_;
  state_ = State::kClosing;
  permissions_.clear();
  peers_.clear();
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

bool Client::serves(AddressFamily family) const {
  if (!allocated_.empty())
    return std::find(allocated_.begin(), allocated_.end(), family) != allocated_.end();
  return !family_ || *family_ == family;
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

Method Client::methodOf(Kind kind) {
  switch (kind) {
    case Kind::kAllocate:
      return Method::kAllocate;
    case Kind::kRefresh:
      return Method::kRefresh;
    case Kind::kCreatePermission:
      return Method::kCreatePermission;
    case Kind::kChannelBind:
      return Method::kChannelBind;
  }
  return Method::kAllocate;
}

void Client::request(Kind kind, const Endpoint& peer, Timestamp now, int challenges) {
  if (state_ == State::kDone)
    return;
  const auto id = stun::TransactionId::random(random_);
  if (!id) {
    finish(Failed{stun::kServerError, "no randomness", std::nullopt, {}});
    return;
  }
  MessageBuilder builder(MessageClass::kRequest, methodOf(kind), *id);
  switch (kind) {
    case Kind::kAllocate:
      builder.u32(AttributeType::kRequestedTransport, kProtocolUdp);
      if (!family_) {
        // RFC 8656 section 7.1: IPv6 beside the IPv4 that goes without saying; the attribute has no
        // other value.
        builder.u32(AttributeType::kAdditionalAddressFamily, kFamilyIpv6);
      } else if (family_ == AddressFamily::kIpv6) {
        builder.u32(AttributeType::kRequestedAddressFamily, kFamilyIpv6);
      }
      break;
    case Kind::kRefresh:
      // RFC 8656 section 8.1: an IPv6 allocation is named by its family when the server keeps
      // several. Without the attribute all are meant.
      if (family_ == AddressFamily::kIpv6) {
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
    finish(Failed{stun::kServerError, "the request could not be written", std::nullopt, {}});
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
