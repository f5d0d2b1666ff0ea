#include "wasm/events.h"

#include <optional>
#include <string>

#include <emscripten/em_js.h>

// clang-format off
EM_JS_DEPS(webrtcEvents, "$Emval");

// Literals, so that every event of a kind has one hidden class, and no string crosses per packet.
EM_JS(emscripten::EM_VAL, webrtcBytesEvent, (int kind, uint32_t id, const uint8_t* from, size_t size), {
  id >>>= 0;
  // What script gets is a buffer; a view on a small one would have to be undone.
  const buffer = HEAPU8.buffer.slice(from, from + size);
  if (kind === 1) return Emval.toHandle({type: 'channel-message', handle: id, data: buffer});
  const data = new Uint8Array(buffer);
  switch (kind) {
    case 0: return Emval.toHandle({type: 'stream-data', streamId: id, data});
    default: return Emval.toHandle({type: 'to-client', clientId: id, data});
  }
});

EM_JS(emscripten::EM_VAL, webrtcTextEvent, (uint32_t id, emscripten::EM_VAL text), {
  return Emval.toHandle({type: 'channel-message', handle: id >>> 0, data: Emval.toValue(text)});
});

EM_JS(emscripten::EM_VAL, webrtcSentEvent, (uint32_t id, double bytes), {
  return Emval.toHandle({type: 'channel-sent', handle: id >>> 0, bytes});
});

EM_JS(emscripten::EM_VAL, webrtcDatagramEvent,
      (int kind, uint32_t id, emscripten::EM_VAL addressText, int port, const uint8_t* from,
       size_t size), {
  id >>>= 0;
  const address = Emval.toValue(addressText);
  const data = HEAPU8.slice(from, from + size);
  return Emval.toHandle(kind === 0 ? {type: 'datagram', interfaceId: id, address, port, data}
                                   : {type: 'to-peer', socketId: id, address, port, data});
});
// clang-format on

namespace rtc::wasm {
namespace {

const char* transportName(ice::Server::Transport transport) {
  switch (transport) {
    case ice::Server::Transport::kUdp:
      return "udp";
    case ice::Server::Transport::kTcp:
      return "tcp";
    case ice::Server::Transport::kTls:
      return "tls";
    case ice::Server::Transport::kRelaySocket:
      return "relay";
  }
  return "udp";
}

EventBuilder channelEvent(const char* type, datachannel::ChannelId channel) {
  EventBuilder event(type);
  event.number("handle", channel.value());
  return event;
}

val partEvent(const datachannel::MessageReceived& output, const sctp::MessagePart& part) {
  using Kind = sctp::MessagePart::Kind;
  return channelEvent("channel-part", output.channel)
      .number("part", part.id.value())
      .number("offset", part.offset)
      .flag("binary", output.binary)
      .flag("last", part.kind == Kind::kLast)
      .flag("givenUp", part.kind == Kind::kGivenUp)
      .value("data", uint8ArrayFrom(output.data))
      .take();
}

struct ToEvent {
  val operator()(const peer::OpenInterfaces& output) const {
    return EventBuilder("gather").number("transportId", output.transport.value()).take();
  }
  val operator()(const peer::CloseInterfaces& output) const {
    return EventBuilder("close-interfaces").number("transportId", output.transport.value()).take();
  }
  val operator()(const peer::SendDatagram& output) const {
    return datagramEvent(DatagramEvent::kDatagram, output.interface.value(), output.destination,
                         output.data);
  }
  val operator()(const peer::OpenStream& output) const {
    return EventBuilder("stream-open")
        .number("streamId", output.stream.value())
        .text("url", output.server.url)
        .text("transport", transportName(output.server.transport))
        .text("host", output.server.host)
        .number("port", output.server.port)
        .text("tlsName", output.server.tlsName)
        .number("attempt", output.attempt)
        .take();
  }
  val operator()(const peer::OpenPeerStream& output) const {
    return EventBuilder("peer-stream-open")
        .number("streamId", output.stream.value())
        .number("interfaceId", output.interface.value())
        .text("host", output.destination.address.toString())
        .number("port", output.destination.port)
        .take();
  }
  val operator()(const peer::SendStream& output) const {
    return bytesEvent(BytesEvent::kStreamData, output.stream.value(), output.data);
  }
  val operator()(const peer::CloseStream& output) const {
    return EventBuilder("stream-close").number("streamId", output.stream.value()).take();
  }
  val operator()(const peer::ResolveName& output) const {
    return EventBuilder("resolve")
        .number("resolveId", output.id.value())
        .text("hostname", output.hostname)
        .take();
  }
  val operator()(const peer::LocalCandidate& output) const {
    return EventBuilder("candidate")
        .number("transportId", output.transport.value())
        .text("candidate", output.candidate)
        .text("sdpMid", output.mid)
        .number("sdpMLineIndex", output.mLineIndex)
        .text("usernameFragment", output.usernameFragment)
        .text("url", output.url)
        .text("relayProtocol", output.relayProtocol)
        .take();
  }
  val operator()(const peer::LocalCandidateRemoved& output) const {
    return EventBuilder("candidate-removed")
        .number("transportId", output.transport.value())
        .text("candidate", output.candidate)
        .text("usernameFragment", output.usernameFragment)
        .take();
  }
  val operator()(const peer::RelayRecovery& output) const {
    const bool retries = output.step == peer::RelayRecovery::Step::kRetrying;
    return EventBuilder(retries ? "relay-retrying" : "relay-failed")
        .text("url", output.url)
        .number("attempt", output.attempt)
        .number("delay", output.delay.ms())
        .number("errorCode", output.code)
        .text("errorText", output.text)
        .take();
  }
  val operator()(const peer::CandidateError& output) const {
    return EventBuilder("candidate-error")
        .text("address", output.address)
        .number("port", output.port)
        .text("url", output.url)
        .number("errorCode", output.code)
        .text("errorText", output.text)
        .take();
  }
  val operator()(const peer::IceGatheringStateChanged& output) const {
    return EventBuilder("gathering-state")
        .number("transportId", output.transport.value())
        .text("state", ice::toString(output.state))
        .take();
  }
  val operator()(const peer::IceStateChanged& output) const {
    return EventBuilder("ice-state")
        .number("transportId", output.transport.value())
        .text("state", ice::toString(output.state))
        .take();
  }
  val operator()(const peer::IceRoleChanged& output) const {
    return EventBuilder("ice-role")
        .number("transportId", output.transport.value())
        .text("role", ice::toString(output.role))
        .take();
  }
  val operator()(const peer::SelectedPairChanged& output) const {
    return EventBuilder("selected-pair")
        .number("transportId", output.transport.value())
        .text("local", output.local)
        .text("remote", output.remote)
        .take();
  }
  val operator()(const peer::DtlsStateChanged& output) const {
    EventBuilder event("dtls-state");
    event.number("transportId", output.transport.value())
        .text("state", peer::toString(output.state));
    if (!output.remoteCertificates.empty()) {
      val chain = val::array();
      for (const Bytes& der : output.remoteCertificates) {
        chain.call<void>("push", uint8ArrayFrom(der));
      }
      event.value("remoteCertificates", chain);
    }
    if (output.error) {
      event.value("error", EventBuilder("error")
                               .text("errorDetail", errorDetailName(output.error->detail))
                               .maybeNumber("receivedAlert", output.error->receivedAlert)
                               .maybeNumber("sentAlert", output.error->sentAlert)
                               .text("message", output.error->message)
                               .take());
    }
    return event.take();
  }
  val operator()(const peer::TransportClosed& output) const {
    return EventBuilder("transport-closed").number("transportId", output.transport.value()).take();
  }
  val operator()(const peer::SctpStateChanged& output) const {
    return EventBuilder("sctp-state")
        .text("state", peer::toString(output.state))
        .number("maxChannels", output.maxChannels)
        .take();
  }
  val operator()(const peer::IceRestartNeeded& output) const {
    return EventBuilder("ice-restart-needed")
        .number("transportId", output.transport.value())
        .take();
  }
  val operator()(const peer::NegotiationNeeded&) const { return val::undefined(); }
  // What a module with audio and video has of it, it makes itself (media_events.cpp).
  val operator()(const media::Event&) const { return val::undefined(); }
  val operator()(const datachannel::Output& output) const { return std::visit(*this, output); }

  val operator()(const datachannel::ChannelOpened& output) const {
    return channelEvent("channel-open", output.channel).take();
  }
  val operator()(const datachannel::ChannelAnnounced& output) const {
    const auto& options = output.options;
    return channelEvent("channel", output.channel)
        .text("label", options.label)
        .text("protocol", options.protocol)
        .flag("ordered", options.ordered)
        .maybeNumber("maxPacketLifeTime", options.maxPacketLifeTime)
        .maybeNumber("maxRetransmits", options.maxRetransmits)
        .maybeNumber("id", options.id)
        .number("priority", options.priority)
        .take();
  }
  val operator()(const datachannel::IdAssigned& output) const {
    return channelEvent("channel-id", output.channel).number("id", output.id).take();
  }
  val operator()(const datachannel::MessageReceived& output) const {
    if (output.part)
      return partEvent(output, *output.part);
    if (output.binary) {
      return bytesEvent(BytesEvent::kChannelMessage, output.channel.value(), output.data);
    }
    return val::take_ownership(
        webrtcTextEvent(output.channel.value(), stringFrom(asText(output.data)).as_handle()));
  }
  val operator()(const datachannel::BytesWanted& output) const {
    return channelEvent("channel-wants", output.channel)
        .number("source", output.source.value())
        .number("offset", output.offset)
        .number("bytes", output.bytes)
        .take();
  }
  val operator()(const datachannel::SourceReleased& output) const {
    return channelEvent("channel-released", output.channel)
        .number("source", output.source.value())
        .take();
  }
  val operator()(const datachannel::BufferedAmountDecreased& output) const {
    return val::take_ownership(
        webrtcSentEvent(output.channel.value(), static_cast<double>(output.bytes)));
  }
  val operator()(const datachannel::ChannelClosing& output) const {
    return channelEvent("channel-closing", output.channel).take();
  }
  val operator()(const datachannel::ChannelClosed& output) const {
    auto event = channelEvent("channel-closed", output.channel);
    if (output.error) {
      val error = errorFrom(*output.error);
      if (output.sctpCauseCode)
        error.set("sctpCauseCode", *output.sctpCauseCode);
      event.value("error", error);
    }
    return event.take();
  }
};

}  // namespace

val eventFrom(const peer::Output& output) {
  return std::visit(ToEvent{}, output);
}

val bytesEvent(BytesEvent kind, uint32_t id, ByteSpan data) {
  return val::take_ownership(
      webrtcBytesEvent(static_cast<int>(kind), id, data.data(), data.size()));
}

val datagramEvent(DatagramEvent kind, uint32_t id, const Endpoint& endpoint, ByteSpan data) {
  // Nearly always the same as last time.
  static std::optional<IpAddress> address;
  static val text;
  if (address != endpoint.address) {
    address = endpoint.address;
    text = stringFrom(endpoint.address.toString());
  }
  return val::take_ownership(webrtcDatagramEvent(static_cast<int>(kind), id, text.as_handle(),
                                                 endpoint.port, data.data(), data.size()));
}

}  // namespace rtc::wasm
