// The module with data channels alone: nothing in it refers to audio or video.

#include "wasm/peer_connection.h"

namespace {

using Handle = rtc::wasm::PeerConnectionHandle;

Handle* makeHandle(emscripten::val configuration, double now) {
  return new Handle(nullptr, configuration, now);
}

}  // namespace

EMSCRIPTEN_BINDINGS(webrtcPeerConnection) {
  emscripten::class_<Handle> handle("PeerConnection");
  handle.constructor(&makeHandle, emscripten::allow_raw_pointers());
  rtc::wasm::registerPeerConnection(handle);
}
