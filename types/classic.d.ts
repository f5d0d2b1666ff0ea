// The classic script, for `/// <reference types="webrtc-wasm/classic" />`.

declare global {
  const webrtcWasm: typeof import('./single.js');
}

export {};
