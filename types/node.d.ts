// `webrtc-wasm` in Node.js, Deno and Bun.

export * from './common.js';
export { RelayNetwork, UdpNetwork } from './network.js';
export type { RelayNetworkOptions, UdpNetworkOptions } from './network.js';
export { init } from './index.js';
export type { EngineSource } from './index.js';

/** For `webrtc-wasm/testing`; not for applications. */
export declare const internals: Record<string, unknown>;
