// Which files of a web-platform-tests checkout are tests, and how each is loaded.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The directories about WebRTC. */
export const webrtcDirectories = [
  'webrtc',
  'webrtc-encoded-transform',
  'webrtc-extensions',
  'webrtc-ice',
  'webrtc-identity',
  'webrtc-priority',
  'webrtc-stats',
  'webrtc-svc',
];

/**
 * @typedef {object} TestFile
 * @property {string} path   inside the checkout; names the test everywhere
 * @property {string} url    path on the server
 * @property {boolean} isLong  the test says that it takes longer than others
 */

/** testharness.js gives up after 10 seconds, or 60 when the test asks for that; these come later. */
const kTimeoutMs = 40_000;
const kLongTimeoutMs = 100_000;

/** @param {TestFile} file */
export const timeoutOf = ({ isLong }) => (isLong ? kLongTimeoutMs : kTimeoutMs);

/**
 * All tests below a directory, in a stable order.
 * @param {string} checkout
 * @param {string} directory
 * @returns {TestFile[]}
 */
export function findTests(checkout, directory) {
  const entries = readdirSync(join(checkout, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(checkout.length + 1))
    .sort()
    .flatMap((path) => describe(checkout, path) ?? []);
}

/**
 * @param {string} checkout
 * @param {string} path
 * @returns {TestFile | undefined} undefined for helpers, manual tests and references
 */
function describe(checkout, path) {
  if (/-manual\.|\/(?:resources|tools)\//.test(path)) return undefined;
  const script = /^(.*\.(?:window|any))\.js$/.exec(path);
  if (script) {
    const isLong = metaOf(readFileSync(join(checkout, path), 'utf8'), 'timeout').includes('long');
    return { path, url: `/${script[1]}.html`, isLong };
  }
  if (!path.endsWith('.html')) return undefined;
  const source = readFileSync(join(checkout, path), 'utf8');
  if (!/resources\/testharness\.js/.test(source)) return undefined;
  const isLong = /<meta\s+name=["']?timeout["']?\s+content=["']?long/i.test(source);
  return { path, url: `/${path}`, isLong };
}

/**
 * Values of `// META: key=value` lines.
 * @param {string} source
 * @param {string} key
 * @returns {string[]}
 */
function metaOf(source, key) {
  return [...source.matchAll(/^\/\/ META: *([\w-]+)=(.*)$/gm)]
    .filter((match) => match[1] === key)
    .map((match) => match[2].trim());
}

/**
 * The page around a `.window.js` or `.any.js` test.
 * @param {string} source the script
 * @param {string} name its file name
 */
export function wrapperPage(source, name) {
  const scripts = [...metaOf(source, 'script'), name];
  const [title = name] = metaOf(source, 'title');
  return [
    '<!doctype html><meta charset=utf-8>',
    `<title>${title}</title>`,
    ...metaOf(source, 'timeout').map((value) => `<meta name=timeout content=${value}>`),
    // `.any.js` tests and their helpers look at this.
    '<script>self.GLOBAL = { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false };</script>',
    '<script src=/resources/testharness.js></script>',
    '<script src=/resources/testharnessreport.js></script>',
    ...scripts.map((src) => `<script src="${src}"></script>`),
    '<div id=log></div>',
  ].join('\n');
}
