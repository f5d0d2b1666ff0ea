// Networks for any realm. Nothing here leads to a Node-only module.

export { RelayNetwork } from './relay-network.js';
export * from './virtual.js';
export { StreamCloseReason } from './network.js';
