#include "wasm/peer_connection.h"

#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include "cpp/srtp/session.h"
#include "wasm/certificate.h"
#include "wasm/certificate_pool.h"
#include "wasm/events.h"
#include "wasm/memory.h"
#include "wasm/random.h"

namespace rtc::wasm {
namespace {

std::vector<ice::Server> serversFrom(const val& configuration) {
  std::vector<ice::Server> servers;
  for (const val& entry : listMember(configuration, "iceServers")) {
    ice::Server server;
    server.kind =
        stringMember(entry, "kind") == "turn" ? ice::Server::Kind::kTurn : ice::Server::Kind::kStun;
    const std::string transport = stringMember(entry, "transport", "udp");
    if (transport == "tcp")
      server.transport = ice::Server::Transport::kTcp;
    if (transport == "tls")
      server.transport = ice::Server::Transport::kTls;
    if (transport == "relay")
      server.transport = ice::Server::Transport::kRelaySocket;
    server.host = stringMember(entry, "host");
    server.port = static_cast<uint16_t>(uintMember(entry, "port").value_or(3478));
    server.username = stringMember(entry, "username");
    server.password = stringMember(entry, "credential");
    server.url = stringMember(entry, "url");
    servers.push_back(std::move(server));
  }
  return servers;
}

ice::TransportPolicy policyFrom(const val& configuration) {
  return stringMember(configuration, "iceTransportPolicy") == "relay" ? ice::TransportPolicy::kRelay
                                                                      : ice::TransportPolicy::kAll;
}

peer::Configuration configurationFrom(const MediaBinding* media, const val& source) {
  peer::Configuration configuration;
  if (media != nullptr)
    configuration.media = media->makeMedia;
  configuration.iceServers = serversFrom(source);
  configuration.iceTransportPolicy = policyFrom(source);
  const std::string bundle = stringMember(source, "bundlePolicy");
  if (bundle == "max-bundle")
    configuration.bundlePolicy = jsep::BundlePolicy::kMaxBundle;
  if (bundle == "max-compat")
    configuration.bundlePolicy = jsep::BundlePolicy::kMaxCompat;
  for (const val& entry : listMember(source, "certificates")) {
    configuration.certificates.push_back(
        entry.as<std::shared_ptr<CertificateHandle>>()->certificate());
  }
  // What a seed repeats, it draws itself.
  if (source["seed"].isUndefined()) {
    configuration.certificatePool = &hostCertificates();
    configuration.arithmetic = hostArithmetic();
  }
  if (const auto size = uintMember(source, "maxMessageSize"))
    configuration.maxMessageSize = *size;
  configuration.alwaysNegotiateDataChannels = boolMember(source, "alwaysNegotiateDataChannels");
  configuration.offersSctpInit = boolMember(source, "offersSctpInit");
  configuration.connectsTcp = boolMember(source, "connectsTcp");
  // The wall clock is an argument as well; by default it is the realm's.
  const auto given = numberMember(source, "unixTime");
  const double milliseconds = given ? *given : unixTime();
  configuration.unixSeconds = static_cast<int64_t>(milliseconds / 1000);
  return configuration;
}

val descriptionFrom(const jsep::Description& description) {
  return makeDescription(jsep::toString(description.type), description.sdp);
}

val descriptionFrom(const std::optional<jsep::Description>& description) {
  return description ? descriptionFrom(*description) : val::null();
}

val settled(const Status<Error>& result) {
  return result ? resolved(val::undefined()) : rejected(result.error());
}

std::optional<uint16_t> u16Member(const val& object, const char* name) {
  const auto value = uintMember(object, name);
  return value && *value <= 0xffff ? std::optional(static_cast<uint16_t>(*value)) : std::nullopt;
}

val parametersFrom(const ice::Credentials& credentials) {
  if (credentials.empty())
    return val::null();
  val parameters = val::object();
  parameters.set("usernameFragment", credentials.ufrag);
  parameters.set("password", credentials.password);
  return parameters;
}

val transportFrom(jsep::TransportId id, const peer::Transport& transport) {
  val object = val::object();
  object.set("id", id.value());
  object.set("iceRole", std::string(ice::toString(transport.ice().role())));
  const auto role = transport.dtlsRole();
  object.set("dtlsRole", role ? val(std::string(*role == dtls::Role::kClient ? "client" : "server"))
                              : val::null());
  object.set("localParameters", parametersFrom(transport.ice().localCredentials()));
  object.set("remoteParameters", parametersFrom(transport.ice().remoteCredentials()));
  return object;
}

datachannel::ChannelId channelId(uint32_t handle) {
  return datachannel::ChannelId(handle);
}

}  // namespace

PeerConnectionHandle::PeerConnectionHandle(const MediaBinding* media, const val& configuration,
                                           double now)
    : media_(media),
      seeded_(seededFrom(configuration)),
      peer_(configurationFrom(media, configuration), seeded_ ? *seeded_ : hostRandom(),
            timestampFrom(now)) {}

val PeerConnectionHandle::createOffer(val options, double now) {
  if (const auto memory = memoryForDescription(); !memory)
    return rejected(memory.error());
  const auto offer = peer_.createOffer(
      {.iceRestart = boolMember(options, "iceRestart"),
       .voiceActivityDetection = boolMember(options, "voiceActivityDetection", true)},
      timestampFrom(now));
  return offer ? resolved(descriptionFrom(*offer)) : rejected(offer.error());
}

val PeerConnectionHandle::createAnswer(val options, double now) {
  if (const auto memory = memoryForDescription(); !memory)
    return rejected(memory.error());
  const auto answer = peer_.createAnswer(
      {.voiceActivityDetection = boolMember(options, "voiceActivityDetection", true)},
      timestampFrom(now));
  return answer ? resolved(descriptionFrom(*answer)) : rejected(answer.error());
}

val PeerConnectionHandle::setLocalDescription(val description, double now) {
  jsep::LocalDescription local;
  local.type = jsep::parseSdpType(stringMember(description, "type"));
  local.sdp = stringMember(description, "sdp");
  // Without its text, an offer or an answer is created first.
  if (local.sdp.empty() && local.type != jsep::SdpType::kRollback) {
    if (const auto memory = memoryForDescription(); !memory)
      return rejected(memory.error());
  }
  return settled(peer_.setLocalDescription(local, timestampFrom(now)));
}

val PeerConnectionHandle::setRemoteDescription(val description, double now) {
  const auto type = jsep::parseSdpType(stringMember(description, "type"));
  if (!type)
    return rejected(failWith(ErrorKind::kTypeError, "type is missing").error);
  return settled(
      peer_.setRemoteDescription({*type, stringMember(description, "sdp")}, timestampFrom(now)));
}

val PeerConnectionHandle::addIceCandidate(val candidate, double now) {
  jsep::RemoteCandidate remote;
  remote.candidate = stringMember(candidate, "candidate");
  remote.sdpMid = maybeStringMember(candidate, "sdpMid");
  remote.sdpMLineIndex = u16Member(candidate, "sdpMLineIndex");
  remote.usernameFragment = maybeStringMember(candidate, "usernameFragment");
  return settled(peer_.addIceCandidate(remote, timestampFrom(now)));
}

void PeerConnectionHandle::restartIce(double now) {
  peer_.restartIce(timestampFrom(now));
}

void PeerConnectionHandle::setConfiguration(val configuration) {
  peer_.setConfiguration(serversFrom(configuration), policyFrom(configuration));
}

void PeerConnectionHandle::setCandidatePoolSize(uint32_t count, double now) {
  peer_.setCandidatePoolSize(count, timestampFrom(now));
}

val PeerConnectionHandle::snapshot() const {
  const jsep::Session& session = peer_.session();
  val object = val::object();
  object.set("signalingState", std::string(jsep::toString(session.signalingState())));
  object.set("currentLocalDescription", descriptionFrom(session.currentLocalDescription()));
  object.set("pendingLocalDescription", descriptionFrom(session.pendingLocalDescription()));
  object.set("currentRemoteDescription", descriptionFrom(session.currentRemoteDescription()));
  object.set("pendingRemoteDescription", descriptionFrom(session.pendingRemoteDescription()));
  const auto trickle = session.canTrickleIceCandidates();
  object.set("canTrickleIceCandidates", trickle ? val(*trickle) : val::null());
  object.set("negotiationNeeded", session.negotiationNeeded());

  val transceivers = val::array();
  if (media_ != nullptr) {
    for (const jsep::TransceiverInfo& transceiver : session.transceivers())
      transceivers.call<void>("push", media_->transceiverFrom(transceiver));
  }
  object.set("transceivers", transceivers);
  val transports = val::array();
  for (const auto& slot : peer_.transports()) {
    if (!slot.isPooled)
      transports.call<void>("push", transportFrom(slot.id, *slot.transport));
  }
  object.set("transports", transports);

  val sctp = val::null();
  if (const auto info = session.sctp()) {
    sctp = val::object();
    sctp.set("transportId", info->transport.value());
    sctp.set("transportMid", info->mid);
    sctp.set("negotiated", info->negotiated);
    // SDP's 0 is Infinity to RTCSctpTransport.maxMessageSize.
    sctp.set("maxMessageSize", info->maxMessageSize == 0
                                   ? std::numeric_limits<double>::infinity()
                                   : static_cast<double>(info->maxMessageSize));
  }
  object.set("sctp", sctp);
  return object;
}

void PeerConnectionHandle::close(double now) {
  peer_.close(timestampFrom(now));
}

val PeerConnectionHandle::createDataChannel(val options, double now) {
  datachannel::ChannelOptions channel;
  channel.label = stringMember(options, "label");
  channel.protocol = stringMember(options, "protocol");
  channel.ordered = boolMember(options, "ordered", true);
  channel.maxPacketLifeTime = u16Member(options, "maxPacketLifeTime");
  channel.maxRetransmits = u16Member(options, "maxRetransmits");
  channel.negotiated = boolMember(options, "negotiated");
  channel.id = u16Member(options, "id");
  if (const auto priority = u16Member(options, "priority"))
    channel.priority = *priority;
  const auto opened = peer_.createDataChannel(channel, timestampFrom(now));
  val result = val::object();
  if (opened) {
    result.set("handle", opened->value());
  } else {
    result.set("error", errorFrom(opened.error()));
  }
  return result;
}

val PeerConnectionHandle::sendString(uint32_t channel, const std::string& text, double now) {
  return outcome(peer_.sendString(channelId(channel), text, timestampFrom(now)));
}

val PeerConnectionHandle::sendBinary(uint32_t channel, val data, double now) {
  return outcome(peer_.sendBinary(channelId(channel), bytesFrom(data), timestampFrom(now)));
}

val PeerConnectionHandle::sendFrom(uint32_t channel, bool binary, double size, double now) {
  const auto source =
      peer_.sendFrom(channelId(channel), binary, static_cast<size_t>(size), timestampFrom(now));
  val result = val::object();
  if (source) {
    result.set("source", source->value());
  } else {
    result.set("error", errorFrom(source.error()));
  }
  return result;
}

void PeerConnectionHandle::supply(uint32_t source, double offset, val data, double now) {
  peer_.supply(sctp::SourceId(source), static_cast<size_t>(offset), bytesFrom(data),
               timestampFrom(now));
}

void PeerConnectionHandle::giveUp(uint32_t source, double now) {
  peer_.giveUp(sctp::SourceId(source), timestampFrom(now));
}

void PeerConnectionHandle::closeDataChannel(uint32_t channel, double now) {
  peer_.closeDataChannel(channelId(channel), timestampFrom(now));
}

void PeerConnectionHandle::addInterface(val description, double now) {
  const auto local = endpointFrom(stringMember(description, "address"),
                                  u16Member(description, "port").value_or(0));
  if (!local)
    return;
  peer_.addInterface(jsep::TransportId(uintMember(description, "transportId").value_or(0)),
                     ice::InterfaceId(uintMember(description, "id").value_or(0)), *local,
                     stringMember(description, "kind") == "virtual" ? ice::InterfaceKind::kVirtual
                                                                    : ice::InterfaceKind::kUdp,
                     uintMember(description, "mtu").value_or(0), timestampFrom(now));
}

void PeerConnectionHandle::removeInterface(uint32_t id, double now) {
  peer_.removeInterface(ice::InterfaceId(id), timestampFrom(now));
}

void PeerConnectionHandle::interfacesComplete(uint32_t transport, double now) {
  peer_.interfacesComplete(jsep::TransportId(transport), timestampFrom(now));
}

void PeerConnectionHandle::handleDatagram(uint32_t id, const std::string& address, uint32_t port,
                                          val data, double now) {
  const auto source = endpointFrom(address, static_cast<uint16_t>(port));
  if (!source)
    return;
  peer_.handleDatagram(ice::InterfaceId(id), *source, bytesFrom(data), timestampFrom(now));
}

void PeerConnectionHandle::setStreamCredentials(uint32_t id, std::string username,
                                                std::string credential) {
  peer_.setStreamCredentials(peer::StreamId(id), std::move(username), std::move(credential));
}

void PeerConnectionHandle::handleStreamOpened(uint32_t id, double now) {
  peer_.handleStreamOpened(peer::StreamId(id), timestampFrom(now));
}

void PeerConnectionHandle::handleStreamData(uint32_t id, val data, double now) {
  peer_.handleStreamData(peer::StreamId(id), bytesFrom(data), timestampFrom(now));
}

void PeerConnectionHandle::handleStreamClosed(uint32_t id, double now) {
  peer_.handleStreamClosed(peer::StreamId(id), timestampFrom(now));
}

void PeerConnectionHandle::handleResolved(uint32_t id, val addresses, double now) {
  std::vector<IpAddress> parsed;
  for (const std::string& text : emscripten::vecFromJSArray<std::string>(addresses)) {
    if (const auto address = IpAddress::parse(text))
      parsed.push_back(*address);
  }
  peer_.handleResolved(peer::ResolveId(id), parsed, timestampFrom(now));
}

void PeerConnectionHandle::handleTimeout(double now) {
  peer_.handleTimeout(timestampFrom(now));
}

val PeerConnectionHandle::poll() {
  auto output = peer_.poll();
  // Script asks for it where the specification has it look.
  while (output && std::holds_alternative<peer::NegotiationNeeded>(*output))
    output = peer_.poll();
  if (!output)
    return val::undefined();
  if (const auto* event = std::get_if<media::Event>(&*output))
    return media_->eventFrom(*event);
  return eventFrom(*output);
}

double PeerConnectionHandle::deadline() const {
  return millisecondsFrom(peer_.deadline());
}

val PeerConnectionHandle::getStats(double timestamp) const {
  val list = val::array();
  for (const peer::StatsRecord& record : peer_.stats()) {
    ObjectBuilder entry;
    entry.text("id", record.id).number("timestamp", timestamp).text("type", record.type);
    for (const auto& [name, value] : record.members)
      std::visit([&](const auto& typed) { entry.set(name, typed); }, value);
    list.call<void>("push", entry.take());
  }
  return list;
}

val PeerConnectionHandle::dtlsSecrets() const {
  val list = val::array();
  for (const auto& slot : peer_.transports()) {
    const dtls::Endpoint* dtls = slot.transport->dtls();
    const auto secrets = dtls == nullptr ? std::nullopt : dtls->secrets();
    if (!secrets)
      continue;
    ObjectBuilder entry;
    entry.number("transportId", slot.id.value())
        .flag("isClient", slot.transport->dtlsRole() == dtls::Role::kClient)
        .value("clientRandom", uint8ArrayFrom(secrets->clientRandom))
        .value("masterSecret", uint8ArrayFrom(secrets->masterSecret));
    const auto profile = dtls->srtpProfile();
    const auto srtp =
        profile ? srtp::profileFromIana(static_cast<uint16_t>(*profile)) : std::nullopt;
    if (srtp) {
      entry.value("srtpKeyingMaterial",
                  uint8ArrayFrom(dtls->exportKeyingMaterial(srtp::kExporterLabel,
                                                            srtp::keyingMaterialLength(*srtp))));
    }
    list.call<void>("push", entry.take());
  }
  return list;
}

void registerPeerConnection(emscripten::class_<PeerConnectionHandle>& handle) {
  using Handle = PeerConnectionHandle;
  handle.function("createOffer", &Handle::createOffer)
      .function("createAnswer", &Handle::createAnswer)
      .function("setLocalDescription", &Handle::setLocalDescription)
      .function("setRemoteDescription", &Handle::setRemoteDescription)
      .function("addIceCandidate", &Handle::addIceCandidate)
      .function("restartIce", &Handle::restartIce)
      .function("setConfiguration", &Handle::setConfiguration)
      .function("setCandidatePoolSize", &Handle::setCandidatePoolSize)
      .function("snapshot", &Handle::snapshot)
      .function("negotiationNeeded", &Handle::negotiationNeeded)
      .function("close", &Handle::close)
      .function("createDataChannel", &Handle::createDataChannel)
      .function("sendString", &Handle::sendString)
      .function("sendBinary", &Handle::sendBinary)
      .function("sendFrom", &Handle::sendFrom)
      .function("supply", &Handle::supply)
      .function("giveUp", &Handle::giveUp)
      .function("closeDataChannel", &Handle::closeDataChannel)
      .function("addInterface", &Handle::addInterface)
      .function("removeInterface", &Handle::removeInterface)
      .function("interfacesComplete", &Handle::interfacesComplete)
      .function("handleDatagram", &Handle::handleDatagram)
      .function("setStreamCredentials", &Handle::setStreamCredentials)
      .function("handleStreamOpened", &Handle::handleStreamOpened)
      .function("handleStreamData", &Handle::handleStreamData)
      .function("handleStreamClosed", &Handle::handleStreamClosed)
      .function("handleResolved", &Handle::handleResolved)
      .function("handleTimeout", &Handle::handleTimeout)
      .function("poll", &Handle::poll)
      .function("deadline", &Handle::deadline)
      .function("getStats", &Handle::getStats)
      .function("dtlsSecrets", &Handle::dtlsSecrets);
}

}  // namespace rtc::wasm
