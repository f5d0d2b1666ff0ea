#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include "cpp/turn/server.h"
#include "wasm/convert.h"
#include "wasm/events.h"
#include "wasm/random.h"

namespace rtc::wasm {
namespace {

std::vector<turn::Cidr> rangesFrom(const std::vector<val>& entries) {
  std::vector<turn::Cidr> ranges;
  for (const val& entry : entries) {
    if (const auto range = turn::Cidr::parse(entry.as<std::string>()))
      ranges.push_back(*range);
  }
  return ranges;
}

template <typename T>
void take(const val& options, const char* name, T& target) {
  if (const auto value = uintMember(options, name))
    target = static_cast<T>(*value);
}

void takeSeconds(const val& options, const char* name, Duration& target) {
  if (const auto value = uintMember(options, name))
    target = Duration::seconds(*value);
}

turn::ServerConfig configFrom(const val& options) {
  turn::ServerConfig config;
  config.realm = stringMember(options, "realm", config.realm);
  config.software = stringMember(options, "software");
  for (const val& secret : listMember(options, "secrets")) {
    config.secrets.push_back(secret.as<std::string>());
  }
  const val users = options["users"];
  if (!users.isUndefined() && !users.isNull()) {
    for (const val& name :
         emscripten::vecFromJSArray<val>(val::global("Object").call<val>("keys", users))) {
      config.users[name.as<std::string>()] = users[name].as<std::string>();
    }
  }
  config.policy = turn::PeerPolicy(rangesFrom(listMember(options, "allow")),
                                   rangesFrom(listMember(options, "deny")),
                                   rangesFrom(listMember(options, "own")));
  takeSeconds(options, "nonceLifetime", config.nonceLifetime);
  takeSeconds(options, "idleTimeout", config.idleTimeout);
  take(options, "maxClients", config.maxClients);
  take(options, "maxAllocations", config.maxAllocations);
  take(options, "maxAllocationsPerUser", config.maxAllocationsPerUser);
  take(options, "maxPermissions", config.maxPermissions);
  take(options, "maxPermissionsPerUser", config.maxPermissionsPerUser);
  take(options, "maxPermissionsInTotal", config.maxPermissionsInTotal);
  take(options, "maxChannels", config.maxChannels);
  take(options, "maxChannelsPerUser", config.maxChannelsPerUser);
  take(options, "maxChannelsInTotal", config.maxChannelsInTotal);
  take(options, "bytesPerSecondPerUser", config.bytesPerSecondPerUser);
  take(options, "bytesPerSecond", config.bytesPerSecond);
  config.ipv4 = boolMember(options, "ipv4", true);
  config.ipv6 = boolMember(options, "ipv6", true);
  return config;
}

const char* kindName(turn::Server::Event::Kind kind) {
  using Kind = turn::Server::Event::Kind;
  switch (kind) {
    case Kind::kAllocated:
      return "allocated";
    case Kind::kDeallocated:
      return "deallocated";
    case Kind::kAllocationRefused:
      return "allocation-refused";
    case Kind::kAuthenticationFailed:
      return "authentication-failed";
    case Kind::kPeerRefused:
      return "peer-refused";
  }
  return "unknown";
}

val typed(const char* type) {
  val event = val::object();
  event.set("type", std::string(type));
  return event;
}

struct ToEvent {
  val operator()(const turn::Server::ToClient& output) const {
    return bytesEvent(BytesEvent::kToClient, output.client.value(), output.data);
  }
  val operator()(const turn::Server::ToPeer& output) const {
    return datagramEvent(DatagramEvent::kToPeer, output.socket.value(), output.peer, output.data);
  }
  val operator()(const turn::Server::CloseClient& output) const {
    val event = typed("close-client");
    event.set("clientId", output.client.value());
    event.set("reason", output.reason);
    return event;
  }
  val operator()(const turn::Server::OpenRelaySocket& output) const {
    val event = typed("open-relay-socket");
    event.set("socketId", output.socket.value());
    event.set("family", output.family == AddressFamily::kIpv4 ? 4 : 6);
    event.set("evenPort", output.evenPort);
    event.set("nextSocketId", output.nextPort ? val(output.nextPort->value()) : val::null());
    return event;
  }
  val operator()(const turn::Server::CloseRelaySocket& output) const {
    val event = typed("close-relay-socket");
    event.set("socketId", output.socket.value());
    return event;
  }
  val operator()(const turn::Server::Event& output) const {
    val event = typed("event");
    event.set("kind", std::string(kindName(output.kind)));
    event.set("clientId", output.client.value());
    event.set("account", stringFrom(output.account));
    event.set("endpoint", output.endpoint ? val(output.endpoint->toString()) : val::null());
    event.set("detail", stringFrom(output.detail));
    return event;
  }
};

}  // namespace

/// `Module.TurnServer`: turn::Server for the relay process, its arguments and results as plain
/// values. `now` is in milliseconds of one monotonic clock, `unixSeconds` is wall-clock time.
class TurnServerHandle {
 public:
  explicit TurnServerHandle(val options)
      : seeded_(seededFrom(options)),
        server_(configFrom(options), seeded_ ? *seeded_ : hostRandom()) {}

  void clientConnected(uint32_t id, const std::string& kind, const std::string& address,
                       uint32_t port, double now) {
    turn::ClientKind clientKind = turn::ClientKind::kUdp;
    if (kind == "tcp")
      clientKind = turn::ClientKind::kTcp;
    if (kind == "websocket")
      clientKind = turn::ClientKind::kWebSocket;
    const auto source = endpointFrom(address, static_cast<uint16_t>(port));
    server_.clientConnected(turn::ClientId(id), clientKind, source.value_or(Endpoint{}),
                            timestampFrom(now));
    if (clientKind == turn::ClientKind::kUdp)
      datagramClients_.insert(id);
  }
  void clientData(uint32_t id, val data, double now, double unixSeconds) {
    const Bytes bytes = bytesFrom(data);
    const auto seconds = static_cast<int64_t>(unixSeconds);
    if (datagramClients_.count(id) > 0) {
      server_.clientDatagram(turn::ClientId(id), bytes, timestampFrom(now), seconds);
    } else {
      server_.clientStreamData(turn::ClientId(id), bytes, timestampFrom(now), seconds);
    }
  }
  void clientClosed(uint32_t id, double now) {
    datagramClients_.erase(id);
    server_.clientClosed(turn::ClientId(id), timestampFrom(now));
  }
  void relaySocketOpened(uint32_t id, const std::string& address, uint32_t port, double now) {
    const auto relayed = endpointFrom(address, static_cast<uint16_t>(port));
    if (!relayed)
      return relaySocketFailed(id, now);
    server_.relaySocketOpened(turn::RelaySocketId(id), *relayed, timestampFrom(now));
  }
  void relaySocketFailed(uint32_t id, double now) {
    server_.relaySocketFailed(turn::RelaySocketId(id), timestampFrom(now));
  }
  void relayDatagram(uint32_t id, const std::string& address, uint32_t port, val data, double now) {
    const auto source = endpointFrom(address, static_cast<uint16_t>(port));
    if (!source)
      return;
    server_.relayDatagram(turn::RelaySocketId(id), *source, bytesFrom(data), timestampFrom(now));
  }
  void setOwnAddresses(val addresses) {
    server_.setOwnAddresses(rangesFrom(emscripten::vecFromJSArray<val>(addresses)));
  }
  void stopAllocating() { server_.stopAllocating(); }
  void handleTimeout(double now) { server_.handleTimeout(timestampFrom(now)); }
  double deadline() const { return millisecondsFrom(server_.deadline()); }

  val poll() {
    const auto output = server_.poll();
    if (!output)
      return val::undefined();
    if (const auto* close = std::get_if<turn::Server::CloseClient>(&*output)) {
      datagramClients_.erase(close->client.value());
    }
    return std::visit(ToEvent{}, *output);
  }

  val stats() const {
    const auto stats = server_.stats();
    val object = val::object();
    const auto set = [&object](const char* name, uint64_t value) {
      object.set(name, static_cast<double>(value));
    };
    set("clients", stats.clients);
    set("allocations", stats.allocations);
    set("relayedAddresses", stats.relayedAddresses);
    set("permissions", stats.permissions);
    set("channels", stats.channels);
    set("reservations", stats.reservations);
    set("allocationsMade", stats.allocationsMade);
    set("allocationsRefused", stats.allocationsRefused);
    set("datagramsToPeers", stats.datagramsToPeers);
    set("bytesToPeers", stats.bytesToPeers);
    set("datagramsToClients", stats.datagramsToClients);
    set("bytesToClients", stats.bytesToClients);
    set("droppedNoPermission", stats.drops.noPermission);
    set("droppedNoChannel", stats.drops.noChannel);
    set("droppedBandwidth", stats.drops.bandwidth);
    set("droppedOwnAddress", stats.drops.ownAddress);
    set("droppedInvalid", stats.drops.invalid);
    set("authenticationFailures", stats.authenticationFailures);
    set("authenticationsSuppressed", stats.authenticationsSuppressed);
    set("challenges", stats.challenges);
    set("challengesSuppressed", stats.challengesSuppressed);
    set("staleNonces", stats.staleNonces);
    set("peersRefused", stats.peersRefused);
    set("quotaRefusals", stats.quotaRefusals);
    return object;
  }

 private:
  /// Set when the options have a seed.
  std::unique_ptr<RandomSource> seeded_;
  turn::Server server_;
  std::unordered_set<uint32_t> datagramClients_;
  LiveHandle live_;
};

}  // namespace rtc::wasm

EMSCRIPTEN_BINDINGS(webrtcTurnServer) {
  using Handle = rtc::wasm::TurnServerHandle;
  emscripten::class_<Handle>("TurnServer")
      .constructor<emscripten::val>()
      .function("clientConnected", &Handle::clientConnected)
      .function("clientData", &Handle::clientData)
      .function("clientClosed", &Handle::clientClosed)
      .function("relaySocketOpened", &Handle::relaySocketOpened)
      .function("relaySocketFailed", &Handle::relaySocketFailed)
      .function("relayDatagram", &Handle::relayDatagram)
      .function("setOwnAddresses", &Handle::setOwnAddresses)
      .function("stopAllocating", &Handle::stopAllocating)
      .function("handleTimeout", &Handle::handleTimeout)
      .function("deadline", &Handle::deadline)
      .function("poll", &Handle::poll)
      .function("stats", &Handle::stats);
}
