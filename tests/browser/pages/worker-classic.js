// A dedicated classic worker with the package's single file in it.

importScripts('/dist/webrtc-wasm.classic.js', '/pages/signalling.js');

signalling.serve(globalThis.webrtcWasm, globalThis);
