// Where processes are: the WebSocket class. It is the `ws` package's, loaded only by those who reach a relay.
// The one that Node.js (from 22 on) and Deno have keeps the process for as long as the other side does not answer
// a closing frame, hides HTTP's status, and can be let go by nobody.

const kOptions = {
  /** What is relayed is encrypted: it does not get smaller. */
  perMessageDeflate: false,
  /** Much more than a relay puts into one message; a hostile one may send still more. */
  maxPayload: 2 ** 22,
};

/** @type {Promise<any> | undefined} */
let loading;

/** @returns {any} the class, or a promise of it */
export function webSocketClass() {
  // Bun's has what the others lack, and is what Bun gives for the package.
  if ('Bun' in globalThis) return globalThis.WebSocket;
  if (!loading) {
    loading = import('ws').then(ofPackage, orOwn);
    // Who opens a stream is told; a process is not to end for a network that opens none.
    loading.catch(() => {});
  }
  return loading;
}

/** @param {typeof import('ws')} package_ */
function ofPackage({ WebSocket }) {
  return class extends WebSocket {
    /**
     * @param {string} url
     * @param {string[]} protocols
     */
    constructor(url, protocols) {
      super(url, protocols, kOptions);
    }
  };
}

/**
 * A bundle may have been made without the package.
 * @param {unknown} error
 */
function orOwn(error) {
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket;
  throw error;
}
