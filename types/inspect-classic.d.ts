// The inspector's classic script, for `/// <reference types="webrtc-wasm/inspect/classic" />`.

declare global {
  const webrtcWasmInspect: typeof import('./inspect.js');
}

export {};
