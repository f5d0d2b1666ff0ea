// The module with data channels alone: nothing in it refers to audio or video.

#include "cpp/jsep/takes_media.h"
#include "wasm/peer_connection.h"

namespace rtc::jsep {

const bool kTakesMedia = false;

}  // namespace rtc::jsep

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
