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

}  // namespace

Server::Server(ServerConfig config, RandomSource& random)
    : config_(std::move(config)),
      random_(random),
      nonces_(random),
      credentials_(config_.realm, config_.users, config_.secrets),
      authFailures_(config_.authFailuresPerSecond, config_.authFailureBurst),
      challenges_(config_.challengesPerSecond, config_.challengeBurst),
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
  const auto owner = sockets_.find(socket);
  Client* client = owner == sockets_.end() ? nullptr : find(owner->second);
  if (client == nullptr || !client->allocation || client->allocation->socket != socket)
    return;
  const Allocation& allocation = *client->allocation;
  const Endpoint peer{source.address.unmapped(), source.port};
  if (!allocation.relayed || allocation.expiresAt <= now || data.size() > kMaxDatagramSize ||
      !allocation.permits(peer.address, now) || !withinBandwidth(allocation, data.size(), now)) {
    ++stats_.datagramsDropped;
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
    ++stats_.datagramsDropped;
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
    reservations_.pop_front();
  }
  while (!timers_.empty() && timers_.begin()->first <= now) {
    Client& client = *find(timers_.begin()->second);
    if (client.allocation) {
      if (client.allocation->relayed) {
        deleteAllocation(client, "expired", now);
      } else {
        refuseAllocate(client, stun::kInsufficientCapacity, now);
      }
      continue;
    }
    const Timestamp idleAt = client.lastHeard + config_.idleTimeout;
    if (idleAt > now) {
      setTimer(client, idleAt);
    } else {
      dropClient(client.id, "idle", true, now);
    }
  }
}

Server::Stats Server::stats() const {
  Stats stats = stats_;
  stats.clients = clients_.size();
  stats.allocations = allocations_;
  return stats;
}

Server::Client* Server::find(ClientId id) {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : &found->second;
}

void Server::handleFrame(Client& client, ByteSpan frame, Timestamp now, int64_t unixSeconds) {
  if (stun::classify(frame) == stun::PacketKind::kTurnChannel) {
    const auto data = ChannelData::parse(frame);
    if (!data || !client.allocation)
      return;
    if (const auto peer = client.allocation->peerOf(data->channel, now)) {
      relayToPeer(client, *peer, data->data, now);
    } else {
      ++stats_.datagramsDropped;
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
    ++stats_.datagramsDropped;
    return;
  }
  relayToPeer(client, *peer, *data, now);
}

void Server::relayToPeer(Client& client, const Endpoint& peer, ByteSpan data, Timestamp now) {
  const Allocation& allocation = *client.allocation;
  if (!allocation.relayed || allocation.expiresAt <= now || data.size() > kMaxDatagramSize ||
      !allocation.permits(peer.address, now) || peer.port == 0 ||
      !withinBandwidth(allocation, data.size(), now)) {
    ++stats_.datagramsDropped;
    return;
  }
  ++stats_.datagramsToPeers;
  stats_.bytesToPeers += data.size();
  outputs_.push_back(ToPeer{allocation.socket, peer, toBytes(data)});
}

bool Server::withinBandwidth(const Allocation& allocation, size_t size, Timestamp now) {
  const auto account = accounts_.find(allocation.owner.account);
  if (account == accounts_.end())
    return false;
  // Both or none: what one bucket refuses must not be charged to the other.
  TokenBucket& mine = account->second.bandwidth;
  return mine.has(size, now) && bandwidth_.take(size, now) && mine.take(size, now);
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
  closeSocket(allocation.socket);
  if (allocation.reservedSocket)
    closeSocket(*allocation.reservedSocket);
  --allocations_;
  const auto account = accounts_.find(allocation.owner.account);
  if (account != accounts_.end() && --account->second.allocations == 0 &&
      account->second.bandwidth.isFull(now)) {
    accounts_.erase(account);
  }
  client.lastHeard = now;
  setTimer(client, now + config_.idleTimeout);
  if (allocation.relayed) {
    reportEvent(Event::Kind::kDeallocated, client, allocation.owner.account, allocation.relayed,
                reason);
  }
}

void Server::closeSocket(RelaySocketId socket) {
  sockets_.erase(socket);
  outputs_.push_back(CloseRelaySocket{socket});
}

void Server::reportEvent(Event::Kind kind, const Client& client, std::string_view account,
                         std::optional<Endpoint> endpoint, std::string_view detail) {
  outputs_.push_back(Event{kind, client.id, printable(account), endpoint, printable(detail)});
}

}  // namespace rtc::turn
