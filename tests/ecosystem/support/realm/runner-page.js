// One end of a scenario in a page, with the package or with the browser's own implementation, or in a
// worker of the page. The test speaks to `globalThis.ecosystem`.

import { createMedia } from './media-page.js';
import { startEnd } from './start-end.js';

/** @type {{ put: (value: any) => void }} */
let end;

globalThis.ecosystem = {
  /** @param {any} settings with `realm`, `isNative` for the browser's own implementation, and `hasMedia` unless the other end can have none */
  async start(settings) {
    const tell = (value) => void globalThis.endTells(JSON.stringify(value));
    if (settings.realm === 'worker') return startWorker(settings, tell);
    const media = settings.hasMedia ? createMedia(settings.role) : undefined;
    const started = await startEnd({ ...settings, media, tell });
    end = started.end;
    void globalThis.endIsReady();
    return started.result();
  },
  hear: (value) => end.put(value),
};

function startWorker(settings, tell) {
  const worker = new Worker(new URL('./runner-worker.js', import.meta.url), { type: 'module' });
  end = { put: (hear) => worker.postMessage({ hear }) };
  worker.postMessage({ start: settings });
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message, filename, lineno }) =>
      reject(new Error(`worker: ${message} (${filename}:${lineno})`));
    worker.onmessage = ({ data }) => {
      if ('tell' in data) tell(data.tell);
      if (data.ready) void globalThis.endIsReady();
      if (data.error) reject(new Error(data.error));
      if (data.result) resolve(data.result);
    };
  }).finally(() => worker.terminate());
}
