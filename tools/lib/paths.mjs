// Where things live: the checkout, and the cache outside it that all checkouts share.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The cache for everything that is slow to make and independent of the checkout. */
export const cacheDir = resolve(
  process.env.WEBRTC_WASM_CACHE ||
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'webrtc-wasm'),
);

/**
 * A path inside the checkout.
 * @param {...string} parts
 */
export const inRoot = (...parts) => join(root, ...parts);

/**
 * A path inside the cache.
 * @param {...string} parts
 */
export const inCache = (...parts) => join(cacheDir, ...parts);
