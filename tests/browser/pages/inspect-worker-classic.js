importScripts(
  '/dist/webrtc-wasm.classic.js',
  '/dist/webrtc-wasm.inspect.classic.js',
  '/pages/inspect-worker.js',
);

globalThis.onmessage = async ({ data }) =>
  globalThis.postMessage(
    await globalThis.recordCall(globalThis.webrtcWasm, globalThis.webrtcWasmInspect, data),
  );
globalThis.postMessage('ready');
