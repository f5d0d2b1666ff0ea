// Two agents, a TURN server and the network between them, and somebody who knows the passwords: the
// input's first byte chooses servers, policy and roles (and that a second byte chooses further
// servers, by name and over TCP and TLS), the rest is a program. Interfaces come and go, paths are
// cut, the server falls, ICE restarts and restarts are taken back, timers come late, randomness
// runs out, servers and policy become others; meanwhile requests and responses that are signed as
// the peer would sign them are made up, real ones repeated and damaged, candidates of any kind and
// number told, connections to TCP candidates opened and checked over. What an agent holds is
// bounded, no
// deadline stays in the past, nothing is said after the end, and once the network is good again a
// restart connects the two, and both are heard.

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cpp/ice/tcp_framing.h"
#include "cpp/stun/message.h"
#include "tests/cpp/base/bytes_in_use.h"
#include "tests/cpp/ice/network.h"
#include "tests/fuzz/require.h"

namespace {

using namespace rtc;
using namespace rtc::ice;
using namespace rtc::ice::test;
using rtc::fuzz::require;
using stun::AttributeType;
using stun::MessageBuilder;
using stun::MessageClass;
using stun::Method;

constexpr int kMostInstructions = 80;
constexpr size_t kRemembered = 32;
constexpr uint32_t kMostInterfaces = 4;
constexpr size_t kMostMemory = size_t{4} * 1024 * 1024;
/// More steps than any honest session has in that time.
constexpr int kMostSteps = 20000;

/// Of the first byte.
constexpr uint8_t kStun = 1, kTurnStream = 2, kTurnUdp = 4, kRelayAlone = 8, kSameRole = 16,
                  kConnectsTcp = 32, kStartsConnected = 64, kMoreServers = 128;
/// Of the second byte, where there is one: servers of `a`, unless it says `b`.
constexpr uint8_t kNamedStun = 1, kNamedTurnOfB = 2, kTurnTcp = 4, kTurnTls = 8, kStunStream = 16,
                  kNoInterfaces = 32, kNameOfB = 64, kLateNames = 128;

enum Instruction : uint8_t {
  kRun,              // how long
  kStall,            // how long: nobody's timers come
  kAddInterface,     // who
  kRemoveInterface,  // who, which
  kSend,             // who
  kCut,              // what: neither, from a, from b, both, checks, all but checks
  kTellCandidate,    // to whom, kind, place, priority
  kTellName,         // to whom, which
  kEndCandidates,    // to whom
  kRestart,          // who, whether the other hears of it
  kTakeBack,         // who
  kCredentials,      // to whom, letter, lite
  kRole,             // who, which
  kServer,           // falls, rises, stops, drops its streams, hears nothing
  kRequest,          // to whom, from where, priority, attributes
  kResponse,         // to whom, to which request, code, address
  kReplay,           // which, from where
  kDamage,           // which, where, how
  kRaw,              // to whom, from where, length, bytes
  kStream,           // who, which, what, length, bytes
  kResolved,         // who, which, how many
  kClose,            // who
  kCount,
  // Of bytes from 0xe0 on.
  kFirstNew = kCount,
  kTellMany = kFirstNew,  // to whom, how many, first, kind
  kLateSend,              // who, after how long without timers
  kRandomness,            // whose, ends or is there again
  kConfigure,             // whose, servers, policy
  kNames,                 // whose, what the servers' names stand for
  kPassword,              // whose, right or wrong, for streams to come
  kStreamRequest,         // to whom, on which stream, attributes
  kStreamResponse,        // to whom, on which stream, to which request, address
  kFail,                  // whose, how many of its checks are answered with an error
  kIndication,            // to whom, from where
  kEnd,
};
constexpr uint8_t kNewOnes = kEnd - kFirstNew;

bool isStun(const Bytes& data) {
  return !data.empty() && data[0] < 4;
}

class Program {
 public:
  explicit Program(ByteReader reader)
      : reader_(reader),
        setup_(next()),
        more_((setup_ & kMoreServers) != 0 ? next() : 0),
        before_(testing::bytesInUse()),
        pair_(options()) {
    pair_.network.logs = false;
    cut(0);
    if (hasTurn())
      pair_.addTurn();
    pair_.network.addStunServer(at("198.51.100.1", 3478));
    for (Peer* peer : {&pair_.a, &pair_.b}) {
      peer->names["there.local"] = {ip("10.0.0.2"), ip("2001:db8::2")};
      peer->onPeerStream = [&streams = peerStreams_[peer]](const PeerStreamOpen& open) {
        streams.push_back(open.stream);
      };
      peer->onPeerData = [&asked = streamRequests_](StreamId stream, Bytes data) {
        asked.emplace_back(stream, std::move(data));
        if (asked.size() > kRemembered)
          asked.pop_front();
      };
      peer->onPeerClose = [](StreamId) {
      };
      peer->onOpen = [this, peer](const StreamOpen& open) {
        if (wrong_.contains(peer))
          peer->agent.setStreamCredentials(open.stream, "user", "wrong");
      };
      if ((more_ & kLateNames) == 0)
        resolveAll(*peer);
      if ((more_ & kNoInterfaces) == 0)
        addInterface(*peer);
    }
    pair_.start();
    if ((setup_ & kStartsConnected) != 0)
      run(Duration::seconds(5));
  }

  void run() {
    for (int count = 0; count < kMostInstructions && !reader_.atEnd(); ++count) {
      const uint8_t what = next();
      step(static_cast<Instruction>(what < 0xe0 ? what % kCount : kFirstNew + what % kNewOnes));
      pair_.pump();
      check(pair_.a);
      check(pair_.b);
    }
    if (!isClosed(pair_.a) && !isClosed(pair_.b))
      recover();
    for (Peer* peer : {&pair_.a, &pair_.b})
      peer->agent.close(pair_.now());
    run(Duration::seconds(10));
    for (const Peer* peer : {&pair_.a, &pair_.b}) {
      require(peer->agent.deadline().isNever(), "a closed agent waits for something");
      require(peer->streamsOpened + peerStreams_[peer].size() >= peer->streamsClosed,
              "a stream is closed twice");
    }
  }

 private:
  uint8_t next() { return reader_.u8().value_or(0); }
  uint16_t next16() { return reader_.u16().value_or(0); }
  uint32_t next32() { return reader_.u32().value_or(0); }
  Bytes nextBytes() {
    return toBytes(*reader_.bytes(std::min<size_t>(next(), reader_.remaining())));
  }
  Peer& someone() { return next() % 2 == 0 ? pair_.a : pair_.b; }
  Peer& other(const Peer& peer) { return &peer == &pair_.a ? pair_.b : pair_.a; }
  Duration nextDuration() {
    // From a millisecond to half a minute.
    const uint8_t how = next();
    return Duration::milliseconds(int64_t{1 + how % 16} << (how / 16 % 12));
  }
  bool hasTurn() const {
    return (setup_ & (kTurnStream | kTurnUdp)) != 0 ||
           (more_ & (kNamedTurnOfB | kTurnTcp | kTurnTls)) != 0;
  }
  static bool isClosed(const Peer& peer) {
    return peer.agent.state() == IceTransportState::kClosed;
  }

  Pair2::Options options() {
    Pair2::Options options;
    if ((setup_ & kStun) != 0)
      options.serversA.push_back(stunServer());
    if ((setup_ & kTurnStream) != 0)
      options.serversA.push_back(turnServer(Server::Transport::kRelaySocket));
    if ((setup_ & kTurnUdp) != 0)
      options.serversB.push_back(turnServer(Server::Transport::kUdp));
    if ((more_ & kNamedStun) != 0)
      options.serversA.push_back(stunServer("stun.example"));
    if ((more_ & kTurnTcp) != 0)
      options.serversA.push_back(turnServer(Server::Transport::kTcp, "turn.example"));
    if ((more_ & kTurnTls) != 0)
      options.serversA.push_back(turnServer(Server::Transport::kTls, "turn.example"));
    if ((more_ & kStunStream) != 0) {
      options.serversA.push_back(stunServer());
      options.serversA.back().transport = Server::Transport::kTls;
    }
    if ((more_ & kNamedTurnOfB) != 0)
      options.serversB.push_back(turnServer(Server::Transport::kUdp, "turn.example"));
    if ((more_ & kNameOfB) != 0)
      options.serversB.push_back(stunServer("nowhere.example"));
    if ((setup_ & kTurnStream) != 0 && (setup_ & kRelayAlone) != 0)
      options.policyA = TransportPolicy::kRelay;
    if ((setup_ & kSameRole) != 0)
      options.roleB = options.roleA;
    options.tweak = [this](AgentConfig& config) {
      config.connectsTcp = (setup_ & kConnectsTcp) != 0;
    };
    options_ = options;
    return options;
  }
  void resolveAll(Peer& peer) {
    peer.names["stun.example"] = {ip("198.51.100.1"), ip("2001:db8::77")};
    peer.names["turn.example"] = {ip("198.51.100.2")};
  }

  // --- the network

  /// Also remembers what passes.
  void cut(uint8_t what) {
    pair_.network.drop = [this, what](const Packet& packet) {
      recent_.push_back(packet);
      if (recent_.size() > kRemembered)
        recent_.pop_front();
      const bool isFromA = packet.source.address == ip("10.0.0.1");
      switch (what % 6) {
        case 1:
          return isFromA;
        case 2:
          return !isFromA;
        case 3:
          return true;
        case 4:
          return isStun(packet.data);
        case 5:
          return !isStun(packet.data);
        default:
          return false;
      }
    };
  }

  void addInterface(Peer& peer) {
    auto& ids = idsOf(peer);
    if (ids.size() >= kMostInterfaces)
      return;
    const uint32_t id = ++lastId_;
    ids.push_back(id);
    const bool isA = &peer == &pair_.a;
    const auto port = static_cast<uint16_t>(5000 + id);
    peer.addInterface(id, id % 3 == 0 ? at(isA ? "2001:db8::1" : "2001:db8::2", port)
                                      : at(isA ? "10.0.0.1" : "10.0.0.2", port));
  }
  std::vector<uint32_t>& idsOf(const Peer& peer) { return &peer == &pair_.a ? idsA_ : idsB_; }

  /// As `Pair2::runFor`, and sees to it that time goes on.
  void run(Duration time) {
    const Timestamp end = pair_.now() + time;
    pair_.pump();
    for (int step = 0; pair_.now() < end; ++step) {
      require(step < kMostSteps, "too busy");
      Timestamp at = earlier(pair_.network.nextEvent(), end);
      for (const Peer* peer : {&pair_.a, &pair_.b})
        at = earlier(at, peer->agent.deadline());
      if (pair_.turn)
        at = earlier(at, pair_.turn->deadline());
      pair_.network.advance(std::max(at, pair_.now()));
      pair_.pump();
      timers();
    }
  }

  void timers() {
    for (Peer* peer : {&pair_.a, &pair_.b}) {
      if (peer->agent.deadline() > pair_.now())
        continue;
      peer->agent.handleTimeout(pair_.now());
      pair_.pump();
      require(peer->agent.deadline() > pair_.now(), "a deadline that does not move");
    }
    if (pair_.turn && pair_.turn->deadline() <= pair_.now())
      pair_.turn->timeout();
    pair_.pump();
  }

  Endpoint place(uint8_t which) {
    switch (which % 8) {
      case 0:
        return {ip("10.0.0.1"), static_cast<uint16_t>(5001 + which / 8)};
      case 1:
      case 2:
        return {ip("10.0.0.2"), static_cast<uint16_t>(5001 + which / 8)};
      case 3:
        return at("198.51.100.2", 3478);
      case 4:
        return at("198.51.100.9", static_cast<uint16_t>(50000 + which / 8));
      case 5:
        return at("2001:db8::2", static_cast<uint16_t>(5001 + which / 8));
      default:
        return {IpAddress::v4({192, 0, 2, which}), static_cast<uint16_t>(1 + next16() % 65535)};
    }
  }

  void inject(Peer& to, const Endpoint& source, Bytes data) {
    const auto& ids = idsOf(to);
    if (ids.empty() || data.empty())
      return;
    const InterfaceId id(ids[next() % ids.size()]);
    to.agent.handleDatagram(id, source, std::move(data), pair_.now());
  }

  // --- what somebody says who knows the passwords

  void forgeRequest(Peer& to) {
    const Endpoint source = place(next());
    const uint8_t what = next();
    const Credentials& theirs = to.agent.remoteCredentials();
    const Credentials& ours = to.agent.localCredentials();
    const auto id = stun::TransactionId::random(chance_);
    MessageBuilder builder(MessageClass::kRequest, Method::kBinding, *id);
    builder.text(AttributeType::kUsername, ours.ufrag + ":" + theirs.ufrag);
    if ((what & 1) == 0)
      builder.u32(AttributeType::kPriority, next32());
    if ((what & 2) != 0)
      builder.flag(AttributeType::kUseCandidate);
    if ((what & 4) != 0)
      builder.u64(AttributeType::kIceControlling, uint64_t{next32()} << 32);
    if ((what & 8) != 0)
      builder.u64(AttributeType::kIceControlled, uint64_t{next32()} << 32);
    if ((what & 16) != 0)
      builder.bytes(static_cast<AttributeType>(next16()), nextBytes());
    if (!ours.password.empty())
      builder.integrity(asBytes(ours.password));
    builder.fingerprint();
    inject(to, source, builder.build());
  }

  void forgeResponse(Peer& to) {
    if (recent_.empty())
      return;
    const Packet& asked = recent_[next() % recent_.size()];
    const auto request = stun::Message::parse(asked.data);
    if (!request.ok() || request->messageClass() != MessageClass::kRequest)
      return;
    const uint8_t what = next();
    MessageBuilder builder = (what & 1) == 0
                                 ? MessageBuilder::successTo(*request)
                                 : MessageBuilder::errorTo(*request, 300 + next16() % 400);
    if ((what & 2) == 0)
      builder.xorAddress(AttributeType::kXorMappedAddress, place(next()));
    if ((what & 4) != 0)
      builder.bytes(static_cast<AttributeType>(next16()), nextBytes());
    const std::string& password = to.agent.remoteCredentials().password;
    if ((what & 8) == 0 && !password.empty())
      builder.integrity(asBytes(password));
    builder.fingerprint();
    inject(to, (what & 16) == 0 ? asked.destination : place(next()), builder.build());
  }

  void replay(bool damages) {
    if (recent_.empty())
      return;
    Packet packet = recent_[next() % recent_.size()];
    const uint8_t from = next();
    if (from % 4 == 3)
      packet.source = place(from / 4);
    if (damages && !packet.data.empty()) {
      for (int left = 1 + next() % 4; left > 0; --left)
        packet.data[next16() % packet.data.size()] ^= next();
    }
    pair_.network.inject(std::move(packet));
  }

  void tellCandidate(Peer& to) {
    Candidate candidate;
    const uint8_t kind = next();
    candidate.type = static_cast<CandidateType>(kind % 4);
    if ((kind & 4) != 0) {
      candidate.transport = TransportProtocol::kTcp;
      candidate.tcpType = static_cast<TcpType>(kind / 8 % 3);
    }
    candidate.foundation = std::string(1, static_cast<char>('0' + kind / 32));
    candidate.endpoint = place(next());
    candidate.priority = next32();
    candidate.component = (kind & 128) != 0 ? next() : 1;
    if (candidate.type != CandidateType::kHost)
      candidate.related = place(next());
    if (kind % 3 == 0)
      candidate.ufrag = to.agent.remoteCredentials().ufrag;
    to.agent.addRemoteCandidate(std::move(candidate), pair_.now());
  }

  void tellName(Peer& to) {
    const uint8_t which = next();
    Candidate candidate;
    candidate.foundation = "7";
    candidate.priority = which;
    candidate.hostname = which % 2 == 0 ? "there.local" : std::to_string(which) + ".local";
    candidate.endpoint.port = static_cast<uint16_t>(5001 + which % 4);
    to.agent.addRemoteCandidate(std::move(candidate), pair_.now());
  }

  /// As many as somebody likes, near each other.
  void tellMany(Peer& to) {
    const uint8_t count = next() % 128;
    const uint16_t first = next16();
    const uint8_t kind = next();
    for (uint16_t i = 0; i <= count; ++i) {
      Candidate candidate;
      candidate.type = static_cast<CandidateType>(kind % 4);
      candidate.foundation = std::to_string((kind & 4) != 0 ? i : 0);
      candidate.priority = 1 + first * 1000u + ((kind & 8) != 0 ? i : 200u - i);
      const bool isThere = (kind & 16) != 0;
      candidate.endpoint = {isThere ? ip("10.0.0.2") : IpAddress::v4({203, 0, 113, kind}),
                            static_cast<uint16_t>(1 + first + i)};
      if ((kind & 32) != 0) {
        candidate.transport = TransportProtocol::kTcp;
        candidate.tcpType = TcpType::kPassive;
      }
      to.agent.addRemoteCandidate(std::move(candidate), pair_.now());
    }
  }

  /// Answers checks under way, and so makes their pairs fail.
  void fail(Peer& to) {
    const uint8_t count = next() % 32;
    const std::string& password = to.agent.remoteCredentials().password;
    if (password.empty())
      return;
    for (const Packet& asked : std::vector(recent_.begin(), recent_.end())) {
      const auto request = stun::Message::parse(asked.data);
      if (!request.ok() || request->messageClass() != MessageClass::kRequest ||
          failed_++ % 32 > count)
        continue;
      for (const uint32_t id : idsOf(to)) {
        to.agent.handleDatagram(InterfaceId(id), asked.destination,
                                MessageBuilder::errorTo(*request, stun::kServerError)
                                    .integrity(asBytes(password))
                                    .fingerprint()
                                    .build(),
                                pair_.now());
      }
    }
  }

  void indicate(Peer& to) {
    const Endpoint source = place(next());
    inject(to, source, MessageBuilder(MessageClass::kIndication, Method::kBinding, {}).build());
  }

  /// What a peer says on a connection to its candidate.
  void onStream(Peer& to, MessageBuilder builder, const std::string& password) {
    const auto& streams = peerStreams_[&to];
    if (streams.empty() || password.empty())
      return;
    const StreamId stream = streams[next() % streams.size()];
    builder.integrity(asBytes(password)).fingerprint();
    to.agent.handleStreamData(stream, tcpFrame(builder.build()), pair_.now());
  }
  void requestOnStream(Peer& to) {
    const Credentials& ours = to.agent.localCredentials();
    MessageBuilder builder(MessageClass::kRequest, Method::kBinding,
                           *stun::TransactionId::random(chance_));
    builder.text(AttributeType::kUsername, ours.ufrag + ":" + to.agent.remoteCredentials().ufrag);
    const uint8_t what = next();
    builder.u32(AttributeType::kPriority, what);
    if ((what & 1) != 0)
      builder.flag(AttributeType::kUseCandidate);
    onStream(to, std::move(builder), ours.password);
  }
  void respondOnStream(Peer& to) {
    if (streamRequests_.empty())
      return;
    const auto [stream, frame] = streamRequests_[next() % streamRequests_.size()];
    const auto request = stun::Message::parse(ByteSpan(frame).subspan(2));
    if (!request.ok() || request->messageClass() != MessageClass::kRequest)
      return;
    MessageBuilder builder = MessageBuilder::successTo(*request);
    builder.xorAddress(AttributeType::kXorMappedAddress, place(next()));
    const std::string& password = to.agent.remoteCredentials().password;
    if (password.empty())
      return;
    builder.integrity(asBytes(password)).fingerprint();
    to.agent.handleStreamData(stream, tcpFrame(builder.build()), pair_.now());
  }

  // --- what applications do

  /// Servers and policy from the next restart on.
  void configure(Peer& peer) {
    const uint8_t which = next();
    std::vector<Server> servers;
    if ((which & 1) != 0)
      servers.push_back(stunServer("stun.example"));
    if ((which & 2) != 0)
      servers.push_back(turnServer(Server::Transport::kUdp, "turn.example"));
    if ((which & 4) != 0)
      servers.push_back(turnServer(Server::Transport::kTls, "turn.example"));
    if ((which & 8) != 0)
      servers.push_back(turnServer(Server::Transport::kUdp));
    if ((which & 16) != 0)
      servers.push_back(stunServer());
    peer.agent.configure(std::move(servers), (which & 128) != 0 && (which & 14) != 0
                                                 ? TransportPolicy::kRelay
                                                 : TransportPolicy::kAll);
  }
  void name(Peer& peer) {
    const uint8_t what = next();
    const auto name = what % 2 == 0 ? "stun.example" : "turn.example";
    if (what / 2 % 4 == 0)
      peer.names.erase(name);
    else if (what / 2 % 4 == 1)
      peer.names[name].clear();
    else if (what / 2 % 4 == 2)
      peer.names[name] = {place(next()).address, place(next()).address};
    else
      resolveAll(peer);
  }

  void restart(Peer& from) {
    from.candidates.clear();
    letter_ = static_cast<char>(letter_ == 'z' ? 'c' : letter_ + 1);
    (&from == &pair_.a ? beforeA_ : beforeB_) = from.agent.localCredentials();
    from.agent.restart(credentials(letter_), pair_.now());
    pair_.pump();
  }

  void hear(const Peer& from, Peer& to) {
    to.agent.setRemoteCredentials(from.agent.localCredentials(), false, pair_.now());
    for (const Candidate& candidate : from.candidates)
      to.agent.addRemoteCandidate(candidate, pair_.now());
    pair_.pump();
  }

  bool send(Peer& from) {
    const std::string text = "message " + std::to_string(sent_.size());
    if (!from.agent.send(toBytes(asBytes(text)), pair_.now()))
      return false;
    sent_.push_back(text);
    return true;
  }

  void server(uint8_t what) {
    if (!pair_.turn)
      return;
    switch (what % 5) {
      case 0:
        pair_.turn->fall();
        break;
      case 1:
        rise();
        break;
      case 2:
        pair_.turn->stop();
        break;
      case 3:
        pair_.turn->dropStreams();
        break;
      default:
        pair_.turn->isDeaf = !pair_.turn->isDeaf;
    }
  }

  void rise() {
    pair_.turn->fall();
    pair_.turn->rise();
    pair_.turn->isDeaf = false;
  }

  /// Connections to candidates are the program's alone; of those to the server, what they say.
  void stream(Peer& peer) {
    const uint8_t which = next();
    const uint8_t what = next();
    const auto& streams = peerStreams_[&peer];
    if (what % 4 > 1 || streams.empty()) {
      peer.agent.handleStreamData(StreamId(which % 16), nextBytes(), pair_.now());
    } else if (what % 4 == 0) {
      peer.agent.handleStreamOpened(streams[which % streams.size()], pair_.now());
    } else {
      peer.agent.handleStreamClosed(streams[which % streams.size()], pair_.now());
    }
  }

  void resolved(Peer& peer) {
    const ResolveId id(next() % 16);
    std::vector<IpAddress> addresses;
    for (int left = next() % 12; left > 0; --left)
      addresses.push_back(place(next()).address);
    peer.agent.handleResolved(id, addresses, pair_.now());
  }

  void step(Instruction what) {
    switch (what) {
      case kRun:
        run(nextDuration());
        break;
      case kStall:
        pair_.network.advance(pair_.now() + nextDuration());
        pair_.pump();
        timers();
        break;
      case kAddInterface:
        addInterface(someone());
        break;
      case kRemoveInterface: {
        Peer& peer = someone();
        auto& ids = idsOf(peer);
        if (ids.empty())
          break;
        const auto gone = ids.begin() + next() % static_cast<std::ptrdiff_t>(ids.size());
        peer.removeInterface(*gone);
        ids.erase(gone);
        break;
      }
      case kSend:
        send(someone());
        break;
      case kCut:
        cut(next());
        break;
      case kTellCandidate:
        tellCandidate(someone());
        break;
      case kTellName:
        tellName(someone());
        break;
      case kEndCandidates:
        someone().agent.endOfRemoteCandidates(pair_.now());
        break;
      case kRestart: {
        Peer& peer = someone();
        restart(peer);
        if (next() % 2 == 0)
          hear(peer, other(peer));
        break;
      }
      case kTakeBack: {
        Peer& peer = someone();
        (void)peer.agent.cancelRestart(&peer == &pair_.a ? beforeA_ : beforeB_, pair_.now());
        break;
      }
      case kCredentials: {
        Peer& peer = someone();
        const char letter = static_cast<char>('a' + next() % 26);
        peer.agent.setRemoteCredentials(credentials(letter), next() % 4 == 3, pair_.now());
        break;
      }
      case kRole: {
        Peer& peer = someone();
        peer.agent.setRole(next() % 2 == 0 ? Role::kControlling : Role::kControlled, pair_.now());
        break;
      }
      case kServer:
        server(next());
        break;
      case kRequest:
        forgeRequest(someone());
        break;
      case kResponse:
        forgeResponse(someone());
        break;
      case kReplay:
        replay(false);
        break;
      case kDamage:
        replay(true);
        break;
      case kRaw: {
        Peer& peer = someone();
        const Endpoint source = place(next());
        inject(peer, source, nextBytes());
        break;
      }
      case kStream:
        stream(someone());
        break;
      case kResolved:
        resolved(someone());
        break;
      case kClose:
        someone().agent.close(pair_.now());
        break;
      case kTellMany:
        tellMany(someone());
        break;
      case kLateSend: {
        Peer& peer = someone();
        pair_.network.advance(pair_.now() + nextDuration());
        send(peer);
        break;
      }
      case kRandomness:
        someone().random.isBroken = next() % 2 == 0;
        break;
      case kConfigure:
        configure(someone());
        break;
      case kNames:
        name(someone());
        break;
      case kPassword: {
        Peer& peer = someone();
        if (next() % 2 == 0) {
          wrong_.insert(&peer);
          hasBeenWrong_ = true;
        } else {
          wrong_.erase(&peer);
        }
        break;
      }
      case kStreamRequest:
        requestOnStream(someone());
        break;
      case kStreamResponse:
        respondOnStream(someone());
        break;
      case kFail:
        fail(someone());
        break;
      case kIndication:
        indicate(someone());
        break;
      case kEnd:
        break;
    }
  }

  // --- what must hold

  void check(const Peer& peer) {
    const Limits limits;
    require(peer.agent.pairs().size() <= 2 * limits.pairs, "too many pairs");
    // Of this session, the one before, and one that is replaced by a restart without an answer.
    require(peer.agent.remoteCandidates().size() <= 3 * limits.remoteCandidates,
            "too many candidates");
    require(testing::growthSince(before_) <= kMostMemory, "too much memory");
    for (size_t i = 1; i < peer.states.size(); ++i) {
      require(peer.states[i - 1] != IceTransportState::kClosed, "something after the end");
      require(peer.states[i - 1] != peer.states[i], "a state twice");
    }
    require(peer.states.empty() || peer.states.back() == peer.agent.state(),
            "another state than was told");
    const bool isConnected = peer.agent.state() == IceTransportState::kConnected ||
                             peer.agent.state() == IceTransportState::kCompleted;
    require(!isConnected || peer.agent.selectedPair(), "connected by nothing");
  }

  /// The network is good, and both ends restart: then they connect.
  void recover() {
    cut(0);
    if (pair_.turn)
      rise();
    for (Peer* peer : {&pair_.a, &pair_.b}) {
      resolveAll(*peer);
      peer->random.isBroken = false;
    }
    // What was begun with a wrong password is refused first.
    wrong_.clear();
    if (hasBeenWrong_)
      run(Duration::seconds(15));
    for (Peer* peer : {&pair_.a, &pair_.b}) {
      for (uint32_t id : std::exchange(idsOf(*peer), {}))
        peer->removeInterface(id);
    }
    lastId_ += 3 - lastId_ % 3;
    addInterface(pair_.a);
    addInterface(pair_.b);
    pair_.a.agent.configure(options_.serversA, options_.policyA);
    pair_.b.agent.configure(options_.serversB, options_.policyB);
    pair_.a.agent.setRole(Role::kControlling, pair_.now());
    pair_.b.agent.setRole(Role::kControlled, pair_.now());
    pair_.trickleAToB();
    pair_.trickleBToA();
    for (Peer* peer : {&pair_.a, &pair_.b}) {
      // The first may be the answer to a restart of the other's.
      do
        restart(*peer);
      while (!peer->agent.remoteCredentials().empty());
    }
    hear(pair_.a, pair_.b);
    hear(pair_.b, pair_.a);
    for (int second = 0; second < 90 && !areConnected(); ++second)
      run(Duration::seconds(1));
    require(areConnected(), "not connected by a restart over a good network");
    for (Peer* from : {&pair_.a, &pair_.b}) {
      Peer& to = other(*from);
      to.received.clear();
      require(send(*from), "connected, and cannot send");
      run(Duration::seconds(1));
      require(std::find(to.received.begin(), to.received.end(), sent_.back()) != to.received.end(),
              "connected, and nothing arrives");
    }
  }

  bool areConnected() const {
    return pair_.isConnected() && !pair_.a.agent.carriesPrevious() &&
           !pair_.b.agent.carriesPrevious();
  }

  ByteReader reader_;
  const uint8_t setup_;
  const uint8_t more_;
  const size_t before_;
  sim::Chance chance_{5};
  std::deque<Packet> recent_;
  std::vector<std::string> sent_;
  std::vector<uint32_t> idsA_;
  std::vector<uint32_t> idsB_;
  uint32_t lastId_ = 0;
  std::map<const Peer*, std::vector<StreamId>> peerStreams_;
  /// Requests that were written to candidates of the other's.
  std::deque<std::pair<StreamId, Bytes>> streamRequests_;
  /// Who has the wrong password for streams.
  std::set<const Peer*> wrong_;
  bool hasBeenWrong_ = false;
  size_t failed_ = 0;
  char letter_ = 'b';
  /// What each end's last restart has taken the place of.
  Credentials beforeA_;
  Credentials beforeB_;
  Pair2::Options options_;
  Pair2 pair_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Program(ByteReader(ByteSpan(data, size))).run();
  return 0;
}
