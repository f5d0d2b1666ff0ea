// One end of a scenario in a dedicated worker.

import { startEnd } from './start-end.js';

let end;
/** What comes while the bundle is loaded. */
const early = [];

globalThis.addEventListener('message', async ({ data }) => {
  if ('hear' in data) {
    if (end) end.put(data.hear);
    else early.push(data.hear);
  }
  if (!data.start) return;
  try {
    const started = await startEnd({ ...data.start, tell: (tell) => postMessage({ tell }) });
    end = started.end;
    early.forEach((value) => end.put(value));
    postMessage({ ready: true });
    postMessage({ result: await started.result() });
  } catch (error) {
    postMessage({ error: error?.stack ?? String(error) });
  }
});
