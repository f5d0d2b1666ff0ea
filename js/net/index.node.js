// Networks for Node.

import { webSocketClass } from './node-websocket.js';
import { RelayNetwork as PlainRelayNetwork } from './relay-network.js';

export { UdpNetwork } from './udp-network.js';
export * from './virtual.js';
export { StreamCloseReason } from './network.js';

/** As in pages, with the `ws` package in Node.js. */
export class RelayNetwork extends PlainRelayNetwork {
  /** @param {import('./relay-network.js').RelayNetworkOptions} [options] */
  constructor(options = {}) {
    super({ WebSocket: webSocketClass(), ...options });
  }
}
