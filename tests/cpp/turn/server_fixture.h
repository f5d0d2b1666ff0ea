#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cpp/stun/crypto.h"
#include "tests/cpp/turn/turn_pair.h"

namespace rtc::turn {

/// A server whose clients and sockets the test plays, message by message.
class TurnServerTest : public testing::Test {
 protected:
  using AttributeType = stun::AttributeType;
  using MessageBuilder = stun::MessageBuilder;
  using MessageClass = stun::MessageClass;
  using Method = stun::Method;

  /// Who signs, and with which nonce.
  struct Login {
    std::string username = "alice";
    std::string password = "wonderland";
    std::string realm = "example.org";
    std::string nonce;
    stun::IntegrityAlgorithm algorithm = stun::IntegrityAlgorithm::kSha1;
    Bytes key() const { return stun::longTermKey(username, realm, password); }
  };
  /// A response that owns its bytes.
  struct Response {
    std::shared_ptr<Bytes> bytes;
    stun::Message message;
    const stun::Message* operator->() const { return &message; }
    int code() const { return message.errorCode() ? message.errorCode()->code : 0; }
    bool success() const { return message.messageClass() == MessageClass::kSuccess; }
  };

  void begin(ServerConfig config = testServerConfig()) {
    random_.emplace(1);
    server_.emplace(std::move(config), *random_);
    connect(kUdp, ClientKind::kUdp, kClientSource);
    connect(kOther, ClientKind::kUdp, at("203.0.113.8", 40001));
    connect(kStream, ClientKind::kTcp, at("203.0.113.9", 40002));
  }
  void connect(ClientId id, ClientKind kind, const Endpoint& source) {
    server_->clientConnected(id, kind, source, now_);
    drain();
  }

  MessageBuilder request(Method method) {
    lastId_ = *stun::TransactionId::random(*random_);
    return MessageBuilder(MessageClass::kRequest, method, lastId_);
  }
  MessageBuilder allocateRequest() {
    return std::move(request(Method::kAllocate).u32(AttributeType::kRequestedTransport, 17u << 24));
  }
  Bytes sign(MessageBuilder builder, const Login& login) {
    return builder.text(AttributeType::kUsername, login.username)
        .text(AttributeType::kRealm, login.realm)
        .text(AttributeType::kNonce, login.nonce)
        .integrity(login.key(), login.algorithm)
        .build();
  }
  void deliver(ClientId client, const Bytes& bytes) {
    if (client == kStream) {
      server_->clientStreamData(client, bytes, now_, unix_);
    } else {
      server_->clientDatagram(client, bytes, now_, unix_);
    }
    drain();
  }
  /// Sends and takes the one response. None: nothing came back.
  std::optional<Response> exchange(ClientId client, const Bytes& bytes) {
    deliver(client, bytes);
    auto& inbox = inbox_[client];
    if (inbox.empty())
      return std::nullopt;
    auto data = std::make_shared<Bytes>(std::move(inbox.front()));
    inbox.pop_front();
    auto message = stun::Message::parse(*data);
    EXPECT_TRUE(message.ok());
    if (!message.ok())
      return std::nullopt;
    return Response{data, *message};
  }
  std::optional<Response> exchange(ClientId client, MessageBuilder builder, const Login& login) {
    return exchange(client, sign(std::move(builder), login));
  }
  int codeOf(ClientId client, MessageBuilder builder, const Login& login) {
    const auto response = exchange(client, std::move(builder), login);
    return !response ? -1 : response->success() ? 200 : response->code();
  }
  Login login(ClientId client, std::string username = "alice",
              std::string password = "wonderland") {
    Login login;
    login.username = std::move(username);
    login.password = std::move(password);
    const auto response = exchange(client, request(Method::kRefresh).build());
    EXPECT_TRUE(response && response->code() == 401);
    if (response)
      login.nonce = std::string(*response->message.text(AttributeType::kNonce));
    return login;
  }
  /// A login whose client has an allocation.
  Login allocate(ClientId client) {
    const Login me = login(client);
    EXPECT_EQ(codeOf(client, allocateRequest(), me), 200);
    return me;
  }
  MessageBuilder permission(const Endpoint& peer) {
    return std::move(
        request(Method::kCreatePermission).xorAddress(AttributeType::kXorPeerAddress, peer));
  }
  MessageBuilder channelBind(uint16_t number, const Endpoint& peer) {
    return std::move(request(Method::kChannelBind)
                         .u32(AttributeType::kChannelNumber, static_cast<uint32_t>(number) << 16)
                         .xorAddress(AttributeType::kXorPeerAddress, peer));
  }
  Bytes sendIndication(const Endpoint& peer, std::string_view data) {
    return MessageBuilder(MessageClass::kIndication, Method::kSend, {})
        .xorAddress(AttributeType::kXorPeerAddress, peer)
        .text(AttributeType::kData, data)
        .build();
  }
  void advance(Duration duration) {
    now_ = now_ + duration;
    unix_ += duration.us() / 1000000;
    server_->handleTimeout(now_);
    drain();
  }

  void drain() {
    while (auto output = server_->poll()) {
      if (auto* data = std::get_if<Server::ToClient>(&*output)) {
        inbox_[data->client].push_back(std::move(data->data));
      } else if (auto* open = std::get_if<Server::OpenRelaySocket>(&*output)) {
        opened_.push_back(*open);
        if (openByItself_) {
          const bool v6 = open->family == AddressFamily::kIpv6;
          server_->relaySocketOpened(open->socket,
                                     at(v6 ? "2001:db8:5::1" : "198.51.100.1", nextPort_), now_);
          if (open->nextPort) {
            server_->relaySocketOpened(
                *open->nextPort, at("198.51.100.1", static_cast<uint16_t>(nextPort_ + 1)), now_);
          }
          nextPort_ = static_cast<uint16_t>(nextPort_ + 2);
        }
      } else if (auto* close = std::get_if<Server::CloseRelaySocket>(&*output)) {
        closedSockets_.push_back(close->socket);
      } else if (auto* toPeer = std::get_if<Server::ToPeer>(&*output)) {
        atPeer_.emplace_back(toPeer->peer, std::string(asText(toPeer->data)));
        sockets_.push_back(toPeer->socket);
      } else if (auto* event = std::get_if<Server::Event>(&*output)) {
        events_.push_back(*event);
      } else if (auto* gone = std::get_if<Server::CloseClient>(&*output)) {
        closedClients_[gone->client] = gone->reason;
      }
    }
  }

  static constexpr ClientId kUdp{1};
  static constexpr ClientId kOther{2};
  static constexpr ClientId kStream{3};

  std::optional<SeededRandom> random_;
  std::optional<Server> server_;
  Timestamp now_ = Timestamp::milliseconds(1000000);
  int64_t unix_ = kUnixStart;
  stun::TransactionId lastId_;
  bool openByItself_ = true;
  uint16_t nextPort_ = 49152;
  std::map<ClientId, std::deque<Bytes>> inbox_;
  std::vector<Server::OpenRelaySocket> opened_;
  std::vector<RelaySocketId> closedSockets_;
  std::vector<std::pair<Endpoint, std::string>> atPeer_;
  /// Those that the datagrams of `atPeer_` left by.
  std::vector<RelaySocketId> sockets_;
  std::vector<Server::Event> events_;
  std::map<ClientId, std::string> closedClients_;
};

}  // namespace rtc::turn
