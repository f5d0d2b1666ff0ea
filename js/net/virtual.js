// `webrtc-wasm/virtual-network`: a network in memory for tests, in any realm.

export { VirtualNetwork, VirtualHost } from './virtual-network.js';
export { NatKind } from './virtual-nat.js';
