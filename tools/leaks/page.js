// Life cycles in a page, or in a worker of it: `globalThis.leaks`.

import * as api from '/js/index.js';
import { engine } from '/js/api/runtime.js';
import { liveResources } from '/js/api/testing-hooks.js';
import { liveThrough } from './life-cycles.js';

/** @param {{ first: number, count: number }} which */
async function live({ first, count }) {
  for (let number = first; number < first + count; number++) await liveThrough(api, number);
}

globalThis.leaks = {
  configure: api.configure,
  live,

  /** Whether what script has lost has been collected. */
  isClean() {
    return (
      liveResources().connections === 0 && engine().liveHandles() <= engine().preparedCertificates()
    );
  },

  look() {
    const { connections, timers, sockets } = liveResources();
    const certificates = engine().liveHandles() - connections;
    return {
      counts: { connections, certificates, timers, sockets },
      bytes: {
        'memory of the engine in use': engine().heapInUse(),
        'memory of the engine': engine().heapSize(),
      },
    };
  },

  /** The same in a worker, which is ended in the middle of its last session. */
  async inWorker(relay) {
    const worker = new Worker('worker.js', { type: 'module' });
    await new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = reject;
      worker.postMessage(relay);
    });
    worker.terminate();
  },
};
