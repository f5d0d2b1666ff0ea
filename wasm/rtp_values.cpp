#include "wasm/rtp_values.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <emscripten/bind.h>

#include "cpp/sdp/text.h"

namespace rtc::wasm {
namespace {

val listOf(const std::vector<std::string>& texts) {
  val list = val::array();
  for (const std::string& text : texts)
    list.call<void>("push", stringFrom(text));
  return list;
}

template <typename T>
val numberOrNull(const std::optional<T>& number) {
  return number ? val(*number) : val::null();
}

/// RTCRtpCodec; its members are absent where SDP says nothing.
val codecFrom(const jsep::RtpCodec& codec) {
  val object = val::object();
  if (codec.payloadType)
    object.set("payloadType", *codec.payloadType);
  object.set("mimeType", stringFrom(jsep::mimeType(codec)));
  object.set("clockRate", codec.clockRate);
  if (codec.kind == jsep::MediaKind::kAudio)
    object.set("channels", codec.channels);
  if (!codec.fmtp.empty())
    object.set("sdpFmtpLine", stringFrom(codec.fmtp));
  return object;
}

val codecList(const std::vector<jsep::RtpCodec>& codecs) {
  val list = val::array();
  for (const jsep::RtpCodec& codec : codecs)
    list.call<void>("push", codecFrom(codec));
  return list;
}

/// RTCRtpCapabilities of a kind, the same for senders and receivers; null for no kind of media.
val rtpCapabilities(const std::string& kind) {
  const auto media = jsep::parseMediaKind(kind);
  if (!media)
    return val::null();
  val extensions = val::array();
  for (const jsep::HeaderExtensionCapability& extension : jsep::supportedHeaderExtensions(*media)) {
    if (!extension.direction)
      continue;
    val entry = val::object();
    entry.set("uri", extension.uri);
    extensions.call<void>("push", entry);
  }
  val object = val::object();
  object.set("codecs", codecList(jsep::supportedCodecs(*media)));
  object.set("headerExtensions", extensions);
  return object;
}

}  // namespace

val transceiverFrom(const jsep::TransceiverInfo& transceiver) {
  ObjectBuilder object;
  object.number("handle", transceiver.id.value());
  object.word("kind", jsep::toString(transceiver.kind));
  transceiver.mid ? object.text("mid", *transceiver.mid) : object.null("mid");
  object.maybeNumber("mLineIndex", transceiver.mLineIndex);
  object.word("direction", jsep::toString(transceiver.direction));
  transceiver.currentDirection
      ? object.word("currentDirection", jsep::toString(*transceiver.currentDirection))
      : object.null("currentDirection");
  object.flag("stopping", transceiver.stopping);
  object.flag("stopped", transceiver.stopped);
  transceiver.transport ? object.number("transportId", transceiver.transport->value())
                        : object.null("transportId");
  object.value("sendRids", listOf(transceiver.sendRids));
  object.flag("remoteSends", transceiver.remoteSends);
  object.value("remoteStreams", listOf(transceiver.remoteStreams));
  object.text("remoteTrackId", transceiver.remoteTrackId);
  return object.take();
}

val parametersFrom(const jsep::RtpParameters& parameters) {
  val extensions = val::array();
  for (const jsep::RtpHeaderExtension& extension : parameters.headerExtensions) {
    val entry = val::object();
    entry.set("uri", stringFrom(extension.uri));
    entry.set("id", extension.id);
    entry.set("encrypted", extension.encrypted);
    extensions.call<void>("push", entry);
  }
  val rtcp = val::object();
  if (!parameters.cname.empty())
    rtcp.set("cname", stringFrom(parameters.cname));
  rtcp.set("reducedSize", parameters.reducedSize);
  val object = val::object();
  object.set("codecs", codecList(parameters.codecs));
  object.set("headerExtensions", extensions);
  object.set("rtcp", rtcp);
  return object;
}

std::vector<jsep::RtpCodec> codecsFrom(const val& list, jsep::MediaKind kind) {
  std::vector<jsep::RtpCodec> codecs;
  for (const val& entry : emscripten::vecFromJSArray<val>(list)) {
    jsep::RtpCodec codec;
    // A type that is not this kind's stays in the name, which then is one that nobody has.
    codec.kind = kind;
    codec.name = stringMember(entry, "mimeType");
    const std::string type = std::string(jsep::toString(kind)) + "/";
    if (sdp::equalsIgnoringCase(std::string_view(codec.name).substr(0, type.size()), type))
      codec.name.erase(0, type.size());
    codec.clockRate = uintMember(entry, "clockRate").value_or(0);
    codec.channels = uintMember(entry, "channels").value_or(1);
    codec.fmtp = stringMember(entry, "sdpFmtpLine");
    codecs.push_back(std::move(codec));
  }
  return codecs;
}

val headerExtensionsFrom(const std::vector<jsep::HeaderExtensionCapability>& extensions) {
  val list = val::array();
  for (const jsep::HeaderExtensionCapability& extension : extensions) {
    val entry = val::object();
    entry.set("uri", stringFrom(extension.uri));
    entry.set("direction",
              std::string(extension.direction ? jsep::toString(*extension.direction) : "stopped"));
    list.call<void>("push", entry);
  }
  return list;
}

std::vector<jsep::HeaderExtensionCapability> headerExtensionsFrom(const val& list) {
  std::vector<jsep::HeaderExtensionCapability> extensions;
  for (const val& entry : emscripten::vecFromJSArray<val>(list)) {
    extensions.push_back(
        {stringMember(entry, "uri"), jsep::parseDirection(stringMember(entry, "direction"))});
  }
  return extensions;
}

}  // namespace rtc::wasm

EMSCRIPTEN_BINDINGS(webrtcRtpCapabilities) {
  emscripten::function("rtpCapabilities", &rtc::wasm::rtpCapabilities);
}
