// `webrtc-wasm/data` in Node.js, Deno and Bun.

export * from './data.js';
export { UdpNetwork } from './network.js';
export type { UdpNetworkOptions } from './network.js';
