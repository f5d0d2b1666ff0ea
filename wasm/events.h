#pragma once

#include "cpp/peer/output.h"
#include "wasm/convert.h"

namespace rtc::wasm {

/// The event object for one output of the peer: {type, …}. Datagrams, stream bytes and messages,
/// which come by the thousand, are built in a single crossing.
val eventFrom(const peer::Output& output);

/// For the relay: {type, [idName]: id, data} and {type, [idName]: id, address, port, data}.
val bytesEvent(const char* type, const char* idName, uint32_t id, ByteSpan data);
val datagramEvent(const char* type, const char* idName, uint32_t id, const Endpoint& endpoint,
                  ByteSpan data);

}  // namespace rtc::wasm
