#pragma once

#include "cpp/peer/output.h"
#include "wasm/convert.h"

namespace rtc::wasm {

/// Builds an event object.
class EventBuilder : public ObjectBuilder {
 public:
  explicit EventBuilder(const char* type) { word("type", type); }
};

/// The event object for one output of the peer: {type, …}. Datagrams, stream bytes and messages,
/// which come by the thousand, are built in a single crossing. Media events have none here.
val eventFrom(const peer::Output& output);

/// {type: 'stream-data', streamId: id, data}, {type: 'channel-message', handle: id, data} with an
/// ArrayBuffer, and, for the relay, {type: 'to-client', clientId: id, data}.
enum class BytesEvent { kStreamData, kChannelMessage, kToClient };
val bytesEvent(BytesEvent kind, uint32_t id, ByteSpan data);

/// {type: 'datagram', interfaceId: id, address, port, data} and, for the relay, {type: 'to-peer',
/// socketId: id, address, port, data}.
enum class DatagramEvent { kDatagram, kToPeer };
val datagramEvent(DatagramEvent kind, uint32_t id, const Endpoint& endpoint, ByteSpan data);

}  // namespace rtc::wasm
