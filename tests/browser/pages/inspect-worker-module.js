import * as api from '/js/index.js';
import * as inspect from '/js/inspect.js';
import './inspect-worker.js';

globalThis.onmessage = async ({ data }) =>
  globalThis.postMessage(await globalThis.recordCall(api, inspect, data));
globalThis.postMessage('ready');
