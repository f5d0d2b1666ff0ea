// One agent, and everything that it asks: STUN and TURN servers of every kind, over datagrams and
// streams, by address and by name. The input chooses servers, policy and interfaces; the rest is a
// program that resolves names, opens and breaks connections, and answers what was asked as servers
// would that know the password, honest ones and others: with success, errors, challenges, and with
// 300 Try Alternate to anywhere. A server sends nobody to this machine, to no address or to many,
// unless it is on this machine itself; no redirection goes in a circle or on for ever; who relays
// in order not to be seen tells nothing; and when everything is lost, a server that is honest gives
// a relayed candidate.

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cpp/ice/agent.h"
#include "cpp/stun/crypto.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/fuzz/require.h"
#include "tests/sim/chance.h"

namespace {

using namespace rtc;
using namespace rtc::ice;
using rtc::fuzz::require;
using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr int kMostInstructions = 100;
constexpr size_t kRemembered = 24;
constexpr size_t kMostInterfaces = 6;
constexpr size_t kMostMemory = size_t{2} * 1024 * 1024;
/// More than any input brings about at once.
constexpr int kMostOutputs = 1000;
constexpr int kMostSteps = 5000;
/// The engine follows five.
constexpr size_t kMostRedirections = 5;

/// Of the third byte.
constexpr uint8_t kRelayAlone = 1, kSoftware = 2, kComplete = 4, kFirstInterface = 8;

enum Instruction : uint8_t {
  kRun,              // how long
  kRunToTimer,       //
  kStall,            // how long: no timers come
  kAddInterface,     // which
  kRemoveInterface,  // which
  kInterfacesEnd,    //
  kResolved,         // which, how many, addresses
  kOpened,           // which
  kClosed,           // which
  kAnswer,           // to what, how, with what
  kRaw,              // from where, length, bytes
  kRawStream,        // which, length, bytes
  kRestart,          //
  kConfigure,        // servers, policy
  kPassword,         // which stream, right or wrong
  kRandom,           // breaks or is mended
  kProbe,            // sends through a relay what the peer would have to answer
  kCount,
};

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}
Endpoint at(std::string_view address, uint16_t port = 3478) {
  return {ip(address), port};
}

/// Where servers are, and where none should be.
Endpoint place(uint8_t which) {
  constexpr std::array<std::string_view, 16> kAddresses{
      "198.51.100.1", "198.51.100.2",  "198.51.100.3", "198.51.100.4",
      "198.51.100.5", "2001:db8::5",   "2001:db8::6",  "127.0.0.1",
      "::1",          "0.0.0.0",       "::",           "224.0.0.1",
      "ff02::1",      "::ffff:7f00:1", "::ffff:0:0",   "::ffff:e000:1"};
  const auto port = static_cast<uint16_t>(which / 16 == 15 ? 0 : 3478 + which / 16 % 8);
  return at(kAddresses[which % 16], port);
}

Endpoint local(uint8_t which) {
  constexpr std::array<std::string_view, 4> kAddresses{"10.0.0.1", "2001:db8::1", "127.0.0.1",
                                                       "fe80::1"};
  return at(kAddresses[which % 4], static_cast<uint16_t>(5000 + which / 4 % 4));
}

constexpr size_t kServers = 16;
using Transport = Server::Transport;

Server server(size_t which) {
  struct Kind {
    bool isTurn;
    Transport transport;
    const char* host;
    const char* url;
  };
  constexpr std::array<Kind, kServers> kKinds{{
      {false, Transport::kUdp, "198.51.100.1", "stun:a"},
      {false, Transport::kUdp, "stun.example", "stun:b"},
      {true, Transport::kUdp, "198.51.100.2", "turn:c"},
      {true, Transport::kUdp, "turn.example", "turn:d"},
      {true, Transport::kTcp, "198.51.100.3", "turn:e?transport=tcp"},
      {true, Transport::kTls, "turns.example", "turns:f"},
      {true, Transport::kRelaySocket, "relay.example", "wss://relay.example"},
      {false, Transport::kTls, "stuns.example", "stuns:g"},
      {true, Transport::kUdp, "127.0.0.1", "turn:h"},
      {true, Transport::kTcp, "127.0.0.1", "turn:i?transport=tcp"},
      {true, Transport::kUdp, "2001:db8::5", "turn:j"},
      {true, Transport::kTls, "2001:db8::6", "turns:k"},
      {true, Transport::kTcp, "turn.example", "turn:l?transport=tcp"},
      {true, Transport::kUdp, "198.51.100.2", "turn:m"},
      {true, Transport::kRelaySocket, "relay.example", "ws://relay.example"},
      {true, Transport::kUdp, "there.example", "turn:n"},
  }};
  const Kind& kind = kKinds[which];
  Server server;
  server.kind = kind.isTurn ? Server::Kind::kTurn : Server::Kind::kStun;
  server.transport = kind.transport;
  server.host = kind.host;
  server.url = kind.url;
  server.username = "user";
  server.password = "pass";
  return server;
}

bool overDatagrams(const Server& server) {
  return server.kind == Server::Kind::kTurn && server.transport == Transport::kUdp;
}

class Program {
 public:
  explicit Program(ByteReader reader)
      : reader_(reader),
        servers_(next16()),
        setup_(next()),
        before_(testing::bytesInUse()),
        agent_(config(), random_) {
    remember(servers_);
    agent_.setLocalCredentials({"aaaa", "aaaaaaaaaaaaaaaaaaaaaa"}, now_);
    for (uint8_t which = 0; which < 4; ++which) {
      if ((setup_ & (kFirstInterface << which)) != 0)
        addInterface(which);
    }
    agent_.gather(now_);
    if ((setup_ & kComplete) != 0)
      agent_.interfacesComplete(now_);
    drain();
  }

  void run() {
    for (int count = 0; count < kMostInstructions && !reader_.atEnd(); ++count) {
      step(static_cast<Instruction>(next() % kCount));
      drain();
      check();
    }
    random_.isBroken = false;
    end();
    beginAnew();
    agent_.close(now_);
    drain();
    run(Duration::seconds(10));
    require(agent_.deadline().isNever(), "a closed agent waits for something");
    for (const auto& [id, stream] : streams_)
      require(stream.isClosed, "a stream is left open");
  }

 private:
  struct Stream {
    Server server;
    bool isOpen = false;
    bool isClosed = false;
    /// Where the redirections have led that brought us here.
    std::vector<Endpoint> chain;
  };
  /// Something that a server may answer.
  struct Asked {
    std::optional<StreamId> stream;
    InterfaceId interface;
    Endpoint server;
    Bytes request;
  };
  /// A 300 is being read.
  struct Redirection {
    std::optional<StreamId> stream;
    InterfaceId interface;
    Endpoint from;
    std::string url;
    std::vector<Endpoint> chain;
  };

  uint8_t next() { return reader_.u8().value_or(0); }
  uint16_t next16() { return reader_.u16().value_or(0); }
  Bytes nextBytes() {
    return toBytes(*reader_.bytes(std::min<size_t>(next(), reader_.remaining())));
  }
  Duration nextDuration() {
    const uint8_t how = next();
    return Duration::milliseconds(int64_t{1 + how % 16} << (how / 16 % 14));
  }

  AgentConfig config() {
    AgentConfig config;
    config.servers = list(servers_);
    if ((setup_ & kRelayAlone) != 0)
      config.policy = TransportPolicy::kRelay;
    else
      isHidden_ = false;
    if ((setup_ & kSoftware) != 0)
      config.software = "webrtc-wasm";
    return config;
  }
  static std::vector<Server> list(uint16_t mask) {
    std::vector<Server> servers;
    for (size_t i = 0; i < kServers; ++i) {
      if ((mask >> i & 1) != 0)
        servers.push_back(server(i));
    }
    return servers;
  }
  /// What the application has named itself.
  void remember(uint16_t mask) {
    everConfigured_ = static_cast<uint16_t>(everConfigured_ | mask);
    for (const Server& each : list(mask)) {
      if (const auto address = IpAddress::parse(each.host))
        known_.insert({*address, each.port});
    }
  }
  /// Whose redirections cannot be taken for those of another.
  bool hasOneDatagramServer() const {
    const auto ever = list(everConfigured_);
    return std::count_if(ever.begin(), ever.end(), overDatagrams) == 1;
  }
  const Server* configured(const std::string& url) const {
    for (const Server& each : all_) {
      if (each.url == url)
        return &each;
    }
    return nullptr;
  }

  // --- what comes out

  void drain() {
    for (int count = 0; auto output = agent_.poll(); ++count) {
      require(count < kMostOutputs, "too much at once");
      if (auto* sent = std::get_if<Transmit>(&*output)) {
        transmitted(*sent);
      } else if (auto* open = std::get_if<StreamOpen>(&*output)) {
        opens(*open);
      } else if (auto* streamed = std::get_if<StreamTransmit>(&*output)) {
        const Stream& stream = streams_.at(streamed->stream);
        require(stream.isOpen && !stream.isClosed, "writes to a stream that is not open");
        ask(Asked{streamed->stream, {}, {}, std::move(streamed->data)});
      } else if (auto* closed = std::get_if<StreamClose>(&*output)) {
        require(!std::exchange(streams_.at(closed->stream).isClosed, true),
                "a stream is closed twice");
      } else if (auto* resolve = std::get_if<Resolve>(&*output)) {
        require(!IpAddress::parse(resolve->hostname), "asks for the address of an address");
        resolves_.push_back(*resolve);
      } else if (auto* candidate = std::get_if<LocalCandidate>(&*output)) {
        told(candidate->candidate);
      } else if (auto* error = std::get_if<CandidateError>(&*output)) {
        require(!isHidden_ || error->address.empty(), "an error tells the address");
        require(configured(error->url) != nullptr, "an error of a server that nobody named");
      }
    }
    redirection_.reset();
  }

  void ask(Asked asked) {
    const auto message = stun::Message::parse(asked.request);
    if (!message.ok() || message->messageClass() != MessageClass::kRequest)
      return;
    asked_.push_back(std::move(asked));
    if (asked_.size() > kRemembered)
      asked_.pop_front();
  }

  void transmitted(Transmit& sent) {
    require(interfaces_.contains(sent.interface), "sends from an interface that is gone");
    const Endpoint& to = sent.destination;
    if (!known_.contains(to))
      requireHarmless(to);
    const auto message = stun::Message::parse(sent.data);
    const bool isAllocate = message.ok() && message->is(MessageClass::kRequest, Method::kAllocate);
    if (isAllocate && redirection_ && !redirection_->stream &&
        redirection_->interface == sent.interface && hasOneDatagramServer()) {
      chains_[{sent.interface, to}] = follow(redirection_->chain, to);
    }
    ask(Asked{std::nullopt, sent.interface, to, std::move(sent.data)});
  }

  void opens(const StreamOpen& open) {
    require(!streams_.contains(open.stream), "a stream's name is used again");
    const Server* origin = configured(open.server.url);
    require(origin != nullptr && origin->transport == open.server.transport &&
                origin->kind == Server::Kind::kTurn,
            "a stream of a kind that nobody named");
    require(open.server.username == "user", "the username is another");
    Stream stream;
    stream.server = open.server;
    const auto address = IpAddress::parse(open.server.host);
    const bool isRedirected =
        redirection_ && redirection_->stream && redirection_->url == origin->url;
    if (isRedirected) {
      require(address.has_value(), "redirected to a name");
      requireHarmless({*address, open.server.port});
      stream.chain = follow(redirection_->chain, {*address, open.server.port});
      require(IpAddress::parse(origin->host) || !open.server.tlsName.empty(),
              "a certificate for no name");
    } else {
      require(open.server.host == origin->host && open.server.port == origin->port &&
                  open.server.tlsName.empty(),
              "begins at another place than was named");
      if (address)
        stream.chain = {{*address, open.server.port}};
    }
    streams_.emplace(open.stream, std::move(stream));
  }

  /// A server has named it, and not in order to have something done on this machine.
  void requireHarmless(const Endpoint& to) const {
    const IpAddress address = to.address.unmapped();
    require(named_.contains({address, to.port}), "goes where nobody has sent it");
    require(to.port != 0 && !address.isUnspecified() && !address.isMulticast(),
            "is sent to nobody or to many");
    require(!address.isLoopback() || namedAtHome_.contains({address, to.port}),
            "is sent to this machine from elsewhere");
  }

  static std::vector<Endpoint> follow(std::vector<Endpoint> chain, const Endpoint& to) {
    require(std::find(chain.begin(), chain.end(), to) == chain.end(), "redirected in a circle");
    chain.push_back(to);
    require(chain.size() <= kMostRedirections, "redirected too often");
    return chain;
  }

  void told(const Candidate& candidate) {
    const bool isRelay = candidate.type == CandidateType::kRelay;
    require(!isHidden_ || isRelay, "tells what it should hide");
    require(!isRelay || given_.contains(candidate.endpoint), "a relayed address that nobody gave");
    require(!isHidden_ || (candidate.related && candidate.related->address.isUnspecified()),
            "a relayed candidate tells where it comes from");
    relays_ += isRelay;
  }

  // --- the servers

  /// Of the machine itself.
  bool isAtHome(const Asked& asked) const {
    if (!asked.stream)
      return asked.server.address.unmapped().isLoopback();
    const auto address = IpAddress::parse(streams_.at(*asked.stream).server.host);
    return address && address->unmapped().isLoopback();
  }

  void answer() {
    const uint8_t which = next();
    const uint8_t how = next();
    const uint8_t what = next();
    if (asked_.empty())
      return;
    const Asked asked = asked_[asked_.size() - 1 - which % asked_.size()];
    const auto request = stun::Message::parse(asked.request);
    switch (how % 8) {
      case 0:
        succeed(asked, *request, what);
        break;
      case 1:
        challenge(asked, *request, what);
        break;
      case 2: {
        auto builder = MessageBuilder::errorTo(*request, 300 + next16() % 400);
        builder.bytes(static_cast<AttributeType>(what), nextBytes());
        reply(asked, std::move(builder), how);
        break;
      }
      case 3: {
        constexpr std::array<int, 8> kCodes{400, 403, 420, 437, 440, 441, 486, 508};
        reply(asked, MessageBuilder::errorTo(*request, kCodes[what % 8]), how);
        break;
      }
      case 4: {
        auto builder = MessageBuilder::successTo(*request);
        builder.bytes(static_cast<AttributeType>(what), nextBytes());
        reply(asked, std::move(builder), how);
        break;
      }
      default:
        redirect(asked, *request, how, what);
    }
  }

  void succeed(const Asked& asked, const stun::Message& request, uint8_t what) {
    auto builder = MessageBuilder::successTo(request);
    if (request.method() == Method::kAllocate) {
      const auto port = static_cast<uint16_t>(50000 + what % 4);
      for (const char* relayed : {"198.51.100.9", "2001:db8::9"}) {
        if ((what & (relayed[0] == '1' ? 0x10 : 0x20)) != 0)
          continue;
        given_.insert(at(relayed, port));
        builder.xorAddress(AttributeType::kXorRelayedAddress, at(relayed, port));
      }
    }
    if (request.method() == Method::kAllocate || request.method() == Method::kBinding)
      builder.xorAddress(AttributeType::kXorMappedAddress, place(what));
    const bool isBrief = (what & 0x40) != 0;
    builder.u32(AttributeType::kLifetime, isBrief ? 0 : 600);
    reply(asked, std::move(builder), what / 0x80 * 0x40);
  }

  void challenge(const Asked& asked, const stun::Message& request, uint8_t what) {
    auto builder = MessageBuilder::errorTo(
        request, what % 2 == 0 ? stun::kUnauthenticated : stun::kStaleNonce);
    builder.text(AttributeType::kRealm, "r").text(AttributeType::kNonce, std::to_string(what));
    reply(asked, std::move(builder), 0x80);
  }

  void redirect(const Asked& asked, const stun::Message& request, uint8_t how, uint8_t what) {
    auto builder = MessageBuilder::errorTo(request, stun::kTryAlternate);
    const Endpoint to = place(what);
    builder.address(AttributeType::kAlternateServer, to);
    if (how % 8 == 6)
      builder.text(AttributeType::kAlternateDomain, "other.example");
    const Endpoint plain{to.address.unmapped(), to.port};
    named_.insert(plain);
    if (isAtHome(asked))
      namedAtHome_.insert(plain);
    Redirection redirection{asked.stream, asked.interface, asked.server, {}, {}};
    if (asked.stream) {
      const Stream& stream = streams_.at(*asked.stream);
      redirection.url = stream.server.url;
      redirection.chain = stream.chain;
    } else {
      const auto chain = chains_.find({asked.interface, asked.server});
      redirection.chain = chain == chains_.end() ? std::vector{asked.server} : chain->second;
    }
    redirection_ = std::move(redirection);
    reply(asked, std::move(builder), how);
  }

  void reply(const Asked& asked, MessageBuilder builder, uint8_t how) {
    if ((how & 0xc0) == 0)
      builder.integrity(stun::longTermKey("user", "r", "pass"));
    if ((how & 0xc0) == 0x40)
      builder.integrity(stun::longTermKey("user", "r", "wrong"));
    const Bytes data = builder.fingerprint().build();
    if (asked.stream)
      agent_.handleStreamData(*asked.stream, data, now_);
    else
      agent_.handleDatagram(asked.interface, asked.server, data, now_);
  }

  void resolved() {
    const uint8_t which = next();
    const uint8_t count = next() % 6;
    std::vector<IpAddress> addresses;
    for (int left = count; left > 0; --left)
      addresses.push_back(place(next()).address);
    if (resolves_.empty()) {
      agent_.handleResolved(ResolveId(which), addresses, now_);
      return;
    }
    const Resolve& resolve = resolves_[which % resolves_.size()];
    if (!addresses.empty())
      resolved_.insert(resolve.hostname);
    for (const Server& each : all_) {
      for (const IpAddress& address : addresses) {
        if (each.host == resolve.hostname)
          known_.insert({address, each.port});
      }
    }
    agent_.handleResolved(resolve.id, addresses, now_);
  }

  // --- the machine

  void addInterface(uint8_t which) {
    if (interfaces_.size() >= kMostInterfaces)
      return;
    const InterfaceId id(++lastInterface_);
    interfaces_[id] = local(which);
    agent_.addInterface(id, local(which), InterfaceKind::kUdp, now_);
  }
  void removeInterface(uint8_t which) {
    if (interfaces_.empty())
      return;
    const auto gone = std::next(interfaces_.begin(), which % std::ssize(interfaces_));
    const InterfaceId id = gone->first;
    agent_.removeInterface(id, now_);
    drain();
    interfaces_.erase(id);
  }
  StreamId stream(uint8_t which) const { return StreamId(1 + which % (streams_.size() + 1)); }
  void open(StreamId id) {
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.isClosed)
      return;
    found->second.isOpen = true;
    agent_.handleStreamOpened(id, now_);
  }
  void restart() {
    letter_ = letter_ == 'z' ? 'b' : static_cast<char>(letter_ + 1);
    agent_.restart({std::string(4, letter_), std::string(22, letter_)}, now_);
  }
  void configure(uint16_t mask, TransportPolicy policy) {
    remember(mask);
    isHidden_ = isHidden_ && policy == TransportPolicy::kRelay;
    agent_.configure(list(mask), policy);
  }

  void timers() {
    if (agent_.deadline() > now_)
      return;
    agent_.handleTimeout(now_);
    drain();
    require(agent_.deadline() > now_, "a deadline that does not move");
  }
  void run(Duration time) {
    const Timestamp end = now_ + time;
    for (int step = 0; now_ < end; ++step) {
      require(step < kMostSteps, "too busy");
      now_ = std::max(now_, earlier(end, agent_.deadline()));
      timers();
    }
  }

  void step(Instruction what) {
    switch (what) {
      case kRun:
        run(nextDuration());
        break;
      case kRunToTimer:
        if (!agent_.deadline().isNever())
          now_ = std::max(now_, agent_.deadline());
        timers();
        break;
      case kStall:
        now_ = now_ + nextDuration();
        break;
      case kAddInterface:
        addInterface(next());
        break;
      case kRemoveInterface:
        removeInterface(next());
        break;
      case kInterfacesEnd:
        agent_.interfacesComplete(now_);
        break;
      case kResolved:
        resolved();
        break;
      case kOpened:
        open(stream(next()));
        break;
      case kClosed: {
        const StreamId id = stream(next());
        agent_.handleStreamClosed(id, now_);
        break;
      }
      case kAnswer:
        answer();
        break;
      case kRaw: {
        const Endpoint source = place(next());
        if (!interfaces_.empty())
          agent_.handleDatagram(interfaces_.begin()->first, source, nextBytes(), now_);
        break;
      }
      case kRawStream: {
        const StreamId id = stream(next());
        agent_.handleStreamData(id, nextBytes(), now_);
        break;
      }
      case kRestart:
        restart();
        break;
      case kConfigure: {
        const uint16_t mask = next16();
        configure(mask, next() % 4 == 0 ? TransportPolicy::kRelay : TransportPolicy::kAll);
        break;
      }
      case kPassword: {
        const StreamId id = stream(next());
        agent_.setStreamCredentials(id, "user", next() % 2 == 0 ? "pass" : "wrong");
        break;
      }
      case kRandom:
        random_.isBroken = next() % 2 == 0;
        break;
      case kProbe:
        (void)agent_.send(nextBytes(), now_);
        break;
      case kCount:
        break;
    }
  }

  // --- what must hold

  void check() {
    require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    require(agent_.gatheringState() != GatheringState::kNew, "gathering has not begun");
  }

  /// Nobody says anything any more, and gathering ends.
  void end() {
    agent_.interfacesComplete(now_);
    drain();
    run(Duration::seconds(100));
    require(agent_.gatheringState() == GatheringState::kComplete, "gathering never ends");
  }

  /// Other networks, and a server that is as it should be. If it has a name, it may have had no
  /// address before.
  void beginAnew() {
    while (!interfaces_.empty())
      removeInterface(0);
    const bool isNamed = !resolved_.contains("there.example");
    configure(isNamed ? 1 << 15 : 1 << 2, TransportPolicy::kAll);
    resolves_.clear();
    addInterface(0);
    drain();
    asked_.clear();
    restart();
    drain();
    if (isNamed) {
      const auto asks = std::find_if(resolves_.begin(), resolves_.end(), [](const Resolve& each) {
        return each.hostname == "there.example";
      });
      require(asks != resolves_.end(), "a name is not asked for again");
      known_.insert(at("198.51.100.2"));
      agent_.handleResolved(asks->id, {ip("198.51.100.2")}, now_);
      drain();
    }
    const size_t before = relays_;
    for (int round = 0; round < 50 && relays_ == before; ++round) {
      for (const Asked& asked : std::exchange(asked_, {})) {
        const auto request = stun::Message::parse(asked.request);
        if (asked.stream || asked.server != at("198.51.100.2"))
          continue;
        if (request->integrity())
          succeed(asked, *request, 0x20);
        else
          challenge(asked, *request, 0);
        drain();
      }
      run(Duration::milliseconds(100));
    }
    require(relays_ > before, "an honest server gives no candidate");
  }

  ByteReader reader_;
  const uint16_t servers_;
  const uint8_t setup_;
  const size_t before_;
  const std::vector<Server> all_ = list(0xffff);
  uint16_t everConfigured_ = 0;
  /// It has been `kRelay` all the time.
  bool isHidden_ = true;
  Timestamp now_ = Timestamp::milliseconds(1000);
  sim::Chance random_{9};
  std::map<InterfaceId, Endpoint> interfaces_;
  uint32_t lastInterface_ = 0;
  std::map<StreamId, Stream> streams_;
  std::vector<Resolve> resolves_;
  /// Names that have had an address.
  std::set<std::string> resolved_;
  std::deque<Asked> asked_;
  std::optional<Redirection> redirection_;
  std::map<std::pair<InterfaceId, Endpoint>, std::vector<Endpoint>> chains_;
  /// Endpoints that the application or a name of its stands for.
  std::set<Endpoint> known_;
  /// Those that servers have sent us to, IPv4 in plain form.
  std::set<Endpoint> named_;
  std::set<Endpoint> namedAtHome_;
  std::set<Endpoint> given_;
  size_t relays_ = 0;
  char letter_ = 'a';
  Agent agent_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
