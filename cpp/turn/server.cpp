#include "cpp/turn/server.h"

#include <algorithm>

namespace rtc::turn {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

// What a stream client without an allocation may make the server hold: any request fits.
constexpr size_t kStrangerFrame = 4096;

std::string printable(std::string_view text) {
  constexpr size_t kLongest = 256;
  std::string result(text.substr(0, kLongest));
  for (char& c : result) {
    if (c < 0x20 || c > 0x7e)
      c = '?';
  }
  return result;
}

/// How much of a quota is left.
constexpr size_t left(size_t limit, size_t used) {
  return limit > used ? limit - used : 0;
}

}  // namespace

Server::Server(ServerConfig config, RandomSource& random)
    : config_(std::move(config)),
      random_(random),
      nonces_(random),
      credentials_(config_.realm, config_.users, config_.secrets),
      authFailures_(config_.authFailuresPerSecond, config_.authFailureBurst),
      challenges_(config_.challengesPerSecond, config_.challengeBurst),
      bindings_(config_.bindingsPerSecond, config_.bindingBurst),
      bandwidth_(bandwidthBucket(config_.bytesPerSecond)) {}

void Server::clientConnected(ClientId id, ClientKind kind, const Endpoint& source, Timestamp now) {
  if (clients_.contains(id))
    return;
  if (clients_.size() >= config_.maxClients)
    makeRoom(now);
  if (clients_.size() >= config_.maxClients) {
    outputs_.push_back(CloseClient{id, "too many clients"});
    return;
  }
  Client& client = clients_[id];
  client.id = id;
  client.kind = kind;
  client.source = Endpoint{source.address.unmapped(), source.port};
  client.framer.setMaxFrame(kStrangerFrame);
  client.lastHeard = now;
  setTimer(client, now + config_.idleTimeout);
}

void Server::clientDatagram(ClientId id, ByteSpan data, Timestamp now, int64_t unixSeconds) {
  Client* client = find(id);
  if (client == nullptr)
    return;
  client->lastHeard = now;
  handleFrame(*client, data, now, unixSeconds);
}

void Server::clientStreamData(ClientId id, ByteSpan data, Timestamp now, int64_t unixSeconds) {
  Client* client = find(id);
  if (client == nullptr)
    return;
  client->framer.push(data);
  while (const auto frame = client->framer.next()) {
    // Only whole messages count as life: a connection that drips bytes is idle.
    client->lastHeard = now;
    handleFrame(*client, *frame, now, unixSeconds);
    client = find(id);
    if (client == nullptr)
      return;
  }
  if (client->framer.failed())
    dropClient(id, "the stream does not carry TURN", true, now);
}

void Server::clientClosed(ClientId id, Timestamp now) {
  dropClient(id, "the client closed the connection", false, now);
}

void Server::relayDatagram(RelaySocketId socket, const Endpoint& source, ByteSpan data,
                           Timestamp now) {
  const Endpoint peer{source.address.unmapped(), source.port};
  const auto owner = sockets_.find(socket);
  Client* client = owner == sockets_.end() ? nullptr : find(owner->second);
  const Permission* permission = client != nullptr && client->allocation
                                     ? client->allocation->permission(peer.address, now)
                                     : nullptr;
  // Allocations reach each other inside; what comes from an address of the relay by the network
  // is something else on the machine.
  if (permission != nullptr && permission->allocationsOnly) {
    ++stats_.drops.ownAddress;
    return;
  }
  relayToClient(socket, peer, data, now);
}

void Server::relayToClient(RelaySocketId socket, const Endpoint& peer, ByteSpan data,
                           Timestamp now) {
  const auto owner = sockets_.find(socket);
  Client* client = owner == sockets_.end() ? nullptr : find(owner->second);
  if (client == nullptr || !client->allocation)
    return;
  Allocation& allocation = *client->allocation;
  const RelayedAddress* address = allocation.of(socket);
  if (address == nullptr || !allocation.answered || address->expiresAt <= now ||
      data.size() > kMaxDatagramSize) {
    ++stats_.drops.invalid;
    return;
  }
  if (allocation.permission(peer.address, now) == nullptr) {
    ++stats_.drops.noPermission;
    return;
  }
  if (!withinBandwidth(allocation, data.size(), now)) {
    ++stats_.drops.bandwidth;
    return;
  }
  Bytes message;
  if (const auto channel = allocation.channelOf(peer, now)) {
    message = encodeChannelData(*channel, data, client->isStream());
  } else {
    const auto id = stun::TransactionId::random(random_);
    if (id) {
      message = MessageBuilder(MessageClass::kIndication, Method::kData, *id)
                    .xorAddress(AttributeType::kXorPeerAddress, peer)
                    .bytes(AttributeType::kData, data)
                    .build();
    }
  }
  if (message.empty()) {
    ++stats_.drops.invalid;
    return;
  }
  ++stats_.datagramsToClients;
  stats_.bytesToClients += data.size();
  outputs_.push_back(ToClient{client->id, std::move(message)});
}

std::optional<Server::Output> Server::poll() {
  if (outputs_.empty())
    return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Timestamp Server::deadline() const {
  Timestamp next = timers_.empty() ? Timestamp::never() : timers_.begin()->first;
  if (!reservations_.empty())
    next = earlier(next, reservations_.front().expiresAt);
  return next;
}

void Server::handleTimeout(Timestamp now) {
  while (!reservations_.empty() && reservations_.front().expiresAt <= now) {
    closeSocket(reservations_.front().socket);
    uncountReservation(reservations_.front().account, now);
    reservations_.pop_front();
  }
  while (!timers_.empty() && timers_.begin()->first <= now)
    handleClientTimeout(*find(timers_.begin()->second), now);
}

void Server::handleClientTimeout(Client& client, Timestamp now) {
  if (!client.allocation) {
    const Timestamp idleAt = client.lastHeard + config_.idleTimeout;
    if (idleAt > now) {
      setTimer(client, idleAt);
    } else {
      dropClient(client.id, "idle", true, now);
    }
    return;
  }
  if (client.allocation->answered) {
    expireAddresses(client, now);
    return;
  }
  // A pair of ports is there or is not; of two families one is better than none.
  if (client.allocation->reservedSocket) {
    refuseAllocate(client, stun::kInsufficientCapacity, now);
    return;
  }
  const std::vector<RelayedAddress> addresses = client.allocation->addresses;
  for (const RelayedAddress& address : addresses) {
    if (client.allocation && !address.endpoint)
      giveUpAddress(client, address, now);
  }
}

Server::Stats Server::stats() const {
  Stats stats = stats_;
  stats.clients = clients_.size();
  stats.allocations = allocations_;
  stats.relayedAddresses = relayed_.size();
  stats.permissions = permissions_;
  stats.channels = channels_;
  stats.reservations = reservations_.size();
  return stats;
}

Server::Client* Server::find(ClientId id) {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : &found->second;
}

void Server::handleFrame(Client& client, ByteSpan frame, Timestamp now, int64_t unixSeconds) {
  if (isChannelFrame(frame)) {
    const auto data = ChannelData::parse(frame);
    if (!data || !client.allocation) {
      ++stats_.drops.invalid;
    } else if (const auto peer = client.allocation->peerOf(data->channel, now)) {
      relayToPeer(client, *peer, data->data, now);
    } else {
      ++stats_.drops.noChannel;
    }
    return;
  }
  const auto message = stun::Message::parse(frame);
  if (!message.ok())
    return;
  if (message->messageClass() == MessageClass::kRequest) {
    handleRequest(client, *message, now, unixSeconds);
  } else if (message->is(MessageClass::kIndication, Method::kSend)) {
    handleSendIndication(client, *message, now);
  }
}

void Server::handleSendIndication(Client& client, const stun::Message& message, Timestamp now) {
  const auto peer = message.xorAddress(AttributeType::kXorPeerAddress);
  const auto data = message.find(AttributeType::kData);
  // RFC 8656 section 11.2: discarded as well when DONT-FRAGMENT is there and not supported.
  if (!client.allocation || !peer || !data || message.has(AttributeType::kDontFragment) ||
      !message.unknownRequired().empty()) {
    ++stats_.drops.invalid;
    return;
  }
  relayToPeer(client, *peer, *data, now);
}

std::optional<RelaySocketId> Server::relayedAt(const Endpoint& endpoint) const {
  const auto found = relayed_.find(endpoint);
  return found == relayed_.end() ? std::nullopt : std::optional(found->second);
}

void Server::relayToPeer(Client& client, const Endpoint& peer, ByteSpan data, Timestamp now) {
  const Allocation& allocation = *client.allocation;
  const RelayedAddress* from = allocation.of(peer.address.family());
  if (!allocation.answered || from == nullptr || from->expiresAt <= now ||
      data.size() > kMaxDatagramSize || peer.port == 0) {
    ++stats_.drops.invalid;
    return;
  }
  const Permission* permission = allocation.permission(peer.address, now);
  if (permission == nullptr) {
    ++stats_.drops.noPermission;
    return;
  }
  // Allocations have one address of a family, so most peers need no look.
  const bool mayBeInside = permission->allocationsOnly || peer.address == from->endpoint->address;
  const std::optional<RelaySocketId> inside = mayBeInside ? relayedAt(peer) : std::nullopt;
  if (!inside && permission->allocationsOnly) {
    ++stats_.drops.ownAddress;
    return;
  }
  if (!withinBandwidth(allocation, data.size(), now)) {
    ++stats_.drops.bandwidth;
    return;
  }
  ++stats_.datagramsToPeers;
  stats_.bytesToPeers += data.size();
  if (inside) {
    relayToClient(*inside, *from->endpoint, data, now);
  } else {
    outputs_.push_back(ToPeer{from->socket, peer, toBytes(data)});
  }
}

bool Server::withinBandwidth(const Allocation& allocation, size_t size, Timestamp now) {
  const auto account = accounts_.find(allocation.owner.account);
  if (account == accounts_.end())
    return false;
  // Both or none: what one bucket refuses must not be charged to the other.
  TokenBucket& mine = account->second.bandwidth;
  return mine.has(size, now) && bandwidth_.take(size, now) && mine.take(size, now);
}

void Server::uncountReservation(const std::string& account, Timestamp now) {
  --reserved_;
  const auto found = accounts_.find(account);
  if (found == accounts_.end())
    return;
  --found->second.reservations;
  forgetIfIdle(account, now);
}

void Server::forgetIfIdle(const std::string& account, Timestamp now) {
  const auto found = accounts_.find(account);
  if (found != accounts_.end() && found->second.isIdle(now))
    accounts_.erase(found);
}

void Server::setTimer(Client& client, Timestamp at) {
  if (client.timer == at)
    return;
  timers_.erase({client.timer, client.id});
  client.timer = at;
  if (!at.isNever())
    timers_.emplace(at, client.id);
}

void Server::dropClient(ClientId id, std::string_view reason, bool tellEmbedding, Timestamp now) {
  Client* client = find(id);
  if (client == nullptr)
    return;
  if (client->allocation)
    deleteAllocation(*client, reason, now);
  setTimer(*client, Timestamp::never());
  clients_.erase(id);
  if (tellEmbedding)
    outputs_.push_back(CloseClient{id, std::string(reason)});
}

void Server::makeRoom(Timestamp now) {
  // Whoever forges sources of datagrams fills the table with clients that never allocate. They are
  // the first to expire; a few places are enough to look at.
  constexpr int kCandidates = 16;
  int looked = 0;
  for (const auto& [at, id] : timers_) {
    const Client& client = *find(id);
    if (!client.isStream() && !client.allocation) {
      dropClient(id, "making room", true, now);
      return;
    }
    if (++looked == kCandidates)
      return;
  }
}

void Server::deleteAllocation(Client& client, std::string_view reason, Timestamp now) {
  const Allocation allocation = std::move(*client.allocation);
  client.allocation.reset();
  client.framer.setMaxFrame(kStrangerFrame);
  for (const RelayedAddress& address : allocation.addresses)
    closeSocket(address);
  if (allocation.reservedSocket) {
    closeSocket(*allocation.reservedSocket);
    uncountReservation(allocation.owner.account, now);
  }
  --allocations_;
  permissions_ -= allocation.countedPermissions;
  channels_ -= allocation.countedChannels;
  const auto account = accounts_.find(allocation.owner.account);
  if (account != accounts_.end()) {
    account->second.permissions -= allocation.countedPermissions;
    account->second.channels -= allocation.countedChannels;
    --account->second.allocations;
    forgetIfIdle(allocation.owner.account, now);
  }
  client.lastHeard = now;
  setTimer(client, now + config_.idleTimeout);
  if (allocation.answered) {
    const bool any = !allocation.addresses.empty();
    reportEvent(Event::Kind::kDeallocated, client, allocation.owner.account,
                any ? allocation.addresses.front().endpoint : std::nullopt, reason);
  }
}

void Server::deleteAddress(Client& client, AddressFamily family, std::string_view reason,
                           Timestamp now) {
  Allocation& allocation = *client.allocation;
  if (allocation.addresses.size() == 1) {
    deleteAllocation(client, reason, now);
    return;
  }
  closeSocket(*allocation.of(family));
  std::erase_if(allocation.addresses, [family](const auto& each) { return each.family == family; });
  allocation.forgetPeers(family);
  recount(client);
}

void Server::expireAddresses(Client& client, Timestamp now) {
  client.allocation->sweep(now);
  const std::vector<RelayedAddress> addresses = client.allocation->addresses;
  for (const RelayedAddress& address : addresses) {
    if (address.expiresAt <= now)
      deleteAddress(client, address.family, "expired", now);
  }
  if (client.allocation)
    recount(client);
}

void Server::closeSocket(const RelayedAddress& address) {
  if (address.endpoint) {
    const auto found = relayed_.find(*address.endpoint);
    if (found != relayed_.end() && found->second == address.socket)
      relayed_.erase(found);
  }
  closeSocket(address.socket);
}

void Server::closeSocket(RelaySocketId socket) {
  sockets_.erase(socket);
  outputs_.push_back(CloseRelaySocket{socket});
}

void Server::recount(Client& client) {
  Allocation& allocation = *client.allocation;
  Account& account = accounts_[allocation.owner.account];
  const auto move = [](size_t& total, size_t before, size_t after) {
    total = total - before + after;
  };
  const size_t permissions = allocation.permissions();
  const size_t channels = allocation.channels();
  move(account.permissions, allocation.countedPermissions, permissions);
  move(permissions_, allocation.countedPermissions, permissions);
  move(account.channels, allocation.countedChannels, channels);
  move(channels_, allocation.countedChannels, channels);
  allocation.countedPermissions = permissions;
  allocation.countedChannels = channels;
  setTimer(client, allocation.nextExpiry());
}

const Server::Account& Server::sweptAccount(Client& client, Timestamp now) {
  client.allocation->sweep(now);
  recount(client);
  return accounts_[client.allocation->owner.account];
}

size_t Server::permissionsLeft(Client& client, Timestamp now) {
  const Account& account = sweptAccount(client, now);
  return std::min({left(config_.maxPermissions, client.allocation->permissions()),
                   left(config_.maxPermissionsPerUser, account.permissions),
                   left(config_.maxPermissionsInTotal, permissions_)});
}

size_t Server::channelsLeft(Client& client, Timestamp now) {
  const Account& account = sweptAccount(client, now);
  return std::min({left(config_.maxChannels, client.allocation->channels()),
                   left(config_.maxChannelsPerUser, account.channels),
                   left(config_.maxChannelsInTotal, channels_)});
}

void Server::reportEvent(Event::Kind kind, const Client& client, std::string_view account,
                         std::optional<Endpoint> endpoint, std::string_view detail) {
  outputs_.push_back(Event{kind, client.id, printable(account), endpoint, printable(detail)});
}

}  // namespace rtc::turn
