// The HTTP side: health, credentials, static files; and who answers a WebSocket.

import { createHmac } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { RateLimits, subscriberOf } from './limits.js';
import { issueCredentials } from './credentials.js';
import { createStaticFiles } from './static-files.js';

/** Where TURN over WebSocket answers; the root as well, for bridges that know no path. */
export const kRelayPath = '/relay';
const kSignalPath = '/signal';
/** Requests of one connection that wait for answers; each may have a file open. Browsers send one. */
const kMaxPipelined = 8;

/**
 * @typedef {object} HttpHandlerOptions
 * @property {import('./options.js').RelayOptions} options
 * @property {import('./origins.js').OriginPolicy} origins
 * @property {import('./limits.js').ConnectionLimits} connections
 * @property {import('./client-address.js').TrustedProxies} proxies
 * @property {(request: import('node:http').IncomingMessage, stream: import('node:stream').Duplex,
 *   head: Buffer, address: string) => void} relay
 * @property {import('./signaling.js').Signaling | undefined} signaling
 * @property {() => {healthy: boolean, draining: boolean}} health  for everybody to see
 * @property {(reason: 'origin' | 'limit' | 'draining' | 'path') => void} refused  counts
 * @property {(request: import('node:http').IncomingMessage) => string[]} uris
 * @property {import('./log.js').Logger} log
 */

/** @param {HttpHandlerOptions} parts */
export function createHttpHandler(parts) {
  const { options, origins, proxies, log } = parts;
  const files = createStaticFiles(options.mounts);
  const issueRate = new RateLimits({ perSecond: 5, burst: 50 });
  /** Responses that are not at their end, by connection. @type {WeakMap<object, number>} */
  const unfinished = new WeakMap();

  /** @type {import('node:http').RequestListener} */
  const onRequest = (request, response) => {
    const { socket } = request;
    const count = (/** @type {number} */ by) =>
      unfinished.set(socket, (unfinished.get(socket) ?? 0) + by);
    count(1);
    response.once('close', () => count(-1));
    if (Number(unfinished.get(socket)) > kMaxPipelined) {
      parts.refused('limit');
      socket.destroy();
      return;
    }
    route(request, response).catch((error) => {
      log.error('http', { text: String(error?.message ?? error) });
      if (!response.headersSent) sendStatus(response, 500);
      else response.destroy();
    });
  };

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  const route = async (request, response) => {
    const path = (request.url ?? '/').split(/[?#]/)[0];
    const { method = 'GET' } = request;
    request.resume();
    if (path === '/credentials') {
      credentials(request, response);
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendStatus(response, 405);
    } else if (path === '/health') {
      const health = parts.health();
      sendJson(response, health.healthy && !health.draining ? 200 : 503, health);
    } else if (!(await files(path, method, response))) {
      sendStatus(response, 404);
    }
  };

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  const credentials = (request, response) => {
    response.setHeader('Vary', 'Origin');
    response.setHeader('Cache-Control', 'no-store');
    if (!options.issueCredentials) {
      sendStatus(response, 404);
      return;
    }
    if (!origins.allowsSecret(request)) {
      log.warn('credentials-refused', { origin: originOf(request) });
      sendStatus(response, 403);
      return;
    }
    if (request.headers.origin) {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin);
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET');
      sendStatus(response, 204);
    } else if (request.method !== 'GET') {
      sendStatus(response, 405);
    } else if (!issueRate.take(subscriberOf(proxies.clientOf(request)))) {
      sendStatus(response, 429);
    } else {
      const issued = issueCredentials({
        secret: options.secrets[0],
        ttlSeconds: options.credentialsTtl,
        nowMs: Date.now(),
        user: userOf(subscriberOf(proxies.clientOf(request))),
      });
      sendJson(response, 200, { ...issued, uris: parts.uris(request) });
    }
  };

  // Whoever asks again gets no fresh quota: a subscriber has a few users, which together may have as
  // many allocations as it may have connections. The name tells nobody the address.
  const { maxConnectionsPerAddress, maxAllocationsPerUser } = options.limits;
  const users = Math.max(1, Math.ceil(maxConnectionsPerAddress / (maxAllocationsPerUser || 1)));
  let issues = 0;
  const userOf = (/** @type {string} */ subscriber) =>
    createHmac('sha256', options.secrets[0])
      .update(`${subscriber} ${issues++ % users}`)
      .digest('hex')
      .slice(0, 16);

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:stream').Duplex} stream
   * @param {Buffer} head
   */
  const onUpgrade = (request, stream, head) => {
    stream.on('error', () => {});
    // An upgrade takes the connection away from the responses to what was asked before: they would
    // neither go on nor end. No client that means well asks so.
    if (unfinished.get(stream)) {
      parts.refused('path');
      stream.destroy();
      return;
    }
    const refuse = (
      /** @type {number} */ status,
      /** @type {Parameters<typeof parts.refused>[0]} */ reason,
    ) => {
      parts.refused(reason);
      log.warn('upgrade-refused', { status, reason, origin: originOf(request) });
      // The server has let go of the connection, with all of its time-outs: whoever does not hang up
      // himself would have it for ever, and with bytes that nobody reads even after he has.
      stream.once('finish', () => stream.destroy());
      stream.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    };
    let url;
    try {
      url = new URL(request.url ?? '/', 'http://relay');
    } catch (error) {
      refuse(400, 'path');
      return;
    }
    const { pathname } = url;
    const { signaling } = parts;
    const isSignal = pathname === kSignalPath && signaling !== undefined;
    if (!isSignal && pathname !== kRelayPath && pathname !== '/') {
      refuse(404, 'path');
      return;
    }
    if (!origins.allowsSocket(request)) {
      refuse(403, 'origin');
      return;
    }
    if (parts.health().draining) {
      refuse(503, 'draining');
      return;
    }
    const address = proxies.clientOf(request);
    const release = parts.connections.acquire(address);
    if (!release) {
      refuse(503, 'limit');
      return;
    }
    stream.on('close', release);
    if (!isSignal) {
      parts.relay(request, stream, head, address);
      return;
    }
    const status = signaling.upgrade(request, stream, head, url);
    if (status !== undefined) refuse(status, status === 400 ? 'path' : 'limit');
  };

  return { onRequest, onUpgrade };
}

/**
 * For the log: not all of what somebody may have made up.
 * @param {import('node:http').IncomingMessage} request
 */
function originOf(request) {
  return request.headers.origin?.slice(0, 200) ?? null;
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {object} body
 */
export function sendJson(response, status, body) {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 */
export function sendStatus(response, status) {
  if (status === 204) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${status} ${STATUS_CODES[status]}\n`);
}
