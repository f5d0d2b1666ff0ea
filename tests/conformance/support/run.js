// One test body, from its begin to nothing left open.

import { releaseAll } from './resources.js';
import { soon } from './waiting.js';

export const kTimeoutMs = 10_000;

/**
 * @param {() => Promise<void> | void} body
 * @param {number} [timeoutMs]
 */
export async function run(body, timeoutMs = kTimeoutMs) {
  const before = realm.liveHandles();
  let certificates;
  try {
    await soon(Promise.resolve().then(body), 'the test is over', timeoutMs);
  } finally {
    certificates = await releaseAll();
  }
  const left = realm.liveHandles() - before - certificates;
  if (left > 0) throw new Error(`${left} objects of the engine are left over`);
}
