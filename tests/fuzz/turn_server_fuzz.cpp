// Plays hostile clients, peers and an unreliable embedding to a TURN server. The input is a list of
// operations: an operation byte, a length byte, and that many bytes. Signed requests carry a good
// nonce and password and attributes from the input, so that what lies behind them is reached.
// Whatever happens, nothing goes to a peer that the policy refuses or to an address of the relay
// itself, quotas hold, and no socket is left over.

#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "cpp/stun/crypto.h"
#include "cpp/turn/server.h"

using namespace rtc;
using namespace rtc::turn;
using stun::AttributeType;
using stun::Message;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

namespace {

constexpr uint32_t kClients = 3;

class Harness {
 public:
  Harness() : random_(7), server_(config(), random_) {
    for (uint32_t id = 0; id < kClients; ++id)
      connect(id);
  }

  void run(ByteReader reader) {
    while (true) {
      const auto operation = reader.u8();
      const auto length = reader.u8();
      if (!operation || !length)
        break;
      const auto bytes = reader.bytes(std::min<size_t>(*length, reader.remaining()));
      step(*operation / 16 % kClients, *operation % 16, *bytes);
      drain();
    }
    for (uint32_t id = 0; id < kClients; ++id)
      server_.clientClosed(ClientId(id), now_);
    drain();
    now_ = now_ + Duration::seconds(60);
    server_.handleTimeout(now_);
    drain();
    const auto stats = server_.stats();
    if (stats.allocations != 0 || stats.clients != 0 || !sockets_.empty())
      std::abort();
    if (stats.permissions != 0 || stats.channels != 0 || stats.relayedAddresses != 0)
      std::abort();
    if (!server_.deadline().isNever())
      std::abort();
  }

 private:
  static ServerConfig config() {
    ServerConfig config;
    config.realm = "r";
    config.users = {{"u", "p"}, {"v", "q"}};
    config.policy = policy();
    config.maxPermissions = 4;
    config.maxPermissionsPerUser = 6;
    config.maxPermissionsInTotal = 8;
    config.maxChannels = 4;
    config.maxChannelsPerUser = 6;
    config.maxChannelsInTotal = 8;
    config.maxAllocationsPerUser = 2;
    config.bytesPerSecondPerUser = 100000;
    config.authFailureBurst = 1000;
    config.challengeBurst = 1000;
    return config;
  }
  static PeerPolicy policy() { return PeerPolicy({}, {}, {*Cidr::parse("198.51.100.1")}); }
  static Endpoint source(uint32_t id) {
    return {IpAddress::v4({203, 0, 113, static_cast<uint8_t>(id)}), 1000};
  }
  static bool isStream(uint32_t id) { return id == 2; }

  void connect(uint32_t id) {
    server_.clientConnected(ClientId(id), isStream(id) ? ClientKind::kTcp : ClientKind::kUdp,
                            source(id), now_);
  }

  void step(uint32_t id, int operation, ByteSpan bytes) {
    const uint8_t first = bytes.empty() ? 0 : bytes[0];
    const RelaySocketId socket(first % 8);
    switch (operation) {
      case 0:
      case 1:
        deliver(id, bytes);
        break;
      case 2:
        request(id, Method::kAllocate, bytes, true);
        break;
      case 3:
        request(id, Method::kRefresh, bytes, false);
        break;
      case 4:
        request(id, Method::kCreatePermission, bytes, true);
        break;
      case 5:
        request(id, Method::kChannelBind, bytes, true);
        break;
      case 6:
        request(id, static_cast<Method>(first), bytes, false);
        break;
      case 7:
        server_.relaySocketOpened(
            socket, {IpAddress::v4({198, 51, 100, 1}), static_cast<uint16_t>(100 + first % 8)},
            now_);
        break;
      case 8:
        server_.relaySocketFailed(socket, now_);
        sockets_.erase(socket);
        break;
      case 9:
        server_.relayDatagram(socket, peer(first), bytes, now_);
        break;
      case 10:
        now_ = now_ + Duration::milliseconds(100 << (first % 16));
        server_.handleTimeout(now_);
        // Or its timer would come again and again.
        if (server_.deadline() <= now_)
          std::abort();
        break;
      case 11:
        server_.clientClosed(ClientId(id), now_);
        break;
      case 12:
        connect(id);
        break;
      case 13:
        deliver(id, MessageBuilder(MessageClass::kIndication, Method::kSend, {})
                        .xorAddress(AttributeType::kXorPeerAddress, peer(first))
                        .bytes(AttributeType::kData, bytes)
                        .build());
        break;
      case 14:
        if (first == 0xff) {
          server_.stopAllocating();
          break;
        }
        server_.relaySocketOpened(socket, {*IpAddress::parse("2001:db8:5::1"), first}, now_);
        break;
      default:
        ByteWriter writer;
        writer.u16(channel(first));
        writer.u16(static_cast<uint16_t>(bytes.size()));
        writer.bytes(bytes);
        if (isStream(id))
          writer.align(4);
        deliver(id, writer.view());
        break;
    }
  }

  static uint16_t channel(uint8_t choice) {
    return static_cast<uint16_t>((choice & 0x80 ? 0x7ffc : 0x4000) + choice % 4);
  }

  static Endpoint peer(uint8_t choice) {
    constexpr std::array<uint8_t, 4> inside{127, 0, 0, 1};
    switch (choice % 8) {
      case 0:
        return {IpAddress::v4(inside), 5};
      case 1:
        return {IpAddress::v4({10, 0, 0, choice}), 5};
      case 2:
        return {*IpAddress::parse("2001:db8:77::1"), choice};
      case 3:
        // Another allocation, or something else on the relay's machine.
        return {IpAddress::v4({198, 51, 100, 1}), static_cast<uint16_t>(100 + choice / 8 % 8)};
      default:
        return {IpAddress::v4({203, 0, 113, static_cast<uint8_t>(100 + choice % 8)}), 5};
    }
  }

  void request(uint32_t id, Method method, ByteSpan attributes, bool usual) {
    const std::string nonce = challenge(id);
    const auto transaction = stun::TransactionId::random(random_);
    MessageBuilder builder(MessageClass::kRequest, method, *transaction);
    const uint8_t first = attributes.empty() ? 0 : attributes[0];
    if (usual && method == Method::kAllocate) {
      builder.u32(AttributeType::kRequestedTransport, 17u << 24);
      // EVEN-PORT with a reservation of the next port
      const uint8_t even = 0x80;
      if (first == 0xe0)
        builder.bytes(AttributeType::kEvenPort, ByteSpan(&even, 1));
      if (first == 0xe1)
        builder.u32(AttributeType::kAdditionalAddressFamily, 2u << 24);
    } else if (usual) {
      builder.u32(AttributeType::kChannelNumber, static_cast<uint32_t>(channel(first)) << 16);
      builder.xorAddress(AttributeType::kXorPeerAddress, peer(first));
    }
    ByteReader reader(attributes);
    while (reader.remaining() >= 2) {
      const uint8_t type = *reader.u8();
      const size_t wanted = *reader.u8();
      const size_t length = std::min(wanted, reader.remaining());
      builder.bytes(static_cast<AttributeType>(type), *reader.bytes(length));
    }
    const bool other = first == 0xee;
    builder.text(AttributeType::kUsername, other ? "v" : "u")
        .text(AttributeType::kRealm, "r")
        .text(AttributeType::kNonce, nonce)
        .integrity(stun::longTermKey(other ? "v" : "u", "r", other ? "q" : "p"));
    deliver(id, builder.build());
  }

  std::string challenge(uint32_t id) {
    challenged_.clear();
    deliver(id, MessageBuilder(MessageClass::kRequest, Method::kAllocate, {}).build());
    drain();
    const auto message = Message::parse(challenged_);
    const auto nonce = message.ok() ? message->text(AttributeType::kNonce) : std::nullopt;
    return std::string(nonce.value_or("none"));
  }

  void deliver(uint32_t id, ByteSpan bytes) {
    constexpr int64_t kUnix = 1700000000;
    if (isStream(id)) {
      server_.clientStreamData(ClientId(id), bytes, now_, kUnix);
    } else {
      server_.clientDatagram(ClientId(id), bytes, now_, kUnix);
    }
  }

  void drain() {
    const auto stats = server_.stats();
    if (stats.permissions > 8 || stats.channels > 8)
      std::abort();
    while (auto output = server_.poll()) {
      if (auto* data = std::get_if<Server::ToClient>(&*output)) {
        if (data->data.empty())
          std::abort();
        const auto message = Message::parse(data->data);
        if (message.ok() && message->has(AttributeType::kNonce)) {
          challenged_ = std::move(data->data);
        }
      } else if (auto* toPeer = std::get_if<Server::ToPeer>(&*output)) {
        if (!policy_.allowed(toPeer->peer.address))
          std::abort();
        if (!sockets_.contains(toPeer->socket))
          std::abort();
      } else if (auto* open = std::get_if<Server::OpenRelaySocket>(&*output)) {
        sockets_.insert(open->socket);
        if (open->nextPort)
          sockets_.insert(*open->nextPort);
      } else if (auto* close = std::get_if<Server::CloseRelaySocket>(&*output)) {
        sockets_.erase(close->socket);
      }
    }
  }

  SeededRandom random_;
  Server server_;
  PeerPolicy policy_ = policy();
  Timestamp now_ = Timestamp::milliseconds(1000);
  std::set<RelaySocketId> sockets_;
  Bytes challenged_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Harness harness;
  harness.run(ByteReader(ByteSpan(data, size)));
  return 0;
}
