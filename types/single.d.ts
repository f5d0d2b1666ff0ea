// `webrtc-wasm/single`: the engine's bytes are inside, so that there is no init().

export * from './common.js';
export { RelayNetwork } from './network.js';
export type { RelayNetworkOptions } from './network.js';
