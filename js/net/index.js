// Networks for any realm. Nothing here leads to a Node-only module.

export { RelayNetwork } from './relay-network.js';
export { VirtualNetwork, VirtualHost } from './virtual-network.js';
export { NatKind } from './virtual-nat.js';
export { StreamCloseReason } from './network.js';
