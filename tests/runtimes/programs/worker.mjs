// The probe in a worker thread, which ends by itself.

import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('./probe.mjs', import.meta.url));
worker.on('error', (error) => {
  throw error;
});
