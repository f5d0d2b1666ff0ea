// Plays hostile clients, peers and an unreliable embedding to a TURN server. The input is a list of
// operations: an operation byte, a length byte, and that many bytes. Signed requests carry a good
// nonce and password and attributes from the input, so that what lies behind them is reached. From
// 0xf0 on operations are others: more clients, users of every kind with right and wrong
// credentials, reservations, floods of data, requests that are sent again or damaged. An input that
// begins with 0xff has a byte behind it that makes the server stricter.
//
// Whatever happens, nobody is given anything without valid credentials and a nonce of its own;
// nothing passes without a permission, nor to a peer that the policy refuses or to an address of
// the relay itself; quotas hold, of allocations, ports, permissions, channels and bytes; a kept
// port goes to its account, once; who guesses passwords or forges sources gets few answers; and no
// socket is left over.

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cpp/stun/crypto.h"
#include "cpp/turn/server.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/fuzz/require.h"
#include "tests/sim/chance.h"

using namespace rtc;
using namespace rtc::turn;
using rtc::fuzz::require;
using stun::AttributeType;
using stun::Message;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

namespace {

/// Those that are there from the beginning, and those that may come.
constexpr uint32_t kClients = 3;
constexpr uint32_t kAllClients = 8;
/// The first of a crowd that comes from anywhere.
constexpr uint32_t kCrowd = 1000;
constexpr int64_t kUnix = 1700000000;
constexpr size_t kMostMemory = size_t{4} * 1024 * 1024;

/// Of the setup.
constexpr uint8_t kRest = 1, kFewClients = 2, kFewWrongs = 4, kSlow = 8, kPolicy = 16,
                  kSoftware = 32, kFewAllocations = 64, kShort = 128;

enum Operation : uint8_t {
  kRequest,     // client, who, what, options, ...
  kOpen,        // how many: sockets are opened as they should be
  kSend,        // client, peer, how, how many, length
  kFromPeer,    // socket, peer, length
  kTime,        // how long
  kCome,        // client
  kGo,          // client
  kCome128,     // how many, from where, what they say
  kOwn,         // which addresses the machine has
  kReplay,      // client, which, where, how
  kBinding,     // client, how
  kStop,        //
  kRandom,      // breaks or is mended
  kFail,        // socket
  kGuess,       // client, how often
  kOperations,  // behind the last; nothing
};

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}

/// Where a relay must never send, however it is written.
constexpr std::array<std::string_view, 16> kForbidden{"127.0.0.1",
                                                      "::ffff:7f00:1",
                                                      "64:ff9b::7f00:1",
                                                      "2002:7f00:1::1",
                                                      "::7f00:1",
                                                      "::ffff:0:7f00:1",
                                                      "2001:db8::200:5efe:7f00:1",
                                                      "169.254.169.254",
                                                      "::ffff:a9fe:a9fe",
                                                      "255.255.255.255",
                                                      "224.0.0.5",
                                                      "fd00:ec2::254",
                                                      "::",
                                                      "0.0.0.0",
                                                      "ff02::1",
                                                      "64:ff9b::a9fe:a9fe"};

class Harness {
 public:
  explicit Harness(uint8_t setup)
      : setup_(setup),
        before_(testing::bytesInUse()),
        random_(7),
        config_(config()),
        server_(config_, random_) {
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
      if (*operation < 0xf0)
        step(*operation / 16 % kClients, *operation % 16, *bytes);
      else
        step(static_cast<Operation>(*operation % 16), ByteReader(*bytes));
      drain();
    }
    for (const uint32_t id : std::set(connected_))
      disconnect(id);
    drain();
    now_ = now_ + Duration::seconds(60);
    server_.handleTimeout(now_);
    drain();
    const auto stats = server_.stats();
    require(stats.allocations == 0 && stats.clients == 0 && sockets_.empty(), "something is left");
    require(stats.permissions == 0 && stats.channels == 0 && stats.relayedAddresses == 0,
            "something is left of an allocation");
    require(stats.reservations == 0, "a port is kept for ever");
    require(server_.deadline().isNever(), "a server without clients waits for something");
  }

 private:
  /// What the server has said about a client that was right to ask for it.
  struct Session {
    std::string username;
    std::string account;
    stun::TransactionId allocatedBy;
    struct Permission {
      Timestamp until;
      bool isOwn;
    };
    std::map<IpAddress, Permission> permissions;
    std::map<uint16_t, std::pair<Endpoint, Timestamp>> channels;

    bool isAllocated() const { return !account.empty(); }
  };
  struct Signed {
    Bytes request;
    std::string username;
    std::string account;
    Bytes key;
  };
  struct Kept {
    RelaySocketId socket;
    std::string account;
    Timestamp until;
  };
  struct Source {
    int64_t failures = 0;
    int64_t challenges = 0;
    int64_t bindings = 0;
  };

  ServerConfig config() const {
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
    if (has(kRest))
      config.secrets = {"", "first", "second"};
    if (has(kFewClients))
      config.maxClients = 6;
    if (has(kFewWrongs)) {
      config.authFailureBurst = 3;
      config.challengeBurst = 30;
      config.challengesPerSecond = 5;
      config.bindingBurst = 4;
      config.bindingsPerSecond = 2;
    }
    if (has(kSlow)) {
      config.bytesPerSecondPerUser = 1000;
      config.bytesPerSecond = 1500;
    }
    if (has(kSoftware))
      config.software = "relay";
    if (has(kFewAllocations)) {
      config.maxAllocations = 3;
      config.maxAllocationsPerUser = 3;
    }
    if (has(kShort)) {
      config.nonceLifetime = Duration::seconds(20);
      config.defaultLifetime = Duration::seconds(5);
      config.maxLifetime = Duration::seconds(30);
    }
    return config;
  }
  PeerPolicy policy() const {
    const Cidr own = *Cidr::parse("198.51.100.1");
    if (!has(kPolicy))
      return PeerPolicy({}, {}, {own});
    return PeerPolicy({*Cidr::parse("10.0.0.0/8")}, {*Cidr::parse("203.0.113.105")}, {own});
  }
  bool has(uint8_t flag) const { return (setup_ & flag) != 0; }

  static Endpoint source(uint32_t id) {
    switch (id) {
      case 3:
        return {ip("203.0.113.0"), 1001};
      case 4:
        return {ip("203.0.113.2"), 1001};
      case 5:
        return {ip("2001:db8:c::5"), 1000};
      case 6:
        return {ip("2001:db8:c::6"), 1000};
      case 7:
        return {ip("::ffff:203.0.113.0"), 1002};
      default:
        break;
    }
    if (id < kCrowd)
      return {IpAddress::v4({203, 0, 113, static_cast<uint8_t>(id)}), 1000};
    return {IpAddress::v4({192, 0, 2, static_cast<uint8_t>(id)}), static_cast<uint16_t>(id)};
  }
  static ClientKind kind(uint32_t id) {
    if (id == 2 || id == 7)
      return ClientKind::kTcp;
    return id == 4 ? ClientKind::kWebSocket : ClientKind::kUdp;
  }
  static bool isStream(uint32_t id) { return kind(id) != ClientKind::kUdp; }

  void connect(uint32_t id) {
    connected_.insert(id);
    server_.clientConnected(ClientId(id), kind(id), source(id), now_);
    drain();
  }
  void disconnect(uint32_t id) {
    connected_.erase(id);
    server_.clientClosed(ClientId(id), now_);
  }

  // --- the operations of always

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
        opened(socket, {ip("198.51.100.1"), static_cast<uint16_t>(100 + first % 8)});
        break;
      case 8:
        fail(socket);
        break;
      case 9:
        server_.relayDatagram(socket, peer(first), bytes, now_);
        break;
      case 10:
        pass(Duration::milliseconds(100 << (first % 16)));
        break;
      case 11:
        disconnect(id);
        break;
      case 12:
        connect(id);
        break;
      case 13:
        indicate(id, peer(first), bytes);
        break;
      case 14:
        if (first == 0xff) {
          server_.stopAllocating();
          break;
        }
        opened(socket, {ip("2001:db8:5::1"), first});
        break;
      default:
        onChannel(id, channel(first), bytes);
        break;
    }
  }

  void pass(Duration time) {
    now_ = now_ + time;
    server_.handleTimeout(now_);
    require(server_.deadline() > now_, "a timer that comes again and again");
  }
  /// Each socket is reported once.
  void opened(RelaySocketId socket, const Endpoint& relayed) {
    if (!reported_.insert(socket).second)
      return;
    std::erase_if(pending_, [&](const auto& each) { return each.socket == socket; });
    relayed_.push_back(relayed);
    server_.relaySocketOpened(socket, relayed, now_);
    drain();
  }
  void fail(RelaySocketId socket) {
    server_.relaySocketFailed(socket, now_);
    forget(socket);
    drain();
  }
  void forget(RelaySocketId socket) {
    sockets_.erase(socket);
    std::erase_if(kept_, [&](const auto& entry) { return entry.second.socket == socket; });
    std::erase_if(pending_, [&](const auto& each) { return each.socket == socket; });
  }
  void indicate(uint32_t id, const Endpoint& to, ByteSpan bytes) {
    deliver(id, MessageBuilder(MessageClass::kIndication, Method::kSend, {})
                    .xorAddress(AttributeType::kXorPeerAddress, to)
                    .bytes(AttributeType::kData, bytes)
                    .build());
  }
  void onChannel(uint32_t id, uint16_t number, ByteSpan bytes) {
    ByteWriter writer;
    writer.u16(number);
    writer.u16(static_cast<uint16_t>(bytes.size()));
    writer.bytes(bytes);
    if (isStream(id))
      writer.align(4);
    deliver(id, writer.view());
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
    const auto transaction = stun::TransactionId::random(chance_);
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
    const auto message = Message::parse(challenged_);
    const auto nonce = message.ok() ? message->text(AttributeType::kNonce) : std::nullopt;
    return std::string(nonce.value_or("none"));
  }

  // --- those from 0xf0 on

  void step(Operation operation, ByteReader reader) {
    const auto next = [&] {
      return reader.u8().value_or(0);
    };
    switch (operation) {
      case kRequest:
        signedRequest(reader);
        break;
      case kOpen:
        open(1 + next() % 8);
        break;
      case kSend: {
        const uint32_t id = next() % kAllClients;
        const uint8_t to = next();
        const uint8_t how = next();
        const Bytes data(size_t{next()} * 8 + how / 2);
        for (int left = next() % 128; left >= 0; --left) {
          if (how % 2 == 0)
            indicate(id, anyPeer(to), data);
          else
            onChannel(id, channel(to), data);
        }
        break;
      }
      case kFromPeer: {
        const RelaySocketId socket(1 + next() % 16);
        const Endpoint from = anyPeer(next());
        const Bytes data(size_t{next()} * 8);
        for (int left = next() % 128; left >= 0; --left) {
          server_.relayDatagram(socket, from, data, now_);
          drain();
        }
        break;
      }
      case kTime: {
        const uint8_t how = next();
        pass(Duration::milliseconds(int64_t{1 + how % 16} << how / 16));
        break;
      }
      case kCome:
        connect(next() % kAllClients);
        break;
      case kGo:
        disconnect(next() % kAllClients);
        break;
      case kCome128: {
        const uint8_t count = next() % 128;
        const uint8_t first = next();
        const Method method = next() % 2 == 0 ? Method::kBinding : Method::kAllocate;
        for (uint32_t i = 0; i <= count; ++i) {
          const uint32_t id = kCrowd + first + i;
          connect(id);
          deliver(id, MessageBuilder(MessageClass::kRequest, method, {}).build());
        }
        break;
      }
      case kOwn: {
        const uint8_t what = next();
        std::vector<Cidr> own;
        if ((what & 1) != 0)
          own.push_back(*Cidr::parse("198.51.100.1"));
        if ((what & 2) != 0)
          own.push_back(*Cidr::parse("203.0.113.104"));
        if ((what & 4) != 0)
          own.push_back(*Cidr::parse("2001:db8:5::/64"));
        hasMoved_ = true;
        policy_.setOwn(own);
        server_.setOwnAddresses(own);
        break;
      }
      case kReplay: {
        const uint32_t id = next() % kAllClients;
        const uint8_t which = next();
        const uint8_t where = next();
        const uint8_t how = next();
        if (recent_.empty())
          break;
        Bytes again = recent_[which % recent_.size()];
        again[where % again.size()] ^= how;
        deliver(id, again);
        break;
      }
      case kBinding: {
        const uint32_t id = next() % kAllClients;
        const uint8_t how = next();
        for (int left = how / 8; left >= 0; --left) {
          MessageBuilder builder(MessageClass::kRequest, Method::kBinding, {});
          if (how % 4 == 1)
            builder.u32(static_cast<AttributeType>(0x7fff), 0);
          deliver(id, builder.build());
        }
        break;
      }
      case kStop:
        server_.stopAllocating();
        break;
      case kRandom:
        random_.isBroken = next() % 2 == 0;
        break;
      case kFail:
        fail(RelaySocketId(1 + next() % 16));
        break;
      case kGuess: {
        const uint32_t id = next() % kAllClients;
        const std::string nonce = challenge(id);
        for (int left = next() % 32; left >= 0; --left) {
          deliver(id, MessageBuilder(MessageClass::kRequest, Method::kAllocate,
                                     *stun::TransactionId::random(chance_))
                          .u32(AttributeType::kRequestedTransport, 17u << 24)
                          .text(AttributeType::kUsername, left % 2 == 0 ? "u" : "nobody")
                          .text(AttributeType::kRealm, "r")
                          .text(AttributeType::kNonce, nonce)
                          .integrity(stun::longTermKey("u", "r", "guessed"))
                          .build());
        }
        break;
      }
      case kOperations:
        break;
    }
  }

  /// As an embedding should: with the family and the ports that are wanted.
  void open(int count) {
    while (!pending_.empty() && count-- > 0) {
      const auto asked = pending_.front();
      pending_.pop_front();
      const IpAddress address =
          ip(asked.family == AddressFamily::kIpv4 ? "198.51.100.1" : "2001:db8:5::1");
      nextPort_ = static_cast<uint16_t>(nextPort_ + 2);
      const auto port = static_cast<uint16_t>(nextPort_ + (asked.evenPort ? 0 : 1));
      const auto above = static_cast<uint16_t>(port + 1);
      const auto second = asked.nextPort;
      opened(asked.socket, {address, port});
      if (second)
        opened(*second, {address, above});
    }
  }

  Endpoint anyPeer(uint8_t which) const {
    if (which < 0x40)
      return peer(which);
    if (which < 0x60 && !relayed_.empty())
      return relayed_[which % relayed_.size()];
    if (which < 0x80)
      return {ip("::ffff:203.0.113.104"), 5};
    return {ip(kForbidden[which % kForbidden.size()]), 5};
  }

  struct User {
    std::string name;
    std::string password;
    Bytes key;
  };
  static constexpr uint8_t kUsers = 12;
  static const User& user(uint8_t who) {
    static const std::vector<User> all = [] {
      std::vector<User> users;
      for (uint8_t each = 0; each < kUsers; ++each) {
        users.push_back(makeUser(each));
        users.back().key = stun::longTermKey(users.back().name, "r", users.back().password);
      }
      return users;
    }();
    return all[who % kUsers];
  }
  static User makeUser(uint8_t who) {
    const auto until = [](int seconds) {
      return std::to_string(kUnix + seconds);
    };
    const auto rest = [](std::string name, std::string_view secret) {
      const std::string password = restPassword(secret, name);
      return User{std::move(name), password, {}};
    };
    switch (who) {
      case 0:
        return {"u", "p", {}};
      case 1:
        return {"v", "q", {}};
      case 2:
        return rest(until(3600) + ":amy", "first");
      case 3:
        return rest(until(100) + ":amy", "second");
      case 4:
        return rest(until(0) + ":amy", "first");
      case 5:
        return rest(until(3600), "first");
      case 6:
        return rest(until(3600) + ":amy", "");
      case 7:
        return rest(until(3600) + ":amy", "third");
      case 8:
        return {"u", "q", {}};
      case 9:
        return {"w", "p", {}};
      case 10:
        return rest("amy:" + until(3600), "first");
      default:
        return rest("-1:amy", "first");
    }
  }

  void signedRequest(ByteReader& reader) {
    const auto next = [&] {
      return reader.u8().value_or(0);
    };
    const uint32_t id = next() % kAllClients;
    const uint8_t who = next();
    const uint8_t what = next();
    const uint8_t options = next();
    constexpr std::array<Method, 8> kMethods{
        Method::kAllocate, Method::kAllocate, Method::kAllocate,         Method::kAllocate,
        Method::kAllocate, Method::kRefresh,  Method::kCreatePermission, Method::kChannelBind};
    const Method method = kMethods[what % 8];
    std::string nonce = challenge(id);
    const auto transaction = stun::TransactionId::random(chance_);
    MessageBuilder builder(MessageClass::kRequest, method, *transaction);
    if (method == Method::kAllocate) {
      builder.u32(AttributeType::kRequestedTransport, (options & 0x40 ? 6u : 17u) << 24);
      const uint8_t even = what % 8 == 1 ? 0x80 : 0;
      if (what % 8 == 1 || (options & 0x20) != 0)
        builder.bytes(AttributeType::kEvenPort, ByteSpan(&even, 1));
      if (what % 8 == 2)
        builder.u64(AttributeType::kReservationToken, token(next()));
      if (what % 8 == 3)
        builder.u32(AttributeType::kAdditionalAddressFamily, 2u << 24);
      if (what % 8 == 4)
        builder.u32(AttributeType::kRequestedAddressFamily, (1u + options / 4 % 4) << 24);
    } else if (method == Method::kRefresh && (options & 0x20) != 0) {
      builder.u32(AttributeType::kRequestedAddressFamily, (1u + options / 4 % 4) << 24);
    } else if (method == Method::kCreatePermission) {
      for (int left = options / 4 % 4; left >= 0; --left)
        builder.xorAddress(AttributeType::kXorPeerAddress, anyPeer(next()));
    } else if (method == Method::kChannelBind) {
      builder.u32(AttributeType::kChannelNumber, static_cast<uint32_t>(channel(next())) << 16);
      builder.xorAddress(AttributeType::kXorPeerAddress, anyPeer(next()));
    }
    constexpr std::array<uint32_t, 4> kLifetimes{0, 0, 10, 5000};
    if (options % 4 != 0)
      builder.u32(AttributeType::kLifetime, kLifetimes[options % 4]);
    if ((options & 0x80) != 0)
      builder.flag(next() % 2 == 0 ? AttributeType::kDontFragment
                                   : static_cast<AttributeType>(0x7fff));
    const User& asks = user(who);
    if (who / 16 % 4 == 1)
      builder.bytes(AttributeType::kUserHash, stun::userHash(asks.name, "r"));
    else
      builder.text(AttributeType::kUsername, asks.name);
    if (who / 16 % 4 == 2)
      nonce[next() % nonce.size()] ^= 1;
    const std::string realm = who / 16 % 4 == 3 ? "s" : "r";
    builder.text(AttributeType::kRealm, realm)
        .text(AttributeType::kNonce, nonce)
        .integrity(stun::longTermKey(asks.name, realm, asks.password),
                   (who & 0x80) != 0 ? stun::IntegrityAlgorithm::kSha256
                                     : stun::IntegrityAlgorithm::kSha1);
    if ((who & 0x40) != 0)
      builder.fingerprint();
    deliver(id, builder.build());
  }

  uint64_t token(uint8_t which) const {
    if (tokens_.empty() || which == 0xff)
      return which;
    return tokens_[which % tokens_.size()];
  }

  // --- what the server is told

  void deliver(uint32_t id, ByteSpan bytes) {
    note(id, bytes);
    current_ = id;
    if (isStream(id)) {
      server_.clientStreamData(ClientId(id), bytes, now_, unix());
    } else {
      server_.clientDatagram(ClientId(id), bytes, now_, unix());
    }
    drain();
  }
  int64_t unix() const { return kUnix + now_.ms() / 1000; }

  /// Whether it has to be believed; asked here a second time, on another way.
  void note(uint32_t id, ByteSpan bytes) {
    const auto message = Message::parse(bytes);
    if (!message.ok() || message->messageClass() != MessageClass::kRequest || !message->integrity())
      return;
    recent_.push_back(toBytes(bytes));
    if (recent_.size() > 8)
      recent_.pop_front();
    const std::string name(message->text(AttributeType::kUsername).value_or(""));
    const std::string nonce(message->text(AttributeType::kNonce).value_or(""));
    const auto issued = nonces_.find({plain(source(id)), nonce});
    if (message->text(AttributeType::kRealm) != "r" || issued == nonces_.end() ||
        now_ - issued->second >= config_.nonceLifetime)
      return;
    const Session& session = sessions_[id];
    for (uint8_t who = 0; who < 6; ++who) {
      const User& each = user(who);
      const bool isStatic = who < 2;
      const size_t colon = each.name.find(':');
      const bool isOver = !isStatic && std::stoll(each.name.substr(0, colon)) <= unix();
      // The owner may keep what it has.
      const bool isOwner = session.isAllocated() && session.username == name;
      if (each.name != name || (!isStatic && !has(kRest)) || (isOver && !isOwner))
        continue;
      if (!message->verifyIntegrity(each.key))
        continue;
      const std::string account =
          isStatic ? "user " + name
                   : "rest " + (colon == std::string::npos ? name : name.substr(colon + 1));
      signed_[{id, message->transactionId()}] = Signed{toBytes(bytes), name, account, each.key};
      return;
    }
  }
  static Endpoint plain(const Endpoint& endpoint) {
    return {endpoint.address.unmapped(), endpoint.port};
  }
  /// One subscriber's.
  static IpAddress network(const Endpoint& endpoint) {
    const IpAddress address = endpoint.address.unmapped();
    return address.isV4() ? address : ip("2001:db8:c::");
  }

  // --- what it does

  void drain() {
    while (auto output = server_.poll()) {
      if (auto* data = std::get_if<Server::ToClient>(&*output)) {
        require(!data->data.empty(), "nothing is sent");
        told(data->client.value(), data->data);
      } else if (auto* toPeer = std::get_if<Server::ToPeer>(&*output)) {
        relays(*toPeer);
      } else if (auto* asks = std::get_if<Server::OpenRelaySocket>(&*output)) {
        sockets_.insert(asks->socket);
        owners_[asks->socket] = current_;
        if (asks->nextPort) {
          sockets_.insert(*asks->nextPort);
          above_[current_] = *asks->nextPort;
        }
        pending_.push_back(*asks);
        everAsked_.insert(current_);
      } else if (auto* close = std::get_if<Server::CloseRelaySocket>(&*output)) {
        forget(close->socket);
      } else if (auto* gone = std::get_if<Server::CloseClient>(&*output)) {
        const uint32_t id = gone->client.value();
        require(!sessions_[id].isAllocated(), "a client is let go and its allocation stays");
        require(gone->reason != "making room" || !isStream(id), "a connection makes room");
        connected_.erase(id);
      } else if (auto* event = std::get_if<Server::Event>(&*output)) {
        happened(*event);
      }
    }
    check();
  }

  void happened(const Server::Event& event) {
    const uint32_t id = event.client.value();
    if (event.kind == Server::Event::Kind::kDeallocated) {
      require(sessions_[id].account == event.account, "another's allocation ends");
      sessions_[id] = {};
    } else if (event.kind == Server::Event::Kind::kAllocated) {
      require(sessions_[id].account == event.account, "an allocation for somebody else");
    } else if (event.kind == Server::Event::Kind::kAuthenticationFailed) {
      const int64_t failures = ++sources_[network(source(id))].failures;
      require(isWithin(failures, config_.authFailureBurst, config_.authFailuresPerSecond),
              "may guess too often");
    }
  }

  /// Since the beginning, at the best.
  bool isWithin(int64_t used, uint64_t burst, uint64_t rate) const {
    return used <= static_cast<int64_t>(burst) + static_cast<int64_t>(rate) * now_.ms() / 1000 + 1;
  }

  void told(uint32_t id, const Bytes& data) {
    Session& session = sessions_[id];
    if (isChannelFrame(data)) {
      const auto framed = ChannelData::parse(data);
      require(framed.has_value(), "writes what is no channel data");
      const auto bound = session.channels.find(framed->channel.value());
      require(bound != session.channels.end() && bound->second.second > now_,
              "data on a channel that nobody has bound");
      arrives(session, bound->second.first, framed->data.size());
      return;
    }
    const auto message = Message::parse(data);
    require(message.ok(), "writes what nobody can read");
    if (message->is(MessageClass::kIndication, Method::kData)) {
      const auto from = message->xorAddress(AttributeType::kXorPeerAddress);
      const auto content = message->find(AttributeType::kData);
      require(from && content, "an indication without data");
      arrives(session, *from, content->size());
      return;
    }
    if (const auto nonce = message->text(AttributeType::kNonce)) {
      nonces_.emplace(std::pair(plain(source(id)), std::string(*nonce)), now_);
      challenged_ = data;
    }
    const bool isSuccess = message->messageClass() == MessageClass::kSuccess;
    if (!isSuccess || message->method() == Method::kBinding) {
      if (!message->integrity() && !isStream(id))
        countUnsigned(id, isSuccess);
      return;
    }
    const auto request = signed_.find({id, message->transactionId()});
    require(request != signed_.end(), "granted to somebody who has shown no password");
    require(message->verifyIntegrity(request->second.key), "an answer that its asker cannot trust");
    granted(id, session, request->second, *message);
  }

  void countUnsigned(uint32_t id, bool isSuccess) {
    Source& source = sources_[network(this->source(id))];
    if (!isSuccess) {
      require(isWithin(++source.challenges, config_.challengeBurst, config_.challengesPerSecond),
              "answers too many strangers");
    } else if (!everAsked_.contains(id)) {
      require(isWithin(++source.bindings, config_.bindingBurst, config_.bindingsPerSecond),
              "tells too many strangers their address");
    }
  }

  void granted(uint32_t id, Session& session, const Signed& by, const Message& answer) {
    const auto request = Message::parse(by.request);
    require(request->method() == answer.method(), "an answer to something else");
    if (answer.method() == Method::kAllocate) {
      if (session.isAllocated()) {
        require(session.allocatedBy == answer.transactionId(), "a second allocation");
        return;
      }
      session.username = by.username;
      session.account = by.account;
      session.allocatedBy = answer.transactionId();
      takeKept(id, *request, by.account);
      if (const auto token = answer.u64(AttributeType::kReservationToken)) {
        tokens_.push_back(*token);
        kept_[*token] = Kept{above_.at(id), by.account, now_ + Duration::seconds(30)};
      }
      return;
    }
    // A Refresh that gives back has ended the session before.
    require(answer.method() == Method::kRefresh || session.username == by.username,
            "has a say in another's allocation");
    if (answer.method() == Method::kRefresh)
      return;
    const auto permit = [&](const Endpoint& to) {
      const auto verdict = policy_.judge(to.address);
      require(verdict != PeerPolicy::Verdict::kDenied && !isForbidden(to.address),
              "a permission for where nothing may go");
      const bool isOwn = verdict == PeerPolicy::Verdict::kOwn;
      session.permissions[to.address] = {now_ + kPermissionLifetime, isOwn};
    };
    if (answer.method() == Method::kChannelBind) {
      // Of several addresses the first counts.
      const auto to = request->xorAddress(AttributeType::kXorPeerAddress);
      const auto number = request->u16(AttributeType::kChannelNumber);
      require(to && number, "a channel to nobody");
      permit(*to);
      session.channels[*number] = {*to, now_ + kChannelLifetime};
      return;
    }
    const auto peers = request->xorAddresses(AttributeType::kXorPeerAddress);
    require(peers.has_value(), "a permission for what is no address");
    for (const Endpoint& to : *peers)
      permit(to);
  }

  void takeKept(uint32_t id, const Message& request, const std::string& account) {
    const auto token = request.u64(AttributeType::kReservationToken);
    if (!token)
      return;
    const auto kept = kept_.find(*token);
    require(kept != kept_.end(), "a port that is not kept, or was given away");
    require(kept->second.account == account, "a port that was kept for another");
    require(kept->second.until > now_, "a port that was kept for too long");
    owners_[kept->second.socket] = id;
    kept_.erase(kept);
  }

  static bool isForbidden(const IpAddress& address) {
    static const std::set<IpAddress> all = [] {
      std::set<IpAddress> addresses;
      for (const std::string_view each : kForbidden)
        addresses.insert(ip(each));
      return addresses;
    }();
    return all.contains(address);
  }

  void arrives(const Session& session, const Endpoint& from, size_t size) {
    const auto permission = session.permissions.find(from.address);
    require(permission != session.permissions.end() && permission->second.until > now_,
            "lets a peer in that nobody has permitted");
    pays(session, size);
  }

  void relays(const Server::ToPeer& sent) {
    require(sockets_.contains(sent.socket), "sends from a socket that is closed");
    const Session& session = sessions_[owners_.at(sent.socket)];
    const auto permission = session.permissions.find(sent.peer.address);
    require(permission != session.permissions.end() && permission->second.until > now_,
            "sends to a peer that nobody has permitted");
    require(!permission->second.isOwn, "sends to the relay's own machine");
    require(!isForbidden(sent.peer.address), "sends where nothing may go");
    require(hasMoved_ || policy_.allowed(sent.peer.address), "sends against the policy");
    pays(session, sent.data.size());
  }

  void pays(const Session& session, size_t size) {
    const auto paid = bytes_[session.account] += static_cast<int64_t>(size);
    total_ += static_cast<int64_t>(size);
    const uint64_t mine = config_.bytesPerSecondPerUser;
    const uint64_t all = config_.bytesPerSecond;
    require(isWithin(paid, std::max<uint64_t>(mine, 65536), mine), "a user sends too much");
    require(all == 0 || isWithin(total_, std::max<uint64_t>(all, 65536), all), "all send too much");
  }

  void check() {
    const auto stats = server_.stats();
    require(stats.permissions <= config_.maxPermissionsInTotal &&
                stats.channels <= config_.maxChannelsInTotal,
            "too many permissions or channels");
    require(stats.clients <= config_.maxClients, "too many clients");
    require(stats.allocations + stats.reservations <= config_.maxAllocations,
            "too many allocations");
    require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    std::map<std::string, size_t> ports;
    for (const auto& [id, session] : sessions_) {
      if (session.isAllocated())
        ++ports[session.account];
    }
    for (const auto& [token, kept] : kept_)
      ++ports[kept.account];
    for (const auto& [account, count] : ports)
      require(count <= config_.maxAllocationsPerUser, "a user has too many ports");
  }

  const uint8_t setup_;
  const size_t before_;
  sim::Chance random_;
  SeededRandom chance_{8};
  const ServerConfig config_;
  Server server_;
  PeerPolicy policy_ = policy();
  /// The machine's addresses have been others since.
  bool hasMoved_ = false;
  Timestamp now_ = Timestamp::milliseconds(1000);
  std::set<RelaySocketId> sockets_;
  std::deque<Server::OpenRelaySocket> pending_;
  std::set<RelaySocketId> reported_;
  std::map<RelaySocketId, uint32_t> owners_;
  /// By client: the port above, as it was asked for last.
  std::map<uint32_t, RelaySocketId> above_;
  std::vector<Endpoint> relayed_;
  uint16_t nextPort_ = 200;
  Bytes challenged_;
  std::set<uint32_t> connected_;
  std::set<uint32_t> everAsked_;
  uint32_t current_ = 0;
  std::map<uint32_t, Session> sessions_;
  std::map<std::pair<uint32_t, stun::TransactionId>, Signed> signed_;
  std::map<std::pair<Endpoint, std::string>, Timestamp> nonces_;
  std::deque<Bytes> recent_;
  std::map<uint64_t, Kept> kept_;
  std::vector<uint64_t> tokens_;
  std::map<IpAddress, Source> sources_;
  std::map<std::string, int64_t> bytes_;
  int64_t total_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader(ByteSpan(data, size));
  uint8_t setup = 0;
  if (size >= 2 && data[0] == 0xff) {
    setup = data[1];
    reader = ByteReader(ByteSpan(data + 2, size - 2));
  }
  Harness(setup).run(reader);
  return 0;
}
