#include <utility>

#include <emscripten/bind.h>

#include "wasm/peer_connection.h"
#include "wasm/rtp_values.h"

namespace rtc::wasm {
namespace {

jsep::TransceiverId idOf(uint32_t handle) {
  return jsep::TransceiverId(handle);
}

jsep::MediaKind kindOf(const val& object) {
  return jsep::parseMediaKind(stringMember(object, "kind")).value_or(jsep::MediaKind::kAudio);
}

std::vector<std::string> stringsMember(const val& object, const char* name) {
  std::vector<std::string> strings;
  for (const val& entry : listMember(object, name))
    strings.push_back(entry.as<std::string>());
  return strings;
}

val errorResult(const Error& error) {
  val result = val::object();
  result.set("error", errorFrom(error));
  return result;
}

}  // namespace

val PeerConnectionHandle::addTransceiver(val init, double now) {
  jsep::TransceiverInit transceiver;
  transceiver.kind = kindOf(init);
  transceiver.direction =
      jsep::parseDirection(stringMember(init, "direction")).value_or(jsep::Direction::kSendRecv);
  transceiver.hasTrack = boolMember(init, "hasTrack");
  transceiver.senderId = stringMember(init, "senderId");
  transceiver.streams = stringsMember(init, "streams");
  transceiver.rids = stringsMember(init, "rids");
  const auto added = peer_.change(
      [&](jsep::Session& session) { return session.addTransceiver(std::move(transceiver)); },
      timestampFrom(now));
  if (!added)
    return errorResult(added.error());
  val result = val::object();
  result.set("handle", added->value());
  return result;
}

val PeerConnectionHandle::addTrack(val track, double now) {
  const auto added = peer_.change(
      [&](jsep::Session& session) {
        return session.addTrack(kindOf(track), stringMember(track, "senderId"),
                                stringsMember(track, "streams"));
      },
      timestampFrom(now));
  if (!added)
    return errorResult(added.error());
  val result = val::object();
  result.set("handle", added->transceiver.value());
  result.set("created", added->created);
  return result;
}

void PeerConnectionHandle::removeTrack(uint32_t handle, double now) {
  peer_.change([&](jsep::Session& session) { session.removeTrack(idOf(handle)); },
               timestampFrom(now));
}

void PeerConnectionHandle::setSenderTrack(uint32_t handle, bool hasTrack, double now) {
  peer_.change([&](jsep::Session& session) { session.setSenderTrack(idOf(handle), hasTrack); },
               timestampFrom(now));
}

void PeerConnectionHandle::setSenderStreams(uint32_t handle, val ids, double now) {
  auto streams = emscripten::vecFromJSArray<std::string>(ids);
  peer_.change(
      [&](jsep::Session& session) { session.setSenderStreams(idOf(handle), std::move(streams)); },
      timestampFrom(now));
}

void PeerConnectionHandle::setTransceiverDirection(uint32_t handle, std::string direction,
                                                   double now) {
  const auto wanted = jsep::parseDirection(direction);
  if (!wanted)
    return;
  peer_.change([&](jsep::Session& session) { session.setDirection(idOf(handle), *wanted); },
               timestampFrom(now));
}

void PeerConnectionHandle::stopTransceiver(uint32_t handle, double now) {
  peer_.change([&](jsep::Session& session) { session.stopTransceiver(idOf(handle)); },
               timestampFrom(now));
}

val PeerConnectionHandle::setCodecPreferences(uint32_t handle, val codecs, double now) {
  const auto kind = peer_.session().transceiver(idOf(handle));
  if (!kind)
    return val::undefined();
  const auto preferences = codecsFrom(codecs, kind->kind);
  return outcome(peer_.change(
      [&](jsep::Session& session) {
        return session.setCodecPreferences(idOf(handle), preferences);
      },
      timestampFrom(now)));
}

val PeerConnectionHandle::setHeaderExtensionsToNegotiate(uint32_t handle, val extensions,
                                                         double now) {
  auto wanted = headerExtensionsFrom(extensions);
  return outcome(peer_.change(
      [&](jsep::Session& session) {
        return session.setHeaderExtensionsToNegotiate(idOf(handle), std::move(wanted));
      },
      timestampFrom(now)));
}

val PeerConnectionHandle::getHeaderExtensionsToNegotiate(uint32_t handle) const {
  return headerExtensionsFrom(peer_.session().headerExtensionsToNegotiate(idOf(handle)));
}

val PeerConnectionHandle::getNegotiatedHeaderExtensions(uint32_t handle) const {
  return headerExtensionsFrom(peer_.session().negotiatedHeaderExtensions(idOf(handle)));
}

val PeerConnectionHandle::getSendParameters(uint32_t handle) const {
  return parametersFrom(peer_.session().sendParameters(idOf(handle)));
}

val PeerConnectionHandle::getReceiveParameters(uint32_t handle) const {
  return parametersFrom(peer_.session().receiveParameters(idOf(handle)));
}

val PeerConnectionHandle::transceiver(uint32_t handle) const {
  const auto info = peer_.session().transceiver(idOf(handle));
  return info ? transceiverFrom(*info) : val::undefined();
}

void registerTransceivers(emscripten::class_<PeerConnectionHandle>& handle) {
  using Handle = PeerConnectionHandle;
  handle.function("addTransceiver", &Handle::addTransceiver)
      .function("addTrack", &Handle::addTrack)
      .function("removeTrack", &Handle::removeTrack)
      .function("setSenderTrack", &Handle::setSenderTrack)
      .function("setSenderStreams", &Handle::setSenderStreams)
      .function("setTransceiverDirection", &Handle::setTransceiverDirection)
      .function("stopTransceiver", &Handle::stopTransceiver)
      .function("setCodecPreferences", &Handle::setCodecPreferences)
      .function("setHeaderExtensionsToNegotiate", &Handle::setHeaderExtensionsToNegotiate)
      .function("getHeaderExtensionsToNegotiate", &Handle::getHeaderExtensionsToNegotiate)
      .function("getNegotiatedHeaderExtensions", &Handle::getNegotiatedHeaderExtensions)
      .function("getSendParameters", &Handle::getSendParameters)
      .function("getReceiveParameters", &Handle::getReceiveParameters)
      .function("transceiver", &Handle::transceiver);
}

}  // namespace rtc::wasm
