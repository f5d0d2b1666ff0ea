// Serves the checkout to browsers, with headers that depend on the beginning of the path.

import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../..', import.meta.url));
const kTypes = { '.html': 'text/html', '.wasm': 'application/wasm' };
/** What pages load. */
const kServed = /^\/(js|dist|tests)\//;

/** What stands in front of a path for other headers. @type {Record<string, Record<string, string>>} */
const kHeaders = {
  '/isolated': {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  '/strict': {
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' ws:; " +
      "img-src data:; require-trusted-types-for 'script'; trusted-types 'none'",
  },
};

/**
 * @returns {Promise<{ origin: string, requested: (path: string) => Promise<any>, close: () => Promise<void> }>}
 *   requested: settles when a page asks for that path, with the JSON that is its query
 */
export async function servePages() {
  const requests = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    const prefix = Object.keys(kHeaders).find((name) => pathname.startsWith(`${name}/`)) ?? '';
    const path = normalize(pathname.slice(prefix.length));
    if (search) requests.emit(path, JSON.parse(decodeURIComponent(search.slice(1))));
    try {
      if (!kServed.test(path)) throw new Error('not served');
      const body = await readFile(`${kRoot}${path}`);
      response.writeHead(200, {
        'Content-Type': kTypes[extname(path)] ?? 'text/javascript',
        // The scripts are everywhere.
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Access-Control-Allow-Origin': '*',
        'Service-Worker-Allowed': '/',
        ...kHeaders[prefix],
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requested: async (path) => (await once(requests, path))[0],
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
