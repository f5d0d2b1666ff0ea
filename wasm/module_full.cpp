// The module with audio and video.

#include "cpp/call/call_media.h"
#include "wasm/media_events.h"
#include "wasm/peer_connection.h"
#include "wasm/rtp_values.h"

namespace {

using Handle = rtc::wasm::PeerConnectionHandle;

Handle* makeHandle(emscripten::val configuration, double now) {
  static constexpr rtc::wasm::MediaBinding kMedia{&rtc::call::makeMedia, &rtc::wasm::mediaEventFrom,
                                                  &rtc::wasm::transceiverFrom};
  return new Handle(&kMedia, configuration, now);
}

}  // namespace

EMSCRIPTEN_BINDINGS(webrtcPeerConnection) {
  emscripten::class_<Handle> handle("PeerConnection");
  handle.constructor(&makeHandle, emscripten::allow_raw_pointers());
  rtc::wasm::registerPeerConnection(handle);
  rtc::wasm::registerTransceivers(handle);
  rtc::wasm::registerFrames(handle);
}
