// A dedicated, shared or service worker with the package as a classic script.

importScripts('/tests/realms/probe.js', '/dist/webrtc-wasm.classic.js');

// The script does not know where it came from.
for (const codec of ['opus', 'vp8']) {
  globalThis.webrtcWasm.provideCodec(
    codec,
    new URL(`/dist/webrtc-${codec}.wasm`, globalThis.location.href),
  );
}
globalThis.realmProbe.serve(globalThis.webrtcWasm);
