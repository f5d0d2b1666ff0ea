// The classic script, for `/// <reference types="webrtc-wasm/data/classic" />`.

declare global {
  const webrtcWasm: Omit<typeof import('./data.js'), 'init'>;
}

export {};
