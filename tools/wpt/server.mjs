// Serves a checkout of web-platform-tests at the paths that its tests expect, on localhost (which
// is a secure context without HTTPS).

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { wrapperPage } from './files.mjs';

/** @type {Record<string, string>} */
const contentTypes = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.idl': 'text/plain; charset=utf-8',
  '.ivf': 'application/octet-stream',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.ogv': 'video/ogg',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
};

/** What the page does with its results, in place of the checkout's testharnessreport.js. */
const reporter = `
setup({ output: false });
add_completion_callback((tests, harness) => {
  window.reportToRunner?.({
    status: harness.status,
    message: harness.message,
    tests: tests.map(({ name, status, message }) => ({ name, status, message })),
  });
});
`;

/** Definitions of WebRTC's IDL that tests look for in WebIDL, and that stand elsewhere today. */
const movedDefinitions = `
typedef unsigned long long EpochTimeStamp;
enum BinaryType { "blob", "arraybuffer" };
`;

/**
 * @typedef {object} WptServer
 * @property {string} origin
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} checkout
 * @param {() => string} [workerPrelude]  what dedicated workers run before their script
 * @returns {Promise<WptServer>}
 */
export async function startServer(checkout, workerPrelude) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    try {
      const { type, body } = await respond(checkout, decodeURIComponent(pathname), port);
      const isWorker = request.headers['sec-fetch-dest'] === 'worker';
      const prelude = isWorker ? (workerPrelude?.() ?? '') : '';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600' });
      if (prelude) response.write(prelude);
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('not found');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * @param {string} checkout
 * @param {string} pathname
 * @param {number} port
 * @returns {Promise<{ type: string, body: string | Buffer }>}
 */
async function respond(checkout, pathname, port) {
  const path = normalize(pathname);
  const type = contentTypes[extname(path)] ?? 'application/octet-stream';
  if (path === '/resources/testharnessreport.js') return { type, body: reporter };
  // Today's IDL is the specification, whatever the age of the checkout; so is its parser.
  if (path.startsWith('/interfaces/')) {
    // The checkout writes WebIDL.idl.
    const name = path.slice('/interfaces/'.length).toLowerCase();
    const ours = inRoot('tools/idl/supplement', name);
    const file = existsSync(ours) ? ours : inRoot('node_modules/@webref/idl', name);
    const body = await readFile(file, 'utf8');
    return { type, body: name === 'webidl.idl' ? body + movedDefinitions : body };
  }
  if (path === '/resources/WebIDLParser.js') {
    return { type, body: await readFile(inRoot('node_modules/webidl2/dist/webidl2.js')) };
  }
  const wrapped = /^(.*\/)([^/]*\.(?:window|any))\.html$/.exec(path);
  if (wrapped) {
    const name = `${wrapped[2]}.js`;
    const source = await readFile(join(checkout, wrapped[1], name), 'utf8');
    return { type, body: wrapperPage(source, name) };
  }
  const body = await readFile(join(checkout, path));
  return { type, body: /\.sub\./.test(path) ? substitute(body.toString(), port) : body };
}

/**
 * The templates of `.sub.` files, as far as the WebRTC tests use them: all hosts are this one.
 * @param {string} text
 * @param {number} port
 */
function substitute(text, port) {
  return text
    .replace(/\{\{(?:host|domains\[\w*\]|hosts\[\w*\]\[\w*\])\}\}/g, 'localhost')
    .replace(/\{\{ports\[\w+\]\[\d\]\}\}/g, String(port))
    .replace(/\{\{location\[server\]\}\}/g, `http://localhost:${port}`);
}
