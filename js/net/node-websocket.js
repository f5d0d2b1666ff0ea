// Node only: the WebSocket class. Node has one of its own from version 22 on; before that the `ws`
// package is loaded, and only by those who reach a relay.

/** @returns {any} the class, or a promise of it */
export function webSocketClass() {
  if (typeof WebSocket === 'function') return WebSocket;
  return import('ws').then(({ WebSocket }) => WebSocket);
}
