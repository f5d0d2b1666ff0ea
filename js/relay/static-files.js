// Serves files from mounted directories: GET and HEAD, no listings, nothing outside, no dot files.

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** @type {Record<string, string>} */
const kTypes = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * @param {import('./options.js').StaticMount[]} mounts
 * @returns {(path: string, method: string, response: import('node:http').ServerResponse) => Promise<boolean>}
 *   resolves to false when no file answers to the path
 */
export function createStaticFiles(mounts) {
  // The longest prefix wins.
  const sorted = [...mounts].sort((a, b) => b.prefix.length - a.prefix.length);
  return async (path, method, response) => {
    for (const mount of sorted) {
      const file = await findFile(mount, path);
      if (!file) continue;
      response.writeHead(200, {
        'Content-Type': kTypes[extname(file.path).toLowerCase()] ?? 'application/octet-stream',
        'Content-Length': file.size,
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      });
      if (method === 'HEAD' || file.size === 0) {
        response.end();
      } else {
        sendFile(file, response);
      }
      return true;
    }
    return false;
  };
}

/**
 * @param {{path: string, size: number}} file
 * @param {import('node:http').ServerResponse} response
 */
function sendFile({ path, size }, response) {
  // A response that waits behind another one is not told when the connection is gone.
  const { socket } = response.req;
  if (socket.destroyed) {
    response.destroy();
    return;
  }
  // As much as was announced, should the file grow; and the response is at its end with the last byte,
  // not when another look at the file has found no more.
  const stream = createReadStream(path, { end: size - 1 });
  const stop = () => void stream.destroy();
  socket.on('close', stop);
  stream.on('close', () => socket.off('close', stop));
  stream.on('error', () => response.destroy());
  response.on('close', stop);
  stream.pipe(response);
}

/**
 * @param {import('./options.js').StaticMount} mount
 * @param {string} path  of the URL, still encoded
 * @returns {Promise<{path: string, size: number} | undefined>}
 */
async function findFile({ prefix, directory }, path) {
  if (!path.startsWith(prefix)) return undefined;
  let relative;
  try {
    relative = decodeURIComponent(path.slice(prefix.length));
  } catch (error) {
    return undefined;
  }
  const parts = relative.split('/');
  if (/[\0\\]/.test(relative) || parts.some((part) => part.startsWith('.'))) return undefined;
  if (relative === '' || relative.endsWith('/')) parts[parts.length - 1] = 'index.html';
  try {
    const root = await realpath(directory);
    // A link may not lead out of the directory either.
    const found = await realpath(join(root, ...parts));
    if (!found.startsWith(root + sep)) return undefined;
    const info = await stat(found);
    return info.isFile() ? { path: found, size: info.size } : undefined;
  } catch (error) {
    return undefined;
  }
}
